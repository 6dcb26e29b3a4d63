"""Blocking: which nodes are worth comparing at all.

Every node gets keys made of its names; nodes that share a key are compared.  Keys are of two strengths:

- *exact* keys (the identifying words in any order, the letters without spaces, the title before a subtitle, an
  acronym, an alias group) say that the names are the same up to what :mod:`avgraph.identity.names` ignores;
- *loose* keys (first name with the first letters of the surname, surname with an initial or with what a first name may
  be short for, how a surname sounds, a rare word of a company, the first or last letters of a title) let one
  misspelling through, because it cannot stand at both ends; a director and a year let works of other titles through.

A block with more than :data:`MAX_BLOCK` nodes would cost the square of its size.  Such a block is narrowed by an
extra key (a year, a country, or a neighbour in common) and, if its key is exact, each of its nodes is still compared
with its :data:`N_HUBS` hubs (nodes with ids first, then by reference), so that a name used by a thousand sources
still gathers in one entity in linear time.  What is lost: in a block that large, two misspelt or same-named nodes
without id, year, country and neighbour in common.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from avgraph.identity.lexicon import nickname_of
from avgraph.identity.names import Name
from avgraph.identity.nodes import Node
from avgraph.identity.rarity import name_bits

__all__ = ["MAX_BLOCK", "N_HUBS", "candidate_pairs", "keys_of", "name_keys", "shared_keys"]

MAX_BLOCK = 40
N_HUBS = 5
#: A word that so few companies have is a key of its own.
_RARE_BITS = 9.0
#: Nodes of which the keys are collected at once: texts take a third of the memory in a column.
_PART_NODES = 50_000
_KEYS = {"key": pl.String(), "node": pl.UInt32(), "exact": pl.Boolean()}
_ENDS = {"Work": 7, "Organization": 6, "Award": 7, "Event": 7, "Agreement": 8}


def keys_of(node: Node) -> Iterator[tuple[str, bool]]:
    """Yield the blocking keys of a node: (key, whether it is exact)."""
    if node.level in ("season", "episode"):
        for series in node.series:
            yield f"{node.level} of #{series} {node.season or ''}", True
    for name in node.names:
        yield from name_keys(node.level, node.type, name, node.season)
        if node.level == "Person" and name.joined:
            for source in node.article_sources:
                yield f"Person in {source} {name.main[-1]}", True
    if node.level == "Work" and node.years:
        for names in node.directors:
            for year in {y + more for y in node.years for more in (0, 1)}:
                yield from ((f"Work by {name.key} {year}", False) for name in names)


def name_keys(level: str, type_: str, name: Name, season: str | None = None) -> Iterator[tuple[str, bool]]:
    """Yield the blocking keys that one name gives a node of `level` and `type_`."""
    if not name.joined:
        return
    yield f"{level} ={name.joined} {season or ''}", True
    if type_ != "Work":
        yield f"{level} &{name.key}", True
    if level == "Person":
        yield from _person_keys(name)
        return
    if name.main and name.main != name.core:
        yield f"{level} ~{' '.join(sorted(name.main))}", True
    elif name.main:
        yield f"{level} ~{' '.join(sorted(name.core))}", True
    if type_ == "Organization":
        yield from _organization_keys(name)
    if name.group:
        yield f"{level} @{name.group}", True
    n = _ENDS.get(type_, 0)
    if n and len(name.joined) > n:
        yield f"{level} <{name.joined[:n]}", False
        yield f"{level} >{name.joined[-n:]}", False


def _person_keys(name: Name) -> Iterator[tuple[str, bool]]:
    main = name.main
    if len(main) > 1:
        yield f"Person &{' '.join(name.ordered)}", True
        *given, surname = main
        for word in main[1:]:
            yield f"Person <{main[0]} {word[:2]}", False
        for letter in {letter for word in given for letter in _first_letters(word)}:
            yield f"Person >{letter} {surname}", False
        sounds = name.sounds.split(" ")
        yield f"Person ~{sounds[0][:1]} {sounds[-1]}", False


def _first_letters(word: str) -> Iterator[str]:
    """Yield the first letters of a given name and of those that it may be short for."""
    yield word[0]
    for number in nickname_of(word):
        yield f"{number}"


def _organization_keys(name: Name) -> Iterator[tuple[str, bool]]:
    if name.bare and name.countries:
        yield f"Organization &{' '.join(sorted(name.bare))}", True
    if len(name.core) == 1 and 2 <= len(name.joined) <= 8 and "".join(c for c in name.text if c.isalnum()).isupper():
        yield f"Organization .{name.joined}", True
    for letters in name.initials:
        if 2 <= len(letters) <= 8:
            yield f"Organization .{letters}", True
    for word in name.main:
        if name_bits("Organization", (word,)) >= _RARE_BITS:
            yield f"Organization +{word}", False


def shared_keys(left: Node, right: Node) -> list[str]:
    """Return the blocking keys that two nodes share, sorted; none means that they are never compared."""
    return sorted({k for k, _ in keys_of(left)} & {k for k, _ in keys_of(right)})


def candidate_pairs(nodes: Sequence[Node]) -> pl.DataFrame:
    """Return the pairs to compare: positions in `nodes` as ``left`` and ``right``, smaller first, sorted.

    The number of pairs grows with the number of nodes, not with its square: a block adds at most
    ``MAX_BLOCK ** 2 / 2`` pairs, or ``N_HUBS`` for each node if it is larger.
    """
    blocks = _blocks(nodes)
    small, large = blocks.filter(pl.col("n") <= MAX_BLOCK), blocks.filter(pl.col("n") > MAX_BLOCK)
    parts = [_pairs_within(small, ["key"])]
    if large.height:
        parts += [_hub_pairs(large.filter("exact"), nodes), _pairs_within(_narrowed(large, nodes), ["key", "extra"])]
    return pl.concat(parts).unique().sort("left", "right")


def _blocks(nodes: Sequence[Node]) -> pl.DataFrame:
    """Return key (a number), node, exact and n (nodes with that key) for keys that several nodes have."""
    parts: list[pl.DataFrame] = []
    for first in range(0, len(nodes) or 1, _PART_NODES):
        keys: list[str] = []
        exact: list[bool] = []
        counts: list[int] = []
        for node in nodes[first : first + _PART_NODES]:
            found = dict(keys_of(node))
            keys += found
            exact += found.values()
            counts.append(len(found))
        numbers = np.repeat(np.arange(first, first + len(counts), dtype=np.uint32), counts)
        parts.append(pl.DataFrame({"key": keys, "node": numbers, "exact": exact}, schema=_KEYS))
    every = pl.concat(parts)
    # Numbers are joined several times as fast as texts.
    return every.with_columns(pl.col("key").rank("dense"), n=pl.len().over("key")).filter(pl.col("n") > 1)


def _pairs_within(blocks: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    left = blocks.select(*key, pl.col("node").alias("left"))
    right = blocks.select(*key, pl.col("node").alias("right"))
    return left.join(right, on=key).filter(pl.col("left") < pl.col("right")).select("left", "right").unique()


def _hub_pairs(large: pl.DataFrame, nodes: Sequence[Node]) -> pl.DataFrame:
    without_id = [not nodes[position].ids for position in large["node"].to_list()]
    ranked = large.with_columns(pl.Series("rank", without_id, dtype=pl.Boolean())).sort("key", "rank", "node")
    hubs = ranked.group_by("key", maintain_order=True).head(N_HUBS).select("key", pl.col("node").alias("hub"))
    pairs = large.select("key", "node").join(hubs, on="key").filter(pl.col("node") != pl.col("hub"))
    return pairs.select(
        pl.min_horizontal("node", "hub").alias("left"), pl.max_horizontal("node", "hub").alias("right")
    ).unique()


def _narrowed(large: pl.DataFrame, nodes: Sequence[Node]) -> pl.DataFrame:
    """Return the blocks made of a large block's key and an extra key, those still too large left out."""
    number: dict[str, int] = {}
    positions, extra = array("I"), array("I")
    for position in large["node"].unique().sort().to_list():
        for key in _extra_keys(nodes[position]):
            positions.append(position)
            extra.append(number.setdefault(key, len(number)))
    frame = pl.DataFrame(
        {"node": np.array(positions, dtype=np.uint32), "extra": np.array(extra, dtype=np.uint32)}
    ).unique()
    joined = large.select("key", "node").join(frame, on="node")
    return joined.filter(pl.len().over("key", "extra").is_between(2, MAX_BLOCK))


def _extra_keys(node: Node) -> Iterator[str]:
    for year in node.years:
        yield f"y{year}"
        yield f"y{year + 1}"
    for country in node.countries:
        yield f"c{country}"
    for type_ in ("Work", "Person"):
        for key in node.around[type_]:
            yield f"n{key}"
