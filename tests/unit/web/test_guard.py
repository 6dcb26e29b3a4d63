"""Under which names a server answers, and what pages of others may do."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from avgraph.web.guard import Guard
from avgraph.web.service import Service, Settings


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    own = {"Content-Security-Policy": "default-src *"} if scope["path"] == "/own" else {}
    await PlainTextResponse("here", headers=own)(scope, receive, send)


def asked(
    path: Path,
    method: str = "GET",
    hosts: tuple[str, ...] = ("localhost:8080",),
    server: tuple[str, int] | None = ("127.0.0.1", 8080),
    address: str = "",
    at: str = "/",
    **headers: str,
) -> tuple[int, dict[str, str], bytes]:
    told = [(b"host", host.encode("latin-1")) for host in hosts]
    told += [(name.replace("_", "-").lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": at, "headers": told, "server": server, "query_string": b""}
    messages: list[Any] = []

    async def send(message: Any) -> None:
        messages.append(message)

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    asyncio.run(Guard(app, Service(Settings(path, address=address)))(scope, receive, send))
    names = [name for name, _ in messages[0]["headers"]]
    assert len(set(names)) == len(names)
    found = {name.decode(): value.decode() for name, value in messages[0]["headers"]}
    return messages[0]["status"], found, b"".join(message["body"] for message in messages[1:])


@pytest.mark.parametrize("host", ["localhost", "localhost:8080", "LOCALHOST:1", "127.0.0.1:8080", "[::1]:8080",
                                  "127.8.9.1", "[::ffff:127.0.0.1]"])  # fmt: skip
def test_this_machine_is_asked_by_its_names(tmp_path: Path, host: str) -> None:
    assert asked(tmp_path, hosts=(host,))[0] == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:8080", "192.0.2.1",
                                  "localhost.", "0.0.0.0"])  # fmt: skip
@pytest.mark.parametrize("server", ["127.0.0.1", "127.0.0.2", "::1", "::ffff:127.0.0.1"])
def test_this_machine_is_not_asked_by_other_names(tmp_path: Path, host: str, server: str) -> None:
    status, headers, body = asked(tmp_path, hosts=(host,), server=(server, 8080))
    assert status == 421
    assert b"here" not in body
    assert headers["content-type"] == "application/problem+json"
    assert asked(tmp_path, hosts=(), server=(server, 8080))[0] == 421


def test_the_public_name_is_taken(tmp_path: Path) -> None:
    address = "https://films.example.org"
    for hosts, status in ((("films.example.org",), 200), (("films.example.org:443",), 200), (("x.example.org",), 421)):
        assert asked(tmp_path, hosts=hosts, address=address)[0] == status


def test_others_are_asked_by_any_name(tmp_path: Path) -> None:
    assert asked(tmp_path, hosts=("anything.example",), server=("192.0.2.7", 8080))[0] == 200
    assert asked(tmp_path, hosts=(), server=("192.0.2.7", 8080))[0] == 200


@pytest.mark.parametrize("host", ["[", "[::1", "a b", "a/b", "user@localhost", "localhost:", "localhost:x", "",
                                  "localhost:123456", "<script>", "é.example", "a\\b", "a?b"])  # fmt: skip
def test_what_is_no_host_is_refused(tmp_path: Path, host: str) -> None:
    for server in ("127.0.0.1", "192.0.2.7"):
        assert asked(tmp_path, hosts=(host,), server=(server, 8080))[0] == 400
    assert asked(tmp_path, hosts=("localhost", "localhost"))[0] == 400


def test_any_page_may_read_and_none_may_write(tmp_path: Path) -> None:
    for method in ("GET", "POST", "PUT", "OPTIONS"):
        _, headers, _ = asked(tmp_path, method, Origin="https://other.example")
        assert headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in headers
        assert "access-control-allow-methods" not in headers
    for wanted in ("PUT", "DELETE", "GET"):
        status, headers, body = asked(
            tmp_path, "OPTIONS", Origin="https://other.example", Access_Control_Request_Method=wanted,
            Access_Control_Request_Headers="Authorization",
        )  # fmt: skip
        assert (status, body) == (204, b"")
        assert headers["access-control-allow-methods"] == "GET, HEAD, POST"
        assert "authorization" not in headers["access-control-allow-headers"].lower()
        assert "content-type" in headers["access-control-allow-headers"].lower()
        assert "access-control-allow-credentials" not in headers


def test_a_page_loads_nothing_from_elsewhere_and_is_in_no_frame(tmp_path: Path) -> None:
    for hosts in (("localhost",), ("evil.example",)):
        _, headers, _ = asked(tmp_path, hosts=hosts)
        rules = dict(rule.strip().split(" ", 1) for rule in headers["content-security-policy"].split(";"))
        assert rules["default-src"] == "'none'"
        assert rules["frame-ancestors"] == "'none'"
        assert "unsafe" not in headers["content-security-policy"]
        assert "*" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["server"].startswith("avgraph/")
    assert asked(tmp_path, at="/own")[1]["content-security-policy"] == "default-src *"
