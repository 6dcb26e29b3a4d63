from __future__ import annotations

import gzip
import hashlib
import json
import sys
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

BENCHMARKS = Path(__file__).resolve().parents[3] / "benchmarks"
N_TITLES = 1500


@pytest.fixture(scope="module")
def imdb() -> ModuleType:
    sys.path.insert(0, str(BENCHMARKS))
    try:
        import imdb_data
    finally:
        sys.path.remove(str(BENCHMARKS))
    return imdb_data


@pytest.fixture(scope="module")
def folder(imdb: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("imdb")
    imdb.write_imdb(folder, N_TITLES)
    return folder


@pytest.fixture(scope="module")
def tables(imdb: ModuleType, folder: Path) -> dict[str, pl.DataFrame]:
    return {
        name: pl.read_csv(
            folder / f"{name}.tsv", separator="\t", quote_char=None, null_values="\\N", infer_schema=False
        )
        for name in imdb.COLUMNS
    }


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_the_seven_files_have_the_layout_of_imdb(folder: Path, tables: dict[str, pl.DataFrame]) -> None:
    for name, table in tables.items():
        lines = (folder / f"{name}.tsv").read_text("utf-8").splitlines()
        assert len(lines) == table.height + 1, name
        assert {line.count("\t") for line in lines} == {table.width - 1}, name
        assert "" not in {cell for line in lines for cell in line.split("\t")}, name
    assert tables["title.basics"].columns == [
        "tconst", "titleType", "primaryTitle", "originalTitle", "isAdult", "startYear", "endYear", "runtimeMinutes",
        "genres",
    ]  # fmt: skip


def test_what_is_unknown_is_marked(tables: dict[str, pl.DataFrame]) -> None:
    unknown = (
        ("title.basics", "startYear"), ("title.basics", "endYear"), ("title.basics", "runtimeMinutes"),
        ("title.principals", "job"), ("title.principals", "characters"), ("title.crew", "directors"),
        ("title.episode", "seasonNumber"), ("title.akas", "region"), ("name.basics", "birthYear"),
        ("name.basics", "knownForTitles"),
    )  # fmt: skip
    for name, column in unknown:
        n = tables[name][column].null_count()
        assert 0 < n < tables[name].height, column


def test_ids_point_to_rows_of_the_other_files(tables: dict[str, pl.DataFrame]) -> None:
    titles, people = tables["title.basics"]["tconst"], tables["name.basics"]["nconst"]
    assert titles.is_unique().all()
    assert people.is_unique().all()
    principals = tables["title.principals"]
    assert principals["tconst"].is_in(titles.implode()).all()
    assert principals["nconst"].is_in(people.implode()).all()
    series = tables["title.basics"].filter(pl.col("titleType").is_in(["tvSeries", "tvMiniSeries"]))["tconst"]
    assert tables["title.episode"]["parentTconst"].is_in(series.implode()).all()
    known = tables["name.basics"].select("nconst", tconst=pl.col("knownForTitles").str.split(",")).explode("tconst")
    missing = known.drop_nulls().join(principals, on=["nconst", "tconst"], how="anti")
    assert missing.height == 0


def test_directors_of_the_crew_are_principals(tables: dict[str, pl.DataFrame]) -> None:
    directors = tables["title.crew"].select("tconst", nconst=pl.col("directors").str.split(",")).explode("nconst")
    principals = tables["title.principals"].filter(pl.col("category") == "director").select("tconst", "nconst")
    assert set(directors.drop_nulls().iter_rows()) == set(principals.iter_rows())


def test_characters_are_json_arrays(tables: dict[str, pl.DataFrame]) -> None:
    characters = [json.loads(cell) for cell in tables["title.principals"]["characters"].drop_nulls()]
    assert all(isinstance(part, str) and part for parts in characters for part in parts)
    assert {len(parts) for parts in characters} == {1, 2}
    assert any('"' in part for parts in characters for part in parts)
    assert any(not part.isascii() for parts in characters for part in parts)


def test_credits_are_eight_a_title_and_follow_a_power_law(tables: dict[str, pl.DataFrame]) -> None:
    principals, people = tables["title.principals"], tables["name.basics"]
    assert abs(principals.height / N_TITLES - 8) < 0.2
    assert people.height == N_TITLES * 1.6
    counts = principals["nconst"].value_counts(sort=True)["count"]
    assert counts[0] > 20 * counts.median()
    assert counts.sum() > principals["nconst"].n_unique() * 2


def test_episodes_keep_people_of_their_series(tables: dict[str, pl.DataFrame]) -> None:
    people = tables["title.principals"].select("tconst", "nconst").unique()
    series = people.rename({"tconst": "parentTconst"})
    shared = tables["title.episode"].join(people, on="tconst").join(series, on=["parentTconst", "nconst"])
    assert shared["tconst"].n_unique() > 0.9 * tables["title.episode"].height


def test_a_size_and_a_seed_give_the_same_bytes(imdb: ModuleType, folder: Path, tmp_path: Path) -> None:
    imdb.write_imdb(tmp_path / "again", N_TITLES)
    imdb.write_imdb(tmp_path / "other", N_TITLES, seed=8)
    assert digests(tmp_path / "again") == digests(folder)
    assert not set(digests(tmp_path / "other").values()) & set(digests(folder).values())


def test_pieces_do_not_show(imdb: ModuleType, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imdb, "_CHUNK", 401)
    imdb.write_imdb(tmp_path, N_TITLES)
    assert digests(tmp_path) == digests(folder)


def test_compressed_files_hold_the_same_and_no_time(imdb: ModuleType, folder: Path, tmp_path: Path) -> None:
    rows = imdb.write_imdb(tmp_path, N_TITLES, gz=True)
    for name in imdb.COLUMNS:
        packed = (tmp_path / f"{name}.tsv.gz").read_bytes()
        assert gzip.decompress(packed) == (folder / f"{name}.tsv").read_bytes()
        assert packed[3:8] == bytes(5)  # no file name, no time
        assert gzip.decompress(packed).count(b"\n") == rows[name] + 1
