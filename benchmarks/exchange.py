"""Time and memory of exporting and importing a large graph, each step in a process of its own.

Run with ``python benchmarks/exchange.py --credits 250000``: credits of one source, about a dozen quads each, go through
the claim tables into a snapshot, which is then exported in every notation and imported again.
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

from avgraph.graph.conflicts import CONFLICT_SCHEMA, SIDE_SCHEMA
from avgraph.graph.describe import export_description
from avgraph.graph.export import export_rdf
from avgraph.graph.files import import_graph
from avgraph.graph.quads import Dataset
from avgraph.graph.shapes import QUARANTINE_SCHEMA
from avgraph.graph.snapshot import Snapshot, current_snapshot, write_snapshot
from avgraph.graph.tables import export_tables
from avgraph.identity import MATCH_SCHEMA
from avgraph.identity.entities import ENTITY_SCHEMA
from avgraph.model import KINDS, MENTION_SCHEMA, SOURCE_SCHEMA, claim_schema, concat_claims

BASE = "https://w3id.org/avgraph/id/"
SOURCE = "records/principals.tsv"
SUFFIXES = (".nq", ".nq.gz", ".trig", ".jsonld", ".ttl")


def dataset(n_credits: int) -> Dataset:
    """Return `n_credits` credits of an eighth as many works and a quarter as many people."""
    number = pl.int_range(n_credits, eager=True).alias("n").to_frame()
    given = {
        "claim": BASE + "claim/credit/" + pl.col("n").hash(7).cast(pl.String), "source": pl.lit(SOURCE),
        "status": pl.lit("asserted"), "confidence": pl.lit(1.0), "method": pl.lit("mapping:principals.toml@00000000"),
        "quote": "title: tt" + pl.col("n").cast(pl.String) + " | category: actor | ordering: 3", "row": pl.col("n"),
        "work": BASE + "work/tt" + (pl.col("n") // 8).cast(pl.String), "billing": pl.col("n") % 8 + 1,
        "agent": BASE + "person/nm" + (pl.col("n") * 7919 % max(n_credits // 4, 1)).cast(pl.String),
        "role": pl.lit("actor"),
    }  # fmt: skip
    schema = claim_schema(KINDS["Credit"])
    credit = number.select(given.get(c, pl.lit(None)).cast(t).alias(c) for c, t in schema.items())
    source = dict.fromkeys(SOURCE_SCHEMA) | {"source": SOURCE, "kind": "record", "date": "2024-01-01"}
    sources = pl.DataFrame([source], schema=SOURCE_SCHEMA).with_columns(iri=pl.lit(f"{BASE}source/{SOURCE}"))
    mentions = pl.DataFrame(schema=MENTION_SCHEMA | {"entity": pl.String()})
    empty = {
        "matches": MATCH_SCHEMA, "conflicts": CONFLICT_SCHEMA, "sides": SIDE_SCHEMA, "quarantined": QUARANTINE_SCHEMA,
        "entities": ENTITY_SCHEMA, "documents": {"source": pl.String(), "text": pl.String()},
    }  # fmt: skip
    frames = {name: pl.DataFrame(schema=columns) for name, columns in empty.items()}
    claims = concat_claims([{"Credit": credit}])
    return Dataset(claims=claims, mentions=mentions, sources=sources, base_iri=BASE, **frames)


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


def build(folder: Path, n_credits: int) -> None:
    write_snapshot(folder, dataset(n_credits), "benchmark", {})


def snapshot(folder: Path) -> Snapshot:
    found = current_snapshot(folder)
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
        measured("build", build, folder / "build", arguments.credits)
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
