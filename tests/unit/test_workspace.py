"""The workspace: its settings, its files, and what is said when they are wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from avgraph.errors import WorkspaceError
from avgraph.workspace import LanguageModel, Workspace, init_workspace


def workspace(root: Path, text: str | bytes) -> Workspace:
    (root / "avgraph.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return Workspace.load(root)


def test_an_empty_file_gives_the_defaults(tmp_path: Path) -> None:
    space = workspace(tmp_path, "")
    assert space.name == tmp_path.name
    assert space.base_iri == "https://w3id.org/avgraph/id/"
    assert space.precedence == ("records/*", "articles/*")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[workspace\n", "line 1"),
        ("[workspace]\nname =\n", "line 2"),
        ("[workspace]\nname = 'a'\nbase_iri =", "line 3: not valid TOML: Invalid value (mend that line"),
        ("[workspace]\nname = 'été'\n".encode("latin-1"), "line 2: not UTF-8"),
        ("[workspce]\nname = 'x'\n", "[workspce]"),
        ("[workspace]\nnam = 'x'\n", "workspace.nam"),
        ("[workspace]\nname = 3\n", "workspace.name"),
        ("[workspace]\nbase_iri = 'no iri'\n", "'no iri'"),
        ("[workspace]\nbase_iri = 'https://example.org/a b'\n", "a b"),
        ("[sources]\nprecedence = 'records/*'\n", "precedence"),
        ("[sources]\nprecedence = [1]\n", "precedence"),
        ("sources = 1\n", "sources must be one section (write [sources] once, its keys below)"),
        ("[[articles]]\nrecall = true\n", "articles must be one section (write [articles] once, its keys below)"),
        (
            "[articles]\nrecall = 'yes'\n",
            "(write recall = true or recall = false, without quotes)",
        ),
        ("[sources]\nprecedence = 'records/*'\n", 'write precedence = ["records/*", "articles/*"]'),
        ("[articles]\nllm = true\n", "articles.llm must be a section"),
        ("[articles.llm]\nmodel = 'm'\n", "articles.llm.endpoint must be a text"),
        ("[articles.llm]\nendpoint = 'http://h/v1'\n", "articles.llm.model must be a text"),
        ("[articles.llm]\nendpoint = 'http://h/v1'\nmodel = ''\n", "articles.llm.model is empty"),
        ("[articles.llm]\nendpoint = 'http://h/v1'\nmodel = 'a b'\n", "articles.llm.model holds a space"),
        ("[articles.llm]\nendpoint = 'h:1/v1'\nmodel = 'm'\n", "articles.llm.endpoint does not start with http://"),
        ("[articles.llm]\nendpoint = 'http://h/v1'\nmodel = 'm'\nkey = 'x'\n", "known: endpoint, model, key_env"),
        ("[articles.llm]\nendpoint = 'http://h/v1'\nmodel = 'm'\nkey_env = 3\n", "articles.llm.key_env must be"),
    ],
)
def test_a_wrong_setting_is_named_with_its_file(tmp_path: Path, text: str | bytes, said: str) -> None:
    with pytest.raises(WorkspaceError) as caught:
        workspace(tmp_path, text)
    assert said in str(caught.value)
    assert caught.value.where == str(tmp_path / "avgraph.toml")


@pytest.mark.parametrize(
    "lines", ["endpoint = 'http://ada:s3cret@h/v1'\n", "endpoint = 'http://h/v1'\nkey_env = 's3cret-key'\n"]
)
def test_a_secret_in_the_wrong_place_is_not_repeated(tmp_path: Path, lines: str) -> None:
    with pytest.raises(WorkspaceError) as caught:
        workspace(tmp_path, f"[articles.llm]\nmodel = 'm'\n{lines}")
    assert "s3cret" not in str(caught.value)
    assert "variable" in str(caught.value.hint)


def test_a_language_model_is_asked_only_where_the_settings_say_so(tmp_path: Path) -> None:
    assert workspace(tmp_path, "").llm is None
    assert init_workspace(tmp_path / "w").llm is None
    text = "[articles]\nrecall = true\n[articles.llm]\nendpoint = 'http://h/v1'\nmodel = 'm'\n"
    assert workspace(tmp_path, text).llm == LanguageModel("http://h/v1", "m")
    assert workspace(tmp_path, f"{text}key_env = 'MY_KEY'\n").llm == LanguageModel("http://h/v1", "m", "MY_KEY")


def test_a_folder_without_settings_is_refused_with_a_command_to_copy(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError) as caught:
        Workspace.load(tmp_path / "a folder")
    assert caught.value.hint == f"create one with: avgraph init '{tmp_path}/a folder'"


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "avgraph.toml").write_bytes(b"\xef\xbb\xbf[workspace]\nname = 'x'\n")
    assert Workspace.load(tmp_path).name == "x"


@pytest.mark.parametrize(
    ("given", "iri"),
    [
        ("CC-BY-4.0", "https://spdx.org/licenses/CC-BY-4.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "https://creativecommons.org/publicdomain/zero/1.0/"),
    ],
)
def test_a_licence_is_an_address_or_an_spdx_id(tmp_path: Path, given: str, iri: str) -> None:
    (tmp_path / "avgraph.toml").write_text(f'[workspace]\nlicence = "{given}"\npublisher = "Ours"\n')
    space = Workspace.load(tmp_path)
    assert (space.licence, space.publisher) == (iri, "Ours")
    (tmp_path / "avgraph.toml").write_text("")
    space = Workspace.load(tmp_path)
    assert (space.licence, space.publisher) == (None, None)


@pytest.mark.parametrize("given", ["free for all", "https://example.org/a b", "<x>"])
def test_another_licence_is_refused(tmp_path: Path, given: str) -> None:
    (tmp_path / "avgraph.toml").write_text(f'[workspace]\nlicence = "{given}"\n')
    with pytest.raises(WorkspaceError, match="neither an SPDX id nor an address"):
        Workspace.load(tmp_path)


def test_the_base_iri_ends_where_names_can_be_added(tmp_path: Path) -> None:
    assert (
        workspace(tmp_path, "[workspace]\nbase_iri = 'https://example.org/id'\n").base_iri == "https://example.org/id/"
    )
    assert workspace(tmp_path, "[workspace]\nbase_iri = 'https://example.org/#'\n").base_iri == "https://example.org/#"


def test_the_first_pattern_that_fits_decides_trust(tmp_path: Path) -> None:
    space = workspace(tmp_path, "[sources]\nprecedence = ['records/awards.csv', 'records/*', 'articles/*']\n")
    names = ["articles/a.txt", "records/films.csv", "elsewhere.txt", "records/awards.csv"]
    assert sorted(names, key=space.rank) == [
        "records/awards.csv", "records/films.csv", "articles/a.txt", "elsewhere.txt",
    ]  # fmt: skip


def test_a_source_iri_is_an_iri_whatever_the_file_is_called(tmp_path: Path) -> None:
    iri = workspace(tmp_path, "").source_iri('articles/été "1" <x>.txt')
    assert iri == "https://w3id.org/avgraph/id/source/articles/%C3%A9t%C3%A9%20%221%22%20%3Cx%3E.txt"


@pytest.mark.parametrize(
    "name", ['a "b"', "back\\slash", "two\nlines\tand a tab", "Ünïcode – 漢字", "\x7f\x00", "#[x]='"]
)
def test_any_name_survives_init(tmp_path: Path, name: str) -> None:
    space = init_workspace(tmp_path / "w", name)
    assert space.name == "".join(c for c in " ".join(name.split()) if c.isprintable()) or "my graph"
    assert (space.root / "articles").is_dir()
    assert (space.root / "records").is_dir()


def test_init_never_overwrites(tmp_path: Path) -> None:
    init_workspace(tmp_path, "first")
    with pytest.raises(WorkspaceError, match="already"):
        init_workspace(tmp_path, "second")
    assert Workspace.load(tmp_path).name == "first"


def test_init_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkspaceError, match="cannot create"):
        init_workspace(tmp_path / "file" / "w")


def test_files_are_found_in_order_and_what_is_not_read_is_listed(tmp_path: Path) -> None:
    space = init_workspace(tmp_path)
    for name in ("articles/b.txt", "articles/sub/a.HTML", "articles/a.md", "articles/scan.pdf", "articles/.hidden.txt",
                 "articles/~$lock.txt", "records/films.toml", "records/films.csv", "records/orphan.csv",
                 "records/README.md"):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    assert [space.relative(p) for p in space.article_paths()] == [
        "articles/a.md",
        "articles/b.txt",
        "articles/sub/a.HTML",
    ]
    assert [space.relative(p) for p in space.mapping_paths()] == ["records/films.toml"]
    assert [space.relative(p) for p in space.record_paths()] == ["records/films.csv", "records/orphan.csv"]
    issues = space.unread_files()
    assert [(i.source, i.severity) for i in issues] == [("articles/scan.pdf", "warning")]
    assert all(i.hint for i in issues)


def test_what_looks_like_a_file_and_cannot_be_read_is_listed(tmp_path: Path) -> None:
    space = init_workspace(tmp_path / "w")
    articles = space.root / "articles"
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.txt").write_text("x")
    (articles / "good.txt").symlink_to(tmp_path / "elsewhere" / "a.txt")
    (articles / "dangling.html").symlink_to("nowhere.html")
    (articles / "loop.txt").symlink_to("loop.txt")
    (articles / ".hidden.txt").symlink_to("nowhere")
    (articles / "folder").symlink_to(tmp_path / "elsewhere")
    (space.root / "records" / "data.csv").symlink_to("nowhere.csv")
    os.mkfifo(articles / "pipe.txt")
    assert [space.relative(p) for p in space.article_paths()] == ["articles/good.txt"]
    issues = space.unread_files()
    assert {i.source: i.message for i in issues} == {
        "articles/dangling.html": "not read: it links to nowhere.html, which does not exist",
        "articles/folder": "not read: links to folders are not followed",
        "articles/loop.txt": "not read: it links to loop.txt, which does not exist",
        "articles/pipe.txt": "not read: it is no file",
        "records/data.csv": "not read: it links to nowhere.csv, which does not exist",
    }
    assert all(i.hint and i.severity == "error" for i in issues)


def test_a_file_name_that_is_not_utf8_is_an_issue_and_not_a_crash(tmp_path: Path) -> None:
    space = init_workspace(tmp_path)
    try:
        (tmp_path / "articles" / os.fsdecode(b"\xe9t\xe9.txt")).write_text("x")
    except (OSError, UnicodeError):
        pytest.skip("this file system takes UTF-8 names only")
    assert space.article_paths() == []
    (issue,) = space.unread_files()
    assert issue.source == "articles/?t?.txt"
    assert issue.severity == "error"
    issue.source.encode("utf-8")


def test_a_folder_name_that_is_not_utf8_becomes_a_name_that_is(tmp_path: Path) -> None:
    root = tmp_path / os.fsdecode(b"w\xe9")
    try:
        root.mkdir()
    except (OSError, UnicodeError):
        pytest.skip("this file system takes UTF-8 names only")
    assert init_workspace(root).name == "w?"
