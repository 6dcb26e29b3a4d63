"""Which sum of a sentence is whose: a funder has the sum that its own words give it, or none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from avgraph.extraction.layout import Segment
from avgraph.extraction.lexicon import choice
from avgraph.extraction.mentions import Mention
from avgraph.extraction.relations.context import Context
from avgraph.extraction.relations.learned import Scored, Scores
from avgraph.extraction.values import money_spans
from avgraph.text import fold

__all__ = ["give_amounts", "own_amounts", "with_own_amounts"]

Span = tuple[int, int]
_ARTICLE = r"(?:the |la |le |les |l['’]|der |die |das |dem |den |het |de )?"
#: "Eurimages (€200,000)", "Eurimages’ €200,000".
_BRACKET = re.compile(r"\s?\((?:[^()]{0,25}, )?$|['’]s? (?:[a-zà-ÿ]+ )?$")
#: "by Eurimages with €200,000", "par Eurimages à hauteur de 200 000 euros".
_WITH = re.compile(
    r",? (?:with|for|to the tune of|avec|pour|à hauteur (?:de |d['’])|mit|in Höhe von|met|voor|ter waarde van) ?$"
)
#: "€200,000 from Eurimages", "200 000 euros de soutien du Fonds".
_FROM = re.compile(
    r"(?: (?:in|of|de |d['’]|an|aan))? ?(?:(?!and\b|et\b|und\b|en\b|to\b)[a-zà-ÿ-]+ ){0,3}"
    rf"(?:from|by|via|du |des |par|de |d['’]|von|vom|durch|van|door) ?{_ARTICLE}$"
)
_BESIDE = re.compile(r"\s?(?:[,:–—-]|,? (?:a|one) grant of|, (?:dat|die|das|der|wat))? ?$")
#: Two names of one list: what is said of the list is not said of either alone.
_LISTED = re.compile(rf"(?:,|,? (?:and|&|et|und|en|as well as|ainsi que|sowie)) ?(?:de |d['’]|du )?{_ARTICLE}$")
_LAST = re.compile(rf",? (?:and|&|et|und|en|as well as|ainsi que|sowie) {_ARTICLE}$")
_FARTHEST = 70
#: A part of a sum, or a sum of another clause, is not what a verb gives.
_OTHER = re.compile(r"(?i)budget|begroting|devis|\bcost|coût|[:;]")
#: A funder that the model finds less probable than this shares no sum.
_LEAST_LOGIT = 0.0


@lru_cache(maxsize=1)
def _sum() -> re.Pattern[str]:
    return re.compile(money_spans())


@lru_cache(maxsize=1)
def _gives() -> re.Pattern[str]:
    return re.compile(rf"(?i)\b{choice('giving')}")


def own_amounts(text: str, organizations: Iterable[Span]) -> tuple[dict[Span, str], frozenset[str]]:
    """Return organisation → the sum that a sentence gives to it alone, and the sums that several share.

    Parameters
    ----------
    text
        The sentence.
    organizations
        Where its organisations stand, whether they give or not.

    >>> own_amounts("A (€20,000) and B with €1 million back it, like C.", [(0, 1), (16, 17), (46, 47)])
    ({(0, 1): '€20,000', (16, 17): '€1 million'}, frozenset())
    >>> own_amounts("It got €20,000 from A and B.", [(20, 21), (26, 27)])
    ({}, frozenset({'€20,000'}))
    """
    names, sums = sorted(set(organizations)), [match.span() for match in _sum().finditer(text)]
    found: dict[Span, Span] = {}
    for claims in (_in_brackets, _behind_with, _before_from, _beside, _given):
        for name, money in claims(text, names, [s for s in sums if s not in found.values()]):
            if name not in found and money not in found.values():
                found[name] = money
    shared = {name for name, money in found.items() if _shared(text, name, money, names, found)}
    alone = {name: text[slice(*money)] for name, money in sorted(found.items()) if name not in shared}
    return alone, frozenset(text[slice(*found[name])] for name in shared)


def _before(text: str, names: Sequence[Span], sums: Sequence[Span]) -> Iterator[tuple[Span, Span, str]]:
    """Yield each sum with the name before it and the words between, where no other sum is among them."""
    for money in sums:
        name = next((n for n in reversed(names) if n[1] <= money[0]), None)
        if name and not _sum().search(between := text[name[1] : money[0]]):
            yield name, money, between


def _in_brackets(text: str, names: Sequence[Span], sums: Sequence[Span]) -> Iterator[tuple[Span, Span]]:
    return ((n, m) for n, m, between in _before(text, names, sums) if _BRACKET.fullmatch(between))


def _behind_with(text: str, names: Sequence[Span], sums: Sequence[Span]) -> Iterator[tuple[Span, Span]]:
    return ((n, m) for n, m, between in _before(text, names, sums) if _WITH.fullmatch(between))


def _before_from(text: str, names: Sequence[Span], sums: Sequence[Span]) -> Iterator[tuple[Span, Span]]:
    for money in sums:
        name = next((n for n in names if n[0] >= money[1]), None)
        if name and _FROM.fullmatch(text[money[1] : name[0]]):
            yield name, money


def _beside(text: str, names: Sequence[Span], sums: Sequence[Span]) -> Iterator[tuple[Span, Span]]:
    return ((n, m) for n, m, between in _before(text, names, sums) if _BESIDE.fullmatch(between))


def _given(text: str, names: Sequence[Span], sums: Sequence[Span]) -> Iterator[tuple[Span, Span]]:
    """Yield what a verb gives: "Eurimages granted it €350,000", "A has backed the film with €1 million"."""
    for name, money, between in _before(text, names, sums):
        if len(between) < _FARTHEST and _gives().search(between) and not _OTHER.search(between):
            yield name, money


def _shared(text: str, name: Span, money: Span, names: Sequence[Span], found: dict[Span, Span]) -> bool:
    """Tell whether a sum is said of a list that the name is part of."""
    at = names.index(name)
    if money[0] < name[0]:
        after = names[at + 1] if at + 1 < len(names) else None
        return after is not None and after not in found and bool(_LISTED.fullmatch(text[name[1] : after[0]]))
    between = text[name[1] : money[0]]
    if _BRACKET.fullmatch(between) or not at:
        return False
    listed = _LAST if _WITH.fullmatch(between) else _LISTED
    return names[at - 1] not in found and bool(listed.fullmatch(text[names[at - 1][1] : name[0]]))


def give_amounts(context: Context) -> None:
    """Give each funder of a sentence its own sum; of several funders none has what is not its own."""
    sentences: dict[tuple[int, int, int], list[int]] = {}
    for i, c in enumerate(context.candidates):
        if c.relation == "supported" and c.segment not in context.structured and c.subject.segment == c.segment:
            sentences.setdefault((c.segment, c.start, c.end), []).append(i)
    for (index, start, end), places in sentences.items():
        here = [context.candidates[i] for i in places]
        several = len({fold(c.subject.name) for c in here}) > 1
        works = _works((c.subject.name, c.object.name) for c in here)
        owned, _ = own_amounts(context.segments[index].text[start:end],
                               _organizations(context.mentions[index], start, end))  # fmt: skip
        for i, candidate in zip(places, here, strict=True):
            own = owned.get((candidate.subject.start - start, candidate.subject.end - start))
            told = candidate.qualifiers.get("amount")
            if len(works[fold(candidate.subject.name)]) > 1:
                own = told if told not in owned.values() else own if told == own else None
            if several or not told:
                context.candidates[i] = replace(candidate, qualifiers=_amended(candidate.qualifiers, own))


def with_own_amounts(scores: Scores, segments: Sequence[Segment], mentions: Sequence[Sequence[Mention]]) -> Scores:
    """Return the model's scores with the sums divided among the funders of a work.

    The model links a sum to the work that it is for, not to the funder that gives it.

    Parameters
    ----------
    scores
        As the model has them.
    segments, mentions
        The segments and, for each, the mentions that the model tags.
    """
    found = list(scores.found)
    sure = [s for s in found if s.relation == "supported" and s.logit >= _LEAST_LOGIT]
    works = _works((s.subject.name, s.object.name) for s in sure)
    by_work: dict[str, list[int]] = {}
    for i, scored in enumerate(found):
        if scored.relation == "supported":
            by_work.setdefault(fold(scored.object.name), []).append(i)
    for work, places in by_work.items():
        if sum(work in theirs for theirs in works.values()) > 1:
            amounts = _divided([found[i] for i in places], works, segments, mentions)
            for i, amount in zip(places, amounts, strict=True):
                found[i] = replace(found[i], qualifiers=_amended(found[i].qualifiers, amount))
    return replace(scores, found=tuple(found))


def _works(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """Return funder → the works that it supports."""
    works: dict[str, set[str]] = {}
    for funder, work in pairs:
        works.setdefault(fold(funder), set()).add(fold(work))
    return works


def _divided(
    funders: Sequence[Scored], works: Mapping[str, set[str]], segments: Sequence[Segment],
    mentions: Sequence[Sequence[Mention]],
) -> list[str | None]:  # fmt: skip
    """Return the sum of each funder of a work: its own, else one that is nobody's, if it stands nearest to that."""
    amounts: list[str | None] = []
    taken: set[str] = set()
    left: list[tuple[bool, float, int]] = []
    for i, scored in enumerate(funders):
        funder, amount = scored.subject, scored.qualifiers.get("amount", "")
        segment = segments[funder.segment]
        sentence = segment.sentence_at(funder.start)
        text = segment.text[sentence.start : sentence.end]
        start = funder.start - sentence.start
        owned, shared = own_amounts(text, _organizations(mentions[funder.segment], sentence.start, sentence.end))
        own = owned.pop((start, funder.end - sentence.start), None)
        amounts.append(own if len(works.get(fold(funder.name), ())) < 2 or own == amount else None)
        taken |= {*owned.values(), *shared, *filter(None, amounts)}
        at = text.find(amount)
        if amount and amounts[-1] is None:
            left.append((scored.logit < _LEAST_LOGIT, -scored.logit if at < 0 else abs(at - start), i))
    for _, _, i in sorted(left):
        amount = funders[i].qualifiers["amount"]
        if amount not in taken:
            amounts[i] = amount
            taken.add(amount)
    return amounts


def _organizations(mentions: Iterable[Mention], start: int, end: int) -> list[Span]:
    return [(m.start - start, m.end - start) for m in mentions if m.kind in "OU" and start <= m.start and m.end <= end]


def _amended(qualifiers: Mapping[str, str], amount: str | None) -> dict[str, str]:
    """Return the qualifiers with this amount or none."""
    others = {key: value for key, value in qualifiers.items() if key != "amount"}
    return others | ({"amount": amount} if amount else {})
