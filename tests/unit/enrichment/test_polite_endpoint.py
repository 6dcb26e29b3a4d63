"""How a public endpoint is asked: alone, with pauses, by name, and again only after what may pass."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from avgraph import __version__
from avgraph.errors import StoreError
from avgraph.graph.polite import PoliteEndpoint, SlowAnswerError
from wikidata_shaped import Fault, Flaky, answers_of, serving_wikidata, wikidata_store

ASK = "SELECT ?s WHERE { ?s ?p ?o } LIMIT 1"


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Flaky]:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with serving_wikidata(answers_of(wikidata_store())) as flaky:
        yield flaky


def polite(server: Flaky, clock: Clock, **more: float) -> PoliteEndpoint:
    return PoliteEndpoint(server.url, "ada@example.org", sleep=clock.sleep, clock=clock, **more)  # type: ignore[arg-type]


def test_it_says_who_asks_and_pauses_between_requests(server: Flaky) -> None:
    clock = Clock()
    endpoint = polite(server, clock)
    for _ in range(3):
        assert endpoint.select(ASK)
    assert clock.slept == [1.0, 1.0]
    agent = server.headers[0]["User-Agent"]
    assert agent.startswith(f"avgraph/{__version__} ")
    assert "ada@example.org" in agent


@pytest.mark.parametrize("in_words", [False, True])
def test_retry_after_is_honoured(server: Flaky, in_words: bool) -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    server.faults = [Fault(429, {"Retry-After": until if in_words else "30"})]
    clock = Clock()
    assert polite(server, clock).select(ASK)
    assert len(clock.slept) == 1
    assert 27 < clock.slept[0] <= 30


def test_waits_grow_after_each_failure(server: Flaky) -> None:
    server.faults = [Fault(500), Fault(503), Fault(cut=True), Fault(body=b'{"results": {"bind')]
    clock = Clock()
    endpoint = polite(server, clock)
    assert endpoint.select(ASK)
    assert endpoint.n_requests == 5
    for waited, doubled in zip(clock.slept, (2, 4, 8, 16), strict=True):
        assert 0.75 * doubled <= waited <= 1.25 * doubled


def test_it_gives_up_in_the_end_and_says_that_nothing_is_lost(server: Flaky) -> None:
    server.judge = lambda query: Fault(503)
    with pytest.raises(StoreError, match="failed 6 times: HTTP 503") as caught:
        polite(server, Clock()).select(ASK)
    assert "what was answered is kept" in (caught.value.hint or "")
    assert len(server.queries) == 6


def test_somebody_who_wants_to_be_left_alone_for_long_is_left_alone(server: Flaky) -> None:
    server.faults = [Fault(429, {"Retry-After": "86400"})]
    with pytest.raises(StoreError, match="1440 minutes"):
        polite(server, Clock()).select(ASK)
    assert len(server.queries) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault(504),
        Fault(500, body=b"java.util.concurrent.TimeoutException: query took too long"),
        Fault(body=b'{"results": {"bindings": [ SPARQL-QUERY: java.util.concurrent.TimeoutException'),
        Fault(delay_s=1.6),
    ],
)
def test_a_query_that_runs_too_long_is_not_asked_again_as_it_is(server: Flaky, fault: Fault) -> None:
    server.faults = [fault]
    with pytest.raises(SlowAnswerError):
        polite(server, Clock(), timeout_s=1).select(ASK)
    assert len(server.queries) == 1


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault(400, body=b"syntax error"), "refused the query .HTTP 400.: syntax error"),
        (Fault(403), "refuses avgraph"),
        (Fault(404), "no SPARQL endpoint there"),
        (Fault(body=b"<html>hello</html>"), "did not answer with SPARQL results"),
    ],
)
def test_what_does_not_pass_is_told_at_once(server: Flaky, fault: Fault, said: str) -> None:
    server.faults = [fault]
    with pytest.raises(StoreError, match=said):
        polite(server, Clock()).select(ASK)
    assert len(server.queries) == 1


def test_no_password_is_taken_and_no_one_is_sent(monkeypatch: pytest.MonkeyPatch, server: Flaky) -> None:
    with pytest.raises(StoreError) as caught:
        PoliteEndpoint("https://ada:secret@example.org/sparql")
    assert "secret" not in str(caught.value)
    monkeypatch.setenv("AVGRAPH_USER", "ada")
    monkeypatch.setenv("AVGRAPH_PASSWORD", "secret")
    polite(server, Clock()).select(ASK)
    assert "Authorization" not in server.headers[0]


def test_a_server_that_is_not_there_is_tried_again(server: Flaky) -> None:
    clock = Clock()
    endpoint = PoliteEndpoint("http://127.0.0.1:9/sparql", sleep=clock.sleep, clock=clock)
    with pytest.raises(StoreError, match="failed 6 times"):
        endpoint.select(ASK)
    assert len(clock.slept) == 5
