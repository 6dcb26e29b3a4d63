"""What a model claims is kept only where the article bears it out."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest

from avgraph.extraction.llm.checking import CONFIDENCE, Checker, claims_of, merged
from avgraph.extraction.llm.prompt import Piece, pieces
from avgraph.model import Document, Fact, Rejected

TEXT = (
    "SALT WIND WINS\n\n“Salt Wind” was directed by Anna Novak in 2014 with €90,000 of the Film Fund. "
    "The Belgian film’s second season, “Night Ferry”, is a series of Dune Films – so they say.\n\n"
    "ANNA NOVAK was born in Liège. About 60 films were made."
)
DOCUMENT = Document("a.txt", TEXT, language="en")
GOOD: dict[str, Any] = {
    "subject": "Anna Novak", "subject_type": "Person", "relation": "directed", "object": "Salt Wind",
    "object_type": "Work", "qualifiers": [], "certainty": "asserted", "quote": '"Salt Wind" was directed by Anna Novak',
}  # fmt: skip
SUPPORT = {
    **GOOD, "subject": "Film Fund", "subject_type": "Organization", "relation": "supported",
    "quote": "“Salt Wind” was directed by Anna Novak in 2014 with €90,000 of the Film Fund.",
}  # fmt: skip
SEASON = "second season, “Night Ferry”, is a series of Dune Films - so they say"


def check(document: Document = DOCUMENT, **claim: Any) -> Fact | Rejected:
    return Checker(document, "llm:m@1").check({**GOOD, **claim}, Piece(0, len(document.text), document.text))


def kept(document: Document = DOCUMENT, **claim: Any) -> Fact:
    fact = check(document, **claim)
    assert isinstance(fact, Fact), fact
    assert document.text[fact.start : fact.end] == fact.evidence
    return fact


def test_a_good_claim_is_a_fact_in_the_words_of_the_article() -> None:
    fact = kept()
    assert fact == Fact(
        "Anna Novak", "Person", "directed", "Salt Wind", "Work", "“Salt Wind” was directed by Anna Novak", 16, 54,
        {}, "asserted", CONFIDENCE, "llm:m@1",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ({"relation": "hacked"}, "relation is not one"),
        ({"subject_type": "Organization"}, "the subject of directed must be Person"),
        ({"object_type": "Robot"}, "the object of directed must be Work"),
        ({"certainty": "sure"}, "certainty is not one of asserted"),
        ({"certainty": None}, "no text 'certainty'"),
        ({"subject": 7}, "no text 'subject'"),
        ({"quote": "Salt Wind was directed by Anna Novak"}, "quote does not stand"),
        ({"quote": "“Salt Wind” was made by Anna Novak"}, "quote does not stand"),
        ({"quote": " "}, "quote does not stand"),
        ({"quote": "x" * 1001}, "more than 1000 characters"),
        ({"subject": "Ada Lovelace"}, "the subject does not stand in the article"),
        ({"object": "Salt Win"}, "the object does not stand in the article"),
        ({"object": "“”"}, "the object is no name"),
        ({"object": "x" * 201}, "the object is no name"),
        ({"object": "Anna Novak"}, "subject and object are the same"),
        ({"relation": "release_or_date", "subject": "Salt Wind", "subject_type": "Work", "object": "2014",
          "object_type": "Date"}, "the object does not stand in the quote, as dates"),
        ({"relation": "count_statistic", "subject": "Salt Wind", "subject_type": "Work", "object": "60 films",
          "object_type": "Quantity"}, "the object does not stand in the quote, as dates"),
        ({"qualifiers": [{"name": "mood", "value": "x"}]}, "qualifier whose name is not known"),
        ({"qualifiers": {"mood": None}}, "qualifier whose name is not known"),
        ({"qualifiers": "none"}, "qualifiers are no list"),
        ({"qualifiers": [3]}, "one of its qualifiers has no name"),
        ({"qualifiers": [{"name": "role", "value": ["x"]}]}, "qualifier role is no text"),
        ({"qualifiers": [{"name": "role", "value": True}]}, "qualifier role is no text"),
        ({"qualifiers": {"role": "king of the world"}}, "qualifier role does not stand in the article"),
        ({"qualifiers": {"role": "x" * 201}}, "qualifier role is too long"),
        ({"qualifiers": {"amount": "€90,000"}}, "qualifier amount does not stand in the quote"),
        ({"qualifiers": {"season": "2"}}, "qualifier season does not stand in the quote"),
        ({"qualifiers": [{"name": "role", "value": "wins"}, {"name": "role", "value": "made"}]}, "role twice"),
        ({"relation": "born_in", "object": "Luxembourg", "object_type": "Place"}, "the object does not stand in"),
    ],
)  # fmt: skip
def test_every_check_rejects_with_its_reason(claim: dict[str, Any], reason: str) -> None:
    found = check(**claim)
    assert isinstance(found, Rejected)
    assert reason in found.reason
    assert found.claim == {**GOOD, **claim}


@pytest.mark.parametrize("claim", [None, 3, "a", [], [GOOD], {}, {"facts": []}])
def test_what_is_no_claim_is_rejected(claim: object) -> None:
    found = Checker(DOCUMENT, "r").check(claim, Piece(0, len(TEXT), TEXT))
    assert isinstance(found, Rejected)
    assert found.claim == claim


def test_the_quote_stands_in_the_piece_that_was_asked_about() -> None:
    found = Checker(DOCUMENT, "r").check(GOOD, Piece(60, len(TEXT), TEXT[60:]))
    assert isinstance(found, Rejected)
    assert found.reason == "its quote does not stand in the article"


def test_a_name_that_the_quote_only_refers_to_stands_elsewhere() -> None:
    fact = kept(relation="count_statistic", subject="Dune Films", subject_type="Organization",
                object="About 60 films", object_type="Quantity", quote="About 60 films were made")  # fmt: skip
    assert (fact.subject, fact.subject_mention, fact.object) == ("Dune Films", None, "About 60 films")


def test_a_name_in_capitals_keeps_the_form_that_the_article_has_elsewhere() -> None:
    fact = kept(relation="born_in", object="Liège", object_type="Place", quote="ANNA NOVAK was born in Liège")
    assert (fact.subject, fact.subject_mention) == ("Anna Novak", "ANNA NOVAK")


def test_a_country_stands_where_its_adjective_does() -> None:
    quote = "The Belgian film"
    sides = {"subject": "Night Ferry", "subject_type": "Work", "object_type": "Place"}
    for name in ("Belgium", "Belgian"):
        fact = kept(relation="country_of", object=name, quote=quote, **sides)
        assert (fact.object, fact.object_mention) == ("Belgium", "Belgian")


def test_qualifiers_are_the_articles_words() -> None:
    given = {"amount": "€90,000", "year": 2014, "role": "", "scheme": None, "for_work": "night ferry"}
    fact = kept(**{**SUPPORT, "qualifiers": given})
    assert fact.qualifiers == {"amount": "€90,000", "year": "2014", "for_work": "Night Ferry"}
    pairs = [{"name": name, "value": value} for name, value in given.items()]
    assert kept(**{**SUPPORT, "qualifiers": pairs}) == fact


def test_parties_are_names_of_the_article() -> None:
    claim = {"relation": "count_statistic", "subject": "Film Fund", "subject_type": "Organization",
             "object": "60 films", "object_type": "Quantity", "quote": "About 60 films were made"}  # fmt: skip
    assert kept(**claim, qualifiers={"parties": "Film Fund | dune films"}).qualifiers == {
        "parties": "Film Fund | Dune Films"
    }
    assert isinstance(check(**claim, qualifiers={"parties": "Film Fund | Nobody"}), Rejected)


def test_what_is_said_of_a_season_is_not_said_of_the_series() -> None:
    claim = {"relation": "produced_by_company", "subject": "Dune Films", "subject_type": "Organization",
             "object": "Night Ferry", "quote": SEASON}  # fmt: skip
    for number in ("2", 2, "second", "two"):
        fact = kept(**claim, qualifiers={"season": number})
        assert (fact.object, fact.object_mention) == ("Night Ferry season 2", "Night Ferry")
    claim |= {"relation": "part_of_series", "subject": "second season", "subject_type": "Work"}
    fact = kept(**claim, qualifiers={"season": "2"})
    assert (fact.subject, fact.object, fact.subject_mention) == ("Night Ferry season 2", "Night Ferry", "second season")
    assert isinstance(check(**{**claim, "subject": "Night Ferry"}), Rejected)


@pytest.mark.parametrize(
    "text",
    [
        "👩‍🎤\r\n« Cafe\u0301\u00a0bleu » a été réalisé par Amélie\u00a0Noël.",
        "🎬🎬 \u200b“Café bleu”\ta  été re\u0301alise\u0301 par Amélie Noe\u0308l!",
    ],
)
def test_offsets_hold_whatever_the_code_points(text: str) -> None:
    document = Document("a.txt", text, language="fr")
    fact = kept(document, subject="Amélie Noël", object="Café bleu", quote='"Café bleu" a été réalisé par Amélie Noël')
    assert fact.evidence.endswith("l")
    assert fact.start == text.index("«" if "«" in text else "“")


ONE = {"a": 1}


@pytest.mark.parametrize(
    ("text", "claims", "complete"),
    [
        (json.dumps({"facts": [ONE]}), [ONE], True),
        ('```json\n{"facts": [{"a": 1}]}\n```', [ONE], True),
        ('<think>{"facts": [{"b": 2}]}</think>{"facts": [{"a": 1}]}', [ONE], True),
        ('Here {it} is:\n{"facts": [{"a": 1}]} Anything else?', [ONE], True),
        ('[{"a": 1}]', [ONE], True),
        ('```\n[{"a": 1}, {"a": 1}]\n```', [ONE, ONE], True),
        ('{"facts": []}', [], True),
        ('{"facts": [{"a": 1}, {"a": 1}, {"a"', [ONE, ONE], False),
        ('{"facts": [{"a": 1}', [ONE], False),
        ('[{"a": 1}, {"a', [ONE], False),
        ('{"facts": {"a": 1}}', [], False),
        ('{"claims": [{"a": 1}]}', [], False),
        ("no facts here", [], False),
        ("", [], False),
        ('{"facts": [' + "[" * 100_000, [], False),
        ('{"facts": [' + '{"a":' * 100_000, [], False),
        ("{" * 100_000, [], False),
        ('{"facts": [' + "9" * 5000 + "]}", [], False),
    ],
)
def test_claims_are_found_in_whatever_a_model_writes(text: str, claims: list[object], complete: bool) -> None:
    assert claims_of(text) == (claims, complete)


def test_a_claim_too_deep_is_rejected_without_its_depth() -> None:
    deep: Any = {}
    for _ in range(900):
        deep = [deep]
    found = check(qualifiers=deep)
    assert isinstance(found, Rejected)
    assert len(json.dumps(found.claim)) < 400


def test_duplicates_are_merged_into_what_says_most() -> None:
    plain, rich = kept(**SUPPORT), kept(**{**SUPPORT, "qualifiers": {"amount": "€90,000"}})
    other = kept(**{**SUPPORT, "qualifiers": {"year": "2014"}})
    assert merged([plain, rich, plain]) == (rich,)
    assert {f.qualifiers.get("year") for f in merged([rich, other])} == {None, "2014"}
    partners = [
        Fact(a, "Place", "partner_of", b, "Place", "x", 0, 1) for a, b in (("Belgium", "France"), ("France", "Belgium"))
    ]
    assert merged(partners) == (partners[0],)
    assert len(merged([kept(), kept(certainty="negated")])) == 2


def test_pieces_hold_the_whole_article_and_overlap() -> None:
    paragraphs = [f"Paragraph {i} says that film number {i} was made.{' More words.' * (i % 40)}" for i in range(150)]
    long = " ".join(f"Sentence {i} of a long line." for i in range(900))
    text = "\r\n\r\n".join([*paragraphs, long, *paragraphs])
    found = pieces(Document("a.txt", text, language="en"))
    assert len(found) > 10
    for piece in found:
        assert len(piece.text) <= 6000
        assert piece.text.split()[0] == text[piece.start : piece.end].split()[0]
        assert piece.text.split()[-1] == text[piece.start : piece.end].split()[-1]
    for before, after in pairwise(found):
        assert before.start < after.start <= before.end < after.end
    assert found[0].start == 0
    assert found[-1].end == len(text)
    assert sum(after.start < before.end for before, after in pairwise(found)) > 5


def test_an_article_without_spaces_is_cut_as_well() -> None:
    found = pieces(Document("a.txt", "x" * 20_000, language="en"))
    assert found[-1].end == 20_000
    assert max(len(p.text) for p in found) <= 6000


def test_menus_are_not_sent() -> None:
    from avgraph.model import Block

    text = "Home Login\n“Salt Wind” was directed by Anna Novak."
    blocks = (Block("boilerplate", 0, 10), Block("paragraph", 11, len(text)))
    (piece,) = pieces(Document("a.txt", text, blocks, language="en"))
    assert piece.text == text[11:]
    assert pieces(Document("a.txt", "  \n ", language="en")) == []
