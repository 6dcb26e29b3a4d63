"""The mention table made ready for identity: one row per reference, sorted, ids in one spelling."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

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

    @cached_property
    def levels(self) -> list[str]:
        """The level at which each mention is compared: its type, or ``season`` or ``episode``."""
        return [
            subtype if subtype and type_ == "Work" and subtype in ("season", "episode") else type_
            for type_, subtype in zip(self.type, self.subtype, strict=True)
        ]

    def all_names(self, i: int) -> tuple[str, ...]:
        """Return the name and further names of mention `i`, without repeats."""
        if not self.names[i]:
            return (self.name[i],) if self.name[i].strip() else ()
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
    ids: list[tuple[str, ...]] = [()] * frame.height
    derived: list[tuple[str, ...]] = [()] * frame.height
    rows = frame.select("type", "subtype", "name", "names", "ids", "generic").with_row_index()
    for i, type_, subtype, name, names, given, generic in rows.filter(
        (pl.col("ids").list.len() > 0) | (pl.col("type") == "Place")
    ).iter_rows():
        own = {normal_id(v) for v in given if v and v.partition(":")[2].strip() not in ("", "?")}
        found = () if type_ != "Place" or generic else _country_ids(subtype, (name, *names), own)
        ids[i] = tuple(sorted(own.union(found)))
        derived[i] = found
    return MentionList(
        refs=frame["ref"].to_list(),
        source=_shared(frame["source"]),
        type=_shared(frame["type"]),
        subtype=_shared(frame["subtype"]),
        name=frame["name"].to_list(),
        names=_tuples(frame["names"], lambda names: tuple(n for n in names if n)),
        ids=ids,
        derived=derived,
        countries=_tuples(frame["countries"], lambda codes: tuple(sorted({c.upper() for c in codes if c}))),
        year=frame["year"].to_list(),
        language=_shared(frame["language"]),
        generic=[
            g or not n.strip() or lexicon.generic_name(n)
            for g, n in zip(frame["generic"].to_list(), frame["name"].to_list(), strict=True)
        ],
        article=frame["start"].is_not_null().to_list(),
    )


def _shared(column: pl.Series) -> list[Any]:
    """Return the values of a column that has few, equal ones as one object: of a million the memory counts."""
    known: dict[str | None, str | None] = {}
    return [known.setdefault(value, value) for value in column]


def _tuples(column: pl.Series, tidy: Callable[[list[str]], tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return the lists of a column tidied, equal ones as one object."""
    found: list[tuple[str, ...]] = [()] * len(column)
    rows = pl.DataFrame({"values": column}).with_row_index().filter(pl.col("values").list.len() > 0)
    known: dict[tuple[str, ...], tuple[str, ...]] = {}
    for i, values in rows.iter_rows():
        tidied = tidy(values)
        found[i] = known.setdefault(tidied, tidied)
    return found


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
