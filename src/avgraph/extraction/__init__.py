"""From press articles to facts with their evidence."""

from avgraph.extraction.extractor import Extraction, Extractor
from avgraph.extraction.gazetteer import EMPTY, Gazetteer

__all__ = ["EMPTY", "Extraction", "Extractor", "Gazetteer"]
