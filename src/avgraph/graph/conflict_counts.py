"""Counted statements ("about 60 films in ten years", "second partner") held against what the records count."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import polars as pl

from avgraph.dates import year_of
from avgraph.graph.conflict_facts import Facts, Side
from avgraph.graph.conflict_rules import Rule
from avgraph.text import name_tokens

__all__ = ["counted_ranks", "counted_statements"]

_WORKS = frozenset(("film", "films", "coproduction", "coproductions", "productions", "works", "titles", "oeuvres",
                    "series", "longs", "metrages"))  # fmt: skip
#: What a body did with the works that it counts → (table, column, role of it that must hold or None).
_ACTIVITIES = (
    (frozenset(("supported", "soutenus", "soutenues", "funded", "aided", "selected")), "support", "funder"),
    (frozenset(("produced", "coproduced", "productions", "produits", "produites")), "participation", "organization"),
)
_ORDINALS = {
    1: "first main largest biggest premier premiere erster erste eerste", 2: "second deuxieme zweiter zweite tweede",
    3: "third troisieme dritter dritte derde", 4: "fourth quatrieme vierter vierte vierde",
    5: "fifth cinquieme funfter funfte vijfde",
}  # fmt: skip
_RANK_OF = {word: rank for rank, words in _ORDINALS.items() for word in words.split()}
#: Joint works of a country below which a rank among its partners says nothing.
_MIN_WORKS = 10


def counted_statements(facts: Facts, rule: Rule) -> None:
    """Hold stated numbers of works against what the records count within that scope and period."""
    counts = _Counts(facts)
    for row in facts.scan("statistic").filter(pl.col("value").is_not_null()).collect().iter_rows(named=True):
        first, last = year_of(row["valid_from"]), year_of(row["valid_to"])
        if row["status"] != "asserted" or first is None or last is None or not _counts_works(row):
            continue
        if len(row["parties"] or ()) > 1:
            _of_countries(facts, rule, counts, row, first, last)
        elif row["subject"] in facts.label and facts.type_[row["subject"]] == "Organization":
            _of_a_body(facts, rule, counts, row, first, last)


def _counts_works(row: Mapping[str, object]) -> bool:
    return bool(set(name_tokens(f"{row['unit'] or ''} {row['measure'] or ''}")) & _WORKS)


def _of_countries(facts: Facts, rule: Rule, counts: _Counts, row: Mapping[str, Any], first: int, last: int) -> None:
    """Compare what is said of works of two countries."""
    parties = [p for p in row["parties"] or [] if p in facts.label]
    scopes = {p: facts.countries.get(p, ()) for p in parties}
    if len(scopes) < 2 or any(len(c) != 1 for c in scopes.values()):
        return
    countries = sorted({c[0] for c in scopes.values()})
    if len(countries) < 2 or not counts.covers(first, last):
        return
    n_counted, said = counts.works(countries, first, last)
    narrower = sorted(facts.label[p] for p in parties if facts.type_[p] != "Place")
    pair = " and ".join(countries)
    stated, slack, about = _stated(rule, row)
    named = " and ".join(facts.label[p] for p in parties)
    text = (
        f"{row['source']} states {about}{stated:g} {row['unit'] or 'works'} for {first}–{last} ({named}); the "
        f"records count {n_counted} works with {pair} as countries of origin in those years "
        f"({_sources(said)}). "
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
    _add(facts, rule, row, outcome, text + why, n_counted, said)


def _of_a_body(facts: Facts, rule: Rule, counts: _Counts, row: Mapping[str, Any], first: int, last: int) -> None:
    """Compare how many works a company made or a fund supported; records seldom hold all of them."""
    words = set(name_tokens(f"{row['unit'] or ''} {row['measure'] or ''}"))
    activity = next(((table, column) for verbs, table, column in _ACTIVITIES if words & verbs), None)
    if activity is None:
        return
    n_counted, said = counts.works_of(*activity, row["subject"], first, last)
    if not n_counted:
        return
    stated, slack, about = _stated(rule, row)
    text = (
        f"{row['source']} states {about}{stated:g} {row['unit'] or 'works'} of {facts.label[row['subject']]} for "
        f"{first}–{last}; the records count {n_counted} ({_sources(said)}). "
    )
    if abs(stated - n_counted) <= slack:
        outcome, why = "consistent", "The two agree."
    elif n_counted > stated:
        outcome, why = "contradicted", "The records hold more than is stated."
    else:
        outcome, why = "not comparable", "The records need not hold all of them."
    _add(facts, rule, row, outcome, text + why, n_counted, said)


def _stated(rule: Rule, row: Mapping[str, Any]) -> tuple[float, float, str]:
    """Return the number stated, by how much a count may differ from it, and the word for "about"."""
    stated = float(row["value"])
    return stated, stated * rule.tolerance if row["approximate"] else 0.0, "about " if row["approximate"] else ""


def _add(
    facts: Facts, rule: Rule, row: Mapping[str, Any], outcome: str, text: str, n_counted: int,
    said: Iterable[tuple[str, str]],
) -> None:  # fmt: skip
    stated, _, about = _stated(rule, row)
    sides = [Side(f"{about}{stated:g}", ((row["source"], row["claim"]),)), Side(str(n_counted), tuple(said))]
    facts.add(rule, row["subject"], row["measure"], text, sides, outcome=outcome, versions=False)


def _sources(said: Iterable[tuple[str, str]]) -> str:
    return ", ".join(sorted({source for source, _ in said})) or "records"


def counted_ranks(facts: Facts, rule: Rule) -> None:
    """Hold "Luxembourg is the second partner of …" against the rank of countries by joint works in the records.

    Sources that list the works of the two alone rank them first whatever is true, and are left out.
    """
    counts = _Counts(facts)
    ranked = facts.scan("partnership").filter(
        pl.col("purpose").is_not_null(), pl.col("status") == "asserted", pl.col("parties").list.len() == 2
    )
    for row in ranked.collect().iter_rows(named=True):
        stated = _RANK_OF.get(next(iter(name_tokens(row["purpose"])), ""))
        base, partner = sorted(row["parties"], key=lambda p: facts.type_.get(p) == "Place") if stated else ("", "")
        codes = facts.countries.get(base, ()), facts.countries.get(partner, ())
        if stated is None or facts.type_.get(partner) != "Place" or [len(c) for c in codes] != [1, 1]:
            continue
        (home,), (country,) = codes
        first, last = year_of(row["valid_from"]) or 0, year_of(row["valid_to"]) or 9999
        partners, said = counts.partners(home, country, first, last)
        if home == country or sum(partners.values()) < _MIN_WORKS or country not in partners:
            continue
        rank = 1 + sum(n > partners[country] for n in partners.values())
        ahead = ", ".join(f"{c} {n}" for c, n in sorted(partners.items(), key=lambda p: (-p[1], p[0]))[:5])
        body = facts.type_.get(base) != "Place"
        text = (
            f"{row['source']} states rank {stated} of {facts.label[partner]} among the partners of "
            f"{facts.label[base]}; by joint works in the records it has rank {rank} ({ahead}; {_sources(said)}). "
        )
        if rank == stated:
            outcome, why = "consistent", "The two agree."
        elif body:
            outcome, why = "not comparable", f"The statement is about {facts.label[base]}, the records about {home}."
        else:
            outcome, why = "contradicted", "The records rank otherwise."
        sides = [Side(f"rank {stated}", ((row["source"], row["claim"]),)), Side(f"rank {rank}", said)]
        facts.add(
            rule, base, f"rank of {facts.label[partner]} as a partner", text + why, sides, outcome=outcome,
            versions=False,
        )  # fmt: skip


class _Counts:
    """Works of the records by country set and year."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._records = [s for s, kind in facts.kind_of_source.items() if kind == "record"]

    @cached_property
    def _claims(self) -> dict[str, list[tuple[str, str, str]]]:
        """Work → (country code, claim, source) of its countries of origin."""
        found: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        origin = self._facts.scan("place_relation").filter(
            (pl.col("relation") == "country of origin")
            & (pl.col("status") == "asserted")
            & pl.col("source").is_in(self._records)
        )
        for work, place, claim, source in origin.select("entity", "place", "claim", "source").collect().iter_rows():
            for code in self._facts.countries.get(place, ()):
                found[work].append((code, claim, source))
        return dict(found)

    @cached_property
    def _year(self) -> dict[str, int]:
        years: dict[str, int] = {}
        dated = self._facts.scan("work_fact").filter(
            pl.col("property").is_in(("release date", "production year")) & pl.col("source").is_in(self._records)
        )
        for work, value, source in dated.select("work", "value", "source").collect().sort("source").iter_rows():
            year = year_of(value)
            if year is not None and (work not in years or self._facts.rank(source) == 0):
                years[work] = year
        return years

    def covers(self, first: int, last: int) -> bool:
        """Tell whether the records reach over the whole period."""
        years = [y for w, y in self._year.items() if w in self._claims]
        return bool(years) and min(years) <= first and max(years) >= last

    def works(self, countries: list[str], first: int, last: int) -> tuple[int, tuple[tuple[str, str], ...]]:
        """Return how many works have all `countries`, and the sources and claims that say so."""
        within = (w for w, year in self._year.items() if first <= year <= last and w in self._claims)
        found = sorted(w for w in within if set(countries) <= {code for code, *_ in self._claims[w]})
        said = {(source, claim) for w in found for code, claim, source in self._claims[w] if code in countries}
        return len(found), tuple(sorted(said))

    def works_of(
        self, table: str, column: str, body: str, first: int, last: int
    ) -> tuple[int, tuple[tuple[str, str], ...]]:
        """Return how many works of a period name `body` in a column of the records, and who says so."""
        claims = self._facts.scan(table).filter(
            pl.col(column) == body, pl.col("status") == "asserted", pl.col("source").is_in(self._records)
        )
        rows = [
            (work, source, claim)
            for work, source, claim in claims.select("work", "source", "claim").collect().iter_rows()
            if first <= self._year.get(work, 0) <= last
        ]
        return len({work for work, _, _ in rows}), tuple(sorted({(source, claim) for _, source, claim in rows}))

    def partners(
        self, home: str, country: str, first: int, last: int
    ) -> tuple[Counter[str], tuple[tuple[str, str], ...]]:
        """Return country → number of joint works with `home`, and who says so of `country`.

        A source of which all works of `home` are works of `country`, too, is a list of theirs and does not count.
        """
        by_source: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for work, said in self._claims.items():
            if home in {code for code, *_ in said} and first <= self._year.get(work, first) <= last:
                for code, _, source in said:
                    by_source[source][work].add(code)
        joint: dict[str, set[str]] = defaultdict(set)
        used = set()
        for source, works in by_source.items():
            if all(country in codes for codes in works.values()):
                continue
            used.add(source)
            for work, codes in works.items():
                joint[work] |= codes - {home}
        counted = Counter(code for codes in joint.values() for code in codes)
        said_by = {(s, claim) for w in joint for code, claim, s in self._claims[w] if code == country and s in used}
        return counted, tuple(sorted(said_by))
