"""Shipped formats on real files; the figures are counted from the files by the standard library's parser."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from bound_formats import bound

from avgraph.model import SourceTables

SHARED = Path(__file__).resolve().parents[4] / ".." / "shared" / "data"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="no folder 'shared' with data beside the checkout")
BEAST = "agec/TheBeast2018-2023_20250305-{}.csv"


def read(name: str, file: str, tmp_path: Path) -> SourceTables:
    data = tmp_path / Path(file).name
    data.symlink_to((SHARED / file).resolve())
    return bound(name, data, tmp_path)


def rows(file: str, skip: int = 0, **options: Any) -> list[dict[str, str]]:
    with (SHARED / file).open(encoding="utf-8-sig", newline="") as stream:
        for _ in range(skip):
            next(stream)
        return [{k: (v or "").strip() for k, v in r.items() if isinstance(v, str | None)}
                for r in csv.DictReader(stream, **options)]  # fmt: skip


def refused(tables: SourceTables) -> set[int]:
    """Return the lines of the refused rows, as far as they are told one by one."""
    return {int(i.where.split()[-1]) for i in tables.issues if i.n_rows == 1}


def test_oscars(tmp_path: Path) -> None:
    tables = read("oscars", "oscars/oscars.csv", tmp_path)
    table = rows("oscars/oscars.csv", delimiter="\t", quoting=csv.QUOTE_NONE)
    assert (tables.source["n_read"], tables.source["n_quarantined"]) == (len(table), 0)
    outcomes = tables.claims["AwardOutcome"]
    # One technical award names neither a film nor who received it: nothing can be claimed of it.
    nobody = [line for line, r in enumerate(table, start=2) if not r["Film"] and not r["Nominees"]]
    assert set(outcomes["row"]) == set(range(2, len(table) + 2)) - set(nobody)
    assert len(nobody) == 1
    won = {line for line, r in enumerate(table, start=2) if r["Winner"]}
    assert set(outcomes.filter(result="won")["row"]) == won - set(nobody)
    unofficial = [r for r in table if "NOT AN OFFICIAL NOMINATION" in r["Note"] and not r["Winner"]]
    assert outcomes.filter(status="reported")["row"].n_unique() == len(unofficial)
    parts = sum(len(r["Film"].split("|")) for r in table if r["Class"] == "Acting")
    assert tables.claims["Credit"].filter(role="actor").height == parts
    films = {i for r in table for i in r["FilmId"].split("|") if i.startswith("tt")}
    works = tables.mentions.filter(type="Work").filter(pl.col("ids").list.len() > 0)
    assert works.height == len(films)
    ids = {i for r in table for i in re.split(r"\|", r["NomineeIds"]) if re.fullmatch(r"nm\d+", i)}
    assert tables.mentions.filter(type="Person").filter(pl.col("ids").list.len() > 0).height == len(ids)
    companies = {i for r in table for i in r["NomineeIds"].split("|") if i.startswith("co")}
    assert tables.mentions.filter(type="Organization").filter(pl.col("ids").list.len() > 0).height == len(companies)
    # Nobody is lost: a row has as many recipients as it has different nominees.
    by_row = dict(outcomes.select("row", pl.col("recipients").list.len().fill_null(0)).rows())
    for line, row in enumerate(table, start=2):
        names = {n for n in row["Nominees"].split("|") if n}
        country = row["CanonicalCategory"] == "INTERNATIONAL FEATURE FILM" and bool(row["Name"])
        if line not in nobody:
            assert bool(by_row[line]) == bool(names or country), line
            assert 0 <= len(names) + country - by_row[line] <= 1, (line, names)  # one person under two names


def test_agec_films(tmp_path: Path) -> None:
    file = "agec/The-Beast-2018-2023-main-v4.csv"
    tables = read("agec-main", file, tmp_path)
    table = rows(file, skip=1, delimiter=";")
    assert tables.source["n_read"] == len(table)
    assert refused(tables) == {1515, 1815, 3135}  # two ragged rows, and a thirteenth month
    good = [
        r for line, r in enumerate(table, start=3) if line not in (1815, 3135) and "Bucureștiul" not in r["nat_title"]
    ]
    dated = tables.claims["WorkFact"].filter(property="release date")
    assert dated.height == sum(bool(r["release_date"]) for r in good)
    assert dated.filter(scope="first festival screening").height == sum(
        r["release_type"] == "FES" and bool(r["release_date"]) for r in good
    )
    assert tables.claims["Credit"].height == sum(
        len(re.split(", | and ", r["director"])) for r in good if r["director"]
    )
    assert tables.mentions.filter(type="Work").height == len({r["film_id"] for r in good})


def test_agec_countries(tmp_path: Path) -> None:
    tables = read("agec-nat", BEAST.format("nat"), tmp_path)
    table = rows(BEAST.format("nat"))
    good = [r for r in table if r["film_country"] not in ("LE", "P")]
    assert tables.source["n_quarantined"] == len(table) - len(good) == 2
    parts = tables.claims["Participation"]
    counted = Counter(r["prod_share"] for r in good)
    assert parts.filter(standing="majority").height == counted["MAJ"]
    assert parts.filter(standing="minority").height == counted["MIN"]
    assert parts["standing"].null_count() == counted[""]
    assert tables.claims["PlaceRelation"].height == len(good)


def test_agec_roles_genres_and_people(tmp_path: Path) -> None:
    codes = {r["Code"]: r["Description"] for r in rows("agec/codes/role_class.csv")}
    table = rows(BEAST.format("role"))
    tables = read("agec-role", BEAST.format("role"), tmp_path)
    good = [r for r in table if r["role_class"] in codes]
    assert tables.source["n_quarantined"] == len(table) - len(good)
    jobs = Counter(tables.claims["Credit"]["job_title"])
    assert jobs["minor actor or cameo"] == sum(r["role_class"] == "MIN" for r in good)
    assert jobs["documentary subject"] == sum(r["role_class"] == "DOC" for r in good)
    genres = {r["Code"] for r in rows("agec/codes/genre.csv")}
    table = rows(BEAST.format("genre"))
    tables = read("agec-genre", BEAST.format("genre"), tmp_path)
    assert tables.source["n_quarantined"] == sum(r["film_genre"] not in genres | {""} for r in table)
    assert tables.claims["WorkFact"]["value"].n_unique() == len({r["film_genre"] for r in table} & genres)
    table = rows(BEAST.format("biog"))
    tables = read("agec-biog", BEAST.format("biog"), tmp_path)
    assert tables.source["n_quarantined"] == 0
    born = tables.claims["WorkFact"].filter(property="birth date").height
    assert born == sum(bool(r["birth_year"]) for r in table)
    table = rows(BEAST.format("biognat"))
    tables = read("agec-biognat", BEAST.format("biognat"), tmp_path)
    unknown = ("TU", "PO", "SP", "DN")
    assert tables.source["n_quarantined"] == sum(r["person_nat"] in unknown for r in table)
    assert tables.claims["PlaceRelation"].height == sum(r["person_nat"] not in ("", *unknown) for r in table)
    britons = tables.claims["PlaceRelation"].filter(pl.col("place").str.ends_with("iso3166:GB")).height
    assert britons == sum(r["person_nat"] in ("GB", "UK") for r in table)


def test_wikidata_companies(tmp_path: Path) -> None:
    folder = "wikidata_companies/"
    table = rows(folder + "P345_imdb.csv")
    tables = read("wikidata-company-imdb", folder + "P345_imdb.csv", tmp_path)
    assert tables.source["n_quarantined"] == sum(not r["imdb"].startswith("co") for r in table)
    table = rows(folder + "P17_country.csv")
    tables = read("wikidata-company-country", folder + "P17_country.csv", tmp_path)
    assert tables.claims["PlaceRelation"].height == len(table)
    table = rows(folder + "P31_company_details.csv")
    tables = read("wikidata-company-details", folder + "P31_company_details.csv", tmp_path)
    assert tables.claims["WorkFact"].height == sum(r["itemDescription"] != "NA" for r in table)
    assert tables.mentions["generic"].sum() == sum(re.fullmatch("[Q0-9]+", r["itemLabel"]) is not None for r in table)
    table = rows(folder + "P12142_eidr_party.csv")
    tables = read("wikidata-company-eidr", folder + "P12142_eidr_party.csv", tmp_path)
    assert tables.mentions.height == len({r["QID"] for r in table})
