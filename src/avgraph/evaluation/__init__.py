"""Evaluation: extracted facts against annotated texts, with intervals, faults and floors; entities against true ones.

Names, amounts, dates and places are compared the way a careful reader does; the lists this needs are data files of
this package, so that the measure does not move with what it measures.
"""

from avgraph.evaluation.floors import Floor, below_floors, read_floors
from avgraph.evaluation.gold import GoldText, read_aliases, read_gold
from avgraph.evaluation.identity import b_cubed, calibration_bins, calibration_error, pairwise
from avgraph.evaluation.matching import GoldFact, Matcher
from avgraph.evaluation.result import Evaluation, Judged, Share
from avgraph.evaluation.scores import Score, Tally
from avgraph.evaluation.scoring import FactExtractor, evaluate_folder, evaluate_folders, score

__all__ = [
    "Evaluation",
    "FactExtractor",
    "Floor",
    "GoldFact",
    "GoldText",
    "Judged",
    "Matcher",
    "Score",
    "Share",
    "Tally",
    "b_cubed",
    "below_floors",
    "calibration_bins",
    "calibration_error",
    "evaluate_folder",
    "evaluate_folders",
    "pairwise",
    "read_aliases",
    "read_floors",
    "read_gold",
    "score",
]
