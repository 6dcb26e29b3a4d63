"""Values of cells: numbers, shares, years and dates, read only where they can be read in one way."""

from __future__ import annotations

import re

from avgraph.dates import is_partial_date, parse_partial_date

__all__ = ["parse_date", "parse_duration", "parse_number", "parse_percent", "plain_number"]

_SPACES = "  \u00a0\u2007\u2009\u202f'’"
_GROUPED = {mark: re.compile(rf"\d{{1,3}}(?:{re.escape(mark)}\d{{3}})+") for mark in (",", ".")}
_SPACED = re.compile(rf"\d{{1,3}}(?:[{_SPACES}]\d{{3}})+(?=$|[.,])")
_UNIT = re.compile(r"^(?:[€$£¥]|[A-Z]{3}(?![A-Za-z]))\s*|\s*(?:[€$£¥]|(?<![A-Za-z])[A-Z]{3}|[Ee]uros?)$")
_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?")
_NUMERIC_DATE = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})")
_NUMBER = r"(\d+(?:[.,]\d+)?)"
_HOURS, _MINUTES = r"(?:h|hrs?|hours?|heures?|std|stunden?)", r"(?:m|mins?|minutes?|minuten|'|′)"
_DURATIONS = (
    re.compile(rf"P(?:{_NUMBER}D)?(?:T(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?", re.I),
    re.compile(r"()(\d{1,2}):(\d{2}):(\d{2}(?:[.,]\d+)?)(?:[:;]\d{2})?"),
    re.compile(rf"()(?:{_NUMBER} ?{_HOURS}\.? ?)?(?:{_NUMBER} ?{_MINUTES}\.?)?()", re.I),
    re.compile(r"()(\d{1,2}) ?h ?(\d{2})()", re.I),
)  # fmt: skip


def plain_number(text: str) -> float | None:
    """Return a number in plain notation, ``12``, ``-3.5``, ``1e6``, or None."""
    return float(text) if _PLAIN.fullmatch(text) else None


def parse_number(text: str, decimal_mark: str | None = None) -> float | None:
    """Return a number with thousands marks, or None where it can be read in two ways or none.

    Parameters
    ----------
    text
        May carry one currency sign or code at either end.  Thousands stand in groups of three, parted by
        white space, apostrophes, points or commas.
    decimal_mark
        ``","`` or ``"."``; None to infer it: with both in a text the last is the decimal mark; one that
        occurs twice parts thousands; a single one before exactly three digits is ambiguous.

    >>> parse_number("60.000,50"), parse_number("1,234.5"), parse_number("5 530 000"), parse_number("€2.300.000")
    (60000.5, 1234.5, 5530000.0, 2300000.0)
    >>> parse_number("60.000"), parse_number("60.000", ","), parse_number("12,5")
    (None, 60000.0, 12.5)
    """
    text = _UNIT.sub("", _UNIT.sub("", text.strip(), count=1), count=1).strip()
    sign = -1.0 if text[:1] in "-−" and text else 1.0
    text = text.lstrip("+-−").strip()
    spaced = _SPACED.match(text)
    if spaced:
        text = re.sub(rf"[{_SPACES}]", "", spaced.group()) + text[spaced.end() :]
    if decimal_mark is None:
        decimal_mark = _decimal_mark(text, bool(spaced))
        if decimal_mark is None:
            return None
    grouping = "." if decimal_mark == "," else ","
    whole, mark, decimals = text.partition(decimal_mark)
    if grouping in whole:
        if spaced or not _GROUPED[grouping].fullmatch(whole):
            return None
        whole = whole.replace(grouping, "")
    if not re.fullmatch(r"\d+", whole) or (mark and not re.fullmatch(r"\d+", decimals)):
        return None
    return sign * float(f"{whole}.{decimals or 0}")


def _decimal_mark(text: str, spaced: bool) -> str | None:
    """Return the decimal mark of a number without sign and spaces, None where it is ambiguous."""
    n_points, n_commas = text.count("."), text.count(",")
    if n_points and n_commas:
        return "," if text.rfind(",") > text.rfind(".") else "."
    if n_points + n_commas == 0:
        return "."
    mark = "." if n_points else ","
    if n_points + n_commas > 1:
        return "," if mark == "." else "."
    whole, _, decimals = text.partition(mark)
    if len(decimals) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0") and not spaced:
        return None
    return mark


def parse_percent(text: str) -> float | None:
    """Return a percentage as a fraction, or None.

    A number up to 1 without the sign is none: spreadsheets give 60 % as ``0.6``.

    >>> parse_percent("89,55 %"), parse_percent("70"), parse_percent("most"), parse_percent("0.6")
    (0.8955, 0.7, None, None)
    """
    text = text.strip()
    number = parse_number(text.removesuffix("%").strip())
    if number is not None and 0 < number <= 1 and not text.endswith("%"):
        return None
    return None if number is None else round(number / 100, 12)


def parse_duration(text: str) -> float | None:
    """Return a duration in minutes, or None.

    Reads ISO 8601 (``PT1H30M``), ``01:30:00`` (further frames left out), ``1 h 30 min``, ``1h30`` and ``90 min``.

    >>> parse_duration("PT1H30M"), parse_duration("00:01:30"), parse_duration("1h30"), parse_duration("90 min")
    (90.0, 1.5, 90.0, 90.0)
    >>> parse_duration("90"), parse_duration("P1M"), parse_duration("PT")
    (None, None, None)
    """
    text = " ".join(text.split())
    for pattern in _DURATIONS:
        match = pattern.fullmatch(text)
        if match and any(match.groups()):
            days, hours, minutes, seconds = (float((part or "0").replace(",", ".")) for part in match.groups())
            return round(((days * 24 + hours) * 60) + minutes + seconds / 60, 4)
    return None


def parse_date(text: str, order: str | None = None) -> str | None:
    """Return the ISO form of a date, or None where it is none or day and month could be swapped.

    Parameters
    ----------
    text
        As :func:`avgraph.dates.parse_partial_date` takes it.
    order
        ``"dmy"`` or ``"mdy"`` for ``05/03/2014``; None where the file mixes them or it is unknown.  Between
        points the day always comes first.  A century behind it, ``"dmy20"``, completes years of two digits.

    >>> parse_date("2014-03"), parse_date("14/3/2014"), parse_date("05/03/2014"), parse_date("05/03/2014", "mdy")
    ('2014-03', '2014-03-14', None, '2014-05-03')
    >>> parse_date("13.11.22"), parse_date("13.11.22", "dmy20")
    (None, '2022-11-13')
    """
    text = text.strip()
    order, century = (order[:3], order[3:]) if order else (None, "")
    if match := _NUMERIC_DATE.fullmatch(text):
        first, mark, second = int(match[1]), match[2], int(match[3])
        if len(match[4]) == 2:
            if not century:
                return None
            text = f"{match[1]}{mark}{match[3]}{mark}{century}{match[4]}"
        if mark == ".":
            order = "dmy"
        if order is None and first <= 12 and second <= 12 and first != second:
            return None
        if order is not None and (first if order == "dmy" else second) > 31:
            return None
    date = parse_partial_date(text, day_first=order != "mdy")
    return date if date is not None and is_partial_date(date) else None
