"""Building: the same bytes everywhere, whatever happens on the way."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from avgraph.graph.snapshot import current_snapshot
from avgraph.knowledge import open_graph

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "belgium-luxembourg"


def copy_example(target: Path) -> Path:
    shutil.copytree(EXAMPLE, target, ignore=shutil.ignore_patterns(".avgraph"))
    return target


def content(workspace: Path) -> str:
    snapshot = current_snapshot(workspace / ".avgraph")
    assert snapshot is not None
    return str(snapshot.manifest["content"])


def test_two_folders_two_hash_seeds_one_hash(avgraph, tmp_path: Path) -> None:
    hashes = set()
    for name in ("one", "two with a space"):
        workspace = copy_example(tmp_path / name)
        done = avgraph("build", workspace, "--json")
        assert done.returncode == 0, done.stderr
        hashes.add(json.loads(done.stdout)["content"])
        again = json.loads(avgraph("build", workspace, "--json").stdout)
        assert not again["changed"]
        assert again["reused_sources"] == len(again["sources"])
        forced = json.loads(avgraph("build", workspace, "--json", "--force").stdout)
        hashes |= {again["content"], forced["content"]}
    assert len(hashes) == 1


def test_an_unchanged_source_is_not_read_again(avgraph, tmp_path: Path) -> None:
    workspace = copy_example(tmp_path / "w")
    avgraph("build", workspace)
    (workspace / "articles" / "new.txt").write_text(
        "title: New film\nlanguage: en\ndate: 2020-01-02\n---\n“Gutland” was directed by Govinda Van Maele.\n"
    )
    report = json.loads(avgraph("build", workspace, "--json").stdout)
    assert report["reused_sources"] == len(report["sources"]) - 1
    assert report["changed"]


@pytest.mark.slow
def test_killed_builds_leave_the_last_snapshot_and_the_next_one_completes(avgraph, tmp_path: Path) -> None:
    workspace = copy_example(tmp_path / "w")
    late = next(iter(sorted((workspace / "articles").glob("*.html"))))
    text = late.read_bytes()
    late.unlink()
    started = time.monotonic()
    avgraph("build", workspace)
    full_s = time.monotonic() - started
    before = content(workspace)
    clean = copy_example(tmp_path / "clean")
    avgraph("build", clean)
    late.write_bytes(text)
    rng = random.Random(20)
    n_killed = 0
    for _ in range(30):
        if n_killed == 6:
            break
        command = [sys.executable, "-c", "from avgraph.cli import main; main()", "build", "--force", str(workspace)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(rng.uniform(0.05, 0.8) * full_s)
        except subprocess.TimeoutExpired:
            process.kill()
            n_killed += 1
        process.wait()
        assert content(workspace) in (before, content(clean))
        kg = open_graph(workspace)
        assert kg.query("SELECT ?f WHERE { ?f schema:countryOfOrigin ?c } LIMIT 3").to_polars().height == 3
    assert n_killed == 6
    assert avgraph("build", workspace).returncode == 0
    assert content(workspace) == content(clean)
