"""From a request to what a page is asked."""

from __future__ import annotations

from starlette.requests import Request

from avgraph.web.linkeddata import raw_path
from avgraph.web.pages.asked import LANGUAGES, Asked
from avgraph.web.service import Service

__all__ = ["COOKIE", "asked_of"]

#: Keeps the language that was chosen.
COOKIE = "language"


def asked_of(request: Request, service: Service, *, may_write: bool = False, keeps_empty: bool = False) -> Asked:
    """Return what a request asks of a page.

    A field of a form that is left empty is not asked for; programs mean what they say (`keeps_empty`).
    """
    told = tuple(
        (name, value) for name, value in request.query_params.multi_items() if name != "lang" and (value or keeps_empty)
    )
    return Asked(raw_path(request), told, _language(request), service.origin(request), may_write)


def _language(request: Request) -> str:
    """Return the language that the address, an earlier choice or the browser asks for, in this order."""
    for told in (request.query_params.get("lang"), request.cookies.get(COOKIE)):
        if told in LANGUAGES:
            return told
    for part in request.headers.get("accept-language", "").lower().split(","):
        code = part.partition(";")[0].strip().partition("-")[0]
        if code in LANGUAGES:
            return code
    return LANGUAGES[0]
