"""Invented records that contradict each other, and as many that only look as if they did."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["Cases", "invented_cases"]

_ONE, _TWO, _THREE = "one", "two", "three"
_ADJECTIVES = (
    "amber bitter copper distant eager frozen gentle hollow inner jade keen lonely mellow northern opal pale quiet "
    "rusted silver tender"
)
_NOUNS = (
    "anchor bridge candle dune ember ferry garden harbour island journey kettle lantern meadow needle orchard "
    "pavement quarry ribbon station tower"
)
_FIRST_NAMES = "Abel Britta Cyril Dorthe Egon Frida Gustav Hilde Ivo Jutta Konrad Lise Matteo Nadja Oskar"
_LAST_NAMES = "Varga Holm Petit Sandoz Keller Moreau Lindqvist Ricci Dubois Novak Achterberg Ferro Yilmaz Quist"
_TITLES, _FIRST, _LAST = (_ADJECTIVES.split(), _NOUNS.split()), _FIRST_NAMES.split(), _LAST_NAMES.split()
_COUNTRIES = ("BE", "LU", "FR", "NL", "DE", "AT", "DK", "SE", "PT", "IE")


class Cases:
    """Gathers rows by (source, kind of table), and what they hold.

    Attributes
    ----------
    rows
        (source, kind) → rows.
    true, false
        (rule, id or name of the subject) of contradictions, and of what only looks like one.
    """

    def __init__(self, seed: int) -> None:
        self.rows: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        self.true: set[tuple[str, str]] = set()
        self.false: set[tuple[str, str]] = set()
        self.draw = random.Random(seed)
        self._n = 0

    def number(self) -> int:
        """Return a new number."""
        self._n += 1
        return self._n

    def work(self, subtype: str = "film") -> dict[str, Any]:
        """Return a new work."""
        n = self.number()
        first, second = _TITLES
        title = f"The {first[n % 20]} {second[(n // 20) % 20]} of {self.draw.choice(_LAST)} {n}".title()
        return {"id": f"tt{9_000_000 + n}", "title": title, "subtype": subtype}

    def person(self, n_names: int = 0) -> dict[str, Any]:
        """Return a new person; `n_names` keeps those of one case apart."""
        n = self.number()
        name = f"{_FIRST[(n + 7 * n_names) % len(_FIRST)]} {_LAST[(n * 3 + 5 * n_names) % len(_LAST)]}"
        return {"person": name, "person_id": f"nm{9_000_000 + n}"}

    def body(self, kind: str) -> dict[str, Any]:
        """Return a new company, fund or channel."""
        n = self.number()
        name = f"{self.draw.choice(_LAST)} {self.draw.choice(_TITLES[1]).title()} {n}"
        return {kind: name, f"{kind}_id": f"co{9_000_000 + n}"}

    def add(self, source: str, kind: str, *parts: dict[str, Any], **more: Any) -> None:
        """Add a row made of `parts`."""
        row: dict[str, Any] = {}
        for part in parts:
            row |= part
        self.rows[source, kind].append(row | more)

    def note(self, rule: str, subject: str, holds: bool) -> None:
        """Note that a case of a rule is a contradiction, or only looks like one."""
        (self.true if holds else self.false).add((rule, subject))


def invented_cases(seed: int, n_each: int) -> Cases:
    """Return `n_each` contradictions and as many look-alikes of every rule."""
    cases = Cases(seed)
    for _ in range(n_each):
        for make in _MAKERS:
            for holds in (True, False):
                make(cases, holds)
    for home in range(min(n_each, len(_COUNTRIES))):
        _rank(cases, home, holds=home % 2 == 0)
    return cases


def _pair(cases: Cases) -> Iterator[str]:
    yield from cases.draw.sample((_ONE, _TWO, _THREE), 2)


def _fact(cases: Cases, rule: str, holds: bool, property_: str, versions: list[tuple[Any, dict[str, Any]]]) -> None:
    work = cases.work()
    for source, (value, more) in zip(_pair(cases), versions, strict=True):
        cases.add(source, "facts", work, property=property_, value=str(value), **more)
    cases.note(rule, f"imdb:{work['id']}", holds)


def _release(cases: Cases, holds: bool) -> None:
    year = cases.draw.randint(1990, 2020)
    day = f"{year}-{cases.draw.randint(1, 12):02d}-{cases.draw.randint(1, 28):02d}"
    alike = (
        [(year, {}), (day, {})],
        [(day, {"territory": "BE"}), (f"{year + 1}-01-08", {"territory": "FR"})],
        [(day, {}), (f"{year + 1}", {"status": "planned"})],
        [(day, {"scope": "season 1"}), (f"{year + 2}-05-01", {"scope": "season 2"})],
        [(f"{year}~", {}), (year + 1, {})],
    )
    unlike = (
        [(year, {}), (f"{year + cases.draw.randint(1, 4)}", {})],
        [(day, {}), (f"{year + 1}-02-03", {})],
        [(day, {"territory": "LU"}), (f"{year - 1}-11-30", {"territory": "LU"})],
        [(f"{year}-03-04", {}), (f"{year}-03-11", {})],
    )
    _fact(cases, "release-date", holds, "release date", cases.draw.choice(unlike if holds else alike))


def _production_year(cases: Cases, holds: bool) -> None:
    year = cases.draw.randint(1990, 2020)
    other = year + cases.draw.choice((-3, -2, -1, 1, 2, 3))
    _fact(cases, "production-year", holds, "production year", [(year, {}), (other if holds else year, {})])


def _runtime(cases: Cases, holds: bool) -> None:
    minutes = cases.draw.randint(70, 140)
    other = minutes + cases.draw.randint(4, 25) if holds else cases.draw.choice((minutes, minutes + 1, f"{minutes}.4"))
    _fact(cases, "runtime", holds, "runtime", [(minutes, {"unit": "min"}), (other, {"unit": "min"})])


def _budget(cases: Cases, holds: bool) -> None:
    exact = cases.draw.randint(1_000_000, 9_000_000)
    if holds:
        versions = [(exact, {"unit": "EUR"}), (round(exact * cases.draw.uniform(1.04, 2)), {"unit": "EUR"})]
    else:
        versions = cases.draw.choice((
            [(exact, {"unit": "EUR"}), (round(exact, -5), {"unit": "EUR"})],
            [(exact, {"unit": "EUR"}), (round(exact * 1.1), {"unit": "USD"})],
        ))  # fmt: skip
    _fact(cases, "budget", holds, "budget", versions)


def _kind(cases: Cases, holds: bool) -> None:
    other = cases.draw.choice(("Documentary", "Documentary, poetic mode") if holds else ("Comedy", "Mockumentary"))
    _fact(cases, "fiction-or-documentary", holds, "genre", [("Fiction film", {}), (other, {})])


def _life(cases: Cases, holds: bool) -> None:
    person, year = cases.person(), cases.draw.randint(1930, 1990)
    dates = (str(year), f"{year + cases.draw.randint(1, 9)}" if holds else f"{year}-07-02")
    for source, born in zip(_pair(cases), dates, strict=True):
        cases.add(source, "lives", person, born=born)
    cases.note("life-date", f"imdb:{person['person_id']}", holds)


def _birthplace(cases: Cases, holds: bool) -> None:
    person = cases.person()
    towns = (("Ghent", "BE"), ("Lyon", "FR") if holds else ("Ghent", "BE"))
    for source, (place, country) in zip(_pair(cases), towns, strict=True):
        cases.add(source, "lives", person, place=place, country=country)
    cases.note("birthplace", f"imdb:{person['person_id']}", holds)


def _founded(cases: Cases, holds: bool) -> None:
    person, company, year = cases.person(), cases.body("company"), cases.draw.randint(1960, 2010)
    for source, since in zip(_pair(cases), (year, year + 3 if holds else f"{year}-05"), strict=True):
        cases.add(source, "founders", person, company, since=str(since))
    cases.note("founding-date", f"imdb:{company['company_id']}", holds)


def _grant(cases: Cases, holds: bool) -> None:
    work, fund = cases.work(), cases.body("fund")
    amount = cases.draw.randint(50, 900) * 1000 + cases.draw.randint(1, 9) * 100
    other = round(amount * cases.draw.uniform(1.04, 2))
    base = {"currency": "EUR", "date": "2014-03-05", "stage": "production"}
    if holds:
        versions = [base | {"amount": amount}, base | {"amount": other, "date": cases.draw.choice(("2014", "2014-03"))}]
    else:
        versions = [base | {"amount": amount}, base | cases.draw.choice((
            {"amount": round(amount, -3)}, {"amount": other, "currency": "USD"}, {"amount": other, "date": "2016"},
            {"amount": other, "stage": "writing"},
        ))]  # fmt: skip
    for source, version in zip(_pair(cases), versions, strict=True):
        cases.add(source, "support", work, fund, **version)
    cases.note("grant-amount", f"imdb:{work['id']}", holds)


def _network(cases: Cases, holds: bool) -> None:
    season, one, two = cases.work("season"), cases.body("channel"), cases.body("channel")
    base = {"territory": "BE", "date": "2015-09"}
    other = base if holds else base | cases.draw.choice(({"territory": "FR"}, {"date": "2018"}))
    for source, channel, version in zip(_pair(cases), (one, two), (base, other), strict=True):
        cases.add(source, "broadcasts", season, channel, **version)
    cases.note("network", f"imdb:{season['id']}", holds)


def _director(cases: Cases, holds: bool) -> None:
    work, one, two = cases.work(), cases.person(), cases.person(1)
    first, second = _pair(cases)
    cases.add(first, "credits", work, one)
    if holds and cases.draw.random() < 0.3:  # two of one family
        family = one["person"].rpartition(" ")[2]
        cases.add(second, "credits", work, two, person=f"{cases.draw.choice(_FIRST)}a {family}")
    elif holds:
        cases.add(second, "credits", work, two)
    elif cases.draw.random() < 0.5:  # some of several
        cases.add(first, "credits", work, two)
        cases.add(second, "credits", work, one)
    else:  # a spelling
        cases.add(second, "credits", work, person=one["person"][0] + "." + one["person"][one["person"].index(" ") :],
                  person_id=two["person_id"])  # fmt: skip
    cases.note("director", f"imdb:{work['id']}", holds)


def _countries(cases: Cases, holds: bool) -> None:
    work, (one, two, three) = cases.work(), cases.draw.sample(_COUNTRIES, 3)
    first, second = _pair(cases)
    for source, countries in ((first, (one, two)), (second, (one, three) if holds else (two, one))):
        for country in countries:
            cases.add(source, "origins", work, country=country)
    cases.note("countries", f"imdb:{work['id']}", holds)


def _majority(cases: Cases, holds: bool) -> None:
    work, (one, two) = cases.work(), cases.draw.sample(_COUNTRIES, 2)
    first, second = _pair(cases)
    for source, leading in ((first, one), (second, two if holds else one)):
        for country in (one, two):
            cases.add(source, "origins", work, country=country,
                      standing="majority" if country == leading else "minority")  # fmt: skip
    cases.note("majority", f"imdb:{work['id']}", holds)


def _prize(cases: Cases) -> dict[str, Any]:
    return {"award": f"Prix {cases.draw.choice(_LAST)} {cases.number()}", "edition": "12th", "year": 2012}


def _recipients(cases: Cases, holds: bool) -> None:
    work, one, two = cases.work(), cases.person(), cases.person(1)
    prize = _prize(cases) | {"category": "Best Director"}
    other = {} if holds else {"category": "Best Score"}
    for source, person, version in zip(_pair(cases), (one, two), ({}, other), strict=True):
        cases.add(source, "awards", work, person, prize | version)
    cases.note("award-recipients", f"imdb:{work['id']}", holds)


def _winner(cases: Cases, holds: bool) -> None:
    prize, one, two = _prize(cases) | {"category": "Best Film"}, cases.work(), cases.work()
    other = {} if holds else cases.draw.choice(({"edition": "13th", "year": 2013}, {"category": "Best Short Film"}))
    first, second = _pair(cases)
    cases.add(first, "awards", one, prize)
    if not holds and cases.draw.random() < 0.5:  # the years of the films beside those of the ceremonies
        other = {"edition": "", "year": 2012}
        cases.add(first, "awards", two, prize, edition="11th", year=2011)
    cases.add(second, "awards", two, prize | other)
    cases.note("award-winner", prize["award"], holds)


def _share(cases: Cases, holds: bool) -> None:
    work, one, two = cases.work(), cases.body("company"), cases.body("company")
    share = cases.draw.randint(51, 80) / 100
    versions = [(share, "")], [(round(share - 0.1, 2), "") if holds else (round(share + 0.003, 3), "")]
    for source, plans in zip(_pair(cases), versions, strict=True):
        for part, plan in plans:
            cases.add(source, "shares", work, one, share=part, plan=plan)
            cases.add(source, "shares", work, two, share=round(1 - part, 3), plan=plan)
    cases.note("share", f"imdb:{work['id']}", holds)


def _share_sum(cases: Cases, holds: bool) -> None:
    work, source = cases.work(), cases.draw.choice((_ONE, _TWO, _THREE))
    for part in (0.6, 0.25, cases.draw.choice((0.05, 0.35)) if holds else cases.draw.choice((0.15, 0.149, 0.152))):
        cases.add(source, "shares", work, cases.body("company"), share=part)
    cases.note("share-sum", f"imdb:{work['id']}", holds)


def _plans(cases: Cases, holds: bool) -> None:
    work, one, two = cases.work(), cases.body("company"), cases.body("company")
    source = cases.draw.choice((_ONE, _TWO, _THREE))
    for plan, part in (("FP1", 0.7), ("FP2", 0.6 if holds else 0.7)):
        cases.add(source, "shares", work, one, share=part, plan=plan)
        cases.add(source, "shares", work, two, share=round(1 - part, 2), plan=plan)
    cases.note("plans-differ", f"imdb:{work['id']}", holds)


def _denied(cases: Cases, holds: bool) -> None:
    work, person, other = cases.work(), cases.person(), cases.person(1)
    first, second = _pair(cases)
    cases.add(first, "credits", work, person, status=cases.draw.choice(("asserted", "planned", "reported")))
    cases.add(second, "credits", work, person if holds else other, status="negated")
    cases.note("denied", f"imdb:{work['id']}", holds)


def _announced(cases: Cases, holds: bool) -> None:
    work, (first, second) = cases.work(), tuple(_pair(cases))
    cases.add(first, "facts", work, property="release date", value="2008", status="planned")
    if not holds:
        cases.add(second, "facts", work, property="release date", value="2009-02-01")
    cases.note("announced", f"imdb:{work['id']}", holds)


def _titles(cases: Cases, holds: bool) -> None:
    work, source = cases.work(), cases.draw.choice((_ONE, _TWO, _THREE))
    title = cases.draw.choice((work["title"].upper(), f"{work['title']} - Der Film"))
    if holds and cases.draw.random() < 0.3:
        title = f"{work['title'].rpartition(' ')[0]} {cases.number()}"  # the next part
    elif holds:  # nothing in common, so that no word of the invented titles makes them alike
        title = "".join(cases.draw.sample("bcdfghklmnprstvz", 9)).title() + " Uo"
    cases.add(source, "facts", work, property="runtime", value="90", unit="min")
    cases.add(source, "credits", work, cases.person(), title=title)
    cases.note("one-id-two-titles", f"imdb:{work['id']}", holds)


def _counted(cases: Cases, holds: bool) -> None:
    company, n_films = cases.body("company"), cases.draw.randint(5, 9)
    source = cases.draw.choice((_ONE, _TWO))
    for n in range(n_films):
        film = cases.work()
        cases.add(source, "facts", film, property="release date", value=str(2001 + n))
        cases.add(source, "shares", film, company)
    if holds:
        stated = {"value": n_films - cases.draw.randint(2, 3), "approximate": "false"}
    else:
        stated = cases.draw.choice((
            {"value": n_films, "approximate": "false"}, {"value": n_films + 0.6, "approximate": "true"},
            {"value": 10 * n_films, "approximate": "true"},
        ))  # fmt: skip
    cases.add(_THREE, "figures", company, **stated, first="2001", last="2012")
    cases.note("counted-statement", f"imdb:{company['company_id']}", holds)


def _rank(cases: Cases, home: int, *, holds: bool) -> None:
    """A country's partners: seven works with the next of the list, five with the second next, two with the third."""
    here = _COUNTRIES[home]
    names = ("CH", "IT", "ES", "PL", "NO", "FI", "CZ", "HU", "RO", "GR")
    first, second, third = (names[(home + k) % len(names)] for k in range(3))
    for partner, n_works in ((first, 7), (second, 5), (third, 2)):
        for _ in range(n_works):
            film = cases.work()
            for country in (here, partner):
                cases.add(_ONE, "origins", film, country=country)
    purpose = "first partner in joint films" if holds else "second partner in joint films"
    cases.add(_THREE, "ranks", countries=f"{here};{second}", purpose=purpose)
    cases.note("counted-rank", f"iso3166:{here}", holds)


_MAKERS: tuple[Callable[[Cases, bool], None], ...] = (
    _release, _production_year, _runtime, _budget, _kind, _life, _birthplace, _founded, _grant, _network, _director,
    _countries, _majority, _recipients, _winner, _share, _share_sum, _plans, _denied, _announced, _titles, _counted,
)  # fmt: skip
