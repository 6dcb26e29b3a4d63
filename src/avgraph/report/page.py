"""Collects the report's figures and fills the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from avgraph._version import __version__
from avgraph.errors import StoreError
from avgraph.knowledge import KnowledgeGraph
from avgraph.network import Network, svg
from avgraph.network.measures import Measure
from avgraph.report.charts import Bars, bar_chart, column_chart

__all__ = ["report_html", "write_report"]

_TOP = 12
_RANKED: tuple[Measure, ...] = ("strength", "betweenness")
#: What the summary of a network shows, in words; communities stand above the drawing.
_SUMMARY = {
    "n_nodes": "members", "n_edges": "ties", "n_works": "works", "n_joint_works": "works with two or more members",
    "n_isolates": "members without a tie", "n_components": "components", "giant_share": "share of the largest",
    "density": "density", "mean_degree": "mean number of partners", "transitivity": "transitivity",
    "clustering": "mean clustering", "assortativity_country": "assortativity by country",
    "n_country": "members of known country", "first_year": "first year", "last_year": "last year",
    "n_undated": "rows without a year",
}  # fmt: skip
#: A drawing of more nodes says nothing; the strongest ties are drawn then.
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
        raise StoreError(
            f"cannot write the report: {error.strerror}", "name another file with -o", str(path)
        ) from error
    return path


def report_html(kg: KnowledgeGraph, title: str | None = None) -> str:
    """Return one HTML page that needs nothing else: figures as SVG with their data as tables."""
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
        figures=_figures(kg),
        networks=[n for n in (_network(kg, kind) for kind in ("company", "country", "person")) if n],
    )


def _figures(kg: KnowledgeGraph) -> list[dict[str, Any]]:
    """Return title, drawing and data of each figure."""
    origin = kg.membership("country").select("work", "member", "year").unique()
    shared = origin.filter(pl.len().over("work") > 1)
    labels = kg.labels(set(shared["member"]))
    by_year = shared.select("work", "year").unique().drop_nulls("year").group_by("year").len().sort("year")
    counted = dict(by_year.iter_rows())
    years = range(min(counted), max(counted) + 1) if counted else ()
    columns = [(str(year), float(counted.get(year, 0))) for year in years]
    partners = Counter(labels.get(m, m) for m in shared["member"])
    companies = kg.membership("company").select("work", "member").unique().group_by("member").len()
    named = kg.labels(set(companies["member"]))
    ranked = sorted(((named.get(m, m), n) for m, n in companies.iter_rows()), key=lambda r: (-r[1], r[0]))[:_TOP]
    figures: list[tuple[str, str, Callable[[Bars, str], str], Bars]] = [
        ("Co-productions per year", "Works with more than one country of origin, by year.", column_chart, columns),
        ("Partner countries", "Works with more than one country of origin, by country.", bar_chart,
         sorted(((c, float(n)) for c, n in partners.items()), key=lambda r: (-r[1], r[0]))[:_TOP]),
        ("Companies in most works", "Works in which a company is producer or co-producer.", bar_chart,
         [(label, float(n)) for label, n in ranked]),
    ]  # fmt: skip
    return [
        {"title": heading, "note": note, "svg": draw(data, heading), "rows": [(label, f"{n:g}") for label, n in data]}
        for heading, note, draw, data in figures
        if data
    ]


def _network(kg: KnowledgeGraph, kind: str) -> dict[str, Any] | None:
    net = kg.network(kind)
    if net.edges.height == 0:
        return None
    drawn, note = net, ""
    if net.nodes.height > _DRAWN_NODES:
        keep = set(net.rank("strength", top=_DRAWN_NODES)["node"])
        drawn = net.subnetwork(keep)
        note = f"Drawn: the {_DRAWN_NODES} strongest of {net.nodes.height}."
    communities = net.communities(seed=7)
    summary = net.summary().to_dict()
    return {
        "kind": kind,
        "summary": [(label, _figure(summary[name])) for name, label in _SUMMARY.items()],
        "svg": svg(drawn),
        "note": note,
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
