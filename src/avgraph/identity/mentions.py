"""The mention table made ready for identity: one row per reference, sorted, ids in one spelling."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from avgraph.identity import lexicon
from avgraph.model import ENTITY_TYPES, MENTION_SCHEMA

__all__ = ["SINGLE_VALUED", "MentionList", "check_mentions", "family", "normal_id", "normal_ids", "read_mentions"]

#: Schemes of which an entity has one value: another value is another entity.
SINGLE_VALUED = ("imdb", "wikidata", "eidr", "isan", "tmdb", "iso3166")
#: Mentions of which ids are normalised at once.
_ID_ROWS = 500_000
_UPPER = {"wikidata", "eidr", "isan", "iso3166"}


@dataclass(frozen=True)
class MentionList:
    """The mentions, column by column; position is the mention's number everywhere in this package.

    Attributes
    ----------
    refs
        Sorted, without duplicates.
    ids
        Normalised ``scheme:value``; a country named in words gets its ``iso3166`` id.
    derived
        The ids that were derived from a name rather than given by the source.
    generic
        Descriptions and placeholders; they never match by name.
    article
        Whether the mention stands in a text (it has offsets) rather than in a row.
    """

    refs: list[str]
    source: list[str]
    type: list[str]
    subtype: list[str | None]
    name: list[str]
    names: list[tuple[str, ...]]
    ids: list[tuple[str, ...]]
    derived: list[tuple[str, ...]]
    countries: list[tuple[str, ...]]
    year: list[int | None]
    language: list[str | None]
    generic: list[bool]
    article: list[bool]

    def __len__(self) -> int:
        return len(self.refs)

    @cached_property
    def number(self) -> dict[str, int]:
        """Reference → position."""
        return {ref: i for i, ref in enumerate(self.refs)}

    def all_names(self, i: int) -> tuple[str, ...]:
        """Return the name and further names of mention `i`, without repeats."""
        return tuple(dict.fromkeys(n for n in (self.name[i], *self.names[i]) if n and n.strip()))


def normal_id(text: str) -> str:
    """Return an external id in the one spelling used for comparison.

    >>> normal_id("IMDB: TT3043542 "), normal_id("iso3166:be"), normal_id("wikidata:q42")
    ('imdb:tt3043542', 'iso3166:BE', 'wikidata:Q42')
    """
    scheme, _, value = text.partition(":")
    scheme, value = scheme.strip().lower(), value.strip()
    if scheme in _UPPER:
        value = value.upper()
    elif scheme == "imdb":
        value = value.lower()
    return f"{scheme}:{value}"


def normal_ids(mentions: pl.DataFrame) -> pl.DataFrame:
    """Return the ids of a mention table in the spelling of :func:`normal_id`: number, type, scheme, id, each once.

    Parameters
    ----------
    mentions
        With the columns ``number``, ``type`` and ``ids``.
    """
    given = mentions.select("number", "type", "ids").filter(pl.col("ids").list.len() > 0)
    # Pieces, for what is made on the way takes several times the memory.
    return pl.concat([_normal_ids(piece) for piece in given.iter_slices(_ID_ROWS)] or [_normal_ids(given)])


def _normal_ids(given: pl.DataFrame) -> pl.DataFrame:
    parts = pl.col("ids").str.splitn(":", 2).struct
    ids = given.explode("ids").select(
        "number", "type", scheme=parts.field("field_0").str.strip_chars().str.to_lowercase(),
        value=parts.field("field_1").str.strip_chars(),
    ).filter(pl.col("value").is_not_null() & ~pl.col("value").is_in(["", "?"]))  # fmt: skip
    value = (
        pl.when(pl.col("scheme").is_in(list(_UPPER))).then(pl.col("value").str.to_uppercase())
        .when(pl.col("scheme") == "imdb").then(pl.col("value").str.to_lowercase())
        .otherwise("value")
    )  # fmt: skip
    return ids.select("number", "type", "scheme", id=pl.concat_str("scheme", pl.lit(":"), value)).unique(
        maintain_order=True
    )


def family(type_: str, subtype: str | None) -> str | None:
    """Return what keeps entities of one type apart for good, or None where it is not known.

    >>> family("Work", "season"), family("Work", "film"), family("Work", None), family("Person", "group")
    ('season', 'whole', None, 'group')
    """
    if type_ == "Work":
        return None if not subtype else subtype if subtype in ("season", "episode") else "whole"
    if type_ == "Person":
        return "group" if subtype == "group" else None if not subtype else "single"
    return ""


def check_mentions(mentions: pl.DataFrame) -> None:
    """Refuse mentions that nothing can be made of.

    Raises
    ------
    ValueError
        If a row has a type that is none of :data:`avgraph.model.ENTITY_TYPES`, or no reference.
    """
    if bad := sorted(set(mentions["type"].unique().to_list()) - set(ENTITY_TYPES), key=str):
        raise ValueError(f"not an entity type: {bad[0]!r}")
    if mentions["ref"].null_count():
        raise ValueError("a mention has no reference")


def read_mentions(mentions: pl.DataFrame) -> MentionList:
    """Return the mentions sorted by reference, rows of one reference united, ids normalised.

    Raises
    ------
    ValueError
        If a row has a type that is none of :data:`avgraph.model.ENTITY_TYPES`, or no reference.
    """
    check_mentions(mentions)
    frame = mentions.select(pl.col(c).cast(t) for c, t in MENTION_SCHEMA.items())
    frame = frame.with_columns(
        pl.col("names", "ids", "countries").fill_null([]),
        pl.col("generic").fill_null(False),
        pl.col("source").fill_null(""),
        pl.col("name").fill_null(""),
    )
    order = ["ref", "name", "type", "start", "row", "year", "subtype", "language"]
    frame = frame.sort(order, nulls_last=True)
    if frame["ref"].is_duplicated().any():
        frame = _united(frame)
    ids: list[tuple[str, ...]] = []
    derived: list[tuple[str, ...]] = []
    for type_, subtype, name, names, given, generic in frame.select(
        "type", "subtype", "name", "names", "ids", "generic"
    ).iter_rows():
        own = {normal_id(i) for i in given if i and i.partition(":")[2].strip() not in ("", "?")}
        found = () if type_ != "Place" or generic else _country_ids(subtype, (name, *names), own)
        ids.append(tuple(sorted(own.union(found))))
        derived.append(found)
    names_ = [tuple(n for n in row if n) for row in frame["names"].to_list()]
    return MentionList(
        refs=frame["ref"].to_list(),
        source=frame["source"].to_list(),
        type=frame["type"].to_list(),
        subtype=frame["subtype"].to_list(),
        name=frame["name"].to_list(),
        names=names_,
        ids=ids,
        derived=derived,
        countries=[tuple(sorted({c.upper() for c in row if c})) for row in frame["countries"].to_list()],
        year=frame["year"].to_list(),
        language=frame["language"].to_list(),
        generic=[
            g or not n.strip() or lexicon.generic_name(n)
            for g, n in zip(frame["generic"].to_list(), frame["name"].to_list(), strict=True)
        ],
        article=frame["start"].is_not_null().to_list(),
    )


def _united(frame: pl.DataFrame) -> pl.DataFrame:
    """Unite rows of one reference: the first row's single values, everything of the lists."""
    lists = ("names", "ids", "countries")
    single = [c for c in frame.columns if c not in (*lists, "ref", "generic")]
    return frame.group_by("ref", maintain_order=True).agg(
        *(pl.col(c).drop_nulls().first() for c in single),
        *(pl.col(c).explode().drop_nulls().unique(maintain_order=True) for c in lists if c != "names"),
        pl.concat([pl.col("names").explode(), pl.col("name")]).drop_nulls().unique(maintain_order=True).alias("names"),
        pl.col("generic").all(),
    )


def _country_ids(subtype: str | None, names: Iterable[str], own: set[str]) -> tuple[str, ...]:
    if subtype not in (None, "", "country") or any(i.startswith("iso3166:") for i in own):
        return ()
    codes = {c for n in names if n and (c := lexicon.country_code(n))}
    return tuple(f"iso3166:{c}" for c in codes) if len(codes) == 1 else ()
