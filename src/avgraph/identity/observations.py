"""What is compared of two nodes beside their names: neighbours, years, countries, roles, each as a level in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from avgraph.identity.likeness import LOOSE_TITLES, compare
from avgraph.identity.nodes import Node, shared

__all__ = ["Observation", "observations"]


class Observation(NamedTuple):
    """One comparison: the feature, its level, the two values, and in words what was seen."""

    feature: str
    level: str
    left: str
    right: str
    detail: str


def observations(left: Node, right: Node, name_level: str) -> Iterator[Observation]:
    """Yield what is compared of two nodes of one type beside their names, which are alike at a level."""
    for seen in _CONTEXT[left.type](left, right):
        if seen.feature == "director" and seen.level == "in common" and name_level in LOOSE_TITLES:
            if _of_several(left, right):
                words = f"{seen.detail}, who made several works"
                yield seen._replace(level="in common, titles differ, one of several", detail=words)
            else:
                yield seen._replace(level="in common, titles differ")
        else:
            yield seen
    yield from _country(left, right)
    yield from _one_table(left, right)


def _joined(values: Iterable[object]) -> str:
    return "|".join(sorted(map(str, values)))


def _number(n: int) -> str:
    return "one in common" if n == 1 else "several in common"


def _one_table(left: Node, right: Node) -> Iterator[Observation]:
    """One table that gives the same name two keys means two entities, unless more speaks for one."""
    mentions = left.scene.mentions
    refs = (mentions.refs[left.number], mentions.refs[right.number])
    if tables := left.tables & right.tables:
        if both := sorted(left.table_names & right.table_names):
            yield Observation("one table", "same name, two keys", *refs, f"{both[0][0]} gives this name two keys")
        else:
            yield Observation("one table", "two names", *refs, f"{min(tables)} has both names")
    elif found := _listed_there(left, right) or _listed_there(right, left):
        number, table = found
        values = (refs[0], mentions.refs[number])
        yield Observation("one table", "name is another's there", *values, f"{table} has another of that name")


def _listed_there(one: Node, other: Node) -> tuple[int, str] | None:
    """Return who has a name of the other's in a table of the one, beside it, and the table.

    A table lists a company or person once: where it has the other under its own name, the one is somebody else. What
    cannot be the other, because its ids disagree, does not count.
    """
    listed = one.scene.listed.get(one.type)
    names = other.listed_names - one.listed_names if listed else frozenset()
    if not listed or not names:
        return None
    for table in sorted(one.tables):
        for name in sorted(names):
            for number in listed.get((table, name), ()):
                if one.scene.clusters.obstacle(number, other.number) is None:
                    return number, table
    return None


def _country(left: Node, right: Node) -> Iterator[Observation]:
    if not left.countries or not right.countries:
        return
    both = sorted(left.countries & right.countries)
    values = (_joined(left.countries), _joined(right.countries))
    if both:
        yield Observation("country", _number(len(both)), *values, f"both {', '.join(both)}")
    else:
        yield Observation("country", "none in common", *values, "no country in common")


def _person(left: Node, right: Node) -> Iterator[Observation]:
    if left.years and right.years:
        values = (str(left.years[0]), str(right.years[0]))
        if min(abs(a - b) for a in left.years for b in right.years) > 1:
            yield Observation("birth year", "different", *values, "born in different years")
        else:
            yield Observation("birth year", "same", *values, "born in the same year")
    if (sources := left.article_sources & right.article_sources) and _only_bearer(left, right, sources):
        texts = (_label(left), _label(right))
        yield Observation("same text", "only bearer", *texts, "the one full name with it in the text")
    yield from _of_claims(left, right)


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


def _label(node: Node) -> str:
    return node.scene.mentions.name[node.number]


def _of_claims(left: Node, right: Node) -> Iterator[Observation]:
    if not left.claimed or not right.claimed:
        return  # all that follows needs something of both
    yield from _neighbours(left, right)
    yield from _active(left, right)
    yield from _roles(left, right)


def _neighbours(left: Node, right: Node) -> Iterator[Observation]:
    works = shared(left, right, ("Work",))
    if works:
        yield Observation("works", _number(len(works)), *works[0], _in_common(works, "work", "works"))
    if others := shared(left, right, ("Person", "Organization", "Agreement")):
        yield Observation("partners", _number(len(others)), *others[0], _in_common(others, "partner", "partners"))
    if not works and left.around["Work"] and right.around["Work"]:
        values = (next(iter(left.around["Work"].values())), next(iter(right.around["Work"].values())))
        yield Observation("works", "none in common", *values, "no work in common")


def _in_common(found: Collection[tuple[str, str]], one: str, many: str) -> str:
    return f"{len(found)} {many if len(found) > 1 else one} in common"


def _active(left: Node, right: Node) -> Iterator[Observation]:
    """Compare the years of works and awards."""
    mine, theirs = left.active_years, right.active_years
    if not mine or not theirs:
        return
    gap = max(min(mine), min(theirs)) - min(max(mine), max(theirs))
    level = next((words for limit, words in _GAPS if gap <= limit), "more than 40 years apart")
    values = (f"{min(mine)}–{max(mine)}", f"{min(theirs)}–{max(theirs)}")
    yield Observation("years active", level, *values, level if gap > 3 else "active at the same time")


_GAPS = ((3, "within 3 years"), (10, "within 10 years"), (20, "within 20 years"), (40, "within 40 years"))


def _roles(left: Node, right: Node) -> Iterator[Observation]:
    for feature, mine, theirs in (
        ("role", left.roles, right.roles), ("award category", left.categories, right.categories),
    ):  # fmt: skip
        if mine and theirs:
            both = sorted(mine & theirs)
            values = (_joined(mine), _joined(theirs))
            if both:
                yield Observation(feature, "in common", *values, f"both {both[0]}")
            else:
                yield Observation(feature, "none in common", *values, f"no {feature} in common")


def _work(left: Node, right: Node) -> Iterator[Observation]:
    serial = any("serie" in s.lower() for s in left.subtypes | right.subtypes)
    if left.years and right.years:
        yield _gap("year", left.years, right.years, serial)
    else:
        mine, theirs = left.years or left.active_years, right.years or right.active_years
        if mine and theirs:
            yield _gap("award year", mine, theirs, serial)
    kinds = [{"series" if "serie" in s.lower() else "film" for s in n.subtypes if _is_screen(s)} for n in (left, right)]
    if kinds[0] and kinds[1] and kinds[0].isdisjoint(kinds[1]):
        yield Observation("kind", "other", _joined(left.subtypes), _joined(right.subtypes), "film and series")
    if left.directors and right.directors:
        yield _directors(left, right)
    if organizations := shared(left, right, ("Organization",)):
        words = _in_common(organizations, "company", "companies")
        yield Observation("companies", _number(len(organizations)), *organizations[0], words)
    directors = set(left.directors.values())
    if people := [p for p in shared(left, right, ("Person",)) if p[0] not in directors]:
        words = _in_common(people, "further person", "further people")
        yield Observation("people", _number(len(people)), *people[0], words)


def _gap(feature: str, mine: Collection[int], theirs: Collection[int], serial: bool) -> Observation:
    gap, a, b = min((abs(a - b), a, b) for a in mine for b in theirs)
    level = "same" if not gap else f"{gap} apart" if gap < 3 else "further apart" if gap < 9 else "far apart"
    if serial and gap > 2:
        level = "apart, but of a series"
    words = f"{gap} year{'' if gap == 1 else 's'} apart" if gap else "same year"
    return Observation(feature, level, str(a), str(b), words)


def _is_screen(subtype: str) -> bool:
    return "film" in subtype.lower() or "serie" in subtype.lower()


def _directors(left: Node, right: Node) -> Observation:
    """Compare the directors of two works: the best likeness of any two."""
    found = sorted(
        (_DIRECTOR_LEVELS.get(level.level, 2), x, y)
        for a, x in left.directors.items()
        for b, y in right.directors.items()
        for level in filter(None, (compare("Person", m, n) for m in a for n in b))
    )
    if found and found[0][0] < 3:
        rank, x, y = found[0]
        words = ("director in common", "directors of like names", "directors perhaps alike")[rank]
        return Observation("director", ("in common", "alike", "perhaps alike")[rank], x, y, words)
    values = (_joined(left.directors.values()), _joined(right.directors.values()))
    return Observation("director", "none in common", *values, "other directors")


def _of_several(left: Node, right: Node) -> bool:
    """Tell whether two works of one director may well be two of theirs.

    So they may if they are not of one year, or if a table that has one of them lists another of that year beside it.
    """
    years = {*left.years} & {*right.years}
    directed = left.scene.directed
    return not years or any(
        len(directed.get((table, name.key, year), ())) > 1
        for node in (left, right)
        for table in {table for table, _ in node.table_names}
        for names in node.directors
        for name in names
        for year in years
    )


#: Levels of two directors' names: in common, alike, perhaps (also all that are not here), not.
_DIRECTOR_LEVELS = {
    "same name": 0, "same words in another order": 0, "same but for particles": 0, "same single word": 0,
    "middle names": 0, "middle initial": 0, "middle initial spelt out": 0, "same sound": 1, "initials": 1,
    "one letter or two differ": 1, "nickname": 1, "surname only": 2, "similar first name": 3, "other middle names": 3,
}  # fmt: skip


def _place(left: Node, right: Node) -> Iterator[Observation]:
    if left.subtypes and right.subtypes and left.subtypes.isdisjoint(right.subtypes):
        yield Observation("kind", "other", _joined(left.subtypes), _joined(right.subtypes), "places of different kinds")


def _award(left: Node, right: Node) -> Iterator[Observation]:
    if events := shared(left, right, ("Event",)):
        yield Observation("events", _number(len(events)), *events[0], _in_common(events, "event", "events"))


def _agreement(left: Node, right: Node) -> Iterator[Observation]:
    if parties := shared(left, right, ("Organization", "Person", "Place")):
        yield Observation("parties", _number(len(parties)), *parties[0], _in_common(parties, "party", "parties"))


_CONTEXT = {
    "Person": _person,
    "Organization": _of_claims,
    "Work": _work,
    "Award": _award,
    "Event": lambda _left, _right: iter(()),
    "Place": _place,
    "Agreement": _agreement,
}
