"""How probably a proposal is right: a logistic model of what rules and reader say about it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from avgraph.extraction.neural import WEIGHTS
from avgraph.extraction.ranking import UNMEASURED, Proposal

__all__ = ["BY_DEFINITION", "Calibration", "calibration"]

#: Logits are cut to this range: beyond it they say no more.
_LEAST, _MOST = -6.0, 8.0
#: A rule without a single error is not taken to be better than this.
_SUREST = 0.98
#: True by the very words that trigger them, though annotators seldom write such facts down.
BY_DEFINITION = {"season-of-series": 0.95}


@dataclass(frozen=True)
class Calibration:
    """A logistic model, fitted on texts that the reader has not seen.

    Attributes
    ----------
    rules
        Rule → its precision (0..1), drawn towards that of all rules where it is seen seldom. One that is not here
        was seen too seldom to be measured: its facts have at least the confidence UNMEASURED.
    weights
        Name of a feature → weight.
    precise
        The least confidence of a fact to be kept, set for precision.
    recall
        The same, set for recall: the highest F1.
    """

    rules: Mapping[str, float]
    weights: Mapping[str, float]
    precise: float = 0.6
    recall: float = 0.35

    def features(self, proposal: Proposal) -> dict[str, float]:
        """Return name → value of what the confidence depends on."""
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

    def confidence(self, proposal: Proposal) -> float:
        """Return the probability, rounded so that processors that add in another order agree."""
        if proposal.rule in BY_DEFINITION:
            return BY_DEFINITION[proposal.rule]
        z = sum(self.weights.get(name, 0.0) * value for name, value in self.features(proposal).items())
        found = round(1 / (1 + math.exp(-max(-30.0, min(30.0, z)))), 3)
        return max(UNMEASURED, found) if proposal.rule and proposal.rule not in self.rules else found


@lru_cache(maxsize=1)
def calibration() -> Calibration:
    """Return the calibration that the package ships."""
    return Calibration(**json.loads((WEIGHTS / "calibration.json").read_text("utf-8")))
