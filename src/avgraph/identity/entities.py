"""From clusters to entities: label, ids, years, and an IRI that stays when unrelated files come and go."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Any

import numpy as np
import polars as pl

from avgraph.countries import country_name
from avgraph.identity import lexicon
from avgraph.identity.mentions import MentionList
from avgraph.text import content_hash, slug

__all__ = ["ENTITY_SCHEMA", "PREFERRED", "build_entities", "name_hash", "short_id", "short_names", "source_rank"]

ENTITY_SCHEMA: dict[str, Any] = {
    "entity": pl.String(), "type": pl.String(), "subtype": pl.String(), "label": pl.String(),
    "names": pl.List(pl.String()), "ids": pl.List(pl.String()), "countries": pl.List(pl.String()),
    "year": pl.Int64(), "generic": pl.Boolean(), "language": pl.String(),
}  # fmt: skip
#: The id that names an entity in its IRI: the first of these it has, then any other, alphabetically.
PREFERRED = ("iso3166", "imdb", "wikidata", "eidr", "isan", "tmdb")
_LISTS = tuple(name for name, type_ in ENTITY_SCHEMA.items() if type_ == pl.List(pl.String()))
_PLAIN = {name: type_ for name, type_ in ENTITY_SCHEMA.items() if name not in _LISTS}
_BARE = ("iso3166", "imdb", "wikidata")


def source_rank(precedence: Sequence[str]) -> Callable[[str], int]:
    """Return a function from a source to its rank: the position of the first pattern that it matches.

    >>> rank = source_rank(["records/*"])
    >>> rank("records/a.csv"), rank("articles/a.txt")
    (0, 1)
    """
    exact: dict[str, int] = {}
    patterns: list[tuple[int, str]] = []
    for position, pattern in enumerate(precedence):
        exact.setdefault(pattern, position)
        if any(c in pattern for c in "*?["):
            patterns.append((position, pattern))

    def rank(source: str) -> int:
        found = [exact[source]] if source in exact else []
        found += [position for position, pattern in patterns if fnmatchcase(source, pattern)]
        return min(found, default=len(precedence))

    return rank


def short_id(value: str) -> str:
    """Return an external id as the end of an IRI.

    >>> short_id("imdb:tt3043542"), short_id("iso3166:BE"), short_id("eidr:10.5240/7791-8534")
    ('tt3043542', 'be', 'eidr-10-5240-7791-8534')
    """
    scheme, _, text = value.partition(":")
    return slug(text if scheme in _BARE else f"{scheme}-{text}", max_length=80)


def short_names(mentions: MentionList, i: int) -> set[tuple[str, str]]:
    """Return the (type, short) pairs by which an IRI may name mention `i`: its ids and hashes of its names."""
    type_ = mentions.type[i]
    found = {(type_, short_id(value)) for value in mentions.ids[i]}
    if mentions.generic[i]:
        return found | {(type_, _ref_hash(mentions, i))}
    return found | {(type_, name_hash(type_, n, mentions.year[i])) for n in mentions.all_names(i)}


def name_hash(type_: str, name: str, year: int | None) -> str:
    """Return the hash by which the IRI of an entity without ids ends."""
    return content_hash(type_, " ".join(lexicon.folded(name)), str(year or ""), n_hex=8)


def _ref_hash(mentions: MentionList, i: int) -> str:
    return content_hash(mentions.type[i], mentions.refs[i], n_hex=8)


def build_entities(
    mentions: MentionList, members: dict[int, list[int]], base_iri: str, precedence: Sequence[str]
) -> tuple[pl.DataFrame, dict[int, str]]:
    """Return the entity table (:data:`ENTITY_SCHEMA`, sorted by IRI) and root → IRI.

    The IRI is ``<base><type>/<slug of the label>-<short>``, where short is the best external id or a hash of type,
    name and year.  Entities that would get one IRI are told apart by a hash of their first reference; the first of
    them (best source, then reference) keeps the plain one.  Descriptions always carry the hash of their reference.
    """
    rank_of = source_rank(precedence)
    ranks = {s: rank_of(s) for s in sorted(set(mentions.source))}
    roots = sorted(members)
    iris: dict[int, str] = {}
    columns: dict[str, list[Any]] = {name: [] for name in ENTITY_SCHEMA if name != "entity"}
    for root in roots:
        row = _row(mentions, members[root], ranks)
        iris[root] = _plain_iri(mentions, root, row, base_iri)
        for name, value in row.items():
            columns[name].append(value)
    wanted: dict[str, list[int]] = defaultdict(list)
    for root, iri in iris.items():
        wanted[iri].append(root)
    taken = set(wanted)
    for iri, several in sorted((iri, several) for iri, several in wanted.items() if len(several) > 1):
        _, *others = sorted(several, key=lambda r: (min(ranks[mentions.source[m]] for m in members[r]), r))
        for root in others:
            n_hex = 8
            while (own := f"{iri}-{content_hash(mentions.refs[root], n_hex=n_hex)}") in taken:
                n_hex += 8
            taken.add(own)
            iris[root] = own
    plain = {name: values for name, values in columns.items() if name not in _LISTS}
    table = pl.DataFrame({"entity": [iris[root] for root in roots], **plain}, schema_overrides=_PLAIN)
    table = table.with_columns(list_column(columns[name]).alias(name) for name in _LISTS).select(*ENTITY_SCHEMA)
    return table.sort("entity"), iris


def list_column(lists: Sequence[Sequence[str]]) -> pl.Series:
    """Return lists of texts as a column."""
    # As one table first, and then by item: Polars takes ten times as long for rows with lists.
    items = np.repeat(np.arange(len(lists)), [len(texts) for texts in lists])
    texts = pl.Series("text", [text for texts in lists for text in texts], dtype=pl.String())
    listed = pl.DataFrame({"item": items, "text": texts}).group_by("item", maintain_order=True).agg("text")
    every = pl.DataFrame({"item": np.arange(len(lists))})
    return every.join(listed, on="item", how="left", maintain_order="left")["text"].fill_null([])


def _plain_iri(mentions: MentionList, root: int, row: dict[str, Any], base_iri: str) -> str:
    if row["ids"]:
        schemes = [i.partition(":")[0] for i in row["ids"]]
        best = min(
            range(len(schemes)),
            key=lambda k: (PREFERRED.index(schemes[k]) if schemes[k] in PREFERRED else 99, row["ids"][k]),
        )
        short = short_id(row["ids"][best])
    elif row["generic"]:
        short = _ref_hash(mentions, root)
    else:
        short = name_hash(row["type"], row["label"], row["year"])
    return f"{base_iri}{row['type'].lower()}/{slug(row['label'])}-{short}"


def _row(mentions: MentionList, group: Sequence[int], ranks: dict[str, int]) -> dict[str, Any]:
    if len(group) == 1:
        return _row_of_one(mentions, group[0])
    by_rank = sorted(group, key=lambda m: (mentions.generic[m], ranks[mentions.source[m]], m))
    named = [m for m in by_rank if not mentions.generic[m]]
    ids = sorted({i for m in group for i in mentions.ids[m]})
    return {
        "type": mentions.type[group[0]],
        "subtype": _preferred(mentions.subtype, mentions, by_rank, ranks)
        or ("country" if any(mentions.derived[m] for m in group) else None),
        "label": _label(mentions, named or by_rank, ranks, ids),
        "names": sorted({n for m in (named or by_rank) for n in mentions.all_names(m)}),
        "ids": ids,
        "countries": sorted({c for m in group for c in mentions.countries[m]} | _codes(ids)),
        "year": _preferred(mentions.year, mentions, by_rank, ranks),
        "generic": not named,
        "language": _preferred(mentions.language, mentions, by_rank, ranks),
    }


def _row_of_one(mentions: MentionList, m: int) -> dict[str, Any]:
    ids = mentions.ids[m]
    return {
        "type": mentions.type[m],
        "subtype": mentions.subtype[m] or ("country" if mentions.derived[m] else None),
        "label": _country_label(ids) or mentions.name[m],
        "names": sorted(mentions.all_names(m)),
        "ids": ids,
        "countries": sorted(_codes(ids).union(mentions.countries[m])),
        "year": mentions.year[m],
        "generic": mentions.generic[m],
        "language": mentions.language[m] or None,
    }


def _preferred(column: Sequence[Any], mentions: MentionList, by_rank: Sequence[int], ranks: dict[str, int]) -> Any:
    """Return the value of the best sources: among those of one rank the most frequent, then the smallest."""
    with_value = [m for m in by_rank if column[m] not in (None, "")]
    if not with_value:
        return None
    if all(column[m] == column[with_value[0]] for m in with_value):
        return column[with_value[0]]
    best = (mentions.generic[with_value[0]], ranks[mentions.source[with_value[0]]])
    counts = Counter(column[m] for m in with_value if (mentions.generic[m], ranks[mentions.source[m]]) == best)
    return min(counts, key=lambda value: (-counts[value], value))


def _codes(ids: Iterable[str]) -> set[str]:
    """Return the codes of a country's own ids."""
    return {i.partition(":")[2] for i in ids if i.startswith("iso3166:")}


def _label(mentions: MentionList, candidates: Sequence[int], ranks: dict[str, int], ids: Iterable[str]) -> str:
    """Return the name of the best sources: the most frequent, then the longest, then the first alphabetically.

    A country is called by its English name, whatever demonym a text uses.
    """
    if country := _country_label(ids):
        return country
    if all(mentions.name[m] == mentions.name[candidates[0]] for m in candidates):
        return mentions.name[candidates[0]]
    best = ranks[mentions.source[candidates[0]]]
    counts = Counter(mentions.name[m] for m in candidates if ranks[mentions.source[m]] == best)
    return min(counts, key=lambda name: (-counts[name], -len(name), name))


def _country_label(ids: Iterable[str]) -> str | None:
    named = (country_name(value.partition(":")[2]) for value in ids if value.startswith("iso3166:"))
    return next(filter(None, named), None)
