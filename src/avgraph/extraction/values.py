"""Sums of money, dates and counts in running text."""

from __future__ import annotations

import re
from functools import lru_cache

from avgraph.extraction.lexicon import (
    Lexicon,
    alternatives,
    choice,
    currency_codes,
    month_names,
    number_words,
    relative_times,
)
from avgraph.extraction.lexicon import lexicon as read_lexicon

__all__ = ["count_value", "money_spans", "money_value", "partial_date", "relative_date", "value_mentions"]

_NUMBER = r"\d{1,3}(?:[.,\s]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)?"
_SCALE = (
    r"(?:\s?(?:millions?|Millionen|miljoen|miljard|Milliarden|[Mm]io|mln|bn|billion|milliards?)\b(?: d'| de)?"
    r"|\s?(?:m|M|k|K)\b)"
)
_YEAR = r"(?:19|20)\d\d"


def _units() -> tuple[str, str]:
    """Return the patterns of a currency before and behind its number."""
    codes = choice("currency_codes")
    return choice("currency_signs", "currency_signs_before", "currency_codes", "currency_codes_before"), (
        f"(?:{choice('currency_signs')}|{choice('currency_nouns')}\\b|{codes}\\b)"
    )


def money_spans() -> str:
    """Return the regular expression of a sum, to be part of a longer one."""
    before, behind = _units()
    return (
        rf"(?:{before}\s?(?:{_NUMBER}){_SCALE}?(?!\w)|(?<![\w.,])(?:{_NUMBER}){_SCALE}?\s?{behind}(?!\w)"
        rf"|(?<![\w.,])(?:{_NUMBER})\s?(?:million|millions)\b)"
    )


@lru_cache(maxsize=1)
def _money() -> re.Pattern[str]:
    return re.compile(money_spans())


@lru_cache(maxsize=1)
def _unit() -> re.Pattern[str]:
    return re.compile("|".join(_units()))


@lru_cache(maxsize=4)
def _patterns(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    lexicon = read_lexicon(language)
    months, seasons = lexicon.group("months", "months_short"), lexicon.choice("year_parts")
    if language == "en":
        dates = (
            rf"(?:(?:early|mid|late|mid-)[\s-]?)?(?:from )?\d{{1,2}}(?:st|nd|rd|th)?"
            rf"(?: ?(?:to|–|-|and) ?\d{{1,2}}(?:st|nd|rd|th)?)? {months}\.?,?(?: {_YEAR})?"
            rf"|{months}\.? \d{{1,2}}(?:st|nd|rd|th)?(?! ?\d)(?:,? {_YEAR})?|{months}\.?,? {_YEAR}"
            rf"|(?:early|late|mid-?|the|this|next|last) ?{seasons}(?: of)?(?: {_YEAR})?|{seasons} {_YEAR}"
        )
        counted = rf"(?:[a-z-]+ ){{0,3}}?{lexicon.choice('counted')}"
    else:
        dates = (
            rf"(?:du |le |les )?\d{{1,2}}(?:er)?(?: (?:au|et) \d{{1,2}}(?:er)?)? {months}\.?(?: {_YEAR})?"
            rf"|(?:(?:début|fin|mi-?) ?)?{months} {_YEAR}|(?:au |cet |l')?{seasons} {_YEAR}"
            r"|(?:au printemps|à l'automne|cet été|cet hiver|cet automne)(?: prochain)?"
        )
        counted = rf"(?:[a-zéèêàç-]+ ){{0,2}}?{lexicon.choice('counted')}(?: [a-zéèê]+és?\b)?"
    starting = alternatives(word.capitalize() for word in lexicon.words["numbers"])
    number = (
        rf"(?:{lexicon.group('about')} )?(?:(?<![\w€$£.,])(?:{_NUMBER})(?: (?:million|millions)(?: de| d')?)?"
        rf"|\b{lexicon.group('numbers')}|\b{starting})"
    )
    return re.compile(rf"(?<!\w)(?:{dates}|\d{{1,2}}/\d{{1,2}}/{_YEAR}|{_YEAR}-\d\d-\d\d)(?!\w)"), re.compile(
        rf"{number} {counted}(?!\w)"
    )


def value_mentions(text: str, lexicon: Lexicon) -> list[tuple[int, int, str, dict[str, str]]]:
    """Return (start, end, kind, attributes) of sums (M), dates (D), years (D) and counts (Q)."""
    dates, counts = _patterns(lexicon.language)
    found: list[tuple[int, int, str, dict[str, str]]] = [(m.start(), m.end(), "M", {}) for m in _money().finditer(text)]
    found += [(m.start(), m.end(), "D", {}) for m in dates.finditer(text)]
    found += [(m.start(), m.end(), "Q", {}) for m in counts.finditer(text)]
    found += [(m.start(), m.end(), "D", {}) for m in re.finditer(rf"(?<![\w.,/€$-]){_YEAR}(?![\w]|[.,]\d)", text)]
    return sorted(found, key=lambda f: (f[0] - f[1] if f[2] == "Q" else 0, f[0], -f[1]))


def money_value(text: str) -> tuple[float | None, str | None]:
    """Return (amount, ISO 4217 currency) of a sum as prose writes it.

    >>> money_value("€1.85m"), money_value("477.500 euros"), money_value("NOK 6 million")
    ((1850000.0, 'EUR'), (477500.0, 'EUR'), (6000000.0, 'NOK'))
    """
    match = re.search(_NUMBER, text)
    if not match:
        return None, None
    digits = re.sub(r"[.,\s](?=\d{3}(?!\d))", "", match.group()).replace(",", ".")
    try:
        amount = float(digits)
    except ValueError:
        return None, None
    rest = text[match.end() :].casefold()
    if re.match(r"\s?(?:million|miljoen|mio|mln|m\b)", rest):
        amount *= 1e6
    elif re.match(r"\s?(?:bn\b|billion|milliard|miljard)", rest):
        amount *= 1e9
    elif re.match(r"\s?k\b", rest):
        amount *= 1e3
    unit = _unit().search(text)
    if not unit:
        return round(amount, 2), None
    code = unit.group()
    return round(amount, 2), currency_codes().get(
        code.casefold().rstrip("s"), code if len(code) == 3 and code.isupper() else None
    )


def count_value(text: str) -> float | None:
    """Return the number of a count in digits or words.

    >>> count_value("about 60 films"), count_value("1.212 coproductions")
    (60.0, 1212.0)
    >>> count_value("Sixteen films"), count_value("past year"), count_value("zwölf Filme")
    (16.0, None, 12.0)
    """
    numbers = number_words()
    if re.search(r"\d", text):
        return money_value(text)[0]
    for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text.casefold()):
        if word in numbers:
            return float(numbers[word])
    return None


def partial_date(text: str, language: str) -> str | None:
    """Return the ISO form of a date in words, as precise as it is.

    >>> partial_date("5 March 2016", "en"), partial_date("mars 2025", "fr"), partial_date("2014", "en")
    ('2016-03-05', '2025-03', '2014')
    >>> partial_date("am 26. September 2024", "de"), partial_date("maart 2019", "nl")
    ('2024-09-26', '2019-03')
    """
    year = re.search(_YEAR, text)
    if not year:
        return None
    rest = text.casefold()
    for i, month in enumerate(month_names()[language], 1):
        if re.search(rf"\b{month[:3] if language == 'en' else month}", rest, re.I):
            day = re.search(r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|\.)?(?!\d)", rest.replace(year.group(), ""))
            return f"{year.group()}-{i:02d}" + (f"-{int(day[1]):02d}" if day and 1 <= int(day[1]) <= 31 else "")
    return year.group()


_NEXT = re.compile(r"\b(?:next|prochaine?|nächste[nrms]?|kommende[nrms]?|volgende?|komende?)\b", re.I)
_LAST = re.compile(r"\b(?:last|dernière?|passée?|letzte[nrms]?|vergangene[nrms]?|vorige?|afgelopen)\b", re.I)


def relative_date(text: str, language: str, published: str | None, *, planned: bool = False) -> str | None:
    """Return the date that words without a year mean in an article of the date `published`, or None.

    Parameters
    ----------
    text
        "next year", "3 September", "this autumn": a season becomes its year.
    language
        Of the text.
    published
        When the article came out, as precise as it is known.
    planned
        Whether the date lies ahead; otherwise it is the one nearest to the article's.

    >>> relative_date("l'an prochain", "fr", "2019-10-16"), relative_date("Herbst", "de", "2019-05", planned=True)
    ('2020', '2019')
    >>> relative_date("3 September", "en", "2019-10-16", planned=True), relative_date("March", "en", None)
    ('2020-09-03', None)
    """
    if published is None or not published[:4].isdecimal():
        return None
    year, straight = int(published[:4]), text.replace("’", "'")
    years, parts = relative_times()
    difference = next((n for n, phrase in years.items() if phrase.search(straight)), None)
    if difference is not None:
        return str(year + difference)
    months = month_names()[language]
    dated = next((i for i, name in enumerate(months, 1) if _month(name).search(straight)), None)
    month = dated or next((n for n, names in parts.items() if names.search(straight)), None)
    if month is None or len(published) < len("2019-10"):
        return None
    # Whole months from the article to this month of its own year; a year more or less brings it on the right side.
    ahead = month - int(published[5:7])
    if _NEXT.search(straight) or _LAST.search(straight):
        year += (ahead <= 0) if _NEXT.search(straight) else -(ahead >= 0)
    elif planned:
        year += ahead < (0 if dated else -1)
    else:
        year += (ahead < -6) - (ahead > 6)
    day = re.search(r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|\.)?(?!\d)", straight) if dated else None
    return str(year) if not dated else f"{year}-{month:02d}" + (f"-{int(day[1]):02d}" if day else "")


@lru_cache(maxsize=64)
def _month(name: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{name}|{name[:3]}\.)(?!\w)", re.I)
