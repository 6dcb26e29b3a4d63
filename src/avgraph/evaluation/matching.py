"""When an extracted fact is right: comparison with an annotated one, and the one-to-one matching behind recall."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from avgraph.evaluation.names import Names, core_words, word_set
from avgraph.evaluation.values import date_similarity, place_similarity, quantity_similarity
from avgraph.model import Fact
from avgraph.text import fold, name_tokens

__all__ = ["SYMMETRIC", "GoldFact", "Matcher", "best_matching", "distinct"]

#: Relations whose two sides may be exchanged.
SYMMETRIC = frozenset({"partner_of"})
AWARDS = frozenset({"received_award", "nominated_for"})

_YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)\b")
#: Least overlap coefficient of the words of two stated categories.
_SAME_CATEGORY = 0.5
#: What tells two predictions apart that name the same subject, relation and object.
_TELLING = ("category", "amount", "season", "for_work", "year")


@dataclass(frozen=True)
class GoldFact:
    """An annotated fact.

    Attributes
    ----------
    fact
        The fact; :attr:`Fact.confidence` and :attr:`Fact.rule` mean nothing here.
    optional
        Debatable: neither missed nor wrong.
    alternatives
        Other relations a careful reader accepts.
    """

    fact: Fact
    optional: bool = False
    alternatives: tuple[str, ...] = ()

    @property
    def relations(self) -> frozenset[str]:
        """Every accepted relation."""
        return frozenset((self.fact.relation, *self.alternatives))


class Matcher:
    """Compares extracted facts with annotated ones.

    Parameters
    ----------
    aliases
        Groups of names of one thing, see :class:`~avgraph.evaluation.names.Names`.
    """

    def __init__(self, aliases: Iterable[Sequence[str]] = ()) -> None:
        self.names = Names(aliases)

    def similarity(self, prediction: Fact, gold: GoldFact) -> float:
        """Return 0 where `prediction` does not say what `gold` says, else how closely it does (up to about 1.1).

        The relation must be accepted, both or neither be denied, and subject and object match in the way of the
        annotated type.  Agreeing qualifiers only break ties.
        """
        if prediction.relation not in gold.relations:
            return 0.0
        if (prediction.certainty == "negated") != (gold.fact.certainty == "negated"):
            return 0.0
        alike = self.ends(prediction, gold.fact)
        if not alike:
            return 0.0
        agreeing = sum(
            fold(prediction.qualifiers[key]) == fold(value)
            for key, value in gold.fact.qualifiers.items()
            if key in prediction.qualifiers
        )
        return alike + 0.001 * agreeing + 0.0005 * (prediction.relation == gold.fact.relation)

    def ends(self, prediction: Fact, gold: Fact) -> float:
        """Return how well subject and object of two facts agree, whatever the relation says."""
        return max(self._ends(prediction, gold), self._swapped_ends(prediction, gold))

    def is_swapped(self, prediction: Fact, gold: Fact) -> bool:
        """Tell whether `prediction` agrees better with subject and object exchanged, where the relation allows it."""
        return self._swapped_ends(prediction, gold) > self._ends(prediction, gold)

    def subject(self, prediction: Fact, gold: Fact) -> float:
        """Return how well the subjects agree."""
        return self.entity(prediction.subject, gold.subject, gold.subject_type)

    def object(self, prediction: Fact, gold: Fact) -> float:
        """Return how well the objects agree."""
        if gold.relation in AWARDS:
            return self._award(prediction, gold)
        return self.entity(prediction.object, gold.object, gold.object_type)

    def entity(self, name: str, gold_name: str, gold_type: str) -> float:
        """Return how well two names, quantities, dates or places agree."""
        compare = {"Quantity": quantity_similarity, "Date": date_similarity, "Place": place_similarity}.get(gold_type)
        return compare(name, gold_name, self.names) if compare else self.names.similarity(name, gold_name)

    def _ends(self, prediction: Fact, gold: Fact) -> float:
        subject = self.subject(prediction, gold)
        found = self.object(prediction, gold) if subject else 0.0
        return (subject + found) / 2 if found else 0.0

    def _swapped_ends(self, prediction: Fact, gold: Fact) -> float:
        if gold.relation not in SYMMETRIC:
            return 0.0
        return self._ends(replace(prediction, subject=prediction.object, object=prediction.subject), gold)

    def _award(self, prediction: Fact, gold: Fact) -> float:
        """Compare awards by name, however name, category and event were shared out; years do not count.

        A category stated on both sides must agree.
        """
        name, gold_name = _YEAR.sub(" ", prediction.object), _YEAR.sub(" ", gold.object)
        same_name = self.names.similarity(name, gold_name)
        alike = same_name or _award_by_words(name, gold_name, prediction, gold)
        gold_category = gold.qualifiers.get("category")
        if not alike or not gold_category:
            return alike
        category = prediction.qualifiers.get("category", "")
        if category and fold(category) == fold(gold_category):
            return alike + 0.2
        stated = _telling_words(category or (name if same_name < 1 else "")) - _telling_words(gold_name)
        wanted = _telling_words(gold_category)
        if not stated or not wanted:
            return alike
        overlap = len(stated & wanted) / min(len(stated), len(wanted))
        return alike + 0.1 * overlap if overlap >= _SAME_CATEGORY else 0.0


def _award_by_words(name: str, gold_name: str, prediction: Fact, gold: Fact) -> float:
    """Compare awards whose names differ by the words of name, category, event and section together."""
    words, gold_words = _telling_words(name), _telling_words(gold_name)
    gold_all = gold_words | _qualifier_words(gold)
    anchor = words & (gold_words | _telling_words(gold.qualifiers.get("category", "")))
    if words and len(words & gold_all) / len(words) >= 0.6 and (anchor or not gold_words):
        return 0.75
    if gold_words and len(gold_words & (words | _qualifier_words(prediction))) / len(gold_words) >= 0.8:
        return 0.72
    return 0.0


def _qualifier_words(fact: Fact) -> set[str]:
    return _telling_words(" ".join(fact.qualifiers.get(key, "") for key in ("category", "event", "section")))


def _telling_words(text: str) -> set[str]:
    empty = word_set("articles") | word_set("category_stop")
    return {word for word in name_tokens(text) if word not in empty and not word.isdigit()}


def distinct(predictions: Iterable[Fact]) -> list[Fact]:
    """Return the predictions without those that say the same again."""
    kept: dict[tuple[object, ...], Fact] = {}
    for fact in predictions:
        telling = _TELLING if fact.relation != "count_statistic" else (*_TELLING, "role")
        key = (core_words(fact.subject), fact.relation, core_words(fact.object),
               *(fold(fact.qualifiers.get(k, "")) for k in telling))  # fmt: skip
        kept.setdefault(key, fact)
    return list(kept.values())


def best_matching(similarity: NDArray[np.float64]) -> dict[int, int]:
    """Return the one-to-one matching with most pairs, of these the one with the highest sum of similarities.

    Parameters
    ----------
    similarity
        (n_predictions, n_gold), 0 where no pair is possible.

    Returns
    -------
    dict
        Column (gold) → row (prediction).

    Notes
    -----
    A linear assignment (modified Jonker-Volgenant, D. F. Crouse 2016, as in SciPy) in which each possible pair is
    worth more than all similarities together, so that no closer pair ever costs a pair.

    >>> best_matching(np.array([[1.0, 0.9], [0.8, 0.0]]))
    {0: 1, 1: 0}
    """
    possible = similarity > 0
    worth = possible * (2.0 * (min(similarity.shape, default=0) + 1)) + similarity
    rows, columns = linear_sum_assignment(worth, maximize=True)
    pairs = ((int(c), int(r)) for r, c in zip(rows, columns, strict=True) if possible[r, c])
    return dict(sorted(pairs))
