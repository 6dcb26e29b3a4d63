"""Lists of lines: patterns cut columns, headings hold for what stands below, any other line is kept out."""

from __future__ import annotations

from typing import Any

import pytest

from avgraph.errors import MappingError
from avgraph.sources.linelists import pattern_fault

LIST = """\ufeffDécisions 2019

Session de mars
AIDES À LA PRODUCTION
Rust – 60.000 € – Samsa Film
Hot – 70.000 €
Page 1
* this is no entry
Session de juin
Cold – 5 €
"""
MAPPING = r"""
[table]
pattern = ['(?<title>[^–]+) – (?<amount>[^–]+) €(?: – (?<company>[^–]+))?']
heading = ['Décisions (?<year>[0-9]{4})', 'Session de (?<month>\w+)', 'AIDES À LA (?<scheme>.+)']
ignore = ['Page [0-9]+']
[entity.film]
type = "Work"
name = "{title}"
year = "{year}"
[entity.fund]
type = "Organization"
name = "Fund"
[[claim]]
kind = "Support"
funder = "fund"
work = "film"
amount = "{amount|number:,}"
scheme = "{scheme}"
purpose = "{month}"
"""


def test_patterns_and_headings(read: Any) -> None:
    tables = read(LIST, MAPPING, "data.txt")
    assert tables.claims["Support"].select("row", "amount", "scheme", "purpose").rows() == [
        (5, 60000.0, "PRODUCTION", "mars"), (6, 70000.0, "PRODUCTION", "mars"), (10, 5.0, None, "juin"),
    ]  # fmt: skip
    assert tables.mentions.filter(type="Work")["year"].to_list() == [2019] * 3
    assert [(i.where, i.message) for i in tables.issues] == [("line 8", "no pattern fits '* this is no entry'")]
    assert (tables.source["n_read"], tables.source["n_quarantined"]) == (4, 1)


def test_columns_are_known_before_reading(read: Any) -> None:
    with pytest.raises(MappingError, match="no column 'titel'; did you mean 'title'"):
        read(LIST, MAPPING.replace("{title}", "{titel}"), "data.txt")


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        ("(?<a>.+) – (?<b>.*)", None),
        ("(?:[a-z]+ )?(?<a>x{2,5})", None),
        ("(?:(?>[a-z]+) ?)+(?<a>x)", None),
        ("(?<a>(?:x+)+)", "a repetition inside a repeated group can take for ever"),
        ("(?<a>(?:x|y*)*)z", "a repetition inside a repeated group can take for ever"),
        ("(?<a>(?=(?:.*,)*).)", "a repetition inside a repeated group can take for ever"),
        ("(?<a>x", "missing ), unterminated subpattern"),
    ],
)
def test_patterns_that_cannot_be_used(pattern: str, fault: str | None) -> None:
    assert pattern_fault(pattern) == fault


def test_a_list_needs_a_pattern(read: Any) -> None:
    with pytest.raises(MappingError, match="a list of lines needs a pattern"):
        read(LIST, MAPPING.replace("pattern =", "ignore =", 1).replace("\nignore = ['Page [0-9]+']", ""), "data.txt")
    with pytest.raises(MappingError, match="can take for ever"):
        read(LIST, MAPPING.replace("'Page [0-9]+'", "'(a+)+'"), "data.txt")


def test_long_lines_and_foreign_bytes(read: Any) -> None:
    tables = read(
        b"Rust \xe2\x80\x93 5 \xe2\x82\xac\n" + b"x" * 6_000 + b"\nR\xe9ves \xe2\x80\x93 5 \xe2\x82\xac\n",
        MAPPING,
        "data.txt",
    )
    assert [i.where for i in tables.issues] == ["line 2", "line 3"]
    assert tables.source["n_accepted"] == 1
