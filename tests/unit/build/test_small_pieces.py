"""A build whose tables come in many small pieces says what one in large pieces says."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import polars as pl
import pytest

from avgraph.build import build_workspace
from avgraph.errors import StoreError
from avgraph.graph.snapshot import Snapshot
from avgraph.identity import resolve
from avgraph.workspace import Workspace, init_workspace

MAPPING = """
[entity.film]
type = "Work"
name = "{title}"
ids.imdb = "{id}"
[entity.director]
type = "Person"
name = "{director}"
ids.imdb = "{nm}"
[[claim]]
kind = "Credit"
work = "film"
agent = "director"
role = "director"
"""


def workspace(root: Path) -> Workspace:
    space = init_workspace(root, "pieces")
    rows = [f"Film {n},tt{n:07},Person {n % 7},nm{n % 7:07}" for n in range(1, 30)]
    for name, some in (("a", rows[:20]), ("b", rows[15:])):
        lines = "\n".join(["title,id,director,nm", *some])
        (root / "records" / f"{name}.csv").write_text(lines + "\n", encoding="utf-8")
        (root / "records" / f"{name}.toml").write_text(MAPPING, encoding="utf-8")
    return space


def tables(snapshot: Snapshot) -> dict[str, list[str]]:
    return {name: sorted(map(str, snapshot.table(name).rows())) for name in snapshot.manifest["tables"]}


def test_many_pieces_hold_what_one_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("avgraph.build.identifying.resolve", partial(resolve, settle_from=0))
    whole = build_workspace(workspace(tmp_path / "whole")).snapshot
    monkeypatch.setattr("avgraph.build.units._PIECE_ROWS", 7)
    monkeypatch.setattr("avgraph.graph.writing._PIECE_ROWS", 7)
    monkeypatch.setattr("avgraph.build.units._HELD_ROWS", 7)
    monkeypatch.setattr("avgraph.build.identifying._MANY", 1)
    monkeypatch.setattr("avgraph.build.identifying.apart", lambda task, *arguments: task(*arguments))
    monkeypatch.setattr("avgraph.identity.settled._PART_GROUPS", 5)
    monkeypatch.setattr("avgraph.identity.mentions._ID_ROWS", 5)
    space = workspace(tmp_path / "parted")
    parted = build_workspace(space).snapshot
    assert len(parted.manifest["tables"]["mentions"]["pieces"]) > 5
    assert len(parted.manifest["tables"]["matches"]["pieces"]) > 1
    assert tables(parted) == tables(whole)
    assert parted.manifest["quads"] == whole.manifest["quads"]


def test_identity_decided_by_another_process_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = build_workspace(workspace(tmp_path / "here"))
    monkeypatch.setattr("avgraph.build.identifying._MANY", 1)
    monkeypatch.setattr("avgraph.build.identifying.resolve", None)  # of this process
    apart = build_workspace(workspace(tmp_path / "apart"))
    assert apart.snapshot.manifest["content"] == here.snapshot.manifest["content"]
    assert apart.n_entities == here.n_entities == 36
    assert [issue.message for issue in apart.issues] == [issue.message for issue in here.issues]


def test_a_damaged_kept_table_is_told_with_what_to_do(tmp_path: Path) -> None:
    space = workspace(tmp_path / "w")
    build_workspace(space)
    for path in (space.build_dir / "cache").glob("*/mentions.parquet"):
        path.write_bytes(b"x" * path.stat().st_size)
    with (space.root / "records" / "a.csv").open("a", encoding="utf-8") as rows:
        rows.write("Film 30,tt0000030,Person 1,nm0000001\n")
    with pytest.raises(StoreError, match="a kept table cannot be read") as caught:
        build_workspace(space)
    assert caught.value.hint == "build again with: avgraph build --force"


def test_identity_is_decided_again_only_when_something_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    space = workspace(tmp_path / "w")
    first = build_workspace(space)
    decided: list[int] = []
    monkeypatch.setattr("avgraph.build.identifying.resolve", lambda *a, **k: decided.append(1) or resolve(*a, **k))
    again = build_workspace(space)
    assert (decided, again.changed) == ([], False)
    assert build_workspace(space, force=True).snapshot.manifest["content"] == first.snapshot.manifest["content"]
    assert len(decided) == 1

    verdict = "subject_id\tobject_id\tpredicate_id\tmapping_justification\tpredicate_modifier"
    left, right = first.snapshot.table("entities").filter(pl.col("type") == "Person")["entity"].sort()[:2]
    space.decisions_path.write_text(f"{verdict}\n{left}\t{right}\tskos:exactMatch\tsemapv:ManualMappingCuration\t\n")
    joined = build_workspace(space)
    assert (len(decided), joined.n_entities) == (2, first.n_entities - 1)
    assert (build_workspace(space).n_entities, len(decided)) == (first.n_entities - 1, 2)

    (kept,) = (space.build_dir / "cache").glob("*/assignment.parquet")
    kept.write_bytes(kept.read_bytes()[:-9])  # cut short
    assert (build_workspace(space).n_entities, len(decided)) == (first.n_entities - 1, 3)
