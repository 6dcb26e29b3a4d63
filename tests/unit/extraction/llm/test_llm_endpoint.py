"""An endpoint is asked patiently, within bounds, and its key is seen by nobody else."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from avgraph.errors import EndpointError
from avgraph.extraction.llm import Answer, ChatEndpoint
from fake_endpoint import FakeEndpoint, Reply, as_json, completion

MESSAGES = [{"role": "user", "content": "Which facts – “these”?"}]
SCHEMA = {"type": "object"}
KEY = "sk-very-secret-0123456789"


class Clock:
    """Waits without waiting."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.waits.append(seconds)


def ask(fake: FakeEndpoint, clock: Clock | None = None, **options: Any) -> Answer:
    return ChatEndpoint(fake.url, "m", sleep=clock or Clock(), **options).ask(MESSAGES, SCHEMA)


def failure(fake: FakeEndpoint, *replies: Reply, clock: Clock | None = None, **options: Any) -> EndpointError:
    fake.replies = list(replies)
    with pytest.raises(EndpointError) as caught:
        ask(fake, clock, **options)
    assert caught.value.where == fake.url
    assert caught.value.exit_code == 3
    return caught.value


def test_a_question_is_asked_under_a_schema(endpoint: FakeEndpoint) -> None:
    endpoint.replies = [completion("hello")]
    assert ask(endpoint) == Answer("hello")
    (request,) = endpoint.requests
    assert endpoint.paths == ["/v1/chat/completions"]
    assert request["messages"] == MESSAGES
    assert (request["model"], request["temperature"], request["stream"]) == ("m", 0, False)
    assert request["response_format"]["json_schema"] == {"name": "facts", "strict": True, "schema": SCHEMA}
    assert "Authorization" not in endpoint.headers[0]


@pytest.mark.parametrize("name", ["AVGRAPH_LLM_KEY", "MY_KEY"])
def test_the_key_goes_into_the_header_alone(
    endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str], name: str,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv(name, f" {KEY}\n")
    model = ChatEndpoint(endpoint.url, "m", key_env=None if name.startswith("AV") else name, sleep=Clock())
    endpoint.replies = [completion(f"your key is {KEY}")]
    assert model.ask(MESSAGES, SCHEMA) == Answer("your key is ***")
    assert endpoint.headers[0]["Authorization"] == f"Bearer {KEY}"
    assert KEY not in json.dumps(endpoint.requests)
    # Near the end of what is shown of a message, half a key would be left if it were cut first.
    for status in (400, 401, 404, 429, 500, 418, 302):
        endpoint.replies = [as_json({"error": {"message": f"{'x' * 285} {KEY} is wrong"}}, status)]
        with pytest.raises(EndpointError) as caught:
            ChatEndpoint(endpoint.url, "m", key_env=name, sleep=Clock()).ask(MESSAGES, SCHEMA)
        assert KEY[:8] not in f"{caught.value!r} {caught.value} {caught.value.hint}"
    assert KEY not in repr(vars(model)) + caplog.text
    captured = capfd.readouterr()
    assert captured.out + captured.err == ""


def test_a_key_that_is_missing_or_none_is_said_without_showing_it(
    endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = failure(endpoint, completion("x"), key_env="MY_KEY")
    assert "MY_KEY is not set" in error.message
    for value in ("sk-très", "sk-two\nlines"):
        monkeypatch.setenv("MY_KEY", value)
        error = failure(endpoint, completion("x"), key_env="MY_KEY")
        assert error.lasting
        assert "sk-" not in str(error)
    assert endpoint.requests == []


@pytest.mark.parametrize(
    ("address", "said"),
    [("localhost:11434", "http://"), ("ftp://example.org", "http://"), ("http://", "host"), ("http://a:b/", "port"),
     ("http://ada:secret@127.0.0.1/v1", "password"), ("http://a b/", "space"), ("http://é.example/", "space")],
)  # fmt: skip
def test_an_address_that_cannot_be_asked_is_refused_unseen(address: str, said: str) -> None:
    with pytest.raises(EndpointError) as caught:
        ChatEndpoint(address, "m")
    assert said in caught.value.message
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("model", ["", " ", "two words", "line\nbreak"])
def test_a_models_name_is_one_word(model: str) -> None:
    with pytest.raises(EndpointError, match="model's name"):
        ChatEndpoint("http://127.0.0.1:9/v1", model)


def test_no_query_and_no_user_is_shown(endpoint: FakeEndpoint) -> None:
    model = ChatEndpoint(f"{endpoint.url}?api-key={KEY}", "m", sleep=Clock())
    endpoint.replies = [as_json({}, 404)]
    with pytest.raises(EndpointError) as caught:
        model.ask(MESSAGES, SCHEMA)
    assert KEY not in str(caught.value)
    assert endpoint.paths == [f"/v1/chat/completions?api-key={KEY}"]


@pytest.mark.parametrize(
    ("status", "said", "lasting"),
    [(401, "it wants a key (401): no", True), (403, "it wants a key (403): no", True),
     (404, "no chat completions of the model 'm' there (404): no", True), (405, "there (405)", True),
     (413, "the endpoint refuses (413): no", False), (307, "sends on to another address", True)],
)  # fmt: skip
def test_what_asking_again_does_not_change_is_asked_once(
    endpoint: FakeEndpoint, status: int, said: str, lasting: bool
) -> None:
    error = failure(endpoint, as_json({"error": {"message": "no"}}, status, Location="http://127.0.0.1:9/"))
    assert said in error.message
    assert error.lasting is lasting
    assert error.hint
    assert len(endpoint.requests) == 1


def test_a_refused_key_names_its_variable(endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", KEY)
    error = failure(endpoint, as_json("nope", 401), key_env="MY_KEY")
    assert error.message == "its key is refused (401): nope"
    assert "MY_KEY" in str(error.hint)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_endpoint_is_asked_again_with_growing_waits(endpoint: FakeEndpoint, status: int) -> None:
    clock = Clock()
    endpoint.replies = [Reply(status), Reply(status), completion("at last")]
    assert ask(endpoint, clock).text == "at last"
    assert clock.waits == [1, 2]
    clock = Clock()
    error = failure(endpoint, Reply(status, b"<html>sorry</html>"), clock=clock)
    assert error.message == f"the endpoint is busy or fails ({status}) (4 tries)"
    assert clock.waits == [1, 2, 4]


def test_retry_after_is_heeded_within_bounds(endpoint: FakeEndpoint) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    clock = Clock()
    endpoint.replies = [
        as_json({}, 429, Retry_After=value) for value in ("7", later, "soon")
    ] + [completion("done")]  # fmt: skip
    assert ask(endpoint, clock).text == "done"
    first, second, third = clock.waits
    assert (first, third) == (7, 4)
    assert 25 < second <= 30
    clock = Clock()
    error = failure(endpoint, as_json({}, 429, Retry_After="3600"), clock=clock)
    assert clock.waits == []
    assert error.lasting
    assert "3600 s" in str(error.hint)


def test_an_endpoint_that_is_down_is_said_at_once() -> None:
    pytest.importorskip("httpx")
    clock = Clock()
    model = ChatEndpoint("http://127.0.0.1:9/v1", "m", sleep=clock)
    with pytest.raises(EndpointError, match="cannot be reached") as caught:
        model.ask(MESSAGES, SCHEMA)
    assert caught.value.lasting
    assert clock.waits == [1]
    with pytest.raises(EndpointError, match="cannot be reached"):
        model.ask(MESSAGES, SCHEMA)
    assert clock.waits == [1]


@pytest.mark.parametrize("slow", [{"delay_s": 0.6}, {"drip_s": 0.02}])
def test_a_slow_answer_times_out_even_where_it_drips(endpoint: FakeEndpoint, slow: dict[str, float]) -> None:
    body = completion("x").body
    error = failure(endpoint, Reply(200, body, **slow), timeout_s=0.2)
    assert error.message == "no answer within 0.2 s (2 tries)"
    assert not error.lasting


def test_a_broken_connection_is_said(endpoint: FakeEndpoint) -> None:
    error = failure(endpoint, Reply(200, b"{", {"Content-Length": "50"}))
    assert error.message.startswith("the connection broke")


def test_an_endless_answer_is_not_read_to_its_end(endpoint: FakeEndpoint) -> None:
    error = failure(endpoint, Reply(200, b" " * 8_000_001))
    assert "more than 8000000 bytes" in error.message


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<html>hello</html>", "does not answer in JSON"),
        (b"", "does not answer in JSON"),
        (b"\xff\xfe\x00", "does not answer in JSON"),
        (b"[" * 100_000, "does not answer in JSON"),
        (b"null", "no chat completion"),
        (b"[]", "no chat completion"),
        (b'{"choices": []}', "no chat completion"),
        (b'{"choices": [{"message": "x"}]}', "no chat completion"),
        (b'{"error": {"message": "out of tokens"}}', "answers with an error: out of tokens"),
        (b'{"choices": [{"message": {"content": null, "refusal": "I will not"}}]}', "the model refuses: I will not"),
        (b'{"choices": [{"message": {"content": null}}]}', "answer is empty"),
        (b'{"choices": [{"message": {"content": 3}}]}', "answer is empty"),
    ],
)
def test_what_is_no_completion_is_said(endpoint: FakeEndpoint, body: bytes, said: str) -> None:
    assert said in failure(endpoint, Reply(200, body)).message


def test_an_answer_in_parts_and_one_cut_off(endpoint: FakeEndpoint) -> None:
    parts = [{"type": "text", "text": "a"}, {"type": "image"}, 3, {"type": "text", "text": "b"}]
    endpoint.replies = [as_json({"choices": [{"message": {"content": parts}, "finish_reason": "length"}]})]
    assert ask(endpoint) == Answer("ab", cut_off=True)


@pytest.mark.parametrize("status", [400, 422])
def test_what_an_endpoint_does_not_know_is_left_out_then_and_later(endpoint: FakeEndpoint, status: int) -> None:
    def plain_only(request: dict[str, Any]) -> Reply:
        if "temperature" in request:
            return as_json({"error": {"message": "temperature must be 1"}}, status)
        return as_json({"detail": "extra fields"}, status) if "response_format" in request else completion("plain")

    endpoint.replies = plain_only
    model = ChatEndpoint(endpoint.url, "m", sleep=Clock())
    assert model.ask(MESSAGES, SCHEMA).text == "plain"
    assert [sorted(r.keys() & {"temperature", "response_format"}) for r in endpoint.requests] == [
        ["response_format", "temperature"], ["response_format"], [],
    ]  # fmt: skip
    model.ask(MESSAGES, SCHEMA)
    assert len(endpoint.requests) == 4


def test_a_question_that_is_refused_in_any_form_changes_nothing_for_the_next(endpoint: FakeEndpoint) -> None:
    model = ChatEndpoint(endpoint.url, "m", sleep=Clock())
    endpoint.replies = [as_json({"message": "too long"}, 400)]
    with pytest.raises(EndpointError, match="refuses \\(400\\): too long"):
        model.ask(MESSAGES, SCHEMA)
    endpoint.replies = [completion("x")]
    model.ask(MESSAGES, SCHEMA)
    assert "response_format" in endpoint.requests[-1]


def test_three_failures_in_a_row_are_enough(endpoint: FakeEndpoint) -> None:
    model = ChatEndpoint(endpoint.url, "m", sleep=Clock())
    endpoint.replies = [Reply(200, b"?"), Reply(200, b"?"), completion("x"), Reply(200, b"?")]
    seen = []
    for _ in range(6):
        try:
            seen.append(model.ask(MESSAGES, SCHEMA).text)
        except EndpointError as error:
            seen.append(error.lasting)
    assert seen == [False, False, "x", False, False, True]
    n_asked = len(endpoint.requests)
    with pytest.raises(EndpointError):
        model.ask(MESSAGES, SCHEMA)
    assert len(endpoint.requests) == n_asked


def test_a_proxy_that_cannot_be_used_is_said(endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "nonsense://x")
    assert "cannot be asked" in failure(endpoint, completion("x")).message


def test_without_httpx_the_extra_is_named(endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "httpx", None)
    error = failure(endpoint, completion("x"))
    assert error.lasting
    assert error.hint == "pip install 'avgraph[llm]'"
