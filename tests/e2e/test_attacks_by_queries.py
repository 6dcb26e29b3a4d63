"""Queries, updates and data that call others, or take all there is."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote, urlencode

import pytest

from attacked import (
    ENDLESS,
    FORM,
    KNOWN,
    TIMEOUT_S,
    posted,
    timed,
)
from serving import Served
from traps import Trap

# Reaching out.


CALLS = [
    "SELECT * { SERVICE <TRAP> { ?s ?p ?o } }",
    "select * { service silent <TRAP> { ?s ?p ?o } }",
    "SELECT * { SERVICE#\n<TRAP> { ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o .SERVICE<TRAP>{ ?s ?p ?o } }",
    "PREFIX x: <urn:x-a:> SELECT * { VALUES ?o { x: } ?s ?p ?o . OPTIONAL { ?s ?p x:.SERVICE <TRAP> { ?a ?b ?c } } }",
    "PREFIX service: <TRAP> SELECT * { SERVICE service: { ?s ?p ?o } }",
    "SELECT * { BIND(<TRAP> AS ?x) SERVICE ?x { ?s ?p ?o } }",
    "SELECT * { VALUES ?x { <TRAP> } SERVICE ?x { ?s ?p ?o } }",
    "SELECT * { SERV\\u0049CE <TRAP> { ?s ?p ?o } }",
    "SELECT * { \\U00000053ERVICE <TRAP> { ?s ?p ?o } }",
    "SELECT * { ?s ?p 'a\\u0027 . SERVICE <TRAP> { ?a ?b ?c } # ' \n }",
    "SELECT * { # \\u000A SERVICE <TRAP> { ?s ?p ?o } \n }",
    "SELECT * { { SELECT * { { SELECT * { SERVICE <TRAP> { ?s ?p ?o } } } } } }",
    "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE <TRAP> { ?s ?p ?o } } }",
    "SELECT * { ?s ?p ?o FILTER(?o <EXISTS{SERVICE <TRAP> { ?s ?p ?o }}) }",
    "SELECT * { ?s ?p ?o MINUS { GRAPH ?g { SERVICE <TRAP> { ?s ?p ?o } } } }",
    "ASK { OPTIONAL { SERVICE <TRAP> { ?s ?p ?o } } }",
    "CONSTRUCT { ?s ?p ?o } { SERVICE <TRAP> { ?s ?p ?o } }",
    "DESCRIBE ?s { SERVICE <TRAP> { ?s ?p ?o } }",
    "SELECT (1 AS ?x) { } VALUES ?y { 1 } # \u2028 \n SERVICE <TRAP> { }",
]
LOADS = [
    "LOAD <TRAP>",
    "load silent <TRAP>",
    "LOAD SILENT <TRAP> INTO GRAPH <urn:x-a:g>",
    "LO\\u0041D <TRAP>",
    "#\nLOAD#\n<TRAP>",
    "PREFIX x: <TRAP> LOAD x:",
    "BASE <TRAP> LOAD <a>",
    "INSERT DATA { <urn:x-a:s> <urn:x-a:p> 'LOAD' } ; LOAD <TRAP>",
    "INSERT { ?s ?p ?o } WHERE { SERVICE <TRAP> { ?s ?p ?o } }",
    "DELETE { ?s ?p ?o } WHERE { ?s ?p ?o . { SELECT * { SERVICE SILENT <TRAP> { ?s ?p ?o } } } }",
    "PREFIX x: <urn:x-a:> INSERT { ?s ?p ?o } WHERE { ?s ?p x:.SERVICE <TRAP> { ?s ?p ?o } }",
]


@pytest.mark.parametrize("text", CALLS)
def test_queries_that_call(attacked: Served, trap: Trap, text: str) -> None:
    text = text.replace("TRAP", trap.url)
    for told in (attacked.query(text), posted(attacked, text), posted(attacked, urlencode({"query": text}), FORM)):
        assert told.status == 400, told.text
        assert told.media_type == "application/problem+json"


@pytest.mark.parametrize("text", LOADS)
def test_updates_that_call(attacked: Served, trap: Trap, text: str) -> None:
    told = attacked.update(text.replace("TRAP", trap.url))
    assert told.status == 400, told.text
    assert "asks nobody" in told.json()["detail"]


def test_words_that_only_look_like_calls(attacked: Served) -> None:
    text = "PREFIX x: <urn:x-service:load/> SELECT ?service { BIND('SERVICE LOAD' AS ?service) } # SERVICE <http://a/>"
    assert attacked.query(text).json()["results"]["bindings"][0]["service"]["value"] == "SERVICE LOAD"
    assert attacked.update("INSERT DATA { <urn:x-a:load> <urn:x-a:service> 'LOAD <http://a/>' }").status == 204


def test_graphs_of_elsewhere(attacked: Served, trap: Trap) -> None:
    assert attacked.rows(f"SELECT * FROM <{trap.url}> {{ ?s ?p ?o }}") == []
    assert attacked.rows(f"SELECT * FROM NAMED <{trap.url}> {{ GRAPH ?g {{ ?s ?p ?o }} }}") == []
    for name in ("default-graph-uri", "named-graph-uri"):
        told = attacked.ask("GET", "/sparql?" + urlencode({"query": "SELECT * { ?s ?p ?o }", name: trap.url}))
        assert told.json()["results"]["bindings"] == []
    assert attacked.ask("GET", f"/graph-store?graph={quote(trap.url)}").status == 404


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("application/ld+json", '{"@context": "TRAP", "a": "b"}'),
        ("application/ld+json", '{"@context": {"@import": "TRAP"}, "a": "b"}'),
        ("application/rdf+xml", '<!DOCTYPE r [<!ENTITY x SYSTEM "TRAP">]><r xmlns="urn:x-a:">&x;</r>'),
        ("application/rdf+xml", '<!DOCTYPE r SYSTEM "TRAP"><r xmlns="urn:x-a:">a</r>'),
        ("application/rdf+xml", '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r xmlns="urn:x-a:">&x;</r>'),
        ("application/rdf+xml", "<!DOCTYPE r [" + "".join(
            f'<!ENTITY e{i + 1} "{f"&e{i};" * 10}">' for i in range(12)) + ']><r xmlns="urn:x-a:">&e12;</r>'),
        ("text/turtle", "@base <TRAP> . <a> <b> <c> ."),
    ],
)  # fmt: skip
def test_data_that_calls(attacked: Served, trap: Trap, kind: str, text: str) -> None:
    text = text.replace("TRAP", trap.url)
    told = attacked.ask("PUT", "/graph-store?graph=urn:x-a:called", text, Content_Type=kind, **KNOWN)
    assert told.status in (201, 204, 400), told.text
    kept = attacked.ask("GET", "/graph-store?graph=urn:x-a:called", Accept="application/n-triples")
    assert "root:" not in kept.text
    attacked.ask("DELETE", "/graph-store?graph=urn:x-a:called", **KNOWN)


# Taking all there is.


def test_queries_without_end(attacked: Served) -> None:
    with ThreadPoolExecutor(len(ENDLESS)) as threads:
        began = time.monotonic()
        endless = [threads.submit(posted, attacked, text) for text in ENDLESS]
        waits = []
        while not all(task.done() for task in endless):
            waits.append(timed(attacked)[1])
            time.sleep(0.05)
        found = [task.result() for task in endless]
    assert {told.status for told in found} <= {504, 413, 422}, [told.text for told in found]
    assert sum(told.status == 504 for told in found) >= 5
    assert time.monotonic() - began < 6 * TIMEOUT_S
    assert len(waits) > 5
    assert sorted(waits)[len(waits) // 2] < 0.5 * TIMEOUT_S


DOUBLED = "SELECT (STRLEN(?x40) AS ?n) { BIND('0123456789abcdef' AS ?x0) " + " ".join(
    f"BIND(CONCAT(?x{i}, ?x{i}) AS ?x{i + 1})" for i in range(40)
) + " }"  # fmt: skip
SORTED = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d DESC(?i)"


@pytest.mark.parametrize("text", [DOUBLED, SORTED], ids=["a text that doubles", "a product that is sorted"])
def test_queries_that_need_all_memory(attacked: Served, text: str) -> None:
    assert posted(attacked, text).status in (422, 504)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { " + "{" * 100_000 + "}" * 100_000 + " }",
        "SELECT * { FILTER(" + "(" * 100_000 + "1" + ")" * 100_000 + ") }",
        "SELECT * { FILTER(" + "!" * 200_000 + "true) }",
        "SELECT * { ?a " + "(" * 50_000 + "<urn:x-a:p>" + ")*" * 50_000 + " ?b }",
        "SELECT * { " + "OPTIONAL { ?a ?b ?c " * 30_000 + "}" * 30_000 + " }",
        "SELECT * { " + "{ SELECT * { " * 30_000 + "} }" * 30_000 + " }",
        "SELECT * { ?a ?b " + "[ <urn:x-a:p> " * 50_000 + "1" + " ]" * 50_000 + " }",
        "SELECT * { ?a ?b " + "( " * 100_000 + ") " * 100_000 + " }",
        "SELECT * { FILTER(" + "1+" * 500_000 + "1) }",
        "SELECT * { VALUES ?x { " + "1 " * 1_000_000 + "} }",
        "SELECT * { ?a ?b '''" + "x" * 3_000_000 + "''' }",
        "<#" + "#" * 60_000,
        "'" * 1_000_001,
        "PREFIX a: <urn:x-a:> " * 100_000 + "ASK {}",
    ],
    ids=lambda text: text[:30],
)
def test_texts_that_are_deep_or_long(attacked: Served, text: str) -> None:
    assert posted(attacked, text).status in (200, 400, 413, 422, 504)
