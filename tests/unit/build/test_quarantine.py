"""What the shapes refuse is listed, with its place and what to do."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import polars as pl
import pytest

from avgraph.build import build_workspace
from avgraph.build.pipeline import _MAX_TOLD
from avgraph.cli import app
from avgraph.graph.shapes import QUARANTINE_SCHEMA, check_claims
from avgraph.model import ClaimTables
from avgraph.workspace import Workspace, init_workspace

pytest.importorskip("onnxruntime", reason="needs the articles extra")
MAPPING = """[entity.film]
type = "Work"
name = "{t}"
[entity.person]
type = "Person"
name = "{p}"
[[claim]]
kind = "Credit"
work = "film"
agent = "person"
role = "director"
"""


def refuse_credits(claims: ClaimTables) -> tuple[ClaimTables, pl.DataFrame]:
    """Do as if a shape refused every credit."""
    valid, _ = check_claims(claims)
    about = {"kind": "Credit", "shape": "urn:shape", "path": "urn:role", "message": "Set `role` to another."}
    rows = (
        valid["Credit"]
        .with_columns(pl.lit(v).alias(c) for c, v in about.items())
        .select(*QUARANTINE_SCHEMA)
        .sort("claim")
    )
    return valid | {"Credit": valid["Credit"].clear()}, rows


@pytest.fixture
def space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setattr("avgraph.build.cache.check_claims", refuse_credits)
    return init_workspace(tmp_path / "w")


def test_a_claim_of_an_article_is_a_warning_with_its_words(
    space: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "“Gutland” was directed by Govinda Van Maele."
    (space.root / "articles" / "a.txt").write_text(f"language: en\n---\n{text}\n", encoding="utf-8")
    for more in ([], ["--json"]):
        monkeypatch.setattr(sys, "argv", ["avgraph", "build", str(space.root), *more])
        with pytest.raises(SystemExit) as caught:
            app.main()
        assert caught.value.code in (0, None)
    out, err = capsys.readouterr()
    assert err.startswith(
        f"warning: articles/a.txt, characters 0 to {len(text)}: a Credit claim from “{text}” is quarantined → "
        "Set `role` to another; a table of records/ can state the fact so\n"
    )
    (issue,) = json.loads(out[out.index("{") :])["issues"]
    assert (issue["severity"], issue["source"]) == ("warning", "articles/a.txt")


def test_a_claim_of_a_row_is_an_error_and_of_many_the_first_are_told(space: Workspace) -> None:
    (space.root / "records" / "f.toml").write_text(MAPPING, encoding="utf-8")
    rows = "".join(f"Film {i},Person {i}\n" for i in range(_MAX_TOLD + 3))
    (space.root / "records" / "f.csv").write_text(f"t,p\n{rows}", encoding="utf-8")
    report = build_workspace(space)
    *told, last = report.issues
    assert report.n_quarantined == _MAX_TOLD + 3
    assert {(i.severity, i.source, i.message, i.hint) for i in told} == {
        ("error", "records/f.csv", "a Credit claim of this row is quarantined", "Set `role` to another.")
    }
    assert [i.where for i in told] == [f"line {n}" for n in range(2, _MAX_TOLD + 2)]
    assert (last.severity, last.message) == ("error", "3 more claims are quarantined: Set `role` to another.")
