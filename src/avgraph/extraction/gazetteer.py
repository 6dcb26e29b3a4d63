"""Names of the records' entities, looked up in articles."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from avgraph.text import content_hash, fold

__all__ = ["EMPTY", "Gazetteer"]

_TYPES = ("Person", "Organization", "Work", "Award", "Event", "Agreement")
_WORD = re.compile(r"[^\W_]+")


def _key(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(fold(text)))


@dataclass(frozen=True)
class Gazetteer:
    """Names with their entity types; lookup is by whole folded words.

    Attributes
    ----------
    entries
        Folded words of a name → (name, entity type).

    Examples
    --------
    >>> names = Gazetteer.from_names([("Unité 42", "Work"), ("Samsa Film", "Organization")])
    >>> [(text[0], text[1]) for *_, text in names.find("« UNITÉ 42 » revient")]
    [('Unité 42', 'Work')]
    >>> len(names.occurring("Samsa Film produces.").entries)
    1
    """

    entries: Mapping[tuple[str, ...], tuple[str, str]] = field(default_factory=dict)

    @classmethod
    def from_names(cls, pairs: Iterable[tuple[str, str]]) -> Gazetteer:
        """Return the gazetteer of (name, entity type) pairs; a name of several types is left out.

        Names of one or two letters and single words of lower case are left out too: they say nothing in prose.
        """
        types: dict[tuple[str, ...], set[str]] = defaultdict(set)
        spelling: dict[tuple[str, ...], str] = {}
        for name, type_ in pairs:
            key = _key(name)
            if type_ not in _TYPES or not key or len("".join(key)) < 3 or name.islower():
                continue
            types[key].add(type_)
            spelling[key] = min(spelling.get(key, name), name)
        return cls({key: (spelling[key], min(kinds)) for key, kinds in types.items() if len(kinds) == 1})

    @classmethod
    def from_mentions(cls, mentions: pl.DataFrame, texts: Iterable[str]) -> Gazetteer:
        """Return the gazetteer of a mention table (``avgraph.model.MENTION_SCHEMA``), as far as `texts` may hold names.

        Generic mentions are left out, and so are names whose first and last words stand in none of the texts: of the
        names of a million people few do.
        """
        rows = mentions.filter(~pl.col("generic").fill_null(False) & pl.col("type").is_in(_TYPES))
        first = rows.select("name", "type")
        more = rows.select(pl.col("names").alias("name"), "type").explode("name")
        pairs = pl.concat([first, more]).drop_nulls("name")
        words = list({fold(m.group()) for text in texts for m in _WORD.finditer(text)})
        lower = pl.col("name").str.to_lowercase()
        outer = (r"^[^a-z0-9]*([a-z0-9]+)", r"([a-z0-9]+)[^a-z0-9]*$")
        ends = [lower.str.extract(pattern).is_in(words) for pattern in outer]
        may_stand = pl.col("name").str.contains(r"[^\x00-\x7f]") | pl.all_horizontal(ends)
        pairs = pairs.filter(may_stand).unique().sort("name", "type")
        return cls.from_names(zip(pairs["name"], pairs["type"], strict=True))

    @property
    def key(self) -> str:
        """Hash of the names, independent of their order."""
        return content_hash(*(f"{name}\x1e{type_}" for name, type_ in sorted(self.entries.values())))

    @cached_property
    def _lengths(self) -> dict[str, list[int]]:
        lengths: dict[str, set[int]] = defaultdict(set)
        for key in self.entries:
            lengths[key[0]].add(len(key))
        return {word: sorted(found, reverse=True) for word, found in lengths.items()}

    def _keys(self, text: str) -> list[tuple[int, int, tuple[str, ...]]]:
        words = [(m.start(), m.end(), fold(m.group())) for m in _WORD.finditer(text)] if self.entries else []
        found: list[tuple[int, int, tuple[str, ...]]] = []
        i = 0
        while i < len(words):
            step = 1
            start, _, first = words[i]
            for n in self._lengths.get(first, ()):
                key = tuple(word for *_, word in words[i : i + n])
                if key in self.entries and (text[start].isupper() or text[start].isdigit()):
                    found.append((start, words[i + n - 1][1], key))
                    step = n
                    break
            i += step
        return found

    def find(self, text: str) -> list[tuple[int, int, tuple[str, str]]]:
        """Return (start, end, (name, type)) of the longest names in `text`, without overlap."""
        return [(start, end, self.entries[key]) for start, end, key in self._keys(text)]

    def occurring(self, text: str) -> Gazetteer:
        """Return the part whose names occur in `text` as whole words: all that extraction from it depends on."""
        return Gazetteer({key: self.entries[key] for key in sorted({key for *_, key in self._keys(text)})})


EMPTY = Gazetteer()
