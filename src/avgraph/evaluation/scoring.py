"""From annotated texts and extracted facts to an :class:`Evaluation`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from avgraph.errors import Issue, SourceError
from avgraph.evaluation.gold import GoldText, read_aliases, read_gold
from avgraph.evaluation.matching import GoldFact, Matcher, best_matching, distinct
from avgraph.evaluation.result import GROUPS, Evaluation, Judged, Share
from avgraph.evaluation.scores import MEASURES, Score, Tally, bootstrap
from avgraph.evaluation.values import numbers
from avgraph.model import DETAILS, Document, Fact
from avgraph.sources import read_article
from avgraph.text import single_line

__all__ = ["FactExtractor", "Facts", "evaluate_folder", "evaluate_folders", "score"]

N_RESAMPLES = 1000
SEED = 7

#: Qualifiers that are compared by number, and those compared as names.
_BY_NUMBER = ("amount", "year", "season", "date")
_BY_NAME = ("category", "for_work", "territory")


class Facts(Protocol):
    """What an extractor returns."""

    @property
    def facts(self) -> Sequence[Fact]:
        """The facts found."""

    @property
    def issues(self) -> Sequence[Issue]:
        """What stood in the way, such as a language without rules."""


class FactExtractor(Protocol):
    """Anything that finds facts in a document, such as :class:`avgraph.extraction.Extractor`."""

    def extract(self, document: Document) -> Facts:
        """Return the facts of `document`."""


@dataclass
class _Text:
    """The counts of one text."""

    tally: Tally = field(default_factory=Tally)
    relations: defaultdict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    certainty_recall: defaultdict[str, Share] = field(default_factory=lambda: defaultdict(Share))
    certainty: Share = field(default_factory=Share)
    qualifiers: Share = field(default_factory=Share)
    types: Share = field(default_factory=Share)
    evidence: Share = field(default_factory=Share)
    wrong: list[Judged] = field(default_factory=list)
    missed: list[Judged] = field(default_factory=list)

    def count(self, relation: str, tally: Tally) -> None:
        self.tally += tally
        self.relations[relation] += tally


def score(
    gold: Sequence[GoldText],
    predictions: Mapping[str, Sequence[Fact]],
    *,
    aliases: Iterable[Sequence[str]] = (),
    n_resamples: int = N_RESAMPLES,
    seed: int = SEED,
    issues: Iterable[Issue] = (),
) -> Evaluation:
    """Compare extracted facts with annotated ones.

    A prediction is right where it matches a required fact of its text: an accepted relation, subject and object that
    match in the way of their type, and denied where the fact is denied.  Facts of a relation of
    :data:`avgraph.model.DETAILS` count only where some text has an annotation of that relation.  Predictions that match
    only optional facts count neither way; those that repeat another count once.  Recall is the share of required facts
    in a maximum one-to-one matching.

    Parameters
    ----------
    gold
        The annotated texts.
    predictions
        Name of the text → facts; a text that is not named counts as one without facts.
    aliases
        Groups of names of one thing.
    n_resamples, seed
        Of the percentile bootstrap over texts that gives the 95 % intervals.
    issues
        Issues met before, kept in the result.

    Raises
    ------
    SourceError
        If two texts bear one name.
    """
    matcher = Matcher(aliases)
    collected = [*issues, *(issue for text in gold for issue in text.issues)]
    names = [text.name for text in gold]
    if doubles := sorted({name for name in names if names.count(name) > 1}):
        raise SourceError(f"two texts are called {doubles[0]}", hint="rename one of them and its annotations")
    collected += [
        Issue(name, "", "facts for a text that has no annotations", "check the name", severity="warning")
        for name in sorted(set(predictions) - set(names))
    ]
    annotated = {relation for text in gold for fact in text.facts for relation in fact.relations}
    judged = [_judge(text, distinct(_counted(predictions.get(text.name, ()), annotated)), matcher) for text in gold]

    parts: dict[tuple[str, str], list[Tally]] = {("overall", ""): [part.tally for part in judged]}
    for group in ("language", "origin", "layout"):
        for value in sorted({getattr(text, group) for text in gold} - {None}):
            parts[group, value] = [
                part.tally if getattr(text, group) == value else Tally()
                for text, part in zip(gold, judged, strict=True)
            ]
    for relation in sorted({name for part in judged for name in part.relations}):
        parts["relation", relation] = [part.relations.get(relation, Tally()) for part in judged]
    scores = bootstrap(parts, n_resamples=n_resamples, seed=seed)
    certainties = sorted({c for part in judged for c in part.certainty_recall})
    wrong = tuple(j for part in judged for j in part.wrong)
    return Evaluation(
        overall=scores["overall", ""],
        groups={g: {name: scores[group, name] for group, name in parts if group == g} for g in GROUPS},
        texts={n: Score(part.tally, 1, dict.fromkeys(MEASURES)) for n, part in zip(names, judged, strict=True)},
        certainty_recall={c: sum((p.certainty_recall[c] for p in judged), Share()) for c in certainties},
        certainty=sum((p.certainty for p in judged), Share()),
        qualifiers=sum((p.qualifiers for p in judged), Share()),
        types=sum((p.types for p in judged), Share()),
        evidence=sum((p.evidence for p in judged), Share()),
        n_denied_asserted=sum(j.fault == "denial" and j.fact.certainty != "negated" for j in wrong),
        wrong=wrong,
        missed=tuple(j for part in judged for j in part.missed),
        issues=tuple(collected),
        n_resamples=n_resamples,
        seed=seed,
    )


def evaluate_folder(folder: Path, extractor: FactExtractor) -> Evaluation:
    """Read the annotated texts of one folder, extract their facts and score them; see :func:`evaluate_folders`."""
    return evaluate_folders([folder], extractor)


def evaluate_folders(folders: Iterable[Path], extractor: FactExtractor) -> Evaluation:
    """Read the annotated texts of `folders`, extract their facts and score them.

    A text that cannot be read becomes an issue and counts as one without facts.  Name aliases come from
    ``aliases.json`` in each folder, where there is one.

    Raises
    ------
    SourceError
        If a folder holds no annotated texts or two texts bear one name.
    """
    gold: list[GoldText] = []
    aliases: list[list[str]] = []
    for folder in folders:
        gold += read_gold(folder)
        aliases += read_aliases(folder)
    predictions: dict[str, Sequence[Fact]] = {}
    issues: list[Issue] = []
    for text in gold:
        try:
            article = read_article(text.document_path, text.document_path.name)
        except SourceError as error:
            issues.append(Issue(text.document_path.name, "", error.message, error.hint or ""))
            continue
        extracted = extractor.extract(article.document)
        predictions[text.name] = extracted.facts
        issues += [*article.issues, *extracted.issues]
    return score(gold, predictions, aliases=aliases, issues=issues)


def _counted(facts: Sequence[Fact], annotated: Collection[str]) -> list[Fact]:
    """Leave out the details that nobody annotated."""
    return [fact for fact in facts if fact.relation not in DETAILS or fact.relation in annotated]


def _judge(text: GoldText, predictions: Sequence[Fact], matcher: Matcher) -> _Text:
    """Compare the facts of one text."""
    part = _Text()
    required = [g for g in text.facts if not g.optional]
    optional = [g for g in text.facts if g.optional]
    similarity = _similarities(predictions, required, matcher)
    matching = best_matching(similarity)
    for column, gold in enumerate(required):
        fact = gold.fact
        found = column in matching
        part.count(fact.relation, Tally(n_found=int(found), n_required=1))
        part.certainty_recall[fact.certainty] += Share(int(found), 1)
        if found:
            _judge_details(part, predictions[matching[column]], fact, matcher)
        else:
            part.missed.append(_missed(text.name, gold, predictions, similarity[:, column], matcher))
    flat = single_line(text.body)
    for row, prediction in enumerate(predictions):
        evidence = single_line(prediction.evidence)
        part.evidence += Share(int(bool(evidence) and evidence in flat), 1)
        if similarity[row].any():
            part.count(prediction.relation, Tally(n_right=1))
        elif any(matcher.similarity(prediction, gold) for gold in optional):
            part.count(prediction.relation, Tally(n_optional=1))
        else:
            part.count(prediction.relation, Tally(n_wrong=1))
            faults = [(_fault(prediction, gold, matcher), gold.fact) for gold in text.facts]
            part.wrong.append(_worst(text.name, prediction, faults))
    return part


def _similarities(predictions: Sequence[Fact], gold: Sequence[GoldFact], matcher: Matcher) -> NDArray[np.float64]:
    """Return the (n_predictions, n_gold) similarities."""
    values = [[matcher.similarity(prediction, g) for g in gold] for prediction in predictions]
    return np.array(values, dtype=float).reshape(len(predictions), len(gold))


def _judge_details(part: _Text, prediction: Fact, gold: Fact, matcher: Matcher) -> None:
    """Count certainty, types and qualifiers of a prediction that found a fact."""
    part.certainty += Share(int(prediction.certainty == gold.certainty), 1)
    swapped = matcher.is_swapped(prediction, gold)
    types = (prediction.subject_type, prediction.object_type)[:: -1 if swapped else 1]
    part.types += Share(int(types[0] == gold.subject_type) + int(types[1] == gold.object_type), 2)
    stated = frozenset[float]().union(*map(numbers, prediction.qualifiers.values()))
    for key, wanted in gold.qualifiers.items():
        given = prediction.qualifiers.get(key, "")
        by_name = bool(given) and bool(matcher.names.similarity(given, wanted))
        if key in _BY_NAME:
            part.qualifiers += Share(int(by_name), 1)
        elif key in _BY_NUMBER:
            digits = numbers(wanted)
            part.qualifiers += Share(int(bool(digits & stated) if digits else by_name), 1)


def _fault(prediction: Fact, gold: GoldFact, matcher: Matcher) -> int:
    """Return how `prediction` misses `gold`, as an index into ``_FAULTS``."""
    accepted = prediction.relation in gold.relations
    both = bool(matcher.ends(prediction, gold.fact))
    if accepted and both:
        denied = (prediction.certainty == "negated") != (gold.fact.certainty == "negated")
        return _FAULTS.index("denial" if denied else "repeated")
    if both:
        return _FAULTS.index("relation")
    if accepted and matcher.object(prediction, gold.fact):
        return _FAULTS.index("subject")
    if accepted and matcher.subject(prediction, gold.fact):
        return _FAULTS.index("object")
    return _FAULTS.index("nothing near")


#: From the nearest to the farthest.
_FAULTS = ("repeated", "denial", "relation", "subject", "object", "nothing near")


def _worst(text: str, fact: Fact, faults: Sequence[tuple[int, Fact]]) -> Judged:
    """Return the judgement read off the nearest fact of the other side."""
    number, nearest = min(faults, key=lambda f: f[0], default=(len(_FAULTS) - 1, None))
    fault = _FAULTS[number]
    return Judged(text, fact, fault, None if fault == "nothing near" else nearest)


def _missed(
    text: str, gold: GoldFact, predictions: Sequence[Fact], similarity: NDArray[np.float64], matcher: Matcher
) -> Judged:
    if similarity.any():
        return Judged(text, gold.fact, "repeated", predictions[int(similarity.argmax())])
    return _worst(text, gold.fact, [(_fault(p, gold, matcher), p) for p in predictions])
