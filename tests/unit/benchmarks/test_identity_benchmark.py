from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

from avgraph.evaluation import Tally
from avgraph.identity import Decisions, resolve
from avgraph.model import KINDS

BENCHMARKS = Path(__file__).resolve().parents[3] / "benchmarks"
SHARED = BENCHMARKS.parents[1] / "shared" / "data"
MODULES = ("identity", "identity_data", "identity_sets", "identity_scale", "identity_features")
MAPPING = """
[table]
format = "csv"
[entity.film]
type = "Work"
name = "{title}"
ids.imdb = "{film}"
[entity.director]
type = "Person"
name = "{director}"
ids.imdb = "{person}"
[[claim]]
kind = "Credit"
work = "film"
agent = "director"
role = "director"
"""
TABLE = """year,title,film,director,person
1994,Carrie,tt0000001,Jack Moore,nm0000001
1994,Carrie,tt0000002,Jack D. Moore,nm0000001
1995,carrie,tt0000002,Jack Moore,nm0000002
1995,Tide,tt0000003,Ann Lee,nm0000003
"""


@pytest.fixture(scope="module")
def modules() -> dict[str, ModuleType]:
    sys.path.insert(0, str(BENCHMARKS))
    try:
        return {name: __import__(name) for name in MODULES}
    finally:
        sys.path.remove(str(BENCHMARKS))


@pytest.fixture
def made(modules: dict[str, ModuleType]) -> tuple[pl.DataFrame, dict[str, pl.DataFrame], pl.DataFrame]:
    data = modules["identity_data"]
    table = data.read_part(data.with_keys(MAPPING, "{year}"), TABLE, "films.csv")
    parts = {row: f"films/{year}" for row, year in ((2, 1994), (3, 1994), (4, 1995), (5, 1995))}
    return data.hidden([data.parted(table, parts)], {"Work": ("imdb",), "Person": ("imdb",)})


Made = tuple[pl.DataFrame, dict[str, pl.DataFrame], pl.DataFrame]


def test_no_id_is_left_and_equal_names_of_a_source_are_one_mention(made: Made) -> None:
    mentions, _, _ = made
    assert mentions["ids"].list.len().sum() == 0
    assert mentions["ref"].to_list() == [
        "films/1994#Person/jack d. moore/", "films/1994#Person/jack moore/", "films/1994#Work/carrie/",
        "films/1995#Person/ann lee/", "films/1995#Person/jack moore/", "films/1995#Work/carrie/",
        "films/1995#Work/tide/",
    ]  # fmt: skip
    assert "tt0000" not in str(mentions.to_dicts())


def test_a_mention_of_two_entities_is_two_units(made: Made) -> None:
    units = made[2].filter(pl.col("ref") == "films/1994#Work/carrie/")
    assert sorted(units["truth"]) == ["imdb:tt0000001", "imdb:tt0000002"]
    assert made[2].height == 8


def test_claims_follow_the_mentions(made: Made) -> None:
    mentions, claims, _ = made
    credits = claims["Credit"]
    assert set(credits["work"]) | set(credits["agent"]) == set(mentions["ref"])
    assert credits["source"].to_list() == ["films/1994", "films/1994", "films/1995", "films/1995"]
    resolution = resolve(mentions, claims, Decisions(), "https://example.org/id/")
    assert resolution.assignment.height == mentions.height


def test_what_nobody_knows_is_no_unit_but_stays_a_mention(modules: dict[str, ModuleType]) -> None:
    data = modules["identity_data"]
    table = data.read_part(data.with_keys(MAPPING), TABLE, "films.csv")
    mentions, _, units = data.hidden(
        [table], {"Work": ("imdb",), "Person": ("imdb",)},
        lambda type_, _name, id_: None if type_ == "Person" or id_ == "imdb:tt0000002" else id_,
    )  # fmt: skip
    assert units["truth"].to_list() == ["imdb:tt0000003"]
    assert "films.csv#Work/carrie/" in mentions["ref"].to_list()


def test_easy_units_are_those_whose_name_nobody_else_bears(modules: dict[str, ModuleType], made: Made) -> None:
    units = modules["identity_data"].EvaluationSet.of("films", *made).units
    easy = dict(units.select("ref", "easy").iter_rows())
    assert easy["films/1994#Person/jack moore/"] is None  # another Jack Moore stands in the list of 1995
    assert easy["films/1994#Person/jack d. moore/"] == "Person d jack moore"
    assert easy["films/1995#Work/carrie/"] is None
    assert easy["films/1995#Work/tide/"] == "Work tide"


def test_no_name_stands_in_two_parts(modules: dict[str, ModuleType], tmp_path: Path) -> None:
    sets = modules["identity_sets"]
    for name, make in sets.HARD_SETS.items():
        data = make(tmp_path)
        parts = data.units.explode("names").group_by("type", "names").agg(pl.col("part").n_unique())
        assert parts["part"].max() == 1, name
        assert data.units.group_by("truth").agg(pl.col("part").n_unique())["part"].max() == 1, name
        assert set(data.units["part"]) == {"train", "dev", "test"}, name


def test_parts_depend_on_names_alone(modules: dict[str, ModuleType], made: Made) -> None:
    units = modules["identity_data"].EvaluationSet.of("films", *made).units
    assert set(units.select("truth", "part").iter_rows()) == {
        ("imdb:nm0000001", "train"), ("imdb:nm0000002", "train"), ("imdb:nm0000003", "test"),
        ("imdb:tt0000001", "dev"), ("imdb:tt0000002", "dev"), ("imdb:tt0000003", "train"),
    }  # fmt: skip


@pytest.mark.parametrize("name", ["agec-titles", "films", "wikidata"])
def test_real_tables_give_sets_without_ids(modules: dict[str, ModuleType], name: str) -> None:
    if not SHARED.exists():
        pytest.skip("needs ../shared/data")
    data = modules["identity_sets"].REAL_SETS[name](SHARED)
    types = data.units["type"].unique().to_list()
    left = data.mentions.filter(pl.col("type").is_in(types))["ids"].explode().drop_nulls()
    assert left.to_list() == []
    refs = data.mentions["ref"]
    assert refs.is_unique().all()
    assert data.units["ref"].is_in(refs.implode()).all()
    assert data.units.group_by("type", "truth").len().filter(pl.col("len") > 1).height > 30
    for kind, table in data.claims.items():
        for role in KINDS[kind].roles:
            named = table[role.name].explode() if role.many else table[role.name]
            assert named.drop_nulls().is_in(refs.implode()).all(), (kind, role.name)


def test_a_set_is_read_as_it_was_written(modules: dict[str, ModuleType], tmp_path: Path) -> None:
    data = modules["identity_sets"].HARD_SETS["hard-companies"](tmp_path)
    data.write(tmp_path / "hard-companies")
    again = modules["identity_data"].EvaluationSet.read(tmp_path / "hard-companies")
    assert again.name == data.name
    assert again.mentions.equals(data.mentions)
    assert again.units.equals(data.units)


@pytest.mark.parametrize(
    "name", ["people", "works", "companies", "films-checked", "people-checked", "companies-checked"]
)
def test_every_hard_case_says_where_it_can_be_checked(modules: dict[str, ModuleType], name: str) -> None:
    rows = modules["identity_sets"].cases(name)
    assert rows
    assert all(row["reference"] for row in rows)
    assert len({tuple(row.values()) for row in rows}) == len(rows)


def test_a_missing_table_is_told(modules: dict[str, ModuleType], tmp_path: Path) -> None:
    sets = modules["identity_sets"]
    for make in sets.REAL_SETS.values():
        with pytest.raises(sets.MissingError, match="is not there"):
            make(tmp_path)


UNITS = pl.DataFrame(
    {
        "ref": ["r1", "r2", "r3", "r4"], "truth": ["a", "a", "a", "b"], "part": ["dev"] * 4,
        "easy": ["x", "x", None, None],
    }
)  # fmt: skip
PAIRS = pl.DataFrame(
    {"left": ["r1", "r2", "r3", "r1"], "right": ["r2", "r3", "r4", "r9"], "score": [0.9, 0.8, 0.6, 0.9]}
)


def test_coverage_counts_compared_pairs_and_chains(modules: dict[str, ModuleType]) -> None:
    identity = modules["identity"]
    judged = identity.judged_pairs(UNITS, PAIRS)
    assert judged["same"].to_list() == [True, True, False]
    # True pairs: 1-2 (easy), 2-3, 1-3; two of them are compared, and chains connect all three.
    assert identity.coverage(UNITS, judged, 4) == identity.Coverage(
        n_pairs=4, direct=pytest.approx(2 / 3), hard=0.5, chained=1.0
    )


def test_the_best_threshold_keeps_true_pairs_and_leaves_false_ones(modules: dict[str, ModuleType]) -> None:
    identity = modules["identity"]
    links = identity.Links(UNITS["ref"], PAIRS)
    assert identity.best_threshold(UNITS, links, steps=(0.5, 0.7, 0.75, 0.85)) == (1.0, 0.75)
    joined = dict(links.joined(0.75).iter_rows())
    assert joined["r1"] == joined["r2"] == joined["r3"] == joined["r9"] != joined["r4"]


def test_a_wrong_pair_counts_in_the_parts_of_both_its_ends(modules: dict[str, ModuleType]) -> None:
    touching = modules["identity"].touching
    units = pl.DataFrame(
        {
            "ref": ["r1", "r2", "r3", "r4", "r5"], "truth": ["a", "a", "b", "c", "c"], "entity": [1, 1, 1, 2, 3],
            "part": ["test", "test", "train", "dev", "dev"], "easy": ["x", "x", None, None, None],
        }
    )  # fmt: skip
    # Found: 1-2 (right, easy), 1-3 and 2-3 (wrong, from test to train). True: 1-2 in test, 4-5 in dev.
    assert touching(units, "test") == Tally(n_right=1, n_wrong=2, n_found=1, n_required=1)
    assert touching(units, "train") == Tally(n_right=0, n_wrong=2, n_found=0, n_required=0)
    assert touching(units, "dev") == Tally(n_right=0, n_wrong=0, n_found=0, n_required=1)
    assert touching(units, "all") == Tally(n_right=1, n_wrong=2, n_found=1, n_required=2)
    assert touching(units, "test", hard=True) == Tally(n_right=0, n_wrong=2, n_found=0, n_required=0)


def test_pairs_without_a_score_are_not_joined(modules: dict[str, ModuleType]) -> None:
    pairs = pl.DataFrame({"left": ["r1"], "right": ["r2"], "score": [None]}, schema_overrides={"score": pl.Float64()})
    assert modules["identity"].Links([], pairs).joined(0.1)["entity"].n_unique() == 2


def test_records_hold_what_stands_in_claims_beside_a_mention(modules: dict[str, ModuleType], made: Made) -> None:
    data = modules["identity_data"].EvaluationSet.of("films", *made)
    pairs = pl.DataFrame({"left": ["films/1994#Person/jack moore/"], "right": ["films/1995#Person/jack moore/"]})
    records = modules["identity_features"].records_of(data, "Person", pairs)
    row = records.row(by_predicate=pl.col("ref") == "films/1994#Person/jack moore/", named=True)
    assert (row["name"], row["first"], row["last"]) == ("jack moore", "jack", "moore")
    assert (row["around"], row["keys"], row["countries"]) == (["carrie"], ["0"], None)
    parts = dict(data.units.select("ref", "part").iter_rows())
    assert {ref for ref, label in records.select("ref", "label").iter_rows() if label} == {
        ref for ref in records["ref"] if parts[ref] == "train"
    }


def test_invented_names_are_the_same_each_time_and_differ_within_an_entity(modules: dict[str, ModuleType]) -> None:
    scale = modules["identity_scale"]
    mentions, truth = scale.invented_mentions(400)
    again, _ = scale.invented_mentions(400)
    assert mentions.equals(again)
    assert mentions["ref"].is_unique().all()
    named = mentions.join(truth.select("ref", "truth"), on="ref")
    spellings = named.group_by("truth").agg(pl.col("name").n_unique(), pl.len())
    assert 150 < spellings.height < 250
    assert spellings.filter(pl.col("len") > 1)["name"].mean() > 1.3
    assert named.group_by("truth").agg(pl.col("type").n_unique())["type"].max() == 1
