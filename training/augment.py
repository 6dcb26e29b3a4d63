"""Texts with other names: each entity's name swapped for one of its kind, titles with other quotes or letter case.

The facts stay true of the new names, so a model can learn the words around names and not the names.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from avgraph.extraction.layout import split_sentences
from corpus import Labelled, Span

__all__ = ["Names", "crop", "vary"]

_QUOTES = (("“", "”"), ("« ", " »"), ('"', '"'), ("„", "“"), ("‘", "’"), ("'", "'"), ("", ""), ("", ""))
_OPEN, _CLOSE = "“«„‘\"'", "”»“’\"'"
#: Relations that tell kinds of organisations apart: a fund is swapped for a fund.
_ROLE = {"supported": "fund", "broadcast": "broadcaster", "distributed": "company", "co_produced": "company",
         "produced_by_company": "company", "works_for": "company"}  # fmt: skip


class Names:
    """Names of the texts by kind, to swap with."""

    def __init__(self, texts: Sequence[Labelled]) -> None:
        pools: dict[str, set[str]] = defaultdict(set)
        self.given: list[str] = []
        self.family: list[str] = []
        given, family = set(), set()
        for text in texts:
            roles = _roles(text)
            for span in text.spans:
                surface = text.text[span.start : span.end]
                if "\n" in surface or span.tag != span.entity[0]:
                    continue
                if span.tag == "Person" and len(surface.split()) > 1 and not surface.isupper():
                    first, _, rest = surface.partition(" ")
                    given.add(first)
                    family.add(rest)
                elif span.tag == "Work" and not surface.isupper():
                    pools["Work"].add(surface)
                elif span.tag == "Organization" and len(surface.split()) > 1:
                    pools[roles.get(span.entity, "company")].add(surface)
        self.given, self.family = sorted(given), sorted(family)
        self.pools = {kind: sorted(names) for kind, names in pools.items()}


def _roles(text: Labelled) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for fact in text.facts:
        kind = _ROLE.get(str(fact["relation"]))
        for side in ("subject", "object"):
            if kind and fact[f"{side}_type"] == "Organization":
                found.setdefault(("Organization", str(fact[side]).strip()), kind)
    return found


def vary(text: Labelled, names: Names, rng: random.Random) -> Labelled:
    """Return the text with some names and typography changed; offsets and entities follow."""
    new: dict[tuple[tuple[str, str], str], str] = {}
    roles = _roles(text)
    forms: dict[tuple[str, str], set[str]] = defaultdict(set)
    for span in text.spans:
        forms[span.entity].add(text.text[span.start : span.end])
    share = rng.choice((0.0, 0.4, 0.8, 1.0))
    upper = rng.random() < 0.07
    quotes = rng.choice(_QUOTES) if rng.random() < 0.4 else None
    for entity, surfaces in forms.items():
        if rng.random() >= share:
            continue
        if entity[0] == "Person":
            _rename_person(entity, surfaces, new, names, rng)
        elif entity[0] == "Work":
            for surface in sorted(surfaces):
                if surface[:1].isupper() or surface[:1].isdigit():
                    title = rng.choice(names.pools["Work"])
                    new[entity, surface] = title.upper() if surface.isupper() and len(surface) > 4 else title
        elif entity[0] == "Organization" and len(surfaces) == 1:
            (surface,) = surfaces
            pool = names.pools.get(roles.get(entity, ""))
            if pool and len(surface.split()) > 1 and not surface.isupper():
                new[entity, surface] = rng.choice(pool)
    out: list[str] = []
    spans: list[Span] = []
    at = length = 0

    def put(piece: str) -> None:
        nonlocal length
        out.append(piece)
        length += len(piece)

    for span in text.spans:
        surface = text.text[span.start : span.end]
        name = new.get((span.entity, surface), surface) if span.tag in ("Person", "Work", "Organization") else surface
        start, end = span.start, span.end
        before, after = "", ""
        if span.tag == "Work":
            if upper:
                name = name.upper()
            opened = text.text[start - 1 : start] in _OPEN and start > at
            closed = text.text[end : end + 1] in _CLOSE and end < len(text.text)
            spaced = text.text[start - 2 : start] == "« " and text.text[end : end + 2] == " »" and start - 1 > at
            if quotes is not None and (spaced or (opened and closed)):
                start, end = (start - 2, end + 2) if spaced else (start - 1, end + 1)
                before, after = quotes
        put(text.text[at:start])
        put(before)
        spans.append(replace(span, start=length, end=length + len(name)))
        put(name)
        put(after)
        at = end
    put(text.text[at:])
    return Labelled(text.name, text.language, "".join(out), text.gaps, spans, text.facts)  # evidence has moved


def _rename_person(
    entity: tuple[str, str], surfaces: set[str], new: dict[tuple[tuple[str, str], str], str], names: Names,
    rng: random.Random,
) -> None:  # fmt: skip
    first, _, rest = entity[1].partition(" ")
    if not rest:
        return
    given, family = rng.choice(names.given), rng.choice(names.family)
    for surface in surfaces:
        if surface in (entity[1], entity[1].upper()):
            name = f"{given} {family}"
        elif entity[1].endswith(f" {surface}") or rest.upper() == surface:
            name = family if surface in (rest, rest.upper()) else family.split()[-1]
        elif surface == first:
            name = given
        else:
            continue
        new[entity, surface] = name.upper() if surface.isupper() and len(surface) > 3 else name


def crop(text: Labelled, rng: random.Random) -> Labelled:
    """Return one sentence, some sentences or some lines of the text, with the facts that their own words state.

    A fact stated elsewhere between entities that both stand there neither counts for nor against.
    """
    lines, at = [], 0
    for line in text.text.split("\n"):
        lines.append((at, at + len(line)))
        at += len(line) + 1
    units = lines
    choice = rng.random()
    if choice < 0.7:
        units = [
            (a + s.start, a + s.end) for a, b in lines for s in split_sentences(text.text[a:b], text.language)
        ] or lines
    n = 1 if choice < 0.35 else rng.choice((2, 3, 4, 5))
    first = rng.randrange(len(units))
    start, end = units[first][0], units[min(len(units), first + n) - 1][1]
    while end > start and text.text[end - 1].isspace():
        end -= 1
    held = [s for s in text.spans if start <= s.start <= s.end <= end]
    spans = [replace(s, start=s.start - start, end=s.end - start) for s in held]
    facts, evidence = [], []
    for fact, place in zip(text.facts, text.evidence, strict=True):
        inside = place is not None and start <= place[0] and place[1] <= end
        facts.append(fact if inside else {**fact, "optional": True})
        evidence.append(None if place is None or not inside else (place[0] - start, place[1] - start))
    number = text.text.count("\n", 0, start)
    gaps = text.gaps[number : number + text.text.count("\n", start, end) + 1]
    return Labelled(text.name, text.language, text.text[start:end], [False, *gaps[1:]], spans, facts, evidence)
