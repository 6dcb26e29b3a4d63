"""What is dismissed in columns has no score: nothing that is compared one by one is lost."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from unittest.mock import patch

import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from avgraph.identity import Decisions, resolve, stages
from avgraph.identity.clusters import Clusters
from avgraph.identity.context import read_context
from avgraph.identity.dismissal import perhaps_alike
from avgraph.identity.mentions import read_mentions
from avgraph.identity.nodes import Scene
from avgraph.identity.scoring import score_pair
from avgraph.identity.stages import nodes_of
from avgraph.model import KINDS, MENTION_SCHEMA, claim_schema

PEOPLE = (
    "Jean", "Luc", "Jean-Luc", "Jeanluc", "J.", "Bob", "Robert", "Robbie", "de", "Van", "Dr", "Jr", "III", "Wagner",
    "Wagnerova", "Tarkovsky", "Tarkowskij", "Chahine", "Shahin", "Вагнер", "Vagner", "Ælfric", "Elfric", "X",
)  # fmt: skip
TITLES = (
    "The", "La", "Saw", "II", "2", "Two", "Vol.", "Volume", "8½", "8", ":", "-", "(Mud)", "Mud", "Грязь", "Kingdom",
    "Kingdoms", "of", "Heaven", "Racer", "Racers", "Raser", "/",
)  # fmt: skip
COMPANIES = (
    "Film", "Films", "Fund", "Luxembourg", "Belgique", "Belgium", "Production", "Productions", "GmbH", "S.A.", "ABC",
    "BF", "Alpha", "Alphaville", "Beta", "Casa", "Belle", "Lux", "Fabrique", "Fabrike", "RTL", "d'Images", "(ABC)", "2",
    "LF", "FF",
)  # fmt: skip


def named(words: Sequence[str]) -> st.SearchStrategy[list[str]]:
    """Draw names of some of the words, some with a letter less."""
    whole = st.lists(st.sampled_from(words), min_size=1, max_size=5).map(" ".join)
    misspelt = st.tuples(whole, st.integers(0, 20)).map(lambda drawn: drawn[0][: drawn[1]] + drawn[0][drawn[1] + 1 :])
    return st.lists(st.one_of(whole, misspelt), min_size=2, max_size=8)


def assert_none_lost(type_: str, names: Sequence[str]) -> None:
    table = pl.DataFrame(
        [{"ref": f"t#{i}", "source": "t", "type": type_, "name": name} for i, name in enumerate(names)],
        schema=MENTION_SCHEMA,
    )
    mentions = read_mentions(table)
    scene = Scene(mentions, read_context(mentions, {}), Clusters(mentions, {}, {}, {}))
    nodes = [node for node in nodes_of(scene, type_) if node.names]
    every = list(combinations(range(len(nodes)), 2))
    pairs = pl.DataFrame(every, schema={"left": pl.UInt32(), "right": pl.UInt32()}, orient="row")
    kept = set(perhaps_alike(nodes, pairs).iter_rows())
    lost = [pair for pair in every if pair not in kept and score_pair(nodes[pair[0]], nodes[pair[1]])]
    assert not lost, [(nodes[a].texts, nodes[b].texts) for a, b in lost]


@settings(deadline=None)
@given(named(PEOPLE))
@example(["Bob Wagner", "Robert Wagner", "Robbie Vagner", "Wagner", "R. Wagner Jr"])
@example(["Yusuf Chahine", "Yusuf Shahin", "Iusuf Shahin"])
@example(["Pierre Garbarski", "Pierre Gabarski", "Bob Garbarskia", "Robert Garbarski"])
@example(["Luc Besson", "Luc Besson Silla", "Besson Luc", "Luc-Besson"])
def test_people(names: list[str]) -> None:
    assert_none_lost("Person", names)


@settings(deadline=None)
@given(named(TITLES))
@example(["Kingdom of Heaven", "Heaven", "Kingdom", "The Kingdom of Heaven", "Kingdom: of Heaven", "Kingdon of Heaven"])
def test_works(names: list[str]) -> None:
    assert_none_lost("Work", names)


@settings(deadline=None)
@given(named(COMPANIES))
@example(["ABC", "Alpha Beta Casa", "Alpha Beta Casa GmbH", "Films ABC", "A.B.C."])
@example(["Film Fund Luxembourg", "Film Fund", "Luxembourg Film Fund", "Film Fund Belgique"])
@example(["Alpha Beta Casa Belle Lux RTL", "Alpha Beta", "RTL", "Lux Casa Alpha"])
def test_companies(names: list[str]) -> None:
    assert_none_lost("Organization", names)


@settings(deadline=None, max_examples=30)
@given(named(PEOPLE), named(TITLES), named(COMPANIES), st.lists(st.integers(0, 40), max_size=8))
def test_a_resolution_is_the_same_however_many_pairs_are_dismissed(
    people: list[str], titles: list[str], companies: list[str], credits_: list[int]
) -> None:
    rows = [
        {"ref": f"t{i % 3}#{i}", "source": f"t{i % 3}", "type": type_, "name": name, "year": 2000 + i % 4}
        for i, (type_, name) in enumerate(
            (type_, name)
            for type_, names in (("Person", people), ("Work", titles), ("Organization", companies))
            for name in names
        )
    ]
    mentions = pl.DataFrame(rows, schema=MENTION_SCHEMA)
    works, agents = ([r["ref"] for r in rows if r["type"] == type_] for type_ in ("Work", "Person"))
    made = [
        {"claim": f"c{k}", "source": "t", "work": works[n % len(works)], "agent": agents[n % len(agents)],
         "role": "director", "status": "asserted"}
        for k, n in enumerate(credits_)
    ]  # fmt: skip
    claims = {"Credit": pl.DataFrame(made, schema=claim_schema(KINDS["Credit"]))}
    found = []
    for many in (0, 10**9):
        with patch.object(stages, "MANY_PAIRS", many):
            found.append(resolve(mentions, claims, Decisions(), "https://example.org/id/"))
    assert found[0].assignment.equals(found[1].assignment)
    assert found[0].matches.equals(found[1].matches)
