"""Details of works: what each annotated text states and nothing else, and how sure each pattern may be."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from avgraph.extraction import Extractor
from avgraph.extraction.lexicon import LANGUAGES, details_data, genres
from avgraph.model import DETAILS, RELATIONS, Document, Fact

pytest.importorskip("onnxruntime", reason="needs the articles extra")
FOLDER = Path(__file__).resolve().parents[2] / "data" / "details"

Stated = tuple[str, str, str]


@cache
def annotated(language: str) -> tuple[tuple[str, frozenset[Stated]], ...]:
    """Return (text, {(status, relation, object)}) of a language's file."""
    blocks = (FOLDER / f"{language}.txt").read_text("utf-8").split("\n", 1)[1].strip().split("\n\n")
    found = []
    for block in blocks:
        text, *lines = block.splitlines()
        stated = set()
        for line in lines:
            left, object_ = line.split(" = ")
            *status, relation = left.split()
            stated.add(
                ({"not": "negated", "planned": "planned"}[status[0]] if status else "asserted", relation, object_)
            )
        found.append((text, frozenset(stated)))
    return tuple(found)


@cache
def details(text: str, language: str) -> tuple[Fact, ...]:
    extraction = Extractor().extract(Document("a.txt", text, language=language))
    return tuple(f for f in extraction.facts if f.relation in DETAILS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_what_is_found_hardly_anything_is_wrong_and_most_is_found(language: str):
    right = wrong = missed = 0
    for text, stated in annotated(language):
        found = {(f.certainty, f.relation, f.object) for f in details(text, language)}
        right, wrong, missed = right + len(found & stated), wrong + len(found - stated), missed + len(stated - found)
    assert right / (right + wrong) >= 0.95
    assert right / (right + missed) >= 0.85


@pytest.mark.parametrize("language", LANGUAGES)
def test_facts_are_typed_and_verbatim(language: str):
    for text, _ in annotated(language):
        for fact in details(text, language):
            subjects, objects = DETAILS[fact.relation]
            assert fact.subject_type in subjects
            assert fact.object_type in objects
            assert text[fact.start : fact.end] == fact.evidence
            assert fact.object_mention
            assert fact.object_mention in fact.evidence.replace("’", "'")


def test_no_detail_is_a_relation_of_the_model():
    assert not DETAILS.keys() & RELATIONS.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_patterns_state_details_with_modest_confidence(language: str):
    rules = details_data()[language]
    assert {rule["relation"] for rule in rules} <= DETAILS.keys()
    assert all(0.7 <= rule["confidence"] <= 0.95 for rule in rules)
    assert len({rule["id"] for rule in rules}) == len(rules)


def test_who_plays_whom_stands_in_the_credit():
    text = "Starring Ida Holm as Mia, “Salt Wind” opens in June."
    facts = Extractor().extract(Document("a.txt", text, language="en")).facts
    roles = {(f.subject, f.qualifiers.get("role")) for f in facts if f.relation == "acted_in"}
    assert roles == {("Ida Holm", "Mia")}


def test_genres_of_all_languages_share_their_english_name():
    named = {language: {english for _, english, _ in genres(language).values()} for language in LANGUAGES}
    assert named["en"] == named["fr"] == named["de"] == named["nl"]


def test_a_detail_without_a_work_is_no_fact():
    assert details("Filming took place in Ghent and the budget was €4 million.", "en") == ()


def test_minimum_confidence_holds_for_details_too():
    document = Document("a.txt", "“Salt Wind” is set in Warsaw.", language="en")
    assert not [f for f in Extractor(0.99).extract(document).facts if f.relation in DETAILS]
