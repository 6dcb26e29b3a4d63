"""Matching does not depend on the order of rows or of tables, and one-to-one is a matching."""

from __future__ import annotations

import random
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

import avgraph
from avgraph.errors import AvgraphError
from avgraph.matching import MatchResult
from avgraph.matching.columns import KNOWN

TITLES = (
    "Barrage",
    "Le Barrage",
    "Mr. Hublot",
    "Mr Hublot",
    "Gutland",
    "Gutland 2",
    "Noces",
    "Unité 42",
    "Unite 42",
    "",
)
NAMES = ("Sam Garbarski", "Sam Gabarski", "Garbarski, Sam", "S. Garbarski", "Laura Schroeder", "Samsa Film", "")


@st.composite
def tables(draw: st.DrawFn, mark: str) -> pl.DataFrame:
    rows: list[dict[str, Any]] = [
        {
            "id": f"{mark}{i}" if draw(st.integers(0, 5)) else None,
            "title": draw(st.sampled_from(TITLES)),
            "year": draw(st.sampled_from([None, "2007", "2008", "2012-03-04", "soon"])),
            "director": "|".join(draw(st.lists(st.sampled_from(NAMES), max_size=2))),
            "country": draw(st.sampled_from(["", "BE", "LU|BE", "Belgium", "Atlantis"])),
            "imdb_id": draw(st.sampled_from(["", "", "", "tt0000001", "tt0000002", "nm0000001"])),
        }
        for i in range(draw(st.integers(1, 12)))
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String()))


def content(pairs: pl.DataFrame) -> list[tuple[Any, ...]]:
    """Return the pairs that are told by ids, which do not change with the order of rows."""
    named = ~pl.col("left").str.starts_with("row ") & ~pl.col("right").str.starts_with("row ")
    return sorted(pairs.filter(named).select("left", "right", "score").iter_rows())


@settings(max_examples=40, deadline=None)
@given(left=tables("a"), right=tables("b"), seed=st.integers(0, 99), threshold=st.sampled_from([0.0, 0.6, 0.85]))
def test_the_order_of_rows_does_not_matter(
    left: pl.DataFrame, right: pl.DataFrame, seed: int, threshold: float
) -> None:
    one = avgraph.match(left, right, threshold=threshold)
    order = list(range(left.height))
    random.Random(seed).shuffle(order)
    other = avgraph.match(left[order], right.reverse(), threshold=threshold)
    assert content(one.pairs) == content(other.pairs)
    assert one.pairs.height == other.pairs.height
    assert [t.n_used for t in one.tables] == [t.n_used for t in other.tables]


@settings(max_examples=40, deadline=None)
@given(left=tables("a"), right=tables("b"), threshold=st.sampled_from([0.0, 0.6, 0.85]))
def test_turned_tables_give_turned_pairs(left: pl.DataFrame, right: pl.DataFrame, threshold: float) -> None:
    one = avgraph.match(left, right, threshold=threshold).pairs
    two = avgraph.match(right, left, threshold=threshold).pairs
    columns = ("left", "right", "left_row", "right_row", "score")
    turned = two.rename({"left": "right", "right": "left", "left_row": "right_row", "right_row": "left_row"})
    assert sorted(one.select(columns).iter_rows()) == sorted(turned.select(columns).iter_rows())


@settings(max_examples=40, deadline=None)
@given(left=tables("a"), right=tables("b"))
def test_one_to_one_is_a_matching_of_the_pairs_that_none_exceeds(left: pl.DataFrame, right: pl.DataFrame) -> None:
    every = avgraph.match(left, right, threshold=0.3)
    chosen = avgraph.match(left, right, threshold=0.3, one_to_one=True).pairs
    assert chosen["left_row"].is_unique().all()
    assert chosen["right_row"].is_unique().all()
    places = ["left_row", "right_row", "score"]
    assert chosen.join(every.pairs, on=places, how="anti").is_empty()
    # No pair could be added.
    free = every.pairs.filter(
        ~pl.col("left_row").is_in(chosen["left_row"].implode())
        & ~pl.col("right_row").is_in(chosen["right_row"].implode()) & (pl.col("score") > 0)
    )  # fmt: skip
    assert free.is_empty()
    assert all(t.n_read == t.n_used + sum(i.n_rows for i in every.issues if i.source == t.name) for t in every.tables)


HEADERS = [
    *(name for names in KNOWN.values() for name in names),
    "imdb_id",
    "tmdb",
    "x_id",
    "colour",
    "Titre Original",
    "",
]
CELLS = st.one_of(
    st.none(), st.sampled_from(["", "|", "||", "A|B", ";", "a, b", "…", "?", "N/A", "tt0000001", "Q1", "1999",
                                 "0", "\x1f"]),
    st.text(max_size=12),
)  # fmt: skip


@st.composite
def junk(draw: st.DrawFn) -> pl.DataFrame:
    headers = draw(st.lists(st.sampled_from(HEADERS), min_size=1, max_size=7, unique=True))
    n_rows = draw(st.integers(0, 5))
    return pl.DataFrame(
        {h: draw(st.lists(CELLS, min_size=n_rows, max_size=n_rows)) for h in headers},
        schema=dict.fromkeys(headers, pl.String()),
    )


@settings(max_examples=150, deadline=None)
@given(left=junk(), right=junk(), kind=st.sampled_from([None, "works", "people", "companies"]))
def test_any_table_is_matched_or_refused_in_words(left: pl.DataFrame, right: pl.DataFrame, kind: str | None) -> None:
    try:
        result = avgraph.match(left, right, kind=kind, threshold=0)
    except AvgraphError as error:
        hint = error.hint
    else:
        _check_books(result)
        return
    assert hint


def _check_books(result: MatchResult) -> None:
    assert all(0 <= p["score"] <= 1 for p in result.to_json())
    for table, issues in zip(result.tables, ("the left table", "the right table"), strict=True):
        told = sum(i.n_rows for i in result.issues if i.source == issues)
        assert (table.n_read, table.n_read - table.n_used) == (table.n_used + told, table.n_quarantined)
