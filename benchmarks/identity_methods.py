"""One way of resolving an evaluation set, in a process of its own: ``python identity_methods.py METHOD SET OUT``.

``avgraph`` resolves the set and notes which pairs it compared, with their scores. ``rapidfuzz`` compares the same pairs
by the similarity of the names alone; what it writes has no entities, for the threshold is chosen afterwards.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import polars as pl
from identity_data import EvaluationSet
from measuring import own_peak_mib
from rapidfuzz import fuzz, utils

from avgraph.identity import Decisions, resolve, stages
from avgraph.identity.nodes import Node
from avgraph.identity.scoring import PairScore

__all__ = ["PAIRS", "main"]

#: What a method writes beside the entities: the pairs that it compared, with a score 0..1 (null: nothing in common).
PAIRS = {"left": pl.String(), "right": pl.String(), "score": pl.Float64()}
_BASE = "https://example.org/id/"


class Noted:
    """The pairs that the stages of a resolution compare, and the scores they get."""

    def __init__(self) -> None:
        self.compared: dict[tuple[str, str, str], tuple[float | None, str]] = {}
        self._candidates, self._score = stages.candidate_pairs, stages.score_pair

    def __enter__(self) -> Noted:
        stages.candidate_pairs, stages.score_pair = self._candidate_pairs, self._score_pair  # type: ignore[assignment]
        return self

    def __exit__(self, *_: object) -> None:
        stages.candidate_pairs, stages.score_pair = self._candidates, self._score

    def _candidate_pairs(self, nodes: Sequence[Node]) -> pl.DataFrame:
        pairs = self._candidates(nodes)
        for a, b in pairs.iter_rows():
            self._note(nodes[a], nodes[b], None)  # some are dismissed before they are compared
        return pairs

    def _score_pair(self, left: Node, right: Node) -> PairScore | None:
        found = self._score(left, right)
        self._note(left, right, found)
        return found

    def _note(self, left: Node, right: Node, found: PairScore | None) -> None:
        refs = left.scene.mentions.refs
        features = json.dumps([f[:2] + f[4:] for f in found.features], ensure_ascii=False) if found else ""
        pair = (left.type, refs[left.number], refs[right.number])
        self.compared[pair] = (found.score if found else None, features)


def run_avgraph(data: EvaluationSet, out: Path) -> float:
    """Resolve a set; write entities and compared pairs; return the seconds of the processor."""
    started = time.process_time()
    with Noted() as noted:
        resolution = resolve(data.mentions, data.claims, Decisions(), _BASE)
    took_s = time.process_time() - started
    resolution.assignment.write_parquet(out / "entities.parquet")
    resolution.matches.write_parquet(out / "matches.parquet")
    schema = {"type": pl.String(), **PAIRS, "features": pl.String()}
    rows = [(*pair, *found) for pair, found in noted.compared.items()]
    pl.DataFrame(rows, schema=schema, orient="row").write_parquet(out / "pairs.parquet")
    return took_s


def run_rapidfuzz(data: EvaluationSet, out: Path) -> float:
    """Compare avgraph's pairs by ``token_sort_ratio``, the best of any two names; return the seconds likewise."""
    pairs = pl.read_parquet(out.parent / "avgraph" / "pairs.parquet").select("left", "right")
    started = time.process_time()
    names = {
        ref: [utils.default_process(text) for text in (name, *further)]
        for ref, name, further in data.mentions.select("ref", "name", "names").iter_rows()
    }
    scores = [
        max(fuzz.token_sort_ratio(a, b) for a in names[left] for b in names[right]) / 100
        for left, right in pairs.iter_rows()
    ]
    took_s = time.process_time() - started
    pairs.with_columns(score=pl.Series(scores, dtype=pl.Float64())).write_parquet(out / "pairs.parquet")
    return took_s


def main() -> None:
    method, folder, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    out.mkdir(parents=True, exist_ok=True)
    run = {"avgraph": run_avgraph, "rapidfuzz": run_rapidfuzz}[method]
    took = {"cpu_s": run(EvaluationSet.read(folder), out), "peak_mib": own_peak_mib()}
    (out / "took.json").write_text(json.dumps(took), encoding="utf-8")


if __name__ == "__main__":
    main()
