"""The files of ``queries/``: their form, and their answers on a graph small enough to count by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
import pytest
import rdflib
from small_answers import ANSWERS, Case
from small_graph import small_rdflib, small_store

from avgraph.graph.backend import OxigraphBackend, RdflibBackend
from avgraph.knowledge import KnowledgeGraph, open_graph
from avgraph.queries import NamedQuery, named_queries
from avgraph.resources import resource
from avgraph.vocabulary import PREFIXES
from servers import filled, virtuoso_serving

LIBRARY = {query.name: query for query in named_queries()}
every_query = pytest.mark.parametrize("query", LIBRARY.values(), ids=LIBRARY)
every_case = pytest.mark.parametrize("case", ANSWERS, ids=lambda c: "-".join((c.query, *map(str, c.parameters))))


@pytest.fixture(scope="module")
def embedded() -> KnowledgeGraph:
    return KnowledgeGraph(OxigraphBackend(small_store()))


@pytest.fixture(scope="module")
def pure() -> KnowledgeGraph:
    return KnowledgeGraph(RdflibBackend(small_rdflib()))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeGraph]:
    # A server of its own: one that held other graphs plans by what it remembers of them, and then may lose rows.
    with virtuoso_serving(tmp_path_factory.mktemp("virtuoso")) as server:
        yield open_graph(filled(server, small_store()).url)


def _rows(kg: KnowledgeGraph, case: Case) -> list[tuple[object, ...]]:
    return [tuple(row[c] for c in case.columns.split()) for row in kg.query(case.query, **case.parameters)]


@every_case
def test_embedded_store_answers_as_counted_by_hand(embedded: KnowledgeGraph, case: Case) -> None:
    assert _rows(embedded, case) == case.rows


@every_case
def test_rdflib_engine_answers_as_counted_by_hand(pure: KnowledgeGraph, case: Case) -> None:
    assert _rows(pure, case) == case.rows


@every_case
def test_virtuoso_answers_as_counted_by_hand(served: KnowledgeGraph, case: Case) -> None:
    assert _rows(served, case) == case.rows


def test_every_query_has_a_case() -> None:
    assert {case.query for case in ANSWERS} == set(LIBRARY)


@every_query
def test_default_of_every_parameter(query: NamedQuery) -> None:
    assert query.description
    assert {p.name for p in query.parameters if p.default is None} == set()


@every_query
def test_file_runs_anywhere_unchanged(query: NamedQuery) -> None:
    path = resource("queries", f"{query.name}.rq")
    text = path.read_text(encoding="utf-8")
    pyoxigraph.Store().query(text)
    used = set(re.findall(r"(?<![\w:])([a-z]+):\w", re.sub(r'<[^<>\s]*>|"[^"]*"|#[^\n]*', " ", query.text)))
    declared = dict(re.findall(r"^PREFIX (\w+): <(.*)>$", text, re.MULTILINE))
    assert declared == {prefix: PREFIXES[prefix] for prefix in used}
    assert max(map(len, text.splitlines())) <= 120


@every_query
def test_order_is_total_and_graphs_are_not_named(query: NamedQuery) -> None:
    plain = re.sub(r'"[^"]*"|#[^\n]*', "", query.text.split("\n\n", 1)[1])
    assert plain.strip().splitlines()[-1].startswith("ORDER BY")
    assert not re.search(r"\bGRAPH\b|\bSERVICE\b|\bSELECT \*|\[|_:", plain)


@every_query
def test_terms_are_declared_in_the_ontology(query: NamedQuery) -> None:
    graph = rdflib.Graph()
    for name in ("avgraph.ttl", "concepts.ttl"):
        graph.parse(resource("ontology", name), format="turtle")
    terms = [PREFIXES[p] + n for p, n in re.findall(r"\b(avc?):([\w-]+)", query.text)]
    assert [t for t in terms if (rdflib.URIRef(t), rdflib.RDF.type, None) not in graph] == []


def test_competency_numbers_are_those_answered() -> None:
    numbers = sorted(q.competency for q in LIBRARY.values() if q.competency)
    assert numbers == [n for n in range(1, 26) if n != 17]


def test_a_fact_said_by_two_sources_counts_once(embedded: KnowledgeGraph) -> None:
    (first,) = (row for row in embedded.query("grants-per-year", fund="Fund One") if row["year"] == 2017)
    assert (first["n_grants"], first["total"]) == (1, 100000)
    assert [r["n_titles"] for r in embedded.query("coproductions-with") if r["name"] == "Alpha Films"] == [3]


@every_query
def test_documentation_lists_the_query_with_its_parameters(query: NamedQuery) -> None:
    path = Path(__file__).resolve().parents[2] / "docs" / "queries.md"
    rows = path.read_text(encoding="utf-8").splitlines()
    (line,) = (row for row in rows if f"| `{query.name}` | {query.summary} |" in row)
    assert re.findall(r"`(\w+)`", line.rsplit(" | ", 1)[1]) == [p.name for p in query.parameters]
