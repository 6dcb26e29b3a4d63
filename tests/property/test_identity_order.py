"""Identity does not depend on the order of its inputs, and keeps its promises on any input."""

from __future__ import annotations

import random
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avgraph.identity import Decision, Decisions, Resolution, resolve
from avgraph.model import ENTITY_TYPES, KINDS, MENTION_SCHEMA, claim_schema

BASE = "https://example.org/id/"
NAMES = (
    "Sam Garbarski", "Sam Gabarski", "S. Garbarski", "Garbarski", "Film Fund", "Film Fund Luxembourg", "CCA", "Noces",
    "Centre du Cinéma et de l'Audiovisuel", "Unité 42", "Unité42", "Unité 42, saison 2", "Oscar", "Academy Awards",
    "Belgium", "Belge", "Tarantula Belgique", "Tarantula", "", "…",
    "Bob Wagner", "Robert Wagner", "Wagner, Robert", "Le Voyage", "The Journey", "Saw II", "Saw 2",
)  # fmt: skip
IDS = ("imdb:x1", "imdb:x2", "wikidata:Q1", "wikidata:Q2", "isan:1")


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[Decision]]:
    n = draw(st.integers(1, 14))
    rows = []
    for i in range(n):
        source = draw(st.sampled_from(["articles/a", "articles/b", "records/c", "records/d"]))
        type_ = draw(st.sampled_from(["Work", "Person", "Organization", *ENTITY_TYPES]))
        rows.append(
            {
                "ref": f"{source}#{i}",
                "source": source,
                "type": type_,
                "subtype": draw(st.sampled_from([None, "season", "series", "film"])) if type_ == "Work" else None,
                "name": draw(st.sampled_from(NAMES)),
                "names": draw(st.lists(st.sampled_from(NAMES), max_size=1)),
                "ids": draw(st.lists(st.sampled_from(IDS), max_size=2)) if draw(st.booleans()) else [],
                "countries": draw(st.lists(st.sampled_from(["BE", "LU"]), max_size=2)),
                "year": draw(st.sampled_from([None, None, 2007, 2008, 2012])),
                "generic": draw(st.sampled_from([False, False, False, True])),
                "start": 0 if source.startswith("articles") else None,
            }
        )
    works = [r["ref"] for r in rows if r["type"] == "Work"]
    agents = [r["ref"] for r in rows if r["type"] == "Person"]
    credits = []
    if works and agents:
        for k in range(draw(st.integers(0, 6))):
            work = draw(st.sampled_from(works))
            credits.append(
                {
                    "claim": f"c{k}",
                    "work": work,
                    "agent": draw(st.sampled_from(agents)),
                    "role": draw(st.sampled_from(["director", "actor"])),
                    "source": work.partition("#")[0],
                    "status": "asserted",
                }
            )
    refs = [r["ref"] for r in rows]
    lines = [
        Decision(draw(st.sampled_from(refs)), draw(st.sampled_from([*refs, *IDS])), verdict, line)
        for line, verdict in enumerate(
            draw(st.lists(st.sampled_from(["same", "different", "unsure"]), max_size=3)), start=2
        )
    ]
    return rows, credits, lines


def solve(
    rows: list[dict[str, Any]], credits: list[dict[str, Any]], lines: list[Decision], settle_from: int = 1_000
) -> Resolution:
    mentions = pl.DataFrame(rows, schema=MENTION_SCHEMA)
    table = pl.DataFrame(credits, schema=claim_schema(KINDS["Credit"]))
    return resolve(mentions, {"Credit": table}, Decisions(tuple(lines)), BASE, settle_from=settle_from)


@settings(max_examples=150, deadline=None)
@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(world: Any, shuffler: random.Random) -> None:
    rows, credits, lines = world
    expected = solve(rows, credits, lines)
    rows, credits = list(rows), list(credits)
    shuffler.shuffle(rows)
    shuffler.shuffle(credits)
    found = solve(rows, credits, lines)
    assert found.entities.equals(expected.entities)
    assert found.assignment.equals(expected.assignment)
    assert found.matches.equals(expected.matches)
    assert found.issues == expected.issues


@settings(max_examples=150, deadline=None)
@given(worlds())
def test_what_every_resolution_keeps(world: Any) -> None:
    rows, credits, lines = world
    r = solve(rows, credits, lines)
    assert r.assignment["ref"].to_list() == sorted({row["ref"] for row in rows})
    assert r.entities["entity"].is_unique().all()
    assert set(r.assignment["entity"]) == set(r.entities["entity"])
    assert r.matches.filter((pl.col("score") < 0) | (pl.col("score") > 1)).is_empty()

    types: dict[str, set[str]] = {}
    entity = dict(r.assignment.iter_rows())
    for row in rows:
        types.setdefault(entity[row["ref"]], set()).add(row["type"])
    assert all(len(found) == 1 for found in types.values())

    links: dict[str, str] = {ref: ref for ref in entity}

    def root(ref: str) -> str:
        while links[ref] != ref:
            ref = links[ref]
        return ref

    for left, right, verdict in r.matches.select("left_ref", "right_ref", "verdict").iter_rows():
        if verdict == "same":
            assert entity[left] == entity[right]
            links[root(left)] = root(right)
        else:
            assert entity[left] != entity[right]
    assert len({root(ref) for ref in entity}) == r.entities.height


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_without_a_curator_no_entity_has_two_ids_of_one_scheme_unless_one_mention_does(world: Any) -> None:
    rows, credits, _ = world
    r = solve(rows, credits, [])
    given_together = [{i for i in row["ids"] if i.startswith("imdb:")} for row in rows]
    for ids in r.entities["ids"].to_list():
        found = {i for i in ids if i.startswith("imdb:")}
        assert len(found) < 2 or found in given_together


@settings(max_examples=100, deadline=None)
@given(worlds())
def test_what_ids_settle_is_what_comparing_all_finds(world: Any) -> None:
    whole = solve(*world)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("avgraph.identity.settled._PART_GROUPS", 2)
        parted = solve(*world, settle_from=0)
    assert parted.entities.to_dicts() == whole.entities.to_dicts()
    assert parted.assignment.to_dicts() == whole.assignment.to_dicts()
    order = ["left_ref", "right_ref", "verdict", "decided_by"]
    assert parted.matches.sort(order).to_dicts() == whole.matches.sort(order).to_dicts()
    assert parted.issues == whole.issues
