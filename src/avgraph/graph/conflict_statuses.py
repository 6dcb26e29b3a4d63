"""Conflicts of status: what one source says and another denies, and what was announced and never seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import polars as pl

from avgraph.graph.conflict_facts import Facts, Side
from avgraph.graph.conflict_rules import Rule
from avgraph.model import KINDS, ClaimKind
from avgraph.text import fold

__all__ = ["announced_only", "denied_claims"]

#: Attributes beside the closed ones in which a denial and what it denies must not differ.
_FREE = ("value", "category", "year", "edition", "season", "scope", "share")
#: What a source says of an outcome that it takes for possible or true.
_SAID = ("asserted", "planned", "reported")
#: (kind, column, values) of claims by which a work came out; None for any.
_CAME_OUT = (
    ("WorkFact", "property", ("release date", "broadcast date", "production year")), ("Screening", None, ()),
    ("Broadcast", "role", ("airs",)), ("Distribution", None, ()), ("AwardOutcome", None, ()),
)  # fmt: skip

_Row = dict[str, Any]


def denied_claims(facts: Facts, rule: Rule) -> None:
    """Find what one source says and another denies."""
    for kind in KINDS.values():
        table = facts.scan(kind.table)
        negated = table.filter(pl.col("status") == "negated").collect()
        if not negated.height:
            continue
        single = [r.name for r in kind.roles if not r.many]
        alike = table.filter(pl.col("status").is_in(list(_SAID))).join(
            negated.lazy().select(single), on=single, how="semi", nulls_equal=True, maintain_order="left"
        )
        said = alike.collect().to_dicts()
        denials: dict[tuple[Any, ...], list[_Row]] = defaultdict(list)
        for row in negated.iter_rows(named=True):
            denials[_key(kind, row)].append(row)
        for _, rows in sorted(denials.items(), key=lambda item: str(item[0])):
            others = [other for other in said if _denies(kind, rows[0], other)]
            if others:
                _tell_denial(facts, rule, kind, rows, others)


def _key(kind: ClaimKind, row: Mapping[str, Any]) -> tuple[Any, ...]:
    columns = [*kind.role_names, *(a.name for a in kind.attributes if a.scheme or a.name in _FREE)]
    return tuple(tuple(sorted(v)) if isinstance(v := row[c], list) else v for c in columns)


def _denies(kind: ClaimKind, denial: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether a denial is of the other claim; what the denial leaves open it denies whatever it is."""
    for role in kind.roles:
        mine, theirs = denial[role.name], other[role.name]
        if role.many:
            if mine and theirs and not set(mine) & set(theirs):
                return False
        elif mine != theirs:
            return False
    for attribute in kind.attributes:
        if attribute.scheme or attribute.name in _FREE:
            mine, theirs = denial[attribute.name], other[attribute.name]
            if mine is not None and theirs is not None and fold(str(mine)) != fold(str(theirs)):
                return False
    return True


def _tell_denial(facts: Facts, rule: Rule, kind: ClaimKind, denials: list[_Row], others: list[_Row]) -> None:
    row = denials[0]
    subject = next(row[r.name] for r in kind.roles if not r.many and row[r.name])
    named = [facts.label.get(v, v) for c in (*kind.role_names, *(a.name for a in kind.attributes if a.scheme))
             for v in (row[c] if isinstance(row[c], list) else [row[c]]) if isinstance(v, str)]  # fmt: skip
    by_status: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for other in others:
        by_status[other["status"]].add((other["source"], other["claim"]))
    sides = [Side("denied", tuple(sorted({(d["source"], d["claim"]) for d in denials})))]
    sides += [Side(status, tuple(sorted(who))) for status, who in sorted(by_status.items())]
    said = " and ".join(f"{side.value} by {', '.join(side.sources)}" for side in [*sides[1:], sides[0]])
    facts.add(rule, subject, kind.name, f"{kind.name} ({', '.join(named)}) is {said}.", sides)


def announced_only(facts: Facts, rule: Rule) -> None:
    """Find works that were announced, of which no source knows a release although records go on for years."""
    announced: dict[str, list[_Row]] = defaultdict(list)
    for kind in KINDS.values():
        if "work" not in kind.role_names:
            continue
        planned = facts.scan(kind.table).filter(pl.col("status") == "planned", pl.col("work").is_not_null())
        dates = [pl.col(c).str.slice(0, 4) for c in ("observed", "date") if c in ("observed", *kind.attribute_names)]
        if kind.name == "WorkFact":
            dates.append(pl.when(pl.col("property").str.contains("date|year")).then(pl.col("value").str.slice(0, 4)))
        year = pl.max_horizontal(*(date.cast(pl.Int64, strict=False) for date in dates))
        for row in planned.select("work", "source", "claim", _year=year).collect().iter_rows(named=True):
            if facts.type_.get(row["work"]) == "Work" and not facts.generic.get(row["work"]):
                announced[row["work"]].append(row)
    if not announced:
        return
    came_out, last = _releases(facts, sorted(announced))
    for work, rows in sorted(announced.items()):
        years = [row["_year"] for row in rows if row["_year"] is not None]
        if work in came_out or last is None or not years or last < max(years) + rule.years:
            continue
        said = tuple(sorted({(row["source"], row["claim"]) for row in rows}))
        sides = [Side(f"announced, {max(years)}", said), Side(f"no release known by {last}", ())]
        by = ", ".join(sides[0].sources)
        text = (
            f"{facts.label[work]} was announced in or for {max(years)} ({by}); no source knows a release, a broadcast, "
            f"a screening or an award, though records go on until {last}."
        )
        facts.add(rule, work, "release", text, sides, outcome="unconfirmed", versions=False)


def _releases(facts: Facts, works: list[str]) -> tuple[set[str], int | None]:
    """Return which of these works came out, and the last year in which any work did."""
    found: set[str] = set()
    for name, column, values in _CAME_OUT:
        table = facts.scan(KINDS[name].table).filter(
            pl.col("status").is_in(["asserted", "reported"]), pl.col("work").is_in(works)
        )
        if column is not None:
            table = table.filter(pl.col(column).is_in(list(values)))
        found |= set(table.select(pl.col("work").unique()).collect()["work"])
    dated = facts.scan("work_fact").filter(pl.col("property") == "release date", pl.col("status") == "asserted")
    last = dated.select(pl.col("value").str.slice(0, 4).cast(pl.Int64, strict=False).max()).collect().item()
    return found, last
