"""What a row says of a work that it does not name is lost; the row is kept out, with its line."""

from __future__ import annotations

from typing import Any

WORKS = """\
[entity.film]
type = "Work"
name = "{title}"
year = "{year}"
[entity.director]
type = "Person"
name = "{director}"
[entity.country]
type = "Place"
ids.iso3166 = "{country}"
[[claim]]
kind = "Credit"
work = "film"
agent = "director"
role = "director"
"""
NATIONALITY = """\
[[claim]]
kind = "PlaceRelation"
entity = "director"
place = "country"
relation = "nationality"
"""
ROWS = "title,year,director,country\nA,2001,W,\n,2002,W,\n,,,\nB,,,\n,2003,,\n"


def test_it_is_kept_out_with_its_line_and_leaves_nobody_behind(read: Any) -> None:
    tables = read(ROWS.replace("2002,W", "2002,X"), WORKS)
    (issue,) = tables.issues
    assert (issue.where, issue.severity, issue.n_rows) == ("line 3", "error", 1)
    assert issue.message.startswith("no title: the row names no film")
    assert "title" in issue.hint
    assert (tables.source["n_read"], tables.source["n_quarantined"]) == (5, 1)
    assert sorted(tables.mentions["name"]) == ["A", "B", "W"]


def test_a_row_without_the_other_side_is_right(read: Any) -> None:
    assert read("title,year,director,country\nA,2001,W,BE\nA,2001,,BE\n", WORKS + NATIONALITY).issues == ()


def test_a_row_that_says_something_else_stays(read: Any) -> None:
    tables = read("title,year,director,country\n,2001,W,BE\n", WORKS + NATIONALITY)
    assert tables.issues == ()
    assert tables.claims["PlaceRelation"].height == 1


def test_a_condition_leaves_the_work_open(read: Any) -> None:
    for old, new in (
        ('name = "{title}"\n', 'name = "{title}"\nwhere = "{country} != FR"\n'),
        ('role = "director"\n', 'role = "director"\nwhen = "{title}"\n'),
    ):
        tables = read("title,year,director,country\nA,2001,W,\n,2002,X,\n", WORKS.replace(old, new))
        assert tables.issues == ()
        assert tables.source["n_accepted"] == 2


def test_a_wrong_row_is_told_of_its_own_fault_only(read: Any) -> None:
    (issue,) = read("title,year,director,country\nA,2001,W,\n,soon,W,\n", WORKS).issues
    assert "is not a year" in issue.message
    assert "title" not in issue.message


def test_an_id_is_a_name(read: Any) -> None:
    mapping = WORKS.replace('name = "{title}"\n', 'name = "{title}"\nids.imdb = "{imdb}"\n')
    tables = read("title,imdb,year,director,country\n,tt1234567,2001,W,\n,,2001,X,\n", mapping)
    (issue,) = tables.issues
    assert issue.message.startswith("no title or imdb: ")
    assert tables.claims["Credit"].height == 1


def test_a_table_of_companies_is_about_companies(read: Any) -> None:
    mapping = """\
[entity.company]
type = "Organization"
name = "{name}"
[entity.country]
type = "Place"
ids.iso3166 = "{country}"
[[claim]]
kind = "PlaceRelation"
entity = "company"
place = "country"
relation = "located in"
"""
    (issue,) = read("name,country\nA,BE\nB,\n,LU\n", mapping).issues
    assert (issue.where, issue.message) == ("line 4", "no name: the row names no company of which to say the rest")


def test_a_work_may_be_needed_because_nothing_else_is_mapped(read: Any) -> None:
    mapping = WORKS[: WORKS.index("[[claim]]")].replace("Person", "Organization")
    support = '[[claim]]\nkind = "Support"\nfunder = "director"\nwork = "film"\n'
    (issue,) = read("title,year,director,country\nA,,F,\n,,F,\n", mapping + support).issues
    assert issue.where == "line 3"
    both = support + 'organization = "other"\n[entity.other]\ntype = "Organization"\nname = "{country|lower}"\n'
    assert read("title,year,director,country\nA,,F,BE\n,,F,\n,,F,LU\n", mapping + both).issues == ()


def test_a_blank_row_is_no_fault(read: Any) -> None:
    mapping = WORKS[: WORKS.index("[[claim]]")].replace("{country}", "BE")
    mapping += '[[claim]]\nkind = "PlaceRelation"\nentity = "film"\nplace = "country"\nrelation = "country of origin"\n'
    (issue,) = read("title,year,director,country\nA,2001,,\n,,,\n ,,,LU\n,2001,,\n", mapping).issues
    assert issue.where == "line 5"
