from __future__ import annotations

import pyoxigraph
import pytest
import rdflib
from tiny import BASE, TinyGraph, film_graph

from avgraph.errors import QueryError
from avgraph.graph.backend import OxigraphBackend, RdflibBackend
from avgraph.vocabulary import AV, OA, PREFIXES
from graph_parts import lines_of

PREFIX = " ".join(f"PREFIX {p}: <{iri}>" for p, iri in PREFIXES.items())


def text_of(graph: TinyGraph, order: tuple[str, ...] = ("records/films.csv",)) -> str:
    return "".join(f"{line}\n" for line in lines_of(graph.dataset(order)))


@pytest.fixture(scope="module")
def nquads() -> str:
    return text_of(film_graph())


@pytest.fixture(scope="module")
def backend(nquads: str) -> OxigraphBackend:
    store = pyoxigraph.Store()
    store.load(nquads.encode(), format=pyoxigraph.RdfFormat.N_QUADS)
    return OxigraphBackend(store)


def test_text_is_valid_nquads_for_two_parsers(nquads: str, backend: OxigraphBackend) -> None:
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(data=nquads, format="nquads")
    assert len(set(dataset.quads())) == len(set(backend.store)) > 80


def test_labels_with_quotes_line_feeds_and_backslashes_survive(backend: OxigraphBackend) -> None:
    rows = backend.select(f"{PREFIX} SELECT ?l WHERE {{ <{BASE}film> rdfs:label ?l }}").rows
    assert rows == [('A "quoted"\nfilm \\ éà',)]


def test_every_claim_leads_to_its_evidence(backend: OxigraphBackend) -> None:
    without = f"{PREFIX} ASK {{ ?c av:status ?s FILTER NOT EXISTS {{ ?c av:evidence/oa:exact ?q }} }}"
    assert not backend.ask(without)
    rows = backend.select(
        f"{PREFIX} SELECT ?s ?e ?q WHERE {{ ?c a av:Support ; av:evidence ?ev . ?ev oa:start ?s ; oa:end ?e ; oa:exact ?q }}"  # noqa: E501
    ).rows
    assert rows == [(6, 9, "Fund")]


def test_shortcuts_stand_for_asserted_claims_only(backend: OxigraphBackend) -> None:
    assert backend.ask(f"{PREFIX} ASK {{ <{BASE}film> schema:director <{BASE}ann> }}")
    assert not backend.ask(f"{PREFIX} ASK {{ <{BASE}film> av:writer <{BASE}bob> }}")
    assert backend.ask(f"{PREFIX} ASK {{ ?c a av:Credit ; av:status avc:status-planned ; av:agent <{BASE}bob> }}")


def test_shortcuts_lie_in_the_graph_of_their_source(backend: OxigraphBackend) -> None:
    rows = backend.select(
        f"{PREFIX} SELECT ?g WHERE {{ GRAPH ?g {{ <{BASE}film> av:wonAward <{BASE}oscar> }} }} ORDER BY ?g"
    ).rows
    assert [r[0] for r in rows] == [f"{BASE}source/articles/a%20b.txt", f"{BASE}source/records/films.csv"]


def test_list_roles_give_one_triple_each(backend: OxigraphBackend) -> None:
    rows = backend.select(f"{PREFIX} SELECT ?t WHERE {{ ?c a av:Broadcast ; av:territories ?t }} ORDER BY ?t").rows
    assert [r[0] for r in rows] == [f"{BASE}be", f"{BASE}lu"]


def test_values_are_typed(nquads: str) -> None:
    assert '"0.25"^^<http://www.w3.org/2001/XMLSchema#decimal>' in nquads
    assert '"60000"^^<http://www.w3.org/2001/XMLSchema#decimal>' in nquads
    assert '"2014"^^<http://www.w3.org/2001/XMLSchema#gYear>' in nquads
    assert '"2015-03"^^<http://www.w3.org/2001/XMLSchema#gYearMonth>' in nquads


def test_no_blank_nodes(nquads: str) -> None:
    assert "_:" not in nquads


def test_conflicts_are_in_the_graph(backend: OxigraphBackend) -> None:
    rows = backend.select(
        f"{PREFIX} SELECT ?rule ?v ?p WHERE {{ ?c a av:Conflict ; av:rule ?rule ; av:side ?s . ?s av:value ?v ; av:preferred ?p }}"  # noqa: E501
        " ORDER BY ?rule ?v"
    ).rows
    assert ("award-recipients", "Ann", False) in rows
    assert ("award-recipients", "Bob", True) in rows
    assert ("release-date", "2014", True) in rows


def test_evidence_of_text_is_a_web_annotation_selector(nquads: str) -> None:
    assert f"<{OA}TextQuoteSelector>" in nquads
    assert f"<{AV}RowSelector>" in nquads


def test_engines_agree(nquads: str, backend: OxigraphBackend) -> None:
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(data=nquads, format="nquads")
    query = f"{PREFIX} SELECT ?c ?p ?o WHERE {{ ?c a av:Credit ; ?p ?o }} ORDER BY ?c ?p ?o"
    assert RdflibBackend(dataset).select(query).rows == backend.select(query).rows


@pytest.mark.parametrize(
    ("query", "message"),
    [("SELECT * WHERE { ?s ?p }", "does not parse"), ("ASK { ?s ?p ?o }", "needs a SELECT"),
     ("SELECT * WHERE { SERVICE <http://127.0.0.1:9/sparql> { ?s ?p ?o } }", "failed")],
)  # fmt: skip
def test_faults_of_queries_are_query_errors(backend: OxigraphBackend, query: str, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        backend.select(query)
