"""Kept sources → the units of a snapshot: claims about entities instead of mentions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from avgraph.build.cache import KeptTables, mention_pieces, scan_claims
from avgraph.build.identifying import Assignment
from avgraph.graph.writing import Unit
from avgraph.model import KINDS, MENTION_SCHEMA, ClaimKind, Document, claim_schema
from avgraph.text import content_hash

__all__ = ["UNIT_SCHEMAS", "make_units"]

#: Sources are written together until they have so many claims: few enough that one of them is soon written again.
_SMALL, _LARGE = 1_500, 6_000
#: After a source whose name has such a hash a unit ends even if it is small, so that a new source shifts few others.
_END_EVERY = 4

#: Rows of mentions in one piece, and of an assignment that are hashed at once.
_PIECE_ROWS = 200_000
#: An assignment of more mentions of a group is not held; what a piece needs of it is looked up.
_HELD_ROWS = 200_000

_DOCUMENT_SCHEMA = {
    "source": pl.String(),
    "text": pl.String(),
    "blocks": pl.List(pl.Struct({"kind": pl.String(), "start": pl.Int64(), "end": pl.Int64()})),
}
#: Tables that units give → schema.
UNIT_SCHEMAS = {
    **{kind.table: claim_schema(kind) for kind in KINDS.values()},
    "mentions": {**MENTION_SCHEMA, "entity": pl.String()},
    "documents": _DOCUMENT_SCHEMA,
}


def make_units(
    sources: Sequence[KeptTables], documents: Sequence[Document], assignment: Assignment, base_iri: str
) -> list[Unit]:
    """Return the units of all `sources`.

    Parameters
    ----------
    sources
        Sorted by name.
    documents
        The articles among them.
    assignment
        Which entity each mention is.
    base_iri
        Claims get IRIs below it.
    """
    text_of = {document.path: document for document in documents}
    return [
        _unit(_Group(group, [text_of[s.name] for s in group if s.name in text_of], assignment, base_iri))
        for group in _groups(sources)
    ]


def _groups(sources: Iterable[KeptTables]) -> Iterator[list[KeptTables]]:
    group: list[KeptTables] = []
    for source in sources:
        if group and (sum(s.n_claims for s in group) + source.n_claims > _LARGE):
            yield group
            group = []
        group.append(source)
        if sum(s.n_claims for s in group) >= _SMALL and int(content_hash(source.name, n_hex=8), 16) % _END_EVERY == 0:
            yield group
            group = []
    if group:
        yield group


@dataclass(frozen=True)
class _Group:
    sources: list[KeptTables]
    documents: list[Document]
    assignment: Assignment
    base_iri: str

    @property
    def names(self) -> list[str]:
        """The sources."""
        return [source.name for source in self.sources]

    @property
    def n_mentions(self) -> int:
        """How many mentions the sources have."""
        return self.assignment.n_rows(self.names)

    def entities(self) -> pl.LazyFrame:
        """Return ref → entity of the sources' mentions."""
        return self.assignment.about(self.names)


def _unit(group: _Group) -> Unit:
    keys = (part for source in group.sources for part in (source.name, source.key))
    texts = (document.path + repr(document.blocks) + document.text for document in group.documents)
    # The columns as text, piece by piece: millions of Python strings would take gigabytes.
    assigned = (content_hash(piece.write_csv()) for piece in _pieces(group.entities(), group.n_mentions))
    return Unit(
        content_hash(group.base_iri, *keys, *texts, *assigned),
        sum(source.n_claims for source in group.sources) + group.n_mentions + len(group.documents),
        lambda: _tables(group),
    )


def _pieces(table: pl.LazyFrame, n_rows: int) -> Iterator[pl.DataFrame]:
    for first in range(0, n_rows, _PIECE_ROWS):
        yield table.slice(first, _PIECE_ROWS).collect()


def _tables(group: _Group) -> Iterator[tuple[str, pl.DataFrame]]:
    small = group.entities().collect() if group.n_mentions <= _HELD_ROWS else None
    for name, kind in KINDS.items():
        for part in range(max(source.n_parts for source in group.sources)):
            table = scan_claims(group.sources, name, part).collect()
            if table.height:
                entities = _wanted(group, _refs(kind, table)) if small is None else small
                yield kind.table, _about_entities(kind, table, entities, group.base_iri)
    for mentions in mention_pieces(group.sources, _PIECE_ROWS):
        entities = _wanted(group, mentions["ref"]) if small is None else small
        yield "mentions", mentions.join(entities, on="ref", how="left", maintain_order="left")
    if group.documents:
        yield "documents", _document_table(group.documents)


def _wanted(group: _Group, refs: pl.Series) -> pl.DataFrame:
    """Return ref → entity of some of many mentions, which are not held."""
    return group.entities().join(refs.to_frame("ref").lazy(), on="ref", how="semi").collect(engine="streaming")


def _refs(kind: ClaimKind, table: pl.DataFrame) -> pl.Series:
    """Return the references in the roles of claims, each once."""
    columns = (table[role.name].explode(empty_as_null=True) if role.many else table[role.name] for role in kind.roles)
    return pl.concat([column.rename("ref") for column in columns]).drop_nulls().unique()


def _document_table(documents: Iterable[Document]) -> pl.DataFrame:
    rows = [
        {
            "source": d.path,
            "text": d.text,
            "blocks": [{"kind": b.kind, "start": b.start, "end": b.end} for b in d.blocks],
        }
        for d in documents
    ]
    return pl.DataFrame(rows, schema=_DOCUMENT_SCHEMA)


def _about_entities(kind: ClaimKind, table: pl.DataFrame, entities: pl.DataFrame, base_iri: str) -> pl.DataFrame:
    """Replace mention references by entities, and make claim ids IRIs."""
    order = table.columns
    table = table.with_columns(claim=base_iri + pl.col("claim"))
    for role in kind.roles:
        if role.many:
            table = _replace_lists(table, role.name, entities)
        else:
            renamed = entities.rename({"ref": role.name, "entity": "_entity"})
            table = table.join(renamed, on=role.name, how="left", maintain_order="left")
            table = table.with_columns(pl.col("_entity").alias(role.name)).drop("_entity")
    return table.select(order)


def _replace_lists(table: pl.DataFrame, column: str, entities: pl.DataFrame) -> pl.DataFrame:
    items = (
        table.select("claim", pl.col(column).alias("ref"))
        .filter(pl.col("ref").list.len() > 0)
        .explode("ref", empty_as_null=True)
        .join(entities, on="ref", how="left", maintain_order="left")
        .group_by("claim", maintain_order=True)
        .agg(pl.col("entity").unique(maintain_order=True).alias("_entities"))
    )
    joined = table.drop(column).join(items, on="claim", how="left", maintain_order="left")
    return joined.rename({"_entities": column})
