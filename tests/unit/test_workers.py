"""Work that a process of its own does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from avgraph.errors import SourceError
from avgraph.workers import WorkerError, apart

#: Does its work without a guard, so that no process can start.
UNGUARDED = """
import os
from avgraph.workers import apart
print(apart(os.getpid) == os.getpid())
"""


def failing() -> None:
    raise SourceError("the file cannot be read", "look at it", "records/a.csv")


def dying() -> None:
    os._exit(9)


def test_it_is_another_process_and_its_errors_come_back_whole() -> None:
    assert apart(os.getpid) != os.getpid()
    with pytest.raises(SourceError, match="cannot be read") as caught:
        apart(failing)
    assert (caught.value.hint, caught.value.where) == ("look at it", "records/a.csv")


def test_a_process_that_is_ended_from_outside_is_told() -> None:
    with pytest.raises(WorkerError, match="ended from outside") as caught:
        apart(dying)
    assert caught.value.hint == "perhaps memory ran out"


def test_where_no_process_can_start_this_one_does_it(tmp_path: Path) -> None:
    script = tmp_path / "unguarded.py"
    script.write_text(UNGUARDED, encoding="utf-8")
    run = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert run.stdout.splitlines()[-1] == "True"
