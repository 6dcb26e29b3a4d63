"""The SPARQL 1.1 Protocol: what a request asks, and who answers it (https://www.w3.org/TR/sparql11-protocol/)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from avgraph.graph.answering import DatasetChoice
from avgraph.web.limits import Limits
from avgraph.web.problems import Problem, ProblemError

__all__ = ["FORM", "Operation", "body_of", "media_type_of", "operation_of", "wrong_type"]

_CHARSET = re.compile(r";\s*charset\s*=\s*\"?([^\s;\"]*)")
_SHOWN = 200
FORM = "application/x-www-form-urlencoded"
_QUERY, _UPDATE = "application/sparql-query", "application/sparql-update"
_GRAPHS = {"query": ("default-graph-uri", "named-graph-uri"), "update": ("using-graph-uri", "using-named-graph-uri")}


@dataclass(frozen=True)
class Operation:
    """What a request asks for: ``"query"`` or ``"update"``, the text, the graphs it names, other parameters."""

    kind: str
    text: str
    dataset: DatasetChoice
    others: dict[str, str]


async def operation_of(request: Request, limits: Limits) -> Operation | None:
    """Return what a request asks for; None where it asks nothing (the service description is then wanted).

    Raises
    ------
    ProblemError
        If the request is not one of the protocol's.
    """
    try:
        told = parse_qsl(request.url.query, keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise _bad("The address is not UTF-8", "Encode the parameters as UTF-8, then percent-encode them.") from None
    if request.method in ("GET", "HEAD"):
        if any(name == "update" for name, _ in told):
            raise _bad("An update is sent by POST", "A GET changes nothing.")
        return _operation(told, None) if any(name == "query" for name, _ in told) else None
    media_type = media_type_of(request)
    body = await body_of(request, limits)
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise _bad(f"The body is not UTF-8 (byte {error.start})", "Send UTF-8.") from None
    if media_type == FORM:
        try:
            told += parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=1000)
        except UnicodeDecodeError:
            raise _bad("The form is not UTF-8", "Encode the values as UTF-8, then percent-encode them.") from None
        except ValueError:
            raise _bad("The form has too many fields", "Send at most 1,000.") from None
        return _operation(told, None)
    if media_type in (_QUERY, _UPDATE):
        return _operation(told, ("query" if media_type == _QUERY else "update", text))
    raise wrong_type(media_type, (FORM, _QUERY, _UPDATE))


def wrong_type(media_type: str, known: Sequence[str]) -> ProblemError:
    """Return the error of a body of a media type that is not taken."""
    detail = f"The body is {media_type or 'of no media type'}."
    return ProblemError(Problem(415, "media-type", "This is not how it is sent", detail, f"Send {', '.join(known)}."))


def _operation(told: list[tuple[str, str]], direct: tuple[str, str] | None) -> Operation:
    asked = [(name, value) for name, value in told if name in ("query", "update")]
    if direct is not None:
        asked.append(direct)
    if len(asked) != 1:
        what = "There is no query and no update" if not asked else "There is more than one query or update"
        raise _bad(what, "Send one: the parameter query, or update, once.")
    kind, text = asked[0]
    wrong = _GRAPHS["update" if kind == "query" else "query"]
    if named := next((name for name, _ in told if name in wrong), None):
        raise _bad(f"{named} is no parameter of {'a query' if kind == 'query' else 'an update'}", "Leave it out.")
    default, named_graphs = (tuple(value for name, value in told if name == graph) for graph in _GRAPHS[kind])
    known = {"query", "update", *_GRAPHS[kind]}
    others = {name: value for name, value in told if name not in known}
    return Operation(kind, text, DatasetChoice(default, named_graphs), others)


def media_type_of(request: Request) -> str:
    """Return the media type of the body in small letters, empty where it is not told.

    Raises
    ------
    ProblemError
        If its text is not UTF-8 (415).
    """
    told = request.headers.get("content-type", "").lower()
    for charset in _CHARSET.findall(told):
        if charset not in ("utf-8", "utf8"):
            detail = f"The body says it is {charset[:_SHOWN]}."
            raise ProblemError(Problem(415, "media-type", "Text is sent as UTF-8", detail, "Send UTF-8."))
    return told.partition(";")[0].strip()


async def body_of(request: Request, limits: Limits, *, writes: bool = False) -> bytes:
    """Return the body of a request; one who may write may send more, and take longer.

    Raises
    ------
    ProblemError
        If it is too large, or comes too slowly.
    """
    most = limits.max_written_bytes if writes else limits.max_body_bytes
    within_s = limits.write_s if writes else limits.body_s
    too_large = Problem(
        413, "too-large", "The request is too large", f"It may hold {most:,} bytes.", "Send it in parts."
    )
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > most:
        raise ProblemError(too_large)
    parts: list[bytes] = []
    n_bytes = 0
    try:
        async with asyncio.timeout(within_s):
            async for part in request.stream():
                parts.append(part)
                n_bytes += len(part)
                if n_bytes > most:
                    raise ProblemError(too_large)
    except TimeoutError:
        raise ProblemError(
            Problem(408, "slow", "The request came too slowly", f"It may take {within_s:g} seconds.")
        ) from None
    except ClientDisconnect:
        raise _bad("The request ended before its body did", "Send it again.") from None
    return b"".join(parts)


def _bad(detail: str, hint: str) -> ProblemError:
    return ProblemError(Problem(400, "request", "The request cannot be understood", f"{detail}.", hint))
