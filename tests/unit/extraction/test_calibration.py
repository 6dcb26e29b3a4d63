from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from avgraph.extraction.calibration import Calibration, calibration
from avgraph.extraction.features import denial_features, features, matrix
from avgraph.extraction.neural import WEIGHTS
from avgraph.extraction.ranking import Proposal, facts
from avgraph.extraction.trees import Trees
from avgraph.model import Document, Fact

TEXT = "Ana Novak directed Salt Road. Ben Vos directed Salt Road. Salt Road was not produced by Menuet."


def proposal(subject: str, relation: str, object_: str, start: int, end: int, **more: object) -> Proposal:
    types = {"Salt Road": "Work", "Salt": "Work", "Menuet": "Organization"}
    fact = Fact(
        subject, types.get(subject, "Person"), relation, object_, types.get(object_, "Person"), TEXT[start:end],
        start, end, subject_mention=subject, object_mention=object_,
    )  # fmt: skip
    return Proposal(fact, 1.0, None, True, **more)  # type: ignore[arg-type]


FOUND = [
    proposal("Ana Novak", "directed", "Salt Road", 0, 29),
    proposal("Ben Vos", "directed", "Salt Road", 30, 57),
    proposal("Ana Novak", "acted_in", "Salt", 0, 29),
    proposal("Salt Road", "produced_by_company", "Menuet", 58, 95),
]
DOCUMENT = Document("a.txt", TEXT, language="en")


def rows(odds: list[float]) -> list[dict[str, float]]:
    return list(features(DOCUMENT, FOUND, odds))


def test_rivals_are_those_of_the_same_relation_and_object() -> None:
    first, second, third, _ = rows([2.0, 0.5, -1.0, 1.0])
    assert (first["subjects: others"], first["subjects: above"], first["subjects: margin"]) == (1, 0, -1.5)
    assert (second["subjects: above"], second["subjects: best"]) == (1, 2.0)
    assert third["subjects: others"] == 0
    assert third["subjects: best"] == -9.0


def test_a_name_knows_which_names_are_part_of_it_and_what_is_said_of_it() -> None:
    first, _, third, _ = rows([2.0, 0.5, -1.0, 1.0])
    assert (first["object parts"], first["object wholes"]) == (1, 0)
    assert (third["object parts"], third["object wholes"]) == (0, 1)
    assert first["subject facts"] == 2
    assert first["subject best other"] == -1.0
    assert third["subject best other"] == 2.0
    assert first["object facts"] == 3
    assert first["object mean"] == pytest.approx(3.5 / 3)


def test_facts_of_overlapping_evidence_are_counted_by_their_spans() -> None:
    first, second, _, fourth = rows([2.0, 0.5, -1.0, 1.0])
    assert (first["evidence facts"], first["evidence odds"], first["evidence of relation"]) == (2, 0.5, 1)
    assert second["evidence facts"] == fourth["evidence facts"] == 1


def test_words_of_denial_are_counted_before_between_and_behind_the_names() -> None:
    row = denial_features(DOCUMENT, FOUND[3])
    assert (row["no"], row["no between"], row["no behind"]) == (1, 1, 0)
    assert denial_features(DOCUMENT, FOUND[0])["no"] == 0


@pytest.mark.parametrize(
    ("text", "is_lacking"),
    [
        ("‘Salt Road’, a Franco-Irish film without a partner in {}.", True),
        ("Salt Road, made without {}, opens in May.", True),
        ("Salt Road, un film sans coproducteur au {}.", True),
        ("Salt Road entstand ohne einen Partner in {}.", True),
        ("Salt Road werd gemaakt zonder {}.", True),
        ("Salt Road, sans doute avec {}.", False),
        ("Salt Road, sans publicité en {}.", False),
        ("Salt Road without End was shown in {}.", False),
        ("Salt Road, made without Novak and sold to {}.", False),
        ("Without {} there would be no Salt Road.", False),
    ],
)
def test_a_name_that_is_lacking_is_denied(text: str, is_lacking: bool) -> None:
    title = "Salt Road without End" if "without End" in text else "Salt Road"
    text = text.format("Luxembourg")
    fact = Fact(title, "Work", "country_of", "Luxembourg", "Place", text, 0, len(text), subject_mention=title,
                object_mention="Luxembourg")  # fmt: skip
    document = Document("a.txt", text, language="en")
    row = denial_features(document, Proposal(fact, 1.0, None, True))  # type: ignore[arg-type]
    assert row["lacking"] == is_lacking
    never = Calibration({}, {}, denied=tree("t", "no", 0.5, -2.0, -2.0))
    (settled,) = never.settled(document, [Proposal(fact, 1.0, None, True)])  # type: ignore[arg-type]
    assert settled.fact.certainty == ("negated" if is_lacking else "asserted")


def tree(name: str, feature: str, threshold: float, low: float, high: float) -> Trees:
    arrays = {
        "names": np.frombuffer(feature.encode(), np.uint8), "roots": np.array([0]), "feature": np.array([0, -1, -1]),
        "threshold": np.array([threshold, 0, 0]), "left": np.array([1, 0, 0]), "right": np.array([2, 0, 0]),
        "value": np.array([0, low, high]), "base": np.array([0.25, 1]),
    }  # fmt: skip
    return Trees.of({f"{name}.{part}": array for part, array in arrays.items()}, name)


def test_trees_add_the_values_of_the_leaves_that_a_row_reaches() -> None:
    one = tree("t", "odds", 1.0, -3.0, 2.0)
    assert one.margin(np.array([[1.0], [1.5]], np.float32)).tolist() == [-2.75, 2.25]
    assert one.margin(np.zeros((0, 1), np.float32)).shape == (0,)


def test_stored_trees_come_back_as_they_were() -> None:
    shipped = calibration().right
    assert shipped is not None
    stored = shipped.arrays("t")
    again = Trees.of(stored, "t")
    rows = np.random.default_rng(0).normal(scale=5, size=(50, len(shipped.names))).astype(np.float32)
    assert (again.names, again.depth) == (shipped.names, shipped.depth)
    assert np.array_equal(again.margin(rows), shipped.margin(rows))
    with np.load(WEIGHTS / "trees.npz") as file:
        assert all(np.array_equal(array, file[name.replace("t.", "right.", 1)]) for name, array in stored.items())


def test_without_trees_a_proposal_has_its_own_odds() -> None:
    own = Calibration({}, {"model: directed": 1.0, "logit, model": 0.5})
    assert own.confidences(DOCUMENT, FOUND[:1]) == [round(1 / (1 + np.exp(-1.5)), 3)]
    beside = replace(own, right=tree("t", "subjects: above", 0.5, 3.0, -3.0))
    sure, unsure = beside.confidences(DOCUMENT, [FOUND[0], replace(FOUND[1], logit=-2.0)])
    assert sure > 0.9
    assert unsure < 0.1


def test_trees_settle_what_is_denied_but_a_rule_that_reads_a_denial_stands() -> None:
    always = Calibration({}, {}, denied=tree("t", "no between", 0.5, -2.0, 2.0))
    found = always.settled(DOCUMENT, FOUND)
    assert [p.fact.certainty for p in found] == ["asserted", "asserted", "asserted", "negated"]
    by_rule = replace(FOUND[0], rule="r", fact=replace(FOUND[0].fact, certainty="negated"))
    by_model = replace(FOUND[0], fact=replace(FOUND[0].fact, certainty="negated"))
    assert [p.fact.certainty for p in always.settled(DOCUMENT, [by_rule, by_model])] == ["negated", "asserted"]


def test_the_shipped_calibration_gives_probabilities_and_reads_every_feature_that_its_trees_ask_for() -> None:
    shipped = calibration()
    assert shipped.right is not None
    assert shipped.denied is not None
    values = shipped.confidences(DOCUMENT, FOUND)
    assert all(0 < v < 1 for v in values)
    assert shipped.confidences(DOCUMENT, []) == []
    assert shipped.settled(DOCUMENT, []) == []
    assert matrix(rows([0.0] * 4), shipped.right.names).shape == (4, len(shipped.right.names))


def test_a_prize_line_whose_prize_is_its_own_category_is_kept() -> None:
    fact = Fact(
        "Salt Road", "Work", "received_award", "Grand Prix", "Award", "Grand Prix: Salt Road", 0, 21,
        qualifiers={"category": "Grand Prix"}, rule="award-work@1",
    )  # fmt: skip
    assert len(facts([Proposal(fact, None, "award-work")], [0.9], 0.6)) == 1


def test_several_founders_of_one_company_are_kept() -> None:
    by_rule = Fact("Ana Novak", "Person", "founded", "Menuet", "Organization", TEXT, 0, 95, rule="founded@1")
    by_model = replace(by_rule, subject="Ben Vos", rule="model@1")
    assert len(facts([Proposal(f, None, None) for f in (by_rule, by_model)], [0.9, 0.8], 0.6)) == 2
