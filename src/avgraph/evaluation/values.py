"""Comparison of quantities by their numbers, dates by their stated parts, places by country."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from avgraph.evaluation.names import Names, country_of, data, word_set
from avgraph.text import fold

__all__ = ["date_parts", "date_similarity", "numbers", "place_similarity", "quantity_similarity"]

_NUMBER = re.compile(r"(?<!\d)\d{1,3}(?:\s\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)*")
_GROUPING = re.compile(r"(?<=\d)[.,\s](?=\d{3}(?!\d))")
_TOKEN = re.compile(rf"(?P<digits>{_NUMBER.pattern})|(?P<word>[a-z]+)")
_ISO_DATE = re.compile(r"\b(\d{4})-(\d{1,2})(?:-(\d{1,2}))?\b")
_YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)\b")
_DAY = re.compile(r"\b(\d{1,2})(?:er|st|nd|rd|th)?\b")


@cache
def _number_words() -> dict[str, int]:
    return {word: int(value) for value, words in data("words")["numbers"].items() for word in words.split()}


@cache
def _scales() -> dict[str, int]:
    return {word: factor for factor, words in data("words")["scales"].values() for word in words.split()}


@cache
def _months() -> dict[str, int]:
    return {word: month for month, words in enumerate(data("words")["months"], 1) for word in words.split()}


def _digits_value(text: str) -> float | None:
    plain = _GROUPING.sub("", text).replace(",", ".")
    try:
        return float("".join(plain.split()))
    except ValueError:  # "3.10.2019"
        return None


@lru_cache(maxsize=16384)
def numbers(text: str) -> frozenset[float]:
    """Return the numbers of a phrase, in digits and in words, scales multiplied out.

    >>> sorted(numbers("€8.1 million for 12 films")), sorted(numbers("8.100.000 euros"))
    ([12.0, 8100000.0], [8100000.0])
    >>> sorted(numbers("twenty-five films")), sorted(numbers("un film, un million d'euros"))
    ([25.0], [1.0, 1000000.0])
    """
    tokens = [(m.lastgroup, m.group()) for m in _TOKEN.finditer(fold(text))]
    found: list[float] = []
    i = 0
    while i < len(tokens):
        kind, token = tokens[i]
        i += 1
        following = tokens[i][1] if i < len(tokens) else ""
        value: float | None
        if kind == "digits":
            value = _digits_value(token)
        elif token in word_set("ones") and following in _scales():
            value = 1.0
        else:
            value = _number_words().get(token)
            if value is not None and 20 <= value < 100 and 0 < _number_words().get(following, 0) < 10:
                value += _number_words()[following]
                i += 1
            elif value is not None and value < 10 and _number_words().get(following) == 100:
                value *= 100
                i += 1
        if value is None:
            continue
        if i < len(tokens) and tokens[i][1] in _scales():
            value *= _scales()[tokens[i][1]]
            i += 1
        found.append(round(float(value), 2))
    return frozenset(found)


def quantity_similarity(left: str, right: str, names: Names) -> float:
    """Return 1 for the same numbers, 0.9 where one phrase has all numbers of the other; as names where one has none."""
    left_numbers, right_numbers = numbers(left), numbers(right)
    if not left_numbers or not right_numbers:
        return names.similarity(left, right)
    if left_numbers == right_numbers:
        return 1.0
    return 0.9 if left_numbers <= right_numbers or right_numbers <= left_numbers else 0.0


@lru_cache(maxsize=16384)
def date_parts(text: str) -> dict[str, frozenset[int]]:
    """Return the year (the first), months and days that a date states.

    >>> date_parts("4 October 2017") == date_parts("2017-10-04")
    True
    >>> date_parts("printemps")
    {}
    """
    folded = fold(text)
    if match := _ISO_DATE.search(folded):
        stated = zip(("year", "month", "day"), match.groups(), strict=True)
        return {part: frozenset({int(value)}) for part, value in stated if value}
    parts = {
        "year": frozenset(int(year) for year in _YEAR.findall(folded)[:1]),
        "month": frozenset(_months()[w] for w in re.findall(r"[a-z]+", folded) if w in _months()),
        "day": frozenset(day for day in map(int, _DAY.findall(folded)) if 1 <= day <= 31),
    }
    return {part: values for part, values in parts.items() if values}


def date_similarity(left: str, right: str, names: Names) -> float:
    """Return more the more stated parts agree, 0 where one contradicts; as names where one states none."""
    alike = names.similarity(left, right)
    left_parts, right_parts = date_parts(left), date_parts(right)
    if alike == 1.0 or not left_parts or not right_parts:
        return alike
    shared = [part for part in left_parts if part in right_parts]
    if not shared or any(not left_parts[part] & right_parts[part] for part in shared):
        return 0.0
    return 0.85 + 0.05 * len(shared)


def place_similarity(left: str, right: str, names: Names) -> float:
    """Return 1 for one country named or described, 0 for two; as names where one is no country.

    >>> place_similarity("Belgian", "België", Names()), place_similarity("Belgium", "France", Names())
    (1.0, 0.0)
    """
    left_country, right_country = country_of(left), country_of(right)
    if left_country and right_country:
        return float(left_country == right_country)
    return names.similarity(left, right)
