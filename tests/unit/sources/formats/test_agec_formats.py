"""The AGE-C tables, with rows of our own in their layout."""

from __future__ import annotations

import pytest
from bound_formats import FormatReader, golden, said

MAIN = """The-Beast-2018-2023-main v2 (1)
film_id;nat_title;eng_title;director;release_type;release_date;film_type
IT2018_001;La casa;The House;Anna Berg, Bo Dahl;THE;2/14/2018;F
FR2019_002;La nuit;;Cem Eren and Dee Fall;FES;27.12.19;D
DE2020_003;Nacht;;Eva Gold;VOD;;A
DE2020_004;Ragged;;Eva Gold;VOD;1/1/2020
DE2020_005;Wrong;;Eva Gold;THE;13/23/2018;F
"""


def test_films(read_format: FormatReader) -> None:
    tables = read_format("agec-main", MAIN)
    assert said(tables) == golden("""
        3 Credit work=agec:IT2018_001 agent=Person/anna berg/ role=director
        3 Credit work=agec:IT2018_001 agent=Person/bo dahl/ role=director
        3 WorkFact work=agec:IT2018_001 territories=[iso3166:IT] property=release date value=2018-02-14
        3 WorkFact work=agec:IT2018_001 property=genre value=Fiction film
        4 Credit work=agec:FR2019_002 agent=Person/cem eren/ role=director
        4 Credit work=agec:FR2019_002 agent=Person/dee fall/ role=director
        4 WorkFact work=agec:FR2019_002 territories=[iso3166:FR] property=release date value=2019-12-27 scope=first festival screening
        4 WorkFact work=agec:FR2019_002 property=genre value=Documentary
        5 Credit work=agec:DE2020_003 agent=Person/eva gold/ role=director
        5 WorkFact work=agec:DE2020_003 property=genre value=Animation
    """)  # noqa: E501
    assert [(i.where, i.n_rows) for i in tables.issues] == [("line 6", 1), ("line 7", 1)]
    film = tables.mentions.filter(type="Work").row(0, named=True)
    assert (film["name"], film["names"], film["year"]) == ("La casa", ["The House"], 2018)


def test_countries(read_format: FormatReader) -> None:
    data = "film_id,nat_title,film_country,prod_share\nIT2018_001,La casa,IT,MAJ\nIT2018_001,La casa,UK,MIN\n"
    data += "IT2018_001,La casa,BE,\nIT2018_001,La casa,P,MIN\n"
    tables = read_format("agec-nat", data)
    assert [line for line in said(tables) if "Participation" in line] == golden("""
        2 Participation work=agec:IT2018_001 country=iso3166:IT role=producer standing=majority
        3 Participation work=agec:IT2018_001 country=iso3166:GB role=co-producer standing=minority
        4 Participation work=agec:IT2018_001 country=iso3166:BE role=producer
    """)
    assert tables.claims["PlaceRelation"]["standing"].to_list() == ["majority", "minority", None]
    assert [i.where for i in tables.issues] == ["line 5"]


@pytest.mark.parametrize(
    ("code", "role"),
    [
        ("DIR", "role=director"),
        ("LEA", "role=actor job_title=leading actor"),
        ("SUP", "role=actor job_title=supporting actor"),
        ("MIN", "role=actor job_title=minor actor or cameo"),
        ("NAR", "role=voice job_title=narrator"),
        ("VOI", "role=voice"),
        ("DOC", "role=self job_title=documentary subject"),
        ("SCR", "role=writer"),
        ("PRO", "role=producer"),
    ],
)
def test_role_classes(read_format: FormatReader, code: str, role: str) -> None:
    data = f"film_id,nat_title,person_id,person_name,role_class\nIT2018_001,La casa,TBD,Anna Berg,{code}\n"
    assert said(read_format("agec-role", data)) == [f"2 Credit work=agec:IT2018_001 agent=Person/anna berg/ {role}"]


def test_genres(read_format: FormatReader) -> None:
    data = "film_id,nat_title,film_genre\nIT2018_001,La casa,DPA\nIT2018_001,La casa,\nIT2018_001,La casa,XYZ\n"
    tables = read_format("agec-genre", data)
    assert said(tables) == [
        "2 WorkFact work=agec:IT2018_001 property=genre value=Documentary, participatory mode",
    ]
    assert [i.where for i in tables.issues] == ["line 4"]


def test_people_without_personal_attributes(read_format: FormatReader) -> None:
    tables = read_format("agec-biog", "person_id,person_name,birth_year,death_year,gender\n ,Anna Berg,1944,2020,F\n")
    assert said(tables) == golden("""
        2 WorkFact work=Person/anna berg/1944 property=birth date value=1944
        2 WorkFact work=Person/anna berg/1944 property=death date value=2020
    """)
    assert not any("gender" in q for q in tables.claims["WorkFact"]["quote"])
    tables = read_format(
        "agec-biognat", "person_id,person_name,person_nat\n,Anna Berg,UK\n,Anna Berg,BE\n,Bo Dahl,TU\n"
    )
    assert said(tables) == golden("""
        2 PlaceRelation entity=Person/anna berg/ place=iso3166:GB relation=nationality
        3 PlaceRelation entity=Person/anna berg/ place=iso3166:BE relation=nationality
    """)
    assert [i.where for i in tables.issues] == ["line 4"]
