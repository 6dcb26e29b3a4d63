"""What a snapshot derives: countries of works, coverage of sources."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl
import pyoxigraph
import pytest
from tiny import BASE, TinyGraph, iri

from avgraph.graph.backend import OxigraphBackend
from avgraph.graph.derived import COVERAGE, producing_countries, with_countries, with_coverage
from avgraph.graph.quads import COVERAGE_PROPERTIES
from avgraph.model import KINDS, ClaimTables, claim_schema
from avgraph.vocabulary import PREFIXES
from graph_parts import lines_of

PREFIX = " ".join(f"PREFIX {p}: <{namespace}>" for p, namespace in PREFIXES.items())
WORKS = ("origin", "partner", "firm-s", "seat-s", "planned", "filmed", "all")


def graph() -> TinyGraph:
    """Return a graph with a work for each way to a country, and ways that lead to none."""
    g = TinyGraph()
    for code in ("be", "fr", "lu", "nl"):
        g.entity(code, "Place", code, subtype="country", countries=[code.upper()])
    town = g.entity("town", "Place", "Town", countries=["NL"])
    firm, seated = g.entity("firm", "Organization", "Firm", countries=["FR"]), g.entity("seated", "Organization", "Sea")
    for number, key in enumerate(WORKS):
        g.entity(key, "Work", key, year=2000 + number)
    award = g.entity("award", "Award", "Award")
    told = {"row": 1, "quote": "q"}
    r = g.source("records/r.csv")
    r.claim("PlaceRelation", entity=seated, place=town, relation="located in", **told)
    r.claim("PlaceRelation", entity=iri("origin"), place=iri("lu"), relation="country of origin", **told)
    r.claim("PlaceRelation", entity=award, place=iri("lu"), relation="country of origin", **told)
    r.claim("Participation", work=iri("partner"), country=iri("be"), role="co-producer", **told)
    r.claim("Participation", work=iri("firm-s"), organization=firm, role="producer", **told)
    r.claim("Participation", work=iri("seat-s"), organization=seated, role="producer", **told)
    r.claim("PlaceRelation", entity=iri("filmed"), place=iri("be"), relation="filmed in", **told)
    for country, organization in (("lu", None), ("be", None), (None, firm), (None, seated)):
        place = iri(country) if country else None
        r.claim(
            "Participation", work=iri("all"), country=place, organization=organization, role="producer",
            quote="all", row=2,
        )  # fmt: skip
    a = g.source("articles/a.txt", "article")
    place = {"place": iri("lu"), "relation": "country of origin", "quote": "q"}
    a.claim("PlaceRelation", entity=iri("planned"), status="planned", start=0, end=1, **place)
    a.claim("PlaceRelation", entity=iri("planned"), status="negated", start=1, end=2, **place)
    a.claim("PlaceRelation", entity=iri("all"), start=2, end=3, **place)
    g.source("records/empty.csv")
    return g


def backend(g: TinyGraph) -> OxigraphBackend:
    store = pyoxigraph.Store()
    store.load("\n".join(lines_of(g.dataset())).encode(), format=pyoxigraph.RdfFormat.N_QUADS)
    return OxigraphBackend(store)


def of_works(found: Iterable[tuple[object, ...]]) -> set[tuple[str, str]]:
    return {(str(work).removeprefix(BASE), str(code)) for work, code in found}


def test_a_work_has_the_countries_that_produce_it() -> None:
    rows = backend(graph()).select(f"{PREFIX} SELECT ?w ?c WHERE {{ ?w av:producingCountry ?c }}").rows
    assert of_works(rows) == {
        ("origin", "LU"), ("partner", "BE"), ("firm-s", "FR"), ("seat-s", "NL"),
        *(("all", code) for code in ("BE", "FR", "LU", "NL")),
    }  # fmt: skip
    assert len(rows) == 8


def test_they_are_those_of_the_paths_over_shortcuts() -> None:
    long_way = (
        f"{PREFIX} SELECT DISTINCT ?w ?c WHERE {{ ?w (schema:countryOfOrigin|av:coProductionCountry|"
        "schema:productionCompany)/av:countryCode|schema:productionCompany/schema:location/av:countryCode ?c . "
        "?w a schema:CreativeWork }"
    )
    asked = backend(graph())
    short = asked.select(f"{PREFIX} SELECT ?w ?c WHERE {{ ?w av:producingCountry ?c }}")
    assert of_works(short.rows) == of_works(asked.select(long_way).rows)


def test_the_table_lists_them_in_order_and_others_have_none() -> None:
    data = graph().dataset()
    tables = tables_of(graph())
    countries = producing_countries(data.entities, lambda name: tables[name].lazy())
    entities = with_countries(data.entities.collect(), countries)
    found = dict(entities.select("entity", "producing_countries").iter_rows())
    assert found[iri("all")] == ["BE", "FR", "LU", "NL"]
    assert [found[iri(key)] for key in ("planned", "filmed", "award", "be", "firm")] == [[]] * 5
    assert entities["entity"].to_list() == data.entities.collect()["entity"].to_list()
    assert with_countries(entities, countries).equals(entities)


def test_the_countries_that_lead_a_work_are_those_its_claims_call_so() -> None:
    g = TinyGraph()
    for code in ("be", "lu"):
        g.entity(code, "Place", code, countries=[code.upper()])
    firm, work = g.entity("firm", "Organization", "Firm"), g.entity("film", "Work", "Film")
    told = {"row": 1, "quote": "q"}
    r = g.source("records/r.csv")
    r.claim("PlaceRelation", entity=firm, place=iri("be"), relation="located in", **told)
    r.claim("Participation", work=work, organization=firm, role="producer", standing="majority", rank=1, **told)
    r.claim("Participation", work=work, country=iri("lu"), role="producer", standing="minority", rank=1, **told)
    r.claim("PlaceRelation", entity=work, place=iri("be"), relation="filmed in", rank=1, **told)
    query = "SELECT ?p ?c WHERE { ?w ?p ?c VALUES ?p { av:majorityCountry av:firstListedCountry } } ORDER BY ?p"
    rows = backend(g).select(f"{PREFIX} {query}").rows
    assert [(str(p).rpartition("#")[2], c) for p, c in rows] == [
        ("firstListedCountry", "LU"),
        ("majorityCountry", "BE"),
    ]


def tables_of(g: TinyGraph) -> ClaimTables:
    """Return the claim tables by their names."""
    found = {kind.table: pl.DataFrame(schema=claim_schema(kind)) for kind in KINDS.values()}
    for unit in g.dataset().units:
        for name, rows in unit.tables():
            if name in found:
                found[name] = pl.concat([found[name], rows])
    return found


def test_coverage_counts_claims_by_status_and_works_with_their_years() -> None:
    data, tables = graph().dataset(), tables_of(graph())
    sources = with_coverage(data.sources, data.entities, lambda name: tables[name].lazy())
    found = {row[0]: row[1:] for row in sources.select("source", *COVERAGE).iter_rows()}
    assert found == {
        "records/r.csv": (11, 11, 0, 0, 0, 6, 2000, 2006),
        "articles/a.txt": (3, 1, 1, 0, 1, 2, 2004, 2006),
        "records/empty.csv": (0, 0, 0, 0, 0, 0, None, None),
    }
    assert with_coverage(sources, data.entities, lambda name: tables[name].lazy()).equals(sources)


@pytest.mark.parametrize("column", COVERAGE)
def test_coverage_is_in_the_graph_of_the_entities(column: str) -> None:
    asked = backend(graph())
    pattern = f"?source av:path ?path . GRAPH ?g {{ ?source av:{COVERAGE_PROPERTIES[column]} ?n }}"
    rows = asked.select(f"{PREFIX} SELECT ?path ?g ?n WHERE {{ {pattern} }} ORDER BY ?path").rows
    assert {g for _, g, _ in rows} == {f"{BASE}graph/entities"}
    assert [path for path, _, _ in rows if "empty" not in str(path)] == ["articles/a.txt", "records/r.csv"]


def test_a_year_from_elsewhere_leaves_the_graph_of_a_source_as_it_is() -> None:
    def own(year: int) -> tuple[list[str], list[str]]:
        g = graph()
        g.entities["all"]["year"] = year
        lines = sorted(lines_of(g.dataset()))
        return (
            [line for line in lines if line.endswith("<https://example.org/id/source/articles/a.txt> .")],
            [line for line in lines if "#lastYear" in line],
        )

    before, after = own(2006), own(2020)
    assert before[0] == after[0]
    assert before[0]
    assert before[1] != after[1]
