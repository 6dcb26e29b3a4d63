"""What comes of comparing claims does not depend on the order in which claims, entities and sources stand."""

from __future__ import annotations

import random
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from avgraph.graph.conflicts import Comparison, compare_claims
from avgraph.identity.entities import ENTITY_SCHEMA
from avgraph.model import KINDS, SOURCE_SCHEMA, Collector, concat_claims
from graph_parts import SCHEMAS

BASE = "https://example.org/id/"
SOURCES = ("articles/a.txt", "articles/b.txt", "records/c.csv", "records/d.csv")
PEOPLE, WORKS, PLACES = ([f"{BASE}{kind}{n}" for n in range(3)] for kind in ("p", "w", "c"))
person, work, place = st.sampled_from(PEOPLE), st.sampled_from(WORKS), st.sampled_from(PLACES)
status = st.sampled_from(["asserted", "asserted", "asserted", "planned", "negated"])
claims = st.tuples(
    st.sampled_from(SOURCES),
    st.one_of(
        st.fixed_dictionaries({"kind": st.just("Credit"), "work": work, "agent": person, "role": st.just("director"),
                               "status": status}),
        st.fixed_dictionaries({"kind": st.just("WorkFact"), "work": work, "status": status,
                               "property": st.sampled_from(["release date", "runtime", "genre"]),
                               "value": st.sampled_from(["2014", "2014-03", "2015", "90", "Fiction", "Documentary"])}),
        st.fixed_dictionaries({"kind": st.just("PlaceRelation"), "entity": work, "place": place,
                               "relation": st.just("country of origin"),
                               "standing": st.sampled_from([None, "majority"])}),
        st.fixed_dictionaries({"kind": st.just("Participation"), "work": work, "country": place, "status": status,
                               "role": st.just("producer"), "share": st.sampled_from([None, 0.4, 0.6])}),
        st.fixed_dictionaries({"kind": st.just("AwardOutcome"), "award": st.just(f"{BASE}prize"), "work": work,
                               "recipients": st.lists(person, max_size=2, unique=True), "result": st.just("won"),
                               "category": st.sampled_from([None, "Film"]),
                               "year": st.sampled_from([None, 2014, 2015])}),
    ),
)  # fmt: skip


def tables(said: list[Any]) -> dict[str, pl.DataFrame]:
    collectors = {source: Collector(source, observed="2014" if source < "b" else None) for source in SOURCES}
    for n, (source, columns) in enumerate(said):
        about = {k: v for k, v in columns.items() if k != "kind"}
        collectors[source].claim(columns["kind"], quote=f"q{n}", row=n + 1, **about)
    parts = [c.tables({"source": s}).claims for s, c in collectors.items()]
    found = {KINDS[kind].table: table for kind, table in concat_claims(parts).items()}
    return {name: found.get(name, pl.DataFrame(schema=schema)) for name, schema in SCHEMAS.items()}


def entities() -> pl.DataFrame:
    rows = [
        {"entity": iri, "type": type_, "subtype": subtype, "label": iri.removeprefix(BASE), "names": [], "ids": [],
         "countries": [f"X{iri[-1]}"] if type_ == "Place" else [], "generic": False}
        for iris, type_, subtype in ((PEOPLE, "Person", None), (WORKS, "Work", "film"), (PLACES, "Place", "country"),
                                     ([f"{BASE}prize"], "Award", None))
        for iri in iris
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=ENTITY_SCHEMA)


def compared(found: dict[str, pl.DataFrame], about: pl.DataFrame, sources: pl.DataFrame) -> Comparison:
    return compare_claims(lambda name: found[name].lazy(), about.lazy(), sources, lambda s: int(s > "b"), BASE)


@settings(max_examples=60, deadline=None)
@given(st.lists(claims, max_size=25), st.integers(0, 2**16))
def test_order_does_not_matter(said: list[Any], seed: int) -> None:
    sources = pl.DataFrame(
        [{"source": s, "kind": s.partition("s/")[0]} for s in SOURCES], schema=SOURCE_SCHEMA
    )  # fmt: skip
    found, about = tables(said), entities()
    expected = compared(found, about, sources)
    draw = random.Random(seed)
    shuffled = {name: table.sample(fraction=1, shuffle=True, seed=draw.randrange(999)) for name, table in found.items()}
    other = compared(shuffled, about.reverse(), sources.reverse())
    assert other.conflicts.equals(expected.conflicts)
    assert other.sides.equals(expected.sides)
    assert other.agreements.equals(expected.agreements)


@settings(max_examples=60, deadline=None)
@given(st.lists(claims, max_size=25))
def test_every_side_stands_on_claims_and_at_most_one_is_preferred(said: list[Any]) -> None:
    sources = pl.DataFrame([{"source": s, "kind": s.partition("s/")[0]} for s in SOURCES], schema=SOURCE_SCHEMA)
    found = tables(said)
    result = compared(found, entities(), sources)
    known = {claim for name, table in found.items() if "claim" in table.columns for claim in table["claim"]}
    assert result.conflicts["conflict"].is_unique().all()
    for conflict, sides in result.sides.group_by("conflict"):
        assert sides.height > 1, conflict
        assert sides["preferred"].sum() <= 1
        assert sides["value"].is_unique().all()
        assert (sides["n_independent"] <= sides["sources"].list.len()).all()
        assert set(sides["claims"].explode()) <= known
    assert (result.agreements["n_independent"] > 1).all()
