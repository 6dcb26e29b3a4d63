"""A dataset to be written, made of tables in memory; and the quads it is written as."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import polars as pl

from avgraph.graph.conflict_rules import RuleSet
from avgraph.graph.conflicts import Comparison, compare_claims
from avgraph.graph.derived import producing_countries, shared_values, with_countries, with_coverage, with_shared
from avgraph.graph.quads import table_lines
from avgraph.graph.writing import Dataset, Unit
from avgraph.model import KINDS, MENTION_SCHEMA, ClaimTables, claim_schema

SCHEMAS: dict[str, dict[str, Any]] = {
    **{kind.table: claim_schema(kind) for kind in KINDS.values()},
    "mentions": {**MENTION_SCHEMA, "entity": pl.String()},
    "documents": {"source": pl.String(), "text": pl.String()},
}
MATCH_SCHEMA = {
    "left_ref": pl.String(), "right_ref": pl.String(), "left_entity": pl.String(), "right_entity": pl.String(),
    "verdict": pl.String(), "score": pl.Float64(), "decided_by": pl.String(),
    "reasons": pl.List(pl.Struct({
        "feature": pl.String(), "score": pl.Float64(), "left": pl.String(), "right": pl.String(), "detail": pl.String()
    })),
}  # fmt: skip


def dataset_of(
    base_iri: str, claims: ClaimTables, mentions: pl.DataFrame, sources: pl.DataFrame, entities: pl.DataFrame,
    matches: pl.DataFrame, quarantined: pl.DataFrame, rank: Callable[[str], int], rules: RuleSet | None = None,
    texts: Mapping[str, str] | None = None,
) -> Dataset:  # fmt: skip
    """Return a dataset with one unit for each source; `rank` is their trust (less is more), `texts` are articles'."""
    tables = {KINDS[kind].table: table for kind, table in claims.items()} | {"mentions": mentions}
    tables["documents"] = pl.DataFrame(sorted((texts or {}).items()), schema=SCHEMAS["documents"], orient="row")

    def unit(source: str) -> Unit:
        own = {name: table.filter(source=source) for name, table in tables.items()}
        state = repr([(name, t.hash_rows().to_list()) for name, t in own.items() if t.height])
        n_rows = sum(table.height for table in own.values())
        return Unit(state, n_rows, lambda: [(name, table) for name, table in own.items() if table.height])

    return Dataset(
        base_iri, SCHEMAS, sources, [unit(source) for source in sources["source"]], entities.lazy(),
        matches.lazy(), quarantined, lambda scan: compare_claims(scan, entities.lazy(), sources, rank, base_iri, rules),
    )  # fmt: skip


def compared(data: Dataset) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the conflicts of a dataset and their sides."""
    found = comparison(data)
    return found.conflicts, found.sides


def comparison(data: Dataset) -> Comparison:
    """Return what comes of comparing the claims of a dataset."""
    tables = _tables(data)
    return data.compare(lambda name: tables[name].lazy())


def _tables(data: Dataset) -> dict[str, pl.DataFrame]:
    pieces: dict[str, list[pl.DataFrame]] = {name: [pl.DataFrame(schema=s)] for name, s in data.schemas.items()}
    for unit in data.units:
        for name, rows in unit.tables():
            pieces[name].append(rows)
    return {name: pl.concat(parts) for name, parts in pieces.items()}


def lines_of(data: Dataset) -> Iterator[str]:
    """Yield the quads of a dataset."""
    tables = _tables(data)
    found = comparison(data)

    def scan(name: str) -> pl.LazyFrame:
        return tables[name].lazy()

    alone = {"sources": with_coverage(data.sources, data.entities, scan),
             "entities": with_shared(
                 with_countries(data.entities.collect(), producing_countries(data.entities, scan)),
                 shared_values(data.entities),
             ), "matches": data.matches.collect(),
             "quarantined": data.quarantined, "conflicts": found.conflicts, "sides": found.sides,
             "agreements": found.agreements}  # fmt: skip
    for name, table in {**tables, **alone}.items():
        for column in table_lines(name, table, data.naming):
            yield from column
