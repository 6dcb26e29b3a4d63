"""Dates that keep their precision: a year stays a year, "about" stays "about".

Dates are strings in a subset of EDTF level 1 (ISO 8601-2): ``2014``, ``2014-03``, ``2014-03-05``,
each with an optional trailing ``~`` for "about".
"""

from __future__ import annotations

import datetime as dt
import re

__all__ = ["is_partial_date", "parse_partial_date", "year_of"]

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?~?")
_NUMERIC = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")


def is_partial_date(text: str) -> bool:
    """Tell whether `text` is a date of this module's form that exists in the calendar.

    >>> is_partial_date("2014-02~"), is_partial_date("2014-02-30"), is_partial_date("14/2")
    (True, False, False)
    """
    match = _PARTIAL.fullmatch(text)
    if not match:
        return False
    year, month, day = (int(g) if g else 1 for g in match.groups())
    try:
        dt.date(year, month, day)
    except ValueError:
        return False
    return True


def parse_partial_date(text: str, *, day_first: bool = True) -> str | None:
    """Return the ISO form of a date written in digits, or None where it is not certain.

    Parameters
    ----------
    text
        ``2014``, ``2014-03-05``, ``16/10/2019``, ``5.3.2014``, ``20140305``, ``2014-03-05T10:00:00Z``,
        ``+2014-00-00T00:00:00Z`` (Wikidata: zero parts are unknown).
    day_first
        How ``05/03/2014`` is read; a part over 12 decides by itself.

    >>> parse_partial_date("16/10/2019"), parse_partial_date("2014"), parse_partial_date("spring")
    ('2019-10-16', '2014', None)
    """
    text = text.strip().lstrip("+")
    text = re.sub(r"[T ]\d{2}:.*$", "", text)
    text = re.sub(r"(-00)+$", "", text)
    if re.fullmatch(r"\d{8}", text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    if match := _NUMERIC.fullmatch(text):
        first, second, year = (int(g) for g in match.groups())
        day, month = (first, second) if (day_first or first > 12) and second <= 12 else (second, first)
        text = f"{year:04d}-{month:02d}-{day:02d}"
    return text if is_partial_date(text) else None


def year_of(date: str | None) -> int | None:
    """Return the year of a partial date, or None.

    >>> year_of("2014-03~"), year_of(None)
    (2014, None)
    """
    return int(date[:4]) if date and date[:4].isdecimal() else None
