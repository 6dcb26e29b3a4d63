"""Run a command and tell its time, its processor time and the peak memory of its whole tree of processes."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["FailedError", "Usage", "measured", "own_peak_mib", "proportional_mib"]

_EVERY_S = 0.05


class FailedError(Exception):
    """The command ended with an error; the message is the end of what it wrote."""


@dataclass(frozen=True)
class Usage:
    """What a command took.

    Attributes
    ----------
    wall_s, cpu_s
        Seconds by the clock, and of all its processes together.
    peak_mib
        Largest sum of the resident memory of its processes, shared pages counted in each; seen every 50 ms.
    output
        What it wrote to stdout.
    """

    wall_s: float
    cpu_s: float
    peak_mib: float
    output: str


def measured(
    command: Sequence[str | Path], cwd: Path | None = None, watch: Callable[[float], None] | None = None
) -> Usage:
    """Run `command` to its end.

    Parameters
    ----------
    command, cwd
        What to run, and where.
    watch
        Told the resident memory of all its processes (MiB) each time it is seen.

    Raises
    ------
    FailedError
        If it ends with an error.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as out:
        started = time.perf_counter()
        process = subprocess.Popen([str(part) for part in command], cwd=cwd, stdout=out, stderr=subprocess.STDOUT)
        peak_mib = 0.0
        while True:
            resident_mib = sum(_resident_mib(pid) for pid in _tree(process.pid))
            peak_mib = max(peak_mib, resident_mib)
            if watch is not None:
                watch(resident_mib)
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            time.sleep(_EVERY_S)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall_s = time.perf_counter() - started
        out.seek(0)
        output = out.read()
    if process.returncode:
        raise FailedError(f"{command[0]} ended with {process.returncode}: {output[-2000:]}")
    own_mib = usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    return Usage(wall_s, usage.ru_utime + usage.ru_stime, max(peak_mib, own_mib), output)


def _tree(pid: int) -> Iterator[int]:
    """Yield a process and all that it started, where the system tells."""
    yield pid
    try:
        children = [
            int(child) for path in Path(f"/proc/{pid}/task").glob("*/children") for child in path.read_text().split()
        ]
    except OSError:
        return
    for child in children:
        yield from _tree(child)


def _resident_mib(pid: int) -> float:
    try:
        n_pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return float(n_pages * os.sysconf("SC_PAGE_SIZE") / 2**20)


def proportional_mib(pid: int) -> float:
    """Return the memory of a process and all that it started, pages that several share counted once (Linux)."""
    n_kib = 0
    for each in _tree(pid):
        try:
            told = Path(f"/proc/{each}/smaps_rollup").read_text(encoding="ascii")
        except OSError:
            continue
        n_kib += next((int(line.split()[1]) for line in told.splitlines() if line.startswith("Pss:")), 0)
    return n_kib / 2**10


def own_peak_mib() -> float:
    """Return the largest resident memory of this process so far, without that of the process that started it."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) / 2**10
    except (OSError, StopIteration):
        unit = 2**20 if sys.platform == "darwin" else 2**10
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
