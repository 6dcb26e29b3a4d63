"""When a company or another body was founded: what claims of founding say, and the year that a record gives it."""

from __future__ import annotations

from collections import defaultdict

import polars as pl

from avgraph.graph.conflict_facts import Facts, Side
from avgraph.graph.conflict_names import row_claims
from avgraph.graph.conflict_rules import Rule
from avgraph.graph.conflict_values import versions
from avgraph.graph.several import with_several

__all__ = ["founding_dates"]


def founding_dates(facts: Facts, rule: Rule) -> None:
    """Find bodies that were founded at several dates; the year of an organization is that of its foundation."""
    founded = facts.scan("affiliation").filter(
        pl.col("role") == "founder", pl.col("status") == "asserted", pl.col("valid_from").is_not_null()
    )
    given = (
        facts.scan("mentions")
        .filter(pl.col("type") == "Organization", pl.col("year").is_not_null(), pl.col("entity").is_not_null())
        .select("entity", "source", "row", claim=pl.lit(None, dtype=pl.String), value=pl.col("year").cast(pl.String))
    )
    dates = pl.concat([
        founded.select(pl.col("organization").alias("entity"), "source", "row", "claim", value="valid_from"), given
    ])  # fmt: skip
    rows = with_several(dates, ["entity"], "value").collect(engine="streaming").rows()
    claims = row_claims(facts, "Organization", {(s, row, e) for e, s, row, claim, _ in rows if not claim and row})
    said: dict[str, dict[str, set[tuple[str, str]]]] = defaultdict(lambda: defaultdict(set))
    for entity, source, row, claim, value in rows:
        own = [claim] if claim else claims.get((source, row, entity), [""])
        said[entity][value].update((source, c) for c in own)
    for entity, values in sorted(said.items()):
        version = versions(facts, rule, values)
        merged: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for value, head in version.items():
            merged[head] |= values[value]
        if len(merged) > 1 and entity in facts.label:
            sides = [Side(head, tuple(sorted(who))) for head, who in sorted(merged.items())]
            text = f"The {rule.aspect} of {facts.label[entity]}: {facts.listed(sides)}."
            facts.add(rule, entity, rule.aspect, text, sides)
