"""Filters across columns, columns by pattern, optional columns, claims for each piece and claims made once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from avgraph.errors import MappingError
from avgraph.model import SourceTables
from avgraph.sources import read_mapping, read_table

Reader = Callable[..., SourceTables]
FILM = '[entity.film]\ntype = "Work"\nname = "{title}"\n'


def fact(value: str, more: str = "", property_: str = "genre") -> str:
    return f'{FILM}[[claim]]\nkind = "WorkFact"\nwork = "film"\nproperty = "{property_}"\nvalue = {value}\n{more}'


def values(read: Reader, data: str, mapping: str) -> list[str]:
    return read(data, mapping).claims["WorkFact"]["value"].to_list()  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("template", "cells", "expected"),
    [
        ('"{a|or:b}"', "x,y", ["x"]),
        ('"{a|or:b}"', ",y", ["y"]),
        ('"{a|or:b}"', ",", []),
        ('"{a|and:b}"', "x,y", ["x; y"]),
        ('"{a|and:b}"', ",y", ["y"]),
        ('"{a|and:b|upper}"', "x,", ["X"]),
        ("'{a|regex:^([A-Z]\\{2\\})\\d+}'", "FR2018,", ["FR"]),
        ("'{a|regex:^[^,;]*$}'", "FR;DE,", []),
        ("'{a|regex:x\\|y}'", "ayb,", ["y"]),
        ("'{a|regex:^(x)?$}'", ",", []),
        ('"{a|replace:-=/}"', "a-b-c,", ["a/b/c"]),
        ('"{a|replace:x=}"', "x,", []),
        ('"{a|country}"', "uk,", ["GB"]),
        ('"{a|country}"', "Pays-Bas,", ["NL"]),
        ('"{a|header}"', "x,", ["a"]),
        ('"{a|header}"', ",", []),
    ],
)
def test_filters(read: Reader, template: str, cells: str, expected: list[str]) -> None:
    assert values(read, f"title,a,b\nF,{cells}\n", fact(template)) == expected


def test_a_country_that_is_none_keeps_the_row_out(read: Reader) -> None:
    tables = read("title,a\nF,Atlantis\nG,BE\n", fact('"{a|country}"'))
    assert [(i.where, i.message) for i in tables.issues] == [("line 2", "column 'a': 'Atlantis' is not a country")]


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        (fact("'{a|regex:(x}'"), "claim[1].value: '(x' is no regular expression: unclosed group"),
        (fact("'{a|regex:(?=x)}'"), "look-around, including look-ahead and look-behind, is not supported"),
        (fact('"{a|or:c}"'), "claim[1].value: data.csv has no column 'c'"),
        (fact('"{n *}"'), "claim[1].value: 'n *' fits 2 columns: 'n 1', 'n 2'"),
        (fact('"{z *}"'), "claim[1].value: data.csv has no column 'z *'"),
        (fact('"{a}"', "once = 1"), "claim[1].once: true or false is expected"),
        (fact('"{a}"', 'split_columns = ["a"]'), "claim[1].split_columns: there is no split"),
        (fact('"{title}"', 'split = "|"').replace("[[", 'split = "|"\n[['), "column 'title' is split for film already"),
        ('[table]\noptional = "a"\n' + FILM, "table.optional: a list of column names is expected"),
    ],
)
def test_errors_name_the_key(read: Reader, mapping: str, message: str) -> None:
    with pytest.raises(MappingError) as caught:
        read("title,a,n 1,n 2\nF,x,1,2\n", mapping)
    assert message in str(caught.value)


def test_a_pattern_means_the_one_column_that_it_fits(read: Reader) -> None:
    mapping = fact('"{total * in *|header}"', 'scope = "{total * in *}"')
    (claim,) = read("title,total (EUR) in 2019\nF,7\n", mapping).claims["WorkFact"].to_dicts()
    assert (claim["value"], claim["scope"]) == ("total (EUR) in 2019", "7")
    assert claim["quote"] == "title: F | total (EUR) in 2019: 7"  # evidence names the file's column
    assert values(read, "title,a*b,axb\nF,1,2\n", fact('"{a*b}"')) == ["1"]  # a name is meant before a pattern


def test_optional_columns_may_be_missing(read: Reader) -> None:
    mapping = '[table]\noptional = ["note", "sum *"]\n' + fact('"{note|or:title}"', 'scope = "{sum *}"')
    assert values(read, "title\nF\n", mapping) == ["F"]
    assert values(read, "title,note\nF,x\n", mapping) == ["x"]


def test_json_lines_may_lack_optional_columns(tmp_path: Path) -> None:
    (tmp_path / "data.jsonl").write_text('{"title": "F", "sum 1": "3"}\n', encoding="utf-8")
    (tmp_path / "data.toml").write_text('[table]\noptional = ["x"]\n' + fact('"{sum *|or:x}"'), encoding="utf-8")
    assert read_table(read_mapping(tmp_path / "data.toml", tmp_path)).claims["WorkFact"]["value"].to_list() == ["3"]


CAST = """
[entity.person]
type = "Person"
name = "{who}"
split = "|"
[[claim]]
kind = "Credit"
work = "film"
agent = "person"
role = "actor"
character = "{part}"
billing = "{#}"
split = true
split_columns = ["part"]
"""


def test_a_claim_for_each_piece_of_a_cell_and_of_a_role(read: Reader) -> None:
    data = 'title\twho\tpart\nF\tAnn|Bo\t["A, B","C \\"D\\"\\u00e9"]\nF\tCem\t\nF\tDee\t[]\n'
    data += 'F\tEve\t["A"\nF\tFay\t["A",1]\n'
    tables = read(data, FILM + CAST, "data.tsv")
    assert tables.claims["Credit"].select("row", "agent", "character", "billing").rows() == [
        (2, "records/data.tsv#Person/ann/", "A, B", 1),
        (2, "records/data.tsv#Person/bo/", "A, B", 2),
        (2, "records/data.tsv#Person/ann/", 'C "D"é', 1),
        (2, "records/data.tsv#Person/bo/", 'C "D"é', 2),
        (3, "records/data.tsv#Person/cem/", None, 1),
        (4, "records/data.tsv#Person/dee/", None, 1),
    ]
    assert [i.where for i in tables.issues] == ["line 5", "line 6"]


def test_without_a_split_role_the_place_is_that_of_the_piece(read: Reader) -> None:
    mapping = fact('"{genre}"', 'scope = "{#}"\nsplit = "|"\nsplit_columns = ["genre"]')
    table = read("title,genre\nF,a|b\n", mapping).claims["WorkFact"]
    assert table.select("value", "scope").rows() == [("a", "1"), ("b", "2")]


def test_columns_split_in_step_must_match(read: Reader) -> None:
    mapping = fact('"{a}"', 'scope = "{b}"\nsplit = "|"')
    tables = read("title,a,b\nF,1|2,x|y\nG,1|2,x\nH,1|2,x|y|z\n", mapping)
    assert tables.claims["WorkFact"].select("value", "scope").rows() == [
        ("1", "x"), ("2", "y"), ("1", "x"), ("2", "x"),
    ]  # fmt: skip
    assert [i.message for i in tables.issues] == ["pieces do not match: 'a' has 2, 'b' has 3"]


def test_a_claim_made_once_stands_on_the_first_good_row(read: Reader) -> None:
    year = '[[claim]]\nkind = "WorkFact"\nwork = "film"\nproperty = "release date"\nvalue = "{date}"\n'
    data = "title,genre,date\nF,Drama,never\nF,Drama,2001\nF,Drama,2002\nF,Crime,2003\nG,Drama,2003\n"
    tables = read(data, fact('"{genre}"', "once = true\n") + year)
    genres = tables.claims["WorkFact"].filter(property="genre")
    assert genres.select("value", "row").rows() == [("Drama", 3), ("Crime", 5), ("Drama", 6)]
    assert tables.claims["WorkFact"].filter(property="release date").height == 4


def test_conditions_on_whole_cells_come_before_the_split(read: Reader) -> None:
    mapping = FILM + '[entity.person]\ntype = "Person"\nname = "{who}"\nids.imdb = "{id}"\nsplit = "|"\n'
    mapping += 'where = "{kind} == cast"\n'
    mapping += '[[claim]]\nkind = "Credit"\nwork = "film"\nagent = "person"\nrole = "actor"\n'
    data = (
        "title,kind,who,id\nF,cast,Ann|Bo,nm0000001|nm0000002\nF,other,Ann|Bo|Cem,nm0000001\nF,cast,Ann|Bo,nm0000001\n"
    )
    tables = read(data, mapping)
    assert tables.claims["Credit"].height == 2
    assert [i.where for i in tables.issues] == ["line 4"]  # the other kind's cells are none of this entity's
