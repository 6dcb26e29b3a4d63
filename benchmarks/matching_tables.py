"""Pairs of tables to be matched, each with the pairs of rows that are truly one thing.

``agec-titles``
    AGE-C's films by their national titles against the same films by English ones where they are others; year and
    directors are all that both tables have.
``agec-checked``
    All films of AGE-C, with both titles, against the films of ``identity_hard/films-checked.csv`` that it has.
``oscars-people``
    The nominees of the Academy Awards' even ceremonies against those of the odd ones, with the films that they were
    nominated for and the years; who is one by IMDb's ids.
``wikidata``
    Wikidata's companies by their labels, with countries, against the titles of their English Wikipedia articles; what
    is one, and of what nobody knows, as in `identity_sets`.
``hard-people``, ``hard-works``, ``hard-companies``
    The tables of ``identity_hard``: of each entity's rows the first, third … against the second, fourth …
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import identity_sets as sets
import numpy as np
import polars as pl
from identity_scale import variant
from invented import below, person_names, uniform, work_titles

__all__ = ["TABLES", "Tables", "invented_works"]

_SEED = 11


@dataclass(frozen=True)
class Tables:
    """Two tables with a column ``id``, the true pairs of ids, and ids of which nobody knows what they are."""

    kind: str
    left: pl.DataFrame
    right: pl.DataFrame
    true: set[tuple[str, str]]
    unknown: frozenset[str] = frozenset()


def agec_titles(data: Path) -> Tables:
    lists: list[list[dict[str, str]]] = [[], []]
    for number, (national, english, directors) in sets._agec_films(data).items():
        if english and sets._letters(english) != sets._letters(national) and directors:
            more = {"year": number[2:6], "director": "|".join(sets._directors(directors))}
            for rows, side, title in zip(lists, "ab", (national, english), strict=True):
                rows.append({"id": f"{side}{number}", "title": title, **more})
    left, right = (pl.DataFrame(rows) for rows in lists)
    return Tables("works", left, right, {(f"a{i[1:]}", f"b{i[1:]}") for i in left["id"]})


def agec_checked(data: Path) -> Tables:
    rows = [
        {"id": number, "title": national, "english_title": english, "year": number[2:6],
         "director": "|".join(sets._directors(directors))}
        for number, (national, english, directors) in sets._agec_films(data).items()
    ]  # fmt: skip
    checked = [row for row in sets.cases("films-checked") if row["agec"]]
    right = pl.DataFrame([{c: row[c] for c in ("id", "title", "year", "director")} for row in checked])
    return Tables("works", pl.DataFrame(rows), right, {(row["agec"], row["id"]) for row in checked})


def oscars_people(data: Path) -> Tables:
    names: dict[tuple[int, str], dict[str, None]] = defaultdict(dict)
    films: dict[tuple[int, str], dict[str, None]] = defaultdict(dict)
    years: dict[tuple[int, str], dict[str, None]] = defaultdict(dict)
    with sets._present(data / "oscars/oscars.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            nominees, ids = (row["Nominees"] or "").split("|"), (row["NomineeIds"] or "").split("|")
            if len(nominees) != len(ids):
                continue
            for name, id_ in zip(nominees, ids, strict=True):
                if id_.startswith("nm"):
                    side = int(row["Ceremony"]) % 2
                    names[side, id_][name.strip()] = None
                    years[side, id_][row["Year"][:4]] = None
                    films[side, id_].update(dict.fromkeys(filter(None, (row["Film"] or "").split("|"))))
    rows: list[list[dict[str, str]]] = [[], []]
    for (side, id_), found in names.items():
        rows[side].append({"id": id_, "name": "|".join(found), "films": "|".join(films[side, id_]),
                           "year": "|".join(years[side, id_])})  # fmt: skip
    left, right = (pl.DataFrame(r) for r in rows)
    both = set(left["id"]) & set(right["id"])
    # No id may give the truth away: it is what the rows are called by, and no evidence.
    return Tables("people", left, right, {(i, i) for i in both})


def wikidata(data: Path) -> Tables:
    companies = sets._Companies(data)
    left = [
        {"id": item, "name": name, "country": "|".join(sorted(companies.countries[item]))}
        for item, name in companies.labels.items()
    ]
    right = [{"id": f"w{item}", "name": name} for item, name in companies.articles.items()]
    true = _pairs(
        ((item, companies.same[item]) for item in companies.labels),
        ((f"w{item}", companies.same[item]) for item in companies.articles),
    )
    unknown = {i for item, same in companies.same.items() if not same for i in (item, f"w{item}")}
    return Tables("companies", pl.DataFrame(left), pl.DataFrame(right), true, frozenset(unknown))


def _hard(name: str, kind: str, _data: Path) -> Tables:
    sides: list[list[dict[str, str]]] = [[], []]
    truth: list[list[tuple[str, str]]] = [[], []]
    n_rows: defaultdict[str, int] = defaultdict(int)
    for number, row in enumerate(sets.cases(name), 1):
        side = n_rows[row["id"]] % 2
        n_rows[row["id"]] += 1
        truth[side].append((str(number), row["id"]))
        cells = {
            c: v for c, v in row.items() if c not in ("id", "reference", "role", "year" if kind == "people" else "")
        }
        sides[side].append({"id": str(number), **cells})
    left, right = (pl.DataFrame(rows) for rows in sides)
    return Tables(kind, left, right, _pairs(*truth))


def _pairs(left: Iterable[tuple[str, str]], right: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return the pairs of ids that have one truth."""
    by_truth: dict[str, list[str]] = defaultdict(list)
    for id_, truth in right:
        by_truth[truth].append(id_)
    return {(one, other) for one, truth in left if truth for other in by_truth.get(truth, ())}


TABLES: dict[str, Callable[[Path], Tables]] = {
    "agec-titles": agec_titles, "agec-checked": agec_checked, "oscars-people": oscars_people, "wikidata": wikidata,
    "hard-people": partial(_hard, "people", "people"), "hard-works": partial(_hard, "works", "works"),
    "hard-companies": partial(_hard, "companies", "companies"),
}  # fmt: skip


def invented_works(n_rows: int) -> tuple[pl.DataFrame, pl.DataFrame, set[tuple[str, str]]]:
    """Return two tables of invented works, and the pairs of ids that are one.

    Every fifth work of either table is not in the other. Of the right one every third title is spelled otherwise
    (see :func:`identity_scale.variant`), every fourth director has an initial or the surname first, and every fifth
    year is the next.
    """
    at = np.arange(n_rows + n_rows // 5)
    titles, directors = work_titles(_SEED, at).to_list(), person_names(_SEED, below(_SEED, "director", at, n_rows // 2))
    years = 1960 + below(_SEED, "year", at, 65)
    left = pl.DataFrame({"id": [f"a{i}" for i in at], "title": titles, "year": years, "director": directors})
    how = np.where(uniform(_SEED, "title", at) < 1 / 3, 1 + below(_SEED, "variant", at, 5), 0)
    place = uniform(_SEED, "letter", at)
    credited = np.where(uniform(_SEED, "credit", at) < 1 / 4, 4 + below(_SEED, "order", at, 2), 0)
    right = pl.DataFrame({
        "id": [f"b{i}" for i in at],
        "title": [variant("Work", t, int(h), float(p)) for t, h, p in zip(titles, how, place, strict=True)],
        "year": years + (uniform(_SEED, "later", at) < 1 / 5),
        "director": [variant("Person", d, int(h), 0.5) for d, h in zip(directors, credited, strict=True)],
    })  # fmt: skip
    only = n_rows // 5
    shuffled = right.slice(only).with_columns(at=pl.Series(uniform(_SEED, "order of rows", at[only:])))
    true = {(f"a{i}", f"b{i}") for i in range(only, n_rows)}
    return left.head(n_rows), shuffled.sort("at").drop("at"), true
