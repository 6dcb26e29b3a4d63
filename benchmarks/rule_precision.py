"""Measure the precision of every extraction rule on an annotated corpus; the result is the rules' confidence.

    python benchmarks/rule_precision.py ../shared/corpus [--write] [--wrong N]

The corpus folder holds ``score.py`` and ``train/`` with ``<name>.txt`` and ``<name>.jsonl``. A rule's confidence is its precision with
two right and one wrong fact added (Laplace-like smoothing towards 0.67), so that rules seen rarely stay moderate.
"""  # noqa: E501

from __future__ import annotations

import argparse
import collections
import importlib.util
import json
import time
from pathlib import Path
from typing import Any

from avgraph.extraction import Extractor
from avgraph.model import Document

_TARGET = Path(__file__).resolve().parents[1] / "src/avgraph/extraction/lexicon/rule_confidence.json"


def load_scorer(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location("score", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path}: not a Python module")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.load_aliases()
    return module


def measure(corpus: Path, wrong: int) -> dict[str, tuple[int, int]]:
    """Return rule → (right, wrong) over the training texts; optional gold facts count for neither."""
    scorer, extractor = load_scorer(corpus / "score.py"), Extractor(minimum_confidence=0.0)
    counts: dict[str, list[int]] = collections.defaultdict(lambda: [0, 0])
    shown: dict[str, list[str]] = collections.defaultdict(list)
    n_chars, begin = 0, time.perf_counter()
    for path in sorted((corpus / "train").glob("*.txt")):
        header, body = scorer.header(path)
        if header["language"] not in ("en", "fr"):
            continue
        gold = scorer.load(path.with_suffix(".jsonl"))
        document = Document(path.name, body, language=header["language"], date=header.get("date"))
        n_chars += len(body)
        for fact in extractor.extract(document).facts:
            predicted = fact.to_json()
            hits = [g for g in gold if scorer.fact_sim(predicted, g) > 0]
            rule = fact.rule.split("@")[0]
            if any(not g.get("optional") for g in hits):
                counts[rule][0] += 1
            elif not hits:
                counts[rule][1] += 1
                shown[rule].append(f"{path.stem}: {fact.subject} | {fact.relation} | {fact.object} | {fact.certainty}")
            else:
                counts[rule][0] += 0
    seconds = time.perf_counter() - begin
    for rule, (right, n_wrong) in sorted(counts.items(), key=lambda item: -item[1][1]):
        print(f"{rule:<42}{right:>6}{n_wrong:>6}   {right / max(1, right + n_wrong):.2f}")
        for line in shown[rule][:wrong]:
            print("      ", line)
    print(f"{n_chars / 3000 / seconds:.1f} articles of 3000 characters a second")
    return {rule: (right, n_wrong) for rule, (right, n_wrong) in counts.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--write", action="store_true", help="store the result with the lexicon")
    parser.add_argument("--wrong", type=int, default=0, help="show this many wrong facts of each rule")
    arguments = parser.parse_args()
    counts = measure(arguments.corpus, arguments.wrong)
    if arguments.write:
        confidence = {
            rule: round((right + 2) / (right + wrong + 3), 3) for rule, (right, wrong) in sorted(counts.items())
        }
        _TARGET.write_text(json.dumps({"confidence": confidence}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
