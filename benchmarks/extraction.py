"""How fast articles are read, against the encoder alone; peak memory; what a second process brings.

Run with ``python benchmarks/extraction.py``. The articles are the texts of `training/corpus`, joined and cut at ends of
paragraphs to about 3,000 characters, so that they are as long as press articles. All runs but the last are on one core.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from pathlib import Path

if __name__ == "__main__" and hasattr(os, "sched_setaffinity"):  # worker processes import this, too
    ALL_CORES = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(ALL_CORES)})

import numpy as np

from avgraph.extraction import Extractor, extract_many
from avgraph.extraction.layout import segments
from avgraph.extraction.neural import default_reader
from avgraph.model import Document
from avgraph.sources import read_article

CORPUS = Path(__file__).resolve().parents[1] / "training" / "corpus"
LANGUAGES = ("en", "fr", "de", "nl")
SIZE = 3000


def articles(folder: Path, n: int) -> dict[str, list[Document]]:
    """Return up to `n` articles of about 3,000 characters for each language."""
    found: dict[str, list[Document]] = {language: [] for language in LANGUAGES}
    held = dict.fromkeys(LANGUAGES, "")
    for path in sorted(folder.glob("*.txt")):
        document = read_article(path, path.name).document
        language = document.language
        if language not in found or len(found[language]) >= n:
            continue
        for paragraph in document.text.split("\n\n"):
            held[language] += f"{paragraph}\n\n"
            if len(held[language]) >= SIZE and len(found[language]) < n:
                name = f"{language}-{len(found[language])}.txt"
                found[language].append(Document(name, held[language].strip(), language=language, date="2020"))
                held[language] = ""
    return found


def peak_mib() -> float:
    """Return the largest resident set of this process so far; 0 where the system does not say."""
    try:
        import resource
    except ImportError:
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def embedded(documents: list[Document]) -> list[np.ndarray]:
    """Return what the encoder gets for the windows of the documents."""
    reader, found = default_reader(), []
    run = reader.hidden

    def keep(pieces: np.ndarray) -> np.ndarray:
        found.append(pieces)
        return run(pieces)

    reader.hidden = keep  # type: ignore[method-assign]
    for document in documents:
        reader.tag(segments(document))
    del reader.hidden  # the method again
    return found


def median_s(run: object, n_runs: int) -> tuple[float, float]:
    """Return the medians of wall and CPU time of some runs, in seconds."""
    walls, cpus = [], []
    for _ in range(n_runs):
        wall, cpu = time.perf_counter(), time.process_time()
        run()  # type: ignore[operator]
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return statistics.median(walls), statistics.median(cpus)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=12, help="per language (default 12)")
    parser.add_argument("--runs", type=int, default=3, help="the median of so many is shown (default 3)")
    arguments = parser.parse_args()
    found = articles(CORPUS, arguments.articles)
    extractor = Extractor()
    for documents in found.values():
        extractor.extract(documents[0])  # loads model, word lists and patterns
    print(f"{'':<6}{'articles':>9}{'chars':>8}{'articles/s':>12}{'ms each':>9}{'encoder ms':>12}{'ratio (CPU)':>13}")
    for language, documents in found.items():
        n = len(documents)
        windows = embedded(documents)
        whole_s, whole_cpu_s = median_s(lambda d=documents: [extractor.extract(x) for x in d], arguments.runs)
        bare_s, bare_cpu_s = median_s(lambda w=windows: [default_reader().hidden(x) for x in w], arguments.runs)
        n_chars = sum(len(d.text) for d in documents) // n
        print(
            f"{language:<6}{n:>9}{n_chars:>8,}{n / whole_s:>12.2f}{whole_s / n * 1e3:>9.0f}{bare_s / n * 1e3:>12.0f}"
            f"{whole_cpu_s / bare_cpu_s:>13.2f}"
        )
    print(f"peak memory of one process: {peak_mib():.0f} MiB")
    everything = [d for documents in found.values() for d in documents]
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, ALL_CORES)
    for n_processes in (1, 2):
        started = time.perf_counter()
        n_facts = sum(len(e.facts) for e in extract_many(everything, n_processes))
        seconds = time.perf_counter() - started
        print(f"{n_processes} process(es): {len(everything) / seconds:.2f} articles/s, {n_facts:,} facts")


if __name__ == "__main__":
    main()
