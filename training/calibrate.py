"""How sure is a fact? Fit the calibration on texts the model has not seen, and print what it gives at each threshold.

``python training/calibrate.py FOLDER … --weights DIR … [--output calibration.json]``: the n-th reader was trained
without the n-th fold; what rules and reader propose on that fold is labelled right or wrong, and a logistic model
with a quadratic penalty is fitted. The figures of a fold are with the calibration fitted on the other folds.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from avgraph.evaluation import GoldText, Matcher, read_aliases, read_gold, score
from avgraph.extraction import Extractor
from avgraph.extraction.calibration import BY_DEFINITION, Calibration
from avgraph.extraction.neural import Reader
from avgraph.extraction.ranking import Proposal, facts
from avgraph.sources import read_article
from folds import N_FOLDS, fold_of

Proposed = dict[str, list[Proposal]]
#: Penalties of the squared weights: relations may differ from each other only as far as the texts show it.
_PENALTY = {"common": 0.01, "of a relation": 1.0}
_THRESHOLDS = (0.2, 0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8)

#: A rule seen so many times is half measured, half taken to be like the others.
_PRIOR = 5
#: A rule seen fewer times is not measured at all.
_LEAST = 3


def propose(gold: list[GoldText], extractor: Extractor) -> Proposed:
    """Return the proposals on each text."""
    return {t.name: extractor.propose(read_article(t.document_path, t.name).document) for t in gold}


def labelled(gold: list[GoldText], proposed: Proposed, matcher: Matcher) -> list[tuple[Proposal, bool]]:
    """Return the proposals that match a required fact (right) or none (wrong)."""
    found = []
    for text in gold:
        required = [g for g in text.facts if not g.optional]
        optional = [g for g in text.facts if g.optional]
        for proposal in proposed[text.name]:
            if any(matcher.similarity(proposal.fact, g) for g in required):
                found.append((proposal, True))
            elif not any(matcher.similarity(proposal.fact, g) for g in optional):
                found.append((proposal, False))
    return found


def precisions(examples: list[tuple[Proposal, bool]]) -> dict[str, float]:
    """Return rule → precision, drawn towards that of all rules where a rule is seen seldom (empirical Bayes)."""
    seen: dict[str, list[bool]] = defaultdict(list)
    for proposal, right in examples:
        if proposal.rule is not None and proposal.rule not in BY_DEFINITION:
            seen[proposal.rule].append(right)
    everything = [right for rights in seen.values() for right in rights]
    usual = float(np.mean(everything)) if everything else 0.0
    return {
        rule: round((sum(rights) + _PRIOR * usual) / (len(rights) + _PRIOR), 3)
        for rule, rights in sorted(seen.items())
        if len(rights) >= _LEAST
    }


def fit(examples: list[tuple[Proposal, bool]]) -> Calibration:
    """Fit the logistic model by maximum likelihood with a quadratic penalty (L-BFGS)."""
    rules = precisions(examples)
    unweighted = Calibration(rules, {})
    rows = [unweighted.features(proposal) for proposal, _ in examples]
    names = sorted({name for row in rows for name in row})
    at = {name: i for i, name in enumerate(names)}
    x = np.zeros((len(rows), len(names)))
    for i, row in enumerate(rows):
        for name, value in row.items():
            x[i, at[name]] = value
    y = np.array([right for _, right in examples], float)
    penalty = np.array([_PENALTY["of a relation" if ": " in name else "common"] for name in names])

    def loss(w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        z = x @ w
        value = np.logaddexp(0, z).sum() - y @ z + penalty @ (w * w)
        return float(value), x.T @ (1 / (1 + np.exp(-z)) - y) + 2 * penalty * w

    best = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return Calibration(rules, {name: round(float(w), 4) for name, w in zip(names, best.x, strict=True)})


def report(gold: list[GoldText], proposed: Proposed, rated: dict[str, Calibration], aliases: list[list[str]]) -> None:
    """Print precision, recall and F1 at several thresholds, by language, and the reliability."""
    for threshold in _THRESHOLDS:
        kept = {t.name: facts(proposed[t.name], rated[t.name], threshold) for t in gold}
        result = score(gold, kept, aliases=aliases, n_resamples=1)
        by_language = {k: s.tally for k, s in result.groups["language"].items()}
        parts = "  ".join(
            f"{k} {(t.precision or 0):.3f} {(t.recall or 0):.3f} {(t.f1 or 0):.3f}"
            for k, t in sorted(by_language.items())
        )
        t = result.overall.tally
        print(f"{threshold:.2f}: P {t.precision or 0:.3f} R {t.recall or 0:.3f} F1 {t.f1 or 0:.3f}   {parts}")
    bins: dict[int, list[bool]] = defaultdict(list)
    matcher = Matcher(aliases)
    for proposal, right in labelled(gold, proposed, matcher):
        bins[int(10 * min(0.999, proposal.fact.confidence))].append(right)
    print(
        "confidence: share right (n)", {b / 10: (round(float(np.mean(v)), 2), len(v)) for b, v in sorted(bins.items())}
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--weights", nargs="+", type=Path, required=True)
    parser.add_argument("--first", type=int, default=0, help="Fold of the first reader.")
    parser.add_argument("--precise", type=float, default=0.65, help="Confidence that facts need by default.")
    parser.add_argument("--recall", type=float, default=0.4, help="Confidence that they need with --recall.")
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    gold = [t for folder in arguments.folders for t in read_gold(folder)]
    aliases = [group for folder in arguments.folders for group in read_aliases(folder)]
    matcher = Matcher(aliases)
    proposed: Proposed = {}
    chosen: list[GoldText] = []
    part: dict[str, int] = {}
    for fold, folder in enumerate(arguments.weights, arguments.first):
        reader = Reader(folder, n_threads=2)
        mine = [t for t in gold if fold_of(t.name, N_FOLDS) == fold]
        proposed |= propose(mine, Extractor(0.0, reader=lambda reader=reader: reader))
        chosen += mine
        # a single fold is calibrated in halves
        part |= {t.name: fold if len(arguments.weights) > 1 else fold_of(f"half {t.name}", 2) for t in mine}
    rated: dict[str, Calibration] = {}
    for number in sorted(set(part.values())):
        others = fit(labelled([t for t in chosen if part[t.name] != number], proposed, matcher))
        rated |= {name: others for name, mine in part.items() if mine == number}
    confident = {
        name: [replace(p, fact=replace(p.fact, confidence=rated[name].confidence(p))) for p in found]
        for name, found in proposed.items()
    }
    report(chosen, confident, rated, aliases)
    if arguments.output:
        whole = fit(labelled(chosen, proposed, matcher))
        stated = {"rules": dict(whole.rules), "weights": dict(sorted(whole.weights.items()))}
        stated |= {"precise": arguments.precise, "recall": arguments.recall}
        arguments.output.write_text(json.dumps(stated, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
