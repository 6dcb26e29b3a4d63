"""Several processes on the command line: the same lines, and an end when they are told to."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("onnxruntime", reason="needs the articles extra")
MAIN = [sys.executable, "-c", "from avgraph.cli import main; main()"]


@pytest.fixture
def articles(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"{i}.txt" for i in range(3)]
    for i, path in enumerate(paths):
        path.write_text(f"language: en\n---\n“Gutland {i}” was directed by Govinda Van Maele.\n", encoding="utf-8")
    return paths


def test_extract_prints_the_same_whatever_the_number_of_processes(
    avgraph, articles: list[Path], tmp_path: Path
) -> None:
    empty = tmp_path / "1b.txt"
    empty.write_text("")
    files = sorted([*articles, empty])
    one, two = (avgraph("extract", *files, "--json", "--jobs", n) for n in ("1", "2"))
    assert (two.returncode, two.stdout, two.stderr) == (one.returncode, one.stdout, one.stderr)
    assert one.returncode == 1
    assert one.stdout.count("directed") >= 3
    assert "1b.txt" in one.stderr


def test_no_process_is_a_usage_error(avgraph, articles: list[Path]) -> None:
    done = avgraph("extract", *articles, "--jobs", "0")
    assert done.returncode == 2
    assert "--jobs" in done.stderr


@pytest.mark.skipif(not shutil.which("ps"), reason="needs ps and process groups")
def test_an_interrupt_ends_all_processes_without_a_traceback(articles: list[Path], tmp_path: Path) -> None:
    long = tmp_path / "long.txt"
    long.write_text("language: en\n---\n" + articles[0].read_text("utf-8").split("---\n")[1] * 3000, encoding="utf-8")
    command = [*MAIN, "extract", str(articles[0]), str(long), str(long), "--jobs", "2"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    process.stdout.readline()  # the first article is read, the workers are at the long ones
    time.sleep(0.2)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted" in errors
    assert "Traceback" not in errors
    deadline = time.monotonic() + 20
    while _living(process.pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert _living(process.pid) == []


@pytest.mark.skipif(not shutil.which("ps"), reason="needs ps and process groups")
@pytest.mark.parametrize("delay_s", [0.0, 0.15, 0.4])
def test_an_interrupt_while_processes_start_shows_no_traceback(articles: list[Path], delay_s: float) -> None:
    process = subprocess.Popen(
        [*MAIN, "extract", *map(str, articles * 3), "--jobs", "2"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    while process.poll() is None and len(_living(process.pid)) < 3:  # this process, Python's tracker, and a worker
        time.sleep(0.01)
    time.sleep(delay_s)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors.strip()) == (130, "interrupted")


def _living(group: int) -> list[int]:
    """Return the processes of a group that have not ended."""
    done = subprocess.run(["ps", "-A", "-o", "pgid=,pid=,stat="], capture_output=True, text=True, check=True)
    rows = (line.split() for line in done.stdout.splitlines())
    return [int(pid) for pgid, pid, state in rows if int(pgid) == group and not state.startswith("Z")]
