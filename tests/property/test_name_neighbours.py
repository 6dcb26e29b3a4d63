"""The columns' rough comparison of names loses none that the blocking keys would compare."""

from __future__ import annotations

import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from avgraph.identity.candidates import name_keys
from avgraph.identity.names import parse_name
from avgraph.identity.nearness import name_neighbours

WORDS = st.sampled_from(
    [
        "Jean",
        "Luc",
        "Jean-Luc",
        "Jeanluc",
        "J.",
        "Duc",
        "de",
        "Van",
        "Dr",
        "Mme",
        "Jr",
        "III",
        "Wagner",
        "Zsa",
        "Æsa",
        "ğ",
    ]
)
PERSONS = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)


TITLE_WORDS = st.sampled_from(
    [
        "The",
        "La",
        "Saw",
        "II",
        "2",
        "Two",
        "One",
        "1",
        "Vol.",
        "Volume",
        "8½",
        "8",
        "1/2",
        ":",
        "-",
        "(Mud)",
        "Mud",
        "Грязь",
    ]
)
TITLES = st.lists(TITLE_WORDS, min_size=1, max_size=5).map(" ".join)


@settings(deadline=None)
@given(PERSONS, PERSONS)
@example("Bob Wagner", "Robert Wagner")
@example("Luc Tarkovsky", "L. Tarkowskij")
@example("Luc Вагнер", "Luc Vagner")
@example("Van", "van")
@example("Dr Luc", "Luc")
@example("Luc Wagner", "L. Wagner")
@example("Dr Jean Luc", "Jeanluc")
@example("Luc de Jean III", "Luc Jean")
def test_persons_that_share_a_blocking_key_are_near(left: str, right: str) -> None:
    assert_near("Person", left, right)


@settings(deadline=None)
@given(TITLES, TITLES)
@example("Saw II", "Saw 2")
@example("8½", "8 1/2")
def test_titles_that_share_a_blocking_key_are_near(left: str, right: str) -> None:
    assert_near("Work", left, right)


COMPANY_WORDS = st.sampled_from(
    ["Channel", "Four", "4", "Twentieth", "20th", "Century", "X", "C4", "Filme", "Music", "Ltd", "&", "and", "Fund"]
)
COMPANIES = st.lists(COMPANY_WORDS, min_size=1, max_size=4).map(" ".join)


@settings(deadline=None)
@given(COMPANIES, COMPANIES)
@example("Four Twentieth", "4 20th")
@example("Channel Four", "C4")
@example("Four Channel", "4Channel")
def test_companies_that_share_a_blocking_key_are_near(left: str, right: str) -> None:
    assert_near("Organization", left, right)


def assert_near(type_: str, left: str, right: str) -> None:
    keys, near = keys_and_neighbours(type_, left, right)
    assert near == ([0] if keys[0] & keys[1] else [])


def keys_and_neighbours(type_: str, left: str, right: str) -> tuple[list[set[str]], list[int]]:
    keys = [
        {key for name in parse_name(type_, text) for key, _ in name_keys(type_, type_, name)} for text in (left, right)
    ]
    mentions = pl.DataFrame(
        {"group": [0, None], "type": [type_] * 2, "subtype": [None] * 2, "name": [left, right], "names": [[], []],
         "generic": [False, False]},
        schema={"group": pl.Int64(), "type": pl.String(), "subtype": pl.String(), "name": pl.String(),
                "names": pl.List(pl.String()), "generic": pl.Boolean()},
    )  # fmt: skip
    return keys, name_neighbours(mentions).to_list()
