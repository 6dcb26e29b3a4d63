"""What the rules of comparison find in a tiny graph, in few words."""

from __future__ import annotations

import polars as pl
from tiny import TinyGraph

from graph_parts import comparison

__all__ = ["rules", "told"]


def rules(graph: TinyGraph, order: tuple[str, ...] = ()) -> list[str]:
    """Return the rules that found a contradiction, once for each."""
    return comparison(graph.dataset(order)).conflicts.filter(outcome="contradicted")["rule"].to_list()


def told(graph: TinyGraph, rule: str, order: tuple[str, ...] = ()) -> list[tuple[str | None, list[str]]]:
    """Return for each conflict of `rule` what decided and the values of its sides in order, ``*`` before the best."""
    found = comparison(graph.dataset(order))
    result = []
    for conflict, by in found.conflicts.filter(rule=rule).select("conflict", "preferred_by").iter_rows():
        sides = found.sides.filter(conflict=conflict).sort("side")
        marked = pl.when("preferred").then(pl.lit("*")).otherwise(pl.lit("")) + pl.col("value")
        result.append((by, sides.select(marked)["literal"].to_list()))
    return result
