"""What entities share, and what corroborations name, is what names and claims say, whatever these are."""

from __future__ import annotations

import polars as pl
import pyoxigraph
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny import BASE, ENTITY_SCHEMA, TinyGraph, iri

from avgraph.graph.backend import OxigraphBackend
from avgraph.graph.derived import shared_values, with_shared
from avgraph.model import STATUSES
from avgraph.vocabulary import PREFIXES
from graph_parts import lines_of

PREFIX = " ".join(f"PREFIX {p}: <{namespace}>" for p, namespace in PREFIXES.items())
NAMES, IDS = st.sampled_from(["A", "B", 'C "c", d', "é"]), st.sampled_from(["imdb:tt1", "wikidata:Q2"])
KINDS = [("Work", None), ("Work", "film"), ("Work", "series"), ("Person", None), ("Organization", None)]
WORKS, AGENTS, SOURCES = ("w1", "w2"), ("p1", "p2", "p3"), ("a.csv", "b.csv", "c.csv")
#: Property → what it stands for.
SHARED = {
    "sharedName": "?one rdfs:label|skos:altLabel ?value ; a ?class . ?two rdfs:label|skos:altLabel ?value ; a ?class .",
    "sharedIdentifier": "?one schema:identifier ?value . ?two schema:identifier ?value .",
}
#: Property → the texts of which it is a list.
LISTED = {
    "alsoNames": "?said ?role ?other . ?other rdfs:label ?text . FILTER(?other != ?about)",
    "sourcePaths": "?said prov:wasDerivedFrom/av:path ?text .",
}


def asked(g: TinyGraph) -> OxigraphBackend:
    store = pyoxigraph.Store()
    store.load("\n".join(lines_of(g.dataset())).encode(), format=pyoxigraph.RdfFormat.N_QUADS)
    return OxigraphBackend(store)


@st.composite
def named(draw: st.DrawFn) -> TinyGraph:
    """Give a graph of entities with names and identifiers, many of them alike."""
    g = TinyGraph()
    for number in range(draw(st.integers(2, 6))):
        type_, subtype = draw(st.sampled_from(KINDS))
        g.entity(f"e{number}", type_, draw(NAMES), subtype=subtype, names=draw(st.lists(NAMES, max_size=3)),
                 ids=draw(st.lists(IDS, max_size=2)))  # fmt: skip
    g.source("records/a.csv").claim("WorkFact", work=iri("e0"), property="genre", value="drama", row=1, quote="q")
    return g


@st.composite
def told(draw: st.DrawFn) -> TinyGraph:
    """Give a graph in which three sources say who made two works, and for which award."""
    g = TinyGraph()
    for key in WORKS:
        g.entity(key, "Work", key)
    for key in (*AGENTS, "prize"):
        g.entity(key, "Award" if key == "prize" else "Person", draw(NAMES))
    agents = st.sampled_from([iri(key) for key in AGENTS])
    for row in range(draw(st.integers(4, 14))):
        source = g.source(draw(st.sampled_from(SOURCES)))
        work = iri(draw(st.sampled_from(WORKS)))
        more = {"row": row, "quote": f"q{row}", "status": draw(st.sampled_from(["asserted", "asserted", *STATUSES]))}
        if draw(st.booleans()):
            source.claim("Credit", work=work, agent=draw(agents), role="director", **more)
        else:
            recipients = draw(st.lists(agents, max_size=2, unique=True))
            source.claim("AwardOutcome", work=work, award=iri("prize"), recipients=recipients, result="won", **more)
    g.publishers = {path: path for path in SOURCES}
    return g


@settings(max_examples=60, deadline=None)
@given(g=named())
def test_what_entities_share_is_what_another_has_too(g: TinyGraph) -> None:
    graph = asked(g)
    for derived, pattern in SHARED.items():
        short = graph.select(
            f"{PREFIX} SELECT ?one ?value WHERE {{ GRAPH <{BASE}graph/entities> {{ ?one av:{derived} ?value }} }}"
        ).rows
        long = graph.select(f"{PREFIX} SELECT DISTINCT ?one ?value WHERE {{ {pattern} FILTER(?one != ?two) }}").rows
        assert sorted(short) == sorted(long), derived


@settings(max_examples=60, deadline=None)
@given(g=named())
def test_the_table_keeps_its_rows_and_lists_are_sorted(g: TinyGraph) -> None:
    entities = pl.DataFrame(list(g.entities.values()), schema=ENTITY_SCHEMA)
    table = with_shared(entities, shared_values(entities.lazy()))
    assert table.drop("shared_names", "shared_ids").equals(entities)
    assert with_shared(table, shared_values(table.lazy())).equals(table)
    assert with_shared(entities.reverse(), shared_values(entities.reverse().lazy())).reverse().equals(table)
    for column in ("shared_names", "shared_ids"):
        assert all(found == sorted(set(found)) for found in table[column].to_list())


@settings(max_examples=60, deadline=None)
@given(g=told())
def test_the_texts_of_a_corroboration_list_what_its_claims_say(g: TinyGraph) -> None:
    graph = asked(g)
    for derived, pattern in LISTED.items():
        listed = f"GRAPH <{BASE}graph/conflicts> {{ ?agreement av:{derived} ?text }}"
        short = graph.select(f"{PREFIX} SELECT ?agreement ?text WHERE {{ {listed} }}").rows
        long = graph.select(
            f"""{PREFIX} SELECT ?agreement (GROUP_CONCAT(?text; separator=", ") AS ?texts) WHERE {{
              SELECT DISTINCT ?agreement ?text WHERE {{
                ?agreement a av:Corroboration ; av:subject ?about ; av:claim ?said . {pattern} }} ORDER BY ?text
            }} GROUP BY ?agreement"""
        ).rows
        assert sorted(short) == sorted(row for row in long if row[0]), derived
