"""Rules as data: what a workspace may add, change and switch off, and how faults are told."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny import TinyGraph
from told import rules

from avgraph.errors import WorkspaceError
from avgraph.graph.conflict_rules import COMPARISONS, read_rules

ADDED = """\
[[rule]]
name = "language"
compare = "sets"
kind = "WorkFact"
where.property = ["language"]
subject = "work"
value = "value"
aspect = "language"
settle = "The work itself."

[[rule]]
name = "runtime"
tolerance = 5

[[rule]]
name = "budget"
off = true

[primary]
language = ["records/archive*"]
"*" = ["records/register.csv"]

[provider]
Archive = ["records/archive*", "records/old/*"]
"""


def read(tmp_path: Path, text: str) -> object:
    path = tmp_path / "conflicts.toml"
    path.write_text(text, encoding="utf-8")
    return read_rules(path)


def test_every_way_to_compare_has_a_shipped_rule() -> None:
    assert {rule.compare for rule in read_rules().rules} == set(COMPARISONS)
    assert all(rule.settle for rule in read_rules().rules)


def test_a_workspace_adds_changes_and_switches_off(tmp_path: Path) -> None:
    path = tmp_path / "conflicts.toml"
    path.write_text(ADDED, encoding="utf-8")
    found = read_rules(path)
    by_name = {rule.name: rule for rule in found.rules}
    assert by_name["language"].where == {"property": ("language",)}
    assert by_name["runtime"].tolerance == 5
    assert by_name["runtime"].compare == "single"
    assert "budget" not in by_name
    assert found.is_primary("records/archive.csv", "language")
    assert not found.is_primary("records/archive.csv", "runtime")
    assert found.is_primary("records/register.csv", "runtime")
    assert found.provider("records/old/a.csv") == "Archive"
    assert found.provider("records/a.csv") is None


def test_an_added_rule_is_applied(tmp_path: Path) -> None:
    path = tmp_path / "conflicts.toml"
    path.write_text(ADDED, encoding="utf-8")
    g = TinyGraph()
    film = g.entity("film", "Work", "F")
    for source, value in (("records/a.csv", "French"), ("records/b.csv", "Dutch")):
        g.source(source).claim("WorkFact", work=film, property="language", value=value, quote="q")
    assert rules(g) == []
    g.rules = read_rules(path)
    assert rules(g) == ["language"]


def test_no_file_is_no_fault(tmp_path: Path) -> None:
    assert read_rules(tmp_path / "conflicts.toml") == read_rules()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[rule]\n", "line 1"),
        ("[rules]\n", "unknown section 'rules'"),
        ("[rule]\nname = 'x'\n", "one by one"),
        ("[[rule]]\ncompare = 'single'\n", "needs a name"),
        ("[[rule]]\nname = 'x'\n", "none of the ways to compare"),
        ("[[rule]]\nname = 'x'\ncompare = 'single'\n", "no kind of claim"),
        ("[[rule]]\nname = 'runtime'\nvalue = 'minutes'\n", "WorkFact has no column 'minutes'"),
        ("[[rule]]\nname = 'runtime'\nwhere.property = ['length']\n", "has no value 'length'"),
        ("[[rule]]\nname = 'runtime'\nsubject = 'value'\n", "subject must be one entity"),
        ("[[rule]]\nname = 'runtime'\ntolerance = 'much'\n", "tolerance is not what it should be"),
        ("[[rule]]\nname = 'runtime'\nprefer = ['luck']\n", "prefer names no criterion"),
        ("[[rule]]\nname = 'runtime'\nvalues = 'colour'\n", "values is none of the known"),
        ("[[rule]]\nname = 'runtime'\ncomplete = 'all'\n", "complete names no kind of source"),
        ("[[rule]]\nname = 'runtime'\ncompare = 'exclusive'\n", "needs groups"),
        ("[[rule]]\nname = 'runtime'\ngroups = ['a']\n", "two lists or more"),
        ("[[rule]]\nname = 'runtime'\nper = 'work'\n", "per must be a list of texts"),
        ("[[rule]]\nname = 'runtime'\nsettle = 1\n", "settle must be a text"),
        ("[[rule]]\nname = 'runtime'\nwhere = 'x'\n", "where must give values"),
        ("[[rule]]\nname = 'runtime'\nsort = 1\n", "unknown key 'sort'"),
        ("[primary]\nrun-time = ['a']\n", "names no rule"),
        ("[provider]\nA = 'records/*'\n", "list of texts"),
        ("provider = 'A'\n", "must be one section"),
    ],
)
def test_a_fault_is_told_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(WorkspaceError) as caught:
        read(tmp_path, text)
    assert message in str(caught.value)
    assert "conflicts.toml" in str(caught.value)
    assert caught.value.hint
