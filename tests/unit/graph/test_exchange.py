"""Exports as other programs read them, and the folders and files that open as graphs."""

from __future__ import annotations

import errno
import gzip
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyoxigraph
import pytest
import rdflib
from tiny import film_graph

from avgraph.errors import AvgraphError, SourceError, StoreError
from avgraph.graph import export
from avgraph.graph.describe import Publication, export_description
from avgraph.graph.export import export_rdf, write_graph
from avgraph.graph.files import import_graph, load_graph
from avgraph.graph.snapshot import Snapshot
from avgraph.graph.tables import TABLES_NAME, export_tables, read_tables, restored_cells, safe_cells
from avgraph.graph.writing import write_snapshot
from avgraph.knowledge import open_graph
from avgraph.vocabulary import AV, DCAT, DCT, VOID


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    return write_snapshot(tmp_path / "build", film_graph().dataset(), "Films", {})


STRANGE = """
<https://e.org/s> <https://e.org/p> "chat"@fr , "x"^^<https://e.org/d> , "01"^^xsd:integer , 1e0 , _:b .
<https://e.org/s> av:work "no link" ; av:share "0.5" , 5 ; schema:about <https://e.org/o> ;
  rdf:type "text" , <https://e.org/C> .
_:b av:agent _:b ; rdfs:label true , "true" , 99999999999999999999 .
<schema://odd> rdfs:label <https://schema.org///odd> .
<https://e.org/g> { <https://e.org/s> rdfs:label "in a graph" . }
"""


def test_json_ld_keeps_what_the_terms_do_not_foresee(tmp_path: Path) -> None:
    from avgraph.vocabulary import PREFIXES

    text = "".join(f"@prefix {p}: <{iri}> .\n" for p, iri in PREFIXES.items()) + STRANGE
    store = pyoxigraph.Store()
    store.load(text.encode(), pyoxigraph.RdfFormat.TRIG)
    path = tmp_path / "g.jsonld"
    assert write_graph(store, path) == len(store)
    back = pyoxigraph.Dataset(load_graph([path]))
    expected = pyoxigraph.Dataset(store)
    for dataset in (back, expected):
        dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.UNSTABLE)
    assert back == expected
    read = rdflib.Dataset(default_union=True).parse(path, format="json-ld")
    assert (rdflib.URIRef("https://e.org/s"), rdflib.RDFS.label, rdflib.Literal("in a graph")) in read


def test_a_failed_export_leaves_the_file_that_was_there(
    snapshot: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(store: pyoxigraph.Store) -> Iterator[bytes]:
        yield b"<https://e.org/s> "
        raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "g.nq"
    path.write_text("old")
    monkeypatch.setattr(export, "_quad_lines", full_disk)
    with pytest.raises(StoreError, match="cannot write: No space left"):
        export_rdf(snapshot, path)
    assert path.read_text() == "old"
    assert not list(tmp_path.glob(".*"))


def test_gzip_holds_no_name_and_no_time(snapshot: Snapshot, tmp_path: Path) -> None:
    for name in ("a.nq.gz", "b.nq.gz"):
        export_rdf(snapshot, tmp_path / name)
    data = (tmp_path / "a.nq.gz").read_bytes()
    assert data == (tmp_path / "b.nq.gz").read_bytes()
    assert data[3:8] == bytes(5), "RFC 1952: no flags, no time"
    export_rdf(snapshot, tmp_path / "a.nq")
    assert gzip.decompress((tmp_path / "a.nq.gz").read_bytes()) == (tmp_path / "a.nq").read_bytes()


def test_cells_that_look_like_formulas_come_back_as_they_were() -> None:
    cells = ["=1", "'=1", "''+1", "'plain", "@x", "-5", "\ty", None, "", "a"]
    table = pl.DataFrame({"c": cells})
    safe = safe_cells(table)["c"].to_list()
    assert not [c for c in safe if c and c[0] in "=+-@\t\r"]
    assert safe[3] == "'plain"
    assert restored_cells(safe_cells(table), table.schema)["c"].to_list() == cells


@pytest.mark.parametrize("table_format", ["csv", "parquet"])
def test_imported_tables_are_a_snapshot_of_the_same_graph(
    snapshot: Snapshot, tmp_path: Path, table_format: str
) -> None:
    export_tables(snapshot, tmp_path / "tables", table_format)
    n_quads = import_graph([tmp_path / "tables"], tmp_path / "again")
    again = open_graph(tmp_path / "again").snapshot
    assert again is not None
    assert again.manifest["quads"] == snapshot.manifest["quads"]
    assert n_quads == snapshot.manifest["quads"]["count"]
    assert again.manifest["name"] == "Films"
    for name in snapshot.manifest["tables"]:
        if name != "documents":
            assert again.table(name).equals(snapshot.table(name)), name


def test_a_table_corrected_in_a_spreadsheet_is_imported_as_corrected(snapshot: Snapshot, tmp_path: Path) -> None:
    export_tables(snapshot, tmp_path / "t", "csv")
    path = tmp_path / "t" / "entities.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("Ann,", "Anna,"), encoding="utf-8")
    assert "Anna" in open_graph(tmp_path / "t").labels(["https://example.org/id/ann"]).values()


@pytest.mark.parametrize("suffix", [".nq", ".trig.gz", ".jsonld", ".ttl"])
def test_an_exported_file_answers_as_the_build_does(snapshot: Snapshot, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"graph{suffix}"
    export_rdf(snapshot, path)
    import_graph([path], tmp_path / "folder")
    built = open_graph(snapshot.path)
    for opened in (open_graph(path), open_graph(str(path)), open_graph(tmp_path / "folder")):
        assert [c.text for c in opened.entity("Ann").claims] == [c.text for c in built.entity("Ann").claims]
        assert opened.entity("Ann").claims[0].quote == "director: Ann"
        assert opened.membership("person").equals(built.membership("person"))


def test_blank_nodes_of_two_files_stay_two(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.nt").write_text(f'_:x <https://e.org/p> "{name}" .\n')
    import_graph([tmp_path / "a.nt", tmp_path / "b.nt"], tmp_path / "both")
    answer = open_graph(tmp_path / "both").query("SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s ?p ?o }")
    assert answer.table.rows == [(2,)]


def test_an_import_replaces_an_earlier_one_and_nothing_else(tmp_path: Path) -> None:
    for n in (1, 2):
        (tmp_path / f"{n}.nt").write_text(f"<https://e.org/s> <https://e.org/p> {n} .\n".replace(f" {n} ", f' "{n}" '))
    import_graph([tmp_path / "1.nt"], tmp_path / "g")
    import_graph([tmp_path / "2.nt"], tmp_path / "g")
    assert open_graph(tmp_path / "g").query("SELECT ?o WHERE { ?s ?p ?o }").table.rows == [("2",)]
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("keep")
    with pytest.raises(StoreError, match="something else"):
        import_graph([tmp_path / "1.nt"], mine)
    (mine / "avgraph.toml").write_text("")
    with pytest.raises(StoreError, match="workspace"):
        import_graph([tmp_path / "1.nt"], mine)
    assert (mine / "letter.txt").read_text() == "keep"


def test_a_bad_file_is_told_with_its_line_and_leaves_the_earlier_import(tmp_path: Path) -> None:
    (tmp_path / "good.nt").write_text('<https://e.org/s> <https://e.org/p> "x" .\n')
    (tmp_path / "bad.nt").write_text('<https://e.org/s> <https://e.org/p> "x" .\nnonsense\n')
    import_graph([tmp_path / "good.nt"], tmp_path / "g")
    with pytest.raises(SourceError) as caught:
        import_graph([tmp_path / "good.nt", tmp_path / "bad.nt"], tmp_path / "g")
    assert caught.value.where == str(tmp_path / "bad.nt")
    assert (caught.value.place or "").startswith("line 2")
    assert len(open_graph(tmp_path / "g").query("SELECT ?s WHERE { ?s ?p ?o }")) == 1
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("g.nq.gz", b"no gzip", "cannot be read"),
        ("g.nq.gz", gzip.compress(b"<https://e.org/s> ", mtime=0)[:-4], "cannot be read"),
        ("g.doc", b"", "no RDF format"),
        ("g.jsonld", b"{", "not the RDF"),
        ("g.nt", b"\xff", "not the RDF"),
    ],
)
def test_what_is_no_rdf_is_said_so(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=said):
        open_graph(tmp_path / name)


@pytest.mark.parametrize("fault", ["missing", "column", "json", "type"])
def test_damaged_tables_are_told_with_the_file(snapshot: Snapshot, tmp_path: Path, fault: str) -> None:
    folder = tmp_path / "t"
    export_tables(snapshot, folder, "csv")
    if fault == "missing":
        (folder / "credit.csv").unlink()
    elif fault == "column":
        (folder / "credit.csv").write_text("x\n1\n")
    elif fault == "json":
        (folder / TABLES_NAME).write_text("{}")
    else:
        path = folder / "entities.csv"
        path.write_text(path.read_text(encoding="utf-8").replace("2014", "long ago"), encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        read_tables(folder)
    expected = {"missing": "tables.json", "column": "credit.csv", "json": TABLES_NAME, "type": "entities.csv"}[fault]
    assert expected in str(caught.value) or "credit" in str(caught.value)


def test_a_folder_of_nothing_is_no_graph(tmp_path: Path) -> None:
    with pytest.raises(AvgraphError, match="no workspace"):
        open_graph(tmp_path)


def test_the_description_counts_what_is_there_and_links_the_files(snapshot: Snapshot, tmp_path: Path) -> None:
    export_rdf(snapshot, tmp_path / "graph.nq")
    publication = Publication("https://spdx.org/licenses/CC0-1.0", "Our archive", [tmp_path / "graph.nq"])
    export_description(snapshot, tmp_path / "void.ttl", publication)
    graph = rdflib.Graph().parse(tmp_path / "void.ttl", publicID="https://example.com/data/void.ttl")
    (dataset,) = graph.subjects(rdflib.RDF.type, rdflib.URIRef(VOID + "Dataset"))
    assert (dataset, rdflib.RDF.type, rdflib.URIRef(DCAT + "Dataset")) in graph

    def values(predicate: str, subject: rdflib.term.Node = dataset) -> list[str]:
        return sorted(str(o) for o in graph.objects(subject, rdflib.URIRef(predicate)))

    store = load_graph([tmp_path / "graph.nq"])
    assert values(VOID + "triples") == [str(len(store))]
    assert values(VOID + "properties") == [str(len({q.predicate for q in store}))]
    assert values(VOID + "entities") == ["8"]
    parts = {
        values(VOID + "class", node)[0]: int(values(VOID + "entities", node)[0])
        for node in graph.objects(dataset, rdflib.URIRef(VOID + "classPartition"))
    }
    assert parts[AV + "Credit"] == 2
    assert sum(
        int(values(VOID + "triples", n)[0]) for n in graph.objects(dataset, rdflib.URIRef(VOID + "propertyPartition"))
    ) == len(store)
    assert values(VOID + "dataDump") == ["https://example.com/data/graph.nq"]
    assert values(DCT + "license") == ["https://spdx.org/licenses/CC0-1.0"]
    assert values(DCT + "title") == ["Films"]
    (distribution,) = graph.objects(dataset, rdflib.URIRef(DCAT + "distribution"))
    assert values(DCAT + "byteSize", distribution) == [str((tmp_path / "graph.nq").stat().st_size)]
    assert values(DCAT + "mediaType", distribution) == [
        "https://www.iana.org/assignments/media-types/application/n-quads"
    ]


def test_the_description_states_no_licence_and_no_time_of_its_own(snapshot: Snapshot, tmp_path: Path) -> None:
    for name in ("a.ttl", "b.ttl"):
        export_description(snapshot, tmp_path / name)
    assert (tmp_path / "a.ttl").read_bytes() == (tmp_path / "b.ttl").read_bytes()
    text = (tmp_path / "a.ttl").read_text(encoding="utf-8")
    assert "license" not in text
    assert "modified" not in text, "no source of this graph has a date"


def test_the_newest_source_is_the_date_of_change(tmp_path: Path) -> None:
    data = film_graph().dataset()
    dated = data.sources.with_columns(date=pl.Series(["2014~", "2015-03"], dtype=pl.String))
    snapshot = write_snapshot(tmp_path / "build", type(data)(**{**data.__dict__, "sources": dated}), "n", {})
    export_description(snapshot, tmp_path / "void.ttl")
    graph = rdflib.Graph().parse(tmp_path / "void.ttl")
    assert [o.n3() for o in graph.objects(None, rdflib.URIRef(DCT + "modified"))] == [
        '"2015-03"^^<http://www.w3.org/2001/XMLSchema#gYearMonth>'
    ]
