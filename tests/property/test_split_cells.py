"""Cells that hold JSON arrays give their texts, and whatever a cell holds, every row is accounted for."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from avgraph.model import SourceTables
from avgraph.sources import read_mapping, read_table

MAPPING = """
[entity.film]
type = "Work"
name = "{title}"
[entity.person]
type = "Person"
name = "{who}"
[[claim]]
kind = "Credit"
work = "film"
agent = "person"
role = "actor"
character = "{part}"
job_title = "{note|regex:^(a+)|or:part|replace:b=c}"
split = true
split_columns = ["part"]
"""
TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1, max_size=8)
CELL = st.one_of(TEXT, st.just(""), st.text('[]",\\ab ', max_size=8), st.lists(TEXT, max_size=3).map(json.dumps))


def read(rows: list[tuple[str, str]]) -> SourceTables:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = ["title\twho\tpart\tnote", *(f"F{n}\tAnn\t{part}\t{note}" for n, (part, note) in enumerate(rows))]
        (folder / "data.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        (folder / "data.toml").write_text(MAPPING, encoding="utf-8")
        return read_table(read_mapping(folder / "data.toml", folder))


@settings(deadline=None, max_examples=60)
@given(st.lists(TEXT.filter(lambda t: t not in ("NULL", "\\N")), min_size=1, max_size=4), st.booleans())
def test_the_texts_of_an_array_are_the_characters(texts: list[str], ascii_only: bool) -> None:
    compact = json.dumps(texts, ensure_ascii=ascii_only, separators=(",", ":"))
    spaced = json.dumps(texts, ensure_ascii=ascii_only)
    tables = read([(compact, "x"), (spaced, "x")])
    credits = tables.claims["Credit"]
    for row in (2, 3):
        found = credits.filter(row=row)["character"].to_list()
        assert found == list(dict.fromkeys(texts))  # the same character twice in one cell is one claim


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=6))
def test_every_row_is_accepted_or_told(rows: list[tuple[str, str]]) -> None:
    tables = read(rows)
    source = tables.source
    assert source["n_read"] == len(rows) == source["n_accepted"] + source["n_quarantined"]
    assert sum(i.n_rows for i in tables.issues) == source["n_quarantined"]
    assert tables.claims["Credit"]["row"].n_unique() == source["n_accepted"]
