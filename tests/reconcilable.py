"""A small graph of films, series, people and bodies to reconcile with, and a server of it within the process."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from avgraph.build import build_workspace
from avgraph.web.app import create_app
from avgraph.web.limits import Limits
from avgraph.web.service import Service, Settings
from avgraph.workspace import init_workspace

__all__ = ["BASE", "Asking", "built", "serving_within"]

BASE = "https://w3id.org/avgraph/id/"
WORKS = """\
[entity.work]
type = "Work"
subtype = "{kind}"
name = "{title}"
names = ["{other}"]
year = "{year}"
ids.imdb = "{imdb}"
countries = "{countries|split:;}"
[entity.director]
type = "Person"
name = "{director}"
split = ";"
[entity.company]
type = "Organization"
name = "{company}"
split = ";"
[entity.series]
type = "Work"
subtype = "series"
name = "{series}"
year = "{series_year}"
[[claim]]
kind = "Credit"
work = "work"
agent = "director"
role = "director"
[[claim]]
kind = "Participation"
work = "work"
organization = "company"
role = "producer"
[[claim]]
kind = "WorkRelation"
work = "work"
other = "series"
relation = "season of"
season = "{season}"
"""
WORK_ROWS = """\
title,other,kind,year,imdb,countries,director,company,series,series_year,season
Mr. Hublot,,short film,2013,tt3043542,LU;FR,Laurent Witz;Alexandre Espigares,Zeilt Productions,,,
Cargo,,film,2017,,BE,Gilles Coulier,De Wereldvrede,,,
Cargo,,film,2009,tt0381940,CH,Ivan Engler;Ralph Etter,,,,
Pinocchio,,film,2019,tt8333746,IT,Matteo Garrone,,,,
Pinocchio,,film,2022,tt1488589,US,Guillermo del Toro,,,,
Deux,Two of Us,film,2019,,FR;LU;BE,Filippo Meneghetti,Tarantula Luxembourg,,,
Unité 42,Unit 42,series,2017,,BE,,,,,
"Unité 42, season 1",,season,2017,,BE,,,Unité 42,2017,1
"Unité 42, season 2",,season,2019,,BE;LU,,,Unité 42,2017,2
"""
BODIES = """\
[entity.body]
type = "Organization"
subtype = "{kind}"
name = "{name}"
names = ["{other}"]
[entity.country]
type = "Place"
subtype = "country"
ids.iso3166 = "{country}"
[[claim]]
kind = "PlaceRelation"
entity = "body"
place = "country"
relation = "located in"
"""
BODY_ROWS = """\
name,other,kind,country
Film Fund Luxembourg,Fonds national de soutien à la production audiovisuelle,fund,LU
Tarantula Luxembourg,,production company,LU
Tarantula Belgium,,production company,BE
Zeilt Productions,,production company,LU
"""


def built(folder: Path) -> Path:
    """Make a workspace in `folder`, build it and return its path."""
    space = init_workspace(folder / "small", "small")
    records = space.root / "records"
    for name, mapping, rows in (("works", WORKS, WORK_ROWS), ("bodies", BODIES, BODY_ROWS)):
        (records / f"{name}.toml").write_text(mapping, encoding="utf-8")
        (records / f"{name}.csv").write_text(rows, encoding="utf-8")
    report = build_workspace(space)
    assert report.issues == (), report.issues
    return space.root


class Asking:
    """A client of the reconciliation service of a server within the process.

    Parameters
    ----------
    loop
        Runs the server, in a thread of its own.
    app
        The server.
    service
        Its state.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, app: Any, service: Service) -> None:
        self.service = service
        self._loop = loop
        self._transport = httpx.ASGITransport(app)

    def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Send a request to a path below ``/reconcile``."""

        async def sent() -> httpx.Response:
            async with httpx.AsyncClient(transport=self._transport, base_url="http://test", timeout=60) as client:
                return await client.request(method, f"/reconcile{path}", **more)

        return asyncio.run_coroutine_threadsafe(sent(), self._loop).result(120)

    def get(self, path: str = "", **parameters: Any) -> httpx.Response:
        """Get a path below ``/reconcile``."""
        return self.send("GET", path, params=parameters)

    def post(self, **form: str) -> httpx.Response:
        """Post a form to ``/reconcile``."""
        return self.send("POST", "", data=form)

    def queries(self, **queries: Any) -> Any:
        """Send a batch and return the JSON of the answer."""
        answer = self.post(queries=json.dumps(queries))
        assert answer.status_code == 200, answer.text
        return answer.json()

    def found(self, text: str, **more: Any) -> Any:
        """Return the candidates for one query."""
        return self.queries(q={"query": text, **more})["q"]["result"]

    def extend(self, ids: list[str], *properties: Any) -> Any:
        """Ask for values of properties, given by id or with settings."""
        wanted = [{"id": p} if isinstance(p, str) else p for p in properties]
        answer = self.get(extend=json.dumps({"ids": ids, "properties": wanted}))
        assert answer.status_code == 200, answer.text
        return answer.json()


@contextmanager
def serving_within(target: Path, **settings: Any) -> Iterator[Asking]:
    """Serve a workspace, or a file of RDF, by a thread of this process."""
    settings.setdefault("limits", Limits(n_workers=1))
    service = Service(Settings(target, **settings))
    app = create_app(service)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        running = service.running(app)
        asyncio.run_coroutine_threadsafe(running.__aenter__(), loop).result(120)
        try:
            yield Asking(loop, app, service)
        finally:
            asyncio.run_coroutine_threadsafe(running.__aexit__(None, None, None), loop).result(120)
    finally:
        asyncio.run_coroutine_threadsafe(loop.shutdown_default_executor(), loop).result(120)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
