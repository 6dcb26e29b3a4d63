from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest

from avgraph.errors import Issue, SourceError
from avgraph.evaluation import (
    Floor,
    GoldFact,
    GoldText,
    Tally,
    below_floors,
    evaluate_folder,
    evaluate_folders,
    read_aliases,
    read_floors,
    read_gold,
    score,
)
from avgraph.evaluation.scores import bootstrap
from avgraph.model import Document, Fact

PRESS = Path(__file__).resolve().parents[2] / "data" / "press"
BODY = "Anna Lux directed Tide. Tide was produced by Samsa SA. Samsa denies a pact with Wide. It cost €2 million."


def fact(subject: str, relation: str, object_: str, **more: object) -> Fact:
    types = {"subject_type": "Organization", "object_type": "Work"}
    given = {"evidence": "Anna Lux directed Tide.", "start": 0, "end": 23, **types, **more}
    return Fact(subject=subject, relation=relation, object=object_, **given)  # type: ignore[arg-type]


DIRECTED = fact("Anna Lux", "directed", "Tide", subject_type="Person")
PRODUCED = fact("Samsa", "produced_by_company", "Tide", qualifiers={"amount": "€2 million", "year": "2019"})
DENIED = fact("Samsa", "partner_of", "Wide", object_type="Organization", certainty="negated")
OPTIONAL = fact("Samsa", "distributed", "Tide")


def text(name: str, *facts: GoldFact, language: str = "en", origin: str = "written") -> GoldText:
    return GoldText(name, Path(f"{name}.txt"), language, facts, BODY, origin)


GOLD = text("a", GoldFact(DIRECTED), GoldFact(PRODUCED), GoldFact(DENIED), GoldFact(OPTIONAL, optional=True))


def test_gold_against_itself_is_perfect() -> None:
    evaluation = score([GOLD], {"a": [g.fact for g in GOLD.facts]})
    assert evaluation.overall.tally == Tally(n_right=3, n_wrong=0, n_optional=1, n_found=3, n_required=3)
    assert (evaluation.overall.f1, evaluation.macro_f1, evaluation.certainty_right) == (1.0, 1.0, 1.0)
    assert (evaluation.qualifiers_found, evaluation.types_right, evaluation.evidence_verbatim) == (1.0, 1.0, 1.0)
    assert evaluation.wrong == evaluation.missed == ()


def test_no_predictions_give_no_precision_and_zero_recall() -> None:
    overall = score([GOLD], {}).overall
    assert (overall.precision, overall.recall, overall.f1) == (None, 0.0, None)


def test_faults_name_what_is_wrong() -> None:
    predictions = [
        replace(DENIED, certainty="asserted"),
        replace(DIRECTED, relation="wrote"),
        replace(PRODUCED, subject="Bac Cinema"),
        replace(DIRECTED, object="Harbour"),
        fact("Nobody", "supported", "Nothing"),
    ]
    evaluation = score([GOLD], {"a": predictions})
    assert [j.fault for j in evaluation.wrong] == ["denial", "relation", "subject", "object", "nothing near"]
    assert [j.nearest for j in evaluation.wrong] == [DENIED, DIRECTED, PRODUCED, DIRECTED, None]
    assert evaluation.n_denied_asserted == 1
    assert [j.fault for j in evaluation.missed] == ["relation", "subject", "denial"]
    assert evaluation.overall.tally == Tally(0, 5, 0, 0, 3)


def test_only_asserting_what_is_denied_counts_as_that() -> None:
    evaluation = score([GOLD], {"a": [replace(DIRECTED, certainty="negated")]})
    assert [j.fault for j in evaluation.wrong] == ["denial"]
    assert evaluation.n_denied_asserted == 0


def test_one_prediction_reaches_one_fact_and_is_right_once() -> None:
    season = fact("Samsa", "produced_by_company", "Tide season two")
    evaluation = score([text("a", GoldFact(PRODUCED), GoldFact(season))], {"a": [PRODUCED]})
    assert evaluation.overall.tally == Tally(n_right=1, n_found=1, n_required=2)
    assert [(j.fault, j.nearest) for j in evaluation.missed] == [("repeated", PRODUCED)]


def test_details_of_found_facts() -> None:
    prediction = replace(
        PRODUCED,
        certainty="planned",
        subject_type="Person",
        qualifiers={"amount": "2,000,000 euros"},
        evidence="not there",
    )
    evaluation = score([text("a", GoldFact(PRODUCED))], {"a": [prediction]})
    assert (evaluation.certainty.n, evaluation.types.n, evaluation.types.n_all) == (0, 1, 2)
    assert (evaluation.qualifiers.n, evaluation.qualifiers.n_all) == (1, 2)
    assert (evaluation.evidence.n, evaluation.evidence.n_all) == (0, 1)


def test_types_of_a_swapped_partnership_are_compared_crosswise() -> None:
    gold = fact("Luxembourg", "partner_of", "CCA", subject_type="Place", object_type="Organization")
    swapped = fact("CCA", "partner_of", "Luxembourg", subject_type="Organization", object_type="Place")
    assert score([text("a", GoldFact(gold))], {"a": [swapped]}).types_right == 1.0


def test_evidence_may_differ_in_white_space_only() -> None:
    broken = replace(DIRECTED, evidence="Anna Lux\n directed Tide.")
    assert score([GOLD], {"a": [broken]}).evidence_verbatim == 1.0
    assert score([GOLD], {"a": [replace(DIRECTED, evidence="Anna Lux Directed Tide.")]}).evidence_verbatim == 0.0
    assert score([GOLD], {"a": [replace(DIRECTED, evidence=" ")]}).evidence_verbatim == 0.0


def test_groups_split_the_whole() -> None:
    texts = [GOLD, text("b", GoldFact(DIRECTED), language="fr", origin="other")]
    evaluation = score(texts, {"a": [DIRECTED], "b": [PRODUCED]})
    for group in ("language", "origin", "relation"):
        total = sum((s.tally for s in evaluation.groups[group].values()), Tally())
        assert total == evaluation.overall.tally
    assert evaluation.groups["language"]["fr"].tally == Tally(n_wrong=1, n_required=1)
    assert evaluation.groups["relation"]["directed"].tally == Tally(n_right=1, n_found=1, n_required=2)
    assert evaluation.groups["layout"] == {}
    assert [row[:2] for row in evaluation.table()[1]][:3] == [("overall", ""), ("language", "en"), ("language", "fr")]
    assert all(len(row) == len(evaluation.table()[0]) for row in evaluation.table()[1])


def test_two_texts_of_one_name_are_refused_and_unknown_names_reported() -> None:
    with pytest.raises(SourceError, match="two texts are called a"):
        score([GOLD, GOLD], {})
    assert [i.source for i in score([GOLD], {"zz": [DIRECTED]}).issues] == ["zz"]


def test_result_does_not_depend_on_the_order_of_facts() -> None:
    gold = read_gold(PRESS)[:6]
    facts = {g.name: [x.fact for x in g.facts] for g in gold}
    shuffled = {name: random.Random(3).sample(f, len(f)) for name, f in facts.items()}
    assert score(gold, facts).table() == score(gold, shuffled).table()


def test_bootstrap_draws_texts() -> None:
    even = {"x": [Tally(8, 2, 0, 8, 10)] * 20}
    assert bootstrap(even, n_resamples=200, seed=1)["x"].intervals["precision"] == pytest.approx((0.8, 0.8))
    uneven = {"x": [Tally(10, 0, 0, 10, 10), Tally(0, 10, 0, 0, 10)] * 10}
    low, high = bootstrap(uneven, n_resamples=4000, seed=1)["x"].intervals["recall"] or (0, 0)
    # Twenty draws of 0 or 1: mean 0.5, standard error 0.112.
    assert low == pytest.approx(0.5 - 1.96 * 0.112, abs=0.04)
    assert high == pytest.approx(0.5 + 1.96 * 0.112, abs=0.04)
    assert bootstrap(uneven, n_resamples=50, seed=2) == bootstrap(uneven, n_resamples=50, seed=2)
    assert bootstrap(uneven, n_resamples=50, seed=2) != bootstrap(uneven, n_resamples=50, seed=3)


def test_bootstrap_of_rare_and_single_groups() -> None:
    # Found in one text of two and predicted there only: half the resamples hold a text without predictions.
    lucky = [Tally(5, 0, 0, 5, 5), Tally(n_required=5)]
    score_ = bootstrap({"lucky": lucky}, n_resamples=400, seed=1)["lucky"]
    assert (score_.intervals["precision"], score_.intervals["f1"]) == ((1.0, 1.0), (0.0, 1.0))
    unseen = bootstrap({"unseen": [Tally(n_required=5)] * 3}, n_resamples=40, seed=1)["unseen"]
    assert unseen.intervals == {"precision": None, "recall": (0.0, 0.0), "f1": None}
    parts = {"rare": [Tally(n_wrong=1), *[Tally()] * 9], "zero": [Tally(n_wrong=1, n_required=1)] * 3 + [Tally()] * 7}
    scores = bootstrap(parts, n_resamples=100, seed=1)
    assert scores["rare"].intervals == {"precision": None, "recall": None, "f1": None}
    assert (scores["zero"].f1, scores["zero"].intervals["f1"], scores["zero"].n_texts) == (0.0, (0.0, 0.0), 3)


def test_json_and_lines_hold_the_findings() -> None:
    evaluation = score([GOLD], {"a": [replace(DENIED, certainty="asserted")]})
    record = json.loads(json.dumps(evaluation.to_json()))
    assert record["overall"]["n_wrong"] == 1
    assert record["wrong"][0]["fault"] == "denial"
    assert record["relation"]["directed"]["recall"] == 0.0
    lines = evaluation.summary_lines(1)
    assert "wrong: a: Samsa | partner_of | Wide [denial, nearest Samsa | partner_of | Wide (negated)]" in lines
    assert sum(line.startswith("missed: ") for line in lines) == 1
    assert "missed" not in " ".join(line.split(":")[0] for line in evaluation.summary_lines())


# ---------------------------------------------------------------------------------------------------- reading


def write_pair(folder: Path, name: str, lines: list[str], head: str = "language: en\norigin: written\n---\n") -> None:
    (folder / f"{name}.txt").write_text(head + BODY, "utf-8")
    (folder / f"{name}.jsonl").write_text("\n".join(lines), "utf-8")


def line(**changes: object) -> str:
    record = DIRECTED.to_json() | changes
    return json.dumps({k: v for k, v in record.items() if v is not None})


def test_read_gold(tmp_path: Path) -> None:
    lines = [line(optional=True, alt_relations=["wrote"]), "", line(qualifiers={"year": 2019})]
    write_pair(tmp_path, "a", lines, "language: fr\nlayout: list\n---\n")
    (gold,) = read_gold(tmp_path)
    assert (gold.name, gold.language, gold.layout, gold.origin, gold.body) == ("a", "fr", "list", "unknown", BODY)
    assert gold.document_path == tmp_path / "a.txt"
    assert (gold.facts[0].optional, gold.facts[0].relations) == (True, {"directed", "wrote"})
    assert gold.facts[1].fact.qualifiers == {"year": "2019"}
    first = gold.facts[0].fact
    assert gold.body[first.start : first.end] == first.evidence == DIRECTED.evidence
    assert gold.issues == ()


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ('{"subject": "A"', "not JSON"),
        ("[1]", "a JSON list"),
        (line(subject=""), "subject is missing"),
        (line(evidence=None), "evidence is missing"),
        (line(relation="likes"), "relation 'likes' is unknown"),
        (line(object_type="Thing"), "object_type 'Thing' is unknown"),
        (line(certainty="sure"), "certainty 'sure' is unknown"),
        (line(qualifiers={"year": [1]}), "qualifiers is no object of texts and numbers"),
        (line(qualifiers={"year": True}), "qualifiers is no object of texts and numbers"),
        (line(qualifiers={"amount": float("nan")}), "NaN is no number"),
        (line(optional="yes"), "optional 'yes' is not true or false"),
        ("[" * 100_000, "not JSON that can be read: nested too deep"),
        (line(qualifiers="x"), "qualifiers is no object of texts"),
        (line(alt_relations=["likes"]), "alt_relations"),
        (line(alt_relations="wrote"), "alt_relations"),
    ],
)
def test_a_malformed_line_costs_nothing_else(tmp_path: Path, bad: str, message: str) -> None:
    write_pair(tmp_path, "a", [line(), bad, line(relation="wrote")])
    (gold,) = read_gold(tmp_path)
    assert [g.fact.relation for g in gold.facts] == ["directed", "wrote"]
    (issue,) = gold.issues
    assert (issue.source, issue.where, issue.n_rows) == ("a.jsonl", "line 2", 1)
    assert message in issue.message
    assert issue.hint
    assert score([gold], {}).issues == (issue,)


def test_evidence_that_is_not_in_the_text_is_a_warning(tmp_path: Path) -> None:
    write_pair(tmp_path, "a", [line(evidence="Anna directed it.")])
    (gold,) = read_gold(tmp_path)
    assert len(gold.facts) == 1
    assert [(i.severity, i.where) for i in gold.issues] == [("warning", "line 1")]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"start": 5, "end": 9}, "start 5 and end 9 do not hold the evidence"),
        ({"start": "x", "end": -1}, "start 'x' and end -1 do not"),
        ({"start": 999999}, "start 999999 and end"),
        ({"qualifiers": {"frob": "1"}}, "unknown and not scored: the qualifier frob"),
        ({"optionl": True}, "unknown and not read: optionl"),
        ({}, "the same fact as line 1, counted once"),
        ({"object": "Other", "id": 7}, "the id 7 is that of line 1"),
    ],
)
def test_a_slip_is_a_warning_with_its_line(tmp_path: Path, changes: dict[str, object], said: str) -> None:
    write_pair(tmp_path, "a", [line(id=7), line(**{"id": 8, "relation": "wrote"} | changes if changes else {})])
    (gold,) = read_gold(tmp_path)
    (issue,) = gold.issues
    assert (issue.source, issue.where, issue.severity) == ("a.jsonl", "line 2", "warning")
    assert said in issue.message
    assert issue.hint
    assert len(gold.facts) == (2 if changes else 1)


def test_a_text_without_a_fact_is_a_warning(tmp_path: Path) -> None:
    write_pair(tmp_path, "a", [""])
    (gold,) = read_gold(tmp_path)
    assert gold.facts == ()
    assert [(i.severity, i.message[:23]) for i in gold.issues] == [("warning", "no fact is annotated: e")]


def test_what_extract_prints_can_be_annotated(tmp_path: Path) -> None:
    write_pair(tmp_path, "a", [json.dumps({"source": "a.txt"} | DIRECTED.to_json())], "language: en\n---\n\n")
    (gold,) = read_gold(tmp_path)
    assert gold.issues == ()


def test_folders_that_are_no_gold_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no annotated texts"):
        read_gold(tmp_path)
    (tmp_path / "a.jsonl").write_text(line(), "utf-8")
    with pytest.raises(SourceError, match="has no text beside it"):
        read_gold(tmp_path)
    (tmp_path / "a.txt").write_bytes(b"caf\xe9")
    with pytest.raises(SourceError, match="not UTF-8 at byte 3"):
        read_gold(tmp_path)


def test_aliases(tmp_path: Path) -> None:
    assert read_aliases(tmp_path) == []
    path = tmp_path / "aliases.json"
    path.write_text('[["Oscar", "Academy Award"]]', "utf-8")
    assert read_aliases(tmp_path) == [["Oscar", "Academy Award"]]
    path.write_text('{"Oscar": "Academy Award"}', "utf-8")
    with pytest.raises(SourceError, match="not a list of lists"):
        read_aliases(tmp_path)
    path.write_text("[", "utf-8")
    with pytest.raises(SourceError, match="line 1"):
        read_aliases(tmp_path)
    path.write_text("[" * 100_000, "utf-8")
    with pytest.raises(SourceError, match="not a list of lists"):
        read_aliases(tmp_path)


# -------------------------------------------------------------------------------------------------- extractor


class Extracted:
    def __init__(self, facts: list[Fact]) -> None:
        self.facts = facts
        self.issues = [Issue("a.txt", "", "a remark", severity="warning")]


class Echo:
    """Finds one fact, and remembers what it was given."""

    def __init__(self) -> None:
        self.seen: list[Document] = []

    def extract(self, document: Document) -> Extracted:
        self.seen.append(document)
        return Extracted([replace(DIRECTED, subject="Lux")])


def test_evaluate_folder_reads_the_texts_as_articles(tmp_path: Path) -> None:
    write_pair(tmp_path, "a", [line(), line(relation="wrote")])
    extractor = Echo()
    evaluation = evaluate_folder(tmp_path, extractor)
    assert [(d.path, d.language, d.text) for d in extractor.seen] == [("a.txt", "en", BODY)]
    assert evaluation.overall.tally == Tally(n_right=1, n_found=1, n_required=2)
    assert [i.message for i in evaluation.issues] == ["a remark"]


def test_evaluate_folder_uses_the_aliases_of_the_folder(tmp_path: Path) -> None:
    write_pair(tmp_path, "a", [line(subject="The Director")])
    assert evaluate_folder(tmp_path, Echo()).overall.recall == 0.0
    (tmp_path / "aliases.json").write_text('[["The Director", "Lux"]]', "utf-8")
    assert evaluate_folder(tmp_path, Echo()).overall.recall == 1.0


def test_an_unreadable_text_counts_as_one_without_facts(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_pair(tmp_path / name, name, [line()])
    (tmp_path / "two" / "two.txt").write_text("language: en\n---\n", "utf-8")
    evaluation = evaluate_folders([tmp_path / "one", tmp_path / "two"], Echo())
    assert evaluation.overall.tally == Tally(n_right=1, n_found=1, n_required=2)
    assert ("two.txt", "error") in [(i.source, i.severity) for i in evaluation.issues]


# ----------------------------------------------------------------------------------------------------- floors


def test_floors(tmp_path: Path) -> None:
    path = tmp_path / "floors.toml"
    path.write_text(
        "[overall]\nf1 = 0.5\nevidence_verbatim = 1.0\n[relation.directed]\nprecision = 0.9\nrecall = 1\n"
        "[language.de]\nf1 = 0.1\n[at_most]\nn_denied_asserted = 0\n",
        "utf-8",
    )
    floors = read_floors(path)
    assert floors[0] == Floor("overall", "", "f1", 0.5)
    perfect = score([GOLD], {"a": [g.fact for g in GOLD.facts]})
    assert below_floors(perfect, floors) == ["language.de.f1: not measured, the floor is 0.1"]
    denied = [replace(DENIED, certainty="asserted"), replace(DIRECTED, object="Other", evidence="none")]
    assert [line.split(":")[0] for line in below_floors(score([GOLD], {"a": denied}), floors)] == [
        "overall.f1",
        "overall.evidence_verbatim",
        "relation.directed.precision",
        "relation.directed.recall",
        "language.de.f1",
        "at_most.n_denied_asserted",
    ]


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("[overal]\nf1 = 1", "'overal' is no group"),
        ("[overall]\nf2 = 1", "overall.f2 is not measured"),
        ("[at_most]\nf1 = 1", "at_most.f1 is not measured"),
        ("[relation]\nf1 = 1", "relation.f1 is no table"),
        ("[relation.directed]\nmacro_f1 = 1", "relation.directed.macro_f1 is not measured"),
        ("[overall]\nf1 = 'high'", "is no number"),
        ("f1 = 1", "'f1' is no group"),
        ("[", "line 1: not valid TOML"),
    ],
)
def test_a_misspelt_floor_is_refused(tmp_path: Path, toml: str, message: str) -> None:
    path = tmp_path / "floors.toml"
    path.write_text(toml, "utf-8")
    with pytest.raises(SourceError, match=message):
        read_floors(path)


def test_missing_floors_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        read_floors(tmp_path / "none.toml")


# ------------------------------------------------------------------------------------------------- our own gold


def test_the_press_corpus_is_sound() -> None:
    gold = read_gold(PRESS)
    assert [issue for text_ in gold for issue in text_.issues] == []
    assert {text_.origin for text_ in gold} == {"written"}
    assert len({text_.layout for text_ in gold}) >= 6
    assert {"en", "fr"} <= {text_.language for text_ in gold}
    evaluation = score(gold, {g.name: [x.fact for x in g.facts] for g in gold}, aliases=read_aliases(PRESS))
    assert evaluation.overall.precision == 1.0
    assert evaluation.overall.recall == pytest.approx(1.0, abs=0.005)
