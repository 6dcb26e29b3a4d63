"""Mappings of real tables; the figures are counted from the files by other means."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest

from avgraph.model import SourceTables
from avgraph.sources import read_mapping, read_table

SHARED = Path(__file__).resolve().parents[3] / ".." / "shared" / "data"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="no folder 'shared' with data beside the checkout")


def read_shared(tmp_path: Path, name: str, mapping: str) -> SourceTables:
    (tmp_path / Path(name).name).symlink_to((SHARED / name).resolve())
    path = tmp_path / f"{Path(name).stem}.toml"
    path.write_text(mapping, encoding="utf-8")
    tables = read_table(read_mapping(path, tmp_path))
    source = tables.source
    assert source["n_read"] == source["n_accepted"] + source["n_quarantined"]
    assert sum(i.n_rows for i in tables.issues) == source["n_quarantined"]
    assert tables.mentions["ref"].is_unique().all()
    return tables


def cells(name: str, **options: Any) -> list[dict[str, str]]:
    with (SHARED / name).open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream, **options))


FILMS = """
[entity.film]
type = "Work"
subtype = "film"
name = "{title}"
year = "{year}"
countries = "{countries}"
[entity.director]
type = "Person"
name = "{directors}"
split = "|"
[entity.country]
type = "Place"
subtype = "country"
ids.iso3166 = "{countries}"
split = "|"
[[claim]]
kind = "Credit"
work = "film"
agent = "director"
role = "director"
[[claim]]
kind = "PlaceRelation"
entity = "film"
place = "country"
relation = "country of origin"
rank = "{#}"
"""


def test_belgium_luxembourg(tmp_path: Path) -> None:
    tables = read_shared(tmp_path, "belgium_luxembourg/films.csv", FILMS)
    rows = cells("belgium_luxembourg/films.csv")
    assert (tables.source["n_read"], tables.source["n_quarantined"]) == (138, 0)
    assert tables.claims["Credit"].height == sum(len(r["directors"].split("|")) for r in rows)
    origin = tables.claims["PlaceRelation"]
    assert origin.height == sum(len(r["countries"].split("|")) for r in rows)
    first = origin.filter(rank=1)["place"].str.slice(-2).to_list()
    assert first == [r["countries"][:2] for r in rows]
    works = tables.mentions.filter(type="Work")
    assert works.height == len({(r["title"].casefold(), r["year"]) for r in rows})


OSCARS = """
[table]
null = ["", "?"]
short_rows = "pad"
[map.result]
True = "won"
"" = "nominated"
[entity.award]
type = "Award"
name = "Academy Award"
[entity.film]
type = "Work"
name = "{Film}"
ids.imdb = "{FilmId}"
split = "|"
where = "{FilmId}"
[entity.person]
type = "Person"
name = "{Nominees}"
ids.imdb = "{NomineeIds}"
split = "|"
where = "{NomineeIds|left:2} == nm"
[entity.company]
type = "Organization"
name = "{Nominees}"
ids.imdb = "{NomineeIds}"
split = "|"
where = "{NomineeIds|left:2} == co"
[[claim]]
kind = "AwardOutcome"
award = "award"
work = "film"
recipients = ["person", "company"]
category = "{CanonicalCategory}"
edition = "{Ceremony}"
year = "{Year|year}"
result = "{Winner|map:result}"
"""


def test_oscars(tmp_path: Path) -> None:
    tables = read_shared(tmp_path, "oscars/oscars.csv", OSCARS)
    rows = cells("oscars/oscars.csv", delimiter="\t", quoting=csv.QUOTE_NONE)
    assert tables.source["n_read"] == len(rows) == 12_137

    def pieces(row: dict[str, str], column: str) -> list[str]:
        return (row[column] or "").split("|") if row[column] else []

    uneven = [
        i for i, r in enumerate(rows, start=2)
        if (r["Film"] and r["FilmId"] and len(pieces(r, "Film")) != len(pieces(r, "FilmId")))
        or (r["Nominees"] and r["NomineeIds"] and len(pieces(r, "Nominees")) != len(pieces(r, "NomineeIds")))
        or any(re.match("nm|co", i) and not re.fullmatch(r"(nm|co)\d{7,}", i) for i in pieces(r, "NomineeIds"))
    ]  # fmt: skip
    refused = {int(i.where.removeprefix("line ")) for i in tables.issues if i.n_rows}
    assert refused == set(uneven)
    outcome = tables.claims["AwardOutcome"]
    expected = 0
    for number, row in enumerate(rows, start=2):
        if number in refused:
            continue
        n_films = sum(i != "?" for i in pieces(row, "FilmId"))
        n_people = sum(i != "?" for i in pieces(row, "NomineeIds"))
        expected += max(n_films, 1 if n_people else 0)
    assert outcome.height == expected
    films = {i for n, r in enumerate(rows, start=2) if n not in refused for i in pieces(r, "FilmId") if i != "?"}
    assert tables.mentions.filter(type="Work").height == len(films)
    parasite = outcome.filter(work="oscars.csv#imdb:tt6751668", result="won", category="BEST PICTURE")
    assert parasite["year"].to_list() == [2019]


MAIN = """
[table]
skip_rows = 1
[entity.film]
type = "Work"
name = "{nat_title}"
names = ["{eng_title}"]
key = "{film_id}"
[entity.director]
type = "Person"
name = "{director}"
split = ", "
[[claim]]
kind = "Credit"
work = "film"
agent = "director"
role = "director"
[[claim]]
kind = "WorkFact"
work = "film"
property = "release date"
value = "{release_date|date:mdy20}"
"""


def test_agec_main_has_two_ragged_rows(tmp_path: Path) -> None:
    name = "agec/The-Beast-2018-2023-main-v4.csv"
    tables = read_shared(tmp_path, name, MAIN)
    assert tables.source["n_read"] == 3157
    ragged = [(i.where, i.message) for i in tables.issues if "the row has" in i.message]
    assert ragged == [
        ("line 1515", "the row has 14 cells where the header has 7"),
        ("line 3135", "the row has 6 cells where the header has 7"),
    ]
    dates = [i for i in tables.issues if "is not a date" in i.message]
    assert len(dates) == tables.source["n_quarantined"] - 2 <= 5
    dates_of = dict(tables.claims["WorkFact"].select("work", "value").rows())
    assert dates_of[f"{Path(name).name}#Work/IT2018_001"] == "2018-02-14"  # written 2/14/2018
    assert dates_of[f"{Path(name).name}#Work/IT2018_002"] == "2018-01-11"  # written 1/11/2018
    assert dates_of[f"{Path(name).name}#Work/IT2018_003"] == "2018-12-27"  # written 27.12.18


SHARES = """
[map.standing]
MAJ = "majority"
MIN = "minority"
[entity.film]
type = "Work"
name = "{nat_title}"
key = "{film_id}"
[entity.country]
type = "Place"
subtype = "country"
ids.iso3166 = "{film_country}"
[[claim]]
kind = "Participation"
work = "film"
country = "country"
role = "producer"
standing = "{prod_share|map:standing}"
"""


def test_agec_countries_and_shares(tmp_path: Path) -> None:
    name = "agec/TheBeast2018-2023_20250305-nat.csv"
    tables = read_shared(tmp_path, name, SHARES)
    rows = cells(name)
    table = tables.claims["Participation"]
    assert tables.source["n_read"] == len(rows)
    assert [i.message[:30] for i in tables.issues] == [
        "column 'film_country': 'LE' is",
        "column 'film_country': 'P' is ",
    ]
    assert table.height == len(rows) - 2
    good = [r for r in rows if r["film_country"] not in ("LE", "P")]
    assert table.filter(standing="majority").height == sum(r["prod_share"] == "MAJ" for r in good)


ROLES = """
[map.role]
DIR = "director"
SCR = "writer"
PRO = "producer"
LEA = "actor"
SUP = "actor"
MIN = "actor"
VOI = "voice"
NAR = "voice"
DOC = "self"
[entity.film]
type = "Work"
name = "{nat_title}"
key = "{film_id}"
[entity.person]
type = "Person"
name = "{person_name}"
[[claim]]
kind = "Credit"
work = "film"
agent = "person"
role = "{role_class|map:role}"
"""


def test_agec_roles(tmp_path: Path) -> None:
    name = "agec/TheBeast2018-2023_20250305-role.csv"
    tables = read_shared(tmp_path, name, ROLES)
    rows = cells(name)
    known = {"DIR", "SCR", "PRO", "LEA", "SUP", "MIN", "VOI", "NAR", "DOC"}
    assert tables.source["n_read"] == len(rows)
    assert tables.source["n_quarantined"] == sum(
        bool(r["role_class"].strip()) and r["role_class"].strip() not in known for r in rows
    )
    directors = tables.claims["Credit"].filter(role="director").height
    assert directors == sum(r["role_class"].strip() == "DIR" and bool(r["person_name"].strip()) for r in rows)


def test_wikidata_ids_and_countries(tmp_path: Path) -> None:
    company = '[table]\nnull = ["", "NA"]\n[entity.company]\ntype = "Organization"\nids.wikidata = "{QID}"\n'
    tables = read_shared(tmp_path, "wikidata_companies/P345_imdb.csv", company + 'ids.imdb = "{imdb}"\n')
    rows = cells("wikidata_companies/P345_imdb.csv")
    wrong = [r for r in rows if r["imdb"] != "NA" and not r["imdb"].startswith("co")]
    assert tables.source["n_quarantined"] == len(wrong)
    assert tables.mentions.height == len({r["QID"] for r in rows if r not in wrong})
    country = """
[entity.country]
type = "Place"
subtype = "country"
name = "{country}"
[[claim]]
kind = "PlaceRelation"
entity = "company"
place = "country"
relation = "located in"
"""
    tables = read_shared(tmp_path, "wikidata_companies/P17_country.csv", company + country)
    rows = cells("wikidata_companies/P17_country.csv")
    assert tables.claims["PlaceRelation"].height == sum(r["country"] != "NA" for r in rows)
    recognised = tables.mentions.filter(type="Place").filter(ids=[]).height
    named = tables.mentions.filter(type="Place").height
    assert recognised < 0.3 * named
