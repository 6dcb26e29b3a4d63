"""Requests that are none, or slow, or large, and values that are no values."""

from __future__ import annotations

import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from urllib.parse import quote, urlencode

import pytest

from attacked import (
    FORM,
    KNOWN,
    QUERY,
    TIMEOUT_S,
    posted,
    statuses,
    timed,
)
from serving import Served, received

# HTTP.


def test_bodies_without_end(attacked: Served) -> None:
    for more in ("", "Authorization: Bearer x\r\n"):
        head = f"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: {QUERY}\r\n{more}"
        assert statuses(attacked.raw(f"{head}Content-Length: 99999999999\r\n\r\n".encode(), timeout_s=5)) == [413]
        with socket.create_connection(attacked.place, timeout=20) as connection:
            connection.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
            began = time.monotonic()
            with suppress(OSError):
                while time.monotonic() - began < 20:
                    connection.sendall(b"10000\r\n" + b" " * 65536 + b"\r\n")
            assert time.monotonic() - began < 10
    for path, method in (("/graph-store?graph=urn:x-a:g", "PUT"), ("/", "POST"), ("/search", "GET")):
        with socket.create_connection(attacked.place, timeout=20) as connection:
            connection.sendall(
                f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
            )
            began = time.monotonic()
            answer = received(connection)  # and nothing more is sent
            assert statuses(answer)[0] in (200, 401, 405)
            assert time.monotonic() - began < 10


def test_a_body_that_is_too_large(attacked: Served) -> None:
    assert posted(attacked, "ASK {} " + " " * (5 * 2**20)).status == 413
    assert posted(attacked, "query=" + "+" * (5 * 2**20), FORM).status == 413
    told = attacked.ask("PUT", "/graph-store?graph=urn:x-a:g", " " * (17 * 2**20), Content_Type="text/turtle", **KNOWN)
    assert told.status == 413
    # Who is not known learns so before anything is read.
    assert attacked.ask("PUT", "/graph-store?graph=urn:x-a:g", " " * 2**20, Content_Type="text/turtle").status == 401


def drip(server: Served, head: bytes, each: bytes, for_s: float) -> tuple[float, bytes]:
    """Send a head and then a little each second; return how long the server took it, and what it said."""
    began = time.monotonic()
    with socket.create_connection(server.place, timeout=1) as connection:
        connection.sendall(head)
        while time.monotonic() - began < for_s:
            try:
                if not (answer := connection.recv(65536)):
                    break
                return time.monotonic() - began, answer
            except TimeoutError:
                pass
            except OSError:
                break
            try:
                connection.sendall(each)
            except OSError:
                break
    return time.monotonic() - began, b""


def untaken(server: Served) -> float:
    """Ask for a long answer and take nothing of it; return after how long the server gives up."""
    text = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 50000"
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(server.place)
        path = "/sparql?" + urlencode({"query": text})
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        began = time.monotonic()
        connection.settimeout(1)
        while time.monotonic() - began < 40:
            time.sleep(1)
            state = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
            if state != 1:  # no longer established
                break
        return time.monotonic() - began


def test_clients_that_are_slow(attacked: Served) -> None:
    head = b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: localhost\r\n"
    body = f"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: {QUERY}\r\nContent-Length: 1000\r\n\r\n".encode()
    chunked = body.replace(b"Content-Length: 1000", b"Transfer-Encoding: chunked")
    with ThreadPoolExecutor(6) as threads:
        silent = threads.submit(drip, attacked, b"", b"", 20)
        heads = threads.submit(drip, attacked, head, b"X-A: b\r\n", 20)
        letters = threads.submit(drip, attacked, b"GET /sparq", b"l", 20)
        bodies = threads.submit(drip, attacked, body, b"A", 40)
        chunks = threads.submit(drip, attacked, chunked, b"1\r\nA\r\n", 40)
        takes = threads.submit(untaken, attacked)
        time.sleep(3)
        assert timed(attacked)[0].status == 200
        for task in (silent, heads, letters):
            took_s, answer = task.result()
            assert took_s < 14
            assert statuses(answer) == [408]
        for task in (bodies, chunks):
            took_s, answer = task.result()
            assert took_s < 25
            assert statuses(answer) == [408]
        assert 15 < takes.result() < 35


def test_connections_without_requests(attacked: Served) -> None:
    with ExitStack() as open_:
        for _ in range(500):
            open_.enter_context(socket.create_connection(attacked.place, timeout=5))
        assert timed(attacked)[1] < TIMEOUT_S


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        ("GET / HTTP/1.1\r\nHost: localhost\r\nX-A: " + "a" * 100_000, {431}),
        ("GET /?" + "a" * 100_000 + " HTTP/1.1\r\nHost: localhost", {431}),
        ("GET / HTTP/1.1\r\nHost: localhost" + "\r\nX-A: b" * 20_000, {431}),
        ("G" * 100_000 + " / HTTP/1.1\r\nHost: localhost", {400, 431}),
        ("GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1", {400}),
        ("GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: +1", {400}),
        ("GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1, 2", {400}),
        ("GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2", {400}),
        ("GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999999", {400}),
        ("GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked", {400}),
        ("GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked", {400}),
        ("POST /sparql HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz", {400}),
        ("GET / HTTP/1.1\r\nHost : localhost", {400}),
        ("GET / HTTP/1.1\r\nHost: localhost\r\n folded", {400, 421}),
        ("GET / HTTP/1.1\r\nHost: localhost\r\nX-A: a\x00b", {400}),
        ("GET /\x00 HTTP/1.1\r\nHost: localhost", {400}),
        ("GET / HTTP/1.1\r\nHost: localhost\r\nX-A: a\rX-B: c", {400}),
        ("GET / HTTP/1.1\r\nHost: localhost\r\nNo header", {400}),
        ("GET / HTTP/9.9\r\nHost: localhost", {400}),
        ("GET /", {400, 421}),
        ("GET http://[ HTTP/1.1\r\nHost: localhost", {400}),
        ("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", {400}),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n", {400}),
        ("get / HTTP/1.1\r\nHost: localhost", {400}),
    ],
    ids=lambda value: repr(value[:60]) if isinstance(value, str) else "",
)
def test_heads_that_are_none(attacked: Served, lines: str, wanted: set[int]) -> None:
    found = statuses(attacked.raw((lines + "\r\n\r\n").encode("latin-1"), timeout_s=5))
    assert len(found) == 1
    assert set(found) <= wanted


@pytest.mark.parametrize(
    "path", ["/", "/sparql", "/graph-store", "/queries", "/review", "/reconcile", "/static/app.css"]
)
def test_methods(attacked: Served, path: str) -> None:
    for method in ("TRACE", "CONNECT", "PATCH", "PROPFIND", "MOVE", "PURGE", "PUT", "DELETE", "NONSENSE"):
        target = "localhost:1" if method == "CONNECT" else path
        told = attacked.raw(f"{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        assert statuses(told)[0] in (400, 401, 404, 405), told
        assert b"X-Secret" not in told
    told = attacked.ask("OPTIONS", path)
    assert told.status == 204


def test_many_requests_in_one_connection(attacked: Served) -> None:
    one = b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: localhost\r\n\r\n"
    last = one.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    assert statuses(attacked.raw(one * 2000 + last, timeout_s=20)) == [200] * 2001


def test_requests_within_requests(attacked: Served) -> None:
    inner = b"DELETE /graph-store?default HTTP/1.1\r\nHost: localhost\r\n\r\n"
    outer = b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"  # noqa: E501
    assert statuses(attacked.raw(outer % len(inner) + inner)) == [415]


def test_what_is_asked_of_the_connection(attacked: Served) -> None:
    for header in ("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x", "Expect: 100-continue",
                   "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings", "Range: bytes=0-0,1-1,2-2", "TE: trailers",
                   "Content-Encoding: gzip", "Accept-Encoding: " + "gzip;q=0.1," * 3000,
                   "If-None-Match: " + 'W/"a", ' * 8000, "X-HTTP-Method-Override: DELETE", "Cookie: " + "a=b; " * 9000,
                   "Accept: " + "a/b;q=0.1," * 6000, 'Content-Type: a;"' + ";" * 60_000,
                   "Authorization: Basic " + "A" * 60_000, "X-Forwarded-For: " + "1.1.1.1," * 7000):  # fmt: skip
        began = time.monotonic()
        for path in ("/sparql?query=ASK%7B%7D", "/graph-store?default", "/", "/review", "/reconcile"):
            told = attacked.raw(
                f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{header}\r\nConnection: close\r\n\r\n".encode()
            )
            assert statuses(told)[0] in (200, 400, 406, 426), (path, header[:50], told[:300])
        assert time.monotonic() - began < 5


# Values that are no values.


ODD = ["\x00", "a\x00b", "\r\nX-Injected: yes", "a\r\n\r\n<script>alert(1)</script>", "\n", "../../../../etc/passwd",
       "..\\..\\etc\\passwd", "/etc/passwd", "file:///etc/passwd", "%2e%2e%2f", "....//", "~root", "${jndi:ldap://x/}",
       "<script>alert(1)</script>", "'\"><img src=x>", "{{7*7}}", "${7*7}", "'; DROP ALL; --", "\ud7ff\ufffe", "𝕏" * 50,
       "a" * 5000, "-1", "1e999", "NaN", "\u202e", "http://[", "urn:x-a:a b", "javascript:alert(1)"]  # fmt: skip
PLACES = [
    "/{}",
    "/static/{}",
    "/page/{}",
    "/page/work/{}",
    "/page/source/{}",
    "/id/{}",
    "/data/{}",
    "/data/{}.ttl",
    "/queries/{}",
    "/queries/{}.json",
    "/queries/partner-rank?country={}",
    "/queries/partner-rank.csv?country={}",
    "/network/{}",
    "/network/company?from={}",
    "/network/company/path?a={}&b={}",
    "/network/company/tie?a={}&b={}",
    "/search?q={}",
    "/search?q=a&kind={}",
    "/conflicts?rule={}",
    "/conflicts?page={}",
    "/sources?page={}",
    "/?lang={}",
    "/schema?lang={}",
    "/editor?query={}",
    "/sparql?query={}",
    "/sparql?query=ASK%7B%7D&default-graph-uri={}",
    "/sparql?query=ASK%7B%7D&format={}",
    "/graph-store/{}",
    "/graph-store?graph={}",
    "/graph-store?{}",
    "/review?pair={}",
    "/login?next={}",
    "/.well-known/{}",
    "/reconcile?queries={}",
    "/reconcile/preview?id={}",
    "/reconcile/view?id={}",
    "/reconcile/suggest/entity?prefix={}",
    "/reconcile/properties?type={}",
    "/openapi.json?{}={}",
    "/vocabulary.json?{}",
]


@pytest.mark.parametrize("place", PLACES)
def test_odd_values_everywhere(attacked: Served, place: str) -> None:
    for value in ODD:
        for written in {quote(value, safe=""), quote(value, safe="/.:~'<>\"{}")}:
            if "\x00" in written or " " in written or '"' in written or "<" in written or "{" in written:
                continue
            path = place.replace("{}", written)
            told = attacked.raw(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            head, _, body = told.partition(b"\r\n\r\n")
            (status,) = statuses(head)
            assert status in (200, 303, 307, 400, 404, 405, 406, 413, 422), (path, told[:500])
            assert b"x-injected" not in head.lower()
            assert b"root:" not in body
            if b"text/html" in head:
                assert b"<script>alert" not in body, path
                assert b"<img src=x>" not in body, path
            if location := re.search(rb"\r\nlocation: ([^\r]*)", head, re.IGNORECASE):
                assert location[1].startswith((b"/", b"http://localhost")), location
                assert not location[1].startswith(b"//")


def test_texts_in_another_encoding(attacked: Served) -> None:
    text = "SELECT ('é' AS ?x) { }"
    assert posted(attacked, text.encode("latin-1")).status == 400
    assert posted(attacked, text.encode("utf-16")).status == 400
    for charset in ("latin-1", "UTF-16", "utf-7", "x" * 1000, '"utf-16"', "utf-8; charset=utf-16"):
        assert posted(attacked, text, f"{QUERY}; charset={charset}").status == 415
    assert posted(attacked, text, f'{QUERY}; charset="UTF-8"').status == 200
    for form in (b"query=%FF", b"query=ASK%7B%7D&default-graph-uri=%C3%28", "query=é".encode("latin-1")):
        assert posted(attacked, form, FORM).status == 400
    assert attacked.ask("GET", "/sparql?query=%FF").status == 400
    assert posted(attacked, b"query=ASK%7B%7D" + b"&a=b" * 5000, FORM).status == 400
    many = "&".join(f"default-graph-uri=urn:x-a:{i}" for i in range(900))
    assert posted(attacked, f"query=ASK%7B%7D&{many}", FORM).status == 200
    for graph in ("a%20b", "%00", "//x", "urn:x-a:%0d%0a", "http://[", "", "x"):
        assert attacked.ask("GET", f"/graph-store?graph={graph}").status in (400, 404)
        assert attacked.ask("PUT", f"/graph-store?graph={graph}", "", Content_Type="text/turtle", **KNOWN).status == 400
    for kind in (
        "text/turtle; charset=utf-16",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "text/html",
        "",
    ):
        told = attacked.ask("PUT", "/graph-store?graph=urn:x-a:g", "x", Content_Type=kind, **KNOWN)
        assert told.status in (400, 415), (kind, told.text)
    nested = "".join(f'--{i}\r\nContent-Type: multipart/mixed; boundary="{i + 1}"\r\n\r\n' for i in range(2000))
    kind = "multipart/form-data; boundary=0"
    assert attacked.ask("PUT", "/graph-store?graph=urn:x-a:g", nested, Content_Type=kind, **KNOWN).status in (400, 415)
