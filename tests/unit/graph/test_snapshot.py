from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pyoxigraph
import pytest
from tiny import film_graph

from avgraph.errors import StoreError
from avgraph.graph.backend import OxigraphBackend, open_oxigraph
from avgraph.graph.export import RDF_SUFFIXES, export_rdf
from avgraph.graph.snapshot import build_lock, current_snapshot, read_snapshot
from avgraph.graph.storing import BulkLoad
from avgraph.graph.tables import export_tables, safe_cells
from avgraph.graph.writing import write_snapshot


@pytest.fixture
def build_dir(tmp_path: Path) -> Path:
    return tmp_path / ".avgraph"


def test_same_content_same_hash_in_another_folder(tmp_path: Path) -> None:
    hashes = {
        write_snapshot(tmp_path / name, film_graph().dataset(), "n", {"a": "1"}).manifest["content"] for name in "ab"
    }
    assert len(hashes) == 1


def test_other_content_other_hash(build_dir: Path) -> None:
    first = write_snapshot(build_dir, film_graph().dataset(), "n", {})
    g = film_graph()
    g.source("articles/z.txt", "article").claim(
        "Credit", work="https://example.org/id/film", agent="https://example.org/id/bob", role="actor", quote="z"
    )
    second = write_snapshot(build_dir, g.dataset(), "n", {})
    assert first.manifest["content"] != second.manifest["content"]
    assert current_snapshot(build_dir) == second


def test_writing_the_same_again_keeps_one_snapshot(build_dir: Path) -> None:
    for _ in range(2):
        write_snapshot(build_dir, film_graph().dataset(), "n", {})
    assert len(list((build_dir / "snapshots").iterdir())) == 1


@pytest.mark.parametrize("part", ["tables/entities/00000.parquet", "store/CURRENT"])
def test_writing_again_mends_a_damaged_snapshot(build_dir: Path, part: str) -> None:
    snapshot = write_snapshot(build_dir, film_graph().dataset(), "n", {})
    entities = snapshot.table("entities")
    (snapshot.path / part).write_bytes(b"garbage")
    again = write_snapshot(build_dir, film_graph().dataset(), "n", {})
    assert again.table("entities").equals(entities)
    assert OxigraphBackend(open_oxigraph(again.store_path)).select("SELECT * { ?s ?p ?o } LIMIT 1").rows


def _cut(store: Path) -> None:
    file = max(store.glob("*.sst"), key=lambda f: f.stat().st_size)
    file.write_bytes(file.read_bytes()[:-8])


def _drop(store: Path) -> None:
    max(store.glob("*.sst"), key=lambda f: f.stat().st_size).unlink()


def _change(store: Path) -> None:
    opened = pyoxigraph.Store(str(store))
    opened.remove(next(iter(opened)))
    opened.flush()


@pytest.mark.parametrize("damage", [_cut, _drop, _change])
@pytest.mark.parametrize("more", [False, True])
def test_no_build_goes_on_from_a_damaged_store(
    build_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: Callable[[Path], None], more: bool
) -> None:
    monkeypatch.setattr("avgraph.graph.writing._MAX_CHANGED", 1e9)  # so small a store would be loaded anew
    first = write_snapshot(build_dir, film_graph().dataset(), "n", {})
    damage(first.store_path)
    g = film_graph()
    if more:
        g.source("articles/z.txt", "article").claim(
            "Credit", work="https://example.org/id/film", agent="https://example.org/id/bob", role="actor", quote="z"
        )
    after = write_snapshot(build_dir, g.dataset(), "n", {})
    anew = write_snapshot(tmp_path / "anew", g.dataset(), "n", {})
    assert (after.path != first.path) == more
    assert sorted(map(str, open_oxigraph(after.store_path))) == sorted(map(str, open_oxigraph(anew.store_path)))


def test_the_snapshot_before_outlives_an_unchanged_build(build_dir: Path) -> None:
    first = write_snapshot(build_dir, film_graph().dataset(), "one", {})
    for _ in range(2):
        write_snapshot(build_dir, film_graph().dataset(), "two", {})
    assert read_snapshot(first.path) is not None


def test_leftovers_of_a_killed_build_are_swept(build_dir: Path) -> None:
    leftover = build_dir / "snapshots" / ".writing-1"
    leftover.mkdir(parents=True)
    write_snapshot(build_dir, film_graph().dataset(), "n", {})
    assert not leftover.exists()


def test_a_half_snapshot_is_not_read(build_dir: Path) -> None:
    snapshot = write_snapshot(build_dir, film_graph().dataset(), "n", {})
    (snapshot.path / "manifest.json").write_text('{"format": 2')
    assert current_snapshot(build_dir) is None
    assert read_snapshot(snapshot.path) is None


def test_two_readers_and_the_next_writer_do_not_disturb_each_other(build_dir: Path) -> None:
    snapshot = write_snapshot(build_dir, film_graph().dataset(), "n", {})
    readers = [OxigraphBackend(open_oxigraph(snapshot.store_path)) for _ in range(2)]
    write_snapshot(build_dir, film_graph().dataset(("records/films.csv",)), "n", {})
    assert {len(r.select("SELECT ?s WHERE { ?s ?p ?o }").rows) for r in readers} != {0}


def _hold(path: Path, ready: object, done: object) -> None:
    with build_lock(path):
        ready.set()  # type: ignore[attr-defined]
        done.wait()  # type: ignore[attr-defined]


def test_a_second_build_is_refused_while_one_runs(build_dir: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(build_dir, ready, done))
    other.start()
    try:
        assert ready.wait(60)
        with pytest.raises(StoreError, match="another build"), build_lock(build_dir):
            pass
    finally:
        done.set()
        other.join()
    with build_lock(build_dir):
        pass


def test_a_damaged_store_is_a_store_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        open_oxigraph(tmp_path / "nothing")


@pytest.mark.parametrize("suffix", sorted(RDF_SUFFIXES))
def test_every_rdf_export_reads_back(build_dir: Path, tmp_path: Path, suffix: str) -> None:
    import rdflib

    snapshot = write_snapshot(build_dir, film_graph().dataset(), "n", {})
    path = tmp_path / f"g{suffix}"
    n_statements = export_rdf(snapshot, path)
    formats = {".nq": "nquads", ".trig": "trig", ".jsonld": "json-ld", ".ttl": "turtle", ".nt": "nt", ".rdf": "xml"}
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(path, format=formats[suffix])
    named = suffix in (".nq", ".trig", ".jsonld")
    assert (len(set(dataset.quads())) if named else len(dataset)) == n_statements


def test_csv_cells_cannot_become_formulas(build_dir: Path, tmp_path: Path) -> None:
    g = film_graph()
    g.entity("evil", "Person", '=HYPERLINK("http://x")')
    snapshot = write_snapshot(build_dir, g.dataset(), "n", {})
    export_tables(snapshot, tmp_path / "csv", "csv")
    text = (tmp_path / "csv" / "entities.csv").read_text()
    assert "'=HYPERLINK" in text
    assert ",=HYPERLINK" not in text


def test_every_beginning_of_a_formula_is_made_harmless_and_nothing_else() -> None:
    cells = ["=1", "+1", "-1", "@x", "\t=1", "\r=1", "a=1", "", None]
    table = pl.DataFrame({"text": cells, "number": [-1] * 9, "texts": [["=1", "b"]] * 9})
    safe = safe_cells(table)
    assert safe["text"].to_list() == ["'=1", "'+1", "'-1", "'@x", "'\t=1", "'\r=1", "a=1", "", None]
    assert safe["number"].to_list() == [-1] * 9
    assert set(safe["texts"]) == {"'=1 | b"}


def test_an_unknown_suffix_names_the_known_ones(build_dir: Path, tmp_path: Path) -> None:
    snapshot = write_snapshot(build_dir, film_graph().dataset(), "n", {})
    with pytest.raises(StoreError, match="ttl"):
        export_rdf(snapshot, tmp_path / "g.doc")


def test_a_store_that_cannot_be_filled_is_told_while_it_is_fed(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("no folder")
    load = BulkLoad(tmp_path / "store")
    lines = pl.Series(["<a:a> <a:b> <a:c> <a:d> ."] * 100_000)  # more than a pipe holds
    with pytest.raises(StoreError, match="cannot be written") as caught:
        load.feed(lines)
    assert caught.value.where == str(tmp_path / "store")


@pytest.mark.parametrize("has_path", [True, False])
def test_a_store_is_filled_from_the_pipe_with_and_without_its_path(
    has_path: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("avgraph.graph.storing.os.path.exists", lambda path: has_path)
    load = BulkLoad(tmp_path / "store")
    for first in (0, 2):
        load.feed(pl.Series([f'<a:{n}> <a:b> "{n}" <a:d> .' for n in range(first, first + 2)]))
    assert load.finish() == 4
