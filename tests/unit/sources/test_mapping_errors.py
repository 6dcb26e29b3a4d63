from __future__ import annotations

from pathlib import Path

import pytest

from avgraph.errors import MappingError
from avgraph.sources import read_mapping, read_table

GOOD = """
[map.result]
True = "won"
[entity.film]
type = "Work"
name = "{title}"
[entity.person]
type = "Person"
name = "{director}"
[[claim]]
kind = "Credit"
work = "film"
agent = "person"
role = "director"
"""


def failure(tmp_path: Path, mapping: str | bytes, data: str = "title,director,year\n") -> MappingError:
    (tmp_path / "films.csv").write_text(data, encoding="utf-8")
    path = tmp_path / "films.toml"
    path.write_bytes(mapping if isinstance(mapping, bytes) else mapping.encode())
    with pytest.raises(MappingError) as caught:
        read_mapping(path, tmp_path)
    return caught.value


def test_the_good_mapping_is_good(tmp_path: Path) -> None:
    (tmp_path / "films.csv").write_text("title,director,year\n")
    (tmp_path / "films.toml").write_text(GOOD)
    mapping = read_mapping(tmp_path / "films.toml", tmp_path)
    assert (mapping.name, mapping.data_path) == ("films.csv", tmp_path / "films.csv")
    assert mapping.claims[0].roles == {"work": ("film",), "agent": ("person",)}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("{title}", "{titel}", "entity.film.name: films.csv has no column 'titel'; did you mean 'title'?"),
        ('agent = "person"', 'agent = "persn"', "claim[1].agent: there is no entity 'persn'; did you mean 'person'?"),
        ('agent = "person"', 'agent = "film"', "claim[1].agent: takes Person or Organization; entity 'film' is of type Work"),  # noqa: E501
        ('agent = "person"\n', "", "claim[1]: a Credit needs 'agent'"),
        ('role = "director"', 'role = "directer"', "claim[1].role: 'directer' is not in the closed list; did you mean 'director'?"),  # noqa: E501
        ('role = "director"', 'role = "{year|map:result}"', "claim[1].role: 'won' is not in the closed list"),
        ('role = "director"', 'role = "{year|map:results}"', "there is no [map.results]; did you mean 'result'?"),
        ('role = "director"', 'role = "director"\nrool = 1', "claim[1].rool: this key is not known; did you mean 'role'?"),  # noqa: E501
        ('kind = "Credit"', 'kind = "credits"', "claim[1].kind: 'credits' is no kind of claim; did you mean 'Credit'?"),
        ('type = "Work"', 'type = "Film"', "entity.film.type: 'Film' is no entity type"),
        ('name = "{title}"', 'nam = "{title}"', "entity.film.nam: this key is not known; did you mean 'names' or 'name'?"),  # noqa: E501
        ('name = "{title}"', 'name = "{title|uper}"', "there is no filter 'uper'; did you mean upper?"),
        ('name = "{title}"', 'name = "{title"', "a brace stands alone"),
        ('name = "{title}"', 'name = "{title|split:;}"', "add |first or |last"),
        ('name = "{title}"', 'name = "{title|first}"', "these only follow split"),
        ('role = "director"', 'role = "director"\nwhen = "year == 2"', "names no column"),
        ('role = "director"', 'role = "director"\nwhen = "{year|map:result} == wom"', "never gives 'wom'; did you mean 'won'?"),  # noqa: E501
        ("[map.result]", "[table]\nfile = 'film.csv'\n[map.result]", "table.file: there is no file 'film.csv'"),
        ("[map.result]", "[table]\ndate = 'May'\n[map.result]", "table.date: 'May' is no date"),
        ("[map.result]", "[table]\nencoding = 'utf8000'\n[map.result]", "table.encoding: 'utf8000' is no encoding"),
        ("[map.result]", "[tabel]\n[map.result]", "tabel: this key is not known; did you mean 'table'?"),
        ("[[claim]]", "[claim]", "claim: sections [[claim]] are expected"),
        ("[[claim]]", "[claim", "not valid TOML"),
    ],
)  # fmt: skip
def test_errors_name_key_expectation_and_nearest(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in GOOD
    error = failure(tmp_path, GOOD.replace(old, new))
    assert told in str(error)
    assert error.where == "films.toml"


def test_all_errors_come_together(tmp_path: Path) -> None:
    error = failure(tmp_path, GOOD.replace("{title}", "{titel}").replace('"film"', '"flim"').replace("Person", "Human"))
    assert str(error).startswith("films.toml: 3 errors\n")
    for part in ("entity.film.name", "claim[1].work", "entity.person.type"):
        assert part in error.message


def test_ambiguous_positions(tmp_path: Path) -> None:
    mapping = GOOD.replace('name = "{title}"', 'name = "{title}"\nsplit = "|"')
    mapping = mapping.replace('name = "{director}"', 'name = "{director}"\nsplit = "|"')
    error = failure(tmp_path, mapping + 'billing = "{#}"\ncharacter = "{title}"\n')
    assert "claim[1].billing: {#} could be the position of film or of person; write {#film}" in str(error)


def test_not_utf8(tmp_path: Path) -> None:
    error = failure(tmp_path, GOOD.encode() + b"# \xe9\n")
    assert error.location == f"films.toml, line {GOOD.count(chr(10)) + 1}"


def test_each_fault_is_an_issue_with_its_own_place(tmp_path: Path) -> None:
    error = failure(tmp_path, GOOD.replace("{title}", "{titel}").replace('"film"', '"flim"'))
    assert [(i.source, i.where, i.message, i.hint) for i in error.issues("x")] == [
        ("films.toml", "claim[1].work", "there is no entity 'flim'", "did you mean 'film'?"),
        ("films.toml", "entity.film.name", "films.csv has no column 'titel'", "did you mean 'title'?"),
    ]
    (issue,) = failure(tmp_path, GOOD + "= 1\n").issues("x")
    assert (issue.source, issue.where) == ("films.toml", f"line {GOOD.count(chr(10)) + 1}, column 1")
    assert "line" not in issue.message


def test_a_fault_found_while_rows_are_read_names_the_mapping(tmp_path: Path) -> None:
    (tmp_path / "records").mkdir()
    (tmp_path / "records" / "films.jsonl").write_text('{"titel": "A", "director": "B"}\n')
    path = tmp_path / "records" / "films.toml"
    path.write_text(GOOD)
    with pytest.raises(MappingError) as caught:
        read_table(read_mapping(path, tmp_path))
    assert [(i.source, i.where) for i in caught.value.issues("x")] == [("records/films.toml", "entity.film.name")]


def test_of_many_data_files_the_nearest_few_are_named(tmp_path: Path) -> None:
    for number in range(30):
        (tmp_path / f"{number:02}.csv").write_text("title\n")
    error = failure(tmp_path, "[table]\nfile = 'qqqq.xlsx'\n" + GOOD)
    assert str(error).count(".csv") == 3
    assert " …" in str(error)


def test_no_data_file(tmp_path: Path) -> None:
    (tmp_path / "film.csv").write_text("title\n")
    (tmp_path / "films.toml").write_text(GOOD)
    with pytest.raises(MappingError, match=r"no data file called films beside the mapping; did you mean 'film.csv'"):
        read_mapping(tmp_path / "films.toml", tmp_path)
