"""How probably a proposal is right: by what speaks for it, and by what else is proposed of the same names and words.

Boosted trees tell which proposals the text denies. A logistic model then looks at each proposal by itself; further
trees look at its odds beside those of its rivals (:mod:`avgraph.extraction.features`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np

from avgraph.extraction.features import Row, denial_features, features, matrix
from avgraph.extraction.neural import WEIGHTS
from avgraph.extraction.ranking import UNMEASURED, Proposal
from avgraph.extraction.trees import Trees
from avgraph.model import Document

__all__ = ["BY_DEFINITION", "Calibration", "calibration"]

#: Logits are cut to this range: beyond it they say no more.
_LEAST, _MOST = -6.0, 8.0
#: Odds by itself are cut to this range.
_ODDS = 7.5
#: Added to the odds of a denial where a grant is told with words of refusal: half of these are denied in unseen texts.
_REFUSED = 1.5
#: The same where the text says that a name is lacking.
_LACKING = 10.0
#: A rule without a single error is not taken to be better than this.
_SUREST = 0.98
#: True by the very words that trigger them, though annotators seldom write such facts down.
BY_DEFINITION = {"season-of-series": 0.95}


@dataclass(frozen=True)
class Calibration:
    """What makes a confidence of the evidence, fitted on texts that the reader has not seen.

    Attributes
    ----------
    rules
        Rule → its precision (0..1), drawn towards that of all rules where it is seen seldom. One that is not here
        was seen too seldom to be measured: its facts have at least the confidence UNMEASURED.
    weights
        Name of a feature → weight in the logistic model.
    right
        Trees that give the logarithm of the odds beside rivals; without them a proposal's own odds count.
    denied
        Trees that give the logarithm of the odds that the text denies a proposal.
    precise
        The least confidence of a fact to be kept, set for precision.
    recall
        The same, set for recall: the highest F1.
    """

    rules: Mapping[str, float]
    weights: Mapping[str, float]
    right: Trees | None = field(default=None, repr=False)
    denied: Trees | None = field(default=None, repr=False)
    precise: float = 0.6
    recall: float = 0.35

    def settled(self, document: Document, found: Sequence[Proposal]) -> list[Proposal]:
        """Return the proposals on a document with those denied that its text denies.

        What a rule reads as denied between the two names stays so.
        """
        if self.denied is None or not found:
            return list(found)
        rows = [denial_features(document, proposal) for proposal in found]
        odds = self.denied.margin(matrix(rows, self.denied.names)).tolist()
        return [_with_denial(replace(p, denial=z + _told(p, row))) for p, row, z in zip(found, rows, odds, strict=True)]

    def own(self, proposal: Proposal) -> dict[str, float]:
        """Return name → value of what a proposal's own odds depend on."""
        fact = proposal.fact
        source = "both" if proposal.rule and proposal.scored else "rule" if proposal.rule else "model"
        found = {source: 1.0, f"{source}: {fact.relation}": 1.0}
        if proposal.rule:
            precision = min(_SUREST, self.rules.get(proposal.rule, UNMEASURED))
            found["rule's log-odds"] = math.log(precision / (1 - precision))
        if proposal.logit is None:
            found["unseen"] = 1.0
        else:
            logit = max(_LEAST, min(_MOST, proposal.logit))
            found |= {f"logit, {source}": logit, f"logit above 0, {source}": max(0.0, logit)}
            if proposal.scored:
                found[f"logit: {fact.relation}"] = logit
        if proposal.scored:
            found |= {"names": max(-4.0, proposal.names), f"names, {source}": max(-4.0, proposal.names)}
            found |= {"far": float(proposal.far), "by phrase": float(proposal.by_phrase)}
        if fact.certainty != "asserted":
            found[f"{fact.certainty}: {'both' if proposal.agreed else source}"] = 1.0
        elif source == "both" and not proposal.agreed:
            found["asserted: rule"] = 1.0
        return found

    def odds(self, proposal: Proposal) -> float:
        """Return the logarithm of a proposal's odds by itself, −7.5 to 7.5."""
        z = math.fsum(self.weights.get(name, 0.0) * value for name, value in self.own(proposal).items())
        return max(-_ODDS, min(_ODDS, z))

    def confidences(self, document: Document, found: Sequence[Proposal]) -> list[float]:
        """Return the probability of each proposal on a document.

        They are rounded so that processors that add in another order agree.

        Parameters
        ----------
        document
            The article.
        found
            All proposals on it.
        """
        odds = [self.odds(proposal) for proposal in found]
        if self.right is not None and found:
            odds = self.right.margin(matrix(list(features(document, found, odds)), self.right.names)).tolist()
        return [self._stated(p, round(1 / (1 + math.exp(-z)), 3)) for p, z in zip(found, odds, strict=True)]

    def _stated(self, proposal: Proposal, measured: float) -> float:
        if proposal.rule in BY_DEFINITION:
            return BY_DEFINITION[proposal.rule]
        return max(UNMEASURED, measured) if proposal.rule and proposal.rule not in self.rules else measured


def _told(proposal: Proposal, row: Row) -> float:
    return _REFUSED * (proposal.fact.relation == "supported" and row["refused"] > 0) + _LACKING * row["lacking"]


def _with_denial(proposal: Proposal) -> Proposal:
    certainty, denied = proposal.fact.certainty, proposal.denial > 0
    if denied == (certainty == "negated") or (certainty == "negated" and proposal.rule):
        return proposal
    return replace(proposal, fact=replace(proposal.fact, certainty="negated" if denied else "asserted"))


@lru_cache(maxsize=1)
def calibration() -> Calibration:
    """Return the calibration that the package ships."""
    stated = json.loads((WEIGHTS / "calibration.json").read_text("utf-8"))
    stated.pop("trees")  # the hash of the file, which a test compares
    with np.load(WEIGHTS / "trees.npz") as data:
        arrays = dict(data)
    return Calibration(right=Trees.of(arrays, "right"), denied=Trees.of(arrays, "denied"), **stated)
