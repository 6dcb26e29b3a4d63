"""HTTP as servers of graphs speak it: credentials from the environment, patience, and faults in plain words.

Credentials come from ``AVGRAPH_USER`` and ``AVGRAPH_PASSWORD`` (basic authentication, or digest with
``AVGRAPH_AUTH=digest``), or from ``AVGRAPH_TOKEN`` (a bearer token). They never appear in messages.
"""

from __future__ import annotations

import http.client
import os
import re
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import IO, Any
from urllib import request as urllib_request
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit, urlunsplit

from avgraph.endpoints import address_fault, shown_address
from avgraph.errors import StoreError
from avgraph.text import single_line

__all__ = ["RETRIED", "Answer", "Client", "Login", "RefusedError", "pause_s", "sound_address"]

#: Statuses after which the same request may succeed a little later.
RETRIED = frozenset({429, 502, 503, 504})
_LONGEST_PAUSE_S = 30.0
_MOST_PATIENCE_S = 120.0
_IN_MEMORY = 16 * 2**20
_SHOWN = 300
_CUT = (http.client.HTTPException, ConnectionError)


class RefusedError(StoreError):
    """The server answered, but not with what was asked for.

    Parameters
    ----------
    message, hint, where, place
        As of every error.
    status
        HTTP status of the answer.
    """

    def __init__(self, message: str, hint: str | None, where: str, status: int) -> None:
        super().__init__(message, hint, where)
        self.status = status


@dataclass(frozen=True)
class Login:
    """Who asks; nothing of it is shown by ``repr``.

    Attributes
    ----------
    user, password
        Of basic or digest authentication.
    token
        Bearer token; goes before user and password.
    digest
        Whether the server wants digest authentication (RFC 7616; MD5 or SHA as Python's library has it).
    """

    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    digest: bool = False

    @classmethod
    def from_environment(cls, user: str | None = None, password: str | None = None) -> Login:
        """Return the login the environment holds; `user` and `password` where it holds none."""
        return cls(
            os.environ.get("AVGRAPH_USER") or user,
            os.environ.get("AVGRAPH_PASSWORD") or password,
            os.environ.get("AVGRAPH_TOKEN") or None,
            os.environ.get("AVGRAPH_AUTH", "").strip().lower() == "digest",
        )

    @property
    def known(self) -> bool:
        """Whether there is anything to log in with."""
        return bool(self.token or (self.user and self.password))

    def header(self) -> str | None:
        """Return the header of bearer or basic authentication; None for digest, which answers a challenge."""
        if self.token:
            return f"Bearer {self.token}"
        if not (self.user and self.password) or self.digest:
            return None
        return "Basic " + b64encode(f"{self.user}:{self.password}".encode()).decode("ascii")

    def hidden(self, text: str) -> str:
        """Return `text` without the secrets, should a server repeat them."""
        for secret in (self.password, self.token):
            text = text.replace(secret, "***") if secret else text
        return text


@dataclass
class Answer:
    """A complete answer: `body` is a file at its beginning, its length known to be what was announced."""

    status: int
    headers: Mapping[str, str]
    body: IO[bytes]

    def text(self) -> str:
        """Return the body as text."""
        return self.body.read().decode("utf-8", "replace")


def sound_address(url: str, what: str = "an endpoint") -> str:
    """Return `url` if it is a web address without a login.

    Raises
    ------
    StoreError
        If not; the message holds nothing of the address, which may hold a password.
    """
    fault = address_fault(url)
    if fault == "holds a user name or password":
        raise StoreError(
            f"the address of {what} {fault}", "give them by AVGRAPH_USER and AVGRAPH_PASSWORD in the environment"
        )
    if fault:
        raise StoreError(f"that is not the address of {what}: it {fault}", "give one like https://example.org/sparql")
    return url


def pause_s(attempt: int, retry_after: str | None = None) -> float:
    """Return how many seconds to wait before the next attempt: what the server says, else twice as long each time.

    >>> pause_s(0), pause_s(1), pause_s(9), pause_s(0, "7")
    (0.5, 1.0, 30.0, 7.0)
    """
    if retry_after and retry_after.strip().isdigit():
        return float(retry_after)
    if retry_after:
        with suppress(ValueError, TypeError):
            return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time())
    return float(min(_LONGEST_PAUSE_S, 0.5 * 2**attempt))


class _Connection(http.client.HTTPConnection):
    """A connection that still reads what a server says which closes before it has read all (401, 413)."""

    def request(self, *args: Any, **kwargs: Any) -> None:
        with suppress(BrokenPipeError, ConnectionResetError):
            super().request(*args, **kwargs)


class _SafeConnection(_Connection, http.client.HTTPSConnection):
    pass


class _Http(urllib_request.HTTPHandler):
    def http_open(self, req: urllib_request.Request) -> http.client.HTTPResponse:
        return self.do_open(_Connection, req)


class _Https(urllib_request.HTTPSHandler):
    def https_open(self, req: urllib_request.Request) -> http.client.HTTPResponse:
        return self.do_open(_SafeConnection, req, context=self._context)  # type: ignore[attr-defined]


class _Stay(urllib_request.HTTPRedirectHandler):
    """Follows no redirect: credentials and data go to the address given and to no other."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


class Client:
    """Asks one server, and asks again where it is busy or the connection is cut.

    Parameters
    ----------
    login
        Who asks; by default what the environment holds.
    timeout_s
        Seconds without a byte after which an answer is given up.
    n_tries
        How often a request is sent at most.
    wait
        Waits some seconds.
    """

    def __init__(
        self,
        login: Login | None = None,
        timeout_s: float = 300.0,
        n_tries: int = 5,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self.login = login or Login.from_environment()
        self._timeout_s = timeout_s
        self._n_tries = n_tries
        self._wait = wait
        self._opener = urllib_request.build_opener(_Http, _Https, _Stay)
        self._passwords = urllib_request.HTTPPasswordMgrWithDefaultRealm()
        self._digest = urllib_request.HTTPDigestAuthHandler(self._passwords)
        self._challenges: dict[str, dict[str, str]] = {}

    def send(self, method: str, url: str, body: bytes | None = None, **headers: str) -> Answer:
        """Send a request and return the answer; an underscore in the name of a header stands for a hyphen.

        Raises
        ------
        RefusedError
            If the answer is an error.
        StoreError
            If the server cannot be reached, or the connection is cut again and again.
        """
        named = {"User-Agent": "avgraph", **{k.replace("_", "-"): v for k, v in headers.items()}}
        for attempt in range(self._n_tries):
            last = attempt + 1 == self._n_tries
            try:
                return self._once(method, url, body, named)
            except HTTPError as error:
                pause = pause_s(attempt, error.headers.get("Retry-After"))
                if error.code not in RETRIED or last or pause > _MOST_PATIENCE_S:
                    raise self._refusal(error, url, pause) from None
            except (*_CUT, URLError) as error:
                reason = getattr(error, "reason", error)
                if last or not isinstance(reason, _CUT) or isinstance(reason, ConnectionRefusedError):
                    raise _unreached(reason, url) from None
                pause = pause_s(attempt)
            except TimeoutError as error:
                raise _unreached(error, url) from None
            self._wait(pause)
        raise AssertionError("the last attempt returns or raises")

    def _once(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        request = urllib_request.Request(url, body, dict(headers), method=method)
        if not self.login.digest or self.login.token or not self.login.known:
            return self._opened(request)
        # Asked for first: a server that wants a login may close before it has read a long body.
        known = self._place(url) in self._challenges
        for fresh in (not known, True):
            if fresh:
                self._challenge(url)
            try:
                return self._opened(request)
            except HTTPError as error:
                if error.code != 401 or fresh:
                    raise
                error.close()  # the nonce has grown old
        raise AssertionError("a fresh challenge returns or raises")

    def _opened(self, request: urllib_request.Request) -> Answer:
        header = self.authorization(request.get_method(), request.full_url, request)
        if header:
            request.add_unredirected_header("Authorization", header)
        with self._opener.open(request, timeout=self._timeout_s) as response:
            body: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - the reader closes it
            while block := response.read(2**18):
                body.write(block)
            if response.length:
                raise http.client.IncompleteRead(b"", response.length)
            body.seek(0)
            return Answer(response.status, response.headers, body)

    @staticmethod
    def _place(url: str) -> str:
        return urlunsplit((*urlsplit(url)[:3], "", ""))

    def _challenge(self, url: str) -> None:
        """Ask without a login, so that the server says what a digest is to be made of."""
        place = self._place(url)
        self._challenges.pop(place, None)
        request = urllib_request.Request(url, headers={"User-Agent": "avgraph"}, method="GET")
        try:
            self._opener.open(request, timeout=self._timeout_s).close()
        except HTTPError as error:
            told = [h for h in error.headers.get_all("WWW-Authenticate", []) if h.lower().startswith("digest")]
            error.close()
            if error.code in RETRIED:
                raise
            if told:
                words = urllib_request.parse_http_list(told[0].partition(" ")[2])
                self._challenges[place] = urllib_request.parse_keqv_list(words)

    def authorization(self, method: str, url: str, request: urllib_request.Request | None = None) -> str | None:
        """Return the ``Authorization`` header of a request, None where there is none."""
        login = self.login
        if login.token or not login.digest or not login.known:
            return login.header()
        place = self._place(url)
        if request is None and place not in self._challenges:
            self._challenge(url)
        challenge = self._challenges.get(place)
        if challenge is None:
            return None
        self._passwords.add_password(None, place, login.user or "", login.password or "")
        asked = request or urllib_request.Request(url, method=method)
        try:
            made = self._digest.get_authorization(asked, challenge)
        except ValueError:  # an algorithm that Python's library lacks
            made = None
        if not made:
            raise StoreError("the server wants a kind of digest that is not supported", where=shown_address(url))
        return f"Digest {made}"

    def _refusal(self, error: HTTPError, url: str, pause: float) -> RefusedError:
        with error:
            try:
                said = error.read(20_000).decode("utf-8", "replace")
            except (OSError, http.client.HTTPException):
                said = ""
        said = self.login.hidden(single_line(re.sub(r"<[^>]*>", " ", said)))[:_SHOWN]
        message, hint = self._meaning(error, said, pause)
        return RefusedError(message, hint, shown_address(url), error.code)

    def _meaning(self, error: HTTPError, said: str, pause: float) -> tuple[str, str | None]:
        code = error.code
        if code == 401 and self.login.known:
            wants = error.headers.get("WWW-Authenticate", "").lower()
            if wants.startswith("digest") and not self.login.digest:
                return "the server wants digest authentication (401)", "set AVGRAPH_AUTH=digest"
            return "the server refuses the login (401)", "check AVGRAPH_USER and AVGRAPH_PASSWORD, or AVGRAPH_TOKEN"
        if code == 401:
            return "the server wants a login (401)", "set AVGRAPH_USER and AVGRAPH_PASSWORD, or AVGRAPH_TOKEN"
        if code == 403:
            return f"the server does not allow that (403): {said}", "the user needs the right to write there"
        if code == 404:
            return "nothing answers at that address (404)", "check the path of the address"
        if 300 <= code < 400:
            elsewhere = shown_address(error.headers.get("Location") or "")
            return f"the server sends elsewhere ({code})", f"give the address it names: {elsewhere}"
        if code in RETRIED and pause > _MOST_PATIENCE_S:
            return f"the server is busy ({code})", f"it asks to come back in {pause:,.0f} seconds"
        return f"the server answered with an error ({code}): {said}", None


def _unreached(reason: object, url: str) -> StoreError:
    if isinstance(reason, ConnectionRefusedError | OSError) and not isinstance(reason, ConnectionError | TimeoutError):
        text: object = getattr(reason, "strerror", None) or reason
    else:
        text = {"IncompleteRead": "the answer was cut short"}.get(type(reason).__name__, reason)
    if isinstance(reason, ConnectionRefusedError):
        text = "connection refused"
    hint = "is the server running, and the address right?"
    return StoreError(f"the server cannot be reached: {text}", hint, shown_address(url))
