"""An index of a graph's entities by what identity compares: blocking keys of their names, external ids, spellings.

It lies in a folder and is read by memory mapping: any number of processes share one copy of it, and opening it takes
no time.
"""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from avgraph.identity.candidates import name_keys
from avgraph.identity.names import parse_name, parse_season
from avgraph.matching.mappedlines import MappedLines, write_lines
from avgraph.text import name_tokens

__all__ = ["INDEX_SCHEMA", "Indexed", "NameIndex", "id_key", "keys_of_name", "make_index"]

#: Columns of the entities that are indexed, as the table of entities has them.
INDEX_SCHEMA: dict[str, pl.DataType] = {
    "entity": pl.String(), "type": pl.String(), "subtype": pl.String(), "label": pl.String(),
    "names": pl.List(pl.String()), "ids": pl.List(pl.String()), "countries": pl.List(pl.String()), "year": pl.Int64(),
}  # fmt: skip
_ENTITIES, _SPELLINGS, _SPELT = "entities", "spellings", "spelt.npy"
_HASHES, _PLACES = "hashes.npy", "places.npy"
#: Entities whose names are taken apart before those of others before them are forgotten.
_PART = 50_000
#: What a key of a whole name counts, beside one of a part of it.
_EXACT = 4
#: So many entities that were looked at are kept at hand.
_KEPT = 1 << 13
#: So many spellings that have a word within them are looked at.
_MOST_WITHIN = 1_000
#: What no UTF-8 has: all that begins with a text comes before the text with this behind it.
_LAST = b"\xff"


@dataclass(frozen=True, slots=True)
class Indexed:
    """An entity of the index; see :class:`avgraph.knowledge.entity.Entity`."""

    iri: str
    type: str
    subtype: str | None
    label: str
    names: tuple[str, ...]
    ids: tuple[str, ...]
    countries: tuple[str, ...]
    year: int | None

    @property
    def level(self) -> str:
        """The level at which it is compared: its type, or ``season`` or ``episode``."""
        return self.subtype if self.type == "Work" and self.subtype in ("season", "episode") else self.type


def id_key(value: str) -> tuple[str, bool]:
    """Return the key of an external id (``scheme:value``), or of an entity's IRI."""
    return f"id {value}", True


def keys_of_name(level: str, type_: str, text: str) -> Iterator[tuple[str, bool]]:
    """Yield the blocking keys of one name as written, and whether each is that of the whole name."""
    number = None
    if level == "season":
        text, number = parse_season(text)
    for name in parse_name(type_, text) if text else ():
        yield from name_keys(level, type_, name, None if number is None else str(number))


def make_index(entities: pl.DataFrame, folder: Path) -> None:
    """Write the index of `entities` (:data:`INDEX_SCHEMA`) into an empty folder."""
    table = entities.select(pl.col(c).cast(t) for c, t in INDEX_SCHEMA.items()).sort("entity")
    hashes, places = array("Q"), array("I")
    spellings: list[tuple[bytes, int]] = []

    def lines() -> Iterator[bytes]:
        for number, row in enumerate(table.iter_rows()):
            entity = _indexed(row)
            for key, is_exact in dict(_entity_keys(entity)).items():
                hashes.append(_hash(key))
                places.append(number << 1 | is_exact)
            spellings.extend((spelling, number) for spelling in {_spelling(name) for name in entity.names} - {b""})
            if number % _PART == 0:
                parse_name.cache_clear()
            yield json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")

    write_lines(folder / _ENTITIES, lines())
    order = np.argsort(np.array(hashes, dtype=np.uint64), kind="stable")
    np.save(folder / _HASHES, np.array(hashes, dtype=np.uint64)[order])
    np.save(folder / _PLACES, np.array(places, dtype=np.uint32)[order])
    spellings.sort()
    write_lines(folder / _SPELLINGS, (spelling for spelling, _ in spellings))
    np.save(folder / _SPELT, np.array([number for _, number in spellings], dtype=np.uint32))


def _spelling(name: str) -> bytes:
    return " ".join(name_tokens(name)).encode("utf-8", "surrogatepass")


def _entity_keys(entity: Indexed) -> Iterator[tuple[str, bool]]:
    yield id_key(entity.iri)
    for value in entity.ids:
        yield id_key(value)
    for name in entity.names:
        yield from keys_of_name(entity.level, entity.type, name)


def _indexed(row: Sequence[Any]) -> Indexed:
    iri, type_, subtype, label, names, ids, countries, year = row
    spelt = dict.fromkeys(name for name in (label, *(names or ())) if name)
    return Indexed(
        iri, type_, subtype, label or "", tuple(spelt), tuple(ids or ()), tuple(countries or ()), year
    )  # fmt: skip


def _hash(key: str) -> int:
    return int.from_bytes(blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


class NameIndex:
    """An index that :func:`make_index` has written; an entity's number is its place in the order of IRIs.

    Parameters
    ----------
    folder
        Where it lies.
    """

    def __init__(self, folder: Path) -> None:
        self._hashes = np.load(folder / _HASHES, mmap_mode="r")
        self._places = np.load(folder / _PLACES, mmap_mode="r")
        self._entities = MappedLines(folder / _ENTITIES)
        self._spellings = MappedLines(folder / _SPELLINGS)
        self._spelt = np.load(folder / _SPELT, mmap_mode="r")
        self._entity = lru_cache(maxsize=_KEPT)(self._read)

    def __len__(self) -> int:
        return len(self._entities)

    def __getitem__(self, number: int) -> Indexed:
        return self._entity(number)

    def _read(self, number: int) -> Indexed:
        return _indexed(json.loads(self._entities[number].decode("utf-8", "surrogatepass")))

    def number(self, iri: str) -> int | None:
        """Return the number of an entity, None where there is none of that IRI."""
        places = self._holders(id_key(iri)[0])
        return next((place >> 1 for place in places if self[place >> 1].iri == iri), None)

    def numbers(self, iris: Iterable[str]) -> dict[str, int]:
        """Return IRI → number for those that are entities."""
        found = ((iri, self.number(iri)) for iri in iris)
        return {iri: number for iri, number in found if number is not None}

    def candidates(self, keys: Iterable[tuple[str, bool]]) -> Counter[int]:
        """Return the entities that share a key, each with how much: whole names and ids count more than parts."""
        shared: Counter[int] = Counter()
        for key, is_exact in dict(keys).items():
            for place in self._holders(key):
                shared[place >> 1] += _EXACT if is_exact and place & 1 else 1
        return shared

    def _holders(self, key: str) -> list[int]:
        wanted = np.uint64(_hash(key))
        first, end = (int(np.searchsorted(self._hashes, wanted, side=side)) for side in ("left", "right"))
        places: list[int] = self._places[first:end].tolist()
        return places

    def starting(self, prefix: str) -> Iterator[int]:
        """Yield the entities of which a name has words that start with `prefix`, the likeliest to be meant first.

        Those whose name begins so come before others, and the shorter names first. Case, accents and punctuation do
        not count; of several words all but the last are whole.
        """
        wanted = _spelling(prefix)
        if not wanted:
            return
        first, end = (self._spellings.first_from(text) for text in (wanted, wanted + _LAST))
        begin = np.arange(first, end)[np.argsort(self._spellings.lengths(first, end), kind="stable")].tolist()
        seen: set[int] = set()
        yield from self._unseen(begin, seen)
        within = islice(self._spellings.containing(b" " + wanted), _MOST_WITHIN)
        yield from self._unseen(sorted(within, key=lambda number: len(self._spellings[number])), seen)

    def _unseen(self, spellings: Iterable[int], seen: set[int]) -> Iterator[int]:
        """Yield whose spellings these are, each once."""
        for spelling in spellings:
            number = int(self._spelt[spelling])
            if number not in seen:
                seen.add(number)
                yield number
