"""Checking what a model claims against the article: nothing is kept that the text does not bear out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import Any

from avgraph.extraction.lexicon import LANGUAGES, RULED, Place, lexicon, number_words, places
from avgraph.extraction.llm.matching import LooseText
from avgraph.extraction.llm.prompt import Piece
from avgraph.model import QUALIFIERS, RELATIONS, STATUSES, Document, Fact, Rejected
from avgraph.text import fold, single_line

__all__ = ["CONFIDENCE", "Checker", "claims_of", "merged"]

#: Of every fact that a language model states: nothing was measured. Below the least confidence that facts of
#: rules and of the built-in model need by default.
CONFIDENCE = 0.5
_LONGEST_QUOTE = 1000
_LONGEST_NAME = 200
#: Qualifiers that must stand in the quote; the others may stand elsewhere in the article.
_IN_QUOTE = {"date", "year", "period", "amount", "share"}
_COUNTED = {"season", "episode"}
#: So many braces are tried as the beginning of an answer that stands in prose.
_N_STARTS = 20
_NEXT = re.compile(r"[\s,]*(?=\{)")
_TEXTS = ("subject", "subject_type", "relation", "object", "object_type", "certainty", "quote")


class _RejectedError(Exception):
    """A claim fails a check."""


class Checker:
    """Holds claims against one article.

    Parameters
    ----------
    document
        The article.
    rule
        Id of model and version, which each fact carries.
    """

    def __init__(self, document: Document, rule: str) -> None:
        self._text = LooseText(document.text)
        self._rule = rule
        self._language = document.language if document.language in LANGUAGES else "en"

    def check(self, claim: object, piece: Piece) -> Fact | Rejected:
        """Return the fact that a claim states, in the article's own words, or why there is none.

        Parameters
        ----------
        claim
            Whatever the model gave.
        piece
            The part of the article that it had before it; the quote must stand there.
        """
        try:
            return self._fact(claim, piece)
        except _RejectedError as error:
            return Rejected(str(error), _pruned(claim))

    def _fact(self, claim: object, piece: Piece) -> Fact:
        given = _texts(claim)
        relation, certainty = given["relation"], given["certainty"]
        if relation not in RELATIONS:
            raise _RejectedError("its relation is not one of avgraph's")
        for side, allowed in zip(("subject", "object"), RELATIONS[relation], strict=True):
            if given[f"{side}_type"] not in allowed:
                raise _RejectedError(f"the {side} of {relation} must be {' or '.join(allowed)}")
        if certainty not in STATUSES:
            raise _RejectedError(f"its certainty is not one of {', '.join(STATUSES)}")
        start, end = self._quote(given["quote"], piece)
        subject, subject_mention = self._named("subject", given["subject"], given["subject_type"], start, end)
        object_, object_mention = self._named("object", given["object"], given["object_type"], start, end)
        fact = self._of_season(Fact(
            subject=subject, subject_type=given["subject_type"], relation=relation, object=object_,
            object_type=given["object_type"], evidence=self._text.source[start:end], start=start, end=end,
            qualifiers=self._qualifiers(claim, start, end), certainty=certainty, confidence=CONFIDENCE,
            rule=self._rule, subject_mention=subject_mention, object_mention=object_mention,
        ))  # fmt: skip
        if fold(fact.subject) == fold(fact.object):
            raise _RejectedError("subject and object are the same")
        return fact

    def _of_season(self, fact: Fact) -> Fact:
        """Return the fact about the season that it names, for what is said of one is not said of the series."""
        if "season" not in fact.qualifiers:
            return fact
        season = f"{'saison' if self._language == 'fr' else 'season'} {fact.qualifiers['season']}"
        if fact.relation == "part_of_series":
            subject = f"{fact.object} {season}"
            return replace(fact, subject=subject, subject_mention=fact.subject_mention or fact.subject)
        if fact.subject_type == "Work" and not fact.subject.endswith(season):
            return replace(
                fact, subject=f"{fact.subject} {season}", subject_mention=fact.subject_mention or fact.subject
            )
        if fact.object_type == "Work" and fact.subject_type != "Work" and not fact.object.endswith(season):
            return replace(fact, object=f"{fact.object} {season}", object_mention=fact.object_mention or fact.object)
        return fact

    def _quote(self, quote: str, piece: Piece) -> tuple[int, int]:
        if len(quote) > _LONGEST_QUOTE:
            raise _RejectedError(f"its quote has more than {_LONGEST_QUOTE} characters")
        span = self._text.find(quote, piece.start, piece.end)
        if span is None:
            raise _RejectedError("its quote does not stand in the article")
        return span

    def _named(self, side: str, name: str, type_: str, start: int, end: int) -> tuple[str, str | None]:
        """Return a name in the article's own words and its form in the quote, if that is another."""
        name = name.strip().strip('"“”„«»').strip()
        if len(name) > _LONGEST_NAME or not any(c.isalnum() for c in name):
            raise _RejectedError(f"the {side} is no name")
        quoted = self._words(name, start, end)
        if type_ in ("Date", "Quantity"):
            if quoted is None:
                raise _RejectedError(f"the {side} does not stand in the quote, as dates and quantities must")
            return quoted, None
        if type_ == "Place" and (place := self._place(name)) is not None:
            return self._place_named(side, name, place, start, end)
        # Of two spellings that differ in capitals the one that the model chose is the name.
        written = self._words(name, any_case=False) or quoted or self._words(name)
        if written is None:
            raise _RejectedError(f"the {side} does not stand in the article")
        return written, quoted if quoted != written else None

    def _place_named(self, side: str, name: str, place: Place, start: int, end: int) -> tuple[str, str | None]:
        """Return the noun for a place and its form in the quote: "Belgium" stands there where "Belgian" does."""
        forms = [name, *(form for form in _place_forms(self._language, place) if form != name)]
        quoted = next((found for form in forms if (found := self._words(form, start, end, any_case=False))), None)
        if quoted is None and not any(self._words(form, any_case=False) for form in forms):
            raise _RejectedError(f"the {side} does not stand in the article")
        noun = name if name in places(self._language)[0] else place.name[self._language]
        return noun, quoted if quoted != noun else None

    def _place(self, name: str) -> Place | None:
        nouns, adjectives = places(self._language)
        return nouns.get(name) or adjectives.get(name)

    def _words(self, wanted: str, start: int = 0, end: int | None = None, *, any_case: bool = True) -> str | None:
        """Return the article's own words for `wanted` where they stand, those in the same case first."""
        span = self._text.find(wanted, start, end, words=True)
        if span is None and any_case:
            span = self._text.find(wanted, start, end, words=True, any_case=True)
        return single_line(self._text.source[slice(*span)]) if span else None

    def _qualifiers(self, claim: object, start: int, end: int) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, value in _qualifier_items(claim):
            if name not in QUALIFIERS:
                raise _RejectedError("it has a qualifier whose name is not known")
            if value is None or value == "":
                continue
            if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10_000:
                value = str(value)
            if not isinstance(value, str):
                raise _RejectedError(f"its qualifier {name} is no text")
            if found.setdefault(name, words := self._qualifier(name, value, start, end)) != words:
                raise _RejectedError(f"it has the qualifier {name} twice")
        return found

    def _qualifier(self, name: str, value: str, start: int, end: int) -> str:
        if len(value) > _LONGEST_NAME:
            raise _RejectedError(f"its qualifier {name} is too long")
        if name in _COUNTED:
            return self._number(name, value, start, end)
        if name in _IN_QUOTE:
            words = self._words(value, start, end)
        else:
            parts = value.split(" | ") if name == "parties" else [value]
            every = [self._words(part, start, end) or self._words(part) for part in parts]
            words = " | ".join(part for part in every if part) if all(every) else None
        if words is None:
            raise _RejectedError(
                f"its qualifier {name} does not stand in the {'quote' if name in _IN_QUOTE else 'article'}"
            )
        return words

    def _number(self, name: str, value: str, start: int, end: int) -> str:
        """Return the number of a season or episode in digits; the quote may have it in words."""
        wanted = _number_of(value)
        said = re.findall(r"\d+|[^\W\d_]+", self._text.source[start:end])
        if wanted is None or wanted not in map(_number_of, said):
            raise _RejectedError(f"its qualifier {name} does not stand in the quote")
        return str(wanted)


def claims_of(text: str) -> tuple[list[object], bool]:
    """Return the claims in a model's answer, and whether the answer has the form that was asked for.

    Reasoning before the answer, prose around it and code fences do not count; of an answer that was cut off, the
    claims before the cut are returned.

    >>> claims_of('Here it is: ```json {"facts": [{"a": 1}]} ```')
    ([{'a': 1}], True)
    >>> claims_of('{"facts": [{"a": 1}, {"a":')
    ([{'a': 1}], False)
    >>> claims_of("I cannot do that.")
    ([], False)
    """
    text = text.rpartition("</think>")[2]
    for match in islice(re.finditer(r"\{", text), _N_STARTS):
        found, _ = _decoded(text, match.start())
        if isinstance(found, dict):
            if isinstance(found.get("facts"), list):
                return found["facts"], True
            break
    start = re.search(r'"facts"\s*:\s*\[', text) or re.match(r"[^\[{]*\[", text)
    if start is None:
        return [], False
    found, _ = _decoded(text, start.end() - 1)
    if isinstance(found, list):
        return found, True
    return list(_before_the_cut(text, start.end())), False


def merged(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Return the facts in the order of the text, each once; of two the one that says more stays.

    Two facts are one where relation, names and certainty are the same and the qualifiers of one hold the other's.
    """
    kept: dict[tuple[str, ...], list[Fact]] = {}
    for fact in sorted(facts, key=lambda f: (f.start, f.end, -len(f.qualifiers))):
        sides = [fold(fact.subject), fold(fact.object)]
        if fact.relation == "partner_of":
            sides.sort()
        same = kept.setdefault((fact.relation, *sides, fact.certainty), [])
        said = _folded(fact)
        if any(said <= _folded(other) for other in same):
            continue
        same[:] = [other for other in same if not _folded(other) <= said]
        same.append(fact)
    found = [fact for same in kept.values() for fact in same]
    return tuple(sorted(found, key=lambda f: (f.start, f.end, f.relation, f.subject, f.object)))


def _folded(fact: Fact) -> set[tuple[str, str]]:
    return {(name, fold(value)) for name, value in fact.qualifiers.items()}


def _texts(claim: object) -> dict[str, str]:
    if not isinstance(claim, dict):
        raise _RejectedError("it is no object")
    for name in _TEXTS:
        if not isinstance(claim.get(name), str):
            raise _RejectedError(f"it has no text {name!r}")
    return {name: claim[name] for name in _TEXTS}


def _qualifier_items(claim: object) -> Iterator[tuple[object, object]]:
    """Yield name and value of each qualifier, given as a list of pairs or as an object."""
    given = claim.get("qualifiers") if isinstance(claim, dict) else None
    if isinstance(given, dict):
        yield from given.items()
        return
    if not isinstance(given, list | None):
        raise _RejectedError("its qualifiers are no list")
    for item in given or ():
        if not isinstance(item, dict) or not isinstance(item.get("name"), str):
            raise _RejectedError("one of its qualifiers has no name")
        yield item["name"], item.get("value")


def _pruned(value: Any, depth: int = 4) -> Any:
    """Return a JSON value without what lies deeper than any claim does."""
    if isinstance(value, dict):
        return {name: _pruned(v, depth - 1) for name, v in value.items()} if depth else "…"
    if isinstance(value, list):
        return [_pruned(v, depth - 1) for v in value] if depth else "…"
    return value


def _decoded(text: str, at: int) -> tuple[object, int]:
    """Return the JSON value that begins at a place and where it ends; None where there is none."""
    try:
        return json.JSONDecoder().raw_decode(text, at)
    except (ValueError, RecursionError):
        return None, at


def _before_the_cut(text: str, at: int) -> Iterator[object]:
    """Yield the objects of a list whose end is missing."""
    while step := _NEXT.match(text, at):
        found, at = _decoded(text, step.end())
        if found is None:
            return
        yield found


def _place_forms(language: str, place: Place) -> tuple[str, ...]:
    nouns, adjectives = places(language)
    return tuple(form for forms in (nouns, adjectives) for form, of in forms.items() if of is place or of == place)


@lru_cache(maxsize=1)
def _numbers() -> Mapping[str, int]:
    """Return the ordinals and numbers in words."""
    found = dict(number_words())
    for language in RULED:
        found |= {word: n for n, word in enumerate(lexicon(language).words["ordinals"][:10], 1)}
    return found


def _number_of(word: str) -> int | None:
    word = word.strip().casefold()
    return int(word) if word.isdecimal() and len(word) < 5 else _numbers().get(word)
