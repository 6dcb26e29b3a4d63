from __future__ import annotations

import json
from collections.abc import Callable

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avgraph.errors import StoreError
from avgraph.graph.digests import GraphSum, canonical_line, graph_states, store_states
from avgraph.graph.snapshot import Snapshot

LINES = st.lists(st.text(max_size=8), unique=True, max_size=8)


def _sum(lines: list[str]) -> object:
    found = GraphSum()
    for line in lines:
        found.add(line)
    return found.state()


@given(LINES, st.randoms())
def test_order_does_not_matter_and_every_line_does(lines: list[str], random: object) -> None:
    shuffled = sorted(lines, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert _sum(lines) == _sum(shuffled)
    for i in range(len(lines)):
        assert _sum(lines[:i] + lines[i + 1 :]) != _sum(lines)
        assert _sum([*lines[:i], lines[i] + "x", *lines[i + 1 :]]) != _sum(lines) or lines[i] + "x" in lines


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ('"1.50"^^<X#decimal>', '"1.5"^^<X#decimal>', True),
        ('"36700000"^^<X#decimal>', '"36700000.0"^^<X#decimal>', True),
        ('"+7"^^<X#integer>', '"007"^^<X#integer>', True),
        ('"-0"^^<X#integer>', '"0"^^<X#integer>', True),
        ('"1"^^<X#boolean>', '"true"^^<X#boolean>', True),
        ('"0"^^<X#boolean>', '"true"^^<X#boolean>', False),
        ('"1.5"^^<X#decimal>', '"1.5"^^<X#double>', False),
        ('"2014"^^<X#gYear>', '"2014"^^<X#integer>', False),
        ('"1.0"', '"1"', False),
        ('"1.0"^^<X#decimal>', '"1"^^<X#integer>', False),
        ('"text 1.0"^^<X#decimal>', '"text 1"^^<X#decimal>', False),
    ],
)
def test_only_another_writing_of_the_same_value_is_the_same(one: str, other: str, same: bool) -> None:
    xsd = "http://www.w3.org/2001/XMLSchema"
    lines = [f"<urn:a> <urn:b> {text.replace('X#', xsd + '#')}" for text in (one, other)]
    assert (canonical_line(lines[0]) == canonical_line(lines[1])) == same


def test_states_are_kept_beside_the_snapshot(snapshot: Callable[..., Snapshot]) -> None:
    made = snapshot(a=3, b=5)
    states = graph_states(made)
    assert {graph: state.n_quads for graph, state in states.items()} == {
        "https://example.org/a": 3, "https://example.org/b": 5,
    }  # fmt: skip
    (kept,) = made.path.glob("*.json")
    assert set(json.loads(kept.read_text(encoding="utf-8"))) == set(states)
    assert graph_states(made) == states
    for damage in ("", "[1]", '{"a": 1}', '{"a": [1]}'):
        kept.write_text(damage, encoding="utf-8")
        assert graph_states(made) == states


def test_the_default_graph_has_no_state() -> None:
    store = pyoxigraph.Store()
    node = pyoxigraph.NamedNode("urn:a")
    store.add(pyoxigraph.Quad(node, node, node))
    assert store_states(store) == {}


def test_a_store_that_is_gone_is_said(snapshot: Callable[..., Snapshot]) -> None:
    made = snapshot(a=1)
    with pytest.raises(StoreError, match="cannot open"):
        graph_states(Snapshot(made.path / "nothing", made.manifest))
