"""What several independent sources say alike: each such statement with its claims, counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import polars as pl

from avgraph.graph.independence import Origins
from avgraph.graph.several import with_several
from avgraph.model import KINDS, ClaimKind
from avgraph.text import content_hash

__all__ = ["AGREEMENT_SCHEMA", "find_agreements"]

AGREEMENT_SCHEMA = {
    "agreement": pl.String(), "kind": pl.String(), "subject": pl.String(), "n_sources": pl.Int64(),
    "n_independent": pl.Int64(), "claims": pl.List(pl.String()), "also_names": pl.String(), "paths": pl.String(),
}  # fmt: skip

#: Kind → columns in which claims that say the same are alike. A list role counts member by member. What a source
#: may add, such as a character, a share or a day, does not matter: the statement confirmed is the common one.
_ALIKE: dict[str, tuple[str, ...]] = {
    "Credit": ("work", "agent", "role"),
    "Participation": ("work", "organization", "country"),
    "Support": ("work", "organization", "funder"),
    "Broadcast": ("work", "broadcaster", "role"),
    "Distribution": ("work", "company"),
    "AwardOutcome": ("work", "award", "recipients", "result"),
    "Screening": ("work", "event"),
    "Partnership": ("parties", "partnership"),
    "Affiliation": ("agent", "organization", "role"),
    "PlaceRelation": ("entity", "place", "relation"),
    "WorkRelation": ("work", "other", "relation"),
    "WorkFact": ("work", "property", "value", "scope"),
    "Statistic": ("subject", "measure", "value", "period"),
}


def find_agreements(
    scan: Callable[[str], pl.LazyFrame], entities: pl.LazyFrame, origins: Origins, base_iri: str
) -> pl.DataFrame:
    """Return the statements that two or more independent sources assert (:data:`AGREEMENT_SCHEMA`).

    ``also_names`` holds the labels of the entities that the claims name beside the subject (null where none is), and
    ``paths`` the sources: each once, in alphabetical order, separated by a comma and a space.

    Parameters
    ----------
    scan
        Gives a claim table by its name, lazily; roles hold entity IRIs.
    entities
        With columns ``entity`` and ``label``.
    origins
        Tells which sources are independent.
    base_iri
        Agreements get IRIs below it.
    """
    labels = entities.select(_named="entity", _text="label")
    tables = [_of_kind(scan(kind.table), kind, labels, origins, base_iri) for kind in KINDS.values()]
    return pl.concat(tables).sort("agreement")


def _of_kind(
    table: pl.LazyFrame, kind: ClaimKind, labels: pl.LazyFrame, origins: Origins, base_iri: str
) -> pl.DataFrame:
    said = ("agreement", "kind", "subject", "n_sources", "n_independent", "claims")
    found = pl.DataFrame(
        _found(table, kind, origins, base_iri), {column: AGREEMENT_SCHEMA[column] for column in said}, orient="row"
    )
    claims = found.lazy().select("agreement", "subject", claim="claims").explode("claim", empty_as_null=True)
    sources = claims.join(table.select("claim", _text="source"), on="claim")
    for column, texts in (("also_names", _names(claims, table, kind, labels)), ("paths", sources)):
        listed = texts.group_by("agreement").agg(pl.col("_text").unique().sort().str.join(", ").alias(column))
        found = found.join(listed.collect(), on="agreement", how="left")
    return found


def _names(claims: pl.LazyFrame, table: pl.LazyFrame, kind: ClaimKind, labels: pl.LazyFrame) -> pl.LazyFrame:
    """Return the labels of what the claims of agreements name, but for the subject."""
    named = []
    for role in kind.roles:
        one = table.select("claim", _named=role.name)
        named.append(one.explode("_named", empty_as_null=True) if role.many else one)
    others = claims.join(pl.concat(named), on="claim").filter(pl.col("_named") != pl.col("subject"))
    return others.join(labels, on="_named")


def _found(
    table: pl.LazyFrame, kind: ClaimKind, origins: Origins, base_iri: str
) -> list[tuple[str, str, str, int, int, list[str]]]:
    columns = list(_ALIKE[kind.name])
    claims = table.filter(pl.col("status") == "asserted")
    lists = [c for c in columns if c in kind.role_names and kind.role(c).many]
    if kind.name == "Partnership":  # who agreed is one statement, all parties together
        claims = claims.with_columns(pl.col("parties").list.sort().list.join(" "))
    else:
        for column in lists:
            claims = claims.explode(column, empty_as_null=True)
    claims = claims.select(
        *(pl.col(c).cast(pl.String).fill_null("").alias(c) for c in columns), "source", "claim", "quote"
    )
    groups: dict[tuple[str, ...], list[tuple[str, str]]] = defaultdict(list)
    quotes: dict[str, str] = {}
    several = with_several(claims, columns, "source").collect(engine="streaming")
    for *key, source, claim, quote in several.iter_rows():
        groups[tuple(key)].append((source, claim))
        if quote:
            quotes[claim] = quote
    found = []
    for values, said in sorted(groups.items()):
        if len({origins.of.get(source, source) for source, _ in said}) < 2:
            continue
        n_independent = origins.n_independent(said, quotes)
        if n_independent > 1:
            subject = values[0].split(" ")[0] or next((k for k in values if k.startswith(base_iri)), "")
            iri = f"{base_iri}agreement/{content_hash(kind.name, *values)}"
            n_sources = len({source for source, _ in said})
            found.append((iri, kind.name, subject, n_sources, n_independent, sorted({claim for _, claim in said})))
    return found
