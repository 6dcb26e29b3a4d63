"""Collects the report's figures and fills the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl

from avgraph._version import __version__
from avgraph.errors import cannot_write
from avgraph.knowledge import KnowledgeGraph
from avgraph.report.brokers import brokers_section
from avgraph.report.change import change_section
from avgraph.report.disagreements import by_kind
from avgraph.report.networks import drawn, tied_networks
from avgraph.report.partnerships import partnerships_section
from avgraph.report.prospects import prospects_section

__all__ = ["report_html", "write_report"]

_TOP = 12


def write_report(
    kg: KnowledgeGraph, path: str | Path, title: str | None = None, *, between: tuple[str, str] | None = None
) -> Path:
    """Write the report of `kg` to `path` and return it.

    Parameters
    ----------
    kg, title, between
        As in :func:`report_html`.
    path
        The file.

    Raises
    ------
    StoreError
        If the file cannot be written.
    AvgraphError
        As :func:`report_html`.
    """
    path = Path(path)
    page = report_html(kg, title, between=between)
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise cannot_write(path, error) from error
    return path


#: Statements that several independent sources make.
_CONFIRMED = "SELECT (COUNT(DISTINCT ?agreement) AS ?n) WHERE { ?agreement a av:Corroboration }"


def report_html(kg: KnowledgeGraph, title: str | None = None, *, between: tuple[str, str] | None = None) -> str:
    """Return one HTML page that needs nothing else: figures as bars with their numbers, networks as SVG.

    Parameters
    ----------
    kg
        The graph.
    title
        Title of the page; None: the name of the workspace.
    between
        ISO 3166-1 codes of the two countries that brokers are looked for between; None: those with most joint works.

    Raises
    ------
    AvgraphError
        If no company and no person of the graph is known to be of a country in `between`.
    """
    from jinja2 import Environment, PackageLoader

    environment = Environment(
        loader=PackageLoader("avgraph.report", "."), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    networks = tied_networks(kg)
    # First, since it may find that there is nobody of a country that was asked for.
    brokers = brokers_section(kg, networks, between)
    conflicts = kg.conflicts()
    name = kg.snapshot.manifest["name"] if kg.snapshot else kg.location
    return environment.get_template("page.html").render(
        title=title or name,
        version=__version__,
        content=kg.snapshot.manifest["content"][:16] if kg.snapshot else None,
        counts=kg.counts(),
        sources=kg.sources(),
        n_contradictions=sum(conflict.outcome == "contradicted" for conflict in conflicts),
        contradictions=by_kind([conflict for conflict in conflicts if conflict.outcome == "contradicted"]),
        compared=by_kind([conflict for conflict in conflicts if conflict.outcome != "contradicted"]),
        n_confirmed=next(iter(kg.query(_CONFIRMED)))["n"],
        figures=_figures(kg),
        networks=drawn(networks),
        answers=[
            brokers,
            partnerships_section(kg, networks),
            change_section(networks),
            prospects_section(kg, networks),
        ]
        if networks
        else [],
    )


def _figures(kg: KnowledgeGraph) -> list[dict[str, Any]]:
    """Return title, note, and bars of each figure: label, number, and its share of the longest bar."""
    origin = kg.membership("country").select("work", "member", "year").unique()
    shared = origin.filter(pl.len().over("work") > 1)
    labels = kg.labels(set(shared["member"]))
    by_year = shared.select("work", "year").unique().drop_nulls("year").group_by("year").len().sort("year")
    counted = dict(by_year.iter_rows())
    years = range(min(counted), max(counted) + 1) if counted else ()
    partners = Counter(labels.get(m, m) for m in shared["member"])
    companies = kg.membership("company").select("work", "member").unique().group_by("member").len()
    named = kg.labels(set(companies["member"]))
    figures = [
        ("Co-productions per year", "Works with more than one country of origin, by year.", "columns",
         [(str(year), counted.get(year, 0)) for year in years]),
        ("Partner countries", "Works with more than one country of origin, by country.", "rows",
         _highest(partners.items())),
        ("Companies in most works", "Works in which a company is producer or co-producer.", "rows",
         _highest((named.get(m, m), n) for m, n in companies.iter_rows())),
    ]  # fmt: skip
    return [
        {"title": heading, "note": note, "form": form, "bars": [(*bar, f"{bar[1] / most:.4f}") for bar in bars]}
        for heading, note, form, bars in figures
        if (most := max((n for _, n in bars), default=0))
    ]


def _highest(counts: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(counts, key=lambda row: (-row[1], row[0]))[:_TOP]
