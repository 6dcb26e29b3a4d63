"""Asking a chat-completions endpoint (OpenAI's API, spoken by most servers of language models) over HTTP.

The key comes from the environment, goes into one header of the request, and nowhere else: what the endpoint says is
cleared of it before anybody sees it.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from avgraph.endpoints import address_fault, chat_url, key_env_fault, model_fault, shown_address
from avgraph.errors import EndpointError
from avgraph.text import escaped, single_line

__all__ = ["KEY_ENV", "TIMEOUT_S", "Answer", "ChatEndpoint"]

#: Environment variable that holds the key unless another is named.
KEY_ENV = "AVGRAPH_LLM_KEY"
#: Seconds that one answer may take.
TIMEOUT_S = 120.0
#: Seconds between tries where the endpoint is busy or fails and does not say how long to wait.
_WAITS_S = (1.0, 2.0, 4.0)
#: No longer is waited, whatever the endpoint says.
_LONGEST_WAIT_S = 60.0
_CONNECT_S = 10.0
_LARGEST_ANSWER = 8_000_000
#: So many failures one after another are taken to last.
_PATIENCE = 3
#: Shorter keys are placeholders of servers that want none, and may be words.
_SHORTEST_KEY = 8
_BUSY = {408, 425, 429, 500, 502, 503, 504, 529}


@dataclass(frozen=True)
class Answer:
    """What a model wrote.

    Attributes
    ----------
    text
        Its words.
    cut_off
        Whether it was stopped before it had ended.
    """

    text: str
    cut_off: bool = False


@dataclass(frozen=True)
class _Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes


class _TryAgainError(Exception):
    """The endpoint may answer if asked again, `n_times` at most; if it does not, that is `lasting` or not."""

    def __init__(self, message: str, n_times: int, wait_s: float | None = None, *, lasting: bool = False) -> None:
        super().__init__(message)
        self.n_times = n_times
        self.wait_s = wait_s
        self.lasting = lasting


class ChatEndpoint:
    """A language model behind an address.

    Parameters
    ----------
    address
        Such as ``https://api.openai.com/v1`` or ``http://localhost:11434/v1``; ``/chat/completions`` is added.
    model
        What the endpoint calls the model.
    key_env
        Name of the environment variable with the key; by default :data:`KEY_ENV`, which may be unset where the
        endpoint wants no key.
    timeout_s
        Seconds that one answer may take.
    sleep
        How to wait.

    Raises
    ------
    EndpointError
        If the address, the model's name or that of the variable cannot be one.
    """

    def __init__(
        self, address: str, model: str, *, key_env: str | None = None, timeout_s: float = TIMEOUT_S,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:  # fmt: skip
        if fault := address_fault(address):
            hint = f"give one like http://localhost:11434/v1; a key belongs in the environment variable {KEY_ENV}"
            raise EndpointError(f"the endpoint's address {fault}", hint, lasting=True)
        if fault := model_fault(model):
            raise EndpointError(f"the model's name {fault}", "give the name that the endpoint knows", lasting=True)
        if key_env is not None and (fault := key_env_fault(key_env)):
            hint = "give the name of the variable that holds the key, not the key"
            raise EndpointError(f"key_env {fault}", hint, lasting=True)
        self.address = address
        self.model = model
        self.location = shown_address(address)
        self._url = chat_url(address)
        self._key_env = key_env
        self._timeout_s = timeout_s
        self._sleep = sleep
        self._refused: set[str] = set()
        self._n_failures = 0
        self._closed: EndpointError | None = None

    def ask(self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any]) -> Answer:
        """Return the model's answer.

        Where the endpoint refuses ``response_format`` or ``temperature``, it is asked without them, then and later.

        Parameters
        ----------
        messages
            Role and content of each.
        schema
            JSON schema of the answer, which the endpoint may heed or not.

        Raises
        ------
        EndpointError
            If there is no answer. Once such an error is `lasting`, it is raised again without asking.
        """
        if self._closed is not None:
            raise self._closed
        try:
            answer = self._ask(messages, schema)
        except EndpointError as error:
            self._n_failures += 1
            error.lasting = error.lasting or self._n_failures >= _PATIENCE
            self._closed = error if error.lasting else None
            raise
        self._n_failures = 0
        return answer

    def _ask(self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any]) -> Answer:
        key = self._key()
        options = {
            "response_format": {
                "type": "json_schema", "json_schema": {"name": "facts", "strict": True, "schema": schema},
            },
            "temperature": 0,
        }  # fmt: skip
        refused = self._refused
        while True:
            sent = {name: value for name, value in options.items() if name not in refused}
            body = json.dumps({"model": self.model, "messages": list(messages), "stream": False, **sent})
            reply = self._patiently(body.encode("ascii"), key)
            if reply.status not in (400, 422) or not sent:
                break
            reason = _reason(reply.body, key)
            refused = refused | ({name for name in sent if name in reason} or {next(iter(sent))})
        if not 200 <= reply.status < 300:
            raise self._failure(reply, key)
        self._refused = refused
        try:
            return _answer(reply.body, key)
        except ValueError as error:
            hint = "is this the address of a chat-completions endpoint, and the model one that chats?"
            raise EndpointError(str(error), hint, self.location) from None

    def _key(self) -> str:
        name = self._key_env or KEY_ENV
        key = os.environ.get(name, "").strip()
        if not key and self._key_env:
            hint = f"put the endpoint's key into it: export {name}=…"
            raise EndpointError(f"the environment variable {name} is not set", hint, self.location, lasting=True)
        if not key.isascii() or not key.isprintable():
            message = f"the environment variable {name} holds what no key can be"
            raise EndpointError(message, "it has line breaks or letters beyond ASCII", self.location, lasting=True)
        return key

    def _patiently(self, body: bytes, key: str) -> _Reply:
        """Return the endpoint's reply; where it is busy or fails, wait and ask again, a few times."""
        n_tries = 0
        while True:
            try:
                return self._send(body, key)
            except _TryAgainError as error:
                wait_s = error.wait_s if error.wait_s is not None else _WAITS_S[min(n_tries, len(_WAITS_S) - 1)]
                n_tries += 1
                message = str(error)
                if wait_s > _LONGEST_WAIT_S:
                    hint = f"it asks to wait {wait_s:.0f} s: run this again then"
                    raise EndpointError(message, hint, self.location, lasting=True) from None
                if n_tries > error.n_times:
                    message += f" ({n_tries} tries)" if n_tries > 1 else ""
                    hint = "is the server running, and the address right? A slow model needs a longer time-out"
                    raise EndpointError(message, hint, self.location, lasting=error.lasting) from None
                self._sleep(wait_s)

    def _send(self, body: bytes, key: str) -> _Reply:
        try:
            import httpx
        except ImportError:
            hint = "pip install 'avgraph[llm]'"
            raise EndpointError("asking an endpoint needs httpx", hint, self.location, lasting=True) from None
        headers = {"Content-Type": "application/json", "Accept": "application/json", "Accept-Encoding": "identity"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        timeout = httpx.Timeout(self._timeout_s, connect=min(_CONNECT_S, self._timeout_s))
        deadline = time.monotonic() + self._timeout_s
        parts: list[bytes] = []
        size = 0
        late = f"no answer within {self._timeout_s:g} s"
        try:
            with (
                httpx.Client(timeout=timeout) as client,
                client.stream("POST", self._url, content=body, headers=headers) as response,
            ):
                for part in response.iter_bytes():
                    size += len(part)
                    if size > _LARGEST_ANSWER:
                        raise EndpointError(f"an answer of more than {_LARGEST_ANSWER} bytes", None, self.location)
                    if time.monotonic() > deadline:
                        raise _TryAgainError(late, 1)
                    parts.append(part)
        except httpx.ConnectError as error:
            message = f"the endpoint cannot be reached: {_brief(str(error), key)}"
            raise _TryAgainError(message, 1, lasting=True) from None
        except httpx.TimeoutException:
            raise _TryAgainError(late, 1) from None
        except httpx.TransportError as error:
            raise _TryAgainError(f"the connection broke: {_brief(str(error), key)}", 1) from None
        except (httpx.HTTPError, httpx.InvalidURL, ImportError, OSError, ValueError) as error:
            hint = "check the address, and the proxy and certificate settings of the environment"
            message = f"the endpoint cannot be asked: {_brief(str(error), key)}"
            raise EndpointError(message, hint, self.location, lasting=True) from None
        reply = _Reply(response.status_code, response.headers, b"".join(parts))
        if reply.status in _BUSY:
            message = f"the endpoint is busy or fails ({reply.status}): {_reason(reply.body, key)}"
            raise _TryAgainError(message.rstrip(": "), len(_WAITS_S), _retry_after(reply.headers.get("Retry-After")))
        return reply

    def _failure(self, reply: _Reply, key: str) -> EndpointError:
        """Return the error of a status that asking again does not change."""
        reason = _reason(reply.body, key)
        said = f": {reason}" if reason else ""
        name = self._key_env or KEY_ENV
        if reply.status in (401, 403):
            state = "its key is refused" if key else "it wants a key"
            hint = f"put a valid key into the environment variable {name}"
            return EndpointError(f"{state} ({reply.status}){said}", hint, self.location, lasting=True)
        if reply.status in (404, 405, 410):
            message = f"no chat completions of the model {self.model!r} there ({reply.status}){said}"
            return EndpointError(message, "check the address and the model's name", self.location, lasting=True)
        if 300 <= reply.status < 400:
            message = f"the endpoint sends on to another address ({reply.status})"
            return EndpointError(message, "give the address that it ends at", self.location, lasting=True)
        hint = "see what it says; a shorter article or another model may do"
        return EndpointError(f"the endpoint refuses ({reply.status}){said}", hint, self.location)


def _answer(body: bytes, key: str) -> Answer:
    """Return the answer in the body of a reply; ValueError tells what the body is instead."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError("the endpoint does not answer in JSON") from None
    if isinstance(data, dict) and data.get("error"):
        raise ValueError(f"the endpoint answers with an error: {_reason(body, key)}")
    try:
        choice = data["choices"][0]
        content, refusal = choice["message"]["content"], choice["message"].get("refusal")
    except (TypeError, KeyError, IndexError, AttributeError):
        raise ValueError("the endpoint's answer is no chat completion") from None
    if isinstance(content, list):
        content = "".join(p["text"] for p in content if isinstance(p, dict) and isinstance(p.get("text"), str))
    if not isinstance(content, str) or not content.strip():
        refused = isinstance(refusal, str) and refusal
        raise ValueError(f"the model refuses: {_brief(refusal, key)}" if refused else "the model's answer is empty")
    return Answer(_without(content, key), choice.get("finish_reason") == "length")


def _reason(body: bytes, key: str) -> str:
    """Return the endpoint's own words about a failure, on one line; nothing of a page in HTML."""
    with suppress(ValueError, RecursionError):
        data = json.loads(body)
        for name in ("error", "message", "detail"):
            if isinstance(data, dict) and data.get(name):
                data = data[name]
        return _brief(data if isinstance(data, str) else json.dumps(data), key)
    text = body.decode("utf-8", "replace").strip()
    return "" if text.startswith("<") else _brief(text, key)


def _brief(text: str, key: str) -> str:
    return escaped(single_line(_without(text, key)))[:300]


def _without(text: str, key: str) -> str:
    return text.replace(key, "***") if len(key) >= _SHORTEST_KEY else text


def _retry_after(value: str | None) -> float | None:
    """Return the seconds to wait that a Retry-After header tells (RFC 9110, section 10.2.3), or None."""
    if not value:
        return None
    if value.strip().isdecimal():
        return float(value)
    with suppress(ValueError, OverflowError):
        when = parsedate_to_datetime(value)
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        return max(0.0, (when - datetime.now(UTC)).total_seconds())
    return None
