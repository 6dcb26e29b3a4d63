"""Invented people, titles and companies, and numbers that depend on nothing but a seed and a position.

A position's number is the same whatever else is drawn, so that data of any size are made piece by piece, in any order,
and need no memory of what was made before (SplitMix64: Steele, Lea & Flood 2014, doi:10.1145/2660193.2660195).
"""

from __future__ import annotations

import tomllib
import zlib
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import numpy as np
import polars as pl
from columns import gathered

__all__ = ["below", "company_names", "person_names", "uniform", "work_titles"]

_WORDS = {
    name: tuple(words.split())
    for name, words in tomllib.loads(Path(__file__).with_name("invented.toml").read_text(encoding="utf-8")).items()
}
_FIRST_NAMES = _WORDS["women"] + _WORDS["men"]
_SURNAMES = tuple("".join(parts) for parts in product(_WORDS["starts"], _WORDS["middles"], ("", *_WORDS["ends"])))


def below(seed: int, stream: str, at: np.ndarray, n: int | np.ndarray) -> np.ndarray:
    """Return for each position a whole number from 0 to `n` - 1."""
    return (uniform(seed, stream, at) * n).astype(np.int64)


def uniform(seed: int, stream: str, at: np.ndarray) -> np.ndarray:
    """Return for each position a number in [0, 1) of its own; `stream` names what it is for."""
    start = np.uint64((zlib.crc32(stream.encode()) << 32) ^ (seed * 0x9E3779B1 & 0xFFFFFFFF))
    with np.errstate(over="ignore"):
        x = at.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + start
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            x = (x ^ (x >> np.uint64(shift))) * np.uint64(factor)
        x ^= x >> np.uint64(31)
    return (x >> np.uint64(11)).astype(np.float64) / 2**53


def _drawn(values: Sequence[str], seed: int, stream: str, at: np.ndarray, skew: float = 1.0) -> pl.Series:
    """Return a value for each position, the first ones more often where `skew` is above 1."""
    return gathered(values, (uniform(seed, stream, at) ** skew * len(values)).astype(np.int64))


def is_woman(seed: int, at: np.ndarray) -> np.ndarray:
    """Return whether the people at these positions are women."""
    return uniform(seed, "woman", at) < 0.42


def person_names(seed: int, at: np.ndarray) -> pl.Series:
    """Return the names of the people at these positions; some have a name in common."""
    first = np.where(
        is_woman(seed, at),
        below(seed, "first", at, len(_WORDS["women"])),
        len(_WORDS["women"]) + below(seed, "first", at, len(_WORDS["men"])),
    )
    initial = gathered([f" {letter}. " for letter in "ABCDEFGHJKLMNPRSTW"], below(seed, "initial", at, 18))
    frame = pl.DataFrame(
        {
            "first": gathered(_FIRST_NAMES, first),
            "between": initial.zip_with(pl.Series(uniform(seed, "has initial", at) < 0.15), pl.Series([" "])),
            "last": _drawn(_SURNAMES, seed, "last", at, 1.5),
        }
    )
    return frame.select(pl.concat_str("first", "between", "last"))["first"]


def work_titles(seed: int, at: np.ndarray) -> pl.Series:
    """Return the titles of the works at these positions; some works share a title."""
    frame = pl.DataFrame(
        {
            "pattern": uniform(seed, "pattern", at),
            "adjective": _drawn(_WORDS["adjectives"], seed, "adjective", at),
            "noun": _drawn(_WORDS["nouns"], seed, "noun", at),
            "other": _drawn(_WORDS["nouns"], seed, "other noun", at),
            "name": _drawn(_SURNAMES, seed, "title name", at),
        }
    )
    pattern = pl.col("pattern")
    return frame.select(
        pl.when(pattern < 0.2).then(pl.concat_str(pl.lit("The "), "adjective", pl.lit(" "), "noun"))
        .when(pattern < 0.5).then(pl.concat_str("noun", pl.lit(" of "), "name"))
        .when(pattern < 0.65).then(pl.concat_str("name", pl.lit("'s "), "noun"))
        .when(pattern < 0.8).then(pl.concat_str("noun", pl.lit(" and "), "other", pl.lit(": "), "name"))
        .when(pattern < 0.83).then(pl.concat_str(pl.lit('"'), "adjective", pl.lit('" '), "name"))
        .when(pattern < 0.9).then(pl.concat_str("name", pl.lit(" 2")))
        .otherwise(pl.concat_str("adjective", pl.lit(" "), "noun", pl.lit(" & "), "other"))
        .alias("title")
    )["title"]  # fmt: skip


def company_names(seed: int, at: np.ndarray) -> pl.Series:
    """Return the names of the companies at these positions."""
    frame = pl.DataFrame(
        {
            "name": _drawn(_SURNAMES, seed, "company", at),
            "noun": _drawn(_WORDS["nouns"], seed, "company noun", at),
            "studio": _drawn(_WORDS["studios"], seed, "studio", at),
            "pattern": uniform(seed, "company pattern", at),
        }
    )
    return frame.select(
        pl.when(pl.col("pattern") < 0.6)
        .then(pl.concat_str("name", pl.lit(" "), "studio"))
        .otherwise(pl.concat_str("noun", pl.lit(" "), "name", pl.lit(" "), "studio"))
    )["name"]
