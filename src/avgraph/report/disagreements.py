"""Which of the comparisons between sources are shown, where there are many of a kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from avgraph.knowledge import Conflict

__all__ = ["Kind", "by_kind"]

#: So many of each kind are shown at least, and more of each where there are few kinds.
_LEAST = 3
_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Kind:
    """The comparisons that one rule made: those to be shown, and how many more there are."""

    rule: str
    shown: Sequence[Conflict]
    n_more: int


def by_kind(conflicts: Sequence[Conflict]) -> list[Kind]:
    """Return comparisons by the rule that made them, in the order in which rules and comparisons come."""
    kinds: dict[str, list[Conflict]] = {}
    for conflict in conflicts:
        kinds.setdefault(conflict.rule, []).append(conflict)
    most = max(_LEAST, _SHOWN // max(1, len(kinds)))
    return [Kind(rule, found[:most], max(0, len(found) - most)) for rule, found in kinds.items()]
