"""Routes of the reconciliation service: how it is asked, what it refuses, and how its index comes about."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from avgraph.web.limits import Limits
from avgraph.web.reconciliation.asking import MAX_IDS, MAX_QUERIES
from reconcilable import BASE, Asking, built, serving_within

HUBLOT = BASE + "work/mr-hublot-tt3043542"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
QUERY = json.dumps({"q": {"query": "Mr. Hublot"}})


def refused(answer: httpx.Response, where: str) -> dict[str, Any]:
    """Return the problem of an answer, which must lie where it says."""
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["where"] == where
    assert where in problem["detail"]
    assert problem["hint"]
    return problem


def test_the_manifest_names_what_there_is(asking: Asking) -> None:
    manifest = asking.get().json()
    assert "0.2" in manifest["versions"]
    assert manifest["name"] == "avgraph: small"
    assert manifest["identifierSpace"] == BASE
    for service in (*manifest["suggest"].values(), manifest["extend"]["propose_properties"]):
        address = service["service_url"] + service["service_path"]
        assert asking.get(address.removeprefix("http://test/reconcile"), prefix="a").status_code == 200
    page = manifest["preview"]["url"].replace("{{id}}", HUBLOT).removeprefix("http://test/reconcile")
    assert asking.send("GET", page).status_code == 200
    assert asking.get("/").json() == manifest


def test_a_batch_is_sent_by_get_or_by_post(asking: Asking) -> None:
    assert asking.get(queries=QUERY).json() == asking.post(queries=QUERY).json()
    assert asking.get("/", queries=QUERY).json() == asking.post(queries=QUERY).json()


def test_any_site_may_ask_and_a_callback_is_never_called(asking: Asking) -> None:
    answer = asking.get(queries=QUERY, callback="alert")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["q"]["result"]
    assert asking.get(callback="alert").json()["versions"]


def test_the_preview_may_be_framed_and_nothing_in_it_runs(asking: Asking) -> None:
    answer = asking.get("/preview", id=HUBLOT)
    policy = answer.headers["content-security-policy"]
    assert "frame-ancestors *" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h1>Mr. Hublot</h1>" in answer.text
    assert "Alexandre Espigares · Laurent Witz" in answer.text
    assert "frame-ancestors 'none'" in asking.get().headers["content-security-policy"]


def test_names_in_a_preview_are_text(tmp_path: Path) -> None:
    turtle = f"<https://example.org/x> a <https://schema.org/Movie> ; <{LABEL}> '<b onclick=\"x\">Bold</b>' ."
    (tmp_path / "g.ttl").write_text(turtle, encoding="utf-8")
    with serving_within(tmp_path / "g.ttl") as asking:
        (found,) = asking.found('<b onclick="x">Bold</b>')
        assert found["id"] == "https://example.org/x"
        page = asking.get("/preview", id=found["id"]).text
        view = asking.get("/view", id=found["id"])
    assert "<b onclick" not in page
    assert "&lt;b onclick" in page
    assert view.headers["location"] == "https://example.org/x"


def test_what_has_no_name_is_not_found(tmp_path: Path) -> None:
    """A description is none, and what is called by a long text is not looked for."""
    long = "long " * 120
    about = {"short": "A short one", "long": long, "described": "a film"}
    lines = [f"<urn:x:{key}> a <https://schema.org/Movie> ; <{LABEL}> '{text}' ." for key, text in about.items()]
    lines.append("<urn:x:described> <https://w3id.org/avgraph/ontology#generic> true .")
    (tmp_path / "g.ttl").write_text("\n".join(lines), encoding="utf-8")
    with serving_within(tmp_path / "g.ttl") as asking:
        found = {key: [f["id"] for f in asking.found(text)] for key, text in about.items()}
    assert found == {"short": ["urn:x:short"], "long": [], "described": []}


def test_the_view_leads_to_the_page_of_an_entity_and_nowhere_else(asking: Asking) -> None:
    view = asking.get("/view", id=HUBLOT)
    assert (view.status_code, view.headers["location"]) == (303, "/page/work/mr-hublot-tt3043542")
    for path in ("/view", "/preview"):
        for iri in ("https://evil.example/", "", "\x00", "a b"):
            assert asking.get(path, id=iri).status_code == 404


def test_types_and_properties_are_suggested(asking: Asking) -> None:
    types = asking.get("/suggest/type", prefix="s").json()["result"]
    assert [t["id"] for t in types] == ["series", "season"]
    assert types[0]["broader"] == [{"id": "Work", "name": "Work"}]
    assert len(asking.get("/suggest/type").json()["result"]) == 11
    found = asking.get("/suggest/property", prefix="production c").json()["result"]
    assert [p["id"] for p in found] == ["productionCompany", "coProductionCountry"]


def test_properties_are_proposed_for_a_type(asking: Asking) -> None:
    of_works = asking.get("/properties", type="film", limit="4").json()
    assert (of_works["type"], of_works["limit"], len(of_works["properties"])) == ("film", 4, 4)
    of_people = [p["id"] for p in asking.get("/properties", type="Person").json()["properties"]]
    assert {"work", "nationality", "birthDate", "imdb"} <= {*of_people}
    assert "director" not in of_people
    assert len(asking.get("/properties").json()["properties"]) > len(of_people)


@pytest.mark.parametrize(
    ("queries", "where"),
    [
        ("{", "queries"),
        ("", "queries"),
        ("[]", "queries"),
        ('{"q": NaN}', "queries"),
        ('{"q": "\\ud800"}', "queries"),
        ("[" * 100_000, "queries"),
        ('{"q": ' + "9" * 5000 + "}", "queries"),
        ('{"q": 1}', "queries.q"),
        ('{"a b": {}}', 'queries["a b"]'),
        ('{"q": {"properties": []}}', "queries.q"),
        ('{"q": {"query": 1}}', "queries.q.query"),
        ('{"q": {"query": "x", "qeury": "y"}}', "queries.q.qeury"),
        ('{"q": {"query": "x", "type": "Cloud"}}', "queries.q.type"),
        ('{"q": {"query": "x", "type": ["Work", 1]}}', "queries.q.type"),
        ('{"q": {"query": "x", "type_strict": "maybe"}}', "queries.q.type_strict"),
        ('{"q": {"query": "x", "limit": 0}}', "queries.q.limit"),
        ('{"q": {"query": "x", "limit": 101}}', "queries.q.limit"),
        ('{"q": {"query": "x", "limit": 1.5}}', "queries.q.limit"),
        ('{"q": {"query": "x", "limit": "3"}}', "queries.q.limit"),
        ('{"q": {"query": "x", "limit": 1e999}}', "queries.q.limit"),
        ('{"q": {"query": "x", "limit": true}}', "queries.q.limit"),
        ('{"q": {"query": "x", "properties": {}}}', "queries.q.properties"),
        ('{"q": {"query": "x", "properties": [1]}}', "queries.q.properties[0]"),
        ('{"q": {"query": "x", "properties": [{"pid": "year"}]}}', "queries.q.properties[0]"),
        ('{"q": {"query": "x", "properties": [{"pid": "directr", "v": "y"}]}}', "queries.q.properties[0].pid"),
        ('{"q": {"query": "x", "properties": [{"pid": "year", "v": null}]}}', "queries.q.properties[0].v"),
        ('{"q": {"query": "x", "properties": [{"pid": "year", "v": {"name": "y"}}]}}',
         "queries.q.properties[0].v.id"),
        (json.dumps({str(i): {"query": "x"} for i in range(MAX_QUERIES + 1)}), "queries"),
    ],
)  # fmt: skip
def test_queries_that_are_none_are_refused_with_their_place(asking: Asking, queries: str, where: str) -> None:
    refused(asking.post(queries=queries), where)


def test_a_misspelt_property_is_told_the_nearest_and_broken_json_its_place(asking: Asking) -> None:
    queries = json.dumps({"q": {"query": "x", "properties": [{"pid": "directr", "v": "y"}]}})
    assert "did you mean director" in refused(asking.post(queries=queries), "queries.q.properties[0].pid")["hint"]
    problem = refused(asking.post(queries='{"q":\n{"query" "x"}}'), "queries")
    assert (problem["line"], problem["column"]) == (2, 10)


@pytest.mark.parametrize(
    ("extend", "where"),
    [
        ("", "extend"),
        ("{}", "extend"),
        ('{"ids": []}', "extend"),
        ('{"ids": "x", "properties": []}', "extend.ids"),
        ('{"ids": [1], "properties": []}', "extend.ids[0]"),
        ('{"ids": [], "properties": [{}]}', "extend.properties[0].id"),
        ('{"ids": [], "properties": [{"id": "x"}]}', "extend.properties[0].id"),
        ('{"ids": [], "properties": [{"id": "year", "settings": 1}]}', "extend.properties[0].settings"),
        *(
            (f'{{"ids": [], "properties": [{{"id": "year", "settings": {{"limit": {limit}}}}}]}}',
             "extend.properties[0].settings.limit")
            for limit in ("-1", "1.5", "1e999", "true", "null", '"x"', '"99999999999"')
        ),
        (json.dumps({"ids": [str(i) for i in range(MAX_IDS + 1)], "properties": []}), "extend.ids"),
    ],
)  # fmt: skip
def test_extensions_that_are_none_are_refused_with_their_place(asking: Asking, extend: str, where: str) -> None:
    refused(asking.post(extend=extend), where)


def test_requests_that_are_none_are_refused(asking: Asking) -> None:
    refused(asking.get(query="x"), "query")
    refused(asking.post(query="x"), "query")
    refused(asking.post(other="x"), "queries")
    refused(asking.post(queries="{}", extend="{}"), "extend")
    refused(asking.send("GET", "?queries={}&queries={}"), "queries")
    refused(asking.send("GET", "?a=%FF"), "the address")
    refused(asking.send("GET", "?" + "&".join(f"a{i}=1" for i in range(200))), "the address")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    refused(asking.send("POST", "", content=b"\xff", headers=form), "the body")
    refused(asking.get("/suggest/entity", prefix="x", type="Cloud"), "type")
    for limit in ("0", "101", "x", "-1", "²"):
        refused(asking.get("/suggest/type", limit=limit), "limit")
    refused(asking.get("/suggest/entity", cursor="99999"), "cursor")
    assert asking.send("POST", "", content=b"{}", headers={"Content-Type": "application/json"}).status_code == 415
    assert asking.send("DELETE", "").status_code == 405


def test_a_new_build_is_looked_through_when_it_lands(tmp_path: Path) -> None:
    from avgraph.build import build_workspace
    from avgraph.workspace import Workspace

    root = built(tmp_path)
    with serving_within(root) as asking:
        assert asking.found("Gutland") == []
        before = asking.service.build_content
        with (root / "records" / "works.csv").open("a", encoding="utf-8") as file:
            file.write("Gutland,,film,2017,,LU,Govinda Van Maele,,,,\n")
        build_workspace(Workspace.load(root))
        latest = time.monotonic() + 30
        while asking.service.pool.served.content == before and time.monotonic() < latest:
            time.sleep(0.05)
        assert [f["name"] for f in asking.found("Gutland")] == ["Gutland"]


def test_an_index_that_takes_long_is_made_all_the_same(reconcilable: Path) -> None:
    with serving_within(reconcilable, limits=Limits(n_workers=1, timeout_s=0.01)) as asking:
        answer = asking.post(queries=QUERY)
        assert answer.status_code == 503
        assert answer.headers["retry-after"]
        asking.service.limits = Limits(n_workers=1)
        assert asking.found("Mr. Hublot")


def test_an_index_goes_with_the_build_and_ends_with_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written beside a build changes none of its names."""
    kept = tmp_path / "kept"
    kept.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(kept))
    with serving_within(built(tmp_path), token="secret") as asking:
        assert asking.found("Mr. Hublot")
        written = asking.send(
            "POST", "/../sparql", content="INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:b> 1 } }",
            headers={"Content-Type": "application/sparql-update", "Authorization": "Bearer secret"},
        )  # fmt: skip
        assert written.status_code == 204
        assert asking.found("Mr. Hublot")
        (folder,) = kept.glob("avgraph-names-*")
        assert len(list(folder.iterdir())) == 1
    assert list(kept.glob("avgraph-names-*")) == []


def test_a_store_that_is_only_written_is_looked_through_anew(tmp_path: Path) -> None:
    told = {"Content-Type": "text/turtle", "Authorization": "Bearer secret"}
    with serving_within(tmp_path, token="secret") as asking:
        assert asking.found("Gutland") == []
        turtle = f"<urn:x:g> a <https://schema.org/Movie> ; <{LABEL}> 'Gutland' ."
        asking.send("PUT", "/../graph-store?graph=urn:x:all", content=turtle, headers=told)
        assert [f["id"] for f in asking.found("Gutland")] == ["urn:x:g"]
        assert asking.get().json()["name"].startswith("avgraph: ")
