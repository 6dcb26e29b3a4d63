"""Where sources disagree: each conflict with its sides, the claims behind them, and which side is preferred.

Rules look at claims about decided entities. The preferred side is the one of the most trusted source (the
workspace's precedence); it never erases the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from itertools import combinations
from typing import Any

import polars as pl

from avgraph.dates import year_of
from avgraph.graph.conflict_facts import Facts, Side
from avgraph.graph.conflict_shares import several_majorities, share_conflicts
from avgraph.model import KINDS, ClaimTables
from avgraph.text import content_hash, name_tokens

__all__ = ["CONFLICT_SCHEMA", "SIDE_SCHEMA", "Side", "find_conflicts"]

CONFLICT_SCHEMA = {
    "conflict": pl.String(), "rule": pl.String(), "subject": pl.String(), "property": pl.String(),
    "outcome": pl.String(), "explanation": pl.String(),
}  # fmt: skip
SIDE_SCHEMA = {
    "conflict": pl.String(), "side": pl.Int64(), "value": pl.String(), "source": pl.String(),
    "claims": pl.List(pl.String()), "preferred": pl.Boolean(),
}  # fmt: skip

#: Work facts and place relations of which a subject has one.
SINGLE_WORK_FACTS = ("release date", "production year", "runtime", "budget", "end date", "birth date", "death date")
#: Facts whose values are dates: those of unequal precision agree if one begins the other ("2014" and "2014-03").
_DATED = ("release date", "production year", "end date", "birth date", "death date")
SINGLE_PLACES = ("born in",)
#: "About 60" is met by any count within this share of it.
APPROXIMATE_TOLERANCE = 0.15


def find_conflicts(
    claims: ClaimTables,
    entities: pl.DataFrame,
    source_kinds: Mapping[str, str],
    rank: Callable[[str], int],
    base_iri: str,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the conflicts and their sides (:data:`CONFLICT_SCHEMA`, :data:`SIDE_SCHEMA`).

    Parameters
    ----------
    claims
        Roles hold entity IRIs.
    entities
        With columns ``entity``, ``label``, ``type``, ``countries``.
    source_kinds
        Source → ``"article"`` or ``"record"``.
    rank
        Trust of a source; less is more.
    """
    facts = Facts(
        claims,
        dict(zip(entities["entity"], entities["label"], strict=True)),
        dict(zip(entities["entity"], entities["type"], strict=True)),
        {e: tuple(c or ()) for e, c in entities.select("entity", "countries").iter_rows()},
        dict(source_kinds),
        rank,
    )
    for rule in (_award_recipients, _single_values, _denied, _counted_statements, share_conflicts, several_majorities):
        rule(facts)
    heads, sides = [], []
    for head, versions in sorted(
        facts.found, key=lambda f: (f[0]["rule"], f[0]["subject"], f[0]["property"], f[0]["explanation"])
    ):
        key = content_hash(*head.values(), *(c for s in versions for c in s.claims))
        conflict = f"{base_iri}conflict/{key}"
        heads.append({"conflict": conflict, **head})
        tie = len(versions) > 1 and rank(versions[0].source) == rank(versions[1].source)
        for number, side in enumerate(versions, 1):
            preferred = number == 1 and not tie and head["outcome"] == "contradicted"
            sides.append({"conflict": conflict, "side": number, "value": side.value, "source": side.source,
                          "claims": list(side.claims), "preferred": preferred})  # fmt: skip
    return pl.DataFrame(heads, schema=CONFLICT_SCHEMA), pl.DataFrame(sides, schema=SIDE_SCHEMA)


def _award_recipients(facts: Facts) -> None:
    """The same award for the same work, won by different people according to different sources."""
    table = facts.claims["AwardOutcome"].filter((pl.col("result") == "won") & (pl.col("status") == "asserted"))
    by_work: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in table.filter(pl.col("work").is_not_null()).iter_rows(named=True):
        by_work[row["award"], row["work"]].append(row)
    for (award, work), rows in sorted(by_work.items()):
        # a prize of the work itself names nobody, and its category is no other prize
        for group in _same_prize([row for row in rows if facts.people(row["recipients"])]):
            by_source: dict[str, tuple[set[str], list[str]]] = defaultdict(lambda: (set(), []))
            for row in group:
                by_source[str(row["source"])][0].update(facts.people(row["recipients"]))
                by_source[str(row["source"])][1].append(str(row["claim"]))
            versions = [people for people, _ in by_source.values()]
            if all(one <= other or other <= one for one, other in combinations(versions, 2)):
                continue  # who names some of several recipients does not deny the others
            sides = [
                Side(" and ".join(sorted(facts.label[p] for p in people)), source, tuple(sorted(claims)))
                for source, (people, claims) in by_source.items()
            ]
            years = sorted({str(r["year"]) for r in group if r["year"]})
            explanation = (
                f"Who received {facts.label[award]}{' ' + '/'.join(years) if years else ''} for {facts.label[work]}: "
                + facts.listed(sides)
                + ". "
                + facts.preference(sides)
            )
            facts.add(
                "award-recipients", work, f"recipients of {facts.label[award]}", "contradicted", explanation, sides
            )


#: "Best Animated Short Film" is the category "Short Film (Animated)".
_BEST = frozenset(("best", "meilleur", "meilleure", "meilleurs", "meilleures", "beste", "bester", "bestes", "the"))


def _same_prize(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Group the outcomes of one award and work by category; an unstated one fits a single group."""
    keyed: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    loose = []
    for row in rows:
        if row["category"]:
            keyed[tuple(sorted(set(name_tokens(str(row["category"]))) - _BEST))].append(row)
        else:
            loose.append(row)
    if len(keyed) == 1:
        (only,) = keyed.values()
        yield [*only, *loose]
    else:
        yield from keyed.values()
        if loose and not keyed:
            yield loose


def _single_values(facts: Facts) -> None:
    """Properties of which a subject has one value, with two."""
    work_facts = facts.claims["WorkFact"].filter(
        pl.col("property").is_in(SINGLE_WORK_FACTS)
        & (pl.col("territories").list.len().fill_null(0) == 0)
        & pl.col("scope").is_null()
    )
    _differing(facts, "work-fact", work_facts, "work", "property", "value")
    births = facts.claims["PlaceRelation"].filter(pl.col("relation").is_in(SINGLE_PLACES))
    _differing(facts, "place", births, "entity", "relation", "place")


def _differing(facts: Facts, rule: str, table: pl.DataFrame, subject: str, property_: str, value: str) -> None:
    groups: dict[tuple[str, str], dict[tuple[str, str], list[str]]] = defaultdict(lambda: defaultdict(list))
    columns = (subject, property_, value, "source", "claim")
    for entity, prop, val, source, claim in table.filter(pl.col("status") == "asserted").select(columns).iter_rows():
        groups[entity, prop][source, val].append(claim)
    for (entity, prop), said in sorted(groups.items()):
        values = {v for _, v in said}
        if len({s for s, _ in said}) < 2 or not _incompatible(values, dated=prop in _DATED):
            continue
        sides = [Side(facts.label.get(v, v), s, tuple(sorted(claims))) for (s, v), claims in said.items()]
        text = f"The {prop} of {facts.label[entity]}: {facts.listed(sides)}. {facts.preference(sides)}"
        facts.add(f"single-{rule}", entity, prop, "contradicted", text, sides)


def _incompatible(values: set[str], *, dated: bool) -> bool:
    """Tell whether no single value can be behind all: a year agrees with a day in that year, "90.0" with "90"."""
    if dated:
        bare = sorted((v.rstrip("~") for v in values), key=len)
        return any(not longer.startswith(shorter) for i, shorter in enumerate(bare) for longer in bare[i + 1 :])
    return len({_number(v) or v for v in values}) > 1


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _denied(facts: Facts) -> None:
    """What one source asserts and another denies."""
    for name, kind in KINDS.items():
        table = facts.claims[name]
        negated = table.filter(pl.col("status") == "negated")
        if not negated.height:
            continue
        closed = [a.name for a in kind.attributes if a.scheme]
        key_columns = [*kind.role_names, *closed]
        asserted = defaultdict(list)
        for row in table.filter(pl.col("status") == "asserted").iter_rows(named=True):
            asserted[_key(row, key_columns)].append(row)
        for row in negated.iter_rows(named=True):
            for other in asserted.get(_key(row, key_columns), ()):
                subject = next(row[r.name] for r in kind.roles if not r.many and row[r.name])
                named = [facts.label.get(v, str(v)) for v in (row[c] for c in key_columns) if isinstance(v, str)]
                sides = [
                    Side("denied", row["source"], (row["claim"],)),
                    Side("asserted", other["source"], (other["claim"],)),
                ]
                text = f"{name} ({', '.join(named)}) is asserted by {other['source']} and denied by {row['source']}. "
                facts.add("denied", subject, name, "contradicted", text + facts.preference(sides), sides)


def _key(row: Mapping[str, object], columns: Iterable[str]) -> tuple[object, ...]:
    return tuple(tuple(sorted(v)) if isinstance(v := row[c], list) else v for c in columns)


def _counted_statements(facts: Facts) -> None:
    """Hold "about 60 films in ten years" against what the records count within that scope and period."""
    counts = _Counts(facts)
    for row in facts.claims["Statistic"].filter(pl.col("value").is_not_null()).iter_rows(named=True):
        parties = [p for p in row["parties"] or [] if p in facts.label]
        scopes = {p: facts.countries.get(p, ()) for p in parties}
        if len(scopes) < 2 or any(len(c) != 1 for c in scopes.values()) or not _counts_works(row):
            continue
        countries = sorted({c[0] for c in scopes.values()})
        first, last = year_of(row["valid_from"]), year_of(row["valid_to"])
        if len(countries) < 2 or first is None or last is None or not counts.covers(first, last):
            continue
        n_counted, claims, sources = counts.works(countries, first, last)
        stated = float(row["value"])
        slack = stated * APPROXIMATE_TOLERANCE if row["approximate"] else 0.0
        narrower = sorted(facts.label[p] for p in parties if facts.type_[p] != "Place")
        pair = " and ".join(countries)
        about = "about " if row["approximate"] else ""
        text = (
            f"{row['source']} states {about}{stated:g} {row['unit'] or 'works'} for {first}–{last}"
            f" ({' and '.join(facts.label[p] for p in parties)}); the records count {n_counted} works with {pair} as "
            f"countries of origin in those years ({', '.join(sources)}). "
        )
        if abs(stated - n_counted) <= slack:
            outcome, why = "consistent", "The two agree."
        elif narrower and stated <= n_counted:
            outcome = "consistent"
            why = (
                f"The scopes differ: the statement is about {', '.join(narrower)} only, the records about all works of "
                f"{pair}; the smaller number does not contradict the larger."
            )
        elif stated > n_counted + slack:
            outcome, why = (
                "contradicted",
                "More is stated than the records hold: one is wrong or the records are incomplete.",
            )
        else:
            outcome, why = "contradicted", "The records hold more than is stated for the same scope."
        sides = [
            Side(f"{about}{stated:g}", row["source"], (row["claim"],)),
            Side(str(n_counted), sources[0], tuple(claims)),
        ]
        facts.add("counted-statement", row["subject"], row["measure"], outcome, text + why, sides)


def _counts_works(row: Mapping[str, object]) -> bool:
    words = set(name_tokens(f"{row['unit'] or ''} {row['measure'] or ''}"))
    return bool(words & {"film", "films", "coproduction", "coproductions", "productions", "works", "titles", "oeuvres",
                         "series", "longs", "metrages"})  # fmt: skip


class _Counts:
    """Works of the records by country set and year."""

    def __init__(self, facts: Facts) -> None:
        records = {s for s, kind in facts.kind_of_source.items() if kind == "record"}
        self._countries: dict[str, set[str]] = defaultdict(set)
        self._claims: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        origin = facts.claims["PlaceRelation"].filter(
            (pl.col("relation") == "country of origin")
            & (pl.col("status") == "asserted")
            & pl.col("source").is_in(records)
        )
        for work, place, claim, source in origin.select("entity", "place", "claim", "source").iter_rows():
            for code in facts.countries.get(place, ()):
                self._countries[work].add(code)
                self._claims[work].append((code, claim, source))
        self._year: dict[str, int] = {}
        dated = facts.claims["WorkFact"].filter(
            pl.col("property").is_in(("release date", "production year")) & pl.col("source").is_in(records)
        )
        for work, value, source in dated.select("work", "value", "source").sort("source").iter_rows():
            year = year_of(value)
            if year is not None and (work not in self._year or facts.rank(source) == 0):
                self._year[work] = year

    def covers(self, first: int, last: int) -> bool:
        """Tell whether the records reach over the whole period."""
        years = [y for w, y in self._year.items() if w in self._countries]
        return bool(years) and min(years) <= first and max(years) >= last

    def works(self, countries: list[str], first: int, last: int) -> tuple[int, list[str], list[str]]:
        """Return how many works have all `countries`, with the claims that say so and their sources."""
        found = sorted(
            w for w, year in self._year.items() if first <= year <= last and set(countries) <= self._countries[w]
        )
        used = [(c, s) for w in found for code, c, s in self._claims[w] if code in countries]
        return len(found), sorted({c for c, _ in used}), sorted({s for _, s in used}) or ["records"]
