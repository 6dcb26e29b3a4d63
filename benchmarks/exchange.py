"""Time and memory of exporting and importing a large graph, each step in a process of its own.

Run with ``python benchmarks/exchange.py --credits 250000``: a table of credits is built, exported in every notation and
imported again.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

from avgraph.build import build_workspace
from avgraph.graph.describe import export_description
from avgraph.graph.export import export_rdf
from avgraph.graph.files import import_graph
from avgraph.graph.snapshot import Snapshot, current_snapshot
from avgraph.graph.tables import export_tables
from avgraph.workspace import Workspace, init_workspace

SUFFIXES = (".nq", ".nq.gz", ".trig", ".jsonld", ".ttl")
MAPPING = """\
[entity.work]
type = "Work"
name = "{title}"
ids.imdb = "{tconst}"
[entity.person]
type = "Person"
name = "{name}"
ids.imdb = "{nconst}"
[[claim]]
kind = "Credit"
work = "work"
agent = "person"
role = "actor"
billing = "{ordering}"
"""


def write_credits(records: Path, n_credits: int) -> None:
    """Write `n_credits` credits of an eighth as many works and a quarter as many people."""
    n = pl.int_range(n_credits, eager=True).alias("n").to_frame()
    work, person = pl.col("n") // 8, pl.col("n") * 7919 % max(n_credits // 4, 1)
    number = {"work": work.cast(pl.String), "person": person.cast(pl.String)}
    table = n.select(
        tconst="tt" + number["work"].str.zfill(7),
        title="Film " + number["work"],
        nconst="nm" + number["person"].str.zfill(7),
        name="Person " + number["person"],
        ordering=pl.col("n") % 8 + 1,
    )
    table.write_csv(records / "principals.tsv", separator="\t")
    (records / "principals.toml").write_text(MAPPING, encoding="utf-8")


def measured(title: str, step: Callable[..., object], *arguments: object) -> None:
    """Run a step in a fresh process and print its wall time, CPU time and peak memory."""
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_run, args=(title, step, arguments))
    process.start()
    process.join()


def _run(title: str, step: Callable[..., object], arguments: tuple[object, ...]) -> None:
    start, cpu = time.perf_counter(), time.process_time()
    step(*arguments)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    wall_s, cpu_s = time.perf_counter() - start, time.process_time() - cpu
    print(f"{title:<16} {wall_s:>8.1f} {cpu_s:>8.1f} {peak_mb:>9,.0f}", flush=True)


def build(folder: Path) -> None:
    build_workspace(Workspace.load(folder))


def snapshot(folder: Path) -> Snapshot:
    found = current_snapshot(folder / ".avgraph")
    assert found is not None
    return found


def export(folder: Path, path: Path) -> None:
    export_rdf(snapshot(folder), path)


def tables(folder: Path, path: Path, table_format: str) -> None:
    export_tables(snapshot(folder), path, table_format)


def describe(folder: Path, path: Path) -> None:
    export_description(snapshot(folder), path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--credits", type=int, default=250_000, help="credits (default 250000, 3 million quads)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"{'step':<16} {'wall s':>8} {'CPU s':>8} {'peak MB':>9}")
        write_credits(init_workspace(folder / "build").root / "records", arguments.credits)
        measured("build", build, folder / "build")
        for suffix in SUFFIXES:
            measured(f"export {suffix}", export, folder / "build", folder / f"graph{suffix}")
        for table_format in ("parquet", "csv"):
            measured(f"export {table_format}", tables, folder / "build", folder / table_format, table_format)
        measured("describe", describe, folder / "build", folder / "void.ttl")
        for suffix in (".nq", ".jsonld"):
            path = folder / f"graph{suffix}"
            measured(f"import {suffix}", import_graph, [path], folder / f"imported{suffix}")
        measured("import parquet", import_graph, [folder / "parquet"], folder / "imported")
        print(f"{snapshot(folder / 'build').manifest['quads']['count']:,} quads")


if __name__ == "__main__":
    main()
