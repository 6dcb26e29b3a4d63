"""Two tables are linked by what a build compares, and every row is accounted for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

import avgraph
from avgraph.errors import AvgraphError, SourceError
from avgraph.identity import MERGE
from avgraph.matching.cells import separator

FILMS = {
    "id": ["a1", "a2", "a3"],
    "title": ["Le Tout Nouveau Testament", "Mr. Hublot", "Barrage"],
    "year": [2015, 2013, 2017],
    "director": ["Jaco Van Dormael", "Laurent Witz|Alexandre Espigares", "Laura Schroeder"],
}


def linked(left: Any, right: Any, **how: Any) -> list[tuple[str, str]]:
    return avgraph.match(left, right, **how).pairs.select("left", "right").rows()


#: For tests of what is read, whatever the scores are.
ANY = {"threshold": 0.1, "one_to_one": True}


def films(**more: list[Any]) -> pl.DataFrame:
    return pl.DataFrame({**FILMS, **more})


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_titles_years_and_directors_link_works() -> None:
    other = pl.DataFrame({
        "nr": ["x", "y", "z"],
        "Titre": ["MR HUBLOT", "The Brand New Testament|Le tout nouveau testament", "Barrage"],
        "Date": ["2013-10-11", "2015", "1972"],
        "Regie": ["Alexandre Espigares", "Jaco van Dormael", "Somebody Else"],
    })  # fmt: skip
    result = avgraph.match(films(), other, threshold=0.3)
    assert result.kind == "works"
    assert result.pairs.filter(pl.col("score") >= MERGE).select("left", "right").rows() == [
        ("a1", "y"),
        ("a2", "x"),
    ]
    assert "a3" not in result.pairs.filter(pl.col("score") >= MERGE)["left"]


def test_a_pair_tells_its_reasons_and_which_values_were_compared() -> None:
    result = avgraph.match(films(), films().with_columns(pl.lit("Mr Hublot").alias("title")).slice(1, 1))
    (pair,) = result.to_json()
    assert set(pair) == {"left", "right", "score", "features", "left_name", "right_name"}
    assert MERGE <= pair["score"] <= 1
    features = {f["feature"]: f for f in pair["features"]}
    assert (features["name"]["left"], features["name"]["right"]) == ("Mr. Hublot", "Mr Hublot")
    assert {"name", "year", "director"} <= set(features)
    assert all(set(f) == {"feature", "score", "left", "right", "detail"} for f in pair["features"])


def test_turned_tables_give_turned_pairs_with_turned_values() -> None:
    other = films(title=["Tout nouveau testament", "Mr Hublot", "Barrage"], id=["x", "y", "z"])
    one = avgraph.match(films(), other, threshold=0.1).pairs
    two = avgraph.match(other, films(), threshold=0.1).pairs
    turned = two.select(left="right", right="left", score="score").sort("left", "right")
    assert one.select("left", "right", "score").sort("left", "right").equals(turned)
    (here,) = one.filter(left="a2", right="y")["features"].to_list()
    (there,) = two.filter(left="y", right="a2")["features"].to_list()
    assert (here[0]["left"], here[0]["right"]) == ("Mr. Hublot", "Mr Hublot")
    assert [(f["left"], f["right"]) for f in here] == [(f["right"], f["left"]) for f in there]


def test_external_ids_decide_and_disagreeing_ones_forbid() -> None:
    left = pl.DataFrame({"id": ["a", "b"], "title": ["Gutland", "Barrage"], "imdb_id": ["tt0000001", "tt0000002"]})
    right = pl.DataFrame({"id": ["x", "y"], "title": ["Quite Another", "Barrage"], "imdb": ["tt0000001", "tt0000003"]})
    result = avgraph.match(left, right, threshold=0)
    assert result.pairs.select("left", "right", "score").rows() == [("a", "x", 1.0)]
    assert result.pairs["features"][0][0]["feature"] == "id"


def test_ids_that_agree_and_disagree_are_no_match() -> None:
    left = pl.DataFrame({"id": ["a"], "title": ["Gutland"], "imdb": ["tt0000001"], "wikidata": ["Q1"]})
    right = pl.DataFrame({"id": ["x"], "title": ["Gutland"], "imdb": ["tt0000001"], "wikidata": ["Q2"]})
    assert linked(left, right) == []
    (pair,) = avgraph.match(left, right, threshold=0.5).to_json()
    assert [f["feature"] for f in pair["features"]] == ["id", "apart"]
    assert (pair["features"][1]["left"], pair["features"][1]["right"]) == ("wikidata:Q1", "wikidata:Q2")


def test_remakes_stay_apart() -> None:
    left = pl.DataFrame({"title": ["King Kong"], "year": [1933], "country": ["US"]})
    right = pl.DataFrame({"title": ["King Kong", "King Kong"], "year": [1976, 1933], "country": ["US", "US"]})
    assert linked(left, right) == [("row 1", "row 2")]
    (other,) = (p for p in avgraph.match(left, right, threshold=0).to_json() if p["right"] == "row 1")
    assert other["score"] < MERGE
    apart = other["features"][-1]
    assert (apart["feature"], apart["left"], apart["right"]) == ("apart", "1933", "1976")


def test_of_more_equal_titles_than_are_compared_the_same_are_compared_in_any_order() -> None:
    directors = [
        f"{first} {last}" for first in ("Ann", "Bo", "Cy", "Di", "Ed", "Flo") for last in ("Poe", "Lind", "Ray")
    ]
    left = pl.DataFrame({"title": ["Barrage"] * 54, "director": directors * 3, "country": ["LU", "BE", "FR"] * 18})
    right = left.with_columns(director=pl.col("director").str.slice(1))

    def compared(order: list[int]) -> list[tuple[str, ...]]:
        rows = left[order]
        pairs = avgraph.match(rows, right, threshold=0).pairs
        assert 0 < pairs.height < 54 * 54
        places = pairs.select("left_row", "right_row").rows()
        return sorted((*rows.row(a - 1), *right.row(b - 1)) for a, b in places)

    order = list(range(54))
    assert compared(order) == compared(order[20:] + order[:20])


def test_people_are_told_apart_by_birth_years_and_linked_by_films() -> None:
    left = pl.DataFrame({"id": ["a"], "name": ["Steve McQueen"], "birth_year": [1930], "film": ["Bullitt|The Blob"]})
    right = pl.DataFrame({
        "id": ["x", "y"], "name": ["Steve McQueen", "McQueen, Steve"], "born": ["1969-10-09", "1930"],
        "films": ["Hunger", "Bullitt"],
    })  # fmt: skip
    result = avgraph.match(left, right)
    assert result.kind == "people"
    assert result.pairs.select("left", "right").rows() == [("a", "y")]
    assert "works" in {f["feature"] for f in result.to_json()[0]["features"]}


def test_branches_of_other_countries_are_other_companies() -> None:
    left = pl.DataFrame({"id": ["a"], "company": ["Tarantula"], "country": ["Belgium"]})
    right = pl.DataFrame(
        {"id": ["x", "y"], "company": ["Tarantula Luxembourg", "Tarantula SPRL"], "country": ["LU", "BE"]}
    )
    result = avgraph.match(left, right)
    assert result.kind == "companies"
    assert result.pairs.select("left", "right").rows() == [("a", "y")]


def test_several_rows_that_fit_are_all_given_unless_one_to_one() -> None:
    other = pl.concat([films().slice(1, 1).with_columns(id=pl.lit(i)) for i in ("x", "y")])
    assert linked(films(), other) == [("a2", "x"), ("a2", "y")]
    assert linked(films(), other, one_to_one=True) == [("a2", "x")]


def test_rows_of_one_id_are_one_thing() -> None:
    left = pl.DataFrame({"id": ["a", "a"], "title": ["Kirschrot", "Mr. Hublot"], "year": [None, 2013]})
    result = avgraph.match(left, films())
    assert result.pairs.select("left", "right", "left_row").rows() == [("a", "a2", 1)]
    (told,) = result.issues
    assert told.severity == "warning"
    assert "rows 1, 2" in told.message
    assert result.tables[0].n_used == 2


def test_rows_are_used_or_quarantined_and_told_with_their_line(tmp_path: Path) -> None:
    left = written(
        tmp_path / "left.csv",
        "id,title,year,country\n1,Gutland,2017,LU\n,Barrage,2017,LU\n3,,2010,BE\n4,Untitled,2011,BE\n5,Noces\n"
        "6,Mobile Home,soon,Atlantis\n",
    )
    result = avgraph.match(left, left, **ANY)
    table = result.tables[0]
    assert (table.n_read, table.n_used, table.n_quarantined) == (6, 3, 3)
    errors = [i for i in result.issues[: len(result.issues) // 2] if i.severity == "error"]
    assert [i.where for i in errors] == ["line 4", "line 5", "line 6"]
    assert sum(i.n_rows for i in errors) == table.n_quarantined
    assert all(i.source == str(left) and i.hint for i in result.issues)
    warnings = " ".join(f"{i.where}: {i.message}" for i in result.issues if i.severity == "warning")
    assert "line 3: 1 row has no 'id'" in warnings
    assert "line 7: column 'year': 'soon' is no year" in warnings
    assert "line 7: column 'country': 'Atlantis' is no country" in warnings
    assert ("row 3", "row 3") in result.pairs.select("left", "right").rows()


def test_the_same_table_twice_links_each_row_with_itself() -> None:
    assert linked(films(), films(), **ANY) == [(i, i) for i in FILMS["id"]]


@pytest.mark.parametrize("ending", ["csv", "tsv", "xlsx", "jsonl", "parquet", "csv.gz"])
def test_files_of_all_kinds_and_data_frames_are_read_alike(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"films.{ending}"
    match ending:
        case "csv":
            films().write_csv(path)
        case "tsv":
            films().write_csv(path, separator="\t")
        case "xlsx":
            pytest.importorskip("xlsxwriter")
            films().write_excel(path)
        case "jsonl":
            films().write_ndjson(path)
        case "parquet":
            films().write_parquet(path)
        case _:
            import gzip

            path.write_bytes(gzip.compress(films().write_csv().encode()))
    assert linked(path, films(), **ANY) == [(i, i) for i in FILMS["id"]]


def test_lists_of_a_data_frame_are_several_values() -> None:
    listed = films().with_columns(pl.col("director").str.split("|"))
    result = avgraph.match(listed, films().with_columns(director=pl.lit("Alexandre Espigares")))
    (pair,) = result.to_json()
    assert "director" in {f["feature"] for f in pair["features"]}


def test_text_that_is_not_utf8_is_read_and_told(tmp_path: Path) -> None:
    path = tmp_path / "films.csv"
    path.write_bytes(
        "titre;année;réalisateur\nUne part du ciel;2002;Bénédicte Liénard\nNoces;2016;\n".encode("latin-1")
    )
    right = pl.DataFrame({"title": ["Une part du ciel"], "year": [2002], "director": ["Benedicte Lienard"]})
    result = avgraph.match(path, right)
    assert result.pairs.select("left", "right").rows() == [("row 2", "row 1")]
    assert [i.message for i in result.issues] == ["not UTF-8; read as windows-1252"]


def test_a_mapping_reads_any_table(tmp_path: Path) -> None:
    table = written(tmp_path / "t.csv", "k;wie;wer\nq7;Mr. Hublot;Laurent Witz\nq8;Mr. Hublot 2;\n")
    mapping = written(
        tmp_path / "m.toml",
        '[table]\ndelimiter = ";"\n[entity.film]\ntype = "Work"\nname = "{wie}"\nkey = "{k}"\n'
        '[entity.director]\ntype = "Person"\nname = "{wer}"\n'
        '[[claim]]\nkind = "Credit"\nwork = "film"\nagent = "director"\nrole = "director"\n',
    )
    result = avgraph.match(table, films(), left_mapping=mapping)
    assert result.kind == "works"
    assert result.pairs.select("left", "right", "left_row").rows() == [("q7", "a2", 2)]
    assert result.tables[0].n_used == 2
    people = avgraph.match(table, pl.DataFrame({"name": ["Witz, Laurent"]}), left_mapping=mapping, kind="people")
    assert people.pairs.select("left", "left_name").rows() == [("row 2", "Laurent Witz")]
    with pytest.raises(AvgraphError, match="names no companies"):
        avgraph.match(table, films(), left_mapping=mapping, kind="companies")
    assert linked(table, table, mapping=mapping, **ANY) == [("q7", "q7"), ("q8", "q8")]


def test_what_cannot_be_matched_is_said_with_a_remedy(tmp_path: Path) -> None:
    nameless = pl.DataFrame({"colour": ["red"], "size": [3]})
    with pytest.raises(
        SourceError, match="no column names works, people or companies; its columns are: colour, size"
    ) as e:
        avgraph.match(nameless, films())
    assert e.value.hint is not None
    assert "title" in e.value.hint
    with pytest.raises(SourceError, match="no column names works"):
        avgraph.match(films(), nameless, kind="works")
    with pytest.raises(AvgraphError, match="seem to hold works and people"):
        avgraph.match(films(), pl.DataFrame({"name": ["Ann Lee"], "born": [1990]}))
    with pytest.raises(AvgraphError, match="no kind 'films'"):
        avgraph.match(films(), films(), kind="films")
    with pytest.raises(AvgraphError, match="threshold must be within"):
        avgraph.match(films(), films(), threshold=2)
    with pytest.raises(SourceError, match="no such file"):
        avgraph.match(tmp_path / "none.csv", films())
    with pytest.raises(SourceError, match="a folder"):
        avgraph.match(tmp_path, films())


def test_a_table_without_rows_gives_no_pairs() -> None:
    result = avgraph.match(films().clear(), films())
    assert len(result) == 0
    assert result.pairs.columns == avgraph.match(films(), films()).pairs.columns
    assert result.tables[0].n_read == 0


def test_one_table_that_is_sure_decides_for_both() -> None:
    left = pl.DataFrame({"name": ["Gutland", "Barrage"], "country": ["LU", "LU"]})
    right = pl.DataFrame({"name": ["Gutland", "Barrage"], "gender": ["", ""]})
    assert avgraph.match(left, right).kind == "people"


@pytest.mark.parametrize(
    ("cells", "type_", "mark"),
    [
        (["A B|C D", "E; F"], "Person", "|"), (["A B;C D"], "Person", ";"), (["A B, C D"], "Person", ","),
        (["Day, Ann", "Poe, Cy"], "Person", "|"), (["Film Co, Inc"], "Organization", "|"), ([None, ""], "Person", "|"),
    ],
)  # fmt: skip
def test_values_of_a_cell_are_parted_at_bars_or_what_people_write_instead(
    cells: list[str | None], type_: str, mark: str
) -> None:
    assert separator(pl.Series(cells, dtype=pl.String), type_) == mark


def test_a_result_shows_itself() -> None:
    result = avgraph.match(films(), films(), **ANY)
    assert repr(result) == "<MatchResult 3 pairs of works, score 0.1 or more>"
    assert "<td>Mr. Hublot</td>" in result._repr_html_()


def test_an_id_in_common_decides_though_ids_of_which_there_may_be_several_differ(tmp_path: Path) -> None:
    mapping = written(
        tmp_path / "films.toml",
        '[entity.film]\ntype = "Work"\nname = "{title}"\nids.imdb = "{imdb}"\nids.catalogue = "{number}"\n',
    )
    left = written(tmp_path / "a.csv", "title,imdb,number\nNoces,tt5804314,A1\n")
    right = written(tmp_path / "b.csv", "title,imdb,number\nA Wedding,tt5804314,B7\n")
    result = avgraph.match(left, right, mapping=mapping)
    assert result.pairs["score"].to_list() == [1.0]


@pytest.mark.parametrize("cells", [[], ["", None], ["Gutland", ""]])
def test_a_table_of_labels_alone_is_read_with_rows_that_lack_one(cells: list[str | None]) -> None:
    left = pl.DataFrame({"label": cells}, schema={"label": pl.String()})
    right = pl.DataFrame({"label": ["Gutland"]})
    result = avgraph.match(left, right, kind="works", threshold=0)
    assert [t.n_read for t in result.tables] == [len(cells), 1]
    assert all(t.n_read == t.n_used + sum(i.n_rows for i in result.issues if i.source == t.name) for t in result.tables)
