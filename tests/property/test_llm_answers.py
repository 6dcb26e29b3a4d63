"""Whatever an endpoint answers, what is kept stands in the article, and nothing raises."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from avgraph.extraction.llm import Answer, LlmExtractor
from avgraph.extraction.llm.endpoint import _answer
from avgraph.model import QUALIFIERS, RELATIONS, STATUSES, Document

TEXT = (
    "🎬 “Salt Wind” e\u0301tait directed by\u00a0Anna Novak in 2014.\r\n\r\nDUNE FILMS – a Belgian company – produced "
    "the second season of “Night Ferry” for RTBF with €90,000; season 3, season 99999999999999999999 and 20² follow."
    "\r\n\r\nAbout 60 films, 10% of “Night Ferry season 99999999999999999999”, won an Oscar (Best Film) in Liège."
)
DOCUMENT = Document("a.txt", TEXT, language="en", date="2020-01-02")
WORDS = st.sampled_from([
    "Anna Novak", "Salt Wind", "“Salt Wind”", "Dune Films", "Belgium", "Belgian", "Liège", "RTBF", "Night Ferry",
    "2014", "20²", "€90,000", "60 films", "About 60 films", "10%", "Oscar", "Best Film", "2", "second", "3",
    "second season", "99999999999999999999", "Night Ferry season 99999999999999999999",
    "Mallory", "", " ", "\ud800", "\x00", "“",
])  # fmt: skip
BOUNDS = st.tuples(st.integers(0, len(TEXT)), st.integers(0, len(TEXT))).map(sorted)
PARAGRAPHS = TEXT.split("\r\n\r\n")
QUOTES = BOUNDS.map(lambda b: TEXT[b[0] : b[1]]) | st.sampled_from([TEXT, *PARAGRAPHS]) | WORDS
TYPES = st.sampled_from(sorted({t for sides in RELATIONS.values() for side in sides for t in side} | {"Robot"}))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
NAMED = st.sampled_from((*QUALIFIERS, "mood"))
PAIRS = st.lists(st.fixed_dictionaries({"name": NAMED, "value": WORDS | JSON}), max_size=3)


@st.composite
def claims(draw: st.DrawFn) -> dict[str, Any]:
    relation = draw(st.sampled_from(sorted(RELATIONS)))
    subjects, objects = RELATIONS[relation]
    return {
        "subject": draw(WORDS), "subject_type": draw(st.sampled_from(subjects) | TYPES), "relation": relation,
        "object": draw(WORDS), "object_type": draw(st.sampled_from(objects) | TYPES),
        "qualifiers": draw(PAIRS | st.dictionaries(NAMED, WORDS, max_size=3) | JSON),
        "certainty": draw(st.sampled_from(STATUSES)), "quote": draw(QUOTES),
    }  # fmt: skip


@st.composite
def likely_claims(draw: st.DrawFn) -> dict[str, Any]:
    """Claims that fail few checks or none: words, types and quotes are mostly right."""
    relation = draw(st.sampled_from(sorted(RELATIONS)))
    subjects, objects = RELATIONS[relation]
    return {
        "subject": draw(st.sampled_from(["Anna Novak", "salt wind", "Dune Films", "Night Ferry", "RTBF"])),
        "subject_type": draw(st.sampled_from(subjects)), "relation": relation,
        "object": draw(st.sampled_from(["Night Ferry season 99999999999999999999", "Oscar", "Belgium", "Liège", "2014",
                                        "60 films", "20²", "Salt Wind"])),
        "object_type": draw(st.sampled_from(objects)),
        "qualifiers": draw(st.dictionaries(st.sampled_from(QUALIFIERS), st.sampled_from(
            ["2", "second", "20²", "2014", "€90,000", "10%", "Best Film", "99999999999999999999"]), max_size=2)),
        "certainty": draw(st.sampled_from(STATUSES)), "quote": draw(st.sampled_from([TEXT, *PARAGRAPHS])),
    }  # fmt: skip


ANSWERS = (
    st.lists(claims() | likely_claims() | JSON, max_size=6).map(lambda c: {"facts": c})
    | st.lists(likely_claims(), max_size=9).map(lambda c: {"facts": c})
    | st.lists(claims(), max_size=3)
    | JSON
    | st.dictionaries(st.just("facts"), JSON)
)


class Says:
    """A model that says one thing."""

    address = location = "http://localhost/v1"
    model = "command-r"

    def __init__(self, text: str) -> None:
        self.text = text

    def ask(self, messages: object, schema: object) -> Answer:
        return Answer(self.text)


def hold(text: str) -> int:
    extraction = LlmExtractor(Says(text)).extract(DOCUMENT)
    for fact in extraction.facts:
        assert TEXT[fact.start : fact.end] == fact.evidence
        assert fact.evidence
        subjects, objects = RELATIONS[fact.relation]
        assert fact.subject_type in subjects
        assert fact.object_type in objects
        assert fact.certainty in STATUSES
        assert set(fact.qualifiers) <= set(QUALIFIERS)
        if fact.object_type in ("Date", "Quantity"):
            assert fact.object in " ".join(fact.evidence.split())
        json.dumps(fact.to_json(), ensure_ascii=False).encode()
    for issue in extraction.issues:
        assert issue.message.isprintable()
    assert len(extraction.rejected) == sum(i.message.startswith("not kept: ") for i in extraction.issues)
    for table in extraction.tables("00").claims.values():
        for start, end, quote in table.select("start", "end", "quote").iter_rows():
            assert TEXT[start:end] == quote
    return len(extraction.facts)


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ANSWERS)
def test_whatever_json_a_model_writes(answer: Any) -> None:
    hold(json.dumps(answer))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ANSWERS.map(json.dumps), st.integers(0, 400), st.text(max_size=20))
def test_whatever_else_a_model_writes(answer: str, cut: int, prose: str) -> None:
    hold(answer[:cut])
    hold(f"{prose}```json\n{answer}\n```{prose}")
    hold(prose)


@settings(max_examples=200, deadline=None)
@given(JSON | st.fixed_dictionaries({"choices": JSON | st.lists(st.fixed_dictionaries({"message": JSON}), max_size=2)}))
@example({"choices": [{"message": {"content": [{"text": 3}, None]}}]})
def test_whatever_json_an_endpoint_returns(reply: Any) -> None:
    """A completion, or the one kind of error that the asking turns into words."""
    try:
        said = _answer(json.dumps(reply).encode(), "").text.strip()
    except ValueError as error:
        said = str(error).isprintable() and str(error)
    assert said


def test_the_claims_made_up_here_can_be_right() -> None:
    good = {"subject": "Anna Novak", "subject_type": "Person", "relation": "directed", "object": "Salt Wind",
            "object_type": "Work", "qualifiers": [], "certainty": "asserted",
            "quote": "“Salt Wind” était directed by Anna Novak"}  # fmt: skip
    assert hold(json.dumps({"facts": [good]})) == 1
