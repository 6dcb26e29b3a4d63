"""conflicts.toml in a workspace: read by the next build, and told of where it is wrong."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from avgraph.build import build_workspace
from avgraph.cli import app
from avgraph.graph.snapshot import Snapshot
from avgraph.workspace import Workspace, init_workspace

MAPPING = """[entity.film]
type = "Work"
name = "{t}"
ids.imdb = "{id}"
[[claim]]
kind = "WorkFact"
work = "film"
property = "runtime"
value = "{minutes}"
"""


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    space = init_workspace(tmp_path / "w")
    for name, minutes in (("a", 90), ("b", 94)):
        (space.root / "records" / f"{name}.toml").write_text(MAPPING, encoding="utf-8")
        (space.root / "records" / f"{name}.csv").write_text(f"t,id,minutes\nGutland,tt5598732,{minutes}\n")
    return space


def built(space: Workspace) -> Snapshot:
    return build_workspace(space).snapshot


def test_changed_rules_change_the_next_build_and_nothing_else(space: Workspace) -> None:
    before = built(space)
    assert before.table("conflicts")["rule"].to_list() == ["runtime"]
    space.conflicts_path.write_text('[[rule]]\nname = "runtime"\ntolerance = 5\n', encoding="utf-8")
    after = built(space)
    assert after.table("conflicts").is_empty()
    assert after.table("work_fact").equals(before.table("work_fact"))
    space.conflicts_path.unlink()
    assert built(space).manifest["content"] == before.manifest["content"]


@pytest.mark.parametrize("verb", ["build", "validate"])
def test_a_fault_is_told_and_nothing_is_lost(
    space: Workspace, verb: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = built(space)
    space.conflicts_path.write_text('[[rule]]\nname = "runtime"\ntolerance = "much"\n', encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["avgraph", verb, str(space.root)])
    with pytest.raises(SystemExit) as caught:
        app.main()
    told = capsys.readouterr().err
    assert caught.value.code == 2
    assert "conflicts.toml, rule 1 (runtime)" in told
    assert "hint: write tolerance = 1.0" in told
    assert "Traceback" not in told
    assert before.has_its_tables()
