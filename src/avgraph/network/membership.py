"""The two tables a network is made of: who took part in which work, and what is known of the members."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from avgraph.errors import AvgraphError

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["MEMBERSHIP_SCHEMA", "NODE_SCHEMA", "Weight", "Years", "check_membership", "check_nodes", "first_of_run",
           "incidence_of", "keep_values", "keep_years", "member_codes", "nearest"]  # fmt: skip

#: One row per (work, member, role, claim). Only `work` and `member` are required; `weight` is a share of the
#: work (0 to 1, or any non-negative amount: shares are divided by their sum), null where nobody stated one;
#: `kind` is the kind of the work (film, series …); `confidence` the probability that the row is right, 0 to 1,
#: null where it is not doubted.
MEMBERSHIP_SCHEMA: dict[str, Any] = {
    "work": pl.String(), "member": pl.String(), "role": pl.String(), "year": pl.Int64(), "weight": pl.Float64(),
    "claim": pl.String(), "kind": pl.String(), "confidence": pl.Float64(),
}  # fmt: skip

#: What is known of the members; only `member` is required, and members may be missing.
NODE_SCHEMA: dict[str, Any] = {
    "member": pl.String(), "label": pl.String(), "type": pl.String(), "countries": pl.List(pl.String()),
}  # fmt: skip

Years = tuple[int | None, int | None]
Weight = Literal["newman", "count", "share"]

_LEAST_SHARE = 1e-12


def nearest(name: str, candidates: Sequence[str], n: int = 3) -> str:
    """Return "did you mean …" with the names closest to `name`, or a list of those there are."""
    folded = {c.casefold(): c for c in candidates}
    close = [folded[c] for c in get_close_matches(name.casefold(), list(folded), n=n, cutoff=0.5)]
    if close:
        return "did you mean " + " or ".join(repr(c) for c in close) + "?"
    shown = ", ".join(repr(c) for c in list(candidates)[:12])
    return f"there are: {shown}" + (" …" if len(candidates) > 12 else "")


def _conform(table: pl.DataFrame, schema: dict[str, Any], required: Collection[str], what: str) -> pl.DataFrame:
    """Return `table` with exactly the columns of `schema`; columns that may lack are filled with null."""
    for column in required:
        if column not in table.columns:
            raise AvgraphError(
                f"the {what} table has no column {column!r}", nearest(column, table.columns), f"{what} table"
            )
    try:
        return table.select(
            (pl.col(c).cast(dtype) if c in table.columns else pl.lit(None, dtype)).alias(c)
            for c, dtype in schema.items()
        )
    except pl.exceptions.PolarsError as error:
        expected = ", ".join(f"{c} {dtype}" for c, dtype in schema.items())
        found = ", ".join(f"{c} {dtype}" for c, dtype in table.schema.items() if c in schema)
        raise AvgraphError(
            f"the {what} table has a column of the wrong type: {found}", f"expected {expected}", f"{what} table"
        ) from error


def check_membership(table: pl.DataFrame) -> pl.DataFrame:
    """Return the membership rows in :data:`MEMBERSHIP_SCHEMA`, sorted, without repeated rows.

    Rows without a work or a member say nothing about a network and are left out.

    Raises
    ------
    AvgraphError
        If a required column is missing, a column has the wrong type, a weight is negative or not finite, or a
        confidence is not from 0 to 1.
    """
    rows = _conform(table, MEMBERSHIP_SCHEMA, ("work", "member"), "membership")
    wild = rows.filter(~pl.col("confidence").is_between(0, 1))
    if wild.height:
        first = wild.sort("work", "member").row(0, named=True)
        raise AvgraphError(
            f"{wild.height} confidence(s) are not from 0 to 1, such as {first['confidence']} of {first['member']!r} in "
            f"{first['work']!r}",
            "a confidence is a probability, or empty where nothing is doubted",
            "membership table",
        )
    bad = rows.filter((pl.col("weight") < 0) | ~pl.col("weight").is_finite())
    if bad.height:
        first = bad.sort("work", "member").row(0, named=True)
        raise AvgraphError(
            f"{bad.height} weight(s) are negative or not finite, such as {first['weight']} of {first['member']!r} "
            f"in {first['work']!r}",
            "a weight is a share of the work: zero or more, or empty where unknown",
            "membership table",
        )
    named = rows.filter((pl.col("work") != "") & (pl.col("member") != "")).sort(list(MEMBERSHIP_SCHEMA))
    return named.filter(first_of_run(MEMBERSHIP_SCHEMA))


def first_of_run(keys: Iterable[str]) -> pl.Expr:
    """Return whether a row has other `keys` than the one before: where a group begins in a sorted table."""
    begins = pl.any_horizontal(pl.col(key).ne_missing(pl.col(key).shift(1)) for key in keys)
    return begins | (pl.int_range(pl.len()) == 0)


def check_nodes(table: pl.DataFrame | None, members: pl.Series) -> pl.DataFrame:
    """Return one row of :data:`NODE_SCHEMA` per member, in the order of `members` (sorted, unique).

    A member that `table` lacks, or that has no label there, is labelled with the last segment of its IRI.
    Rows of `table` that are no member are left out. Where a member has several rows, each column takes the
    first value in sorted order, so that the order of the rows does not matter.
    """
    frame = members.alias("member").to_frame()
    if table is None:
        table = pl.DataFrame(schema=NODE_SCHEMA)
    if table.schema.get("countries") == pl.String():
        raise AvgraphError(
            "the column 'countries' holds text", "make it a list, such as pl.col('countries').str.split('|')",
            "node table",
        )  # fmt: skip
    known = _conform(table, NODE_SCHEMA, ("member",), "node").join(frame, on="member", how="semi")
    if known["member"].n_unique() < known.height:
        joined = pl.col("countries").list.join("\x1f")
        known = known.group_by("member").agg(
            pl.col("label").drop_nulls().sort().first(),
            pl.col("type").drop_nulls().sort().first(),
            pl.col("countries").sort_by(joined, nulls_last=True).first(),
        )
    fallback = pl.col("member").str.extract(r"://.*?([^/#]+)[/#]*$")
    label = pl.when(pl.col("label").str.strip_chars() != "").then("label")
    return frame.join(known, on="member", how="left", maintain_order="left").with_columns(
        pl.coalesce(label, fallback, "member").alias("label"),
        pl.col("countries").fill_null([]).list.drop_nulls(),
    )


def keep_years(rows: pl.DataFrame, years: Years | None) -> pl.DataFrame:
    """Return the rows whose year lies in the closed window `years`; undated rows stay only without a window."""
    if years is None or years == (None, None):
        return rows
    low, high = years
    if low is not None and high is not None and low > high:
        raise AvgraphError(f"the window of years {low} to {high} is empty", "give the earlier year first")
    keep = pl.col("year").is_not_null()
    if low is not None:
        keep &= pl.col("year") >= low
    if high is not None:
        keep &= pl.col("year") <= high
    return rows.filter(keep)


def keep_values(rows: pl.DataFrame, column: str, values: Collection[str] | None) -> pl.DataFrame:
    """Return the rows whose `column` (``"role"`` or ``"kind"``) has one of `values`; all where that is None.

    Raises
    ------
    AvgraphError
        If no row of the table has any of them (a misspelt role would otherwise give an empty network).
    """
    if values is None:
        return rows
    wanted = sorted({values} if isinstance(values, str) else set(values))
    kept = rows.filter(pl.col(column).is_in(wanted))
    if kept.is_empty() and rows.height:
        known = rows[column].drop_nulls().unique().sort().to_list()
        asked = ", ".join(repr(value) for value in wanted) or f"no {column}"
        who = "nobody has the role" if column == "role" else "no work is of the kind"
        raise AvgraphError(f"{who} {asked}", nearest(wanted[0] if wanted else "", known))
    return kept


def incidence_of(rows: pl.DataFrame) -> pl.DataFrame:
    """Return one row per (work, member), sorted: what the projection counts.

    Columns: `work`, `member`, `first_year` and `last_year` of the work, `n_members` of the work, `share`.
    Shares of a work add up to 1: the mean of the weights stated for each member, divided by their sum; a
    work where some member has no stated weight, or all are 0, is divided equally.

    Parameters
    ----------
    rows
        As :func:`check_membership` gives them: sorted by work and member.
    """
    # Numbers instead of names, for they are grouped by faster.
    rows = rows.select(
        "work", "member", "year", "weight", first_of_run(["work"]).cum_sum().alias("place")
    ).with_columns(first_of_run(["place", "member"]).alias("starts"))
    works = rows.group_by("place", maintain_order=True).agg(
        pl.col("year").min().alias("first_year"),
        pl.col("year").max().alias("last_year"),
        pl.col("starts").sum().cast(pl.Int64).alias("n_members"),
    )
    pairs = rows.filter("starts").select("work", "member", "place")
    pairs = pairs.join(works, on="place", maintain_order="left")
    if rows["weight"].null_count() == rows.height:
        share = 1.0 / pl.col("n_members")
    else:
        stated = rows.with_columns(pl.col("starts").cum_sum()).drop_nulls("weight").group_by("starts")
        # Sorted before the mean: a float sum depends on its order.
        means = stated.agg(pl.col("weight").unique().sort().mean())
        pairs = pairs.with_row_index("starts", 1).join(means, on="starts", how="left", maintain_order="left")
        total = pl.col("weight").sum().over("place")
        known = (pl.col("weight").is_null().sum().over("place") == 0) & (total > 0)
        share = pl.when(known).then(pl.col("weight") / total).otherwise(1.0 / pl.col("n_members"))
    # Products of shares below this mean nothing, and would underflow.
    share = pl.when(share >= _LEAST_SHARE).then(share).otherwise(0.0)
    return pairs.select("work", "member", "first_year", "last_year", "n_members", share.alias("share"))


def labelled_ends(ties: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """Return ties with `source_label` and `target_label` after their ends; `nodes` have `node` and `label`."""
    labels = nodes.select("node", "label")
    for end in ("source", "target"):
        ties = ties.join(
            labels.rename({"node": end, "label": f"{end}_label"}), on=end, how="left", maintain_order="left"
        )
    order = ["source", "target", "source_label", "target_label"]
    return ties.select(*order, pl.exclude(order))


def member_codes(edges: pl.DataFrame, nodes: pl.Series) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return the positions in `nodes` (unique) of the edges' sources and targets."""
    dtype = pl.Enum(nodes)
    source, target = (edges[end].cast(dtype).to_physical().cast(pl.Int64).to_numpy() for end in ("source", "target"))
    return source, target
