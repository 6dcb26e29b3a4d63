"""What is taken to ask nobody asks nobody: the reading of keywords against the engine itself."""

from __future__ import annotations

from contextlib import suppress
from itertools import product

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avgraph.sparql import may_use
from traps import Trap


@pytest.fixture(scope="module")
def store() -> pyoxigraph.Store:
    made = pyoxigraph.Store()
    s, p = pyoxigraph.NamedNode("http://x/"), pyoxigraph.NamedNode("http://x/p")
    for value in (
        s,
        pyoxigraph.NamedNode("http://x/a"),
        pyoxigraph.Literal(1),
        pyoxigraph.Literal("a"),
        pyoxigraph.Literal("a", language="en"),
    ):
        made.add(pyoxigraph.Quad(s, p, value))
    return made


SPACES = ["", " ", "\n", "\t", "\r\n", "#\n", "# x\n", "# '\n", '#"\n', "#<\n", "\\u0020", "\\u000A", "#\\u000A"]
OBJECTS = [
    "?o", "$o", "x:", "x:a", "x:a.", ":", ":a", "x:%41", "x:\\.", "x:a-", "x:a\\-", "1", "1.", "1.5", "1e0",
    "'a'", '"a"',    "'''a'''", '"""a"""', '"""a"" """', "'\\''", '"\\""', "'\\u0027",
    "'a'@en", "'a'@en-a", "'1'^^x:a", "'1'^^x:", "_:b",
    "_:b-", "<http://x/>", "<http://x/#a>", "[]", "( )", "true", "?o\u00b7", "x:é", "x:a\u0300", "?ª",
]  # fmt: skip
ENDS = [
    ".",
    "",
    ";.",
    ",1.",
    "..",
    " . ",
    ". .",
    "FILTER(?s<1)",
    "FILTER(?o <1)",
    "{}",
    "}{",
    "OPTIONAL{}",
    ",x:.",
    ";:p:.",
]
WORDS = ["SERVICE", "service", "SERVICE SILENT", "SERV\\u0049CE", "\\u0053ERVICE", "serviceſ"]
TARGETS = ["<{}>", "t:", "SERVICE:", "?s", "<{}#'>"]


def asks_somebody(trap: Trap, store: pyoxigraph.Store, text: str, target: str) -> bool:
    """Tell whether a query that is taken to ask nobody calls the trap."""
    places = {"x": "http://x/", "": "http://x/", "t": trap.url} | ({"SERVICE": trap.url} if "SERVICE" in target else {})
    prefixes = "".join(f"PREFIX {name}: <{place}> " for name, place in places.items())
    query = f"{prefixes}SELECT * {{ ?s ?p {text}{target.format(trap.url)} {{ ?a ?b ?c }} \n}}"
    if may_use(query, "SERVICE"):
        return False
    before = trap.n_calls
    with suppress(SyntaxError, ValueError, OSError, RuntimeError):
        list(store.query(query))  # type: ignore[arg-type]
    return trap.n_calls != before


def test_no_neighbours_of_the_word_hide_it(trap: Trap, store: pyoxigraph.Store) -> None:
    for parts in product(OBJECTS, ("", " ", "#\n"), ENDS, ("", " ", "#\n"), WORDS[:3], ("", " ")):
        assert not asks_somebody(trap, store, "".join(parts), TARGETS[0]), parts


@given(
    parts=st.tuples(*(st.sampled_from(kind) for kind in (SPACES, OBJECTS, SPACES, ENDS, SPACES, WORDS, SPACES))),
    target=st.sampled_from(TARGETS),
)
def test_nothing_around_the_word_hides_it(
    trap: Trap, store: pyoxigraph.Store, parts: tuple[str, ...], target: str
) -> None:
    assert not asks_somebody(trap, store, "".join(parts), target)


def test_the_trap_is_one(trap: Trap, store: pyoxigraph.Store) -> None:
    with pytest.raises((OSError, RuntimeError)):
        list(store.query(f"SELECT * {{ SERVICE <{trap.url}> {{ ?a ?b ?c }} }}"))  # type: ignore[arg-type]
    assert trap.n_calls > 0
