"""Clusters of mentions that refuse to join where something says that they are two entities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from avgraph.identity.mentions import SINGLE_VALUED, MentionList, family

__all__ = ["Clusters"]

#: Two works whose years lie further apart are a work and its remake; two people born so far apart are two.
MAX_YEAR_SPAN = 2


class Clusters:
    """A union-find forest whose roots know what must not join them.

    Parameters
    ----------
    mentions
        Every mention starts as a cluster of its own.
    apart
        For each mention the numbers of the lists it stands in: two members of one list are two entities.
    verdict_tags
        For each mention the sides of curator verdicts it stands on: ``2k`` and ``2k + 1`` must not join.
    seasons
        For each season or episode its number within its series.
    """

    def __init__(
        self,
        mentions: MentionList,
        apart: dict[int, set[int]],
        verdict_tags: Mapping[int, set[int]],
        seasons: dict[int, str],
    ) -> None:
        self._parent = list(range(len(mentions)))
        self._type = mentions.type
        self._apart = {i: set(s) for i, s in apart.items()}
        self.tags = verdict_tags
        self._tags = {i: set(s) for i, s in verdict_tags.items()}
        self._seasons = {i: {s} for i, s in seasons.items()}
        self._ids: dict[int, dict[str, set[str]]] = {}
        self._years: dict[int, tuple[int, int]] = {}
        self._families: dict[int, set[str]] = {}
        self._serial: set[int] = set()
        for i, ids in enumerate(mentions.ids):
            for value in ids:
                scheme = value.partition(":")[0]
                if scheme in SINGLE_VALUED:
                    self._ids.setdefault(i, {}).setdefault(scheme, set()).add(value)
            if mentions.type[i] in ("Work", "Person") and (year := mentions.year[i]) is not None:
                self._years[i] = (year, year)
            if mentions.type[i] == "Work" and "serie" in (mentions.subtype[i] or "").lower():
                self._serial.add(i)
            if kind := family(mentions.type[i], mentions.subtype[i]):
                self._families[i] = {kind}

    def root(self, i: int) -> int:
        """Return the cluster of mention `i`: the number of its first mention."""
        parent = self._parent
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    def members(self) -> dict[int, list[int]]:
        """Return root → its mentions in order."""
        found: dict[int, list[int]] = {}
        for i in range(len(self._parent)):
            found.setdefault(self.root(i), []).append(i)
        return found

    def obstacle(self, i: int, j: int, *, by_id: bool = False) -> str | None:
        """Return why the clusters of two mentions must stay apart, or None.

        One of ``type``, ``curator``, ``id``, ``subtype``, ``list``, ``year``, ``season``.  With `by_id` (they share
        an external id) only the first four count.
        """
        a, b = self.root(i), self.root(j)
        if a == b:
            return None
        if self._type[a] != self._type[b]:
            return "type"
        if (tags := self._tags.get(a)) and (others := self._tags.get(b)) and any(t ^ 1 in others for t in tags):
            return "curator"
        if (ids := self._ids.get(a)) and (other_ids := self._ids.get(b)):
            for scheme, values in ids.items():
                if scheme in other_ids and values.isdisjoint(other_ids[scheme]):
                    return "id"
        if (kinds := self._families.get(a)) and (others_ := self._families.get(b)) and kinds.isdisjoint(others_):
            return "subtype"
        return None if by_id else self._soft_obstacle(a, b)

    def _soft_obstacle(self, a: int, b: int) -> str | None:
        if (lists := self._apart.get(a)) and (others := self._apart.get(b)) and not lists.isdisjoint(others):
            return "list"
        if (numbers := self._seasons.get(a)) and (other_numbers := self._seasons.get(b)) and numbers != other_numbers:
            return "season"
        if (years := self._years.get(a)) and (other_years := self._years.get(b)):
            span = max(years[1], other_years[1]) - min(years[0], other_years[0])
            if span > MAX_YEAR_SPAN and not (a in self._serial or b in self._serial):
                return "year"
        return None

    def join(self, i: int, j: int) -> int:
        """Join two clusters, whatever stands against it; return the root."""
        a, b = sorted((self.root(i), self.root(j)))
        if a == b:
            return a
        self._parent[b] = a
        for numbers in (self._apart, self._tags):
            _unite(numbers, a, b)
        for values in (self._seasons, self._families):
            _unite(values, a, b)
        if b in self._ids:
            mine = self._ids.setdefault(a, {})
            for scheme, found in self._ids.pop(b).items():
                mine.setdefault(scheme, set()).update(found)
        if b in self._years:
            low, high = self._years.pop(b)
            mine_low, mine_high = self._years.get(a, (low, high))
            self._years[a] = (min(low, mine_low), max(high, mine_high))
        if b in self._serial:
            self._serial.add(a)
        return a


def _unite(sets: dict[int, set[Any]], a: int, b: int) -> None:
    """Move the set of `b` to `a`, the smaller into the larger."""
    theirs = sets.pop(b, None)
    if theirs is None:
        return
    mine = sets.get(a)
    if mine is None or len(mine) < len(theirs):
        theirs.update(mine or ())
        sets[a] = theirs
    else:
        mine.update(theirs)
