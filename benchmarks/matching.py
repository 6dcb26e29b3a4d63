"""How well ``avgraph match`` links two tables whose ids are hidden, and what large tables take.

``python benchmarks/matching.py`` matches the tables of :mod:`matching_tables` at the default threshold, and prints
precision, recall and F1 of the pairs, with and without ``--one-to-one``. Sets of real tables need those of
``../shared/data`` and are left out, with a line that says so, where they are not there.

``--rows 100000`` matches two tables of so many invented works each (four of five of them in both, every third with a
misspelling, another order or spelling of directors, or the next year), and prints seconds and memory.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from identity_sets import MissingError
from matching_tables import TABLES, Tables, invented_works
from measuring import measured, own_peak_mib

import avgraph

_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def figures(tables: Tables, *, one_to_one: bool) -> tuple[int, int, int]:
    """Return how many pairs are true, found, and both."""
    pairs = avgraph.match(tables.left, tables.right, kind=tables.kind, one_to_one=one_to_one).pairs
    found = set(pairs.select("left", "right").iter_rows())
    # A row of which nobody knows what it is proves nothing.
    found = {pair for pair in found if not tables.unknown & set(pair)}
    return len(tables.true), len(found), len(found & tables.true)


def print_set(name: str, tables: Tables) -> None:
    """Print the figures of one set."""
    print(f"\n{name}: {tables.left.height:,} × {tables.right.height:,} rows, {len(tables.true):,} true pairs")
    for one_to_one in (False, True):
        n_true, n_found, n_both = figures(tables, one_to_one=one_to_one)
        precision, recall = n_both / max(1, n_found), n_both / max(1, n_true)
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        how = "one-to-one" if one_to_one else "default"
        print(f"{how:<12} {n_found:>7,} pairs: P {precision:.4f}  R {recall:.4f}  F1 {f1:.4f}", flush=True)


def print_scale(n_rows: int) -> None:
    """Print what two tables of `n_rows` invented works take, matched in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        left, right, true = invented_works(n_rows)
        paths = [Path(folder) / f"{side}.csv" for side in ("left", "right")]
        for path, table in zip(paths, (left, right), strict=True):
            table.write_csv(path)
        usage = measured([sys.executable, __file__, "--one", *paths])
        told = json.loads(usage.output.splitlines()[-1])
    found = {tuple(pair) for pair in told["pairs"]}
    both = len(found & true)
    print(
        f"{n_rows:,} × {n_rows:,} rows: {usage.cpu_s:.0f} s of processor, {usage.wall_s:.0f} s, "
        f"{told['peak_mib']:,.0f} MiB; {len(found):,} pairs, P {both / len(found):.4f}  R {both / len(true):.4f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", default=",".join(TABLES), help="some of these (default: all)")
    parser.add_argument("--data", type=Path, default=_DATA, help="where the real tables are (default ../shared/data)")
    parser.add_argument("--rows", type=int, nargs="+", metavar="N", help="only measure tables of N invented works")
    parser.add_argument("--one", type=Path, nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        pairs = avgraph.match(*given.one).pairs.select("left", "right").rows()
        print(json.dumps({"pairs": pairs, "peak_mib": own_peak_mib()}))
        return
    for n_rows in given.rows or ():
        print_scale(n_rows)
    for name in () if given.rows else given.sets.split(","):
        try:
            print_set(name, TABLES[name](given.data))
        except MissingError as missing:
            print(f"\n{name}: left out, {missing}")


if __name__ == "__main__":
    main()
