"""A build by several processes writes what a build by one writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from avgraph.build import build_workspace
from avgraph.errors import SourceError
from avgraph.extraction import EMPTY, Extraction, Extractor, Gazetteer
from avgraph.graph.snapshot import current_snapshot
from avgraph.model import Document
from avgraph.workspace import Workspace, init_workspace

pytest.importorskip("onnxruntime", reason="needs the articles extra")
TEXTS = ("“Gutland” was directed by Govinda Van Maele.", "“Cargo” is produced by De Wereldvrede Films.", "")


def workspace(root: Path) -> Workspace:
    space = init_workspace(root, "jobs")
    for i, text in enumerate(TEXTS):
        head = f"title: T{i}\nlanguage: en\ndate: 2020-01-0{i + 1}\n---\n" if text else ""
        (space.root / "articles" / f"{i}.txt").write_text(head + text, encoding="utf-8")
    return space


def test_the_snapshot_does_not_depend_on_the_number_of_processes(tmp_path: Path) -> None:
    spaces = [workspace(tmp_path / name) for name in ("one", "two")]
    steps: list[tuple[str, int, int]] = []
    one, two = (
        build_workspace(space, lambda *step: steps.append(step), n_jobs=n)
        for n, space in enumerate(spaces, 1)
    )  # fmt: skip
    assert one.n_claims == two.n_claims != {}
    assert one.issues == two.issues
    assert one.sources.equals(two.sources)
    contents = [current_snapshot(space.build_dir) for space in spaces]
    assert len({snapshot.manifest["content"] for snapshot in contents if snapshot}) == 1
    assert steps.count(("extracting facts", 2, 2)) == 2
    again = build_workspace(spaces[1], n_jobs=2)
    assert not again.changed
    assert again.n_reused == 2


class Refusing(Extractor):
    """Cannot read one of the articles."""

    def extract(self, document: Document, gazetteer: Gazetteer = EMPTY) -> Extraction:
        if "Cargo" in document.text:
            raise SourceError("cannot be read to its end", "split it", document.path)
        return super().extract(document, gazetteer)


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_an_article_that_fails_costs_itself_only(tmp_path: Path, monkeypatch, n_jobs: int) -> None:
    space = workspace(tmp_path / "w")
    monkeypatch.setattr("avgraph.build.pipeline.Extractor", Refusing)
    report = build_workspace(space, n_jobs=n_jobs)
    assert ("articles/1.txt", "cannot be read to its end") in {(i.source, i.message) for i in report.issues}
    rows = {row["source"]: (row["n_accepted"], row["n_quarantined"]) for row in report.sources.to_dicts()}
    assert rows == {"articles/0.txt": (1, 0), "articles/1.txt": (0, 1), "articles/2.txt": (0, 1)}
    monkeypatch.undo()
    assert build_workspace(space, n_jobs=n_jobs).n_claims.keys() > report.n_claims.keys()
