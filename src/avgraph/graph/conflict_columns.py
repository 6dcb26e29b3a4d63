"""Comparisons that a rule describes by columns: one value, one set of values, values that exclude each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from itertools import combinations
from typing import Any

import polars as pl

from avgraph.graph.conflict_facts import Facts, Side, asserted, joined_text, parted
from avgraph.graph.conflict_rules import Rule
from avgraph.graph.conflict_values import agree, alike, versions
from avgraph.graph.several import with_several
from avgraph.model import KINDS
from avgraph.text import fold

__all__ = ["exclusive_values", "sets_of_values", "single_values"]

_Row = dict[str, Any]


def single_values(facts: Facts, rule: Rule) -> None:
    """Find subjects with two values where there is one."""
    table = asserted(facts, rule)
    keys = [rule.subject, *(f"_{column}" for column in rule.per)]
    table = table.with_columns(joined_text(table, column).alias(f"_{column}") for column in rule.per)
    for rows in _groups(facts, rule, with_several(table, keys, rule.value), keys):
        for part in parted(rows, rule.loose):
            if not rule.within and not _each_says_one(facts, rule, part):
                continue
            version = versions(facts, rule, (_text(row[rule.value]) for row in part))
            said: dict[str, set[tuple[str, str]]] = defaultdict(set)
            for row in part:
                if (head := version.get(_text(row[rule.value]))) is not None:
                    said[head].add((row["source"], row["claim"]))
            if len(said) < 2:
                continue
            unit = _unit(part)
            sides = [Side(_shown(facts, head) + unit, tuple(sorted(who))) for head, who in sorted(said.items())]
            _tell(facts, rule, part[0], sides)


def sets_of_values(facts: Facts, rule: Rule) -> None:
    """Find subjects of which sources list other members."""
    table = asserted(facts, rule)
    keys = [rule.subject, *(f"_{column}" for column in rule.per)]
    table = table.with_columns(joined_text(table, column).alias(f"_{column}") for column in rule.per)
    table = with_several(table, keys, "source")
    counted = table.group_by(keys).agg(
        pl.col("source").n_unique().alias("_s"), pl.col(rule.value).n_unique().alias("_v"),
        pl.struct("source", rule.value).n_unique().alias("_sv"),
    )  # fmt: skip
    differing = counted.filter((pl.col("_s") > 1) & (pl.col("_sv") < pl.col("_s") * pl.col("_v")))
    table = table.join(differing, on=keys, how="semi", maintain_order="left")
    for rows in _groups(facts, rule, table, keys):
        for part in parted(rows, rule.loose):
            _compare_sets(facts, rule, part)


def _compare_sets(facts: Facts, rule: Rule, rows: Sequence[_Row]) -> None:
    lists: dict[str, set[str]] = defaultdict(set)
    claims: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for member in _members(facts, rule, row[rule.value]):
            lists[row["source"]].add(member)
            claims[row["source"]].add(row["claim"])
    quarrels = {
        source for pair in combinations(sorted(lists), 2) if _lists_differ(facts, rule, lists, *pair) for source in pair
    }
    said: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for source in sorted(quarrels):
        words = " and ".join(sorted(_named(facts, rule, member, rows) for member in lists[source]))
        said[words].update((source, claim) for claim in claims[source])
    if len(said) > 1:
        _tell(facts, rule, rows[0], [Side(words, tuple(sorted(who))) for words, who in sorted(said.items())])


def _lists_differ(facts: Facts, rule: Rule, lists: dict[str, set[str]], one: str, other: str) -> bool:
    """Tell whether two lists cannot both be right: all where they are complete, some where they may be partial."""
    mine, theirs = lists[one], lists[other]

    def holds(more: set[str], fewer: set[str]) -> bool:
        return all(any(_same(facts, rule, f, m) for m in more) for f in fewer)

    if not rule.complete:
        if holds(mine, theirs) or holds(theirs, mine):
            return False
        # who names all that both name shows that both named some
        return not any(holds(known, mine) and holds(known, theirs) for known in lists.values())
    mine_whole, theirs_whole = (facts.kind_of_source.get(source) == rule.complete for source in (one, other))
    return (mine_whole and not holds(mine, theirs)) or (theirs_whole and not holds(theirs, mine))


def _same(facts: Facts, rule: Rule, one: str, other: str) -> bool:
    if rule.values == "country" or one == other:
        return one == other
    if facts.type_.get(one) != facts.type_.get(other) or one not in facts.label:
        return agree(facts, rule, one, other)
    return alike(facts.label[one], facts.label[other])


def _members(facts: Facts, rule: Rule, value: Any) -> Sequence[str]:
    """Return what a value adds to a set: a place its countries, none where they are unknown."""
    return facts.countries.get(value, ()) if rule.values == "country" else (_text(value),)


def _named(facts: Facts, rule: Rule, member: str, rows: Sequence[_Row]) -> str:
    if rule.values != "country":
        return _shown(facts, member)
    places = sorted({row[rule.value] for row in rows if facts.countries.get(row[rule.value], ()) == (member,)})
    whole = [place for place in places if facts.subtype.get(place) == "country"]
    return facts.label[(whole or places)[0]] if places else member


def exclusive_values(facts: Facts, rule: Rule) -> None:
    """Find subjects with values of which one excludes the other."""
    table = asserted(facts, rule)
    values = table.select(pl.col(rule.value).cast(pl.String).unique()).collect()[rule.value]
    group_of = {value: group for value in values if (group := _group(rule, value)) is not None}
    if len(set(group_of.values())) < 2:
        return
    table = table.with_columns(
        pl.col(rule.value).cast(pl.String).replace_strict(group_of, default=None, return_dtype=pl.Int64).alias("_group")
    ).filter(pl.col("_group").is_not_null())
    keys = [rule.subject, *(f"_{column}" for column in rule.per)]
    table = table.with_columns(joined_text(table, column).alias(f"_{column}") for column in rule.per)
    for rows in _groups(facts, rule, with_several(table, keys, "_group"), keys):
        for part in parted(rows, rule.loose):
            groups: dict[int, list[_Row]] = defaultdict(list)
            for row in part:
                groups[group_of[_text(row[rule.value])]].append(row)
            if len(groups) < 2:
                continue
            sides = [
                Side(
                    "; ".join(sorted({_shown(facts, _text(row[rule.value])) for row in own})),
                    tuple(sorted({(row["source"], row["claim"]) for row in own})),
                )
                for _, own in sorted(groups.items())
            ]
            _tell(facts, rule, part[0], sides)


def _group(rule: Rule, value: str) -> int | None:
    folded = fold(value)
    fits = (i for i, patterns in enumerate(rule.groups) if any(fnmatchcase(folded, fold(p)) for p in patterns))
    return next(fits, None)


def _groups(facts: Facts, rule: Rule, table: pl.LazyFrame, keys: Sequence[str]) -> Iterator[list[_Row]]:
    """Yield the claims of each subject that the rule is about, in the order of their keys."""
    kind = KINDS[rule.kind]
    extra = [a.name for a in kind.attributes if a.name in ("unit", "currency")]
    columns = dict.fromkeys([*keys, *rule.per, *rule.loose, rule.value, *extra, "source", "claim"])
    groups: dict[tuple[str, ...], list[_Row]] = defaultdict(list)
    for row in table.select(*columns).collect(engine="streaming").iter_rows(named=True):
        if not rule.of or (facts.subtype.get(row[rule.subject]) or "") in rule.of:
            groups[tuple(row[key] for key in keys)].append(row)
    yield from (groups[key] for key in sorted(groups))


def _each_says_one(facts: Facts, rule: Rule, rows: Sequence[_Row]) -> bool:
    by_source: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        by_source[row["source"]].add(_text(row[rule.value]))
    return all(len(set(versions(facts, rule, values).values())) == 1 for values in by_source.values())


def _tell(facts: Facts, rule: Rule, row: _Row, sides: Sequence[Side]) -> None:
    kind = KINDS[rule.kind]
    closed = (row[a.name] for a in kind.attributes if a.scheme and a.name in rule.per)
    aspect = rule.aspect or next((str(value) for value in closed if value), rule.name.replace("-", " "))
    details = [
        facts.label[entity]
        for column in rule.per
        if column in kind.role_names
        for entity in sorted(row[column] if isinstance(row[column], list) else [row[column]] if row[column] else [])
        if entity in facts.label
    ]
    details += [str(row[column]) for column in rule.per if column == "scope" and row[column]]
    about = f"{aspect} ({', '.join(details)})" if details else aspect
    subject = row[rule.subject]
    facts.add(rule, subject, about, f"The {about} of {facts.label[subject]}: {facts.listed(sides)}.", sides)


def _text(value: Any) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _shown(facts: Facts, value: str) -> str:
    return facts.label.get(value, value)


def _unit(rows: Sequence[_Row]) -> str:
    units = {str(row[column]) for row in rows for column in ("currency", "unit") if row.get(column)}
    return f" {units.pop()}" if len(units) == 1 else ""
