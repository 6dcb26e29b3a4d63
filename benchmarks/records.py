"""From records to a graph that can be asked: avgraph beside the bare bulk loader, morph-kgc and rdflib.

Run it with ``python benchmarks/records.py --titles 20000``; one table compares, in one run on the same data:

- ``avgraph build`` of the tables of titles, credits and people that `imdb_data` writes;
- the bare Oxigraph bulk loader on the N-Quads of that build, which is the limit, with and without `optimize`;
- morph-kgc on the same tables (see `morph`), and the loader on what it wrote;
- rdflib, which parses the N-Quads into its Dataset in memory, up to `--rdflib-quads` of them.

Each is a process of its own. Memory is that of the whole tree of processes.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from itertools import islice
from pathlib import Path

import pyoxigraph
from imdb_data import write_imdb
from measuring import FailedError, Usage, measured
from morph import morph_python, write_morph

from avgraph.graph.snapshot import current_snapshot

_MAPPINGS = Path(__file__).resolve().parent / "mappings"
_TABLES = ("title.basics", "title.principals", "name.basics")
_LOAD = """\
import sys, pyoxigraph
store = pyoxigraph.Store(sys.argv[2])
store.bulk_load(path=sys.argv[1], format=pyoxigraph.RdfFormat.N_QUADS)
if len(sys.argv) > 3:
    store.optimize()
store.flush()
"""
_PARSE = "import sys, rdflib; print(len(rdflib.Dataset().parse(sys.argv[1], format='nquads')))"


class Table:
    """Prints one line for each way, with its ratios by the quad to the bare load: by the clock, of the processor."""

    def __init__(self) -> None:
        self.bare: tuple[float, float] | None = None
        head = (
            ("rows", 12), ("quads", 13), ("wall s", 9), ("cpu s", 9), ("rows/s", 11), ("quads/s", 11), ("MiB", 8),
        )  # fmt: skip
        print(
            f"{'':<34}" + "".join(f"{name:>{width}}" for name, width in head) + f"{'× bare':>9}{'(cpu)':>8}", flush=True
        )

    def line(self, name: str, n_rows: int, n_quads: int, usage: Usage) -> None:
        """Print a line."""
        ratios = ""
        if self.bare is not None:
            ratios = f"{usage.wall_s / n_quads / self.bare[0]:>9.2f}{usage.cpu_s / n_quads / self.bare[1]:>8.2f}"
        print(
            f"{name:<34}{n_rows:>12,}{n_quads:>13,}{usage.wall_s:>9.1f}{usage.cpu_s:>9.1f}"
            f"{n_rows / usage.wall_s:>11,.0f}{n_quads / usage.wall_s:>11,.0f}{usage.peak_mib:>8,.0f}{ratios}",
            flush=True,
        )


def build(workspace: Path) -> tuple[Usage, int]:
    """Build the workspace with avgraph; return what that took and the number of quads."""
    usage = measured([sys.executable, "-m", "avgraph", "build", "--force", workspace])
    snapshot = current_snapshot(workspace / ".avgraph")
    assert snapshot is not None
    return usage, snapshot.manifest["quads"]["count"]


def load(quads: Path, store: Path, *, optimize: bool = False) -> Usage:
    """Load N-Quads into a new store."""
    shutil.rmtree(store, ignore_errors=True)
    return measured([sys.executable, "-c", _LOAD, quads, store, *(["optimize"] if optimize else [])])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--titles", type=int, nargs="+", default=[20_000], help="sizes (default 20,000)")
    parser.add_argument("--only", default="avgraph,bare,morph,rdflib", help="some of these; the build is made anyway")
    parser.add_argument("--rdflib-quads", type=int, default=1_000_000, help="parse at most so many (default 1,000,000)")
    parser.add_argument("--folder", type=Path, help="work here, and make nothing again that is there")
    parser.add_argument("--keep", action="store_true", help="leave the data, the builds and the stores in the folder")
    parser.add_argument("--venv", type=Path, help="where morph-kgc is or shall be installed")
    arguments = parser.parse_args()
    only = arguments.only.split(",")
    folder = arguments.folder or Path(tempfile.mkdtemp(prefix="avgraph-records-"))
    python = morph_python(arguments.venv or folder / "morph-venv") if "morph" in only else None
    table = Table()
    try:
        for n_titles in arguments.titles:
            one_size(folder / f"{n_titles}-titles", n_titles, only, python, arguments.rdflib_quads, table)
    except FailedError as failed:
        sys.exit(f"error: {failed}")
    finally:
        if not arguments.keep and arguments.folder is None:
            shutil.rmtree(folder, ignore_errors=True)


def write_records(folder: Path, n_titles: int) -> int:
    """Write a workspace with the tables that are read, unless it is there; return their number of rows."""
    records = folder / "records"
    if not records.exists():
        rows = write_imdb(records, n_titles, gz=True)
        for name in rows:
            if name not in _TABLES:
                (records / f"{name}.tsv.gz").unlink()
        for name in _TABLES:
            shutil.copy(_MAPPINGS / f"{name}.toml", records)
        (folder / "avgraph.toml").write_text('[workspace]\nname = "Titles"\n', encoding="utf-8")
        (folder / "rows").write_text(str(sum(rows[name] for name in _TABLES)), encoding="ascii")
    return int((folder / "rows").read_text(encoding="ascii"))


def one_size(folder: Path, n_titles: int, only: list[str], python: Path | None, n_rdflib: int, table: Table) -> None:
    """Measure everything for one number of titles."""
    n_rows = write_records(folder, n_titles)
    print(f"{n_titles:,} titles")
    built, n_quads = build(folder)
    quads = folder / "avgraph.nq"
    if "bare" in only or "rdflib" in only:
        snapshot = current_snapshot(folder / ".avgraph")
        assert snapshot is not None
        pyoxigraph.Store.read_only(str(snapshot.store_path)).dump(str(quads), format=pyoxigraph.RdfFormat.N_QUADS)
    if "bare" in only:
        bare = load(quads, folder / "bare-store")
        table.bare = (bare.wall_s / n_quads, bare.cpu_s / n_quads)
        table.line("bare bulk load", n_rows, n_quads, bare)
        table.line("bare bulk load, optimize", n_rows, n_quads, load(quads, folder / "bare-store", optimize=True))
    table.line("avgraph build", n_rows, n_quads, built)
    if python is not None:
        config = write_morph(folder / "records", folder / "morph")
        mapped = measured([python, "-m", "morph_kgc", config])
        loaded = load(folder / "morph" / "quads.nq", folder / "morph-store")
        with (folder / "morph" / "quads.nq").open("rb") as lines:
            n_mapped = sum(1 for _ in lines)
        table.line("morph-kgc", n_rows, n_mapped, mapped)
        table.line("bulk load of what it wrote", n_rows, n_mapped, loaded)
        both = Usage(
            mapped.wall_s + loaded.wall_s, mapped.cpu_s + loaded.cpu_s, max(mapped.peak_mib, loaded.peak_mib), ""
        )
        table.line("morph-kgc and load", n_rows, n_mapped, both)
        print(f"{'':<34}avgraph is {_faster(both, n_mapped, built, n_quads)}")
    if "rdflib" in only:
        part = folder / "part.nq"
        with quads.open("rb") as lines, part.open("wb") as out:
            out.writelines(islice(lines, n_rdflib))
        n_part = min(n_quads, n_rdflib)
        parsed = measured([sys.executable, "-c", _PARSE, part])
        told = "rdflib" if n_part == n_quads else "rdflib, a part of the quads"
        table.line(told, round(n_rows * n_part / n_quads), n_part, parsed)
        print(f"{'':<34}avgraph is {_faster(parsed, n_part, built, n_quads)}")


def _faster(other: Usage, n_other: int, own: Usage, n_own: int) -> str:
    wall, cpu = (
        other_s / n_other * n_own / own_s for other_s, own_s in ((other.wall_s, own.wall_s), (other.cpu_s, own.cpu_s))
    )
    return f"{wall:.2f} times as fast by the quad ({cpu:.2f} by processor time)"


if __name__ == "__main__":
    main()
