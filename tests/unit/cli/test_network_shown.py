"""``avgraph network --show``: what each analysis prints, and what is refused."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from avgraph.cli import app
from avgraph.cli.analyses import ANALYSES, Choice
from avgraph.network import Network, project

Shown = Callable[..., tuple[int, str, str]]
#: What some analyses need to be asked.
ASKED = {"removal": ("--without", "Ann"), "brokers": ("--between", "BE,LU")}


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shown:
    """Return exit code, stdout and stderr of ``avgraph network``."""

    def call(*args: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["avgraph", "network", *map(str, args)])
        with pytest.raises(SystemExit) as ended:
            app.main()
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return int(ended.value.code or 0), said.out, said.err

    return call


@pytest.fixture
def members(tmp_path: Path) -> Path:
    """Eight years of works; Ann meets Ben again, and each year somebody new of the year before; Eve knows Cid alone."""
    rows = []
    for year in range(2010, 2018):
        rows += [(f"a{year}", "Ann", year), (f"a{year}", "Ben", year)]
        rows += [(f"c{year}", "Cid", year), (f"c{year}", "Ann" if year % 2 else "Dora", year)]
        rows += [(f"n{year}", f"New {year}", year), (f"n{year}", "Ben", year), (f"n{year}", "Dora", year)]
        rows += [(f"m{year}", f"New {year - 1}", year), (f"m{year}", "Ann", year)]
    rows += [("last", "Cid", 2017), ("last", "Eve", 2017)]
    path = tmp_path / "members.csv"
    pl.DataFrame(rows, schema=["film", "person", "year"], orient="row").write_csv(path)
    return path


def columns(path: Path) -> tuple[object, ...]:
    return (path, "--work", "film", "--member", "person", "--year", "year")


@pytest.mark.parametrize("show", [name for name in ANALYSES if name not in ("brokers", "openness", "partners")])
def test_every_analysis_prints_a_table_and_json(shown: Shown, members: Path, show: str) -> None:
    asked = ("--show", show, *ASKED.get(show, ()))
    code, out, err = shown(*columns(members), *asked)
    assert code == 0, err
    header, *rows = (line.split("\t") for line in out.splitlines())
    assert rows
    assert {len(row) for row in rows} == {len(header)}
    assert "\nnodes: 14\n" in err
    code, out, _ = shown(*columns(members), *asked, "--json")
    found = json.loads(out)
    assert (code, found["nodes"], found["edges"]) == (0, 14, 29)
    table = found["ranking"] if show == "ranking" else found["rows"]
    assert (len(table), list(table[0])) == (len(rows), header)


def test_groups_come_from_the_graph(shown: Shown, example_graph: Path) -> None:
    at = ("company", "-g", example_graph)
    code, out, err = shown(*at, "--show", "brokers", "--between", "BE,LU", "--top", 2)
    assert code == 0, err
    assert "16 members stand between BE and LU" in err
    assert len(out.splitlines()) == 1 + 2
    assert "\tEntre Chien et Loup\tBE\tgatekeeper\t7\t" in out
    assert "\tPlaytime Films, RTBF\t" in out
    assert "claim/" not in out
    first = json.loads(shown(*at, "--show", "brokers", "--between", "BE,LU", "--json")[1])["rows"][0]
    assert all("/claim/" in claim for claim in first["claims"])
    assert "Irina Palm" in first["works"]
    code, out, err = shown(*at, "--show", "openness", "--json")
    found = json.loads(out)
    assert found["figures"]["external"] + found["figures"]["internal"] <= found["edges"]
    assert {row["group"] for row in found["rows"]} >= {"BE", "LU", "FR"}
    people = ("person", "-g", example_graph, "--show", "brokers", "--between", "BE,LU")
    assert "2 members stand between BE and LU" in shown(*people)[2]  # by nationality
    code, out, err = shown(*at, "--show", "brokers", "--top", 1)
    assert out.splitlines()[1].split("\t")[1] == "Samsa Film"


def test_brokers_have_intervals_and_few_of_many_ties(
    shown: Shown, example_graph: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = ("company", "-g", example_graph, "--show", "brokers", "--between", "BE,LU", "--json")
    found = json.loads(shown(*at)[1])
    assert found["figures"] == {"resamples": 200, "level": 0.95, "doubted_claims": 56, "first_ranks": 10}
    assert "in 200 resamples (works drawn with replacement and 56 doubted claims kept" in found["note"]
    for row in found["rows"]:
        assert 0 <= row["low"] <= row["median"] <= row["high"]
        assert row["rank_low"] <= row["rank_median"] <= row["rank_high"]
    assert json.loads(shown(*at, "--draws", 5)[1])["figures"]["resamples"] == 5
    monkeypatch.setattr("avgraph.cli.analyses._MANY_TIES", 10)
    assert json.loads(shown(*at)[1])["figures"]["resamples"] == 20


def test_the_table_of_each_analysis_is_that_of_the_library() -> None:
    rows = [("f", "a", 2010), ("f", "b", 2010), ("g", "b", 2011), ("g", "c", 2011), ("h", "a", 2016), ("h", "b", 2016)]
    names = pl.DataFrame({"member": ["a", "b", "c"], "label": ["A", "B", "C"]})
    net = project(pl.DataFrame(rows, schema=["work", "member", "year"], orient="row"), names)
    assert isinstance(net, Network)
    ties = ANALYSES["ties"].run(net, Choice()).table
    assert ties.select("source_label", "target_label", "n_works", "longest_gap").row(0) == ("A", "B", 2, 5)
    gone = ANALYSES["removal"].run(net, Choice(without=("b",)))
    assert gone.note == "left: 2 members, 0 ties; 0 other members and 0 ties of others are gone"
    assert gone.figures == {"lost_members": [], "lost_ties": 0}
    gone = ANALYSES["removal"].run(net, Choice(without=("b",), with_works=True))
    assert gone.figures == {"lost_members": ["A", "C"], "lost_ties": 0}
    curve = ANALYSES["resilience"].run(net, Choice())
    assert curve.table.select("n_removed", "giant_share", "label").row(1) == (1, pytest.approx(1 / 3), "B")
    assert curve.figures["robustness"] == pytest.approx((1 / 3 + 1 / 3 + 0) / 3)
    leans = ANALYSES["concentration"].run(net, Choice()).table
    assert dict(leans.select("label", "largest_partner").iter_rows()) == {"A": "B", "B": "A", "C": "B"}
    changes = ANALYSES["evolution"].run(net, Choice(width=2, step=2, top=1)).table
    assert changes.select("first_year", "last_year", "edges").rows() == [(2015, 2016, 1)]
    busiest = ANALYSES["two-mode"].run(net, Choice()).table
    assert busiest.select("node", "n_works").rows() == [("b", 3), ("a", 2), ("c", 1)]


def test_the_backbone_is_what_is_measured(shown: Shown, members: Path) -> None:
    whole = json.loads(shown(*columns(members), "--json")[1])
    kept = json.loads(shown(*columns(members), "--backbone", 0.3, "--json")[1])
    assert (kept["nodes"], kept["edges"] < whole["edges"]) == (whole["nodes"], True)


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        (("--show", "next", "--width", 3), 2, "--width has no say in --show next; it goes with --show evolution"),
        (("--between", "BE,LU"), 2, "--between has no say in --show ranking; it goes with --show brokers"),
        (("--show", "brokers", "--between", "BE"), 2, "'BE' is not two things with a comma between them"),
        (("--show", "brokers", "--between", "BE,LU,FR"), 2, "'BE,LU,FR' is not two things"),
        (("--show", "brokers", "--by", "colour"), 2, "the nodes have no column 'colour'"),
        (("--show", "prediction-test", "--hold-out", "a,b"), 2, "'a,b' is not two years"),
        (("--show", "evolution", "--width", 50), 2, "no window of 50 years fits"),
        (("--show", "removal"), 2, "name members: --without NAME"),
        (("--show", "removal", "--without", "Nobody"), 2, "'Nobody' is not a member of the network"),
        (("--show", "next", "--method", "tarot"), 2, "there is no method 'tarot'"),
        (("--show", "everything"), 2, "'everything' is not one of 'ranking'"),
        (("--show", "ties", "-o", "ties.pdf"), 2, "There is no figure of --show ties"),
        (("-o", "ties.docx"), 2, "No network format has the suffix '.docx'; use .graphml"),
        (("--backbone", 0), 2, "0.0 is not in the range 0<x<=1"),
    ],
)
def test_what_makes_no_sense_is_told(
    shown: Shown, members: Path, asked: tuple[object, ...], code: int, said: str
) -> None:
    ended, out, err = shown(*columns(members), *asked)
    assert (ended, out) == (code, "")
    assert said in " ".join(err.split())


@pytest.mark.parametrize("show", ["ranking", "intervals", "stability", "resilience", "evolution", "survival"])
def test_what_is_shown_is_drawn_where_asked(shown: Shown, members: Path, tmp_path: Path, show: str) -> None:
    code, out, err = shown(*columns(members), "--show", show, "-o", tmp_path / "figure.svg")
    assert code == 0, err
    assert f"written: {tmp_path / 'figure.svg'}" in err
    assert out.count("\n") > 1
    assert "<svg" in (tmp_path / "figure.svg").read_text(encoding="utf-8")


def test_groups_are_drawn(shown: Shown, example_graph: Path, tmp_path: Path) -> None:
    for show in ("brokers", "partners"):
        code, _, err = shown("company", "-g", example_graph, "--show", show, "-o", tmp_path / f"{show}.pdf")
        assert code == 0, err
        assert (tmp_path / f"{show}.pdf").read_bytes().startswith(b"%PDF")
    rows = json.loads(shown("company", "-g", example_graph, "--show", "partners", "--json")[1])["rows"]
    assert [(row["group"], row["partner"]) for row in rows[:1]] == [("BE", "LU")]


@pytest.mark.parametrize("show", ANALYSES)
def test_an_empty_network_is_said_to_be_empty(shown: Shown, members: Path, show: str) -> None:
    code, _, err = shown(*columns(members), "--from", 2050, "--show", show, *ASKED.get(show, ()))
    assert "the network is empty: the works are of the years 2010 to 2017" in err
    assert code == 0 or "error: " in err


def test_the_help_lists_every_analysis(shown: Shown) -> None:
    code, out, _ = shown("--help")
    assert code == 0
    for name, analysis in ANALYSES.items():
        assert f"  {name} " in out
        assert analysis.about in out
