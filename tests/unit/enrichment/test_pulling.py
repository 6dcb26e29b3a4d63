"""From ids to rows to claims: what an endpoint of Wikidata's shape states ends in the graph with its row."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from avgraph.build import build_workspace
from avgraph.enrichment import AnswerStore, PullReport, Wanted, plan_lines, pull_wikidata, wanted_ids
from avgraph.errors import AvgraphError, NotFoundError, StoreError
from avgraph.graph.polite import PoliteEndpoint
from avgraph.knowledge import KnowledgeGraph, open_graph
from avgraph.sources import read_mapping, read_table
from avgraph.workspace import Workspace, init_workspace
from wikidata_shaped import (
    DUO,
    ESPIGARES,
    FRANCE,
    IRINA,
    MR_HUBLOT,
    OLD_IRINA,
    OSCAR,
    SEASON,
    UNITE,
    WITZ,
    ZEILT,
    Fault,
    Flaky,
    answers_of,
    serving_wikidata,
    wikidata_store,
)

FILMS = """\
[entity.film]
type = "Work"
subtype = "{kind}"
name = "{title}"
ids.imdb = "{imdb}"
ids.wikidata = "{item}"
year = "{year}"
[entity.director]
type = "Person"
name = "{director}"
[[claim]]
kind = "Credit"
work = "film"
agent = "director"
role = "director"
"""
ROWS = f"""\
title,kind,imdb,item,year,director
Mr. Hublot,short film,tt3043542,,2013,Laurent Witz
Irina Palm,film,,{OLD_IRINA},2007,Sam Garbarski
Unité 42,series,,{UNITE},2017,
Unknown Film,film,tt9999999,,2001,
Two of a Name,film,tt0000099,,1999,
Nameless Id,film,,,1998,
"""
Pull = Callable[..., PullReport]


@pytest.fixture(scope="module")
def answer() -> Callable[[str], bytes]:
    return answers_of(wikidata_store())


@pytest.fixture
def server(answer: Callable[[str], bytes], monkeypatch: pytest.MonkeyPatch) -> Iterator[Flaky]:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with serving_wikidata(answer) as flaky:
        yield flaky


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    workspace = init_workspace(tmp_path / "space", "test")
    (workspace.root / "records" / "films.toml").write_text(FILMS, encoding="utf-8")
    (workspace.root / "records" / "films.csv").write_text(ROWS, encoding="utf-8")
    build_workspace(workspace)
    return workspace


def asking(server: Flaky) -> PoliteEndpoint:
    return PoliteEndpoint(server.url, pause_s=0, sleep=lambda seconds: None)


@pytest.fixture
def pull(server: Flaky, space: Workspace) -> Pull:
    def call(today: str = "2024-05-02", **given: object) -> PullReport:
        ids = {kind: given.pop(kind) for kind in ("works", "people", "companies") if kind in given}
        wanted = {kind: wanted_ids(space, kind, [str(text)]) for kind, text in ids.items()}
        return pull_wikidata(space, wanted, asking(server), today=today, **given)  # type: ignore[arg-type]

    return call


def rows(space: Workspace, kind: str = "works") -> list[dict[str, str]]:
    header, *lines = (space.root / "records" / "wikidata" / f"{kind}.tsv").read_text(encoding="utf-8").splitlines()
    return [{c: v for c, v in zip(header.split("\t"), line.split("\t"), strict=True) if v} for line in lines]


def built(space: Workspace) -> KnowledgeGraph:
    report = build_workspace(space)
    assert report.issues == ()
    return open_graph(space.root)


def test_works_of_the_graph_are_found_by_their_ids(pull: Pull, space: Workspace) -> None:
    report = pull(works="all")
    assert report.n_wanted == {"works": 5}
    assert report.n_items == {"works": 3}
    assert {row["item"] for row in rows(space)} == {MR_HUBLOT, IRINA, UNITE}
    assert report.not_found == ["Unknown Film"]
    assert report.ambiguous == ["Two of a Name"]
    assert report.unanswered == []


def test_a_row_says_what_a_statement_says_and_where_it_stands(pull: Pull, space: Workspace) -> None:
    pull(works=MR_HUBLOT)
    found = [row for row in rows(space) if row["property"] == "director"]
    assert [row["value_name"] for row in found] == ["Laurent Witz", "Alexandre Espigares"]
    assert found[0] == {
        "item": MR_HUBLOT, "name": "Mr. Hublot", "kind": "short film", "property": "director", "property_id": "P57",
        "value": WITZ, "value_name": "Laurent Witz", "value_type": "Person", "value_imdb": "nm5793837",
        "rank": "normal", "statement": f"{MR_HUBLOT}-0004",
        "reference": f"http://www.wikidata.org/entity/{MR_HUBLOT}", "observed": "2024-05-02",
    }  # fmt: skip


def test_unknown_values_deprecated_statements_and_wide_dates_make_no_rows(pull: Pull, space: Workspace) -> None:
    pull(works=MR_HUBLOT, companies=ZEILT)
    found = rows(space) + rows(space, "companies")
    assert not [row for row in found if row["property"] in ("producer", "parent organization")]
    assert "Christophe Wagner" not in {row.get("value_name") for row in found}
    dates = [row["date"] for row in found if row["property"] == "publication date"]
    assert sorted(dates) == ["2013", "2013-10-11"]
    nominated = next(row for row in found if row["property"] == "nominated for")
    assert "year" not in nominated, "a decade is no year"
    assert nominated["rank"] == "preferred"


def test_names_come_in_the_languages_asked_for_and_the_first_is_the_name(pull: Pull, space: Workspace) -> None:
    pull(works=f"{MR_HUBLOT},{IRINA}", languages=["fr", "en"])
    first = [row for row in rows(space) if row["item"] == MR_HUBLOT]
    assert {row["name"] for row in first} == {"Mr Hublot"}
    assert {row["alias"] for row in first if "alias" in row} == {"Mr. Hublot", "Mister Hublot", "Mr Hublot"}
    assert {row["name"] for row in rows(space) if row["item"] == IRINA} == {"Irina Palm"}, "a name of all languages"


def test_every_external_id_is_a_row_and_those_that_identify_are_ids(pull: Pull, space: Workspace) -> None:
    pull(works=MR_HUBLOT)
    ids = {row["property_id"]: row for row in rows(space) if row["property"].endswith(" id")}
    assert ids["P345"]["imdb"] == "tt3043542"
    assert ids["P8013"]["text"] == "movies/mr-hublot-2013"
    assert built(space).entity(f"wikidata:{MR_HUBLOT}").label == "Mr. Hublot"


def test_the_next_build_makes_claims_of_the_rows(pull: Pull, space: Workspace) -> None:
    pull(works=SEASON, people=WITZ, companies=ZEILT)
    pull(works="all")
    kg = built(space)
    hublot = kg.entity("Mr. Hublot")
    claims = {(c.kind, c.text): c for c in hublot.claims if c.source.startswith("records/wikidata/")}
    texts = {text for _, text in claims}
    assert hublot.ids == ("imdb:tt3043542", f"wikidata:{MR_HUBLOT}")
    directors = [c for c in hublot.claims if c.attributes.get("role") == "director"]
    assert {c.source for c in directors} == {"records/films.csv", "records/wikidata/works.tsv"}
    witz = {c.roles["agent"][0] for c in directors if "Laurent Witz" in c.text}
    assert len(witz) == 1, "the director of the table and that of Wikidata are one"
    cast = next(c for c in hublot.claims if c.attributes.get("role") == "actor")
    assert cast.attributes["character"] == "Robot Pet"
    assert cast.attributes["billing"] == 2
    assert cast.observed == "2024-05-02"
    assert cast.quote is not None
    assert f"item: {MR_HUBLOT}" in cast.quote
    award = next(c for c in hublot.claims if c.kind == "AwardOutcome" and c.attributes["result"] == "won")
    assert len(award.roles["recipients"]) == 2
    assert award.attributes["year"] == 2014
    facts = {c.attributes["property"]: c for c in hublot.claims if c.kind == "WorkFact"}
    assert facts["runtime"].attributes == {"property": "runtime", "value": 11.0, "unit": "min"}
    assert [c.attributes["relation"] for c in kg.entity("Unité 42, season 2").claims if c.kind == "WorkRelation"] == [
        "season of"
    ]
    assert kg.entity("Unité 42").claims[0].kind
    assert {"RTBF"} <= {label for c in kg.entity("Unité 42").claims for label in c.labels.values()}
    zeilt = kg.entity("ZEILT productions")
    assert zeilt.year == 2007
    assert {(c.attributes["role"]) for c in zeilt.claims if c.kind == "Affiliation"} == {"founder", "employee"}
    assert any("France" in text for text in texts)


def test_an_item_that_was_merged_is_still_the_film_of_the_table(pull: Pull, space: Workspace) -> None:
    pull(works="all")
    films = [e for e in built(space).search("Irina Palm") if e.type == "Work"]
    assert len(films) == 1
    assert set(films[0].ids) == {"imdb:tt0762110", f"wikidata:{OLD_IRINA}", f"wikidata:{IRINA}"}


def test_all_rows_of_all_kinds_are_accepted(pull: Pull, space: Workspace) -> None:
    pull(works=f"{MR_HUBLOT},{SEASON},{UNITE},{IRINA}", people=f"{WITZ},{ESPIGARES}", companies=ZEILT)
    for kind in ("works", "people", "companies"):
        tables = read_table(read_mapping(space.root / "records" / "wikidata" / f"{kind}.toml", space.root))
        assert tables.source["n_read"] == tables.source["n_accepted"] == len(rows(space, kind))
        assert tables.issues == ()


def test_what_was_answered_is_not_asked_again(pull: Pull, server: Flaky, space: Workspace) -> None:
    first = pull(works="all")
    files = {p.name: p.read_bytes() for p in (space.root / "records" / "wikidata").iterdir()}
    n_queries = len(server.queries)
    again = pull("2030-01-01", works="all")
    assert len(server.queries) == n_queries == first.n_requests
    assert again.n_requests == 0
    assert again.n_reused > 0
    assert {p.name: p.read_bytes() for p in (space.root / "records" / "wikidata").iterdir()} == files
    build_workspace(space)
    pull("2030-01-01", works="all")
    assert len(server.queries) == n_queries, "a build leaves the answers where they are"
    pull("2030-01-01", works="all", refresh=True)
    assert len(server.queries) > n_queries
    assert {row["observed"] for row in rows(space)} == {"2030-01-01"}


def test_a_run_that_was_cut_goes_on_where_it_was(pull: Pull, server: Flaky, space: Workspace) -> None:
    answered = 0

    def cut_after_two(query: str) -> Fault | None:
        nonlocal answered
        answered += 1
        return Fault(404) if answered > 2 else None

    server.judge = cut_after_two
    with pytest.raises(StoreError):
        pull(works="all")
    assert not (space.root / "records" / "wikidata").exists()
    before = list(server.queries)
    server.judge = lambda query: None
    pull(works="all")
    assert not set(server.queries[len(before) :]) & set(before[:2])
    assert len(rows(space)) > 10


def test_a_line_that_a_crash_cut_short_is_asked_again(pull: Pull, server: Flaky, space: Workspace) -> None:
    pull(works=MR_HUBLOT)
    expected = rows(space)
    for path in (space.build_dir / "wikidata").iterdir():
        path.write_bytes(path.read_bytes()[:-20])
    n_queries = len(server.queries)
    pull(works=MR_HUBLOT)
    assert len(server.queries) > n_queries
    assert rows(space) == expected
    n_queries = len(server.queries)
    pull(works=MR_HUBLOT)
    assert len(server.queries) == n_queries


def test_a_batch_that_runs_too_long_is_halved_until_it_fits(pull: Pull, server: Flaky, space: Workspace) -> None:
    server.judge = lambda query: Fault(504) if "ps:P57" in query and query.count("wd:Q9") > 1 else None
    report = pull(works=f"{MR_HUBLOT},{UNITE},{IRINA}")
    assert report.unanswered == []
    assert {row["item"] for row in rows(space)} == {MR_HUBLOT, UNITE, IRINA}
    sizes = [query.count("wd:Q9") for query in server.queries if "ps:P57" in query]
    assert sizes == [3, 1, 2, 1, 1]


def test_an_item_on_which_the_endpoint_gives_up_costs_itself_only(pull: Pull, server: Flaky, space: Workspace) -> None:
    pull(works=f"{MR_HUBLOT},{IRINA}")
    before = [row for row in rows(space) if row["item"] == MR_HUBLOT and "statement" in row]
    assert len(before) > 10
    server.judge = lambda query: Fault(504) if "ps:P57" in query and MR_HUBLOT in query else None
    report = pull("2025-01-01", works=f"{MR_HUBLOT},{IRINA}", refresh=True)
    assert report.unanswered == [MR_HUBLOT]
    after = [row for row in rows(space) if row["item"] == MR_HUBLOT and "statement" in row]
    assert after == before, "what was known of it stays, with its day"
    assert {row["observed"] for row in rows(space) if row["item"] == IRINA} == {"2025-01-01"}


def test_rows_of_items_asked_earlier_stay_and_those_asked_again_are_replaced(
    pull: Pull, server: Flaky, space: Workspace
) -> None:
    pull(works=MR_HUBLOT)
    pull(works=IRINA)
    assert {row["item"] for row in rows(space)} == {MR_HUBLOT, IRINA}
    server.answer = answers_of(_without_director())
    pull(works=MR_HUBLOT, refresh=True)
    assert not [row for row in rows(space) if row["item"] == MR_HUBLOT and row["property"] == "director"]
    assert [row["item"] for row in rows(space)] == sorted(row["item"] for row in rows(space))


def _without_director() -> object:
    store = wikidata_store()
    store.update(
        "PREFIX p: <http://www.wikidata.org/prop/> PREFIX wd: <http://www.wikidata.org/entity/> "
        f"DELETE WHERE {{ wd:{MR_HUBLOT} p:P57 ?s }}"
    )
    return store


def test_a_mapping_that_somebody_changed_stays_theirs(pull: Pull, space: Workspace) -> None:
    pull(works=MR_HUBLOT)
    path = space.root / "records" / "wikidata" / "works.toml"
    ours = path.read_text(encoding="utf-8")
    assert pull(works=MR_HUBLOT).own_mappings == []
    path.write_text(ours.replace("Statements on works", "My works"), encoding="utf-8")
    assert pull(works=MR_HUBLOT).own_mappings == ["records/wikidata/works.toml"]
    assert "My works" in path.read_text(encoding="utf-8")


def test_a_file_of_somebody_elses_is_not_written_over(pull: Pull, space: Workspace) -> None:
    path = space.root / "records" / "wikidata" / "works.tsv"
    path.parent.mkdir()
    path.write_text("title\nMine\n")
    with pytest.raises(AvgraphError, match="not the rows of an earlier pull"):
        pull(works=MR_HUBLOT)
    assert path.read_text() == "title\nMine\n"


@pytest.mark.parametrize(
    ("given", "ids"),
    [
        ("Q42", [("wikidata", "Q42")]),
        ("wikidata:Q42,tt0111161", [("wikidata", "Q42"), ("imdb", "tt0111161")]),
        ("tmdb:movie/550 eidr:10.5240/A", [("tmdb", "movie/550"), ("eidr", "10.5240/A")]),
    ],
)
def test_ids_are_read_in_every_form(space: Workspace, given: str, ids: list[tuple[str, str]]) -> None:
    assert [w.ids[0] for w in wanted_ids(space, "works", [given])] == ids


def test_ids_are_read_from_a_file(space: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "ids.csv"
    path.write_text("# mine\nQ1;first\n\ntt0000001,second\nQ1\n")
    assert [w.ids[0] for w in wanted_ids(space, "works", [str(path)])] == [("wikidata", "Q1"), ("imdb", "tt0000001")]
    path.write_text("Mr. Hublot\n")
    with pytest.raises(NotFoundError, match=r"neither an id nor a file: 'Mr\.'"):
        wanted_ids(space, "works", [str(path)])


def test_a_plan_asks_nothing(server: Flaky, space: Workspace) -> None:
    wanted = {"works": wanted_ids(space, "works", ["all"])}
    store = AnswerStore(space.build_dir / "wikidata", asking(server), "")
    first, *notes = plan_lines(wanted, ["en"], store)
    assert "tt3043542" in first
    assert notes[0].startswith("# 4 requests")
    assert "3 entities have no Wikidata id" in notes[1]
    assert server.queries == []


def test_what_is_asked_about_cannot_leave_its_place_in_the_query(server: Flaky, space: Workspace) -> None:
    evil = '" } . ?s ?p ?o . VALUES ?x { "'
    wanted = {"works": [Wanted("evil", (("imdb", evil),)), Wanted("odd", (("wikidata", "Q1 } #"),))]}
    report = pull_wikidata(space, wanted, asking(server), today="2024-05-02")
    assert sorted(report.not_found) == ["evil", "odd"]
    assert json.dumps(evil)[1:-1] in server.queries[0]


def test_one_request_at_a_time(pull: Pull, server: Flaky) -> None:
    pull(works="all", companies=ZEILT, people=WITZ)
    assert server.most_open == 1


def test_a_group_of_people_is_a_person_of_many(pull: Pull, space: Workspace) -> None:
    pull(works=MR_HUBLOT)
    assert next(r for r in rows(space) if r["property"] == "cast member")["value_subtype"] == "group"
    assert DUO not in {r["item"] for r in rows(space)}
    assert {r["country"] for r in rows(space) if r.get("value") == FRANCE} == {"FR"}
    assert next(r for r in rows(space) if r["property"] == "award received")["value"] == OSCAR
