"""Scoring: how likely two nodes are one entity, and which features say so.

The score is the likeness of the names plus what the context adds or takes away, kept within 0..1; the features of a
pair therefore add up to its score.  Every constant stands in this module, so that a trained calibration can replace
:func:`combine` and the weights without touching the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from avgraph.identity.likeness import likeness
from avgraph.identity.nodes import Node, shared

__all__ = ["MERGE", "POSSIBLE", "Feature", "PairScore", "combine", "score_pair"]

#: From here on two nodes are merged.
MERGE = 0.85
#: From here on they are reported as possibly the same.
POSSIBLE = 0.6

_SAME_COUNTRY = {"Organization": 0.08, "Person": 0.02, "Work": 0.03, "Place": 0.04, "Event": 0.04, "Agreement": 0.04}
_OTHER_COUNTRY = {
    "Organization": -0.20,
    "Person": -0.03,
    "Work": -0.10,
    "Place": -0.30,
    "Event": -0.10,
    "Agreement": -0.10,
}
_SHARED_WORK = {"Organization": 0.15, "Person": 0.15, "Agreement": 0.10}
_SHARED_OTHER = 0.08
_SHARED_PARTY = 0.15
_SAME_YEAR, _NEXT_YEAR, _TWO_YEARS, _OTHER_YEARS = 0.08, 0.04, -0.15, -0.10
_SAME_DIRECTOR, _OTHER_DIRECTOR = 0.12, -0.25
_FILM_AND_SERIES = -0.30
_OTHER_BIRTH_YEAR = -0.35
_SAME_SERIES = 0.95
_SURNAME_IN_TEXT = 0.42
_TWO_KEYS = -0.12


class Feature(NamedTuple):
    """One reason for or against: its name, what it adds (-1..1), the two values that were compared, and in words."""

    feature: str
    score: float
    left: str
    right: str
    detail: str


class PairScore(NamedTuple):
    """The score 0..1 of two nodes, the rule that gave it, and the features it is made of."""

    score: float
    rule: str
    features: tuple[Feature, ...]

    @property
    def against(self) -> bool:
        """Whether something speaks against the pair."""
        return any(f.score < 0 for f in self.features)

    @property
    def contextual(self) -> bool:
        """Whether something beside the names speaks for the pair."""
        return any(f.score > 0 for f in self.features[1:])


def combine(features: Iterable[Feature]) -> float:
    """Return the score of a list of features: their sum within 0..1.

    >>> combine([Feature("name", 0.72, "a", "b", ""), Feature("works", 0.15, "", "", "")])
    0.87
    """
    return round(min(1.0, max(0.0, sum(f.score for f in features))), 4)


def score_pair(left: Node, right: Node) -> PairScore | None:
    """Return the score of two nodes of one level, or None where their names have nothing in common."""
    if left.level in ("season", "episode"):
        features = list(_part_features(left, right))
    else:
        found = likeness(left.type, left.names, right.names)
        if not found.score:
            return None
        features = [
            Feature("name", *found),
            *_CONTEXT[left.type](left, right),
            *_country(left, right),
            *_two_keys(left, right),
        ]
    if not features:
        return None
    score = combine(features)
    if features[0].feature == "series":
        rule = left.level
    elif features[0].detail.startswith("both mean"):
        rule = "alias"
    else:
        rule = "name" if features[0].score >= MERGE or score < MERGE else "name and context"
    return PairScore(score, rule, tuple(features))


def _part_features(left: Node, right: Node) -> Iterator[Feature]:
    """Seasons and episodes are one if their series and number are."""
    if left.season is not None and right.season is not None and left.season != right.season:
        return
    numbered = left.season is not None and left.season == right.season
    if left.series & right.series:
        title = likeness("Work", left.names, right.names) if left.level == "episode" and not numbered else None
        if title and title.score < POSSIBLE:
            return
        value = _SAME_SERIES if numbered or title else 0.70
        detail = "same series" + (f", number {left.season}" if numbered else "")
        yield Feature("series", value, _label(left), _label(right), detail)
        return
    found = likeness("Work", left.names, right.names)
    if not found.score:
        return
    if left.series and right.series:
        yield Feature("name", round(found.score * 0.5, 4), *found[1:3], "same name, but parts of two series")
        return
    detail = f"{found.detail}, number {left.season if numbered else 'unknown'}"
    yield Feature("name", found.score if numbered else min(found.score, 0.70), found.left, found.right, detail)
    yield from _work_context(left, right)


def _label(node: Node) -> str:
    return node.scene.mentions.name[node.number]


def _two_keys(left: Node, right: Node) -> Iterator[Feature]:
    """One table that gives the same name two keys means two entities, unless more speaks for one."""
    if both := sorted(left.table_names & right.table_names):
        refs = (left.scene.mentions.refs[left.number], right.scene.mentions.refs[right.number])
        yield Feature("one table", _TWO_KEYS, *refs, f"{both[0][0]} gives this name two keys")


def _joined(values: Iterable[str]) -> str:
    return "|".join(sorted(values))


def _country(left: Node, right: Node) -> Iterator[Feature]:
    if not left.countries or not right.countries:
        return
    both = sorted(left.countries & right.countries)
    values = (_joined(left.countries), _joined(right.countries))
    if both:
        weight = _SAME_COUNTRY.get(left.type, 0.0)
        if left.type == "Work" and len(both) > 1:
            weight *= 2
        if weight:
            yield Feature("country", weight, *values, f"both {', '.join(both)}")
    elif left.type in _OTHER_COUNTRY:
        yield Feature("country", _OTHER_COUNTRY[left.type], *values, "no country in common")


def _person_context(left: Node, right: Node) -> Iterator[Feature]:
    if left.years and right.years:
        if min(abs(a - b) for a in left.years for b in right.years) > 1:
            yield Feature(
                "birth year", _OTHER_BIRTH_YEAR, str(left.years[0]), str(right.years[0]), "born in different years"
            )
        else:
            yield Feature("birth year", 0.06, str(left.years[0]), str(right.years[0]), "born in the same year")
    if (sources := left.article_sources & right.article_sources) and _only_bearer(left, right, sources):
        yield Feature(
            "same text", _SURNAME_IN_TEXT, _label(left), _label(right), "the one full name with it in the text"
        )
    yield from _shared_neighbours(left, right)


def _only_bearer(left: Node, right: Node, sources: frozenset[str]) -> bool:
    """Tell whether one node is a bare surname and the other the only full name with it in a text."""
    single, full = sorted((left, right), key=lambda n: max(len(name.main) for name in n.names))
    surnames = {name.main[-1] for name in single.names}
    if len(surnames) != 1 or max(len(name.main) for name in single.names) > 1:
        return False
    surname = surnames.pop()
    bearers = full.scene.bearers
    return any(len(name.main) > 1 and name.main[-1] == surname for name in full.names) and any(
        len(bearers.get((source, surname), ())) == 1 for source in sources
    )


def _shared_neighbours(left: Node, right: Node) -> Iterator[Feature]:
    if works := shared(left, right, ("Work",)):
        more = 0.03 if len(works) > 1 else 0.0
        yield Feature("works", _SHARED_WORK[left.type] + more, *works[0], _in_common(works, "work", "works"))
    if others := shared(left, right, ("Person", "Organization", "Agreement")):
        yield Feature("partners", _SHARED_OTHER, *others[0], _in_common(others, "partner", "partners"))


def _in_common(found: list[tuple[str, str]], one: str, many: str) -> str:
    return f"{len(found)} {many if len(found) > 1 else one} in common"


def _work_context(left: Node, right: Node) -> Iterator[Feature]:
    serial = any("serie" in s.lower() for s in left.subtypes | right.subtypes)
    if left.years and right.years:
        gap = min(abs(a - b) for a in left.years for b in right.years)
        values = (str(left.years[0]), str(right.years[0]))
        weight = (_SAME_YEAR, _NEXT_YEAR, _TWO_YEARS)[gap] if gap < 3 else _OTHER_YEARS if serial else -0.5
        yield Feature("year", weight, *values, "same year" if not gap else f"{gap} year{'s' if gap > 1 else ''} apart")
    kinds = [{"series" if "serie" in s.lower() else "film" for s in n.subtypes if _is_screen(s)} for n in (left, right)]
    if kinds[0] and kinds[1] and kinds[0].isdisjoint(kinds[1]):
        yield Feature("subtype", _FILM_AND_SERIES, _joined(left.subtypes), _joined(right.subtypes), "film and series")
    if left.directors and right.directors:
        yield _directors(left, right)
    if organizations := shared(left, right, ("Organization",)):
        yield Feature("companies", 0.06, *organizations[0], _in_common(organizations, "company", "companies"))
    directors = set(left.directors.values())
    if people := [p for p in shared(left, right, ("Person",)) if p[0] not in directors]:
        yield Feature("people", _SHARED_OTHER, *people[0], _in_common(people, "further person", "further people"))


def _is_screen(subtype: str) -> bool:
    return "film" in subtype.lower() or "serie" in subtype.lower()


def _directors(left: Node, right: Node) -> Feature:
    best = max(
        ((likeness("Person", a, b).score, x, y) for a, x in left.directors.items() for b, y in right.directors.items()),
        key=lambda found: (found[0], found[1], found[2]),
    )
    if best[0] >= POSSIBLE:
        return Feature("director", _SAME_DIRECTOR, best[1], best[2], "director in common")
    weight = _OTHER_DIRECTOR if best[0] < 0.4 else 0.0
    values = (_joined(left.directors.values()), _joined(right.directors.values()))
    return Feature("director", weight, *values, "other directors")


def _place_context(left: Node, right: Node) -> Iterator[Feature]:
    if left.subtypes and right.subtypes and left.subtypes.isdisjoint(right.subtypes):
        yield Feature("subtype", -0.10, _joined(left.subtypes), _joined(right.subtypes), "places of different kinds")


def _award_context(left: Node, right: Node) -> Iterator[Feature]:
    if events := shared(left, right, ("Event",)):
        yield Feature("events", 0.32, *events[0], _in_common(events, "event", "events"))


def _agreement_context(left: Node, right: Node) -> Iterator[Feature]:
    if parties := shared(left, right, ("Organization", "Person", "Place")):
        weight = _SHARED_PARTY * min(2, len(parties))
        yield Feature("parties", weight, *parties[0], _in_common(parties, "party", "parties"))


_CONTEXT = {
    "Person": _person_context,
    "Organization": _shared_neighbours,
    "Work": _work_context,
    "Award": _award_context,
    "Event": lambda _left, _right: iter(()),
    "Place": _place_context,
    "Agreement": _agreement_context,
}
