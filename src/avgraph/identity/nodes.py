"""Nodes: what one stage of the resolution compares, a cluster of mentions seen as one thing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

from avgraph.identity import lexicon
from avgraph.identity.clusters import Clusters
from avgraph.identity.context import Context
from avgraph.identity.mentions import MentionList
from avgraph.identity.names import Name, parse_name, parse_season
from avgraph.model import ENTITY_TYPES

__all__ = ["Node", "Scene", "level_of", "shared"]

_T = TypeVar("_T")
#: The neighbours by type of what has none: one for all of them.
_NONE: frozenset[str] = frozenset()
_NOBODY: Mapping[str, Mapping[str, str]] = {t: {} for t in ENTITY_TYPES}


@dataclass(frozen=True)
class Scene:
    """Everything a stage may look at: mentions, their context, the clusters so far.

    Attributes
    ----------
    settled
        Types whose clusters are final: their members are compared by cluster, the rest by name.
    kept
        Values that many nodes have, each as the one object that all of them share.
    """

    mentions: MentionList
    context: Context
    clusters: Clusters
    settled: frozenset[str] = frozenset()
    kept: dict[object, Any] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def bearers(self) -> dict[tuple[str, str], set[str]]:
        """(text, surname) → the full names with that surname in that text."""
        mentions, found = self.mentions, defaultdict[tuple[str, str], set[str]](set)
        for i, type_ in enumerate(mentions.type):
            if type_ == "Person" and mentions.article[i] and not mentions.generic[i]:
                for name in parse_name(type_, mentions.name[i]):
                    if len(name.main) > 1:
                        found[mentions.source[i], name.main[-1]].add(name.key)
        return dict(found)

    @cached_property
    def listed(self) -> dict[str, dict[tuple[str, str], list[int]]]:
        """Type → (table, folded name) → the people or organisations that the table lists under that name."""
        mentions = self.mentions
        found = {t: defaultdict[tuple[str, str], list[int]](list) for t in ("Person", "Organization")}
        for i, type_ in enumerate(mentions.type):
            if type_ in found and not mentions.article[i] and not mentions.generic[i]:
                found[type_][mentions.source[i], " ".join(lexicon.folded(mentions.name[i]))].append(i)
        return {type_: dict(names) for type_, names in found.items()}

    @cached_property
    def directed(self) -> dict[tuple[str, str, int], set[str]]:
        """(table, director's name, year) → the titles of the works that the table lists for them, folded."""
        mentions, found = self.mentions, defaultdict[tuple[str, str, int], set[str]](set)
        for i, directors in self.context.directors.items():
            year = mentions.year[i]
            if year is None or mentions.article[i] or level_of(mentions, i) != "Work":
                continue
            title = " ".join(lexicon.folded(mentions.name[i]))
            for d in directors:
                for name in parse_name(mentions.type[d], mentions.name[d])[:1]:
                    found[mentions.source[i], name.key, year].add(title)
        return dict(found)


class _Once(Generic[_T]):
    """What a node works out once: a cached property without the lock that those have before Python 3.12."""

    def __init__(self, work_out: Callable[[Any], _T]) -> None:
        self._work_out = work_out
        self._name = work_out.__name__
        self.__doc__ = work_out.__doc__

    def __get__(self, instance: Any, _owner: type) -> _T:
        value = instance.__dict__[self._name] = self._value(instance)
        return value

    def _value(self, instance: Any) -> _T:
        return self._work_out(instance)


class _OnceForMany(_Once[_T]):
    """The same for what is equal in many nodes: a set of one takes 216 bytes, in each of a million nodes."""

    def _value(self, instance: Any) -> _T:
        value = self._work_out(instance)
        kept: _T = instance.scene.kept.setdefault(value, value)
        return kept


@dataclass(frozen=True, eq=False)
class Node:
    """A cluster of mentions of one type.

    Attributes
    ----------
    number
        Number of the first mention, which is the root of the cluster.
    level
        Entity type, for works with ``season`` or ``episode`` instead where it is one: only one level is compared.
    """

    number: int
    level: str
    members: tuple[int, ...]
    scene: Scene

    @property
    def type(self) -> str:
        """Entity type."""
        return self.scene.mentions.type[self.number]

    @_Once
    def texts(self) -> tuple[str, ...]:
        """All names, as written; descriptions are none."""
        mentions = self.scene.mentions
        if len(self.members) == 1:
            return () if mentions.generic[self.number] else tuple(sorted(mentions.all_names(self.number)))
        return tuple(sorted({n for m in self.members if not mentions.generic[m] for n in mentions.all_names(m)}))

    @_Once
    def names(self) -> tuple[Name, ...]:
        """All names, taken apart; those of a season without the words that number it."""
        texts: Iterable[str] = self.texts
        if self.level == "season":
            texts = (t for t in (parse_season(text).title for text in self.texts) if t)
        elif len(self.texts) == 1:
            return parse_name(self.type, self.texts[0])
        return tuple({name.text: name for text in texts for name in parse_name(self.type, text)}.values())

    @_Once
    def ids(self) -> frozenset[str]:
        """External ids."""
        return frozenset(i for m in self.members for i in self.scene.mentions.ids[m]) or _NONE

    @_Once
    def years(self) -> tuple[int, ...]:
        """Years, sorted."""
        years = self.scene.mentions.year
        return tuple(sorted({y for m in self.members if (y := years[m]) is not None}))

    @_OnceForMany
    def countries(self) -> frozenset[str]:
        """ISO codes that mentions or claims give."""
        given = {c for m in self.members for c in self.scene.mentions.countries[m]}
        return frozenset(given.union(*(self.scene.context.countries.get(m, ()) for m in self.members)))

    @_OnceForMany
    def subtypes(self) -> frozenset[str]:
        """Subtypes that mentions give."""
        return frozenset(s for m in self.members if (s := self.scene.mentions.subtype[m]))

    @_OnceForMany
    def article_sources(self) -> frozenset[str]:
        """The texts that mention it."""
        mentions = self.scene.mentions
        return frozenset(mentions.source[m] for m in self.members if mentions.article[m])

    @_OnceForMany
    def tables(self) -> frozenset[str]:
        """The tables that name it."""
        mentions = self.scene.mentions
        return frozenset(mentions.source[m] for m in self.members if not mentions.article[m])

    @_Once
    def claimed(self) -> bool:
        """Whether claims give it neighbours, roles, or awards."""
        context = self.scene.context
        known = (context.neighbours, context.roles, context.award_years, context.categories)
        return not all(of.keys().isdisjoint(self.members) for of in known)

    @_Once
    def table_names(self) -> frozenset[tuple[str, str]]:
        """The tables that name it, each with the folded name."""
        mentions = self.scene.mentions
        return frozenset(
            (mentions.source[m], " ".join(lexicon.folded(mentions.name[m])))
            for m in self.members
            if not mentions.article[m]
        )

    @_Once
    def listed_names(self) -> frozenset[str]:
        """The folded names that tables give it."""
        return frozenset(name for _, name in self.table_names)

    @_Once
    def season(self) -> str | None:
        """Number within the series."""
        found = sorted({n for m in self.members if (n := self.scene.context.seasons.get(m)) is not None})
        return found[0] if found else None

    @_OnceForMany
    def series(self) -> frozenset[int]:
        """Clusters of the series it belongs to."""
        context, root = self.scene.context, self.scene.clusters.root
        return frozenset(root(s) for m in self.members for s in context.series.get(m, ()))

    @_Once
    def directors(self) -> dict[tuple[Name, ...], str]:
        """Names of the directors, taken apart, with the first as written."""
        mentions = self.scene.mentions
        found: dict[tuple[Name, ...], str] = {}
        for m in self.members:
            for d in self.scene.context.directors.get(m, ()):
                texts = mentions.all_names(d)
                if texts and not mentions.generic[d]:
                    found[tuple(n for t in texts for n in parse_name(mentions.type[d], t))] = texts[0]
        return found

    @_OnceForMany
    def active_years(self) -> frozenset[int]:
        """Years of its awards, and of a person's or organisation's works."""
        context, mentions = self.scene.context, self.scene.mentions
        found = {y for m in self.members for y in context.award_years.get(m, ())}
        if self.type != "Work":
            works = (n for m in self.members for n in context.neighbours.get(m, ()) if mentions.type[n] == "Work")
            found.update(y for n in works if (y := mentions.year[n]) is not None)
        return frozenset(found)

    @_OnceForMany
    def roles(self) -> frozenset[str]:
        """Roles of its credits."""
        return frozenset(r for m in self.members for r in self.scene.context.roles.get(m, ()))

    @_OnceForMany
    def categories(self) -> frozenset[str]:
        """Categories of the awards it was named for, folded."""
        return frozenset(c for m in self.members for c in self.scene.context.categories.get(m, ()))

    @_Once
    def around(self) -> Mapping[str, Mapping[str, str]]:
        """Neighbours by type: key of the neighbour → its name.

        The key is the neighbour's cluster where its type is settled; else its id, or its name if that has two words.
        """
        mentions, clusters, neighbours = self.scene.mentions, self.scene.clusters, self.scene.context.neighbours
        if neighbours.keys().isdisjoint(self.members):
            return _NOBODY
        found: dict[str, dict[str, str]] = {t: {} for t in ENTITY_TYPES}
        for member in self.members:
            for n in neighbours.get(member, ()):
                type_ = mentions.type[n]
                if mentions.generic[n]:
                    continue
                text = mentions.name[n]
                if level_of(mentions, n) in self.scene.settled:
                    found[type_][f"#{clusters.root(n)}"] = text
                    continue
                for value in mentions.ids[n]:
                    found[type_][value] = text
                for name in parse_name(type_, text):
                    if len(name.core) > 1:
                        found[type_][name.key] = text
        return found


def level_of(mentions: MentionList, i: int) -> str:
    """Return the level at which mention `i` is compared: its type, or ``season`` or ``episode``."""
    return mentions.levels[i]


def shared(left: Node, right: Node, types: Sequence[str]) -> list[tuple[str, str]]:
    """Return the names of the neighbours of `types` that two nodes share, as either side writes them, sorted."""
    found: set[tuple[str, str]] = set()
    for type_ in types:
        mine, theirs = left.around[type_], right.around[type_]
        if not mine or not theirs:
            continue
        if len(theirs) < len(mine):
            found.update((mine[key], name) for key, name in theirs.items() if key in mine)
        else:
            found.update((name, theirs[key]) for key, name in mine.items() if key in theirs)
    return sorted(found)
