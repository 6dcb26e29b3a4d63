"""Read documents made of mutated pieces of the test texts, and say what fails and what is slow.

Run with ``python benchmarks/fuzz_extraction.py [N]``; the exit code is 1 if a document raises an exception or a fact's
evidence is not what stands at its offsets. The same seed makes the same documents.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "property"))

from junk_texts import GAZETTEER, junk_document

from avgraph.extraction import EMPTY, Extraction, Extractor


def faults(extraction: Extraction, text: str) -> list[str]:
    """Return the facts and claims whose evidence is not in the text where they say."""
    found = [f"{f.relation} {f.start}:{f.end}" for f in extraction.facts if text[f.start : f.end] != f.evidence]
    for kind, table in extraction.tables("00").claims.items():
        rows = table.select("start", "end", "quote").iter_rows()
        found += [f"{kind} {start}:{end}" for start, end, quote in rows if text[start:end] != quote]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("n", nargs="?", type=int, default=2000, help="how many documents (default 2000)")
    parser.add_argument("--seed", type=int, default=0, help="of the first document; the others follow (default 0)")
    arguments = parser.parse_args()
    extractor = Extractor(0.0)
    times: list[tuple[float, int, int]] = []
    n_failed = n_facts = 0
    for seed in range(arguments.seed, arguments.seed + arguments.n):
        rng = random.Random(seed)
        document = junk_document(rng)
        started = time.perf_counter()
        try:
            extraction = extractor.extract(document, GAZETTEER if rng.random() < 0.5 else EMPTY)
            wrong = faults(extraction, document.text)
            n_facts += len(extraction.facts)
        except Exception:
            wrong = [traceback.format_exc()]
        times.append((time.perf_counter() - started, seed, len(document.text)))
        if wrong:
            n_failed += 1
            print(f"seed {seed} ({document.language}):", *wrong, sep="\n  ")
    n_chars = sum(n for _, _, n in times)
    total_s = sum(s for s, _, _ in times)
    print(f"{arguments.n:,} documents, {n_chars:,} characters, {n_facts:,} facts in {total_s:.0f} s; {n_failed} failed")
    print(f"{'slowest: seconds':<18}{'characters':>12}{'s per 10,000':>14}{'seed':>8}")
    for seconds, seed, n in sorted(times, reverse=True)[:8]:
        print(f"{seconds:<18.2f}{n:>12,}{seconds / max(n, 1) * 1e4:>14.2f}{seed:>8}")
    raise SystemExit(1 if n_failed else 0)


if __name__ == "__main__":
    main()
