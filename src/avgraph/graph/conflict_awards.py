"""Conflicts about awards: who received one for a work, and which work won a category of an edition."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import polars as pl

from avgraph.graph.conflict_facts import Facts, Side, of_several_sources
from avgraph.graph.conflict_rules import Rule
from avgraph.graph.conflict_values import alike
from avgraph.text import name_tokens

__all__ = ["award_recipients", "award_winners"]

#: "Best Animated Short Film" is the category "Short Film (Animated)".
_BEST = frozenset(("best", "meilleur", "meilleure", "meilleurs", "meilleures", "beste", "bester", "bestes", "the"))
#: A category with more winners at once is given to many, and a list of them may be partial.
_MAX_WINNERS = 2

_Row = dict[str, Any]


def award_recipients(facts: Facts, rule: Rule) -> None:
    """Find awards that different people received for the same work according to different sources."""
    won = (pl.col("result") == "won") & (pl.col("status") == "asserted") & pl.col("work").is_not_null()
    table = of_several_sources(facts.scan("award_outcome").filter(won), "award", "work")
    by_work: dict[tuple[str, str], list[_Row]] = defaultdict(list)
    for row in table.iter_rows(named=True):
        by_work[row["award"], row["work"]].append(row)
    for (award, work), rows in sorted(by_work.items()):
        # a prize of the work itself names nobody, and its category is no other prize
        for group in _same_prize([row for row in rows if facts.people(row["recipients"])]):
            by_source: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
            for row in group:
                by_source[str(row["source"])][0].update(facts.people(row["recipients"]))
                by_source[str(row["source"])][1].add(str(row["claim"]))
            # who names some of several recipients does not deny the others
            sides = _sides(facts, {source: (people, claims) for source, (people, claims) in by_source.items()})
            if len(sides) < 2:
                continue
            years = "/".join(sorted({str(r["year"]) for r in group if r["year"]}))
            prize, title = facts.label[award], facts.label[work]
            text = f"Who received {prize}{' ' + years if years else ''} for {title}: {facts.listed(sides)}."
            facts.add(rule, work, f"recipients of {prize}", text, sides)


def award_winners(facts: Facts, rule: Rule) -> None:
    """Find categories of an edition that different works, or people, won according to different sources.

    Some sources give the year of the ceremony, others that of the films. Without an edition a source that knows the
    other's winner in the year before or after speaks of another year and contradicts nothing.
    """
    won = (pl.col("result") == "won") & (pl.col("status") == "asserted") & pl.col("category").is_not_null()
    table = of_several_sources(facts.scan("award_outcome").filter(won), "award")
    by_category: dict[tuple[str, str], list[_Row]] = defaultdict(list)
    for row in table.iter_rows(named=True):
        by_category[row["award"], " ".join(_category(row))].append(row)
    for (award, category), rows in sorted(by_category.items()):
        slots = _slots(facts, rows)
        if len({source for source, _, _ in slots}) > 1:
            _compare_slots(facts, rule, award, category, slots)


#: (source, edition or "", year or None) → winners, and the claims.
_Slots = dict[tuple[str, str, int | None], tuple[set[str], set[str]]]


def _slots(facts: Facts, rows: Sequence[_Row]) -> _Slots:
    slots: _Slots = defaultdict(lambda: (set(), set()))
    for row in rows:
        edition = re.sub(r"\D", "", row["edition"] or "")
        winners = [row["work"]] if row["work"] else facts.people(row["recipients"])
        if (edition or row["year"]) and winners:
            winner, claims = slots[str(row["source"]), edition, row["year"]]
            winner.update(winners)
            claims.add(str(row["claim"]))
    return dict(slots)


def _compare_slots(facts: Facts, rule: Rule, award: str, category: str, slots: _Slots) -> None:
    told: dict[str, dict[str, tuple[set[str], set[str]]]] = defaultdict(dict)
    for one, other in combinations(sorted(slots, key=str), 2):
        if one[0] == other[0] or not _same_slot(one, other) or _other_year(slots, one, other):
            continue
        (mine, my_claims), (theirs, their_claims) = slots[one], slots[other]
        if max(len(mine), len(theirs)) > _MAX_WINNERS or _holds(facts, mine, theirs) or _holds(facts, theirs, mine):
            continue
        if {facts.type_.get(w) == "Work" for w in mine} != {facts.type_.get(w) == "Work" for w in theirs}:
            continue
        when = (one[1] and f"edition {one[1]}") or str(one[2] or other[2])
        for source, winners, claims in ((one[0], mine, my_claims), (other[0], theirs, their_claims)):
            known = told[when].setdefault(source, (set(), set()))
            known[0].update(winners)
            known[1].update(claims)
    for when, versions in sorted(told.items()):
        sides = _sides(facts, versions)
        about = f"winner of {facts.label[award]}, {category}, {when}"
        if len(sides) > 1:
            facts.add(rule, award, about, f"The {about}: {facts.listed(sides)}.", sides)


def _same_slot(one: tuple[str, str, int | None], other: tuple[str, str, int | None]) -> bool:
    if one[1] and other[1]:
        return one[1] == other[1]
    return one[2] is not None and one[2] == other[2]


def _other_year(slots: _Slots, one: tuple[str, str, int | None], other: tuple[str, str, int | None]) -> bool:
    """Tell whether two slots that are told by their years are of different ceremonies."""
    if one[1] and other[1]:
        return False
    for mine, theirs in ((one, other), (other, one)):
        for (source, _, year), (winners, _) in slots.items():
            beside = year is not None and mine[2] is not None and abs(year - mine[2]) == 1
            if source == mine[0] and beside and winners & slots[theirs][0]:
                return True
    return False


def _sides(facts: Facts, versions: Mapping[str, tuple[set[str], set[str]]]) -> list[Side]:
    """Return the versions of which another neither holds all nor is held, those of the same names as one side.

    Two of which a third holds both are parts of it.
    """
    quarrels = {
        source
        for one, other in combinations(sorted(versions), 2)
        if not _holds(facts, versions[one][0], versions[other][0])
        and not _holds(facts, versions[other][0], versions[one][0])
        and not any(_holds(facts, all_, versions[one][0] | versions[other][0]) for all_, _ in versions.values())
        for source in (one, other)
    }
    said: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for source in sorted(quarrels):
        winners, claims = versions[source]
        said[" and ".join(sorted(facts.label[w] for w in winners))].update((source, claim) for claim in claims)
    return [Side(words, tuple(sorted(who))) for words, who in sorted(said.items())]


def _holds(facts: Facts, more: set[str], fewer: set[str]) -> bool:
    return all(f in more or any(_spelt(facts, f, m) for m in more) for f in fewer)


def _spelt(facts: Facts, one: str, other: str) -> bool:
    """Tell whether two people can be one under two spellings; titles that look alike are other works."""
    people = facts.type_.get(one) == facts.type_.get(other) == "Person"
    return people and alike(facts.label[one], facts.label[other])


def _category(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(sorted(set(name_tokens(str(row["category"]))) - _BEST))


def _same_prize(rows: list[_Row]) -> Iterator[list[_Row]]:
    """Group the outcomes of one award and work by category; an unstated one fits a single group."""
    keyed: dict[tuple[str, ...], list[_Row]] = defaultdict(list)
    loose = []
    for row in rows:
        if row["category"]:
            keyed[_category(row)].append(row)
        else:
            loose.append(row)
    if len(keyed) == 1:
        (only,) = keyed.values()
        yield [*only, *loose]
    else:
        yield from keyed.values()
        if loose and not keyed:
            yield loose
