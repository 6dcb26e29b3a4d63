"""Rows that differ in one column where others are alike."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avgraph.graph.several import with_several

ROWS = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("ab"), st.sampled_from("xxxxyz")), max_size=30)


@given(ROWS)
@settings(max_examples=30, deadline=None)
def test_the_rows_are_those_of_a_grouping(rows: list[tuple[str, str, str]]) -> None:
    table = pl.LazyFrame(rows, schema={"k": pl.String, "l": pl.String, "v": pl.String}, orient="row").with_row_index()
    several = table.collect().filter(pl.col("v").n_unique().over("k", "l") > 1)
    assert with_several(table, ["k", "l"], "v").collect().equals(several)


@pytest.mark.parametrize("n_others", [3, 40_000])
def test_rows_keep_their_order_whether_one_value_prevails_or_not(n_others: int) -> None:
    rows = [(f"film {i % 25_000}", "large.tsv") for i in range(50_000)]
    rows += [(f"film {i}", f"small-{i % 7}.csv") for i in range(n_others)]
    table = pl.LazyFrame(rows, schema={"film": pl.String, "source": pl.String}, orient="row").with_row_index()
    several = table.collect().filter(pl.col("source").n_unique().over("film") > 1)
    assert several.height == min(n_others, 25_000) * 2 + n_others - max(0, n_others - 25_000)
    assert with_several(table, ["film"], "source").collect(engine="streaming").equals(several)
