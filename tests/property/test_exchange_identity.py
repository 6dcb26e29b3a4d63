"""What is exported comes back as it was: the same quads from every notation, the same tables from every format."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import rdflib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_graphs import datasets, store_of, texts

from avgraph.graph.export import write_graph
from avgraph.graph.files import load_graph
from avgraph.graph.sorting import LineSorter
from avgraph.graph.tables import TABLE_FORMATS, SnapshotTables, read_tables, write_tables

SETTINGS = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
DATASET_SUFFIXES = (".nq", ".trig", ".jsonld", ".nq.gz", ".jsonld.gz")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@SETTINGS
@given(data=datasets())
def test_the_quads_come_back_from_every_notation(data: SnapshotTables, folder: Path) -> None:
    store = store_of(data)
    quads, triples = set(store), {quad.triple for quad in store}
    for suffix in (".nq", ".trig", ".jsonld", ".nq.gz", ".jsonld.gz"):
        path = folder / f"graph{suffix}"
        assert write_graph(store, path) == len(quads)
        assert set(load_graph([path])) == quads, suffix
    for suffix in (".ttl", ".nt", ".rdf"):
        path = folder / f"graph{suffix}"
        assert write_graph(store, path) == len(triples)
        assert {quad.triple for quad in load_graph([path])} == triples, suffix
    read = {
        name: set(rdflib.Dataset().parse(data=(folder / file).read_bytes(), format=name).quads())
        for file, name in (("graph.nq", "nquads"), ("graph.jsonld", "json-ld"))
    }
    assert read["json-ld"] == read["nquads"]


@SETTINGS
@given(data=datasets())
def test_the_tables_come_back_from_every_format(data: SnapshotTables, folder: Path) -> None:
    frames = dict(data.frames)
    names = sorted(set(frames) - {"documents"})
    about = {"name": "n", "base_iri": data.base_iri, "content": "0"}
    for table_format in TABLE_FORMATS:
        write_tables(names, frames.__getitem__, folder / table_format, table_format, about)
        back = read_tables(folder / table_format)
        assert back.base_iri == data.base_iri
        for name in names:
            assert back.frames[name].equals(frames[name], null_equal=True), (table_format, name)
        assert set(load_graph([folder / table_format])) == set(store_of(data))


@SETTINGS
@given(data=datasets(), seed=st.randoms(use_true_random=False))
def test_the_bytes_do_not_depend_on_the_order_of_loading(
    data: SnapshotTables, seed: random.Random, folder: Path
) -> None:
    first, second = store_of(data), store_of(data)
    quads = list(second)
    second.clear()
    seed.shuffle(quads)
    for quad in quads:
        second.add(quad)
    for suffix in (".nq", ".trig", ".jsonld", ".ttl", ".nq.gz"):
        a, b = folder / f"a{suffix}", folder / f"b{suffix}"
        write_graph(first, a)
        write_graph(second, b)
        assert a.read_bytes() == b.read_bytes(), suffix


@given(
    lines=st.lists(texts.map(lambda t: t.replace("\n", "").replace("\r", "").encode() + b"\n")),
    run_bytes=st.integers(1, 60),
    piece=st.integers(1, 20),
)
def test_lines_are_sorted_however_they_are_cut(lines: list[bytes], run_bytes: int, piece: int) -> None:
    text = b"".join(lines)
    with LineSorter(run_bytes) as sorter:
        for at in range(0, len(text), piece):
            sorter.write(text[at : at + piece])
        assert list(sorter) == sorted(set(lines))
