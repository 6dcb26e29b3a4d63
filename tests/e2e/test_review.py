"""``avgraph review``: a verdict is a line, the next build applies it, and without the line all is as it was."""

from __future__ import annotations

import json
import os
import re
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
MAPPING = """\
[entity.{entity}]
type = "{type}"
name = "{{name}}"
ids.imdb = "{{imdb}}"
ids.wikidata = "{{wikidata}}"
[entity.country]
type = "Place"
subtype = "country"
ids.iso3166 = "{{country}}"
split = "|"
[[claim]]
kind = "PlaceRelation"
{role} = "{entity}"
place = "country"
relation = "country of origin"
"""
#: One IMDb id and two of Wikidata: a build can only leave it open.
TABLES = {
    "films-a": "name,imdb,wikidata,country\nGutland,tt0000001,Q1,LU|DE\nBarrage,tt0000002,Q2,LU\n",
    "films-b": "name,imdb,wikidata,country\nGutland,tt0000001,Q11,LU|BE|DE\nBarrage,tt0000002,Q12,FR\n",
    "people-a": "name,imdb,wikidata,country\nAnn Poe,nm0000001,Q5,LU\n",
    "people-b": "name,imdb,wikidata,country\nAnn Poe,nm0000001,Q15,BE\n",
}


@pytest.fixture
def space(workspace: Path, tmp_path: Path) -> Path:
    """A copy of the built workspace."""
    shutil.copytree(workspace, tmp_path / "my graph")
    return tmp_path / "my graph"


@pytest.fixture(scope="module")
def workspace(avgraph: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("review") / "graph"
    assert avgraph("init", root).returncode == 0
    for name, text in TABLES.items():
        entity, type_ = ("film", "Work") if name.startswith("films") else ("person", "Person")
        (root / "records" / f"{name}.csv").write_text(text, encoding="utf-8")
        mapping = MAPPING.format(entity=entity, type=type_, role="entity")
        (root / "records" / f"{name}.toml").write_text(mapping, encoding="utf-8")
    built(avgraph, root)
    return root


def built(avgraph: Run, root: Path) -> str:
    """Build, and return the hash of the content."""
    done = avgraph("build", root, "--json")
    assert done.returncode == 0, done.stderr + done.stdout
    report = json.loads(done.stdout)
    return str(next(v for k, v in flat(report) if k == "content"))


def flat(value: Any, key: str = "") -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [pair for k, v in value.items() for pair in flat(v, k)]
    return [(key, value)]


def queue(avgraph: Run, root: Path, *options: str) -> list[dict[str, Any]]:
    done = avgraph("review", "-g", root, "--json", *options)
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def names(pairs: list[dict[str, Any]]) -> list[str]:
    return [pair["left"]["name"] for pair in pairs]


def lines(root: Path) -> list[list[str]]:
    path = root / "decisions.sssom.tsv"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return [line.split("\t") for line in text.splitlines() if not line.startswith("#")][1:]


def test_the_pair_with_the_most_claims_at_stake_comes_first(avgraph: Run, space: Path) -> None:
    pairs = queue(avgraph, space)
    assert names(pairs)[0] == "Gutland"
    assert sorted(names(pairs)) == ["Ann Poe", "Barrage", "Gutland"]
    assert [p["value"] for p in pairs] == sorted((p["value"] for p in pairs), reverse=True)
    first = pairs[0]
    assert first["value"] == pytest.approx(first["score"] * min(first["left"]["n_claims"], first["right"]["n_claims"]))
    assert {first["left"]["n_claims"], first["right"]["n_claims"]} == {2, 3}
    assert first["features"][0]["feature"] == "id"
    assert names(queue(avgraph, space, "--kind", "people")) == ["Ann Poe"]
    assert names(queue(avgraph, space, "--limit", "1")) == ["Gutland"]


def test_a_verdict_is_a_line_a_build_applies_and_a_deleted_line_undoes(avgraph: Run, space: Path) -> None:
    path = space / "decisions.sssom.tsv"
    before = built(avgraph, space)
    done = avgraph("review", "-g", space, "--author", "A. Curator", stdin="s one film\nd two people\nu\nq\n")
    assert done.returncode == 0, done.stderr
    ruled = {line[1]: line for line in lines(space)}
    order = names(queue(avgraph, space)) + [line[1] for line in lines(space)]
    assert sorted(order) == ["Ann Poe", "Barrage", "Gutland"]
    assert [line[2] for line in lines(space)] == ["skos:exactMatch", "owl:differentFrom", "av:unsure"]
    assert "A. Curator" in ruled["Gutland"]
    assert "one film" in ruled["Gutland"]
    assert any(re.fullmatch(r"\d{4}-\d\d-\d\d", cell) for cell in ruled["Gutland"])
    assert f"3 verdicts (1 same, 1 different, 1 unsure) in {path}; apply with: avgraph build '{space}'" in done.stdout
    assert "nothing to review" in avgraph("review", "-g", space, stdin="s\n").stdout
    during = built(avgraph, space)
    assert during != before
    assert queue(avgraph, space) == []
    merged = json.loads(avgraph("show", "Gutland", "-g", space, "--json").stdout)
    assert {"wikidata:Q1", "wikidata:Q11"} <= set(merged["ids"])
    assert merged["homonyms"] == []
    kept = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in kept if not line.startswith("records/")), encoding="utf-8")
    assert built(avgraph, space) == before
    path.unlink()
    assert built(avgraph, space) == before
    assert len(queue(avgraph, space)) == 3


@pytest.mark.parametrize(("key", "n_open"), [("s", 2), ("d", 2), ("u", 2), ("k", 3)])
def test_every_verdict_settles_its_pair_alone(avgraph: Run, space: Path, key: str, n_open: int) -> None:
    first = queue(avgraph, space)[0]
    avgraph("review", "-g", space, stdin=f"{key}\n")
    built(avgraph, space)
    left = queue(avgraph, space)
    assert len(left) == n_open
    assert (first["left"]["name"] in names(left)) == (key == "k")


def test_back_deletes_exactly_the_line(avgraph: Run, space: Path) -> None:
    path = space / "decisions.sssom.tsv"
    own = "#mapping_set_title: mine\nsubject_id\tpredicate_id\tobject_id\tnote\nimdb:tt9\tav:unsure\timdb:tt8\tkeep me"
    path.write_text(own, encoding="utf-8")
    done = avgraph("review", "-g", space, stdin="s\nd\nb\nb\nb\nu\nq\n")
    assert done.returncode == 0
    assert done.stdout.count("deleted: ") == 2
    assert "this is the first pair" in done.stdout
    text = path.read_text(encoding="utf-8")
    assert text.startswith(own + "\n")
    (added,) = text[len(own) + 1 :].splitlines()
    assert added.split("\t")[1] == "av:unsure"
    assert "1 verdict (1 unsure)" in done.stdout


def test_the_last_verdict_can_be_undone_too(avgraph: Run, space: Path) -> None:
    done = avgraph("review", "-g", space, "--limit", "1", stdin="s\nx\nb\nd\nq\n")
    assert "that was the last pair" in done.stdout
    assert [line[2] for line in lines(space)] == ["owl:differentFrom"]


def test_both_sides_are_shown_with_their_rows_and_what_was_compared(avgraph: Run, space: Path) -> None:
    done = avgraph("review", "-g", space, stdin="?\nx\n")
    assert "1 of 3  possibly the same work, score " in done.stdout
    assert "A  Gutland  [records/films-a.csv]" in done.stdout
    assert "B  Gutland  [records/films-b.csv]" in done.stdout
    assert "records/films-b.csv line 2" in done.stdout
    assert "country: LU|BE|DE" in done.stdout
    assert "imdb:tt0000001 ~ imdb:tt0000001: the same external id" in done.stdout
    assert "no such key: 'x'" in done.stdout
    assert "u  unsure: looked at" in done.stdout
    assert done.stdout.rstrip().endswith("no verdicts")
    assert not (space / "decisions.sssom.tsv").exists() or lines(space) == []


def test_pairs_ruled_by_id_or_iri_are_not_asked(avgraph: Run, space: Path) -> None:
    first, second, *_ = queue(avgraph, space)
    ids = [next(i for i in first[s]["ids"] if i.startswith("wikidata")) for s in ("left", "right")]
    iris = [second[s]["entity"] for s in ("right", "left")]
    (space / "decisions.sssom.tsv").write_text(
        "subject_id\tpredicate_id\tobject_id\n"
        f"{ids[0]}\towl:differentFrom\t{ids[1]}\n{iris[0]}\tav:unsure\t{iris[1]}\n",
        encoding="utf-8",
    )
    assert len(queue(avgraph, space)) == 1


def test_a_comment_holds_for_the_next_verdict(avgraph: Run, space: Path) -> None:
    avgraph("review", "-g", space, "--comment", "second look", stdin="c seen the prints\ns\nu\nq\n")
    assert [line[-1] for line in lines(space)] == ["seen the prints", "second look"]


def test_what_cannot_be_reviewed_is_told(avgraph: Run, tmp_path: Path, space: Path) -> None:
    nowhere = avgraph("review", "-g", tmp_path / "none")
    assert (nowhere.returncode, "is not a workspace" in nowhere.stderr) == (2, True)
    avgraph("init", tmp_path / "new")
    unbuilt = avgraph("review", "-g", tmp_path / "new")
    assert (unbuilt.returncode, "nothing is built there yet" in unbuilt.stderr) == (3, True)
    path = space / "decisions.sssom.tsv"
    path.write_text("subject\tobject\na\tb\n", encoding="utf-8")
    broken = avgraph("review", "-g", space, stdin="s\n")
    assert broken.returncode == 1
    assert "the header lacks" in broken.stderr
    assert path.read_text(encoding="utf-8") == "subject\tobject\na\tb\n"
    assert (
        avgraph("review", "-g", space, stdin="\ud800\n".encode("utf-8", "surrogatepass").decode("latin-1")).returncode
        == 0
    )


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_on_a_terminal_one_key_is_enough(space: Path) -> None:
    import pty
    import termios

    main, other = pty.openpty()
    command = [sys.executable, "-c", "from avgraph.cli import main; main()", "review", "-g", str(space)]
    process = subprocess.Popen(command, stdin=other, stdout=other, stderr=other, close_fds=True)
    os.close(other)

    seen = ""

    def until(text: str) -> None:
        nonlocal seen  # what came in one piece with the text is looked at the next time
        while text not in seen:
            assert select.select([main], [], [], 60)[0], f"{text!r} does not come after {seen!r}"
            seen += os.read(main, 4096).decode("utf-8", "replace")
        seen = seen.partition(text)[2]

    def press(key: bytes) -> None:
        until("s d u k b c q ?")
        for _ in range(600):  # what is typed before the key is waited for is lost
            if not termios.tcgetattr(main)[3] & termios.ICANON:
                break
            time.sleep(0.1)
        os.write(main, key)

    try:
        press(b"c")
        until("comment: ")
        os.write(main, b"by hand\n")
        press(b"U")
        until("2 of 3")
        press(b"\x03")
        until("1 verdict (1 unsure)")
        assert process.wait(timeout=60) == 0
    finally:
        process.kill()
        process.wait()
        os.close(main)
    assert [(line[2], line[-1]) for line in lines(space)] == [("av:unsure", "by hand")]
