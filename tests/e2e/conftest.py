from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def avgraph() -> Run:
    """Run the command line in a process of its own."""

    def run(*args: object, cwd: Path | None = None, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from avgraph.cli import main; main()", *map(str, args)]
        env = {**os.environ, "PYTHONHASHSEED": "random"}
        return subprocess.run(command, capture_output=True, text=True, cwd=cwd, input=stdin, env=env, check=False)

    return run
