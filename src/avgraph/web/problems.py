"""Replies, and errors as RFC 9457 problem details."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from avgraph.errors import AvgraphError, NotFoundError, QueryError
from avgraph.graph.answering import TooLargeError

__all__ = ["FAULT", "PROBLEM_TYPE", "Problem", "ProblemError", "Reply", "problem_of", "problem_reply"]

PROBLEM_TYPE = "application/problem+json"

_TYPES = "https://w3id.org/avgraph/problem#"


@dataclass(frozen=True)
class Reply:
    """A response before it is sent: status, media type, body, further headers."""

    status: int
    media_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Problem:
    """A problem as a client is told of it.

    Attributes
    ----------
    status
        Of HTTP.
    name
        Short name of its kind, the end of the ``type`` IRI.
    title
        What is wrong, the same for every problem of the kind.
    detail
        What is wrong this time.
    hint
        What to do.
    more
        Further members, such as ``line`` and ``column``.
    headers
        Of the response.
    """

    status: int
    name: str
    title: str
    detail: str = ""
    hint: str = ""
    more: Mapping[str, object] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> bytes:
        """Return it as ``application/problem+json``."""
        members = {
            "type": _TYPES + self.name, "title": self.title, "status": self.status, "detail": self.detail,
            "hint": self.hint, **self.more,
        }  # fmt: skip
        return json.dumps({k: v for k, v in members.items() if v != ""}, ensure_ascii=False).encode()


class ProblemError(Exception):
    """A request cannot be answered; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail or problem.title)
        self.problem = problem


#: A fault of the program itself; what it was is logged, not told.
FAULT = Problem(
    500, "fault", "A fault of avgraph", "The request could not be answered.",
    "The server's log tells where the fault lies; please report it.",
)  # fmt: skip
_PLACE = re.compile(r"\bline (\d+), column (\d+)")


def problem_of(error: AvgraphError | ProblemError) -> Problem:
    """Return what a client is told of an error.

    >>> problem_of(NotFoundError("no entity named 'Nobody'")).status
    404
    """
    if isinstance(error, ProblemError):
        return error.problem
    status, name, title = 500, "store", "The graph cannot be read"
    if isinstance(error, TooLargeError):
        status, name, title = 413, "too-large", "The answer is too large"
    elif isinstance(error.__cause__, NotFoundError):  # what a query is about
        status, name, title = 404, "not-found", "There is no such thing"
    elif isinstance(error, QueryError):
        status, name, title = 400, "query", "The query cannot be answered"
    elif isinstance(error, NotFoundError):
        status, name, title = 404, "not-found", "There is no such thing"
    place = _PLACE.search(error.message)
    more = {"line": int(place[1]), "column": int(place[2])} if place else {}
    return Problem(status, name, title, error.message, error.hint or "", more)


def problem_reply(problem: Problem) -> Reply:
    """Return a problem as a reply."""
    return Reply(problem.status, PROBLEM_TYPE, problem.to_json(), tuple(problem.headers.items()))
