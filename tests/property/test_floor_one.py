"""Text, dates and claim ids under any input."""

from __future__ import annotations

import datetime as dt

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avgraph.dates import is_partial_date, parse_partial_date, year_of
from avgraph.errors import QueryError
from avgraph.model import KINDS, Collector
from avgraph.queries import NamedQuery, Parameter
from avgraph.text import content_hash, fold, name_tokens, slug

TEXT = st.text(max_size=60)


@given(TEXT)
def test_a_slug_is_a_safe_iri_segment(text: str) -> None:
    iri = f"https://example.org/id/work/{slug(text)}"
    assert pyoxigraph.NamedNode(iri).value == iri
    assert slug(slug(text)) == slug(text)


@given(TEXT)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert name_tokens(text.upper().lower()) == name_tokens(text.upper().lower().casefold())


@given(st.dates(min_value=dt.date(1000, 1, 1)))
def test_every_calendar_day_is_read_in_every_digit_form(day: dt.date) -> None:
    forms = (
        day.isoformat(),
        day.strftime("%Y%m%d"),
        f"{day.day}/{day.month}/{day.year:04d}",
        f"{day.isoformat()}T10:00:00Z",
    )
    assert {parse_partial_date(f) for f in forms} == {day.isoformat()}
    assert year_of(day.isoformat()) == day.year


@given(TEXT)
def test_what_is_read_as_a_date_is_one(text: str) -> None:
    date = parse_partial_date(text)
    assert date is None or is_partial_date(date)


@given(st.lists(TEXT, min_size=2, max_size=4))
def test_a_hash_tells_parts_from_their_concatenation(parts: list[str]) -> None:
    assert content_hash(*parts) == content_hash(*parts)
    joined = [parts[0] + parts[1], *parts[2:]]
    assert content_hash(*parts) != content_hash(*joined)


@given(st.text(min_size=1, max_size=30), st.floats(0, 1), st.sampled_from(sorted(KINDS)))
def test_a_better_rule_keeps_the_claim_id(name: str, confidence: float, kind: str) -> None:
    ids = set()
    for method, sure in (("rule@1", 1.0), ("rule@2", confidence)):
        c = Collector("records/a.csv", method=method)
        ref = c.mention("x", "Work", name)
        role = KINDS[kind].roles[0]
        c.claim(kind, **{role.name: [ref] if role.many else ref}, confidence=sure, row=2, quote="q")
        ids |= set(c.tables({}).claims[kind]["claim"])
    assert len(ids) == 1


@given(st.text(max_size=40))
def test_a_text_parameter_never_leaves_its_string(value: str) -> None:
    query = NamedQuery(
        "q", "s", "", None, (Parameter("x", "x", "string"),), 'SELECT (STR(?_x) AS ?v) ("?_x" AS ?w) WHERE {}'
    )
    try:
        sparql = query.bind({"x": value})
    except QueryError:
        return
    row = next(iter(pyoxigraph.Store().query(sparql)))
    assert row["w"].value == "?_x"
    assert row["v"].value == value.strip()


@pytest.mark.parametrize("value", ["x> . ?s ?p ?o", "a b", "<x>", 'x"y', "nocolon"])
def test_an_iri_parameter_refuses_what_is_none(value: str) -> None:
    query = NamedQuery("q", "s", "", None, (Parameter("e", "e_iri", "iri"),), "SELECT * WHERE { ?_e_iri ?p ?o }")
    with pytest.raises(QueryError):
        query.bind({"e": value})
