"""What the rules of :mod:`avgraph.graph.conflicts` have in common: the claims they look at, and sides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

__all__ = ["Facts", "Side", "about_entities"]


@dataclass(frozen=True)
class Side:
    """One source's version: the value in words and the claims that say it."""

    value: str
    source: str
    claims: tuple[str, ...]


class _Column(Mapping[str, Any]):
    """A column of the entity table, looked up by IRI: there may be millions of entities, and rules need few."""

    def __init__(self, entities: pl.Series, values: pl.Series) -> None:
        self._entities = entities
        self._values = values
        self._places: dict[str, int | None] = {}

    def _place(self, entity: object) -> int | None:
        if not isinstance(entity, str):
            return None
        if entity not in self._places:
            place = self._entities.search_sorted(entity)
            known = place < len(self._entities) and self._entities[place] == entity
            self._places[entity] = place if known else None
        return self._places[entity]

    def __getitem__(self, entity: str) -> Any:
        place = self._place(entity)
        if place is None:
            raise KeyError(entity)
        value = self._values[place]
        return tuple(value) if isinstance(value, pl.Series) else value

    def __contains__(self, entity: object) -> bool:
        return self._place(entity) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self._entities)

    def __len__(self) -> int:
        return len(self._entities)


def about_entities(
    entities: pl.DataFrame,
) -> tuple[Mapping[str, str], Mapping[str, str], Mapping[str, tuple[str, ...]]]:
    """Return entity IRI → label, → type and → ISO codes."""
    rows = entities.select("entity", "label", "type", pl.col("countries").fill_null([])).sort("entity")
    label, type_, countries = (_Column(rows["entity"], rows[column]) for column in ("label", "type", "countries"))
    return label, type_, countries


@dataclass
class Facts:
    """What the rules look up, and the conflicts that they find.

    Attributes
    ----------
    scan
        Gives a claim table by its name, lazily; roles hold entity IRIs.
    label, type_, countries
        Entity IRI → label, type, ISO codes.
    kind_of_source
        Source → ``"article"`` or ``"record"``.
    rank
        Trust of a source; less is more.
    found
        (rule, subject, property, outcome, explanation) with the sides, the most trusted first.
    """

    scan: Callable[[str], pl.LazyFrame]
    label: Mapping[str, str]
    type_: Mapping[str, str]
    countries: Mapping[str, tuple[str, ...]]
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
