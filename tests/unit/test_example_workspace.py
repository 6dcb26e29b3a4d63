"""The example workspace is complete, sourced, and read without a single issue."""

from __future__ import annotations

import csv
import json
import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from avgraph.identity import read_decisions
from avgraph.model import KINDS, SourceTables
from avgraph.sources import country_name, read_article, read_mapping, read_table
from avgraph.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "belgium-luxembourg"
SHARED = ROOT.parent / "shared" / "data"
RECORDS = EXAMPLE / "records"
MAPPINGS = sorted(p.name for p in RECORDS.glob("*.toml"))
ARTICLES = sorted(p.name for p in (EXAMPLE / "articles").iterdir())
COUNTRY_COLUMNS = ("country", "countries", "nationality", "born_in", "territory", "territories")


def rows(name: str) -> list[dict[str, str]]:
    path = RECORDS / name
    if path.suffix == ".jsonl":
        lines = path.read_text(encoding="utf-8").splitlines()
        read = [json.loads(line) for line in lines]
        return [{k: ";".join(v) if isinstance(v, list) else str(v) for k, v in row.items()} for row in read]
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t" if path.suffix == ".tsv" else ","))


@cache
def table(mapping: str) -> SourceTables:
    return read_table(read_mapping(RECORDS / mapping, EXAMPLE))


def data_files() -> list[str]:
    return sorted(p.name for p in RECORDS.iterdir() if p.suffix != ".toml")


def needs_shared(name: str) -> Path:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{name} is not beside this checkout")
    return path


def test_workspace_loads_and_nothing_in_it_is_left_unread() -> None:
    workspace = Workspace.load(EXAMPLE)
    assert workspace.precedence[0] == "records/awards.csv"
    assert [p.name for p in workspace.mapping_paths()] == MAPPINGS
    read = {read_mapping(p, EXAMPLE).data_path for p in workspace.mapping_paths()}
    assert {p for p in workspace.record_paths() if p.name.lower() != "readme.md"} == read
    assert workspace.unread_files() == []


@pytest.mark.parametrize("name", MAPPINGS)
def test_every_row_is_accepted(name: str) -> None:
    tables = table(name)
    assert tables.issues == ()
    assert tables.source["n_read"] == tables.source["n_accepted"] == len(rows(Path(tables.source["source"]).name))
    assert sum(frame.height for frame in tables.claims.values()) > 0


def test_records_make_claims_of_every_kind_in_three_formats() -> None:
    kinds = {kind for name in MAPPINGS for kind, frame in table(name).claims.items() if frame.height}
    assert kinds == set(KINDS)
    assert {Path(f).suffix for f in data_files()} == {".csv", ".tsv", ".jsonl"}


@pytest.mark.parametrize("name", data_files())
def test_every_row_says_where_it_comes_from(name: str) -> None:
    assert [n for n, row in enumerate(rows(name), 2) if not (row.get("reference") or "").strip()] == []


@pytest.mark.parametrize("name", data_files())
def test_country_codes_are_iso_codes_in_capitals(name: str) -> None:
    codes = {c for row in rows(name) for k in COUNTRY_COLUMNS if row.get(k) for c in row[k].split(";")}
    assert {c for c in codes if not re.fullmatch("[A-Z]{2}", c) or country_name(c) is None} == set()


def test_there_are_138_films_each_of_both_countries() -> None:
    films = rows("films.csv")
    assert len(films) == len({f["no"] for f in films}) == 138
    assert all({"BE", "LU"} <= set(f["countries"].split(";")) for f in films)
    assert sum(2009 <= int(f["year"]) <= 2018 for f in films) == 87


def test_works_of_other_tables_carry_the_year_of_the_film_list() -> None:
    years: dict[str, set[str]] = {}
    for row in rows("films.csv"):
        years.setdefault(row["film"], set()).add(row["year"])
    for row in rows("works.csv"):
        years.setdefault(row["title"], set()).add(row["year"])
    for name in data_files():
        for row in rows(name):
            if row.get("work"):
                assert row.get("year", "") in years[row["work"]], (name, row)


def test_companies_of_the_films_make_a_network() -> None:
    films = {f["film"] for f in rows("films.csv")}
    per_film = Counter(r["work"] for r in rows("participations.csv") if r["work"] in films and r["kind"] == "film")
    assert len(per_film) >= 40
    assert set(per_film.values()) <= set(range(2, 7))
    per_company = Counter(r["company"] for r in rows("participations.csv"))
    assert sum(n >= 3 for n in per_company.values()) >= 12


def test_every_organization_is_in_the_list_of_companies() -> None:
    known = {r["name"] for r in rows("companies.csv")}
    assert len(known) == len(rows("companies.csv"))
    named = {r["company"] for f in ("participations.csv", "distribution.tsv") for r in rows(f)}
    named |= {r["broadcaster"] for r in rows("broadcasts.tsv")} | {r["organization"] for r in rows("affiliations.tsv")}
    named |= {r["funder"] for r in rows("support.jsonl") if r["funder_type"] == "organization"}
    assert named <= known


def test_the_oscar_of_mr_hublot_went_to_two_people() -> None:
    outcome = table("awards.toml").claims["AwardOutcome"].filter(pl.col("quote").str.contains("tt3043542"))
    assert outcome.select("result", "year", "category", "edition").row(0) == (
        "won",
        2014,
        "Short Film (Animated)",
        "86th",
    )
    people = {"imdb:nm5793837", "imdb:nm3115348"}
    mentions = table("awards.toml").mentions.filter(pl.col("ref").is_in(outcome["recipients"].item().to_list()))
    assert set(mentions["ids"].list.first()) == people


def test_shares_lie_within_one_and_do_not_exceed_the_whole() -> None:
    shares: dict[str, float] = {}
    for row in rows("participations.csv"):
        if row["share"]:
            shares[row["work"]] = shares.get(row["work"], 0.0) + float(row["share"])
    assert shares == pytest.approx({"Extraordinary Tales": 0.63, "The Secret of Kells": 1.0})


@pytest.mark.parametrize("name", ARTICLES)
def test_article_is_dated_titled_sourced_and_short(name: str) -> None:
    path = EXAMPLE / "articles" / name
    read = read_article(path, f"articles/{name}")
    document = read.document
    assert read.issues == ()
    assert document.title
    assert document.publisher
    assert name.startswith(str(document.date))
    assert document.language in ("en", "fr")
    assert 150 <= len(document.text.split()) <= 350
    assert re.search(r"^(<!-- )?reference: \S", path.read_text(encoding="utf-8"), re.MULTILINE)


def test_articles_come_in_both_languages_and_three_formats() -> None:
    languages = Counter(read_article(EXAMPLE / "articles" / n, n).document.language for n in ARTICLES)
    assert languages["en"] >= 7
    assert languages["fr"] >= 5
    assert {Path(n).suffix for n in ARTICLES} == {".html", ".txt", ".md"}


def test_navigation_and_teasers_do_not_reach_the_text_of_pages() -> None:
    for name in ARTICLES:
        if name.endswith(".html"):
            text = read_article(EXAMPLE / "articles" / name, name).document.text
            assert not re.search("avgraph|À lire aussi|More from our other pages|newsletter|infolettre", text), name


def test_decisions_name_mentions_that_exist() -> None:
    decisions, issues = read_decisions(EXAMPLE / "decisions.sssom.tsv", "decisions.sssom.tsv")
    assert issues == ()
    assert {d.verdict for d in decisions.rows} == {"same", "different", "unsure"}
    mentions = pl.concat([table(name).mentions for name in MAPPINGS])
    known = {*mentions["ref"], *mentions["ids"].explode().drop_nulls()}
    assert [d for d in decisions.rows if d.subject not in known or d.object not in known] == []


def test_mappings_and_readme_name_each_table() -> None:
    readme = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    for name in data_files():
        assert f"`records/{name}`" in readme
        assert tomllib.loads((RECORDS / f"{Path(name).stem}.toml").read_text(encoding="utf-8"))["table"]["title"]


def test_films_agree_with_the_shared_list() -> None:
    path = needs_shared("belgium_luxembourg/films.csv")
    with path.open(encoding="utf-8", newline="") as file:
        shared = [
            (r["year"], r["countries"].replace("|", ";"), r["title"].replace("' ", "'")) for r in csv.DictReader(file)
        ]
    ours = [(r["year"], r["countries"], r["film"].replace("' ", "'")) for r in rows("films.csv")]
    assert ours == shared


def test_awards_agree_with_the_shared_nominations() -> None:
    path = needs_shared("oscars/oscars.csv")
    shared = set()
    with path.open(encoding="utf-8-sig", newline="") as file:
        for r in csv.DictReader(file, delimiter="\t"):
            won = "yes" if r["Winner"] == "True" else "no"
            shared.add((r["Ceremony"], r["FilmId"], (r["NomineeIds"] or "").replace("|", ";"), won))
    for row in rows("awards.csv"):
        number = re.sub(r"\D", "", row["edition"])
        assert (number, row["film_imdb"], row["recipients_imdb"], row["won"]) in shared
        assert int(row["ceremony_year"]) == int(number) + 1928


def test_company_ids_agree_with_the_shared_wikidata_files() -> None:
    folder = needs_shared("wikidata_companies")
    for file_name, column, ours in (("P345_imdb.csv", "imdb", "imdb"), ("P12142_eidr_party.csv", "eidrparty", "eidr")):
        with (folder / file_name).open(encoding="utf-8", newline="") as file:
            known = {(r["QID"], r[column]) for r in csv.DictReader(file)}
        given = {(r["wikidata"], r[ours]) for r in rows("companies.csv") if r[ours]}
        assert given <= known
        assert len(given) >= 10
