"""Linked data, the twins of named queries, and what pages do with names that are no friends."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, urlencode

import pyoxigraph
import pytest

from avgraph.build import build_workspace
from avgraph.knowledge import open_graph
from avgraph.queries import named_queries
from avgraph.workspace import init_workspace
from serving import Served, serving

BASE = "https://w3id.org/avgraph/id/"
UNITE = "work/unite-42-69b9698c"


@pytest.fixture(scope="module")
def served(example_graph: Path) -> Iterator[Served]:
    with serving(example_graph) as server:
        yield server


@pytest.mark.parametrize(
    ("accept", "address"),
    [
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", f"/page/{UNITE}"),
        ("*/*", f"/page/{UNITE}"),
        ("text/turtle", f"/data/{UNITE}.ttl"),
        ("application/ld+json;q=0.9, text/turtle;q=0.1", f"/data/{UNITE}.jsonld"),
        ("application/n-triples", f"/data/{UNITE}.nt"),
        ("application/rdf+xml", f"/data/{UNITE}.rdf"),
    ],
)
def test_a_thing_leads_to_what_the_client_prefers(served: Served, accept: str, address: str) -> None:
    told = served.ask("GET", f"/id/{UNITE}", Accept=accept)
    assert (told.status, told.headers["Location"]) == (303, address)
    assert "Accept" in told.headers["Vary"]
    assert served.ask("GET", address).status == 200


def test_what_there_is_not_is_told_with_what_there_is(served: Served) -> None:
    told = served.ask("GET", f"/id/{UNITE}", Accept="image/png")
    assert (told.status, told.media_type) == (406, "application/problem+json")
    assert told.json()["available"] == [
        "text/html", "application/xhtml+xml", "text/turtle", "application/ld+json", "application/n-triples",
        "application/rdf+xml",
    ]  # fmt: skip
    assert served.ask("GET", "/data/work/nothing.ttl").status == 404
    assert served.ask("GET", "/page/work/nothing").status == 404


def test_the_suffix_counts_more_than_the_header(served: Served) -> None:
    told = served.ask("GET", f"/data/{UNITE}.nt", Accept="text/turtle")
    assert told.media_type == "application/n-triples"
    assert served.ask("GET", f"/data/{UNITE}", Accept="text/turtle").media_type == "text/turtle"
    assert f'</page/{UNITE}>; rel="alternate"' in told.headers["Link"]


def test_all_forms_tell_the_same_and_all_that_the_graph_says(served: Served, example_graph: Path) -> None:
    formats = {"ttl": "TURTLE", "nt": "N_TRIPLES", "jsonld": "JSON_LD", "rdf": "RDF_XML"}
    found = {
        suffix: {str(q.triple) for q in pyoxigraph.parse(
            served.ask("GET", f"/data/{UNITE}.{suffix}").body, format=getattr(pyoxigraph.RdfFormat, name))}
        for suffix, name in formats.items()
    }  # fmt: skip
    assert found["ttl"] == found["nt"] == found["jsonld"] == found["rdf"]
    own = open_graph(example_graph).construct(
        f"CONSTRUCT {{ <{BASE}{UNITE}> ?p ?o }} WHERE {{ <{BASE}{UNITE}> ?p ?o }}"
    )
    assert {line.removesuffix(" .") for line in own.decode().splitlines()} <= found["nt"]


@pytest.mark.parametrize("query", named_queries(), ids=lambda query: query.name)
def test_named_queries_have_twins_that_answer_as_python_does(
    served: Served, example_graph: Path, query: object
) -> None:
    from avgraph.queries import NamedQuery

    assert isinstance(query, NamedQuery)
    given = {"funder": "Eurimages", "company": "Samsa Film", "person": "Christophe Wagner", "entity": "Unité 42",
             "work": "Unité 42", "a": "Samsa Film", "b": "Artémis Productions"}  # fmt: skip
    values = {p.name: given.get(p.name, "Samsa Film") for p in query.parameters if p.default is None}
    answer = open_graph(example_graph).query(query.name, **values)
    asked = f"?{urlencode(values)}" if values else ""
    told = served.ask("GET", f"/queries/{query.name}.json{asked}")
    assert told.status == 200, told.text
    assert told.json()["rows"] == list(answer)
    assert told.json()["columns"] == list(answer.columns)
    rows = list(csv.reader(io.StringIO(served.ask("GET", f"/queries/{query.name}.csv{asked}").text, newline="")))
    assert rows[0] == list(answer.columns)
    assert len(rows) == len(answer) + 1
    page = served.ask("GET", f"/queries/{query.name}{asked}")
    assert page.status == 200
    assert 'class="answer"' in page.text or not len(answer)


def test_a_wrong_name_or_value_is_a_problem_for_programs_and_a_page_for_people(served: Served) -> None:
    told = served.ask("GET", "/queries/partner-rank.json?country=Nowhereland")
    assert (told.status, told.media_type) == (400, "application/problem+json")
    assert "country" in told.json()["detail"]
    assert served.ask("GET", "/queries/partner-rank.json?contry=BE").json()["hint"] == "it has: country"
    assert served.ask("GET", "/queries/no-such-query.csv").status == 400
    page = served.ask("GET", "/queries/partner-rank?country=Nowhereland", Accept="text/html")
    assert (page.status, page.media_type) == (400, "text/html")


def test_the_vocabulary_and_the_description_are_json(served: Served) -> None:
    told = served.ask("GET", "/vocabulary.json", Accept_Language="fr").json()
    assert any(term["name"] == "schema:director" and term["n"] > 100 for term in told["properties"])
    assert any(term["name"] == "av:Credit" and term["label"] for term in told["classes"])
    paths = served.ask("GET", "/openapi.json").json()["paths"]
    assert {"/sparql", "/graph-store", "/data/{path}"} <= paths.keys()
    assert {f"/queries/{query.name}.json" for query in named_queries()} <= paths.keys()


def test_the_description_tells_the_truth(served: Served) -> None:
    """Each address that it names answers as it says, with values where it wants them."""
    paths = served.ask("GET", "/openapi.json").json()["paths"]
    values = {
        "id": f"https://w3id.org/avgraph/id/{UNITE}",
        "graph": "https://w3id.org/avgraph/id/graph/conflicts",
        "query": "ASK {}",
    }
    tried = []
    for path, methods in paths.items():
        told = methods["get"]
        wanted = {p["name"]: values[p["name"]] for p in told["parameters"] if p["required"] and p["name"] in values}
        if path.startswith("/queries/") or any(
            p["required"] and p["name"] not in values for p in told["parameters"] if p["in"] == "query"
        ):
            continue  # named queries have tests of their own
        address = path.replace("{path}", UNITE)
        answer = served.ask("GET", f"{address}?{urlencode(wanted)}")
        assert str(answer.status) in told["responses"], (path, answer.text)
        assert answer.status in (200, 303), (path, answer.text)
        if answer.status == 200:
            assert answer.media_type in told["responses"]["200"]["content"], (path, answer.media_type)
        tried.append(path)
        if "post" not in methods:
            assert served.ask("POST", address, "").status == 405, path
    assert len(tried) >= 11
    assert {path for path in tried if "reconcile" in path} == {path for path in paths if "reconcile" in path}


NASTY = ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "</script><script>alert(1)", "'; DROP ALL; #",
         "=HYPERLINK(\"x\")", "{{ 733 * 911 }}", "javascript:alert(1)", "Панк & «роман»", "%3Cscript%3E"]  # fmt: skip
MAPPING = """\
[entity.film]
type = "Work"
subtype = "film"
name = "{title}"
[entity.director]
type = "Person"
name = "{director}"
[[claim]]
kind = "Credit"
work = "film"
agent = "director"
role = "director"
"""


class _Scripts(HTMLParser):
    """Collects script elements, attributes that run, and addresses that do."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        is_ours = told.get("src", "").startswith("/static/") or told.get("type") == "application/json"
        if tag == "img" or (tag == "script" and not is_ours):
            self.found.append(tag)
        leads = {name: value for name, value in told.items() if name in ("href", "src", "action")}
        self.found += [f"{name}={value}" for name, value in told.items() if name.startswith("on")]
        self.found += [value for value in leads.values() if value.lower().startswith("javascript:")]


def test_names_from_sources_are_text_on_every_page_and_safe_in_tables(tmp_path: Path) -> None:
    space = init_workspace(tmp_path / "nasty", "<b>nasty</b>")
    out = io.StringIO()
    csv.writer(out).writerows([("title", "director"), *((title, f"{title} 2") for title in NASTY)])
    (space.root / "records" / "films.csv").write_text(out.getvalue(), encoding="utf-8")
    (space.root / "records" / "films.toml").write_text(MAPPING, encoding="utf-8")
    build_workspace(space)
    kg = open_graph(space.root)
    with serving(space.root) as server:
        seen = set()
        for title in NASTY:
            entity = kg.entity(title)
            below = quote(entity.iri.removeprefix(BASE), safe="/%")
            named = f"?work rdfs:label ?label ; schema:director ?who FILTER(?label = {json.dumps(title)})"
            query = f"SELECT ?work ?label ?who {{ {named} }}"
            asked = {name: urlencode({name: title}) for name in ("q", "country", "rule", "a")}
            for path in (
                "/", f"/search?{asked['q']}", f"/page/{below}", f"/editor?{urlencode({'query': query})}",
                f"/editor?{urlencode({'query': query, 'view': 'network'})}", f"/queries/films?{asked['country']}",
                "/network/person", f"/network/person/path?{asked['a']}&b=1", f"/page/{quote(title)}",
                f"/conflicts?{asked['rule']}", f"/{quote(title)}",
            ):  # fmt: skip
                told = server.ask("GET", path, Accept="text/html")
                assert told.status < 500, (path, told.text)
                parser = _Scripts()
                parser.feed(told.text)
                assert not parser.found, (path, parser.found)
                assert str(733 * 911) not in told.text
                seen.add(told.status)
            assert server.ask("GET", f"/data/{below}.ttl").status == 200
        assert 200 in seen
        rows = csv.reader(io.StringIO(server.ask("GET", "/queries/films.csv").text, newline=""))
        cells = [cell for row in rows for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
