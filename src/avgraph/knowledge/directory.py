"""All entities of a build, to be looked through: by words of their names, by type, country and decade."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from avgraph.graph.snapshot import Snapshot
from avgraph.model import KINDS
from avgraph.text import name_tokens

__all__ = ["Directory", "Found", "Wanted"]

#: Facet → the column that it counts.
FACETS = {"type": "kind", "country": "countries", "decade": "decade"}


@dataclass(frozen=True)
class Wanted:
    """What entities are looked for.

    Attributes
    ----------
    text
        Words of a name, in any order, the last perhaps begun only; capitals and accents do not matter.
    type
        A type such as ``Person``, or a subtype such as ``film``; None for all.
    country
        ISO 3166-1 code, None for all.
    decade
        Its first year, for works; None for all.
    """

    text: str = ""
    type: str | None = None
    country: str | None = None
    decade: int | None = None


@dataclass(frozen=True)
class Found:
    """What was found.

    Attributes
    ----------
    n_entities
        How many in all.
    rows
        One page of them: ``entity``, ``label``, ``type``, ``subtype``, ``year``, ``countries``, ``n_claims`` and
        ``names``.
    facets
        Facet → value → how many of the found have it, most first. Each facet is counted without its own choice, so
        that another can be made.
    """

    n_entities: int
    rows: pl.DataFrame
    facets: dict[str, dict[str, int]]


class Directory:
    """The entities of a snapshot.

    Parameters
    ----------
    snapshot
        The build.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    @cached_property
    def table(self) -> pl.DataFrame:
        """All named entities, those with most claims first."""
        entities = self._snapshot.scan("entities").filter(~pl.col("generic")).select(
            "entity", "label", "type", "subtype", "names", "countries", "year"
        )  # fmt: skip
        table = entities.join(self._n_claims(), on="entity", how="left").collect()
        keys = [" ".join(dict.fromkeys(" ".join(_key(name) for name in names).split())) for names in table["names"]]
        return table.with_columns(
            n_claims=pl.col("n_claims").fill_null(0),
            key=" " + pl.Series(keys, dtype=pl.String),
            kind=pl.coalesce("subtype", "type"),
            decade=pl.col("year") // 10 * 10,
        ).sort("n_claims", "label", "entity", descending=[True, False, False])

    def _n_claims(self) -> pl.LazyFrame:
        named = []
        for kind in KINDS.values():
            claims = self._snapshot.scan(kind.table)
            for role in kind.roles:
                members = claims.select("claim", entity=role.name)
                named.append(members.explode("entity") if role.many else members)
        return pl.concat(named).drop_nulls().unique().group_by("entity").agg(n_claims=pl.len())

    def find(self, wanted: Wanted, first: int = 0, n_rows: int = 25) -> Found:
        """Return the entities that are wanted: those called just so first, then those with most claims.

        Parameters
        ----------
        wanted
            What to look for.
        first, n_rows
            Which page of them.
        """
        tests = {
            "type": (pl.col("type") == wanted.type) | (pl.col("subtype") == wanted.type) if wanted.type else None,
            "country": pl.col("countries").list.contains(wanted.country) if wanted.country else None,
            "decade": pl.col("decade") == wanted.decade if wanted.decade is not None else None,
        }
        named = self._named(wanted.text)
        chosen = named.filter(*(test for test in tests.values() if test is not None))
        facets = {}
        for facet, column in FACETS.items():
            others = [test for name, test in tests.items() if name != facet and test is not None]
            values = named.filter(*others).select(pl.col(column))
            values = values.explode(column) if column == "countries" else values
            counts = values.drop_nulls().group_by(column).len().sort("len", column, descending=[True, False])
            facets[facet] = {str(value): n for value, n in counts.iter_rows()}
        return Found(chosen.height, chosen.slice(first, n_rows), facets)

    def _named(self, text: str) -> pl.DataFrame:
        tokens = name_tokens(text)
        if not tokens:
            return self.table if not text.strip() else self.table.clear()
        found = self.table.filter(*(pl.col("key").str.contains(" " + token, literal=True) for token in tokens))
        just_so = [any(_key(name) == " ".join(tokens) for name in names) for names in found["names"]]
        return found.with_columns(exact=pl.Series(just_so, dtype=pl.Boolean)).sort(
            "exact", descending=True, maintain_order=True
        )


def _key(name: str) -> str:
    return " ".join(name_tokens(name))
