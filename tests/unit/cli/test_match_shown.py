"""What a person sees of two matched tables on a terminal."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import pytest

from avgraph.cli import app, matching
from avgraph.matching import KINDS


def test_pairs_are_aligned_with_their_reasons_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "l.csv").write_text(
        "id,title,year\n1,Mr. Hublot,2013\nlong-id,Une part du ciel,2002\n", encoding="utf-8"
    )
    (tmp_path / "r.csv").write_text("id,title,year\nb,Mr. Hublot,2013\na,Une part du ciel,2002\n", encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["avgraph", "match", str(tmp_path / "l.csv"), str(tmp_path / "r.csv")])
    monkeypatch.setattr(matching, "is_terminal", lambda: True)
    with pytest.raises(SystemExit) as caught:
        app.main()
    assert not caught.value.code
    lines = click.unstyle(capsys.readouterr().out).splitlines()
    assert [line[4:] for line in lines[::2]] == [
        "  1        b  Mr. Hublot ~ Mr. Hublot", "  long-id  a  Une part du ciel ~ Une part du ciel",
    ]  # fmt: skip
    assert all(line.startswith("      name +") and "same title" in line for line in lines[1::2])
    assert "(2013 ~ 2013: same year)" in lines[1]


def test_the_kinds_offered_are_those_of_the_library() -> None:
    assert tuple(KINDS) == matching._KINDS
