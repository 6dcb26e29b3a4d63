"""Claims, mentions and sources as Polars tables: one schema per kind, the same for prose and for records.

Before identity, a role column holds *mention references* (``"<source path>#<key>"``, a row of the mention
table); after it, entity IRIs. Nothing else changes, so the claim IRI is given before identity and stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from avgraph.errors import Issue
from avgraph.model.kinds import COMMON, KINDS, ClaimKind
from avgraph.text import content_hash

__all__ = ["MENTION_SCHEMA", "SOURCE_SCHEMA", "ClaimTables", "Collector", "SourceTables", "claim_schema",
           "concat_claims", "empty_claims", "with_claim_ids"]  # fmt: skip

_DTYPES: dict[str, pl.DataType] = {
    "string": pl.String(),
    "integer": pl.Int64(),
    "decimal": pl.Float64(),
    "boolean": pl.Boolean(),
    "date": pl.String(),
}

#: What a source calls an entity. `names` holds further names; `ids` are ``"scheme:value"`` (``imdb:tt3043542``,
#: ``wikidata:Q42``, ``iso3166:BE``); `countries` ISO 3166-1 alpha-2 codes; `generic` marks a description
#: ("a film inspired by his universe") that is not a name and never matches as one.
MENTION_SCHEMA: dict[str, Any] = {
    "ref": pl.String(), "source": pl.String(), "type": pl.String(), "subtype": pl.String(),
    "name": pl.String(), "names": pl.List(pl.String()), "ids": pl.List(pl.String()),
    "countries": pl.List(pl.String()), "year": pl.Int64(), "language": pl.String(),
    "generic": pl.Boolean(), "start": pl.Int64(), "end": pl.Int64(), "row": pl.Int64(),
}  # fmt: skip

SOURCE_SCHEMA: dict[str, Any] = {
    "source": pl.String(), "kind": pl.String(), "title": pl.String(), "publisher": pl.String(),
    "date": pl.String(), "language": pl.String(), "url": pl.String(), "reference": pl.String(),
    "sha256": pl.String(), "reader": pl.String(), "n_read": pl.Int64(), "n_accepted": pl.Int64(),
    "n_quarantined": pl.Int64(),
}  # fmt: skip

ClaimTables = dict[str, pl.DataFrame]


def claim_schema(kind: ClaimKind) -> dict[str, Any]:
    """Return the Polars schema of one kind's table: common columns, roles, attributes."""
    schema: dict[str, Any] = {name: _DTYPES[dtype] for name, dtype in COMMON}
    schema |= {r.name: pl.List(pl.String()) if r.many else pl.String() for r in kind.roles}
    schema |= {a.name: _DTYPES[a.dtype] for a in kind.attributes}
    return schema


def empty_claims() -> ClaimTables:
    """Return one empty table for each kind."""
    return {name: pl.DataFrame(schema=claim_schema(kind)) for name, kind in KINDS.items()}


def concat_claims(parts: Iterable[Mapping[str, pl.DataFrame]]) -> ClaimTables:
    """Return the rows of all `parts`, kind by kind, in the order given; every kind is present."""
    parts = list(parts)
    return {
        name: pl.concat([empty, *(part[name] for part in parts if name in part)])
        for name, empty in empty_claims().items()
    }


def with_claim_ids(kind: ClaimKind, table: pl.DataFrame) -> pl.DataFrame:
    """Return `table` with `claim` filled by a hash of what is claimed, by whom, and where it stands.

    The hash covers kind, roles (as the source names them), attributes, status and evidence, but neither
    confidence nor method: a better rule keeps the claim's IRI.  An attribute that the model got later counts where it
    is known, so that older claims keep theirs.  Rows that hash alike say the same thing at
    the same place; the first is kept.  Only what a language model (method ``llm:…``) claims is another claim than
    the same words of a rule, so that both stand side by side.
    """
    content = [*kind.role_names, *(a.name for a in kind.attributes if not a.later), "source", "status", "start", "end",
               "row", "valid_from", "valid_to"]  # fmt: skip
    later = [
        (pl.lit(f"\x1f{a.name}=") + pl.col(a.name).cast(pl.String)).fill_null("") for a in kind.attributes if a.later
    ]
    by_llm = pl.when(pl.col("method").str.starts_with("llm:")).then(pl.lit("\x1f") + pl.col("method"))
    text = table.select(
        pl.concat_str(
            [
                (
                    pl.col(c).list.join("\x1e")
                    if table.schema[c] == pl.List(pl.String())
                    else pl.col(c).cast(pl.String)
                ).fill_null("")
                for c in content
            ],
            separator="\x1f",
        )
        .add(by_llm.otherwise(pl.lit("")).fill_null(""))
        .add(pl.concat_str(later) if later else pl.lit(""))
        .alias("text")
    )["text"]
    ids = [f"claim/{kind.table.replace('_', '-')}/{content_hash(kind.name, t)}" for t in text]
    return table.with_columns(pl.Series("claim", ids, dtype=pl.String())).unique(
        "claim", keep="first", maintain_order=True
    )


@dataclass(frozen=True)
class SourceTables:
    """Everything one file yields: the contract between sources, extraction and the rest.

    Attributes
    ----------
    source
        One row of :data:`SOURCE_SCHEMA` as a dict; ``n_read == n_accepted + n_quarantined``
        (rows of a table; 1 document for an article).
    mentions
        :data:`MENTION_SCHEMA`; every reference in `claims` is a row here.
    claims
        Kind name → table; absent kinds have no rows.
    issues
        Problems found, in the order of the file.
    """

    source: dict[str, Any]
    mentions: pl.DataFrame
    claims: ClaimTables
    issues: tuple[Issue, ...] = ()


@dataclass
class Collector:
    """Gathers mentions and claims one at a time; for articles and other small inputs.

    Examples
    --------
    >>> c = Collector("articles/a.txt", observed="2019-10-16")
    >>> work = c.mention("w1", "Work", "Unité 42", subtype="series", start=0, end=8)
    >>> person = c.mention("p1", "Person", "Christophe Wagner")
    >>> c.claim("Credit", work=work, agent=person, role="director", quote="…", start=0, end=1)
    >>> c.tables({"source": "articles/a.txt", "kind": "article"}).claims["Credit"].height
    1
    """

    source: str
    observed: str | None = None
    method: str = ""
    _mentions: dict[str, dict[str, Any]] = field(default_factory=dict)
    _claims: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def mention(self, key: str, type_: str, name: str, **more: Any) -> str:
        """Add (once per `key`) what the source calls an entity; return its reference."""
        ref = f"{self.source}#{key}"
        given = {"ref": ref, "source": self.source, "type": type_, "name": name}
        lists = {"generic": False, "names": [], "ids": [], "countries": []}
        if ref not in self._mentions:
            self._mentions[ref] = _row(MENTION_SCHEMA, {**given, **lists, **more})
        return ref

    def claim(self, kind: str, **columns: Any) -> None:
        """Add a claim of `kind`; role columns take references, the rest values."""
        given = {"source": self.source, "status": "asserted", "confidence": 1.0, "method": self.method}
        row = _row(claim_schema(KINDS[kind]), {**given, "observed": self.observed, **columns})
        self._claims.setdefault(kind, []).append(row)

    def tables(self, source: Mapping[str, Any], issues: Iterable[Issue] = ()) -> SourceTables:
        """Return the tables gathered so far, claims with their ids."""
        claims = {
            kind: with_claim_ids(KINDS[kind], pl.DataFrame(rows, schema=claim_schema(KINDS[kind])))
            for kind, rows in self._claims.items()
        }
        mentions = pl.DataFrame(list(self._mentions.values()), schema=MENTION_SCHEMA)
        return SourceTables({c: source.get(c) for c in SOURCE_SCHEMA}, mentions, claims, tuple(issues))


def _row(schema: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a full row; a misspelt column is refused, for it would vanish silently."""
    if unknown := sorted(set(values) - set(schema)):
        raise KeyError(f"no such column: {', '.join(unknown)}")
    return {column: values.get(column) for column in schema}
