"""How much memory each stage of ``avgraph build`` takes, with the store or with all but the store.

Run it with ``python benchmarks/memory.py --titles 100000``, on the tables that `records` builds from. Without the
store, quads are written as text and thrown away: what is left is avgraph's own memory, and no disk is filled. For each
stage it tells the seconds by the clock and of the processor, the peak of the resident memory, and how much stood at
its end. Memory is that of the whole tree of processes, seen every 50 ms; pages of files that are mapped count.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import polars as pl
from measuring import FailedError, measured
from records import write_records

from avgraph.build import build_workspace
from avgraph.graph import writing
from avgraph.workspace import Workspace

__all__ = ["Stages"]


class Discarded:
    """Takes lines as :class:`avgraph.graph.storing.BulkLoad` does, writes them as text, and keeps nothing."""

    def __init__(self, path: Path) -> None:
        path.mkdir()
        self._out = Path(os.devnull).open("wb")  # noqa: SIM115 - closed when all is fed
        self._n_quads = 0

    def feed(self, lines: pl.Series) -> None:
        """Write lines to nowhere."""
        self._n_quads += len(lines)
        lines.to_frame().write_csv(self._out, include_header=False, quote_style="never")

    def finish(self) -> int:
        """Return how many lines came; a store would hold each quad once."""
        self._out.close()
        return self._n_quads

    def cancel(self) -> None:
        """End."""
        self._out.close()


class Marks:
    """Notes in a file, line by line, which stage begins and what the processor had done by then."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")
        self._stage = ""

    def tell(self, stage: str, done: int, total: int) -> None:
        """Take what a build tells of its progress."""
        if stage == "claims of records":
            return  # goes on within the reading of a file
        # After the end of a stage that tells only its begin and end comes what does not tell itself.
        now = f"after {stage}" if total == done == 1 else stage
        if now != self._stage:
            self._stage = now
            spent = os.times()  # a stage that runs in a process of its own is counted when that has ended
            cpu_s = spent.user + spent.system + spent.children_user + spent.children_system
            self._file.write(json.dumps([now, cpu_s, time.time()]) + "\n")
            self._file.flush()


class Stages:
    """The stages of a build, each with its memory.

    Parameters
    ----------
    path
        Where :class:`Marks` are noted.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._n_read = 0
        self.rows: list[tuple[str, float, float, list[float]]] = [("start", 0.0, time.time(), [])]

    def watch(self, resident_mib: float) -> None:
        """Add the memory that is seen now to the stage that runs."""
        with self._path.open(encoding="utf-8") as file:
            file.seek(self._n_read)
            for line in file.readlines():
                self._n_read += len(line.encode())
                name, cpu_s, at_s = json.loads(line)
                self.rows.append((name, cpu_s, at_s, []))
        self.rows[-1][3].append(resident_mib)

    def table(self) -> list[tuple[str, float, float, float, float]]:
        """Return name, seconds by the clock and of the processor, peak and last memory (MiB) of each stage."""
        found = []
        for (name, cpu_s, at_s, seen), (_, next_cpu_s, next_at_s, _) in zip(self.rows, self.rows[1:], strict=False):
            found.append((name, next_at_s - at_s, next_cpu_s - cpu_s, max(seen, default=0.0), (seen or [0.0])[-1]))
        return found


def build(workspace: Path, marks: Path, *, with_store: bool) -> None:
    """Build a workspace in this process; note the stages."""
    if not with_store:
        writing.BulkLoad = Discarded
    told = Marks(marks)
    report = build_workspace(Workspace.load(workspace), told.tell, force=True)
    told.tell("end", 0, 0)
    content = report.snapshot.manifest["content"]
    print(f"{report.n_quads:,} quads, {report.n_entities:,} entities, content {content[:16]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--titles", type=int, nargs="+", default=[20_000], help="sizes (default 20,000)")
    parser.add_argument("--without-store", action="store_true", help="throw the quads away")
    parser.add_argument("--folder", type=Path, help="work here, and make no tables again that are there")
    parser.add_argument("--in-process", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.in_process:
        build(arguments.folder, arguments.in_process, with_store=not arguments.without_store)
        return
    folder = arguments.folder or Path(tempfile.mkdtemp(prefix="avgraph-memory-"))
    try:
        for n_titles in arguments.titles:
            one_size(folder / f"{n_titles}-titles", n_titles, without_store=arguments.without_store)
    except FailedError as failed:
        sys.exit(f"error: {failed}")
    finally:
        if arguments.folder is None:
            shutil.rmtree(folder, ignore_errors=True)


def one_size(folder: Path, n_titles: int, *, without_store: bool) -> None:
    """Measure one number of titles."""
    n_rows = write_records(folder, n_titles)
    marks = folder / "stages"
    marks.write_text("", encoding="utf-8")
    stages = Stages(marks)
    command = [sys.executable, __file__, "--folder", folder, "--in-process", marks]
    usage = measured([*command, *(["--without-store"] if without_store else [])], watch=stages.watch)
    shutil.rmtree(folder / ".avgraph")
    print(
        f"{n_titles:,} titles, {n_rows:,} rows{' without the store' if without_store else ''}: {usage.output.strip()}"
    )
    print(f"{'':<28}{'wall s':>9}{'cpu s':>9}{'peak MiB':>10}{'end MiB':>10}")
    for name, wall_s, cpu_s, peak_mib, end_mib in stages.table():
        if peak_mib:  # else it was over before it was seen
            print(f"{name:<28}{wall_s:>9.1f}{cpu_s:>9.1f}{peak_mib:>10,.0f}{end_mib:>10,.0f}")
    print(f"{'all':<28}{usage.wall_s:>9.1f}{usage.cpu_s:>9.1f}{usage.peak_mib:>10,.0f}", flush=True)


if __name__ == "__main__":
    main()
