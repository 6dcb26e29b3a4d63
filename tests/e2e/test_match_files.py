"""``avgraph match`` on files as users have them, right and wrong."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
OURS = """\
id,title,year,director
1,Le Tout Nouveau Testament,2015,Jaco Van Dormael
2,Mr. Hublot,2013,Laurent Witz|Alexandre Espigares
"""
THEIRS = """\
key;Titre;Jahr;Regie;Farbe
x;Mr Hublot;2013;Alexandre Espigares;ja
y;The Brand New Testament|Le tout nouveau testament;2015;Jaco van Dormael;ja
"""


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "ours.csv").write_text(OURS, encoding="utf-8")
    (tmp_path / "theirs.csv").write_text(THEIRS, encoding="utf-8")
    return tmp_path


def test_pairs_go_to_stdout_and_what_was_read_to_stderr(avgraph: Run, desk: Path) -> None:
    done = avgraph("match", "ours.csv", "theirs.csv", cwd=desk)
    assert done.returncode == 0
    head, *rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert head == ["left", "right", "score", "left_name", "right_name", "reasons"]
    assert [row[:2] for row in rows] == [["1", "y"], ["2", "x"]]
    assert "Le Tout Nouveau Testament ~ Le tout nouveau testament" in rows[0][5]
    assert "matching works (ours.csv: column 'title'; theirs.csv: column 'Titre')" in done.stderr
    assert "ours.csv: 2 rows read = 2 used + 0 quarantined" in done.stderr
    assert "not looked at: Farbe" in done.stderr
    assert "2 pairs" in done.stderr


def test_json_is_an_array_of_objects(avgraph: Run, desk: Path) -> None:
    done = avgraph("match", "ours.csv", "theirs.csv", "--json", "--one-to-one", cwd=desk)
    pairs = json.loads(done.stdout)
    assert [(p["left"], p["right"]) for p in pairs] == [("1", "y"), ("2", "x")]
    assert all(0 <= p["score"] <= 1 and p["features"] for p in pairs)
    again = avgraph("match", "ours.csv", "theirs.csv", "--json", "--one-to-one", cwd=desk)
    assert again.stdout == done.stdout
    assert json.loads(avgraph("match", "ours.csv", "theirs.csv", "--json", "--threshold", "1", cwd=desk).stdout) in (
        [p for p in pairs if p["score"] == 1], pairs,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        ("", 1, "the file is empty"),
        ("colour,size\nred,3\n", 1, "no column names works, people or companies; its columns are: colour, size"),
        ("id,title\n", 0, "0 pairs"),
        ("id,title\n1,Mr. Hublot\n2,Barrage,2017,extra\n3\n", 1, "error: bad.csv, line 3: the row has 4 cells"),
        ('id,title\n1,Mr. Hublot\n2,"Barrage\n', 1, "error: bad.csv, line 3: a quote"),
        ("id,title\n1,Mr. Hublot\n1,Barrage\n", 0, "'1' stands in several rows (lines 2, 3)"),
        ("id,title\n1,Mr. Hublot\n2,\n", 1, "error: bad.csv, line 3: no name in 'title'"),
        ("name,born\nAnn Lee,1990\n", 2, "the tables seem to hold people and works"),
        ("%PDF-1.7", 1, "no table that avgraph can read"),
    ],
)
def test_wrong_tables_are_told_with_their_place(avgraph: Run, desk: Path, text: str, code: int, told: str) -> None:
    (desk / "bad.csv").write_text(text, encoding="utf-8")
    done = avgraph("match", "bad.csv", "ours.csv", cwd=desk)
    assert told in done.stderr
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    if "Mr. Hublot" in text:
        assert len(done.stdout.splitlines()) == 2


def test_wrong_usage_is_told(avgraph: Run, desk: Path) -> None:
    missing = avgraph("match", "none.csv", "ours.csv", cwd=desk)
    assert (missing.returncode, "there is no such file" in missing.stderr) == (1, True)
    assert avgraph("match", ".", "ours.csv", cwd=desk).returncode == 1
    for wrong in (("--threshold", "2"), ("--threshold", "nan"), ("--kind", "films"), ("--mapping", "none.toml")):
        assert avgraph("match", "ours.csv", "ours.csv", *wrong, cwd=desk).returncode == 2
    assert avgraph("match", "ours.csv", cwd=desk).returncode == 2


def test_latin_1_and_the_same_file_twice(avgraph: Run, desk: Path) -> None:
    (desk / "latin.csv").write_bytes("id;titre;année\n7;Une part du ciel;2002\n8;L'étoile;2003\n".encode("latin-1"))
    done = avgraph("match", "latin.csv", "latin.csv", "--threshold", "0.1", cwd=desk)
    assert done.returncode == 0
    assert [line.split("\t")[:2] for line in done.stdout.splitlines()[1:]] == [["7", "7"], ["8", "8"]]
    assert "read as windows-1252" in done.stderr
    assert "L'étoile" in done.stdout
