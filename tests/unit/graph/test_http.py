from __future__ import annotations

import time

import pytest

from avgraph.errors import StoreError
from avgraph.graph.http import Client, Login, RefusedError, pause_s, sound_address
from fake_sparql import Asked, FakeSparql, Fault

SECRET = "s3cret-word"
ANSWER = '{"head": {}, "boolean": true}'


@pytest.fixture
def client(pauses: list[float]) -> Client:
    return Client(Login("ada", SECRET), timeout_s=5, wait=pauses.append)


def _ask(client: Client, server: FakeSparql, body: bytes = b"query=ASK%7B%7D") -> str:
    kind = "application/x-www-form-urlencoded"
    return client.send("POST", server.url, body, Content_Type=kind).text()


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_server_is_asked_again_later_and_later(
    server: FakeSparql, client: Client, pauses: list[float], status: int
) -> None:
    server.fault = lambda asked: Fault(status) if len(server.asked) < 4 else None
    assert '"boolean":true' in _ask(client, server)
    assert pauses == [0.5, 1.0, 2.0]


def test_a_server_says_when_to_come_back(server: FakeSparql, client: Client, pauses: list[float]) -> None:
    server.fault = lambda asked: Fault(429, {"Retry-After": "7"}) if len(server.asked) < 2 else None
    _ask(client, server)
    assert pauses == [7.0]
    server.asked.clear()
    server.fault = lambda asked: Fault(503, {"Retry-After": "3600"})
    with pytest.raises(RefusedError, match=r"busy \(503\)") as caught:
        _ask(client, server)
    assert caught.value.hint == "it asks to come back in 3,600 seconds"
    assert len(server.asked) == 1


def test_a_date_to_come_back_is_understood() -> None:
    later = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 20))
    assert 15 < pause_s(0, later) <= 20
    assert pause_s(0, "Mon, 01 Jan 2001 00:00:00 GMT") == 0
    assert pause_s(2, "soon") == 2.0


def test_patience_ends(server: FakeSparql, client: Client, pauses: list[float]) -> None:
    server.fault = lambda asked: Fault(503, body=b"down for  repairs")
    with pytest.raises(RefusedError, match="503") as caught:
        _ask(client, server)
    assert "down for repairs" in caught.value.message
    assert caught.value.exit_code == 3
    assert len(server.asked) == 5
    assert len(pauses) == 4


@pytest.mark.parametrize("fault", [Fault(cut=True), Fault(short=True)])
def test_a_cut_connection_is_tried_again(server: FakeSparql, client: Client, pauses: list[float], fault: Fault) -> None:
    server.fault = lambda asked: fault if len(server.asked) < 3 else None
    assert '"boolean":true' in _ask(client, server)
    assert len(pauses) == 2
    server.fault = lambda asked: fault
    with pytest.raises(StoreError, match="cannot be reached"):
        _ask(client, server)


def test_no_server_is_said_at_once(client: Client, pauses: list[float]) -> None:
    with pytest.raises(StoreError, match="connection refused") as caught:
        client.send("GET", "http://127.0.0.1:9/sparql")
    assert caught.value.where == "http://127.0.0.1:9/sparql"
    assert pauses == []


@pytest.mark.parametrize(
    ("fault", "message", "hint"),
    [
        (Fault(401), "refuses the login", "AVGRAPH_TOKEN"),
        (Fault(401, {"WWW-Authenticate": 'Digest realm="x", nonce="y"'}), "digest", "AVGRAPH_AUTH=digest"),
        (Fault(403, body=b"<h1>read only</h1>"), "does not allow that (403): read only", "right to write"),
        (Fault(404), "nothing answers", "path"),
        (Fault(413), "(413)", None),
        (Fault(500, body=f"no {SECRET} here".encode()), "(500): no *** here", None),
        (Fault(302, {"Location": "https://u:p@elsewhere.example/sparql?x=1"}), "sends elsewhere",
         "https://elsewhere.example/sparql"),
    ],
)  # fmt: skip
def test_a_refusal_is_said_in_plain_words_without_the_login(
    server: FakeSparql, client: Client, fault: Fault, message: str, hint: str | None
) -> None:
    server.fault = lambda asked: fault
    with pytest.raises(RefusedError) as caught:
        _ask(client, server)
    assert message in caught.value.message
    assert hint is None or hint in str(caught.value.hint)
    assert caught.value.status == fault.status
    assert SECRET not in str(caught.value)
    assert "u:p" not in str(caught.value)
    assert len(server.asked) == 1


def test_without_a_login_the_names_of_the_variables_are_told(server: FakeSparql) -> None:
    server.fault = lambda asked: Fault(401)
    with pytest.raises(RefusedError, match="wants a login") as caught:
        _ask(Client(), server)
    assert "AVGRAPH_USER and AVGRAPH_PASSWORD" in str(caught.value.hint)


def test_basic_and_bearer_go_with_the_first_request(server: FakeSparql, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AVGRAPH_USER", "ada")
    monkeypatch.setenv("AVGRAPH_PASSWORD", "pw")
    _ask(Client(), server)
    monkeypatch.setenv("AVGRAPH_TOKEN", "tok")
    _ask(Client(), server)
    assert [a.headers["Authorization"] for a in server.asked] == ["Basic YWRhOnB3", "Bearer tok"]


def test_digest_is_asked_for_before_a_body_is_sent(server: FakeSparql) -> None:
    challenge = {"WWW-Authenticate": 'Digest realm="r", nonce="n1", qop="auth", algorithm="MD5"'}

    def guard(asked: Asked) -> Fault | None:
        known = asked.headers.get("Authorization", "")
        return None if 'nonce="n1"' in known and 'username="ada"' in known else Fault(401, challenge)

    server.fault = guard
    client = Client(Login("ada", SECRET, digest=True), timeout_s=5)
    for _ in range(2):
        _ask(client, server)
    assert [a.method for a in server.asked] == ["GET", "POST", "POST"]
    assert server.asked[0].body == b""
    assert not any(SECRET in str(a.headers) for a in server.asked)


def test_an_old_nonce_is_renewed(server: FakeSparql) -> None:
    nonce = "n1"

    def guard(asked: Asked) -> Fault | None:
        told = {"WWW-Authenticate": f'Digest realm="r", nonce="{nonce}", qop="auth"'}
        return None if f'nonce="{nonce}"' in asked.headers.get("Authorization", "") else Fault(401, told)

    server.fault = guard
    client = Client(Login("ada", SECRET, digest=True), timeout_s=5)
    _ask(client, server)
    nonce = "n2"
    assert '"boolean":true' in _ask(client, server)


def test_a_digest_that_python_lacks_is_said(server: FakeSparql) -> None:
    server.fault = lambda asked: Fault(401, {"WWW-Authenticate": 'Digest realm="r", nonce="n", algorithm="ROT13"'})
    with pytest.raises(StoreError, match="kind of digest"):
        _ask(Client(Login("ada", SECRET, digest=True), timeout_s=5), server)


def test_the_login_is_not_shown() -> None:
    assert SECRET not in repr(Login("ada", SECRET, SECRET))


@pytest.mark.parametrize(
    "url", [f"http://ada:{SECRET}@127.0.0.1/x", "ftp://127.0.0.1/x", "http://", "http://[", "http://a b/", "x"]
)
def test_what_is_no_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(StoreError) as caught:
        sound_address(url)
    assert SECRET not in str(caught.value)
    assert "address" in str(caught.value)
