"""The demo's answers: each with the words it rests on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from avgraph.cli import demo

pytest.importorskip("onnxruntime", reason="the example's articles need avgraph[articles]")


@pytest.fixture(scope="module")
def done(avgraph, tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    folder = tmp_path_factory.mktemp("demo with a space")
    return avgraph("demo", "tour d'été", cwd=folder), folder / "tour d'été"


@pytest.fixture(scope="module")
def sections(done) -> dict[str, str]:
    parts = [p.partition("\n") for p in ("\n" + done[0].stdout).split("\n\n")]
    return {head.strip(): body for head, _, body in parts}


def section(sections: dict[str, str], start: str) -> str:
    (body,) = [text for head, text in sections.items() if head.startswith(start)]
    return body


def test_it_succeeds_without_a_word_on_stderr(done) -> None:
    assert done[0].returncode == 0, done[0].stderr
    assert done[0].stderr == ""


def test_wagner_directed_the_co_produced_episodes_of_the_second_season_only(sections) -> None:
    said = section(sections, "Who directed Unité 42")
    assert "Christophe Wagner directed Unité 42, season 2 (co-produced episodes" in said
    assert "“Only the co-produced episodes were directed by Christophe Wagner" in said
    assert "Christophe Wagner directed Unité 42\n" not in said
    assert "Christophe Wagner directed Unité 42, season 1" not in said
    assert "Hendrik Moonen directed Unité 42, season 1" in said


def test_who_co_produced_and_who_took_part(sections) -> None:
    said = section(sections, "Who co-produced Unité 42, season 2")
    assert "Film Fund Luxembourg co-produced Unité 42, season 2" in said
    assert "Film and Audio-visual Centre of the Wallonia-Brussels Federation" in said
    assert "RTBF" in said
    assert "RTBF co-produced" not in said
    assert "with the participation of RTBF" in said


def test_both_versions_of_the_oscar_and_the_one_preferred(sections) -> None:
    said = section(sections, "What did Stéphane Halleux receive")
    assert "“It would not be the first: in 2014, Stéphane Halleux received an Oscar" in said
    assert "Alexandre Espigares and Laurent Witz (records/awards.csv)" in said
    assert "Stéphane Halleux (articles/2019-10-16-partners-on-screen.html)" in said
    assert "Preferred: records/awards.csv" in said
    assert "Alexandre Espigares and Laurent Witz: “" in said


def test_about_sixty_is_held_against_the_records(sections) -> None:
    said = section(sections, "About 60")
    assert "states about 60" in said
    assert "the records count" in said
    assert "“Over the past decade, this partnership has produced about 60 films.”" in said


@pytest.mark.parametrize(("kind", "first"), [("company", "1. Samsa Film"), ("country", "1. Belgium")])
def test_networks_are_measured(sections, kind: str, first: str) -> None:
    said = section(sections, f"The {kind} network")
    assert first in said
    for word in ("nodes", "ties", "components", "density"):
        assert word in said


def test_the_report_lies_where_it_says(done, sections) -> None:
    report = done[1].resolve() / "report.html"
    assert report.is_file()
    assert str(report) in section(sections, "The report")
    assert report.as_uri() in section(sections, "The report")
    assert "%C3%A9t%C3%A9" in report.as_uri()


def test_the_next_steps_can_be_pasted(done, sections, avgraph) -> None:
    assert "-g 'tour d'\"'\"'été'" in section(sections, "Go on")


@pytest.mark.parametrize(
    ("found", "program", "typed"),
    [
        ("/bin/avgraph", ".venv/bin/avgraph", "avgraph"),
        (None, ".venv/bin/avgraph", ".venv/bin/avgraph"),
        (None, "/lib/avgraph/__main__.py", f"{sys.executable} -m avgraph"),
    ],
)
def test_the_lines_to_go_on_with_can_be_typed_as_they_stand(
    monkeypatch: pytest.MonkeyPatch, found: str | None, program: str, typed: str
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: found)
    monkeypatch.setattr(sys, "argv", [program, "demo"])
    assert demo._command() == typed


def test_a_second_run_reads_nothing_again_and_says_the_same(done, avgraph) -> None:
    again = avgraph("demo", done[1].name, cwd=done[1].parent)
    assert again.returncode == 0
    lines = [[li for li in run.stdout.splitlines() if "built in" not in li] for run in (done[0], again)]
    assert lines[0] == lines[1]


def test_a_folder_of_something_else_is_left_alone(avgraph, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    refused = avgraph("demo", tmp_path)
    assert refused.returncode == 2
    assert "avgraph demo NAME" in refused.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]
