"""Finding the entities of a graph that a description may mean, scored as a build would score them.

A description is compared as one more mention: with the entities that share a blocking key, an external id or, with
what it says stands around it, a neighbour. What it names beside itself (a director, a company) is looked for first, and
counts as an entity where that one alone is likely.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from avgraph.identity.candidates import MAX_BLOCK
from avgraph.identity.clusters import Clusters
from avgraph.identity.nodes import Node, Scene
from avgraph.identity.scoring import MERGE, POSSIBLE, Feature
from avgraph.matching.cast import Cast
from avgraph.matching.nameindex import Indexed, NameIndex, id_key, keys_of_name
from avgraph.matching.pairs import judged_by_id, judged_by_names
from avgraph.model import KINDS

__all__ = ["DIRECTOR", "OTHER", "SERIES", "Asked", "Found", "Reconciler", "Related", "only_match", "path_between"]

#: What something that stands beside another is to it.
DIRECTOR, SERIES, OTHER = "director", "series", "other"
#: From a probability so small on entities are told.
_TOLD = 0.01
_DIRECTED, _PART_OF = "schema:director|schema:creator", "schema:partOfSeries"
_HOME = "schema:nationality|schema:location|schema:countryOfOrigin|av:coProductionCountry"
#: So many entities that share a key are looked at more closely.
_MOST_ALIKE = 1_000
#: What it counts, among many that share a key, to have a neighbour or the year in common, too.
_NEAR = 8
#: What stands beside a description need not be sure: that a candidate has it beside itself, too, is no coincidence.
_LIKELY = 0.5
#: So many entities that something beside a description may be are followed to what they stand beside.
_N_PERHAPS = 3

#: From numbers of entities and a SPARQL path to the numbers of those that it leads to from each.
Neighbours = Callable[[Sequence[int], str], Mapping[int, Sequence[int]]]


@dataclass(frozen=True)
class Related:
    """What is said to stand beside something.

    Attributes
    ----------
    role
        :data:`DIRECTOR` (or creator), :data:`SERIES` or :data:`OTHER`.
    types
        Entity types it may be of.
    name
        As written.
    number
        That of the entity, where it is known.
    """

    role: str
    types: tuple[str, ...]
    name: str
    number: int | None = None


@dataclass(frozen=True)
class Asked:
    """A description.

    Attributes
    ----------
    kinds
        What it may be: entity type and subtype, None where it is not known.
    names, ids, countries, year
        As an entity has them; an IRI is an id, too.
    related
        What stands beside it.
    """

    kinds: tuple[tuple[str, str | None], ...]
    names: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    year: int | None = None
    related: tuple[Related, ...] = ()


class Found(NamedTuple):
    """An entity by its number, the probability 0..1 that it is meant, and the reasons.

    `alike` tells whether its names are, or an id decides.
    """

    number: int
    score: float
    features: tuple[Feature, ...]
    alike: bool = True

    @property
    def bits(self) -> float:
        """What the reasons weigh together."""
        return sum(feature.score for feature in self.features)


def only_match(found: Iterable[Found], threshold: float = MERGE) -> Found | None:
    """Return the one that scores `threshold` or more, None where none does, or several do.

    From the threshold of a build on, this is what a build would take for the thing described.
    """
    sure = [f for f in found if f.score >= threshold]
    return sure[0] if len(sure) == 1 else None


@lru_cache(maxsize=256)
def path_between(type_: str, others: tuple[str, ...]) -> str:
    """Return the SPARQL path from entities of a type to those of other types that stand beside them, or nothing.

    >>> path_between("Event", ("Work",))
    '^av:screenedAt'
    """
    steps: dict[str, None] = {}
    for kind in KINDS.values():
        types = {role.name: role.types for role in kind.roles}
        for shortcut in kind.shortcuts:
            subjects, objects = types[shortcut.subject], types.get(shortcut.object, ())
            if type_ in subjects and not set(others).isdisjoint(objects):
                steps[shortcut.predicate] = None
            if type_ in objects and not set(others).isdisjoint(subjects):
                steps[f"^{shortcut.predicate}"] = None
    return "|".join(steps)


@dataclass(frozen=True)
class _Case:
    """A description as one kind of thing, and the entities it is compared with."""

    asked: Asked
    type: str
    subtype: str | None
    numbers: tuple[int, ...]

    @property
    def level(self) -> str:
        return self.subtype if self.subtype in ("season", "episode") else self.type

    @property
    def others(self) -> tuple[str, ...]:
        """Types of what is said to stand beside it."""
        return tuple(sorted({t for r in self.asked.related for t in r.types}))


class _Meant(NamedTuple):
    """The entity that is meant by something beside a description, where one is, and those that may be."""

    number: int | None
    perhaps: tuple[int, ...]


class Reconciler:
    """Finds entities.

    Parameters
    ----------
    index
        The entities.
    neighbours
        What the graph says stands beside them.
    """

    def __init__(self, index: NameIndex, neighbours: Neighbours) -> None:
        self.index = index
        self._neighbours = neighbours

    def find(self, asked: Sequence[Asked]) -> list[list[Found]]:
        """Return for each description the entities that it may mean, the likeliest first.

        One description does not change what is found for another.
        """
        known = self._known(asked)
        cases: list[list[_Case]] = [[self._case(a, t, s, known) for t, s in _kinds(a)] for a in asked]
        around = _Around(self._neighbours, [case for of in cases for case in of])
        return [_ranked(found for case in of for found in self._scored(case, known, around)) for of in cases]

    def _known(self, asked: Sequence[Asked]) -> dict[Related, _Meant]:
        """Return the entities that are meant by what stands beside the descriptions."""
        related = list(dict.fromkeys(r for a in asked for r in a.related))
        known = {r: _Meant(r.number, (r.number,)) for r in related if r.number is not None}
        named = [r for r in related if r not in known]
        if not named:
            return known
        found = self.find([Asked(tuple((t, None) for t in r.types), (r.name,)) for r in named])
        for one, of in zip(named, found, strict=True):
            # The names of directors are compared, too: who is not sure is not taken for another.
            match = only_match(of, MERGE if one.role == DIRECTOR else _LIKELY)
            perhaps = tuple(f.number for f in of[:_N_PERHAPS] if f.score >= POSSIBLE)
            known[one] = _Meant(match.number if match else None, perhaps)
        return known

    def _case(self, asked: Asked, type_: str, subtype: str | None, known: Mapping[Related, _Meant]) -> _Case:
        case = _Case(asked, type_, subtype, ())
        keys = [id_key(value) for value in asked.ids]
        keys += (key for name in asked.names for key in keys_of_name(case.level, type_, name))
        alike = self.index.candidates(keys)
        numbers = [n for n, _ in alike.most_common(_MOST_ALIKE)]
        fitting = [n for n in numbers if self.index[n].level == case.level]
        if len(fitting) > MAX_BLOCK:
            near = self._near(case, known)
            weights = Counter({n: alike[n] + _NEAR * (n in near) + _bonus(asked, self.index[n]) for n in fitting})
            fitting = [n for n, _ in weights.most_common(MAX_BLOCK)]
        return _Case(asked, type_, subtype, tuple(sorted({*fitting, *self._besides(case, known)})))

    def _near(self, case: _Case, known: Mapping[Related, _Meant]) -> set[int]:
        """Return who stands beside what may stand beside the description."""
        near: set[int] = set()
        for related in case.asked.related:
            numbers = known[related].perhaps
            for type_ in sorted({self.index[n].type for n in numbers}):
                if path := path_between(type_, (case.type,)):
                    near |= self._led_to(numbers, path)
        return near

    def _besides(self, case: _Case, known: Mapping[Related, _Meant]) -> set[int]:
        """Return what is compared whatever it is called: works of the director around the year, parts of the series."""
        found: set[int] = set()
        for related in case.asked.related:
            numbers = known[related].perhaps
            if related.role == SERIES and case.level != "Work":
                found |= self._led_to(numbers, f"^{_PART_OF}")
            elif related.role == DIRECTOR and case.level == "Work" and case.asked.year is not None:
                works = self._led_to(numbers, "|".join(f"^{step}" for step in _DIRECTED.split("|")))
                found.update(n for n in works if _is_year_near(case.asked, self.index[n]))
        return {n for n in found if self.index[n].level == case.level}

    def _led_to(self, numbers: Sequence[int], path: str) -> set[int]:
        return {n for of in self._neighbours(numbers, path).values() for n in of} if numbers else set()

    def _scored(self, case: _Case, known: Mapping[Related, _Meant], around: _Around) -> Iterator[Found]:
        if not case.numbers:
            return
        asked, cast = case.asked, Cast(self.index)
        own = cast.add_asked(case.type, case.subtype, asked)
        place = {number: cast.add(number) for number in case.numbers}
        for related in asked.related:
            number = known[related].number
            other = cast.add(number) if number is not None else cast.add_name(related.types[0], related.name)
            if other != own:
                cast.relate(own, other, related.role)
        for number, here in place.items():
            for role, numbers in around.of(case, number):
                for other in numbers:
                    cast.relate(here, cast.add(other), role)
        mentions, context = cast.mentions(), cast.context
        scene = Scene(mentions, context, Clusters(mentions, {}, {}, context.seasons))
        left = Node(own, case.level, (own,), scene)
        for number, here in place.items():
            if shared := {*mentions.ids[own]} & {*mentions.ids[here]}:
                yield Found(number, *judged_by_id(mentions, own, here, min(shared)))
            elif verdict := judged_by_names(left, Node(here, case.level, (here,), scene), _TOLD):
                yield Found(number, verdict.score, verdict.features, verdict.alike)


class _Around:
    """What the graph says stands beside the candidates, as far as it bears on the descriptions."""

    def __init__(self, neighbours: Neighbours, cases: Iterable[_Case]) -> None:
        wanted: dict[str, set[int]] = defaultdict(set)
        for case in cases:
            for path, _ in self._paths(case):
                wanted[path].update(case.numbers)
        self._found = {path: neighbours(sorted(numbers), path) for path, numbers in sorted(wanted.items())}

    @staticmethod
    def _paths(case: _Case) -> Iterator[tuple[str, str]]:
        """Yield the paths that matter, and the role of what they lead to."""
        if case.others and (path := path_between(case.type, case.others)):
            yield path, OTHER
        if any(r.role == DIRECTOR for r in case.asked.related):
            yield _DIRECTED, DIRECTOR
        if any(r.role == SERIES for r in case.asked.related):
            yield _PART_OF, SERIES
        if case.asked.countries:
            yield _HOME, "country"

    def of(self, case: _Case, number: int) -> Iterator[tuple[str, Sequence[int]]]:
        """Yield role and numbers of what stands beside a candidate."""
        for path, role in self._paths(case):
            yield role, self._found[path].get(number, ())


def _kinds(asked: Asked) -> Iterator[tuple[str, str | None]]:
    """Yield what is asked for; a work of which nothing more is known may be a part of one."""
    for type_, subtype in asked.kinds:
        yield type_, subtype
        if (type_, subtype) == ("Work", None):
            yield "Work", "season"
            yield "Work", "episode"


def _ranked(found: Iterable[Found]) -> list[Found]:
    """Return the likeliest first, each once; a work of another title is never sure.

    A build sees both tables whole, and so whether a director made several works in a year; here one work is described.
    """
    capped = (f if f.alike else f._replace(score=min(f.score, MERGE - 0.01)) for f in found)
    best: dict[int, Found] = {}
    for one in sorted(capped, key=lambda f: (-f.score, -f.bits, f.number)):
        best.setdefault(one.number, one)
    return list(best.values())


def _is_year_near(asked: Asked, entity: Indexed) -> bool:
    return asked.year is not None and entity.year is not None and abs(asked.year - entity.year) <= 1


def _bonus(asked: Asked, entity: Indexed) -> int:
    shares_country = not {*asked.countries}.isdisjoint(entity.countries)
    return _NEAR * _is_year_near(asked, entity) + shares_country
