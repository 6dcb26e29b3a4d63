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
from avgraph.network import Network, svg
from avgraph.network.measures import Measure
from avgraph.network.style import commonest
from avgraph.network.summary import IN_WORDS

__all__ = ["report_html", "write_report"]

_TOP = 12
_RANKED: tuple[Measure, ...] = ("strength", "betweenness")
#: A drawing of more members says nothing.
_DRAWN_NODES = 80


def write_report(kg: KnowledgeGraph, path: str | Path, title: str | None = None) -> Path:
    """Write the report of `kg` to `path` and return it.

    Raises
    ------
    StoreError
        If the file cannot be written.
    """
    path = Path(path)
    try:
        path.write_text(report_html(kg, title), encoding="utf-8")
    except OSError as error:
        raise cannot_write(path, error) from error
    return path


#: Statements that several independent sources make.
_CONFIRMED = "SELECT (COUNT(DISTINCT ?agreement) AS ?n) WHERE { ?agreement a av:Corroboration }"


def report_html(kg: KnowledgeGraph, title: str | None = None) -> str:
    """Return one HTML page that needs nothing else: figures as bars with their numbers, networks as SVG."""
    from jinja2 import Environment, PackageLoader

    environment = Environment(
        loader=PackageLoader("avgraph.report", "."), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    conflicts = kg.conflicts()
    name = kg.snapshot.manifest["name"] if kg.snapshot else kg.location
    return environment.get_template("page.html").render(
        title=title or name,
        version=__version__,
        content=kg.snapshot.manifest["content"][:16] if kg.snapshot else None,
        counts=kg.counts(),
        sources=kg.sources(),
        contradictions=[c for c in conflicts if c.outcome == "contradicted"],
        compared=[c for c in conflicts if c.outcome != "contradicted"],
        n_confirmed=next(iter(kg.query(_CONFIRMED)))["n"],
        figures=_figures(kg),
        networks=_networks(kg),
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


def _networks(kg: KnowledgeGraph) -> list[dict[str, Any]]:
    networks = {kind: net for kind in ("company", "country", "person") if (net := kg.network(kind)).edges.height}
    # A country looks the same in all drawings, so its look is decided over all members together.
    members = [net.nodes.select("country", "strength") for net in networks.values()]
    countries = commonest(pl.concat(members)) if members else []
    return [_network(kind, net, countries) for kind, net in networks.items()]


def _network(kind: str, net: Network, countries: list[str]) -> dict[str, Any]:
    communities = net.communities(seed=7)
    summary = net.summary().to_dict()
    return {
        "kind": kind,
        "summary": [(label, _figure(summary[name])) for name, label in IN_WORDS.items()],
        "svg": svg(net, max_nodes=_DRAWN_NODES, countries=countries),
        "ranks": [(measure, _ranking(net, measure)) for measure in _RANKED],
        "n_communities": len(communities.sizes),
        "modularity": _figure(communities.modularity),
    }


def _ranking(net: Network, measure: Measure) -> list[dict[str, Any]]:
    rows = net.rank(measure, top=_TOP).iter_rows(named=True)
    return [row | {"value": _figure(row["value"])} for row in rows]


def _figure(value: object) -> str:
    if value is None:
        return "unknown"
    if not isinstance(value, float):
        return str(value)
    return "< 0.001" if 0 < value < 0.001 else f"{value:.3g}"
