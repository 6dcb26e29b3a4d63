"""Which of many named groups a few others could be compared with: first roughly by columns, then by blocking keys."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
from anyascii import anyascii

from avgraph.identity.candidates import name_keys
from avgraph.identity.lexicon import nicknames, number_words, numerals, words
from avgraph.identity.names import ONES, OTHER_SCRIPT, PARTS, parse_name, parse_season
from avgraph.identity.sounds import sound

__all__ = ["name_neighbours"]

#: Letters that Unicode does not take apart, as :func:`avgraph.text.fold` writes them.
_WHOLE = {"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
#: What parts a title from a subtitle, a translation or another title.
_PARTS = r"[()\[\]/:–—|.?!;,-]+"
#: So many letters at either end of a name are one key: fewer than any blocking key has.
_ENDS = 5


def name_neighbours(mentions: pl.DataFrame) -> pl.Series:
    """Return the groups that share a blocking key of a name with a mention that belongs to no group.

    Parameters
    ----------
    mentions
        With the columns ``group`` (null for none), ``type``, ``subtype``, ``name``, ``names`` and ``generic``.
    """
    named = mentions.filter(~pl.col("generic").fill_null(False)).select(
        "group", "type", "subtype", text=pl.concat_list(pl.concat_list("name"), pl.col("names").fill_null([]))
    )
    named = named.explode("text").drop_nulls("text").unique(maintain_order=True)
    free, grouped = named.filter(pl.col("group").is_null()), named.filter(pl.col("group").is_not_null())
    grouped = grouped.join(free.select("type").unique(), on="type", how="semi")
    if free.is_empty() or grouped.is_empty():
        return pl.Series("group", [], dtype=mentions.schema["group"])
    near = grouped.with_row_index("row").join(
        _rough(grouped.with_row_index("row"))
        .join(_rough(free.with_row_index("row")).select("key").unique(), on="key", how="semi")
        .select("row").unique(),
        on="row", how="semi",
    )  # fmt: skip
    return _exact(near).join(_exact(free).select("key").unique(), on="key", how="semi")["group"].unique()


def _rough(named: pl.DataFrame) -> pl.DataFrame:
    """Return row and key; names that share a blocking key share one of these.

    A key is the letters of a name, or a word of a person's name with the initial of another, or a word of any other
    name that is no title, or that name's or a title's letters at either end, or a title's words in one order, each
    with and without its first word, of the title and of each of its parts.
    """
    folded = (
        pl.col("text").str.replace_all("½", " 1/2", literal=True).str.normalize("NFKD").str.to_lowercase()
        .str.replace_many(_WHOLE).str.normalize("NFKD").str.replace_all(r"\p{M}+", "")
    )  # fmt: skip
    foreign = named.filter(pl.col("text").str.contains(OTHER_SCRIPT.pattern))
    spelt = foreign.with_columns(pl.Series("text", [anyascii(text) for text in foreign["text"]], dtype=pl.String()))
    named = pl.concat([named, spelt]).select("row", "type", folded.alias("text"))
    tokens = named.select("row", "type", pl.col("text").str.extract_all(r"[^\W_]+"))
    people, others = tokens.filter(pl.col("type") == "Person"), tokens.filter(~pl.col("type").is_in(["Person", "Work"]))
    in_digits = others.select("row", "type", pl.col("text").list.eval(pl.element().replace(dict(numerals()))))
    others = pl.concat([others, in_digits]).unique(maintain_order=True)
    letters = named.select("row", "type", pl.col("text").str.replace_all(r"[\W_]+", "").alias("text"))
    initials = others.select("row", "type", pl.col("text").list.eval(pl.element().str.head(1)).list.join(""))
    titles = named.filter(pl.col("type") == "Work")
    parts = titles.with_columns(pl.col("text").str.replace_all(_PARTS, "|").str.split("|")).explode("text")
    numbers = {**PARTS, **{word: str(number) for word, number in number_words().items()}, **dict.fromkeys(ONES, "1")}
    words_ = pl.col("text").str.extract_all(r"[^\W_]+").list.eval(pl.element().replace(numbers))
    parts = pl.concat([titles, parts]).select("row", "type", words_)
    parts = pl.concat([parts, parts.with_columns(pl.col("text").list.slice(1))])
    joined = parts.select("row", "type", pl.col("text").list.join(""))
    ordered = parts.select("row", "type", pl.lit("o") + pl.col("text").list.sort().list.join(" "))
    joined_digits = in_digits.select("row", "type", pl.col("text").list.join(""))
    ends = pl.concat([letters.filter(pl.col("type") != "Person"), joined, joined_digits])
    found = [
        *_person_words(people), others.explode("text"), initials, letters, joined_digits, ordered,
        ends.with_columns(pl.lit("<") + pl.col("text").str.head(_ENDS)),
        ends.with_columns(pl.lit(">") + pl.col("text").str.tail(_ENDS)),
    ]  # fmt: skip
    keys = [part.select("row", pl.concat_str("type", pl.lit(" "), part.columns[-1]).alias("key")) for part in found]
    return pl.concat(keys).drop_nulls()


def _person_words(people: pl.DataFrame) -> list[pl.DataFrame]:
    """Return each word with the sign of another, as spelt and as heard, and the letters without honorifics."""
    each = people.explode("text").drop_nulls().with_row_index("place")
    heard = each["text"].unique()
    sounds = pl.DataFrame({"text": heard, "sound": pl.Series([sound(word) for word in heard], dtype=pl.String())})
    each = each.join(sounds, on="text", maintain_order="left")
    short = pl.DataFrame(
        [(word, str(group)) for word, groups in nicknames().items() for group in groups],
        schema={"text": pl.String(), "sign": pl.String()}, orient="row",
    )  # fmt: skip
    signs = [each.with_columns(sign=pl.col("text").str.head(1)), each.join(short, on="text")]
    other = pl.concat([part.select("row", pl.col("place").alias("other"), "sign") for part in signs])
    pairs = each.join(other, on="row").filter(pl.col("place") != pl.col("other"))
    like = each.select("row", pl.col("place").alias("other"), sign=pl.col("sound").str.head(1))
    alike = each.join(like, on="row").filter(pl.col("place") != pl.col("other"))
    plain = each.filter(~pl.col("text").is_in(sorted(words("honorifics"))))
    return [
        pairs.select("row", "type", pl.concat_str("text", "sign", separator=" ")).unique(),
        alike.select("row", "type", pl.concat_str(pl.lit("~"), "sound", "sign", separator=" ")).unique(),
        plain.group_by("row", "type", maintain_order=True).agg(pl.col("text").str.join("")),
    ]


def _exact(named: pl.DataFrame) -> pl.DataFrame:
    """Return group and key: the blocking keys of the names, seasons aside."""
    found = [
        (group, key)
        for group, type_, subtype, text in named.select("group", "type", "subtype", "text").iter_rows()
        for key in _keys(type_, subtype, text)
    ]
    return pl.DataFrame(found, schema={"group": named.schema["group"], "key": pl.String()}, orient="row")


def _keys(type_: str, subtype: str | None, text: str) -> Iterator[str]:
    level = subtype if type_ == "Work" and subtype in ("season", "episode") else type_
    if level == "season":
        text = parse_season(text).title
    for name in parse_name(type_, text):
        for key, _ in name_keys(level, type_, name):
            yield key
