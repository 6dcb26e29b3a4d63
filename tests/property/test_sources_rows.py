"""Whatever a table holds: every row is accepted or quarantined, told, and costs no other row."""

from __future__ import annotations

import csv
import datetime as dt
import io
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from avgraph.errors import SourceError
from avgraph.model import Document
from avgraph.sources import read_article, read_mapping, read_table
from avgraph.sources.values import parse_date, parse_number

MAPPING = """
[map.role]
d = "director"
w = "writer"
[entity.film]
type = "Work"
name = "{a}"
year = "{b}"
split = "|"
[entity.person]
type = "Person"
name = "{c|after:by }"
ids.imdb = "{d|default:}"
[[claim]]
kind = "Credit"
work = "film"
agent = "person"
role = "{b|default:d|left:1|map:role}"
when = "{c} != no"
billing = "{#}"
[[claim]]
kind = "Support"
work = "film"
funder = "fund"
amount = "{d|number}"
[entity.fund]
type = "Organization"
name = "{c}"
where = "{a} != {{"
"""
CELL = st.one_of(
    st.sampled_from(
        [
            "",
            "A",
            "A|B",
            "|",
            "1999",
            "x",
            '"',
            'a"b',
            "NULL",
            "nm0000001",
            "1.000",
            "no",
            "é",
            "\0",
            "a\nb",
            "a,b",
            "🎬",
        ]
    ),
    st.text(max_size=8),
)
DIRT = st.binary(max_size=120)


def check(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "t.csv").write_bytes(data)
        (root / "t.toml").write_text(MAPPING)
        tables = read_table(read_mapping(root / "t.toml", root))
        source = tables.source
        assert source["n_read"] == source["n_accepted"] + source["n_quarantined"]
        assert sum(i.n_rows for i in tables.issues) == source["n_quarantined"]
        refs = set(tables.mentions["ref"])
        assert len(refs) == tables.mentions.height
        for kind, roles in (("Credit", ("work", "agent")), ("Support", ("work", "funder"))):
            table = tables.claims.get(kind)
            if table is not None:
                assert all(set(table[role].drop_nulls()) <= refs for role in roles)
                assert set(table["row"]) <= set(range(2, data.count(b"\n") + data.count(b"\r") + 2))


@given(st.lists(st.lists(CELL, max_size=6), max_size=8))
@settings(max_examples=150, deadline=None)
def test_tables_of_any_cells(rows: list[list[str]]) -> None:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["a", "b", "c", "d"])
    writer.writerows(rows)
    check(out.getvalue().encode("utf-8", "replace"))


@given(st.lists(DIRT, max_size=6))
@settings(max_examples=150, deadline=None)
def test_tables_of_any_bytes(lines: list[bytes]) -> None:
    check(b"a,b,c,d\nA,1999,Ann,\n" + b"\n".join(lines))


@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=6), min_size=2, max_size=2
        ),
        max_size=6,
    )
)
@settings(max_examples=100, deadline=None)
def test_a_well_written_table_is_read_whole(rows: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([["a", "b"], *rows])
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "t.csv").write_bytes(out.getvalue().encode())
        (root / "t.toml").write_text('[entity.x]\ntype = "Person"\nname = "{a}"\n')
        tables = read_table(read_mapping(root / "t.toml", root))
    assert tables.source["n_accepted"] == len(rows)
    assert set(tables.mentions["name"]) <= {r[0].strip() for r in rows}


@given(st.binary(max_size=400), st.sampled_from(["a.txt", "a.md", "a.html"]))
@settings(max_examples=100, deadline=None)
def test_any_file_is_an_article_or_a_clear_error(data: bytes, name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        error: SourceError | None = None
        document = Document(name, "")
        try:
            document = read_article(path, name).document
        except SourceError as caught:
            error = caught
        assert error is None or (error.hint and error.where == name)
        end = 0
        for block in document.blocks:
            assert document.text[end : block.start].strip() == ""
            assert document.text[block.start : block.end].strip()
            end = block.end


@given(st.floats(0, 1e12).map(lambda x: round(x, 2)), st.sampled_from([(".", ","), (",", "."), (" ", ",")]))
def test_grouped_numbers_come_back(number: float, marks: tuple[str, str]) -> None:
    group, decimal = marks
    text = f"{number:,.2f}".replace(",", "\0").replace(".", decimal).replace("\0", group)
    assert parse_number(text) == number
    assert parse_number("€ " + text) == number


@given(st.dates())
def test_dates_come_back(day: dt.date) -> None:
    if day.year >= 1000:
        assert parse_date(day.isoformat()) == day.isoformat()
        assert parse_date(day.strftime("%d/%m/%Y"), "dmy") == day.isoformat()
        assert parse_date(day.strftime("%m/%d/%Y"), "mdy") == day.isoformat()
