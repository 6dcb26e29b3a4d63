"""How well avgraph decides what is one entity, beside splink and plain rapidfuzz, in one run on the same data.

Run it with ``python benchmarks/identity.py`` (all sets) or ``--sets hard-people,oscars``; `identity_sets` tells what
the sets are, `identity_data` how they are made. Sets of real tables need those of ``../shared/data``, and are left
out, with a line that says so, where they are not there.

- ``avgraph`` joins at its own automatic threshold.
- ``rapidfuzz`` joins the pairs that avgraph compares by ``token_sort_ratio`` of the names, above the threshold with the
  best pairwise F1 on the part ``dev``.
- ``splink`` judges the same pairs, its threshold chosen likewise. Of four models, which compare names, years and
  countries, and partners as well (+), and are trained without the truth (em) or with that of the part ``train`` (m), it
  has the one that is best on ``dev``. It gets a virtual environment of its own (see `identity_splink`).

Each is a process of its own; seconds are those of the processor without the start of Python, and of splink those of one
of its models. The figures of ``all`` are those of the whole set, part of which two of the three have seen when they
chose a threshold; those of ``test`` are of names that none has seen: of pairs with at least one unit there. Pairs are
pairs of units. ``hard`` leaves out pairs of equal names that no other entity bears. ECE is the expected calibration
error of the scores of all pairs that got one, in ten bins.

``--names 100000`` measures avgraph alone on invented names (see `identity_scale`).
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from identity_data import EvaluationSet
from identity_features import records_of
from identity_sets import HARD_SETS, REAL_SETS, MissingError
from identity_splink import MODELS, splink_python
from measuring import FailedError, measured
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from avgraph.evaluation import Tally, b_cubed, calibration_error, pairwise

__all__ = ["Coverage", "Links", "best_threshold", "coverage", "judged_pairs", "touching"]

_HERE = Path(__file__).resolve().parent
_DATA = _HERE.parents[1] / "shared" / "data"
_METHODS = ("avgraph", "rapidfuzz", "splink")
#: Thresholds to choose from: similarities, and the probabilities of match weights from -25 to 25 (binary logarithms of
#: odds: with prior odds of one in a million, the right threshold may be far from 0.5).
_STEPS = {
    "rapidfuzz": tuple(round(0.5 + 0.01 * step, 2) for step in range(51)),
    "splink": tuple(1 / (1 + 2.0 ** (-step / 2)) for step in range(-50, 51)),
}
_DEFAULT = 0.9


@dataclass(frozen=True)
class Coverage:
    """How many of the true pairs of units are compared.

    Attributes
    ----------
    n_pairs
        Pairs of mentions compared.
    direct, hard
        Share of the true pairs, and of the hard ones, that are among them (0..1, None without any).
    chained
        Share that chains of compared true pairs connect.
    """

    n_pairs: int
    direct: float | None
    hard: float | None
    chained: float | None


def touching(units: pl.DataFrame, part: str, *, hard: bool = False) -> Tally:
    """Count the pairs of units of which at least one is in a part (``all``: all pairs).

    Entities are never parted, so true pairs lie within a part, but wrong ones need not: counting only those within it
    would leave most wrong pairs out, and the smaller the part, the better any method would look.

    Parameters
    ----------
    units
        ref, truth, part, easy, entity (as found).
    part
        ``train``, ``dev``, ``test`` or ``all``.
    hard
        Whether pairs of one easy name are left out.
    """

    def tally(of: pl.DataFrame) -> Tally:
        return pairwise(of["entity"], of["truth"], leave_out=of["easy"] if hard else None)

    every = tally(units)
    if part == "all":
        return every
    without = tally(units.filter(pl.col("part") != part))
    return Tally(*(mine - other for mine, other in zip(every.counts, without.counts, strict=True)))


def judged_pairs(units: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs of mentions whose truth is known, and whether they are one.

    Parameters
    ----------
    units
        ref, truth, part.
    pairs
        left, right, score.

    Returns
    -------
    left, right, score, same, left_part, right_part; a mention of several entities is one with any of theirs.
    """
    known = units.group_by("ref").agg(pl.col("truth").unique(), pl.col("part").first())
    for side in ("left", "right"):
        pairs = pairs.join(
            known.select(pl.all().name.prefix(f"{side}_")), left_on=side, right_on=f"{side}_ref", maintain_order="left"
        )
    same = pl.col("left_truth").list.set_intersection("right_truth").list.len() > 0
    return pairs.with_columns(same=same).drop("left_truth", "right_truth")


class Links:
    """Scored pairs of mentions, to be joined above any threshold.

    Parameters
    ----------
    refs
        Mentions, those of `pairs` among them or not.
    pairs
        left, right, score.
    """

    def __init__(self, refs: Iterable[str], pairs: pl.DataFrame) -> None:
        self.refs = sorted({*refs, *pairs["left"], *pairs["right"]})
        numbers = pl.DataFrame({"ref": self.refs}, schema={"ref": pl.String()}).with_row_index("number")
        self._ends = [
            pairs.join(numbers, left_on=side, right_on="ref", maintain_order="left")["number"].to_numpy()
            for side in ("left", "right")
        ]
        self._scores = pairs["score"].fill_null(0.0).to_numpy()

    def joined(self, threshold: float) -> pl.DataFrame:
        """Return ref and entity when all pairs with at least that score are joined."""
        kept = self._scores >= threshold
        ends = [numbers[kept] for numbers in self._ends]
        n = len(self.refs)
        _, labels = connected_components(coo_matrix((np.ones(kept.sum(), dtype=np.int8), ends), (n, n)), directed=False)
        return pl.DataFrame({"ref": self.refs, "entity": labels}, schema={"ref": pl.String(), "entity": pl.Int64()})


def best_threshold(units: pl.DataFrame, links: Links, steps: Iterable[float]) -> tuple[float, float]:
    """Return the best pairwise F1 on the part dev, and the threshold, of equally good ones the highest."""
    found: list[tuple[float, float]] = []
    for threshold in steps:
        entities = units.join(links.joined(threshold), on="ref", how="left", maintain_order="left")
        found.append((touching(entities, "dev").f1 or 0.0, threshold))
    best = max(found, default=(0.0, _DEFAULT))
    return best if best[0] else (0.0, _DEFAULT)


def coverage(units: pl.DataFrame, judged: pl.DataFrame, n_pairs: int) -> Coverage:
    """Return how many of the true pairs of units are among the pairs of mentions that were compared.

    Parameters
    ----------
    units
        ref, truth, easy.
    judged
        See :func:`judged_pairs`.
    n_pairs
        Pairs compared, with those of which the truth is not known.
    """
    true = judged.filter("same")
    linked = Links(units["ref"], true.with_columns(score=1.0)).joined(1.0)
    chains = units.join(linked, on="ref", how="left", maintain_order="left")
    all_, hard = (pairwise(units["truth"], units["truth"], leave_out=leave) for leave in (None, units["easy"]))
    of = units.select("ref", "truth", "easy")
    both = true.join(of, left_on="left", right_on="ref").join(of, left_on="right", right_on="ref", suffix="_right")
    both = both.filter(pl.col("truth") == pl.col("truth_right"))
    n_hard = both.filter(~(pl.col("easy") == pl.col("easy_right")).fill_null(False)).height
    return Coverage(
        n_pairs,
        _share(both.height, all_.n_required),
        _share(n_hard, hard.n_required),
        _share(pairwise(chains["entity"], chains["truth"]).n_found, all_.n_required),
    )


def _share(n: int, n_all: int) -> float | None:
    return n / n_all if n_all else None


class Table:
    """Prints the figures of one type of a set."""

    _head = "".join(f"{name:>8}" for name in ("P", "R", "F1", "hard P", "hard R", "hard F1", "B³ P", "B³ R", "B³ F1"))

    def __init__(self, name: str, units: pl.DataFrame, found: Coverage) -> None:
        self._units = units
        true = pairwise(units["truth"], units["truth"])
        hard = pairwise(units["truth"], units["truth"], leave_out=units["easy"])
        print(
            f"\n{name}: {units['ref'].n_unique():,} mentions, {units['truth'].n_unique():,} entities, "
            f"{true.n_required:,} true pairs ({hard.n_required:,} hard)\n"
            f"{found.n_pairs:,} pairs compared: recall {_figure(found.direct).strip()}, of hard ones "
            f"{_figure(found.hard).strip()}, by chains {_figure(found.chained).strip()}\n"
            f"{'':<22}{self._head}{'ECE':>8}{'≥':>8}{'cpu s':>8}{'MiB':>7}",
            flush=True,
        )

    def lines(
        self, method: str, entities: pl.DataFrame, judged: pl.DataFrame, threshold: str, took: tuple[float, float]
    ) -> None:
        """Print what a method did: on all, and on the part test."""
        units = self._units.join(entities, on="ref", how="left", maintain_order="left")
        for part in ("all", "test"):
            scored = judged.drop_nulls("score")
            here = None
            if part != "all":
                scored = scored.filter((pl.col("left_part") == part) | (pl.col("right_part") == part))
                here = units["part"] == part
            figures = [*_three(touching(units, part)), *_three(touching(units, part, hard=True))]
            cubed = b_cubed(units["entity"], units["truth"], where=here)
            figures += [cubed.precision, cubed.recall, cubed.f1, calibration_error(scored["score"], scored["same"])]
            told = f"{threshold:>8}{took[0]:>8.1f}{took[1]:>7,.0f}" if part == "all" else ""
            print(f"{method:<15}{part:<7}" + "".join(map(_figure, figures)) + told, flush=True)


def _three(tally: Tally) -> tuple[float | None, float | None, float | None]:
    return tally.precision, tally.recall, tally.f1


def _figure(value: float | None) -> str:
    return f"{'–' if value is None else f'{value:.4f}':>8}"


def one_set(data: EvaluationSet, folder: Path, only: Sequence[str], python: Path | None) -> None:
    """Resolve a set by all methods, and print a table for each type that has true pairs."""
    data.write(folder)
    for method in ("avgraph", "rapidfuzz"):
        if method in only or method == "avgraph":
            _run(method, folder)
    compared = pl.read_parquet(folder / "avgraph" / "pairs.parquet")
    entities = pl.read_parquet(folder / "avgraph" / "entities.parquet")
    for (type_,), units in data.units.sort("type", "ref").group_by("type", maintain_order=True):
        if not pairwise(units["truth"], units["truth"]).n_required:
            continue
        pairs = compared.filter(pl.col("type") == type_).select("left", "right", "score")
        judged = judged_pairs(units, pairs)
        table = Table(f"{data.name}, {type_}", units, coverage(units, judged, len(pairs)))
        table.lines("avgraph", entities, judged, "own", _took(folder / "avgraph"))
        if "rapidfuzz" in only:
            fuzzy = pl.read_parquet(folder / "rapidfuzz" / "pairs.parquet")
            fuzzy = fuzzy.join(pairs, on=["left", "right"], how="semi")
            _thresholded("rapidfuzz", table, units, [fuzzy], _took(folder / "rapidfuzz"))
        if python is not None:
            out = folder / f"splink-{type_}"
            out.mkdir(exist_ok=True)
            records_of(data, type_, pairs).write_parquet(out / "records.parquet")
            try:
                measured([python, _HERE / "identity_splink.py", out / "records.parquet", out, type_])
            except FailedError as failed:
                print(f"{'splink':<15}no model: {str(failed).strip().splitlines()[-1]}")
                continue
            found = [pl.read_parquet(out / f"{model}.parquet") for model in MODELS]
            _thresholded("splink", table, units, found, _took(out))


def _thresholded(
    method: str, table: Table, units: pl.DataFrame, models: Sequence[pl.DataFrame], took: tuple[float, float]
) -> None:
    """Print what the best model finds above its best threshold."""
    links = [Links(units["ref"], pairs) for pairs in models]
    tried = [best_threshold(units, found, _STEPS[method]) for found in links]
    chosen = max(range(len(models)), key=lambda k: (tried[k][0], -k))
    threshold = tried[chosen][1]
    name = f"splink {MODELS[chosen]}" if method == "splink" else method
    judged = judged_pairs(units, models[chosen])
    table.lines(name, links[chosen].joined(threshold), judged, f"{threshold:.3g}", took)


def _run(method: str, folder: Path) -> None:
    measured([sys.executable, _HERE / "identity_methods.py", method, folder, folder / method])


def _took(out: Path) -> tuple[float, float]:
    took = json.loads((out / "took.json").read_text(encoding="utf-8"))
    return took["cpu_s"], took["peak_mib"]


def invented_names(sizes: Sequence[int]) -> None:
    """Print what avgraph takes for that many invented names."""
    head = ("entities", "pairs", "keys s", "all cpu s", "wall s", "MiB", "recall", "P", "R", "F1")
    print(f"\n{'invented names':<15}" + "".join(f"{name:>11}" for name in head))
    for n_names in sizes:
        usage = measured([sys.executable, _HERE / "identity_scale.py", str(n_names)])
        told = defaultdict(float, json.loads(usage.output.splitlines()[-1]))
        print(
            f"{n_names:<15,}{told['n_entities']:>11,}{told['n_pairs']:>11,}{told['candidates_s']:>11.1f}"
            f"{told['cpu_s']:>11.1f}{usage.wall_s:>11.1f}{told['peak_mib']:>11,.0f}"
            + "".join(f"{told[name]:>11.4f}" for name in ("candidate_recall", "precision", "recall", "f1")),
            flush=True,
        )


def main() -> None:
    makers: dict[str, Callable[[Path], EvaluationSet]] = {**REAL_SETS, **HARD_SETS}
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", default=",".join(makers), help="some of these (default: all)")
    parser.add_argument("--only", default=",".join(_METHODS), help="some of these; avgraph is run anyway")
    parser.add_argument("--data", type=Path, default=_DATA, help="where the real tables are (default ../shared/data)")
    parser.add_argument("--folder", type=Path, help="work here")
    parser.add_argument("--keep", action="store_true", help="leave the sets and what the methods found in the folder")
    parser.add_argument("--venv", type=Path, help="where splink is or shall be installed")
    parser.add_argument("--names", type=int, nargs="+", metavar="N", help="only measure avgraph on N invented names")
    arguments = parser.parse_args()
    unknown = [n for n in arguments.sets.split(",") if n not in makers]
    unknown += [n for n in arguments.only.split(",") if n not in _METHODS]
    if unknown:
        parser.error(f"not known: {', '.join(unknown)}")
    if arguments.names:
        invented_names(arguments.names)
        return
    folder = arguments.folder or Path(tempfile.mkdtemp(prefix="avgraph-identity-"))
    python = splink_python(arguments.venv or folder / "splink-venv") if "splink" in arguments.only else None
    try:
        for name in arguments.sets.split(","):
            try:
                data = makers[name](arguments.data)
            except MissingError as missing:
                print(f"\n{name}: left out, {missing}")
                continue
            one_set(data, folder / name, arguments.only.split(","), python)
    except FailedError as failed:
        sys.exit(f"error: {failed}")
    finally:
        if arguments.keep:
            print(f"\nkept in {folder}")
        elif arguments.folder is None:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
