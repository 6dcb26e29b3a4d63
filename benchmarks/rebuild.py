"""How long a build takes after one article or one small table of a workspace of about a million quads has changed.

Run it with ``python benchmarks/rebuild.py``. The workspace is written by `workspace_data`, with some hundred articles,
and built. After each change it is built again; a full build of the same files elsewhere must have the same content.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from measuring import FailedError, Usage, measured
from workspace_data import write_workspace

from avgraph.graph.snapshot import current_snapshot


def build(workspace: Path) -> tuple[Usage, str, int]:
    """Build a workspace in a process of its own; return what it took, the content's hash and the number of quads."""
    usage = measured([sys.executable, "-m", "avgraph", "build", workspace])
    snapshot = current_snapshot(workspace / ".avgraph")
    assert snapshot is not None
    return usage, snapshot.manifest["content"], snapshot.manifest["quads"]["count"]


def change_article(workspace: Path) -> None:
    """Add a paragraph to the first article."""
    path = min((workspace / "articles").iterdir())
    path.write_text(path.read_text(encoding="utf-8") + "\nAnna Novak will direct The Long Quay.\n", encoding="utf-8")


def change_table(workspace: Path) -> None:
    """Give another amount in the last row of a small table."""
    path = workspace / "records" / "figures.csv"
    *rows, last = path.read_text(encoding="utf-8").splitlines()
    cells = last.split(",")
    cells[3] = str(int(cells[3]) + 1)
    path.write_text("\n".join([*rows, ",".join(cells)]) + "\n", encoding="utf-8")


def nothing(workspace: Path) -> None:
    """Change nothing."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--films", type=int, default=1300, help="films in the records of the industry (default 1,300)")
    parser.add_argument("--titles", type=int, default=1000, help="titles in the IMDb tables (default 1,000)")
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--no-check", action="store_true", help="make no full builds to compare with")
    arguments = parser.parse_args()
    changes: tuple[tuple[str, Callable[[Path], None]], ...] = (
        ("nothing", nothing),
        ("one article", change_article),
        ("one table of records", change_table),
    )
    with tempfile.TemporaryDirectory(prefix="avgraph-rebuild-") as folder:
        workspace = Path(folder) / "workspace"
        write_workspace(workspace, arguments.films, arguments.titles, arguments.articles)
        print(f"{'changed':<24}{'quads':>12}{'wall s':>9}{'cpu s':>9}{'MiB':>8}  content")
        try:
            usage, _, n_quads = build(workspace)
            _line("all (first build)", n_quads, usage, "")
            for name, change in changes:
                change(workspace)
                usage, content, n_quads = build(workspace)
                told = content[:16]
                if not arguments.no_check:
                    told += " as a full build" if content == _full(workspace) else " OTHER THAN A FULL BUILD"
                _line(name, n_quads, usage, told)
        except FailedError as failed:
            sys.exit(f"error: {failed}")


def _full(workspace: Path) -> str:
    """Return the content of a full build of the same files."""
    copy = workspace.with_name("copy")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(workspace, copy, ignore=shutil.ignore_patterns(".avgraph"))
    return build(copy)[1]


def _line(name: str, n_quads: int, usage: Usage, told: str) -> None:
    print(f"{name:<24}{n_quads:>12,}{usage.wall_s:>9.1f}{usage.cpu_s:>9.1f}{usage.peak_mib:>8,.0f}  {told}", flush=True)


if __name__ == "__main__":
    main()
