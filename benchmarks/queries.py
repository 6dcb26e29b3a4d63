"""How long the named queries take on about a million quads: in memory, on disk, and by rdflib's own engine.

Run it with ``python benchmarks/queries.py``; a workspace is written by `workspace_data` and built, unless `--workspace`
names one that is built already. Each query is asked with values taken from the data: the entities and countries with
the most claims, one from the middle, and no restriction where there need be none. The times are those that a user of
`KnowledgeGraph.query` waits; labels are looked up only where an answer is shown. An engine answers in a process of its
own, which is ended when a query takes too long.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyoxigraph
import rdflib
from workspace_data import write_workspace

from avgraph.build import build_workspace
from avgraph.graph.backend import OxigraphBackend, RdflibBackend
from avgraph.graph.snapshot import Snapshot
from avgraph.knowledge import KnowledgeGraph, open_graph
from avgraph.queries import NamedQuery, named_queries
from avgraph.workspace import Workspace

GOAL_MS = 100
_GRACE_S = 0.2


@dataclass(frozen=True)
class Timing:
    """Milliseconds of some calls by the clock and of the processor, and the rows of the longest answer.

    Without times a call passed the limit.
    """

    walls_ms: tuple[float, ...]
    cpus_ms: tuple[float, ...] = ()
    n_rows: int = 0

    def shown(self, limit_s: float) -> str:
        """Return the medians and 95th percentiles, or the limit that was passed."""
        if not self.walls_ms:
            return f"{f'>{limit_s:g} s':>32}"
        return "".join(f"{statistics.median(times):>8.1f}{p95(times):>8.1f}" for times in (self.walls_ms, self.cpus_ms))


def p95(times: Sequence[float]) -> float:
    """Return the 95th percentile (nearest rank); infinite without times."""
    ordered = sorted(times)
    return ordered[math.ceil(0.95 * len(ordered)) - 1] if ordered else math.inf


class Values:
    """What to ask for: the most frequent values of the data, and one from the middle."""

    def __init__(self, kg: KnowledgeGraph) -> None:
        assert kg.snapshot is not None
        self._kg = kg
        self._snapshot: Snapshot = kg.snapshot
        self._entities = dict(self._snapshot.table("entities").select("entity", "label").iter_rows())

    def ranked(self, table: str, column: str, n: int = 3) -> list[str]:
        """Return the most frequent entities of a role and the one in the middle."""
        frame = self._snapshot.table(table)
        if frame.schema[column] == pl.List(pl.String()):
            frame = frame.explode(column, empty_as_null=True)
        counts = (
            frame.drop_nulls(column)
            .group_by(column)
            .len()
            .sort(["len", column], descending=[True, False])[column]
            .to_list()
        )
        return [*counts[: n - 1], counts[len(counts) // 2]]

    def name(self, iri: str) -> str:
        """Return the label of an entity."""
        return self._entities[iri]

    def names(self, table: str, column: str) -> list[str]:
        """Return the labels of the ranked entities."""
        return [self.name(iri) for iri in self.ranked(table, column)]

    def countries(self) -> list[str]:
        """Return the codes of the ranked countries of origin."""
        places = dict(self._snapshot.table("entities").select("entity", pl.col("countries").list.first()).iter_rows())
        return [places[iri] for iri in self.ranked("place_relation", "place", 4) if places.get(iri)]

    def article(self) -> str:
        """Return the path of the article with the most claims."""
        sources = [
            row["path"]
            for row in sorted(self._kg.sources(), key=lambda row: -row["n_claims"])
            if row["kind"] == "article"
        ]
        return str(sources[0])

    def of(self, query: NamedQuery) -> list[dict[str, Any]]:
        """Return the sets of parameters with which to ask a query."""
        one, two, three = self.countries()[:3]
        pairs = [("BE", "LU"), (one, two), (one, three)]
        companies, funds = self.names("participation", "organization"), self.names("support", "funder")
        entities = [
            self.ranked(table, column)[0]
            for table, column in (
                ("support", "funder"),
                ("participation", "organization"),
                ("credit", "agent"),
                ("award_outcome", "award"),
            )
        ]
        restricted = {
            "agreements-between": [{"country": a, "partner": b} for a, b in pairs],
            "award-recipients": [
                {},
                *({"award": a} for a in self.names("award_outcome", "award")),
                *({"work": w} for w in self.names("award_outcome", "work")),
            ],
            "backed-by-both": [{"first": funds[0], "second": second} for second in (funds[1], funds[2], companies[0])],
            "claims-of": [{"entity": entity} for entity in entities],
            "conflicts": [{}, {"outcome": "contradicted"}],
            "coproductions-with": [{"country": c} for c in ("LU", one, two)],
            "coproductions": [{"country": a, "partner": b} for a, b in pairs],
            "coproductions-per-year": [{"country": a, "partner": b} for a, b in pairs],
            "awards-of-coproductions": [{"country": a, "partner": b} for a, b in pairs],
            "directors-abroad": [{"home": a, "abroad": b} for a, b in pairs],
            "filmography": [{"person": p} for p in self.names("credit", "agent")],
            "films": [{}, {"country": one}, {"country": "LU", "since": 2010, "until": 2019}],
            "first-last-collaboration": [{}, *({"company": c} for c in companies)],
            "grants-per-year": [{}, *({"fund": f} for f in funds)],
            "members-of": [{"fund": f} for f in self.names("affiliation", "organization")],
            "nominated-not-winning": [{}, *({"company": c} for c in companies)],
            "partner-rank": [{"country": c} for c in ("LU", one, two)],
            "partners-of": [{"work": w} for w in self.names("participation", "work")],
            "portfolio": [{"company": c} for c in (*companies, funds[0])],
            "recurrent-teams": [{}, {"min": 3}],
            "sales-agents": [{}, *({"fund": f} for f in funds)],
            "seasons-coproduced": [{}, {"partner": one}],
            "statements-of": [{"article": self.article()}],
            "supported-by": [{"funder": f} for f in funds],
            "weighed-claims": [{"entity": e, "only": only} for e in entities for only in ("", "disputed", "confirmed")],
            "who-directed": [{"work": w} for w in self.names("credit", "work")],
        }
        return restricted.get(query.name, [{}])


class Engine:
    """A process that holds a graph and answers queries; it is ended, and begun anew, when a call takes too long.

    It opens the graph itself: a store in memory that a process has from its parent is copied page by page as it is
    read, for reading counts references.

    Parameters
    ----------
    kg
        Opens the graph.
    limit_s
        Longest time for one call.
    """

    def __init__(self, kg: Callable[[], KnowledgeGraph], limit_s: float) -> None:
        self._kg = kg
        self._limit_s = limit_s
        self._process: Any = None
        self._pipe: Any = None

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None

    def timed(self, name: str, values: list[dict[str, Any]], n_runs: int) -> Timing:
        """Ask a query `n_runs` times with each set of values, and once more before that."""
        if self._process is None:
            context = multiprocessing.get_context("fork")
            self._pipe, other = context.Pipe()
            self._process = context.Process(target=_answer, args=(self._kg, other), daemon=True)
            self._process.start()
            other.close()
            self._pipe.recv()  # the graph is open
        timing = Timing(())
        for parameters in values:
            for run in range(n_runs + 1):
                self._pipe.send((name, parameters))
                try:
                    told = self._pipe.recv() if self._pipe.poll(self._limit_s + _GRACE_S) else None
                except EOFError:  # the query failed, and the process has said why
                    told = None
                if told is None:
                    self.close()
                    return Timing(())
                wall_ms, cpu_ms, n_rows = told
                if run:  # the first call warms up
                    timing = Timing((*timing.walls_ms, wall_ms), (*timing.cpus_ms, cpu_ms), max(timing.n_rows, n_rows))
        return timing


def _answer(kg: Callable[[], KnowledgeGraph], pipe: Any) -> None:
    graph = kg()
    pipe.send(None)
    while True:
        name, parameters = pipe.recv()
        wall, cpu = time.perf_counter(), time.process_time()
        n_rows = len(graph.query(name, **parameters))
        pipe.send(((time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000, n_rows))


def in_memory(snapshot: Snapshot, quads: Path) -> KnowledgeGraph:
    """Return the graph of a snapshot, loaded into memory."""
    store = pyoxigraph.Store()
    store.bulk_load(path=str(quads), format=pyoxigraph.RdfFormat.N_QUADS)
    return KnowledgeGraph(OxigraphBackend(store), snapshot)


def in_rdflib(quads: Path) -> KnowledgeGraph:
    """Return the graph as an rdflib dataset in memory, which rdflib's own engine asks."""
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(str(quads), format="nquads")
    return KnowledgeGraph(RdflibBackend(dataset))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="only these queries")
    parser.add_argument("--workspace", type=Path, help="a workspace that is built; without it one is made")
    parser.add_argument("--films", type=int, default=1300, help="size of the workspace that is made (default 1,300)")
    parser.add_argument("--titles", type=int, default=1000)
    parser.add_argument("--articles", type=int, default=40)
    parser.add_argument("--engines", default="memory,disk,rdflib")
    parser.add_argument("--runs", type=int, default=5, help="of each set of values (default 5)")
    parser.add_argument("--limit", type=float, default=10, help="seconds for one call (default 10)")
    parser.add_argument("--each", action="store_true", help="a line for each set of values")
    arguments = parser.parse_args()
    engines = arguments.engines.split(",")
    with tempfile.TemporaryDirectory() as folder:
        root = arguments.workspace
        if root is None:
            root = Path(folder) / "workspace"
            write_workspace(root, arguments.films, arguments.titles, arguments.articles)
            build_workspace(Workspace.load(root))
        disk = open_graph(root)
        assert disk.snapshot is not None
        values = Values(disk)
        quads = Path(folder) / "quads.nq"
        assert isinstance(disk.backend, OxigraphBackend)
        disk.backend.store.dump(str(quads), format=pyoxigraph.RdfFormat.N_QUADS)
        asked = {
            query.name: values.of(query)
            for query in named_queries()
            if not arguments.names or query.name in arguments.names
        }
        snapshot = disk.snapshot
        del disk, values
        opened: dict[str, Callable[[], KnowledgeGraph]] = {
            "memory": lambda: in_memory(snapshot, quads), "disk": lambda: open_graph(root),
            "rdflib": lambda: in_rdflib(quads),
        }  # fmt: skip
        asking = [Engine(opened[engine], arguments.limit) for engine in engines]
        print(
            f"{snapshot.manifest['quads']['count']:,} quads; median and p95 in ms by the clock, then of the processor"
        )
        print(f"{'query':<27}{'values':>7}{'rows':>8}" + "".join(f"{engine:>32}" for engine in engines))
        slow = []
        for name, sets in asked.items():
            for group in [[one] for one in sets] if arguments.each else [sets]:
                found = [engine.timed(name, group, arguments.runs) for engine in asking]
                told = f"  {group[0]}" if arguments.each else ""
                line = f"{name:<27}{len(group):>7}{max(t.n_rows for t in found):>8,}"
                print(line + "".join(t.shown(arguments.limit) for t in found) + told, flush=True)
                if p95(found[0].walls_ms) > GOAL_MS:
                    slow.append(name)
        for engine in asking:
            engine.close()
        print(f"{engines[0]}: p95 above {GOAL_MS} ms: {', '.join(dict.fromkeys(slow)) or 'none'}")


if __name__ == "__main__":
    main()
