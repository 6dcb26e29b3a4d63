"""What is done by those who may not; and that docs/serving.md tells of all attacks."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from attacked import (
    ENDLESS,
    FORM,
    KNOWN,
    QUERY,
    UPDATE,
    posted,
    statuses,
)
from serving import TOKEN, Served, serving
from traps import Trap

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "serving.md").read_text(encoding="utf-8")


def test_names_that_are_not_its_own(attacked: Served) -> None:
    port = attacked.place[1]
    for host in ("evil.example", f"evil.example:{port}", f"127.0.0.1.evil.example:{port}", "0", "192.0.2.1"):
        told = attacked.raw(
            f"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
        )
        assert statuses(told) == [421]
        assert b"boolean" not in told
    for head in (
        "HTTP/1.1\r\nHost: localhost\r\nHost: evil.example",
        "HTTP/1.1\r\nHost: a@localhost",
        "HTTP/1.1\r\nHost:",
        "HTTP/1.1\r\nHost: [",
        "HTTP/1.1\r\nHost: localhost/../x",
    ):
        told = attacked.raw(f"GET / {head}\r\nConnection: close\r\n\r\n".encode())
        assert statuses(told) == [400], head
    for path in ("http://evil.example/sparql?query=ASK%7B%7D", "//evil.example/sparql", "/%2fevil.example"):
        told = attacked.raw(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        assert b"location: //" not in told.lower()
        assert b"evil.example" not in told.partition(b"\r\n\r\n")[0]


WRITES = [
    ("POST", "/sparql", UPDATE, "INSERT DATA { <urn:x-a:w> <urn:x-a:w> 1 }"),
    ("POST", "/sparql", FORM, urlencode({"update": "INSERT DATA { <urn:x-a:w> <urn:x-a:w> 1 }"})),
    ("PUT", "/graph-store?graph=urn:x-a:w", "text/turtle", "<urn:x-a:w> <urn:x-a:w> 1 ."),
    ("POST", "/graph-store?graph=urn:x-a:w", "text/turtle", "<urn:x-a:w> <urn:x-a:w> 1 ."),
    ("POST", "/graph-store", "text/turtle", "<urn:x-a:w> <urn:x-a:w> 1 ."),
    ("DELETE", "/graph-store?default", "", ""),
]


def is_unwritten(server: Served) -> bool:
    return not server.query("ASK { ?s <urn:x-a:w> ?o }").json()["boolean"]


@pytest.mark.parametrize(("method", "path", "kind", "body"), WRITES)
def test_writes_of_those_who_may_not(attacked: Served, method: str, path: str, kind: str, body: str) -> None:
    def write(**headers: str) -> int:
        return attacked.ask(method, path, body, Content_Type=kind, **headers).status

    basic = base64.b64encode
    wrong = [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        f"Bearer {TOKEN} x",
        TOKEN,
        f"Digest {TOKEN}",
        f"Token {TOKEN}",
        "Basic",
        "Basic !",
        "Basic é",
        "Bearer é",
        "Bearer " + "x" * 50_000,
        "Basic " + basic(b"\xff\xfe:\xff").decode(),
        "Basic " + basic(TOKEN.encode()).decode(),
        "Basic " + basic(f"{TOKEN}:x".encode()).decode(),
        "Basic " + basic(b"\x00:\x00").decode(),
        f"Bearer x, Bearer {TOKEN}",
    ]
    assert write() == 401
    for told in wrong:
        assert write(Authorization=told) == 401, told
    origins = [
        "https://evil.example",
        "null",
        "http://localhost",
        f"http://localhost:{attacked.place[1] + 1}",
        "",
        f"https://127.0.0.1:{attacked.place[1]}",
        "file://",
        "é",
    ]
    for origin in origins:
        assert write(Origin=origin, **KNOWN) == 403, origin
    for known in (f"Bearer {TOKEN}", "Basic " + basic(f"anybody:{TOKEN}".encode()).decode()):
        assert write(Authorization=known, Origin="https://evil.example") == 403
    assert is_unwritten(attacked)
    told = attacked.ask(method, path, body, Content_Type=kind, Authorization="Bearer x")
    assert TOKEN not in told.text + str(told.headers)


def test_writes_by_reading(attacked: Served) -> None:
    update = quote("INSERT DATA { <urn:x-a:w> <urn:x-a:w> 1 }")
    for path in (f"/sparql?update={update}", f"/sparql?query={update}", f"/editor?query={update}"):
        told = attacked.ask("GET", path, **KNOWN)
        assert told.status == 400
    assert posted(attacked, "INSERT DATA { <urn:x-a:w> <urn:x-a:w> 1 }", QUERY, **KNOWN).status == 400
    assert attacked.ask("HEAD", f"/sparql?update={update}", **KNOWN).status == 400
    override = {"X-HTTP-Method-Override": "PUT"}
    assert attacked.ask("GET", "/graph-store?graph=urn:x-a:w", "<urn:x-a:w> <urn:x-a:w> 1 .", **override).status == 404
    assert is_unwritten(attacked)


def test_pages_of_others_may_not_write(attacked: Served) -> None:
    for wanted in ("PUT", "DELETE", "PATCH", "POST"):
        told = attacked.ask(
            "OPTIONS",
            "/graph-store?default",
            Origin="https://evil.example",
            Access_Control_Request_Method=wanted,
            Access_Control_Request_Headers="authorization",
        )
        assert "PUT" not in told.headers["Access-Control-Allow-Methods"]
        assert "uthorization" not in told.headers["Access-Control-Allow-Headers"]
        assert "Access-Control-Allow-Credentials" not in told.headers
    for form in ({"token": "x"}, {"pair": "x", "verdict": "same", "word": "x"}):
        for path in ("/login", "/review", "/review/undo"):
            body = urlencode(form)
            told = attacked.ask("POST", path, body, Content_Type=FORM, Origin="https://evil.example")
            assert told.status in (400, 401, 403, 404, 422), (path, form, told.text)


def test_what_the_read_only_server_does(attacked_space: Path, trap: Trap) -> None:
    with serving(attacked_space, "--timeout", "1") as server:
        for method, path, kind, body in WRITES:
            for headers in ({}, KNOWN):
                assert server.ask(method, path, body, Content_Type=kind, **headers).status == 403
        assert is_unwritten(server)
        assert posted(server, ENDLESS[0]).status == 504
        assert server.said() == ""


def test_problems_are_told_as_such(attacked: Served) -> None:
    for told in (
        attacked.ask("GET", "/nothing"),
        posted(attacked, "ASK {"),
        posted(attacked, "x", "text/plain"),
        attacked.ask("PATCH", "/sparql"),
        attacked.ask("GET", "/graph-store"),
        attacked.update("x"),
    ):
        assert told.media_type == "application/problem+json"
        problem = json.loads(told.body)
        assert problem["status"] == told.status
        assert problem["title"]
        assert "Traceback" not in told.text
        assert "/src/avgraph" not in told.text


def test_all_attacks_are_told_of() -> None:
    """The page names each test of these modules, and no others."""
    heading = PAGE.partition("## What was tried against it")[2].partition("\n## ")[0]
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_attacks_by_*.py"))
    wanted = set(re.findall(r"^def (test_\w+)", tests, re.MULTILINE)) - {"test_all_attacks_are_told_of"}
    assert set(re.findall(r"`(test_\w+)`", heading)) == wanted
