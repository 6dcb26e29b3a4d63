"""Which side is preferred and why, and how many sources are independent."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny import TinyGraph
from told import told

from avgraph.graph.conflict_rules import read_rules
from avgraph.graph.independence import copied_texts
from graph_parts import comparison

RELEASE = (
    "The fund backs six films this spring. The jury met twice in March and read forty projects from eleven countries. "
    "Director Ann Abel returns with a drama that was shot in Liège, and two first features complete the list."
)


def runtimes(*said: tuple[str, str, str | None]) -> TinyGraph:
    """Return a graph of (source, minutes, date of the source)."""
    g = TinyGraph()
    film = g.entity("film", "Work", "F")
    for n, (source, minutes, date) in enumerate(said):
        g.source(source, "article" if source.startswith("articles") else "record", date).claim(
            "WorkFact", work=film, property="runtime", value=minutes, quote=f"quote {n}"
        )
    return g


def test_precedence_decides_before_the_number_of_sources() -> None:
    g = runtimes(("records/a.csv", "90", None), ("articles/b.txt", "120", None), ("articles/c.txt", "120", None))
    assert told(g, "runtime", ("records/a.csv",)) == [("precedence", ["*90", "120"])]


def test_a_primary_source_decides_before_precedence(tmp_path: Path) -> None:
    path = tmp_path / "conflicts.toml"
    path.write_text('[primary]\nruntime = ["articles/b.txt"]\n', encoding="utf-8")
    g = runtimes(("records/a.csv", "90", None), ("articles/b.txt", "120", None))
    g.rules = read_rules(path)
    assert told(g, "runtime", ("records/a.csv",)) == [("primary", ["*120", "90"])]


def test_more_independent_sources_decide_between_sources_of_equal_trust() -> None:
    g = runtimes(("articles/a.txt", "90", None), ("articles/b.txt", "120", None), ("articles/c.txt", "120", None))
    assert told(g, "runtime") == [("independent", ["*120", "90"])]


def test_a_copy_of_the_same_press_release_counts_once() -> None:
    g = runtimes(("articles/a.txt", "90", None), ("articles/b.txt", "120", None), ("articles/c.txt", "120", None))
    g.texts = {"articles/b.txt": RELEASE, "articles/c.txt": f"News of the week. {RELEASE} More on page 7."}
    assert told(g, "runtime") == [(None, ["90", "120"])]
    sides = comparison(g.dataset()).sides
    assert sides["n_independent"].to_list() == [1, 1]
    assert sides["sources"].to_list() == [["articles/a.txt"], ["articles/b.txt", "articles/c.txt"]]


def test_the_same_words_count_once() -> None:
    quote = "the film runs for one hundred and twenty minutes and was shot in Liège"
    g = runtimes(("articles/a.txt", "90", None))
    for source in ("articles/b.txt", "articles/c.txt"):
        g.source(source, "article").claim(
            "WorkFact", work="https://example.org/id/film", property="runtime", value="120", quote=quote
        )
    assert told(g, "runtime") == [(None, ["90", "120"])]


def test_files_of_one_provider_count_once(tmp_path: Path) -> None:
    g = runtimes(("records/a.csv", "90", None), ("records/b1.csv", "120", None), ("records/b2.csv", "120", None))
    assert told(g, "runtime")[0][0] == "independent"
    g.publishers = {"records/b1.csv": "B", "records/b2.csv": "B"}
    assert told(g, "runtime")[0][0] is None
    g.publishers = {}
    path = tmp_path / "conflicts.toml"
    path.write_text('[provider]\nB = ["records/b*"]\n', encoding="utf-8")
    g.rules = read_rules(path)
    assert told(g, "runtime")[0][0] is None


def test_the_latest_word_decides_last_and_only_if_all_are_dated() -> None:
    dated = (("articles/a.txt", "90", "2014"), ("articles/b.txt", "120", "2016-02"))
    assert told(runtimes(*dated), "runtime") == [("recency", ["*120", "90"])]
    assert told(runtimes(dated[0], ("articles/b.txt", "120", None)), "runtime") == [(None, ["90", "120"])]


def test_a_rule_may_prefer_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "conflicts.toml"
    path.write_text('[[rule]]\nname = "runtime"\nprefer = ["recency", "precedence"]\n', encoding="utf-8")
    g = runtimes(("records/a.csv", "90", "2010"), ("articles/b.txt", "120", "2016"))
    g.rules = read_rules(path)
    assert told(g, "runtime", ("records/a.csv",)) == [("recency", ["*120", "90"])]


def test_outweighed_claims_are_those_beside_the_preferred() -> None:
    g = runtimes(("records/a.csv", "90", None), ("articles/b.txt", "120", None))
    for order, outweighed in ((("records/a.csv",), [False, True]), ((), [False, False])):
        sides = comparison(g.dataset(order)).sides
        assert sides["disputed"].to_list() == [True, True]
        assert sides["outweighed"].to_list() == outweighed


@pytest.mark.parametrize("n_copies", [1, 3])
def test_copies_are_found_whatever_their_order(n_copies: int) -> None:
    other = "An altogether different text about a festival in the mountains, with snow and eleven short films in it."
    texts = [("a", RELEASE), ("z", other), *((f"c{i}", f"{RELEASE} Addition {i}.") for i in range(n_copies))]
    expected = {"a": "a", "z": "z"} | {f"c{i}": "a" for i in range(n_copies)}
    assert copied_texts(texts) == expected
    assert copied_texts(texts[::-1]) == expected


def test_agreements_count_independent_sources() -> None:
    g = TinyGraph()
    film, ann, bob = g.entity("film", "Work", "F"), g.entity("ann", "Person", "Ann"), g.entity("bob", "Person", "Bob")
    for source in ("records/a1.csv", "records/a2.csv", "articles/b.txt", "articles/c.txt"):
        collector = g.source(source, "article" if source.startswith("articles") else "record")
        collector.claim("Credit", work=film, agent=ann, role="director", quote=source)
    g.publishers = {"records/a1.csv": "A", "records/a2.csv": "A"}
    for source in ("records/a1.csv", "records/a2.csv"):
        g.parts[source].claim("Credit", work=film, agent=bob, role="writer", quote="q")
    g.parts["articles/b.txt"].claim("Credit", work=film, agent=bob, role="writer", quote="q", status="planned")
    (row,) = comparison(g.dataset()).agreements.to_dicts()
    assert (row["kind"], row["subject"], row["n_sources"], row["n_independent"]) == ("Credit", film, 4, 3)
    assert len(row["claims"]) == 4
    g.texts = {"articles/b.txt": RELEASE, "articles/c.txt": RELEASE}
    assert comparison(g.dataset()).agreements["n_independent"].to_list() == [2]


def test_the_same_words_in_two_articles_confirm_nothing() -> None:
    g = TinyGraph()
    film, ann = g.entity("film", "Work", "F"), g.entity("ann", "Person", "Ann")
    words = "the drama by Ann Abel that was shot in the old port of Liège last spring"
    for source, quote in (("articles/b.txt", words), ("articles/c.txt", f"{words},")):
        g.source(source, "article").claim("Credit", work=film, agent=ann, role="director", quote=quote)
    assert comparison(g.dataset()).agreements.is_empty()
    g.source("articles/d.txt", "article").claim("Credit", work=film, agent=ann, role="director", quote="by Ann Abel")
    assert comparison(g.dataset()).agreements["n_independent"].to_list() == [2]
