"""Entities looked through by words, type, country and decade; claims asked for in parts."""

from __future__ import annotations

import polars as pl
import pytest

from avgraph.errors import QueryError
from avgraph.knowledge import KnowledgeGraph
from avgraph.knowledge.directory import Directory, Wanted
from avgraph.model import KINDS


@pytest.fixture(scope="module")
def directory(kg: KnowledgeGraph) -> Directory:
    assert kg.snapshot is not None
    return Directory(kg.snapshot)


def labels(directory: Directory, wanted: Wanted, **page: int) -> list[str]:
    return directory.find(wanted, **page).rows["label"].to_list()


def test_words_are_found_in_any_order_without_accents_and_when_begun_only(directory: Directory) -> None:
    assert labels(directory, Wanted("unite"))[0] == "Unité 42"
    assert "Unité 42" in labels(directory, Wanted("42 UNIT"))
    assert labels(directory, Wanted("nité")) == []
    assert labels(directory, Wanted("…")) == []


def test_who_is_called_just_so_comes_first_then_who_has_most_claims(directory: Directory) -> None:
    assert labels(directory, Wanted("film fund"))[0] == "Film Fund Luxembourg"  # one of its names is "Film Fund"
    counts = directory.find(Wanted("film")).rows["n_claims"].to_list()
    assert counts == sorted(counts, reverse=True)


def test_claims_are_counted_once_for_each_entity(directory: Directory, kg: KnowledgeGraph) -> None:
    for row in directory.table.sort("entity").gather_every(60).iter_rows(named=True):
        assert row["n_claims"] == len(kg.claims(row["entity"])), row["label"]


def test_facets_count_what_their_own_choice_leaves_open(directory: Directory) -> None:
    found = directory.find(Wanted(type="film", country="LU"))
    by_hand = directory.table.filter(pl.col("subtype") == "film", pl.col("countries").list.contains("LU"))
    assert found.n_entities == by_hand.height == found.facets["type"]["film"] == found.facets["country"]["LU"]
    assert found.facets["country"]["BE"] > 0
    assert sum(found.facets["decade"].values()) == by_hand["year"].drop_nulls().len()
    assert directory.find(Wanted(decade=2010)).rows["year"].is_between(2010, 2019).all()


def test_pages_hold_everybody_once(directory: Directory) -> None:
    whole = labels(directory, Wanted(type="Person"), n_rows=10_000)
    parts = [
        label
        for first in range(0, len(whole), 50)
        for label in labels(directory, Wanted(type="Person"), first=first, n_rows=50)
    ]
    assert parts == whole


def test_claims_come_in_parts_and_by_kind(kg: KnowledgeGraph) -> None:
    iri = kg.entity("Samsa Film").iri
    everything = kg.claims(iri)
    by_kind = kg.claims_by_kind(iri, limit=5)
    counts = {kind: n for kind, (n, _) in by_kind.items()}
    assert list(counts) == [kind for kind in KINDS if kind in counts]
    assert sum(counts.values()) == len(everything)
    for kind, n in counts.items():
        of_kind = {claim.iri for claim in everything if claim.kind == kind}
        parts = [kg.claims(iri, kind, limit=5, first=first) for first in range(0, n, 5)]
        assert [len(part) for part in parts] == [min(5, n - first) for first in range(0, n, 5)]
        assert {claim.iri for part in parts for claim in part} == of_kind
        assert by_kind[kind][1] == parts[0]
    with pytest.raises(QueryError, match="no kind of claim 'Credits'"):
        kg.claims(iri, "Credits")


def test_claims_of_a_source_are_all_that_it_makes(kg: KnowledgeGraph) -> None:
    assert kg.snapshot is not None
    source = kg.snapshot.table("sources").filter(source="articles/2018-11-12-unite-42-geneve.html").row(0, named=True)
    claims = kg.claims_of_source(source["iri"])
    assert len(claims) == source["n_claims"] > 10
    assert {claim.source for claim in claims} == {source["source"]}
    first = {claim.iri for claim in kg.claims_of_source(source["iri"], limit=3)}
    assert first == set(sorted(claim.iri for claim in claims)[:3])


def test_sources_are_the_same_from_the_table_and_from_the_graph(kg: KnowledgeGraph) -> None:
    plain = KnowledgeGraph(kg.backend)
    assert kg.sources() == plain.sources()
