"""``avgraph inspect`` and what ``build`` tells of readers, as typed."""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from avgraph.cli import app, making, output

Run = Callable[..., tuple[int, str, str]]
FILMS = "title,countries,director\nDeux,FR|LU|BE,Filippo Meneghetti\nBarrage,LU|BE|FR,Laura Schroeder\n"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def runner(*args: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["avgraph", *map(str, args)])
        with pytest.raises(SystemExit) as caught:
            app.main()
        done = capsys.readouterr()
        assert "Traceback" not in done.err
        return int(caught.value.code or 0), done.out, done.err

    return runner


def test_an_unknown_table_is_shown_drafted_and_then_read(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "films.csv"
    path.write_text(FILMS)
    code, out, _ = run("inspect", path)
    assert code == 1
    assert "read by    nothing" in out
    assert "2 read = 2 accepted + 0 quarantined" in out
    assert "countries\ttext\t100%\tFR|LU|BE · LU|BE|FR" in out
    code, draft, _ = run("inspect", path, "--suggest")
    assert code == 0
    assert set(tomllib.loads(draft)["entity"]) == {"work", "country", "director"}
    (tmp_path / "films.toml").write_text(draft)
    code, out, _ = run("inspect", path, "--claims", "1")
    assert code == 0
    assert "read by    films.toml" in out
    assert "claims     6 PlaceRelation, 2 Credit" in out
    assert "Credit: work: Deux; agent: Filippo Meneghetti; role: director" in out
    assert "line 2: title: Deux | director: Filippo Meneghetti" in out
    assert "PlaceRelation: entity" not in out
    code, out, err = run("inspect", path, "--suggest")
    assert (code, out) == (1, "")
    assert "is read already: films.toml" in err


def test_json_has_all_of_it(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(FILMS + "Rust,2014\n")
    code, out, _ = run("inspect", tmp_path / "a.csv", tmp_path / "gone.csv", "--json")
    seen, gone = json.loads(out)
    assert code == 1
    assert (seen["container"], seen["encoding"], seen["delimiter"], seen["reader"]) == ("csv", "utf-8", ",", None)
    assert (seen["n_read"], seen["n_accepted"], seen["n_quarantined"]) == (3, 2, 1)
    assert [i["where"] for i in seen["issues"]] == ["", "line 4"]
    assert seen["columns"][1] == {
        "name": "countries", "type": "text", "filled": 1.0, "samples": ["FR|LU|BE", "LU|BE|FR"], "uses": [],
    }  # fmt: skip
    assert seen["draft"].startswith("# A draft")
    assert gone["issues"][0]["message"] == "there is no such file"


def test_a_recognised_file_names_its_format(run: Run, tmp_path: Path) -> None:
    header = "Const,Your Rating,Date Rated,Title,Original Title,URL,Title Type,IMDb Rating,Runtime (mins),Year,Genres,"
    header += "Num Votes,Release Date,Directors\n"
    row = "tt1865505,9,2024-01-05,Song of the Sea,,https://www.imdb.com/title/tt1865505/,Movie,,93,2014,"
    row += '"Animation, Adventure",,2014-09-06,Tomm Moore\n'
    (tmp_path / "ratings.csv").write_text(header + row)
    code, out, _ = run("inspect", tmp_path / "ratings.csv")
    assert code == 0
    assert "read by    IMDb list export (formats of avgraph: imdb-list.toml)" in out
    assert "WorkFact: work: Song of the Sea; property: genre; value: Adventure" in out
    assert "columns    14, 11 of them mapped" in out


def test_usage_and_control_characters(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("title,x\n\x1b[31mDeux,=1+1\n")
    code, out, _ = run("inspect", tmp_path / "a.csv")
    assert code == 1
    assert "\x1b" not in out
    assert "'=1+1" in out
    assert run("inspect", tmp_path / "a.csv", "--suggest", "--json")[0] == 2
    assert run("inspect")[0] == 2
    assert run("inspect", tmp_path / "a.csv", "--mapping", tmp_path / "gone.toml")[0] == 2


def test_build_tells_which_reader_took_which_file(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("init", tmp_path / "w")[0] == 0
    records = tmp_path / "w" / "records"
    (records / "films.csv").write_text(FILMS)
    (records / "films.toml").write_text('[entity.w]\ntype = "Work"\nname = "{title}"\n')
    (records / "odd.csv").write_text("x,y\n1,2\n")
    monkeypatch.setattr(making, "is_terminal", lambda: True)
    code, out, err = run("build", tmp_path / "w")
    assert code == 0
    assert "records/films.csv: records/films.toml, 2 of 2 rows\n" in out
    assert "warning: records/odd.csv: not read" in err
    assert "avgraph inspect records/odd.csv" in err
    monkeypatch.setattr(making, "is_terminal", lambda: False)
    _, out, _ = run("build", tmp_path / "w")
    assert "records/films.toml" not in out
    _, out, _ = run("build", tmp_path / "w", "--json")
    assert [s["reader"] for s in json.loads(out)["sources"]] == ["records/films.toml"]


def test_tables_in_a_pipe_hold_no_formulas(capsys: pytest.CaptureFixture[str]) -> None:
    cells = ["=1+1", "+cmd", "-x", "@sum", "\t=1", "\r=2", "-5", "+1.5e3", -5, -1.5, None, "a=b", ["=x", "y"]]
    output.echo_table(("c",), [(cell,) for cell in cells])
    assert capsys.readouterr().out.splitlines()[1:] == [
        "'=1+1", "'+cmd", "'-x", "'@sum", "'=1", "'=2", "-5", "+1.5e3", "-5", "-1.5", "", "a=b", "'=x, y",
    ]  # fmt: skip
