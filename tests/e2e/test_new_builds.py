"""A build that lands while a server runs is served without a restart, and what was written is kept."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from avgraph.workspace import Workspace
from film_workspaces import GUTLAND, OTHERS, build, film_workspace
from serving import TOKEN, Served, eventually, serving

TITLES = "SELECT ?title { ?film a schema:Movie ; rdfs:label ?title } ORDER BY ?title"


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    return film_workspace(tmp_path / "films")


def titles(server: Served) -> list[str]:
    return [row["title"] for row in server.rows(TITLES)]


def own(server: Served) -> int:
    return len(server.rows("SELECT * { GRAPH <urn:x-a:own> { ?s ?p ?o } }"))


def put(server: Served, graph: str, turtle: str) -> int:
    told = {"Content_Type": "text/turtle", "Authorization": f"Bearer {TOKEN}"}
    return server.ask("PUT", f"/graph-store?graph={graph}", turtle, **told).status


def test_a_new_build_is_served_without_a_restart(space: Workspace) -> None:
    build(space, GUTLAND)
    with serving(space.root) as server:
        first = server.query(TITLES)
        assert titles(server) == ["Gutland"]
        build(space, GUTLAND, *OTHERS)
        assert eventually(lambda: len(titles(server)) == 3)
        told = server.query(TITLES, If_None_Match=str(first.headers["ETag"]))
        assert told.status == 200
        assert told.headers["ETag"] != first.headers["ETag"]
        build(space, GUTLAND)
        assert eventually(lambda: titles(server) == ["Gutland"])
        assert server.query(TITLES, If_None_Match=str(first.headers["ETag"])).status == 304
        assert server.said() == ""


def test_no_request_fails_while_builds_land(space: Workspace) -> None:
    build(space, GUTLAND)
    found: list[tuple[int, int]] = []
    is_over = threading.Event()

    def ask(server: Served) -> None:
        while not is_over.is_set():
            told = server.query(TITLES + f" # {len(found)}")  # so that each is worked on
            found.append((told.status, told.text.count('"value"')))

    with serving(space.root) as server:
        asking = threading.Thread(target=ask, args=(server,))
        asking.start()
        try:
            for n in range(1, 5):
                build(space, GUTLAND, *OTHERS[: n % 3])
                assert eventually(lambda n=n: found[-1][1] == 1 + n % 3)  # type: ignore[misc]
        finally:
            is_over.set()
            asking.join()
        assert {status for status, _ in found} == {200}
        assert len(found) > 50
        assert server.said() == ""


def test_what_was_written_is_kept_when_a_build_lands(space: Workspace) -> None:
    build(space, GUTLAND)
    with serving(space.root, writable=True) as server:
        assert put(server, "urn:x-a:own", "<urn:x-a:s> <urn:x-a:p> 1 , 2 .") == 201
        assert server.update("INSERT DATA { <urn:x-a:s> <urn:x-a:p> 3 }").status == 204
        graph = server.rows("SELECT ?g { GRAPH ?g { ?s rdfs:label 'Gutland' } }")[0]["g"]
        mine = f"GRAPH <{graph}> {{ <urn:x-a:f> a schema:Movie ; rdfs:label 'Mine' }}"
        assert server.update(f"INSERT DATA {{ {mine} }}").status == 204
        assert titles(server) == ["Gutland", "Mine"]
        build(space, *OTHERS)
        assert eventually(lambda: titles(server) == ["Barrage", "Corsage"])
        assert own(server) == 2
        assert len(server.rows("SELECT ?o { <urn:x-a:s> <urn:x-a:p> ?o }")) == 3
        assert put(server, "urn:x-a:own", "<urn:x-a:s> <urn:x-a:p> 9 .") == 204
        assert own(server) == 1
        assert titles(server) == ["Barrage", "Corsage"]
        assert server.said() == ""
    build(space, GUTLAND, *OTHERS)  # while nobody serves
    with serving(space.root, writable=True) as server:
        assert titles(server) == ["Barrage", "Corsage", "Gutland"]
        assert own(server) == 1
        assert server.ask("DELETE", "/graph-store?graph=urn:x-a:own", Authorization=f"Bearer {TOKEN}").status == 200
        build(space, GUTLAND)
        assert eventually(lambda: titles(server) == ["Gutland"])
        assert own(server) == 0
    with serving(space.root) as server:  # the build itself was never written
        assert titles(server) == ["Gutland"]
        assert server.rows("SELECT * { ?s <urn:x-a:p> ?o }") == []


def test_the_first_build_of_a_workspace_lands(space: Workspace) -> None:
    with serving(space.root, writable=True) as server:
        assert put(server, "urn:x-a:own", "<urn:x-a:s> <urn:x-a:p> 1 .") == 201
        assert titles(server) == []
        build(space, GUTLAND)
        assert eventually(lambda: titles(server) == ["Gutland"])
        assert own(server) == 1
