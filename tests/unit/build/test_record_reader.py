"""Which reader takes which record file, in folders and in archives."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from avgraph.build import SourceReader, build_workspace
from avgraph.build.cache import Cache
from avgraph.build.inspecting import inspect_file
from avgraph.errors import SourceError
from avgraph.workspace import Workspace, init_workspace

RULES = '[entity.film]\ntype = "Work"\nname = "{title}"\n[[claim]]\nkind = "WorkFact"\nwork = "film"\n'
RULES += 'property = "genre"\nvalue = "{genre}"\n'
FORMAT = '[format]\nname = "Our films"\ncolumns = ["title", "genre"]\n' + RULES
FILMS = "title,genre\nDeux,drama\n,comedy\n"


def packed(members: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    return init_workspace(tmp_path / "w")


def fill(space: Workspace, files: dict[str, str | bytes]) -> None:
    for name, data in files.items():
        path = space.root / "records" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())


def read(space: Workspace, cache: Cache | None = None) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    """Return reader by source, and (severity, message) by issue's source; hold the books to their rule."""
    reader = SourceReader(space, cache)
    readers = {}
    n_rows: dict[str, int] = {}
    for tables in reader.tables():
        source = tables.source
        assert source["n_read"] == source["n_accepted"] + source["n_quarantined"]
        readers[str(source["source"]).removeprefix("records/")] = str(source["reader"])
        n_rows[str(source["source"])] = int(source["n_quarantined"])
    for name, n_quarantined in n_rows.items():
        assert sum(i.n_rows for i in reader.issues if i.source == name) == n_quarantined
    assert all(i.hint for i in reader.issues)
    issues = {i.source.removeprefix("records/"): (i.severity, i.message) for i in reader.issues if not i.n_rows}
    return readers, issues


def test_files_are_recognised_at_any_depth_and_a_mapping_beside_a_file_wins(space: Workspace) -> None:
    fill(space, {
        "formats/ours.toml": FORMAT, "a.csv": FILMS, "deep/b.tsv": FILMS.replace(",", "\t"), "c.csv": FILMS,
        "c.toml": RULES, "d.csv": "x,y\n1,2\n", "README.md": "x", "e.data": FILMS, "e.toml": RULES + "[map",
        "f.csv": FILMS, "other.toml": '[table]\nfile = "f.csv"\n' + RULES.replace("{title}", "{titel}"),
    })  # fmt: skip
    readers, issues = read(space)
    assert readers == {"a.csv": "Our films", "deep/b.tsv": "Our films", "c.csv": "records/c.toml"}
    assert issues["d.csv"][0] == "warning"
    # What a broken mapping names is not read by others.
    assert {name: severity for name, (severity, _) in issues.items()} == {
        "d.csv": "warning", "e.toml": "error", "other.toml": "error",
    }  # fmt: skip


def test_formats_are_not_read_where_every_file_has_its_mapping(
    space: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shipped() -> None:
        raise AssertionError("the shipped formats are read")

    fill(space, {"a.csv": FILMS, "a.toml": RULES})
    monkeypatch.setattr("avgraph.sources.recognition._shipped", shipped)
    assert read(space) == ({"a.csv": "records/a.toml"}, {})
    fill(space, {"b.csv": FILMS})
    with pytest.raises(AssertionError, match="shipped formats"):
        read(space)


def test_a_broken_format_costs_itself_and_a_tie_its_file(space: Workspace) -> None:
    fill(space, {"one.toml": FORMAT, "two.toml": FORMAT.replace("Our", "Their"), "bad.toml": "[format]\nname = 1\n",
                 "a.csv": FILMS, "b.csv": FILMS, "b.toml": 'use = "two"\n'})  # fmt: skip
    readers, issues = read(space)
    assert readers == {"b.csv": "Their films"}
    assert issues["a.csv"][0] == "error"
    assert "Our films (one) and Their films (two)" in issues["a.csv"][1]
    assert "bad.toml" in issues


def test_members_of_archives_are_sources_of_their_own(space: Workspace) -> None:
    archive = packed({
        "a.csv": FILMS, "sub/b.csv": "titel,genre\nBarrage,drama\n", "sub/b.toml": RULES.replace("{title}", "{titel}"),
        "c.csv": "x,y\n1,2\n", "../evil.csv": FILMS, "inner.zip": packed({"d.csv": FILMS}), "e.csv": "nom,genre\nX,y\n",
        "README.md": "about",
    })  # fmt: skip
    outer = '[table]\nfile = "dump.zip/e.csv"\n' + RULES.replace("{title}", "{nom}")
    fill(space, {"ours.toml": FORMAT, "dump.zip": archive, "outer.toml": outer})
    readers, issues = read(space)
    assert readers == {
        "dump.zip/a.csv": "Our films", "dump.zip/sub/b.csv": "records/dump.zip/sub/b.toml",
        "dump.zip/inner.zip/d.csv": "Our films", "dump.zip/e.csv": "records/outer.toml",
    }  # fmt: skip
    assert "leads out" in issues["dump.zip/../evil.csv"][1]
    assert issues["dump.zip/c.csv"][0] == "warning"
    assert set(issues) == {"dump.zip/../evil.csv", "dump.zip/c.csv"}
    assert not (space.root / "evil.csv").exists()
    assert not (space.root / "records" / "evil.csv").exists()


def test_an_archive_in_the_folder_of_a_format_of_its_own(space: Workspace) -> None:
    fill(space, {"dump.zip": packed({"ours.toml": FORMAT, "a.csv": FILMS}), "b.csv": FILMS})
    readers, issues = read(space)
    assert readers == {"dump.zip/a.csv": "Our films"}
    assert set(issues) == {"b.csv"}


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 cut", packed({"a.csv": FILMS})[:-20], b"no zip at all"])
def test_a_broken_archive_costs_itself(space: Workspace, data: bytes) -> None:
    fill(space, {"ours.toml": FORMAT, "dump.zip": data, "a.csv": FILMS})
    readers, issues = read(space)
    assert readers == {"a.csv": "Our films"}
    assert issues["dump.zip"][0] == "error"


def test_a_mapping_that_names_no_member_of_its_archive_is_told(space: Workspace) -> None:
    fill(space, {"dump.zip": packed({"a.txt": "x"}), "x.toml": '[table]\nfile = "dump.zip/b.csv"\n' + RULES})
    _, issues = read(space)
    assert issues["x.toml"] == ("error", "dump.zip has no member 'b.csv'")


def test_what_did_not_change_is_not_read_again_and_archives_not_unpacked(
    space: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(space, {"ours.toml": FORMAT, "a.csv": FILMS, "dump.zip": packed({"b.csv": FILMS, "c.csv": "x,y\n1,2\n"})})
    cache = Cache(space.build_dir / "cache")
    first = read(space, cache)
    cache.close()
    assert first == read(space)

    def unpack(*args: Any) -> None:
        raise AssertionError("the archive is unpacked again")

    with monkeypatch.context() as patched:
        patched.setattr("avgraph.build.records.unpack", unpack)
        cache = Cache(space.build_dir / "cache")
        assert read(space, cache) == first
        assert cache.n_reused == 2
        cache.close()
        # Another format may read what this one did.
        fill(space, {"ours.toml": FORMAT.replace("Our films", "New films")})
        with pytest.raises(AssertionError, match="unpacked again"):
            read(space, Cache(space.build_dir / "cache"))
    cache = Cache(space.build_dir / "cache")
    readers, _ = read(space, cache)
    assert readers == {"a.csv": "New films", "dump.zip/b.csv": "New films"}
    assert cache.n_reused == 1  # what the interrupted reading had kept
    assert list(space.build_dir.rglob(".unpacked*")) == []


def test_the_build_knows_the_readers_and_the_same_files_give_the_same_graph(space: Workspace) -> None:
    fill(space, {"ours.toml": FORMAT, "a.csv": FILMS, "dump.zip": packed({"b.csv": FILMS})})
    report = build_workspace(space)
    assert report.sources.select("source", "reader").rows() == [
        ("records/a.csv", "Our films"), ("records/dump.zip/b.csv", "Our films"),
    ]  # fmt: skip
    again = build_workspace(space, force=True)
    assert (again.changed, again.snapshot.manifest["content"]) == (False, report.snapshot.manifest["content"])


def test_validate_unpacks_elsewhere_and_writes_nothing(space: Workspace) -> None:
    fill(space, {"ours.toml": FORMAT, "dump.zip": packed({"b.csv": FILMS})})
    before = sorted(space.root.rglob("*"))
    assert read(space)[0] == {"dump.zip/b.csv": "Our films"}
    assert sorted(space.root.rglob("*")) == before


def test_inspect_sees_what_a_build_sees(space: Workspace) -> None:
    fill(space, {"formats/ours.toml": FORMAT, "a.csv": FILMS, "c.csv": FILMS, "c.toml": RULES, "d.csv": "x,y\n1,2\n",
                 "dump.zip": packed({"b.csv": FILMS, "../x.csv": FILMS})})  # fmt: skip
    records = space.root / "records"

    def readers(name: str, **how: Any) -> list[tuple[str | None, bool]]:
        return [(s.reader, s.is_read) for s in inspect_file(records / name, **how)]

    assert readers("a.csv") == [("Our films", True)]
    assert readers("c.csv") == [("records/c.toml", True)]
    assert readers("d.csv") == [(None, False)]
    assert readers("dump.zip") == [(None, False), ("Our films", True)]
    assert readers("a.csv", mapping=records / "c.toml") == [("c.toml", True)]
    assert readers("c.csv", mapping=records / "formats" / "ours.toml") == [("Our films", True)]
    (unfit,) = inspect_file(records / "d.csv", records / "formats" / "ours.toml")
    assert "the file lacks title, genre" in unfit.issues[0].message
    (broken,) = inspect_file(records / "d.csv", records / "c.toml")
    assert {i.where for i in broken.issues} == {"entity.film.name", "claim[1].value"}


@pytest.mark.parametrize(("name", "words"), [("x.csv", "folder"), ("gone.csv", "no such"), ("a.toml", "mapping"),
                                             ("a.html", "extract")])  # fmt: skip
def test_what_is_no_record_file_is_told(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "x.csv").mkdir()
    for file in ("a.toml", "a.html"):
        (tmp_path / file).write_text("x")
    with pytest.raises(SourceError) as caught:
        list(inspect_file(tmp_path / name))
    assert words in f"{caught.value.message} {caught.value.hint}"
