"""What the rules of :mod:`avgraph.graph.conflicts` have in common: the claims they look at, and sides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from avgraph.graph.conflict_rules import Rule, RuleSet
from avgraph.graph.independence import providers
from avgraph.graph.several import with_several
from avgraph.model import KINDS
from avgraph.text import fold

__all__ = ["Facts", "Found", "Side", "asserted", "joined_text", "of_several_sources", "parted"]


@dataclass(frozen=True)
class Side:
    """One version: the value in words, and who says it.

    Attributes
    ----------
    value
        In words.
    said
        (source, claim) of all who say so.
    """

    value: str
    said: tuple[tuple[str, str], ...]

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources, sorted."""
        return tuple(sorted({source for source, _ in self.said}))

    @property
    def claims(self) -> tuple[str, ...]:
        """The claims, sorted."""
        return tuple(sorted({claim for _, claim in self.said if claim}))


@dataclass(frozen=True)
class Found:
    """A comparison that a rule made.

    Attributes
    ----------
    rule
        Which one.
    subject, aspect
        The entity, and what about it.
    outcome
        A concept of the scheme ``conflict``.
    text
        In words, without the preference.
    sides
        In any order.
    versions
        Whether the sides exclude each other, so that one may be preferred.
    """

    rule: Rule
    subject: str
    aspect: str
    outcome: str
    text: str
    sides: tuple[Side, ...]
    versions: bool = True


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


@dataclass
class Facts:
    """What the rules look up, and what they find.

    Attributes
    ----------
    scan
        Gives a claim table by its name, lazily; roles hold entity IRIs.
    label, type_, subtype, countries, generic
        Entity IRI → label, type, subtype, ISO codes, whether it is a description and no name.
    kind_of_source
        Source → ``"article"`` or ``"record"``.
    provider
        Source → what its files have in common: the provider that the workspace names, the publisher of records.
    rank
        Trust of a source; less is more.
    found
        What the rules found.
    """

    scan: Callable[[str], pl.LazyFrame]
    label: Mapping[str, str]
    type_: Mapping[str, str]
    subtype: Mapping[str, str | None]
    countries: Mapping[str, tuple[str, ...]]
    generic: Mapping[str, bool | None]
    kind_of_source: Mapping[str, str]
    provider: Mapping[str, str]
    rank: Callable[[str], int]
    found: list[Found] = field(default_factory=list)

    @classmethod
    def about(
        cls, scan: Callable[[str], pl.LazyFrame], entities: pl.LazyFrame, sources: pl.DataFrame,
        rules: RuleSet, rank: Callable[[str], int],
    ) -> Facts:  # fmt: skip
        """Return facts about `entities` as `sources` tell them."""
        columns = ("label", "type", "subtype", "countries", "generic")
        rows = entities.select("entity", *columns).with_columns(pl.col("countries").fill_null([])).collect()
        if not rows["entity"].is_sorted():
            rows = rows.sort("entity")  # millions are sorted already, and would be copied
        kinds = dict(sources.select("source", "kind").iter_rows())
        provider = providers(sources, rules)
        label, type_, subtype, countries, generic = (_Column(rows["entity"], rows[column]) for column in columns)
        return cls(scan, label, type_, subtype, countries, generic, kinds, provider, rank)

    def add(
        self, rule: Rule, subject: str, aspect: str, text: str, sides: Iterable[Side], *,
        outcome: str = "contradicted", versions: bool = True,
    ) -> None:  # fmt: skip
        """Note a comparison; see :class:`Found`."""
        self.found.append(Found(rule, subject, aspect, outcome, text, tuple(sides), versions))

    def people(self, recipients: Iterable[str] | None) -> list[str]:
        """Return the persons and organizations among recipients."""
        return [r for r in recipients or () if self.type_.get(r) in ("Person", "Organization")]

    def listed(self, sides: Iterable[Side]) -> str:
        """List the sides in words, the most trusted first."""
        return "; ".join(f"{s.value} ({', '.join(s.sources)})" for s in self.ordered(sides))

    def ordered(self, sides: Iterable[Side]) -> list[Side]:
        """Return the sides, that of the most trusted source first."""
        return sorted(
            sides, key=lambda s: (min((self.rank(o) for o in s.sources), default=len(self.label)), s.sources, s.value)
        )


def asserted(facts: Facts, rule: Rule) -> pl.LazyFrame:
    """Return the asserted claims that a rule of a kind compares, each with a subject and a value."""
    table = facts.scan(KINDS[rule.kind].table).filter(
        pl.col("status") == "asserted", pl.col(rule.subject).is_not_null(), pl.col(rule.value).is_not_null()
    )
    for column, values in rule.where.items():
        table = table.filter(pl.col(column).cast(pl.String).is_in(list(values)))
    return table


def of_several_sources(table: pl.LazyFrame, *columns: str) -> pl.DataFrame:
    """Return the claims that share the values of `columns` with a claim of another source."""
    return with_several(table, columns, "source").collect(engine="streaming")


def joined_text(table: pl.LazyFrame, column: str) -> pl.Expr:
    """Return a column as text by which claims are told apart: lists sorted, unknown as empty."""
    if isinstance(table.collect_schema()[column], pl.List):
        return pl.col(column).list.sort().list.join("\x1e").fill_null("")
    return pl.col(column).cast(pl.String).fill_null("")


def parted(rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> Iterator[list[dict[str, Any]]]:
    """Part rows by `columns`; a row that lacks one of them goes with the others if these are all alike.

    Dates count by their year, texts without case and accents.
    """
    keyed: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    vague = []
    for row in rows:
        key = tuple(_loosely(column, row[column]) for column in columns)
        if all(key):
            keyed.setdefault(key, []).append(row)
        else:
            vague.append((key, row))
    for key, row in vague:
        fits = [k for k in keyed if all(not mine or mine == other for mine, other in zip(key, k, strict=True))]
        if len(fits) == 1:
            keyed[fits[0]].append(row)
    if keyed:
        yield from (part for _, part in sorted(keyed.items()))
        return
    by_key: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for key, row in vague:
        by_key.setdefault(key, []).append(row)
    known = [key for key in by_key if any(key)]
    if len(known) <= 1:
        yield [row for _, row in vague]
    else:
        yield from (by_key[key] for key in sorted(by_key))


def _loosely(column: str, value: Any) -> str:
    if value is None:
        return ""
    return str(value)[:4] if column in ("date", "valid_from", "valid_to") else fold(str(value))
