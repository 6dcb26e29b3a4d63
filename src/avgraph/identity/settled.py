"""The entities of mentions that ids alone decide, column by column: the same rows and links as of all others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import polars as pl

from avgraph.identity import lexicon
from avgraph.identity.entities import ENTITY_SCHEMA, PREFERRED, short_id, source_rank
from avgraph.identity.settling import Part
from avgraph.text import content_hash, slug

__all__ = ["settled"]

_ID_REASON = {"feature": "id", "score": 1.0, "detail": "the same external id"}
#: Groups of which entities are made at once.
_PART_GROUPS = 200_000
_PLACE = ["group", "generic", "rank", "ref"]


def settled(
    part: Part, base_iri: str, precedence: Sequence[str], taken: pl.Series, take: Callable[[pl.DataFrame], None]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the entities of settled mentions, and ref → entity, both sorted.

    Parameters
    ----------
    part
        The settled mentions, and others.
    base_iri, precedence
        As in :func:`avgraph.identity.resolve`.
    taken
        IRIs of other entities.
    take
        Takes the links, part by part.
    """
    mentions = part.mentions
    rank_of = source_rank(precedence)
    sources = mentions["source"].unique().to_list()
    ranks = pl.DataFrame({"source": sources, "rank": [rank_of(s) for s in sources]},
                         schema={"source": mentions.schema["source"], "rank": pl.Int64()})  # fmt: skip
    entities = pl.concat([_with_iris(_described(rows, ranks), base_iri) for rows in _parts(part)])
    entities = _distinct(entities, mentions, taken).sort("entity")
    of_group = entities.select("group", "entity")
    entities = entities.select(pl.col(c).cast(t) for c, t in ENTITY_SCHEMA.items())
    for rows in _parts(part):
        take(_matches(rows, of_group))
    members = mentions.select("ref", "group").filter(pl.col("group").is_not_null())
    assignment = members.join(of_group, on="group", how="left", maintain_order="left").select("ref", "entity")
    return entities, assignment


def _parts(part: Part) -> Iterator[pl.DataFrame]:
    """Yield the settled mentions in parts, all of a group in one, with a column ``own`` of their ids, sorted.

    What is made of mentions on the way takes several times their memory.
    """
    mentions, ids = part.mentions, part.ids
    groups = mentions["group"].drop_nulls().unique().sort()
    for first in range(0, groups.len() or 1, _PART_GROUPS):
        some = groups.slice(first, _PART_GROUPS)
        rows = mentions.filter(pl.col("group").is_between(some.min(), some.max()))
        own = ids.join(rows.select("number"), on="number", how="semi").group_by("number").agg(own=pl.col("id").sort())
        yield rows.join(own, on="number", how="left", maintain_order="left")


def _described(mentions: pl.DataFrame, ranks: pl.DataFrame) -> pl.DataFrame:
    """Return the entities of groups, without IRIs."""
    rows = mentions.join(ranks, on="source", how="left").with_columns(_generic(mentions)).sort(_PLACE)
    heads = rows.unique("group", keep="first", maintain_order=True).select(
        "group", "type", best_generic="generic", best_rank="rank"
    )
    rows = rows.join(heads.drop("type"), on="group", how="left", maintain_order="left")
    entities = heads.select("group", "type", generic="best_generic")
    for column in ("subtype", "year", "language"):
        entities = entities.join(_preferred(rows, column), on="group", how="left", maintain_order="left")
    entities = entities.join(_labels(rows), on="group", how="left", maintain_order="left")
    named = rows.filter(~pl.col("generic") | pl.col("best_generic"))
    every = pl.concat([
        named.select("group", text="name"), named.select("group", text="names").explode("text"),
    ]).filter(pl.col("text").str.strip_chars() != "")  # fmt: skip
    codes = rows.select("group", text="countries").explode("text").filter(pl.col("text") != "")
    ids = rows.select("group", text="own").explode("text").drop_nulls()
    for name, values in (
        ("names", every), ("countries", codes.with_columns(pl.col("text").str.to_uppercase())), ("ids", ids)
    ):  # fmt: skip
        lists = (
            values.unique().sort("group", "text").group_by("group", maintain_order=True).agg(pl.col("text").alias(name))
        )
        entities = entities.join(lists, on="group", how="left", maintain_order="left")
    return entities.with_columns(pl.col("names", "countries", "ids").fill_null([]))


def _matches(mentions: pl.DataFrame, of_group: pl.DataFrame) -> pl.DataFrame:
    """Return the links that connect the mentions of each group with the one that holds all its ids."""
    heads = mentions.filter("head").select("group", other="ref")
    rows = mentions.filter(~pl.col("head")).join(heads, on="group").join(of_group, on="group", how="left")
    value = pl.col("own").list.first()
    reason = pl.struct(
        pl.lit(_ID_REASON["feature"]).alias("feature"), pl.lit(_ID_REASON["score"]).alias("score"),
        value.alias("left"), value.alias("right"), pl.lit(_ID_REASON["detail"]).alias("detail"),
    )  # fmt: skip
    return rows.select(
        left_ref=pl.min_horizontal("ref", "other"), right_ref=pl.max_horizontal("ref", "other"),
        left_entity="entity", right_entity="entity", verdict=pl.lit("same"), score=pl.lit(1.0),
        decided_by=pl.lit("id"), reasons=pl.concat_list(reason),
    ).sort("left_ref", "right_ref")  # fmt: skip


def _generic(mentions: pl.DataFrame) -> pl.Expr:
    """Return whether a mention only describes, or its name only fills a cell."""
    lower = pl.col("name").str.to_lowercase()
    longest = [max(text.split(), key=len) for text in lexicon.words("placeholders")]
    suspects = mentions.select("name").filter(lower.str.contains_any(longest)).unique()["name"]
    placeholders = [name for name in suspects if lexicon.generic_name(name)]
    blank = pl.col("name").fill_null("").str.strip_chars() == ""
    return (pl.col("generic").fill_null(False) | blank | pl.col("name").is_in(placeholders)).alias("generic")


def _preferred(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return group and value: of the best sources' values the most frequent, then the smallest."""
    known = rows.select("group", "generic", "rank", column).drop_nulls(column)
    if known.schema[column] == pl.String():
        known = known.filter(pl.col(column) != "")
    best = known.unique("group", keep="first", maintain_order=True).drop(column)
    counts = known.join(best, on=["group", "generic", "rank"], how="semi").group_by("group", column).len()
    counts = counts.sort("group", "len", column, descending=[False, True, False])
    return counts.unique("group", keep="first").select("group", column)


def _labels(rows: pl.DataFrame) -> pl.DataFrame:
    """Return group and label: of the best sources' names the most frequent, then the longest, then the first."""
    best = rows.filter((pl.col("generic") == pl.col("best_generic")) & (pl.col("rank") == pl.col("best_rank")))
    counts = best.with_columns(pl.col("name").fill_null("")).group_by("group", "name").len()
    counts = counts.with_columns(pl.col("name").str.len_chars().alias("n"))
    counts = counts.sort("group", "len", "n", "name", descending=[False, True, True, False])
    return counts.unique("group", keep="first").select("group", label="name")


def _with_iris(entities: pl.DataFrame, base_iri: str) -> pl.DataFrame:
    """Return the entities with IRIs made of their best id, which another entity may have got, too."""
    ids = entities.select("group", id="ids").explode("id")
    place = {scheme: number for number, scheme in enumerate(PREFERRED)}
    scheme = pl.col("id").str.split(":").list.first()
    ids = ids.with_columns(scheme.replace_strict(place, default=99, return_dtype=pl.Int64).alias("place"))
    best = ids.sort("group", "place", "id").unique("group", keep="first", maintain_order=True).select("group", "id")
    entities = entities.join(best, on="group", how="left", maintain_order="left")
    ends = pl.Series("end", [short_id(value) for value in entities["id"]], dtype=pl.String())
    slugs = pl.Series("slug", [slug(label) for label in entities["label"]], dtype=pl.String())
    plain = pl.concat_str(pl.lit(base_iri), pl.col("type").str.to_lowercase(), pl.lit("/"), slugs, pl.lit("-"), ends)
    return entities.with_columns(plain.alias("entity"))


def _distinct(entities: pl.DataFrame, mentions: pl.DataFrame, taken: pl.Series) -> pl.DataFrame:
    """Return the entities with IRIs of their own: where another has got it, a hash of the first reference is added."""
    twice = entities.filter(pl.col("entity").is_duplicated() | pl.col("entity").is_in(taken.implode()))
    if twice.is_empty():
        return entities
    first = mentions.join(twice, on="group", how="semi").group_by("group").agg(pl.col("ref").min())
    own = {
        group: f"{iri}-{content_hash(ref, n_hex=16)}"
        for group, iri, ref in twice.select("group", "entity").join(first, on="group").iter_rows()
    }
    others = pl.col("group").replace_strict(own, default=None, return_dtype=pl.String)
    return entities.with_columns(pl.coalesce(others, "entity").alias("entity"))
