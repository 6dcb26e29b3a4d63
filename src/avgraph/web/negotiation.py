"""Which of several forms of a resource a client prefers (RFC 9110, 12.5)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from avgraph.web.problems import Problem, ProblemError

__all__ = ["accepts_gzip", "choose", "preferred"]

_SHOWN = 200
_PART = re.compile(r"\s*([\w!#$&^.+*-]+/[\w!#$&^.+*-]+)\s*((?:;[^,]*)?)\s*")
_QUALITY = re.compile(r";\s*q\s*=\s*([0-9.]+)", re.IGNORECASE)


@dataclass(frozen=True)
class _Range:
    type: str
    quality: float

    def fits(self, media_type: str) -> int:
        """Return how precisely it names a media type: 3 the type itself, 1 any, 0 not at all."""
        if self.type == media_type:
            return 3
        head, _, tail = self.type.partition("/")
        if tail == "*" and (head == "*" or media_type.startswith(f"{head}/")):
            return 1 if head == "*" else 2
        return 0


def _ranges(accept: str) -> list[_Range]:
    found = []
    for part in accept.split(","):
        if match := _PART.fullmatch(part):
            quality = _QUALITY.search(match[2])
            try:
                value = min(1.0, float(quality[1])) if quality else 1.0
            except ValueError:
                value = 0.0
            found.append(_Range(match[1].lower(), value))
    return found


def preferred(accept: str, offered: Sequence[str]) -> str | None:
    """Return the media type of `offered` that a client likes best, None where it likes none.

    Of equally liked ones the first that is offered; an empty header likes all.

    >>> preferred("text/csv;q=0.5, application/json", ("text/csv", "application/json"))
    'application/json'
    >>> preferred("text/*, */*;q=0.1", ("application/json", "text/csv"))
    'text/csv'
    """
    ranges = _ranges(accept)
    if not ranges:
        return offered[0]
    best, best_quality = None, 0.0
    for media_type in offered:
        fitting = max((r for r in ranges if r.fits(media_type)), key=lambda r: r.fits(media_type), default=None)
        if fitting is not None and fitting.quality > best_quality:
            best, best_quality = media_type, fitting.quality
    return best


def choose(accept: str, offered: Sequence[str]) -> str:
    """Return what :func:`preferred` does.

    Raises
    ------
    ProblemError
        If there is nothing that the client accepts (406); it is told what there is.
    """
    found = preferred(accept, offered)
    if found is None:
        there_is = list(dict.fromkeys(offered))
        detail, hint = f"There is none of {accept[:_SHOWN]!r}.", f"There is: {', '.join(there_is)}"
        problem = Problem(406, "not-acceptable", "There is no such form", detail, hint, {"available": there_is})
        raise ProblemError(problem)
    return found


def accepts_gzip(header: str) -> bool:
    """Return whether an Accept-Encoding header takes gzip.

    >>> accepts_gzip("deflate, gzip;q=0.8"), accepts_gzip("gzip;q=0"), accepts_gzip("")
    (True, False, False)
    """
    for part in header.split(","):
        name, _, rest = part.partition(";")
        if name.strip().lower() in ("gzip", "*"):
            quality = _QUALITY.search(";" + rest)
            return quality is None or quality[1].strip("0.") != ""
    return False
