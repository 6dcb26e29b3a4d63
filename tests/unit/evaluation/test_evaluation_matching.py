from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avgraph.evaluation import GoldFact, Matcher
from avgraph.evaluation.matching import best_matching, distinct
from avgraph.evaluation.values import date_parts, numbers
from avgraph.model import Fact

ALIASES = [["Film and Audio-visual Centre", "CCA"], ["Oscar", "Academy Award"]]
MATCHER = Matcher(ALIASES)


def fact(subject: str, relation: str, object_: str, **more: object) -> Fact:
    types = {"subject_type": "Organization", "object_type": "Work"}
    given_ = {"evidence": "…", "start": 0, "end": 1, **types, **more}
    return Fact(subject=subject, relation=relation, object=object_, **given_)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("left", "right", "type_", "same"),
    [
        ("CCA", "Film and Audio-visual Centre", "Organization", True),
        ("C.C.A.", "CCA", "Organization", True),
        ("Wagner", "Christophe Wagner", "Person", True),
        ("Melusine Productions SA", "Mélusine Productions", "Organization", True),
        ("l'Été", "ETE", "Work", True),
        ("Canal +", "Canal+", "Organization", True),
        ("Unité 42", 'The second season of "Unité 42"', "Work", True),
        ("Christophe Wagnr", "Christophe Wagner", "Person", True),
        ("Close", "Girl", "Work", False),
        ("Film Fund", "Film Academy", "Organization", False),
        ("Film Fund", "Norwegian Film Fund", "Organization", False),
        ("Belgium", "Belgium Film Fund", "Organization", False),
        ("Belgian", "België", "Place", True),
        ("italiennes", "Italien", "Place", True),
        ("les Pays-Bas", "Dutch", "Place", True),
        ("US", "American", "Place", True),
        ("Belgium", "France", "Place", False),
        ("Ireland", "Iceland", "Place", False),
        ("Liège", "Belgium", "Place", False),
        ("60", "about 60 films", "Quantity", True),
        ("€8.1 million", "8100000", "Quantity", True),
        ("12 films for 3 million", "12 films", "Quantity", True),
        ("six Emiles", "6", "Quantity", True),
        ("sixty", "16", "Quantity", False),
        ("1.200", "1,2", "Quantity", False),
        ("4 October 2017", "2017-10-04", "Date", True),
        ("le 4 octobre", "4 October 2017", "Date", True),
        ("2017", "October 2017", "Date", True),
        ("2017", "2018", "Date", False),
        ("14 October 2016", "21 October 2016", "Date", False),
        ("spring", "Spring", "Date", True),
    ],
)
def test_names_quantities_dates_and_places(left: str, right: str, type_: str, same: bool) -> None:
    assert (MATCHER.entity(left, right, type_) > 0) is same
    assert (MATCHER.entity(right, left, type_) > 0) is same


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("4.275.000 euro", {4275000}),
        ("1 315 000 €", {1315000}),
        ("£208,217", {208217}),
        ("8,1 millions d'euros", {8100000}),
        ("€36.7m in 2019", {36700000, 2019}),
        ("un million d'euros", {1000000}),
        ("trois cent films", {300}),
        ("twenty-five of 30", {25, 30}),
        ("3.10.2019", set()),
        ("2,5 Milliarden", {2.5e9}),
        ("in 2019, 12 films", {2019, 12}),
        ("none", set()),
    ],
)
def test_numbers(phrase: str, expected: set[float]) -> None:
    assert numbers(phrase) == expected


def test_date_parts_in_words_and_digits() -> None:
    assert date_parts("8-18 März 2019") == {"year": {2019}, "month": {3}, "day": {8, 18}}
    assert date_parts("2019-03") == {"year": {2019}, "month": {3}}


def test_relation_must_be_the_annotated_one_or_an_alternative() -> None:
    gold = GoldFact(fact("HBO", "co_produced", "Friend"), alternatives=("broadcast",))
    assert MATCHER.similarity(fact("HBO", "broadcast", "Friend"), gold) > 0
    assert MATCHER.similarity(fact("HBO", "co_produced", "Friend"), gold) > MATCHER.similarity(
        fact("HBO", "broadcast", "Friend"), gold
    )
    assert MATCHER.similarity(fact("HBO", "distributed", "Friend"), gold) == 0


def test_a_denied_fact_is_matched_by_a_denied_one_only() -> None:
    denied = GoldFact(fact("Skylark", "partner_of", "Al Noor", certainty="negated"))
    said = GoldFact(fact("Skylark", "partner_of", "Al Noor", certainty="planned"))
    assert MATCHER.similarity(fact("Skylark", "partner_of", "Al Noor"), denied) == 0
    assert MATCHER.similarity(fact("Skylark", "partner_of", "Al Noor", certainty="negated"), denied) > 0
    assert MATCHER.similarity(fact("Skylark", "partner_of", "Al Noor", certainty="negated"), said) == 0
    assert MATCHER.similarity(fact("Skylark", "partner_of", "Al Noor", certainty="reported"), said) > 0


def test_only_partnership_is_symmetric() -> None:
    assert MATCHER.similarity(fact("B", "partner_of", "A"), GoldFact(fact("A", "partner_of", "B"))) > 0
    assert MATCHER.similarity(fact("B", "supported", "A"), GoldFact(fact("A", "supported", "B"))) == 0


@pytest.mark.parametrize(
    ("object_", "category", "gold_object", "gold_category", "same"),
    [
        ("Oscar", "Best Film", "Academy Award", "best film", True),
        ("Oscar 2019", "", "Oscar", "Best Film", True),
        ("Oscar", "Best Director", "Oscar", "Best Animated Feature", False),
        ("Best Animation", "", "Magritte", "Best Animation", True),
        ("Magritte du meilleur film", "", "Magritte", "meilleur film", True),
        ("César de la meilleure réalisation", "", "César", "meilleure actrice", False),
        ("Grand Prix", "", "Prix du public", "", False),
        ("Prix du public", "", "Grand Prix", "", False),
        ("Best Screenplay", "Best Screenplay", "Emile", "Best screenplay", True),
        ("Award", "", "Award", "", True),
    ],
)
def test_awards(object_: str, category: str, gold_object: str, gold_category: str, same: bool) -> None:
    gold = GoldFact(
        fact("Funan", "received_award", gold_object, qualifiers={"category": gold_category} if gold_category else {})
    )
    prediction = fact("Funan", "received_award", object_, qualifiers={"category": category} if category else {})
    assert (MATCHER.similarity(prediction, gold) > 0) is same


def test_award_is_found_in_event_of_prediction() -> None:
    gold = GoldFact(fact("Funan", "received_award", "Annecy Cristal"))
    prediction = fact("Funan", "received_award", "top prize", qualifiers={"event": "Annecy", "category": "Cristal"})
    assert MATCHER.similarity(prediction, gold) > 0


def test_repetitions_count_once_but_other_categories_and_roles_do_not() -> None:
    first = fact("Mélusine SA", "received_award", "Oscar", qualifiers={"category": "film"})
    again = fact("melusine", "received_award", "OSCAR", qualifiers={"category": "Film"}, evidence="elsewhere")
    other = fact("melusine", "received_award", "Oscar", qualifiers={"category": "song"})
    assert distinct([first, again, other]) == [first, other]
    count = fact("Fund", "count_statistic", "12", qualifiers={"role": "films"})
    assert len(distinct([count, fact("Fund", "count_statistic", "12", qualifiers={"role": "series"})])) == 2


def _best_by_hand(similarity: np.ndarray) -> tuple[int, float]:
    """Try every assignment of columns to rows (or to none)."""
    n_rows, n_columns = similarity.shape
    best = (0, 0.0)
    for order in permutations([*range(n_rows), *[-1] * n_columns], n_columns):
        values = [similarity[r, c] for c, r in enumerate(order) if r >= 0 and similarity[r, c] > 0]
        best = max(best, (len(values), round(float(sum(values)), 9)))
    return best


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 3).flatmap(
        lambda rows: st.integers(0, 3).flatmap(
            lambda columns: st.lists(
                st.sampled_from([0.0, 0.0, 0.72, 0.8, 1.0, 1.2]), min_size=rows * columns, max_size=rows * columns
            ).map(lambda values: np.array(values, dtype=float).reshape(rows, columns))
        )
    )
)
def test_matching_has_most_pairs_and_of_these_the_closest(similarity: np.ndarray) -> None:
    matching = best_matching(similarity)
    assert len(set(matching.values())) == len(matching)
    assert all(similarity[row, column] > 0 for column, row in matching.items())
    total = round(float(sum(similarity[row, column] for column, row in matching.items())), 9)
    assert (len(matching), total) == _best_by_hand(similarity)


def test_no_closer_pair_costs_a_pair() -> None:
    chain = np.array([[0.72, 0.0, 0.0], [1.2, 0.72, 0.0], [0.0, 1.2, 0.72]])
    assert best_matching(chain) == {0: 0, 1: 1, 2: 2}
