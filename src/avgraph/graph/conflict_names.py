"""One id, two titles: a provider that gives an id to works whose titles have nothing in common."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import polars as pl
from rapidfuzz.fuzz import ratio

from avgraph.graph.conflict_facts import Facts, Side
from avgraph.graph.conflict_rules import Rule
from avgraph.graph.several import with_several
from avgraph.model import KINDS
from avgraph.text import name_tokens

__all__ = ["alike_titles", "names_of_an_id", "row_claims"]

#: Titles with this likeness (0–100) are spellings of one.
_SPELT = 75

_Row = dict[str, Any]


def names_of_an_id(facts: Facts, rule: Rule) -> None:
    """Find ids of which one provider's tables give titles that cannot be of one work.

    Providers use other titles than each other for one work, in other languages; within one provider an id with two
    titles is a slip of its rows. Titles that one row gives together are of one work.
    """
    mentions = (
        facts.scan("mentions")
        .filter(pl.col("type") == "Work", ~pl.col("generic").fill_null(False), pl.col("name").is_not_null())
        .select("entity", "source", "name", "names", "row", "ids")
        .explode("ids", empty_as_null=True)
        .filter(pl.col("ids").str.split(":").list.first().is_in(list(rule.ids)), pl.col("row").is_not_null())
        .with_columns(_provider=pl.col("source").replace(facts.provider))
    )
    rows = with_several(mentions, ["ids", "_provider"], "name").collect(engine="streaming")
    groups: dict[tuple[str, str], list[_Row]] = defaultdict(list)
    for row in rows.iter_rows(named=True):
        groups[row["ids"], row["_provider"]].append(row)
    told = []
    for (id_, _), own in sorted(groups.items()):
        versions = _versions(own)
        if len(versions) > 1:
            told.append((id_, versions))
    claims = row_claims(facts, "Work", {_place(row) for _, versions in told for version in versions for row in version})
    for id_, versions in told:
        sides = [
            Side(
                _usual(version),
                tuple(sorted({(row["source"], c) for row in version for c in claims.get(_place(row), [""])})),
            )
            for version in versions
        ]
        subject = Counter(row["entity"] for version in versions for row in version).most_common(1)[0][0]
        text = f"{id_} is the id of: {facts.listed(sides)}."
        facts.add(rule, subject, f"title of {id_}", text, sides)


def _versions(rows: Sequence[_Row]) -> list[list[_Row]]:
    """Part mentions into those whose titles belong together, the version with most mentions first."""
    versions: list[tuple[set[str], list[_Row]]] = []
    for row in sorted(rows, key=lambda r: (r["source"], r["row"], r["name"])):
        titles = {row["name"], *(row["names"] or ())}
        fits = [version for version in versions if _related(version[0], titles)]
        joined = (titles.union(*(t for t, _ in fits)), [*(r for _, own in fits for r in own), row])
        versions = [version for version in versions if version not in fits] + [joined]
    return sorted((own for _, own in versions), key=lambda own: (-len(own), own[0]["name"]))


def _related(known: Iterable[str], titles: Iterable[str]) -> bool:
    return any(alike_titles(one, other) for one in known for other in titles)


def alike_titles(one: str, other: str) -> bool:
    """Tell whether two titles can be spellings of one: a subtitle more or less, letters that differ; never a number.

    >>> alike_titles("Il cattivo poeta", "Il Cattivo Poeta"), alike_titles("Atlas", "Atlas - Der Film")
    (True, True)
    >>> alike_titles("10 giorni senza mamma", "11 giorni senza mamma"), alike_titles("Alida", "Comedians")
    (False, False)
    """
    mine, theirs = name_tokens(one), name_tokens(other)
    numbers = [[t for t in tokens if t.isdigit()] for tokens in (mine, theirs)]
    if numbers[0] and numbers[1] and numbers[0] != numbers[1]:
        return False
    fewer, more = sorted((set(mine), set(theirs)), key=len)
    if fewer and fewer <= more:
        return True
    return ratio("".join(mine), "".join(theirs)) >= _SPELT


def _usual(version: Sequence[_Row]) -> str:
    """Return the name that most mentions have, the first by the alphabet of several."""
    names = Counter(str(row["name"]) for row in version)
    return min(names, key=lambda name: (-names[name], name))


def _place(row: _Row) -> tuple[str, int, str]:
    return row["source"], row["row"], row["entity"]


def row_claims(
    facts: Facts, type_: str, places: Collection[tuple[str, int, str]]
) -> dict[tuple[str, int, str], list[str]]:
    """Return (source, row, entity) → the claims of that row in which the entity has a part.

    Parameters
    ----------
    type_
        Of the entities.
    places
        Where their mentions stand.
    """
    found: dict[tuple[str, int, str], list[str]] = defaultdict(list)
    if not places:
        return found
    schema = {"source": pl.String, "row": pl.Int64, "_entity": pl.String}
    wanted = pl.LazyFrame(sorted(places), schema=schema, orient="row")
    for kind in KINDS.values():
        for role in kind.roles:
            if type_ in role.types and not role.many:
                table = facts.scan(kind.table).select("source", "row", "claim", _entity=role.name)
                rows = table.join(wanted, on=["source", "row", "_entity"], how="semi").collect()
                for source, line, claim, entity in rows.iter_rows():
                    found[source, line, entity].append(claim)
    return found
