"""The learned reader: one small encoder that tags mentions and scores the relations between them."""

from avgraph.extraction.neural.labels import GENERIC, PAIR_LABELS, STATUS
from avgraph.extraction.neural.reader import WEIGHTS, ModelMissingError, PairScores, Reader, Reading, default_reader

__all__ = ["GENERIC", "PAIR_LABELS", "STATUS", "WEIGHTS", "ModelMissingError", "PairScores", "Reader", "Reading",
           "default_reader"]  # fmt: skip
