"""What the rules of :mod:`avgraph.graph.conflicts` have in common: the claims they look at, and sides."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from avgraph.model import ClaimTables

__all__ = ["Facts", "Side"]


@dataclass(frozen=True)
class Side:
    """One source's version: the value in words and the claims that say it."""

    value: str
    source: str
    claims: tuple[str, ...]


@dataclass
class Facts:
    """What the rules look up, and the conflicts that they find.

    Attributes
    ----------
    claims
        Kind → table; roles hold entity IRIs.
    label, type_, countries
        Entity IRI → label, type, ISO codes.
    kind_of_source
        Source → ``"article"`` or ``"record"``.
    rank
        Trust of a source; less is more.
    found
        (rule, subject, property, outcome, explanation) with the sides, the most trusted first.
    """

    claims: ClaimTables
    label: dict[str, str]
    type_: dict[str, str]
    countries: dict[str, tuple[str, ...]]
    kind_of_source: dict[str, str]
    rank: Callable[[str], int]
    found: list[tuple[dict[str, str], list[Side]]] = field(default_factory=list)

    def add(
        self, rule: str, subject: str, property_: str, outcome: str, explanation: str, sides: Iterable[Side]
    ) -> None:
        """Note a conflict."""
        ordered = sorted(sides, key=lambda s: (self.rank(s.source), s.source, s.value))
        head = {"rule": rule, "subject": subject, "property": property_, "outcome": outcome, "explanation": explanation}
        self.found.append((head, ordered))

    def people(self, recipients: Iterable[str] | None) -> list[str]:
        """Return the persons and organizations among recipients."""
        return [r for r in recipients or () if self.type_.get(r) in ("Person", "Organization")]

    def listed(self, sides: Iterable[Side]) -> str:
        """List the sides in words, the most trusted first."""
        ordered = sorted(sides, key=lambda s: (self.rank(s.source), s.source))
        return "; ".join(f"{s.value} ({s.source})" for s in ordered)

    def preference(self, sides: Iterable[Side]) -> str:
        """Say which side is preferred and why."""
        ordered = sorted(sides, key=lambda s: (self.rank(s.source), s.source))
        best = ordered[0]
        if len(ordered) > 1 and self.rank(best.source) == self.rank(ordered[1].source):
            return "No side is preferred: the workspace trusts these sources alike."
        return f"Preferred: {best.source}, which the workspace's precedence puts first."
