"""How sure is a fact? Fit the calibration on texts the model has not seen, and print what it gives at each threshold.

``python training/calibrate.py FOLDER … --weights DIR … [--output DIR]``: the n-th reader was trained without the n-th
fold; what rules and reader propose on that fold is labelled right or wrong, denied or not. Trees are fitted for the
denials, a logistic model with a quadratic penalty for each proposal's own odds, and trees for the odds beside its
rivals. The figures of a fold are with what was fitted on the other folds. ``--output`` gets ``calibration.json`` and
``trees.npz``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from avgraph.evaluation import GoldFact, GoldText, Matcher, read_aliases, read_gold, score
from avgraph.extraction import Extractor
from avgraph.extraction.calibration import BY_DEFINITION, Calibration
from avgraph.extraction.features import Row, denial_features, features, matrix
from avgraph.extraction.neural import Reader
from avgraph.extraction.ranking import Proposal, facts
from avgraph.extraction.trees import Trees
from avgraph.model import Document, Fact
from avgraph.sources import read_article
from boosting import fit_trees
from folds import N_FOLDS, fold_of

#: Penalties of the squared weights: relations may differ from each other only as far as the texts show it.
_PENALTY = {"common": 0.01, "of a relation": 1.0}
_THRESHOLDS = (0.3, 0.35, 0.4, 0.5, 0.55, 0.6, 0.62, 0.65, 0.7, 0.8)

#: A rule seen so many times is half measured, half taken to be like the others.
_PRIOR = 5
#: A rule seen fewer times is not measured at all.
_LEAST = 3


@dataclass
class Text:
    """An annotated text with what is proposed on it, and the fold whose reader proposed it."""

    gold: GoldText
    document: Document
    found: list[Proposal]
    fold: int

    def right(self, matcher: Matcher) -> list[bool | None]:
        """Tell which proposals match a required fact; None for those that match an optional one alone."""
        required = [g for g in self.gold.facts if not g.optional]
        optional = [g for g in self.gold.facts if g.optional]
        return [
            True
            if any(matcher.similarity(p.fact, g) for g in required)
            else None
            if any(matcher.similarity(p.fact, g) for g in optional)
            else False
            for p in self.found
        ]

    def denied(self, matcher: Matcher) -> list[bool | None]:
        """Tell which proposals the text denies; None for those that match no fact, whatever its status."""
        found: list[bool | None] = []
        for p in self.found:
            first = next((g.fact.certainty for g in self.gold.facts if _same(p.fact, g, matcher)), None)
            found.append(None if first is None else first == "negated")
        return found


def _same(fact: Fact, gold: GoldFact, matcher: Matcher) -> bool:
    return bool(matcher.similarity(replace(fact, certainty=gold.fact.certainty), gold))


def propose(gold: list[GoldText], extractor: Extractor, fold: int) -> list[Text]:
    """Return the texts with the proposals on each."""
    documents = [read_article(text.document_path, text.name).document for text in gold]
    return [Text(t, d, extractor.propose(d), fold) for t, d in zip(gold, documents, strict=True)]


#: Name of a text → for each proposal whether it is right, None where that is left open.
Labels = dict[str, list[bool | None]]


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


@dataclass
class Table:
    """Features of labelled proposals, with the fold of each."""

    names: list[str]
    rows: NDArray[np.float32]
    labels: NDArray[np.bool_]
    folds: NDArray[np.int64]

    @classmethod
    def of(cls, texts: list[Text], labels: Labels, described: Callable[[Text], Iterable[Row]]) -> Table:
        """Return the table of the proposals that have a label."""
        rows: list[Row] = []
        known: list[bool] = []
        folds: list[int] = []
        for text in texts:
            for row, label in zip(described(text), labels[text.gold.name], strict=True):
                if label is not None:
                    rows.append(row)
                    known.append(label)
                    folds.append(text.fold)
        names = list(rows[0])
        return cls(names, matrix(rows, names), np.array(known), np.array(folds))

    def trees(self, without: int | None, **size: float) -> Trees:
        """Return trees fitted on all folds but one, or on all."""
        chosen = self.folds != (-1 if without is None else without)
        return fit_trees(self.names, self.rows[chosen], self.labels[chosen], **size)


def settled(texts: list[Text], denied: Trees) -> list[Text]:
    """Return the texts with those proposals denied that are denied by the trees."""
    calibration = Calibration({}, {}, denied=denied)
    return [replace(text, found=calibration.settled(text.document, text.found)) for text in texts]


def fit_own(texts: list[Text], labels: Labels) -> Calibration:
    """Fit the logistic model by maximum likelihood with a quadratic penalty (L-BFGS)."""
    examples = [
        (proposal, label)
        for text in texts
        for proposal, label in zip(text.found, labels[text.gold.name], strict=True)
        if label is not None
    ]
    rules = precisions(examples)
    unweighted = Calibration(rules, {})
    rows = [unweighted.own(proposal) for proposal, _ in examples]
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


def without(texts: list[Text], fold: int | None) -> list[Text]:
    """Return the texts of all folds but one, or all."""
    return [text for text in texts if text.fold != fold]


def fit(
    texts: list[Text], denied: Labels, matcher: Matcher
) -> tuple[list[Text], Labels, dict[int | None, Calibration]]:
    """Return the texts with denials settled by other folds, which proposals are right, and what was fitted.

    The latter for each fold without it, and under None on all.
    """
    folds: list[int | None] = sorted({text.fold for text in texts})
    table = Table.of(texts, denied, lambda t: (denial_features(t.document, p) for p in t.found))
    denials = {fold: table.trees(fold, n_trees=200, n_leaves=10, rate=0.03) for fold in (*folds, None)}
    texts = [done for fold in folds for done in settled([t for t in texts if t.fold == fold], denials[fold])]
    labels = {text.gold.name: text.right(matcher) for text in texts}
    own = {fold: fit_own(without(texts, fold), labels) for fold in (*folds, None)}
    odds = {text.gold.name: [own[text.fold].odds(p) for p in text.found] for text in texts}
    table = Table.of(texts, labels, lambda t: features(t.document, t.found, odds[t.gold.name]))
    rivals = {fold: table.trees(fold, n_trees=250, n_leaves=31, rate=0.06) for fold in (*folds, None)}
    return texts, labels, {f: replace(own[f], right=rivals[f], denied=denials[f]) for f in (*folds, None)}


def report(
    texts: list[Text], right: Labels, denied: Labels, rated: dict[int | None, Calibration], aliases: list[list[str]]
) -> None:
    """Print precision, recall and F1 at several thresholds, by language, the reliability, and the denials."""
    gold = [text.gold for text in texts]
    confidences = {t.gold.name: rated[t.fold].confidences(t.document, t.found) for t in texts}
    for threshold in _THRESHOLDS:
        kept = {t.gold.name: facts(t.found, confidences[t.gold.name], threshold) for t in texts}
        result = score(gold, kept, aliases=aliases, n_resamples=1)
        by_language = {k: s.tally for k, s in result.groups["language"].items()}
        parts = "  ".join(
            f"{k} {(t.precision or 0):.3f} {(t.recall or 0):.3f} {(t.f1 or 0):.3f}"
            for k, t in sorted(by_language.items())
        )
        t = result.overall.tally
        print(f"{threshold:.2f}: P {t.precision or 0:.3f} R {t.recall or 0:.3f} F1 {t.f1 or 0:.3f}   {parts}")
    bins: dict[int, list[bool]] = defaultdict(list)
    n_asserted = n_denied = 0
    for text in texts:
        name = text.gold.name
        for proposal, confidence, is_right, is_denied in zip(
            text.found, confidences[name], right[name], denied[name], strict=True
        ):
            if is_right is not None:
                bins[int(10 * min(0.999, confidence))].append(is_right)
            if is_denied and confidence >= rated[text.fold].precise:
                n_denied += proposal.fact.certainty == "negated"
                n_asserted += proposal.fact.certainty != "negated"
    shares = {b / 10: (round(float(np.mean(v)), 2), len(v)) for b, v in sorted(bins.items())}
    print("confidence: share right (n)", shares)
    print(f"denied claims: {n_denied} recognised, {n_asserted} taken for true")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--weights", nargs="+", type=Path, required=True)
    parser.add_argument("--first", type=int, default=0, help="Fold of the first reader.")
    parser.add_argument("--precise", type=float, default=0.62, help="Confidence that facts need by default.")
    parser.add_argument("--recall", type=float, default=0.4, help="Confidence that they need with --recall.")
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    gold = [t for folder in arguments.folders for t in read_gold(folder)]
    aliases = [group for folder in arguments.folders for group in read_aliases(folder)]
    texts: list[Text] = []
    for fold, folder in enumerate(arguments.weights, arguments.first):
        reader = Reader(folder, n_threads=2)
        mine = [t for t in gold if fold_of(t.name, N_FOLDS) == fold]
        texts += propose(mine, Extractor(0.0, reader=lambda reader=reader: reader), fold)
    if len(arguments.weights) == 1:  # a single fold is calibrated in halves
        texts = [replace(text, fold=fold_of(f"half {text.gold.name}", 2)) for text in texts]
    calibrate(texts, aliases, arguments.precise, arguments.recall, arguments.output)


def calibrate(texts: list[Text], aliases: list[list[str]], precise: float, recall: float, output: Path | None) -> None:
    """Fit, report, and write what was fitted on all texts."""
    matcher = Matcher(aliases)
    denied = {text.gold.name: text.denied(matcher) for text in texts}
    texts, right, rated = fit(texts, denied, matcher)
    rated = {fold: replace(c, precise=precise, recall=recall) for fold, c in rated.items()}
    report(texts, right, denied, rated, aliases)
    if output:
        whole = rated[None]
        assert whole.right is not None
        assert whole.denied is not None
        np.savez_compressed(output / "trees.npz", **whole.right.arrays("right"), **whole.denied.arrays("denied"))
        stated = {"rules": dict(whole.rules), "weights": dict(sorted(whole.weights.items()))}
        stated |= {"precise": precise, "recall": recall}
        stated |= {"trees": hashlib.sha256((output / "trees.npz").read_bytes()).hexdigest()}
        (output / "calibration.json").write_text(json.dumps(stated, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
