"""Six works of Belgium, Luxembourg and France in which it is known beforehand who stands between whom."""

from __future__ import annotations

from pathlib import Path

import pytest

from avgraph.build import build_workspace
from avgraph.knowledge import KnowledgeGraph, open_graph
from avgraph.workspace import init_workspace

WORKS = """\
[entity.work]
type = "Work"
subtype = "{kind}"
name = "{title}"
year = "{year}"
[entity.series]
type = "Work"
subtype = "series"
name = "{of}"
[entity.company]
type = "Organization"
name = "{company}"
countries = "{country}"
[entity.country]
type = "Place"
subtype = "country"
ids.iso3166 = "{country}"
[entity.person]
type = "Person"
name = "{person}"
[[claim]]
kind = "Participation"
work = "work"
organization = "company"
country = "country"
role = "co-producer"
[[claim]]
kind = "Credit"
work = "work"
agent = "person"
role = "writer"
[[claim]]
kind = "WorkRelation"
work = "work"
other = "series"
relation = "season of"
"""
ROWS = """\
kind;title;year;of;company;country;person
film;One;2004;;Alpha;BE;Ann Aerts
film;One;2004;;Gamma;FR;Ben Bodson
film;Two;2005;;Beta;LU;Ben Bodson
film;Two;2005;;Gamma;FR;Cleo Conter
film;Three;2006;;Alpha;BE;
film;Three;2006;;Epsilon;LU;
film;Four;2008;;Alpha;BE;
film;Four;2008;;Epsilon;LU;
film;Five;2009;;Alpha;BE;
film;Five;2009;;Epsilon;LU;
season;Hours, season 1;2019;Hours;Delta;BE;
season;Hours, season 1;2019;Hours;Beta;LU;
season;Hours, season 2;2020;Hours;Delta;BE;
season;Hours, season 2;2020;Hours;Beta;LU;
"""
PEOPLE = """\
[entity.person]
type = "Person"
name = "{person}"
[entity.place]
type = "Place"
subtype = "country"
ids.iso3166 = "{country}"
[[claim]]
kind = "PlaceRelation"
entity = "person"
place = "place"
relation = "nationality"
"""


@pytest.fixture(scope="session")
def six_works(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeGraph:
    """Gamma (FR) stands between Alpha (BE) and Beta (LU); Ben Bodson, of no country, between the other people."""
    space = init_workspace(tmp_path_factory.mktemp("six"), "six works")
    records: Path = space.root / "records"
    (records / "works.toml").write_text(WORKS, encoding="utf-8")
    (records / "works.csv").write_text(ROWS, encoding="utf-8")
    (records / "people.toml").write_text(PEOPLE, encoding="utf-8")
    (records / "people.csv").write_text(
        "person,country\nAnn Aerts,BE\nCleo Conter,AT\nCleo Conter,LU\n", encoding="utf-8"
    )
    assert build_workspace(space).issues == ()
    return open_graph(space.root)
