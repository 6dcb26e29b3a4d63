"""Somebody else's SPARQL endpoint, asked politely: one request at a time, a pause between them, and patience.

The rules are those that public endpoints ask of programs (Wikimedia's User-Agent policy and robot policy): a name and a
way to reach whoever runs it, no parallel requests, ``Retry-After`` honoured, ever longer waits after a failure.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from urllib.error import HTTPError, URLError

from SPARQLWrapper import JSON, POST, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import SPARQLWrapperException

from avgraph._version import __version__
from avgraph.endpoints import address_fault, shown_address
from avgraph.errors import StoreError

__all__ = ["Binding", "PoliteEndpoint", "SlowAnswerError", "user_agent"]

#: One row of an answer: variable → its RDF term as in SPARQL 1.1 Query Results JSON; unbound ones are missing.
Binding = dict[str, dict[str, str]]

_MAX_TRIES = 6
_FIRST_WAIT_S = 2.0
_LONGEST_WAIT_S = 60.0
#: Somebody who asks us to wait longer than this is asked again another day.
_MOST_PATIENCE_S = 900.0
_TOO_BUSY = (429, 502, 503)
_TOO_SLOW = (408, 504)
#: What endpoints write into an answer with status 500 when a query ran too long.
_TIMEOUT_WORDS = ("TimeoutException", "timed out", "timeout", "QueryTimeout")


class SlowAnswerError(StoreError):
    """The endpoint gave up on a query, or did not answer in time: ask for less at once."""


def user_agent(contact: str | None = None) -> str:
    """Return how avgraph introduces itself.

    >>> user_agent("ada@example.org").split("/")[0], "ada@example.org" in user_agent("ada@example.org")
    ('avgraph', True)
    """
    return f"avgraph/{__version__} ({contact or 'https://w3id.org/avgraph'}) SPARQLWrapper"


class PoliteEndpoint:
    """A public endpoint.

    Parameters
    ----------
    url
        Where queries are asked; no user name or password belongs into it, and none is ever sent.
    contact
        Mail address or page of whoever asks, for the User-Agent.
    pause_s
        Least time between the end of an answer and the next request.
    timeout_s
        How many whole seconds an answer is waited for.
    sleep, clock
        Stand in for time in tests.

    Attributes
    ----------
    n_requests
        How many were made, repeated ones included.

    Raises
    ------
    StoreError
        If `url` is no address, or holds a password.
    """

    def __init__(
        self,
        url: str,
        contact: str | None = None,
        *,
        pause_s: float = 1.0,
        timeout_s: int = 70,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if fault := address_fault(url):
            raise StoreError(f"the address of the endpoint {fault}", "give one like https://example.org/sparql")
        self.location = shown_address(url)
        self.n_requests = 0
        self._url = url
        self._agent = user_agent(contact)
        self._pause_s = pause_s
        self._timeout_s = timeout_s
        self._sleep = sleep
        self._clock = clock
        self._free_at = float("-inf")
        # Not for secrets: two programs that failed together shall not come back together.
        self._jitter = random.Random()

    def select(self, sparql: str) -> list[Binding]:
        """Answer a SELECT query; whatever may pass is tried again.

        Raises
        ------
        SlowAnswerError
            If the endpoint says, or shows, that the query takes too long.
        StoreError
            If it refuses the query, cannot be reached, or goes on failing.
        """
        for tried in range(1, _MAX_TRIES + 1):
            self._sleep_until(self._free_at)
            try:
                bindings = self._ask(sparql)
            except _PassingError as failure:
                if tried == _MAX_TRIES:
                    raise StoreError(
                        f"the endpoint failed {tried} times: {failure}",
                        "run this again later: what was answered is kept",
                        self.location,
                    ) from failure
                self._free_at = self._clock() + self._wait_s(tried, failure.retry_after_s)
                continue
            finally:
                self._free_at = max(self._free_at, self._clock() + self._pause_s)
            return bindings
        raise AssertionError("the last try returns or raises")

    def _wait_s(self, tried: int, asked_s: float | None) -> float:
        if asked_s is None:
            doubled = min(_FIRST_WAIT_S * 2.0 ** (tried - 1), _LONGEST_WAIT_S)
            return max(self._pause_s, doubled * self._jitter.uniform(0.75, 1.25))
        if asked_s > _MOST_PATIENCE_S:
            raise StoreError(
                f"the endpoint asks to be left alone for {asked_s / 60:.0f} minutes",
                "run this again then: what was answered is kept",
                self.location,
            )
        return max(self._pause_s, asked_s)

    def _sleep_until(self, moment: float) -> None:
        if (wait := moment - self._clock()) > 0:
            self._sleep(wait)

    def _ask(self, sparql: str) -> list[Binding]:
        client = SPARQLWrapper(self._url, agent=self._agent)
        client.setMethod(POST)
        client.setTimeout(self._timeout_s)
        client.setReturnFormat(JSON)
        client.setOnlyConneg(True)
        client.setQuery(sparql)
        self.n_requests += 1
        try:
            body = client.query().response.read()
        except (HTTPError, SPARQLWrapperException) as error:
            raise self._fault(error) from error
        except TimeoutError as error:
            raise SlowAnswerError("no answer in time", where=self.location) from error
        except URLError as error:
            if isinstance(error.reason, TimeoutError):
                raise SlowAnswerError("no answer in time", where=self.location) from error
            raise _PassingError(str(error.reason)) from error
        except (ConnectionError, HTTPException) as error:
            raise _PassingError(f"the connection was cut ({type(error).__name__})") from error
        return self._bindings(body)

    def _bindings(self, body: bytes) -> list[Binding]:
        try:
            bindings: list[Binding] = json.loads(body)["results"]["bindings"]
        except (ValueError, KeyError, TypeError) as error:
            text = body.decode("utf-8", "replace")
            # Some endpoints begin an answer with status 200 and end it with the trace of a time-out.
            if any(word in text[-10_000:] for word in _TIMEOUT_WORDS):
                raise SlowAnswerError("the query ran too long", where=self.location) from error
            if text.lstrip().startswith("{"):
                raise _PassingError("the answer was cut off") from error
            raise StoreError(
                "the server did not answer with SPARQL results", "is this the query endpoint?", self.location
            ) from error
        return bindings

    def _fault(self, error: Exception) -> Exception:
        """Return what an HTTP status means: SPARQLWrapper hides it for some behind classes of its own."""
        answer = error if isinstance(error, HTTPError) else error.__context__
        status = answer.code if isinstance(answer, HTTPError) else 0
        retry_after = answer.headers.get("Retry-After") if isinstance(answer, HTTPError) else None
        words = " ".join(str(error).split("Response:\n", 1)[-1].replace("\\n", " ").split())
        words = words[2:-1] if words.startswith(("b'", 'b"')) else words  # SPARQLWrapper shows bytes as Python does
        if status in _TOO_SLOW or (status == 500 and any(word in words for word in _TIMEOUT_WORDS)):
            return SlowAnswerError(f"the query ran too long (HTTP {status})", where=self.location)
        if status in _TOO_BUSY or status >= 500:
            return _PassingError(f"HTTP {status}", _seconds(retry_after))
        if status == 404:
            return StoreError("no SPARQL endpoint there (404)", "check the path of the address", self.location)
        if status in (401, 403):
            hint = "give a contact (--contact), or ask whoever runs it"
            return StoreError(f"the endpoint refuses avgraph (HTTP {status})", hint, self.location)
        return StoreError(f"the server refused the query (HTTP {status}): {words[:300]}", where=self.location)


class _PassingError(Exception):
    """A failure that may be over when it is tried again."""

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


def _seconds(retry_after: str | None) -> float | None:
    """Return what ``Retry-After`` asks for, in seconds or as a date (RFC 9110, section 10.2.3)."""
    if not retry_after:
        return None
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
