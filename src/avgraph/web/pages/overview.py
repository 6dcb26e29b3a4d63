"""The first page: what the graph holds, how good it is, where to begin."""

from __future__ import annotations

from avgraph.web.pages.asked import Asked
from avgraph.web.pages.derived import derived
from avgraph.web.pages.rendering import html_reply
from avgraph.web.problems import Problem, Reply
from avgraph.web.worker import Served

__all__ = ["no_such_page", "overview", "sources"]

_SHOWN = 8
_STATUSES = ("asserted", "planned", "reported", "negated")
_CONFIRMED = "SELECT (COUNT(DISTINCT ?agreement) AS ?n) WHERE { ?agreement a av:Corroboration }"


def overview(served: Served, asked: Asked) -> Reply:
    """Show the graph in figures."""
    graph = served.graph
    directory = derived(served).directory
    types: dict[str, int] = {}
    best: dict[str, list[dict[str, object]]] = {}
    if directory is not None:
        counted = directory.table.group_by("type").len().sort("len", "type", descending=[True, False])
        types = dict(counted.iter_rows())
        for type_ in ("Work", "Person", "Organization"):
            rows = directory.table.filter(type=type_).head(_SHOWN)
            best[type_] = rows.select("entity", "label", "year", "n_claims").to_dicts()
    sources = graph.sources()
    counts = graph.counts()
    conflicts = derived(served).conflicts
    n_confirmed = next(iter(graph.query(_CONFIRMED)))["n"]
    return html_reply(
        "overview.html", served, asked, types=types, best=best, counts=counts, n_claims=sum(counts.values()),
        n_articles=sum(s["kind"] == "article" for s in sources), n_records=sum(s["kind"] != "article" for s in sources),
        n_contradicted=sum(c.outcome == "contradicted" for c in conflicts), n_conflicts=len(conflicts),
        n_confirmed=n_confirmed, statuses=_statuses(served), quality=_quality(served),
    )  # fmt: skip


def _statuses(served: Served) -> dict[str, int]:
    snapshot = served.graph.snapshot
    if snapshot is None:
        return {}
    sources = snapshot.table("sources")
    return {status: int(sources[f"n_{status}"].sum()) for status in _STATUSES}


def _quality(served: Served) -> dict[str, int]:
    """Return rows read, accepted and quarantined, and mentions that stand behind the entities."""
    snapshot = served.graph.snapshot
    if snapshot is None:
        return {}
    sources = snapshot.table("sources")
    n_rows = {name: int(about["rows"]) for name, about in snapshot.manifest["tables"].items()}
    return {
        "n_read": int(sources["n_read"].sum()), "n_accepted": int(sources["n_accepted"].sum()),
        "n_quarantined": int(sources["n_quarantined"].sum()), "n_mentions": n_rows["mentions"],
        "n_refused": n_rows["quarantined"], "n_quads": int(snapshot.manifest["quads"]["count"]),
    }  # fmt: skip


def sources(served: Served, asked: Asked) -> Reply:
    """List the sources with what each gives."""
    snapshot = served.graph.snapshot
    rows = snapshot.table("sources").sort("source").to_dicts() if snapshot is not None else served.graph.sources()
    return html_reply("sources.html", served, asked, sources=rows, is_build=snapshot is not None)


def no_such_page(served: Served, asked: Asked) -> Reply:
    """Say that there is no such page."""
    problem = Problem(404, "not-found", "There is no such page", asked.path)
    return html_reply("problem.html", served, asked, status=404, problem=problem)
