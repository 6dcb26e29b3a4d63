"""Binding: which mentions a curator's line means, and what it demands of the clusters.

A line may name an entity by the IRI that a build gave it.  IRIs are looked up in the clustering *without* verdicts,
so that a line keeps its meaning although it changes the clustering; an IRI that only verdicts bring about (the second
half of a split entity) is looked up in the clustering with them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from avgraph.errors import Issue
from avgraph.identity.decisions import Decision, Decisions
from avgraph.identity.entities import short_names
from avgraph.identity.mentions import MentionList, normal_id

__all__ = ["Bound", "Directory", "Verdicts", "bind", "iri_ends"]


def iri_ends(text: str, base_iri: str) -> Iterator[tuple[str, str]]:
    """Yield (type, end) of an entity's IRI for all ends it may have, the longest first; nothing of other texts.

    >>> list(iri_ends("https://x.org/work/unite-42-tt1", "https://x.org/"))
    [('work', '42-tt1'), ('work', 'tt1')]
    """
    if text.startswith(base_iri):
        type_, _, name = text[len(base_iri) :].partition("/")
        parts = name.split("-")
        yield from ((type_, "-".join(parts[start:])) for start in range(1, len(parts)))


@dataclass(frozen=True)
class Directory:
    """What the ids of a decisions file may mean: look-ups from an id to mention numbers.

    `entities` maps the IRIs of a clustering to their mentions.
    """

    mentions: MentionList
    base_iri: str
    entities: Mapping[str, frozenset[int]]
    by_id: Mapping[str, frozenset[int]]
    by_short: Mapping[tuple[str, str], frozenset[int]]

    @classmethod
    def of(
        cls, mentions: MentionList, base_iri: str, iris: Mapping[int, str], members: Mapping[int, list[int]]
    ) -> Directory:
        """Return the directory of a clustering: `iris` and `members` by root."""
        entities: dict[str, frozenset[int]] = {iris[root]: frozenset(group) for root, group in members.items()}
        by_id: dict[str, set[int]] = defaultdict(set)
        by_short: dict[tuple[str, str], set[int]] = defaultdict(set)
        for root in members:
            for m in members[root]:
                for value in mentions.ids[m]:
                    by_id[value].add(m)
                for type_, short in short_names(mentions, m):
                    by_short[type_.lower(), short].add(root)
        whole = {
            key: frozenset(m for r in roots for m in members[r]) for key, roots in by_short.items() if len(roots) == 1
        }
        return cls(mentions, base_iri, entities, {k: frozenset(v) for k, v in by_id.items()}, whole)

    def find(self, text: str) -> frozenset[int]:
        """Return the mentions that an id means; empty if it is unknown."""
        if text in self.entities:
            return self.entities[text]
        if text in self.mentions.number:
            return frozenset((self.mentions.number[text],))
        return self.by_id.get(normal_id(text), frozenset()) if ":" in text else frozenset()

    def find_by_end(self, text: str) -> frozenset[int]:
        """Return the mentions of an entity whose label has changed: found by the end of its IRI, an id or a hash."""
        return next((found for end in iri_ends(text, self.base_iri) if (found := self.by_short.get(end))), frozenset())


@dataclass(frozen=True)
class Bound:
    """A verdict on two groups of mentions."""

    left: frozenset[int]
    right: frozenset[int]
    decision: Decision


@dataclass(frozen=True)
class Verdicts:
    """All verdicts that can be met together, and the issues of those that cannot.

    Attributes
    ----------
    tags
        For each mention the sides it stands on: ``2k`` and ``2k + 1`` must not be joined.
    """

    bound: tuple[Bound, ...] = ()
    tags: Mapping[int, set[int]] = field(default_factory=dict)
    issues: tuple[Issue, ...] = ()
    unknown: tuple[str, ...] = ()


def bind(decisions: Decisions, directories: Sequence[Directory], *, by_end: bool) -> Verdicts:
    """Return what `decisions` demand; an id means what the first of the `directories` that knows it says.

    With `by_end` an IRI that none knows is looked for by its end.
    """
    mentions = directories[0].mentions
    issues: list[Issue] = []
    unknown: list[str] = []
    bound: list[Bound] = []

    def report(decision: Decision, message: str, hint: str, severity: str = "error") -> None:
        issues.append(Issue(decisions.name, f"line {decision.line}", message, hint, severity, int(severity == "error")))

    def find(text: str) -> frozenset[int]:
        found = next((found for d in directories if (found := d.find(text))), frozenset())
        return directories[0].find_by_end(text) if by_end and not found else found

    for row in decisions.rows:
        left, right = find(row.subject), find(row.object)
        missing = [text for text, found in ((row.subject, left), (row.object, right)) if not found]
        if missing:
            unknown += missing
            report(row, f"no entity, mention or external id {' and '.join(missing)}", "copy the id from `avgraph show`")
        elif {mentions.type[m] for m in left} != {mentions.type[m] for m in right}:
            report(row, "the two are of different types and cannot be compared", "delete the line")
        elif left == right and row.verdict != "same":
            report(row, "both ids mean one and the same entity", "name the mentions that are to be split (source#key)")
        else:
            bound.append(Bound(left, right, row))
    usable: list[Bound] = []
    for item in _subtracted(bound):
        if item.decision.verdict != "same" and item.left & item.right:
            ref = mentions.refs[min(item.left & item.right)]
            report(item.decision, f"both ids stand on the mention {ref}", "name the mentions that are to be split")
        else:
            usable.append(item)
    kept, contradicted = _consistent(usable)
    for loser, winner in contradicted:
        report(
            loser,
            f"{loser.verdict!r} contradicts line {winner}",
            "the later lines count; delete one of them",
            "warning",
        )
    tags: dict[int, set[int]] = defaultdict(set)
    for k, item in enumerate(kept):
        if item.decision.verdict != "same":
            for side, group in enumerate((item.left, item.right)):
                for m in group:
                    tags[m].add(2 * k + side)
    issues.sort(key=lambda i: int(i.where.split()[1]))
    return Verdicts(tuple(kept), dict(tags), tuple(issues), tuple(unknown))


def _subtracted(bound: list[Bound]) -> list[Bound]:
    """Take mentions that a line splits from their entity out of that entity, wherever its IRI is used."""
    split: list[tuple[frozenset[int], frozenset[int]]] = []
    for item in bound:
        if item.decision.verdict != "same":
            small, large = sorted((item.left, item.right), key=lambda g: (len(g), sorted(g)))
            if small < large:
                split.append((small, large))

    def without(group: frozenset[int]) -> frozenset[int]:
        for small, large in split:
            if small < group and (group & large) - small:
                group -= small
        return group

    return [Bound(without(b.left), without(b.right), b.decision) for b in bound]


def _consistent(bound: list[Bound]) -> tuple[list[Bound], list[tuple[Decision, int]]]:
    """Return the verdicts that can be met together, later lines first, and (left out, line of the winner)."""
    parent: dict[int, int] = {}

    def root(m: int) -> int:
        while parent.setdefault(m, m) != m:
            m = parent[m]
        return m

    def roots(group: frozenset[int]) -> set[int]:
        return {root(m) for m in group}

    kept: list[Bound] = []
    contradicted: list[tuple[Decision, int]] = []
    for item in sorted(bound, key=lambda b: -b.decision.line):
        apart = [b for b in kept if b.decision.verdict != "same"]
        together = [b for b in kept if b.decision.verdict == "same"]
        if item.decision.verdict == "same":
            joined = roots(item.left) | roots(item.right)
            against = next((b for b in apart if roots(b.left) & joined and roots(b.right) & joined), None)
        else:
            both = roots(item.left) & roots(item.right)
            against = next((b for b in together if roots(b.left) & both), None)
        if against is not None:
            contradicted.append((item.decision, against.decision.line))
            continue
        kept.append(item)
        if item.decision.verdict == "same":
            members = sorted(item.left | item.right)
            for m in members[1:]:
                parent[root(m)] = root(members[0])
    return sorted(kept, key=lambda b: b.decision.line), contradicted
