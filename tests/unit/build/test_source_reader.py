"""One reading loop for building and checking."""

from __future__ import annotations

from pathlib import Path

import pytest

from avgraph.build import SourceReader, build_workspace
from avgraph.build.cache import Cache
from avgraph.sources import ArticleRead, read_article
from avgraph.workspace import Workspace, init_workspace

MAPPING = '[entity.film]\ntype = "Work"\nname = "{title}"\n[[claim]]\nkind = "WorkFact"\nwork = "film"\n'
MAPPING += 'property = "genre"\nvalue = "{genre}"\n'
ARTICLE = "title: A\nlanguage: en\ndate: 2020-01-02\n---\nThe film “Gutland” was directed by Govinda Van Maele.\n"


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    """A good table and a good article, and a bad one of each."""
    space = init_workspace(tmp_path / "w")
    files = {
        "articles/a.txt": ARTICLE, "articles/b.txt": "", "records/a.csv": "title,genre\nA,drama\n,comedy\n",
        "records/a.toml": MAPPING, "records/b.csv": "title,genre\nB,drama\n",
        "records/b.toml": MAPPING.replace("{title}", "{titel}").replace("{genre}", "{gerne}"),
        "records/c.xlsx": "no spreadsheet", "records/c.toml": MAPPING,
    }  # fmt: skip
    for name, text in files.items():
        (space.root / name).write_text(text, encoding="utf-8")
    return space


def read(reader: SourceReader) -> tuple[list[str], list[tuple[str, bool]], set[tuple[str, str]]]:
    tables = [str(t.source["source"]) for t in reader.tables()]
    articles = [(a.name, a.document is not None) for a in reader.articles()]
    return tables, articles, {(i.source, i.where) for i in reader.issues}


def test_what_is_good_is_given_and_the_rest_listed_once(space: Workspace) -> None:
    tables, articles, issues = read(SourceReader(space))
    assert tables == ["records/a.csv"]
    assert articles == [("articles/a.txt", True), ("articles/b.txt", False)]
    assert issues == {
        ("articles/b.txt", ""), ("records/a.csv", "line 3"), ("records/b.toml", "entity.film.name"),
        ("records/b.toml", "claim[1].value"), ("records/c.xlsx", ""),
    }  # fmt: skip


def test_without_a_cache_nothing_is_written_and_with_one_all_is_the_same(space: Workspace) -> None:
    before = sorted(space.root.rglob("*"))
    plain = read(SourceReader(space))
    assert sorted(space.root.rglob("*")) == before
    for n_reused in (0, 1):
        cache = Cache(space.build_dir / "cache")
        assert read(SourceReader(space, cache)) == plain
        cache.close()
        assert cache.n_reused == n_reused
    fresh = Cache(space.build_dir / "cache", fresh=True)
    assert read(SourceReader(space, fresh)) == plain
    assert fresh.n_reused == 0


def test_a_new_reader_reads_again(space: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    names: list[str] = []

    def noted(path: Path, name: str) -> ArticleRead:
        names.append(name)
        return read_article(path, name)

    monkeypatch.setattr("avgraph.build.reading.read_article", noted)
    for version in ("a", "a", "b"):
        monkeypatch.setattr("avgraph.build.reading.READER_VERSION", version)
        cache = Cache(space.build_dir / "cache")
        read(SourceReader(space, cache))
        cache.close()
    assert names.count("articles/a.txt") == 2


def test_a_file_that_goes_away_or_may_not_be_read_stops_nothing(
    space: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(self: Cache, path: Path) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Cache, "file_hash", refused)
    reader = SourceReader(space, Cache(space.build_dir / "cache"))
    assert list(reader.tables()) == []
    assert [(a.sha256, a.document) for a in reader.articles()] == [(None, None)] * 2
    denied = [i.source for i in reader.issues if "Permission denied" in i.message]
    assert denied == ["records/a.csv", "articles/a.txt", "articles/b.txt"]


def test_progress_counts_every_file(space: Workspace) -> None:
    told: list[tuple[str, int, int]] = []
    read(SourceReader(space, progress=lambda *step: told.append(step)))
    assert told == [*(("reading records", n, 3) for n in range(4)), *(("reading articles", n, 2) for n in range(3))]


def test_a_build_tells_how_many_claims_are_read_and_rows_written(space: Workspace) -> None:
    told: list[tuple[str, int, int]] = []
    report = build_workspace(space, lambda *step: told.append(step))
    read = [done for stage, done, total in told if (stage, total) == ("claims of records", 0)]
    assert read == sorted(read)
    assert read[-1] == report.n_claims["WorkFact"]
    written = [(done, total) for stage, done, total in told if stage == "writing tables"]
    assert written[0][0] == 0
    assert written[-1][0] == written[-1][1] == written[0][1]
    assert told[-2:] == [("filling the store", 0, 1), ("filling the store", 1, 1)]
