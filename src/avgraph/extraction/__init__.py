"""From press articles to facts with their evidence."""

from avgraph.extraction.extractor import Extraction, Extractor, language_issue
from avgraph.extraction.gazetteer import EMPTY, Gazetteer
from avgraph.extraction.parallel import WorkerError, extract_many, usable_cpus

__all__ = ["EMPTY", "Extraction", "Extractor", "Gazetteer", "WorkerError", "extract_many", "language_issue",
           "usable_cpus"]  # fmt: skip
