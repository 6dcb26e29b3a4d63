"""Who writes through pages: a cookie that only the server can make, and a word in each form that other sites lack."""

from __future__ import annotations

import hashlib
import hmac
import time

from starlette.requests import Request
from starlette.responses import Response

from avgraph.web.problems import Problem, ProblemError
from avgraph.web.service import Service

__all__ = ["check_form", "form_word", "is_known", "open_session"]

_COOKIE = "session"
_LASTS_S = 12 * 3600


def _sign(token: str, text: str) -> str:
    return hmac.new(token.encode(), text.encode(), hashlib.sha256).hexdigest()


def open_session(service: Service, told: str, response: Response) -> bool:
    """Give who knows the token a cookie that lasts for twelve hours; return whether it was right."""
    token = service.settings.token
    if token is None or not hmac.compare_digest(told.encode("utf-8", "replace"), token.encode()):
        return False
    until = str(int(time.time()) + _LASTS_S)
    response.set_cookie(
        _COOKIE, f"{until}.{_sign(token, 'session ' + until)}", max_age=_LASTS_S, httponly=True, samesite="strict",
        secure=service.settings.address.startswith("https:"),
    )  # fmt: skip
    return True


def is_known(request: Request, service: Service) -> bool:
    """Tell whether a request comes with a cookie that is still good."""
    token = service.settings.token
    until, _, signed = request.cookies.get(_COOKIE, "").partition(".")
    if token is None or not until.isascii() or not until.isdigit() or int(until) < time.time():
        return False
    return hmac.compare_digest(signed.encode("utf-8", "replace"), _sign(token, "session " + until).encode())


def form_word(request: Request, service: Service) -> str:
    """Return what a form must send along: it belongs to the session, and no other site can know it."""
    token = service.settings.token
    return _sign(token, "form " + request.cookies.get(_COOKIE, "")) if token is not None else ""


def check_form(request: Request, service: Service, word: str) -> None:
    """Let only forms of our own pages pass, sent by who is known.

    Raises
    ------
    ProblemError
        If nobody may write, the session is over, or the form is not ours (403).
    """
    origin = request.headers.get("origin")
    if service.settings.token is None:
        raise ProblemError(Problem(403, "read-only", "This server is read-only", "", "avgraph serve --writable"))
    right = form_word(request, service)
    is_ours = hmac.compare_digest(word.encode("utf-8", "replace"), right.encode())
    if origin not in (None, service.origin(request)) or not is_known(request, service) or not is_ours:
        raise ProblemError(Problem(403, "session", "You are not known, or no longer", "", "Log in again: /login"))
