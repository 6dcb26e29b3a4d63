"""From clusters to entities: label, ids, years, and an IRI that stays when unrelated files come and go."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Any

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
    rows = {root: _row(mentions, group, ranks) for root, group in sorted(members.items())}
    wanted: dict[str, list[int]] = defaultdict(list)
    for root, row in rows.items():
        wanted[_plain_iri(mentions, root, row, base_iri)].append(root)
    iris: dict[int, str] = {}
    taken = set(wanted)
    for iri, roots in sorted(wanted.items()):
        first, *others = sorted(roots, key=lambda r: (min(ranks[mentions.source[m]] for m in members[r]), r))
        iris[first] = iri
        for root in others:
            n_hex = 8
            while (own := f"{iri}-{content_hash(mentions.refs[root], n_hex=n_hex)}") in taken:
                n_hex += 8
            taken.add(own)
            iris[root] = own
    # Column by column: Polars takes ten times as long for rows with lists.
    columns = {name: [row[name] for row in rows.values()] for name in ENTITY_SCHEMA if name != "entity"}
    table = pl.DataFrame({"entity": [iris[root] for root in rows], **columns}, schema=ENTITY_SCHEMA)
    return table.sort("entity"), iris


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


def _preferred(column: Sequence[Any], mentions: MentionList, by_rank: Sequence[int], ranks: dict[str, int]) -> Any:
    """Return the value of the best sources: among those of one rank the most frequent, then the smallest."""
    with_value = [m for m in by_rank if column[m] not in (None, "")]
    if not with_value:
        return None
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
    for value in ids:
        if value.startswith("iso3166:") and (name := country_name(value.partition(":")[2])):
            return name
    best = ranks[mentions.source[candidates[0]]]
    counts = Counter(mentions.name[m] for m in candidates if ranks[mentions.source[m]] == best)
    return min(counts, key=lambda name: (-counts[name], -len(name), name))
