"""Claims carry the words they rest on; conflicts and identity decisions can be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from avgraph.errors import NotFoundError, QueryError
from avgraph.knowledge import KnowledgeGraph
from avgraph.knowledge.disagreement import OUTCOMES
from avgraph.model import KINDS
from avgraph.text import single_line


def test_every_quote_of_an_article_is_its_document_at_the_offsets(kg: KnowledgeGraph) -> None:
    assert kg.snapshot is not None
    texts = dict(kg.snapshot.table("documents").select("source", "text").iter_rows())
    n_checked = 0
    for kind in KINDS.values():
        table = kg.snapshot.table(kind.table)
        for source, start, end, quote in table.select("source", "start", "end", "quote").iter_rows():
            if source in texts:
                assert texts[source][start:end] == quote
                n_checked += 1
    assert n_checked > 40


def test_the_quote_of_a_row_stands_on_its_line(kg: KnowledgeGraph, example_graph: Path) -> None:
    claims = [c for c in kg.entity("Unité 42, season 2").claims if c.source == "records/credits.tsv"]
    lines = (example_graph / "records" / "credits.tsv").read_text(encoding="utf-8").splitlines()
    assert claims
    for claim in claims:
        assert claim.row is not None
        assert claim.place == f"records/credits.tsv line {claim.row}"
        cells = lines[claim.row - 1].split("\t")
        said = [part.split(": ", 1)[1] for part in str(claim.quote).split(" | ")]
        assert set(said) <= set(cells)


def test_the_co_produced_episodes_are_never_the_whole_series(kg: KnowledgeGraph) -> None:
    directed = [c for c in kg.entity("Christophe Wagner").claims if c.attributes.get("role") == "director"]
    unit = [c for c in directed if any("Unité 42" in label for label in c.labels.values())]
    assert {c.source for c in unit} >= {"records/credits.tsv", "articles/2019-10-16-partners-on-screen.html"}
    for claim in unit:
        assert claim.roles["work"] == (kg.entity("Unité 42, season 2").iri,)
        assert str(claim.attributes["scope"]).startswith("co-produced episodes")


def test_a_claim_is_found_again_by_its_iri(kg: KnowledgeGraph) -> None:
    claim = kg.entity("Mr. Hublot").claims[0]
    assert kg.claim(claim.iri) == claim
    assert kg.claim(claim.iri).to_json()["text"] == claim.text
    with pytest.raises(NotFoundError, match="no claim"):
        kg.claim("https://example.org/none")


def test_claims_of_a_name_and_of_its_iri_are_the_same(kg: KnowledgeGraph) -> None:
    assert kg.claims("Unité 42") == kg.claims(kg.entity("Unité 42").iri) != []


def test_claims_are_counted_like_the_tables(kg: KnowledgeGraph) -> None:
    assert kg.snapshot is not None
    tables = {k.name: kg.snapshot.table(k.table).height for k in KINDS.values()}
    assert kg.counts() == {kind: n for kind, n in tables.items() if n}
    assert sum(s["n_claims"] for s in kg.sources()) == sum(tables.values())


def test_both_sides_of_the_oscar_stand_and_the_record_is_preferred(kg: KnowledgeGraph) -> None:
    (conflict,) = [c for c in kg.conflicts("contradicted") if c.rule == "award-recipients"]
    preferred, other = conflict.sides
    assert (preferred.value, preferred.source, preferred.preferred) == (
        "Alexandre Espigares and Laurent Witz", "records/awards.csv", True,
    )  # fmt: skip
    assert (other.value, other.preferred) == ("Stéphane Halleux", False)
    assert "Stéphane Halleux received an Oscar" in str(other.quote)
    assert {kg.claim(iri).kind for side in conflict.sides for iri in side.claims} == {"AwardOutcome"}
    assert conflict.to_json()["sides"][0]["preferred"] is True
    assert "Halleux" in conflict._repr_html_()


def test_conflicts_by_outcome(kg: KnowledgeGraph) -> None:
    assert [c for outcome in OUTCOMES for c in kg.conflicts(outcome)] == kg.conflicts()
    with pytest.raises(QueryError, match="no outcome 'agreed'"):
        kg.conflicts("agreed")


def test_identity_is_explained_by_the_values_that_matched(kg: KnowledgeGraph) -> None:
    links = kg.explain("Film Fund Luxembourg")
    assert links
    fund = kg.entity("Film Fund Luxembourg")
    assert all(fund.iri in (link.left_entity, link.right_entity) for link in links)
    assert all(0 <= link.score <= 1 and link.reason and link.decided_by for link in links)
    same = [link for link in links if link.verdict == "same"]
    assert {link.left_entity for link in same} == {fund.iri}
    assert fund.matches == links


def test_between_two_entities_only_their_own_decisions_are_given(kg: KnowledgeGraph) -> None:
    one, two = kg.entity("Film Fund Luxembourg"), kg.entity("Mr. Hublot")
    assert kg.explain(one.iri, two.iri) == []
    assert kg.explain(one.iri, one.iri) == kg.explain(one.iri)


def test_words_of_a_claim_are_one_line(kg: KnowledgeGraph) -> None:
    for name in ("Film Fund Luxembourg", "Belgium", "Academy Award", "Samsa Film"):
        for claim in kg.entity(name).claims:
            assert claim.text == single_line(claim.text)
            assert "None" not in claim.text
            assert repr(claim).startswith("<Claim ")


def test_conflicts_of_an_entity_and_a_rule(kg: KnowledgeGraph) -> None:
    (won,) = kg.conflicts(rule="award-recipients")
    assert won in kg.conflicts(entity="Mr. Hublot")  # what it is about
    assert won in kg.conflicts(entity="Stéphane Halleux")  # whom a claim on one of its sides names
    assert won not in kg.conflicts(entity="Deux")
    everything = kg.conflicts()
    named = {(claim, i) for conflict in everything for side in conflict.sides for claim in side.claims
             for members in kg.claim(claim).roles.values() for i in members}  # fmt: skip
    for iri in sorted({i for _, i in named} | {conflict.subject for conflict in everything})[:40]:
        about = [c for c in everything if c.subject == iri or any((x, iri) in named for s in c.sides for x in s.claims)]
        assert kg.conflicts(entity=iri) == about
    assert [c.rule for c in kg.conflicts("contradicted", entity="Deux", rule="release-date")] == ["release-date"]
    assert kg.conflicts(rule="network") == []
    with pytest.raises(QueryError, match="no rule 'oscars'") as caught:
        kg.conflicts(rule="oscars")
    assert "award-recipients" in str(caught.value.hint)
    with pytest.raises(NotFoundError):
        kg.conflicts(entity="Nobody at all")


def test_a_conflict_tells_what_decided_and_what_would_settle_it(kg: KnowledgeGraph) -> None:
    (won,) = kg.conflicts(rule="award-recipients")
    assert won.preferred_by == "precedence"
    assert won.settled_by == "The award's own list of winners for that edition."
    assert [(side.sources, side.n_independent) for side in won.sides] == [
        (("records/awards.csv",), 1), (("articles/2019-10-16-partners-on-screen.html",), 1)
    ]  # fmt: skip
    assert won.to_json()["sides"][0]["sources"] == ["records/awards.csv"]


def test_disputed_claims_keep_their_graph_and_lead_to_the_conflict(kg: KnowledgeGraph) -> None:
    (won,) = kg.conflicts(rule="award-recipients")
    better, worse = won.sides
    for side, outweighed in ((better, False), (worse, True)):
        for claim in side.claims:
            assert kg.claim(claim).status == "asserted"
            (row,) = kg.query(f"SELECT (COUNT(*) AS ?n) WHERE {{ <{claim}> av:disputedIn <{won.iri}> }}")
            assert row["n"] == 1
            (row,) = kg.query(f"SELECT (COUNT(*) AS ?n) WHERE {{ <{claim}> av:outweighedIn <{won.iri}> }}")
            assert bool(row["n"]) is outweighed
