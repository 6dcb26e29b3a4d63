"""Opening graphs, asking them, and the errors of both."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import polars as pl
import pytest
import rdflib

from avgraph.errors import QueryError, StoreError
from avgraph.knowledge import KnowledgeGraph, open_graph
from avgraph.knowledge.membership import NETWORK_KINDS, membership_from_backend
from avgraph.queries import load_query
from avgraph.workspace import init_workspace


def test_a_workspace_and_its_snapshot_are_the_same_graph(kg: KnowledgeGraph) -> None:
    assert kg.snapshot is not None
    assert open_graph(kg.snapshot.path).counts() == kg.counts()
    assert open_graph(str(kg.snapshot.path)).counts() == kg.counts()


def test_nothing_built_says_how_to_build(tmp_path: Path) -> None:
    init_workspace(tmp_path)
    with pytest.raises(StoreError) as caught:
        open_graph(tmp_path)
    assert caught.value.hint == f"run: avgraph build {tmp_path}"


def test_no_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no workspace"):
        open_graph(tmp_path / "nothing")


@pytest.mark.parametrize(
    "url", ["http://user:secret@host:port/", "http://[::1", "http://", "ftp://host/x", "http://user:secret@host:99999/"]
)
def test_a_wrong_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(StoreError, match="not the address") as caught:
        open_graph(url)
    assert "secret" not in str(caught.value)


def test_an_endpoint_that_does_not_answer_is_named_without_its_password() -> None:
    with pytest.raises(StoreError) as caught:
        open_graph("http://user:secret@127.0.0.1:9/sparql?key=hidden")
    assert "http://127.0.0.1:9/sparql" in str(caught.value)
    assert not {"secret", "hidden", "user"} & set(str(caught.value).replace("/", " ").replace("?", " ").split())


@pytest.mark.parametrize("kind", NETWORK_KINDS)
def test_membership_is_the_same_from_tables_and_from_sparql(kg: KnowledgeGraph, kind: str) -> None:
    tables = kg.membership(kind)
    sparql = membership_from_backend(kg.backend, kind)
    assert tables.height > 0
    assert tables.schema == sparql.schema
    assert tables.equals(sparql)


def test_an_unknown_network_is_refused_with_the_known_ones(kg: KnowledgeGraph) -> None:
    with pytest.raises(QueryError, match="no network kind 'actor'") as caught:
        kg.network("actor")
    assert "person" in str(caught.value.hint)


def test_a_network_knows_labels_countries_and_claims(kg: KnowledgeGraph) -> None:
    net = kg.network("company", years=(2009, 2018))
    top = net.rank("strength", top=1).row(0, named=True)
    assert top["label"] == "Samsa Film"
    assert top["country"] == "LU"
    edge = net.edges.sort("weight", descending=True).row(0, named=True)
    claims = [kg.claim(iri) for iri in net.claims(edge["source"], edge["target"])]
    assert {c.kind for c in claims} == {"Participation"}
    for weight in ("count", "share"):
        assert kg.network("company", weight=weight).edges.height > 0


def test_quotes_tell_source_row_and_words_of_claims(kg: KnowledgeGraph) -> None:
    claims = kg.entity("Unité 42").claims
    found = kg.quotes([claim.iri for claim in claims] + ["https://example.org/nothing"])
    assert set(found) == {claim.iri for claim in claims}
    for claim in claims:
        path, words = found[claim.iri]
        assert words == (claim.quote or "")
        assert path == (claim.source if claim.row is None else f"{claim.source}, row {claim.row}")


def test_a_network_of_works_of_one_kind_and_of_all_partners(kg: KnowledgeGraph) -> None:
    films = kg.network("company", work_kinds=["film"])
    assert 0 < films.nodes.height < kg.network("company").nodes.height
    partners = kg.network("partner")
    assert {"production", "delegate", "airs"} <= set(partners.memberships["role"].drop_nulls())
    assert partners.edges.height > kg.network("company").edges.height


def test_the_dataset_is_rdflibs(kg: KnowledgeGraph) -> None:
    assert isinstance(kg.dataset, rdflib.Dataset)
    assert kg.dataset is kg.dataset
    rows = kg.dataset.query("SELECT ?s WHERE { ?s a <https://schema.org/TVSeason> }")
    assert len(rows) == len(kg.query("SELECT ?s WHERE { ?s a schema:TVSeason }"))


def test_an_rdflib_graph_is_a_knowledge_graph() -> None:
    graph = open_graph(rdflib.Graph())
    assert graph.counts() == {}
    assert graph.network("company").nodes.height == 0
    with pytest.raises(QueryError):
        graph.query("SELECT ?x WHERE {")


def test_names_are_taken_where_a_query_wants_entities(kg: KnowledgeGraph) -> None:
    by_name = kg.query("who-directed", work="unite 42")
    by_iri = kg.query("who-directed", work=kg.entity("Unité 42").iri)
    assert list(by_name) == list(by_iri) == list(kg.query("who-directed"))
    with pytest.raises(QueryError, match="work: no entity named 'No Such Work'"):
        kg.query("who-directed", work="No Such Work")
    with pytest.raises(QueryError, match="no parameter 'werk'"):
        kg.query("who-directed", werk="Unité 42")
    with pytest.raises(QueryError, match="takes no parameters"):
        kg.query("SELECT * WHERE { ?s ?p ?o } LIMIT 1", work="x")
    with pytest.raises(QueryError, match="did you mean 'who-directed'"):
        kg.query("who-direct")


def test_a_parameter_is_a_term_and_never_text(kg: KnowledgeGraph) -> None:
    assert len(kg.query("grants-per-year", fund='Fund" . } #')) == 0
    for values in ({"since": "0) } #"}, {"country": 'LU" . } #'}):
        with pytest.raises(QueryError):
            kg.query("films", **values)


def test_the_sparql_shown_is_the_sparql_asked(kg: KnowledgeGraph) -> None:
    text = kg.sparql("who-directed", work="Unité 42")
    assert "?_work" not in text
    assert list(kg.query(text)) == list(kg.query("who-directed", work="Unité 42"))
    assert kg.sparql("ASK { ?s av:share ?o }").startswith("PREFIX av: <https://w3id.org/avgraph/ontology#> ASK")


def test_a_query_from_a_file_takes_parameters(kg: KnowledgeGraph, tmp_path: Path) -> None:
    path = tmp_path / "mine.rq"
    path.write_text("#+ summary: Seasons of a series\nSELECT DISTINCT ?s { ?s schema:partOfSeries ?_series_iri }\n")
    assert len(kg.query(load_query(path), series="Unité 42")) == 2


@pytest.mark.parametrize(
    ("query", "line", "column", "said"),
    [
        ("SELECT ?x WHERE { ?x a", 1, 23, "a”"),
        ("SELECT ?x\nWHERE { ?x a foo:bar }", 2, 21, "Prefix not found"),
        ("PREFIX av: <https://w3id.org/avgraph/ontology#>\nSELECT ?x WHERE { ?x av:role }", 2, 30, "av:role”"),
    ],
)
def test_a_syntax_error_names_the_place_in_the_users_own_text(
    tiny: KnowledgeGraph, query: str, line: int, column: int, said: str
) -> None:
    with pytest.raises(QueryError) as caught:
        tiny.query(query)
    assert f"line {line}, column " in caught.value.message
    place = int(caught.value.message.split("column ")[1].split()[0].rstrip(":"))
    assert abs(place - column) <= 1
    assert said in caught.value.message
    assert len(caught.value.message) < 200
    assert caught.value.hint


def test_the_form_of_a_query_must_fit(tiny: KnowledgeGraph) -> None:
    assert tiny.ask("ASK { ?s a av:Credit }") is True
    assert tiny.construct("CONSTRUCT WHERE { ?s a schema:Movie }").count(b"\n") == 4
    for ask in (tiny.query, tiny.construct):
        with pytest.raises(QueryError, match="this needs a"):
            ask("ASK { ?s ?p ?o }")
    with pytest.raises(QueryError, match="this needs a"):
        tiny.ask("SELECT ?s WHERE { ?s ?p ?o }")
    with pytest.raises(QueryError):
        tiny.query("INSERT DATA { <a:b> <a:c> <a:d> }")


def test_a_stated_majority_is_a_role_beside_the_others(kg: KnowledgeGraph) -> None:
    countries = kg.membership("country")
    assert countries.filter(pl.col("role").is_null()).height > 100  # of origin, without a word on who leads
    rows = kg.membership("company").group_by("work", "member", "claim").agg(pl.col("role").sort())
    assert ["delegate", "majority"] in rows["role"].to_list()
    leads = kg.network("country", roles={"majority", "minority"})
    assert {role for roles in leads.nodes["roles"] for role in roles} == {"majority", "minority"}
    led = leads.concentration().select("n_minority", "n_stated").sum().row(0)
    assert 0 < led[0] < led[1]


def test_membership_without_works_is_empty_and_typed(tiny: KnowledgeGraph) -> None:
    assert tiny.membership("funder").schema == {
        "work": pl.String, "member": pl.String, "role": pl.String, "year": pl.Int64, "weight": pl.Float64,
        "claim": pl.String, "kind": pl.String, "confidence": pl.Float64,
    }  # fmt: skip


class _Listener(BaseHTTPRequestHandler):
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_error(404)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def listener() -> Iterator[str]:
    """Address of a server that notes whoever calls."""
    server = HTTPServer(("127.0.0.1", 0), _Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _Listener.asked.clear()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("local", ["snapshot", "rdflib"])
@pytest.mark.parametrize(
    "group",
    [
        "SERVICE <URL> { ?s ?p ?o }",
        "service<URL>{ ?s ?p ?o }",
        "SERVICE SILENT <URL> { ?s ?p ?o }",
        "SERVICE:x { ?s ?p ?o }",
        "?s ?p 1 . BIND(1 AS ?x) SERVICE<URL>{}",
        "\\u0053ERVICE <URL> { ?s ?p ?o }",
        "VALUES ?x { '\\\\' } SERVICE <URL> { ?s ?p ?o } #'",
        "BIND(1 AS ?a) FILTER(?a<'>')SERVICE<URL>{} #'\n",
    ],
)
def test_a_local_graph_never_asks_another_server(tiny: KnowledgeGraph, listener: str, local: str, group: str) -> None:
    kg = tiny if local == "snapshot" else open_graph(rdflib.Graph())
    group = group.replace("URL", listener)
    for ask, form in ((kg.query, "SELECT *"), (kg.ask, "ASK"), (kg.construct, "CONSTRUCT { <a:a> <a:b> <a:c> }")):
        with pytest.raises(QueryError, match="SERVICE asks another server") as caught:
            ask(f"PREFIX : <{listener}> {form} WHERE {{ {group} }}")
        assert caught.value.hint
    assert _Listener.asked == []


def test_from_is_neither_loaded_nor_ignored(tiny: KnowledgeGraph, listener: str) -> None:
    for kg in (tiny, open_graph(rdflib.Dataset())):
        for clause in (f"FROM <{listener}>", f"from named <{listener}>"):
            with pytest.raises(QueryError, match="FROM chooses graphs"):
                kg.query(f"SELECT * {clause} WHERE {{ ?s ?p ?o }}")
    assert _Listener.asked == []


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?service WHERE { ?service rdfs:label 'SERVICE <http://x>' } # SERVICE <http://x> {}",
        'PREFIX x: <https://service.example/from/> SELECT * { ?s x:service ?o ; x:a.service "from"@en-service }',
        "SELECT * WHERE { ?s <https://example.org/l'amour/service#service> ?o }",
        "SELECT * WHERE { ?s rdfs:label '''many lines\nof 'service' and from''' FILTER(?s < ?service) }",
    ],
)
def test_the_word_service_elsewhere_is_no_call(tiny: KnowledgeGraph, text: str) -> None:
    tiny.query(text)
    open_graph(rdflib.Graph()).query(text)
