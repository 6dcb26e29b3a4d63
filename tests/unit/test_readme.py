"""What the pages tell a reader to type works, as typed."""

from __future__ import annotations

import doctest
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from avgraph.cli import app

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
README = (ROOT / "README.md").read_text(encoding="utf-8")
_MACHINE = re.compile(r"(?<![\w.:/-])/(?:work|root|home|Users|mnt|workspace)/[\w.]+")


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def commands(text: str) -> list[str]:
    """Return the lines a reader types; a line that ends in a backslash goes on."""
    return [line[2:] for line in text.replace("\\\n", " ").splitlines() if line.startswith("$ ")]


TYPED = [c for block in blocks(ROOT / "README.md", "console") for c in commands(block)]


@pytest.fixture(scope="module")
def desk(example_graph: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the built example under the name that the pages use."""
    folder = tmp_path_factory.mktemp("desk")
    shutil.copytree(example_graph, folder / "avgraph-demo")
    return folder


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p, "python")], ids=lambda p: p.name)
def test_python_blocks_run(page: Path, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk)
    text = page.read_text(encoding="utf-8")
    for name, content in re.findall(r"^```\w+ file=(\S+)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
        (desk / name).parent.mkdir(exist_ok=True)
        (desk / name).write_text(content, encoding="utf-8")
    names: dict[str, object] = {"__name__": "__main__"}
    for number, block in enumerate(blocks(page, "python"), 1):
        title = f"{page.name}, python block {number}"
        if ">>>" in block:
            runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS)
            test = doctest.DocTestParser().get_doctest(block, names, title, str(page), 0)
            runner.run(test, clear_globs=False)
            names.update(test.globs)
            assert runner.summarize(verbose=False).failed == 0
        else:
            exec(compile(block, title, "exec"), names)


def test_the_readme_tells_of_every_verb_a_new_user_needs() -> None:
    verbs = {command.split()[1] for command in TYPED if command.startswith("avgraph ")}
    assert verbs >= {"init", "build", "validate", "extract", "query", "show", "explain", "conflicts", "network"}
    assert verbs >= {"report", "export"}


def test_every_command_of_the_readme_exits_0(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(desk)
    assert TYPED
    for command in TYPED:
        words = shlex.split(command, comments=True)
        assert words[0] == "avgraph", command
        monkeypatch.setattr(sys, "argv", words)
        with pytest.raises(SystemExit) as caught:
            app.main()
        assert caught.value.code in (0, None), f"{command}\n{capsys.readouterr().err}"
        assert "Traceback" not in capsys.readouterr().err


def test_the_mapping_of_the_readme_reads_the_table_it_speaks_of(tmp_path: Path) -> None:
    from avgraph.sources import read_mapping, read_table

    (mapping,) = blocks(ROOT / "README.md", "toml")
    columns = re.search(r"`films\.csv` with the columns \*([^*]+)\*", README)
    assert columns is not None
    (tmp_path / "films.toml").write_text(mapping, encoding="utf-8")
    (tmp_path / "films.csv").write_text(f"{columns[1].replace(' ', '')}\nGutland,2017,lu|de,Govinda Van Maele\n")
    tables = read_table(read_mapping(tmp_path / "films.toml", tmp_path))
    assert tables.issues == ()
    assert {kind: t.height for kind, t in tables.claims.items() if t.height} == {"PlaceRelation": 2, "Credit": 1}


@pytest.mark.parametrize(("page", "n_queries"), [("README.md", 2), ("docs/queries.md", 1), ("docs/conflicts.md", 2)])
def test_the_sparql_of_a_page_has_answers(example_graph: Path, page: str, n_queries: int) -> None:
    from avgraph.knowledge import open_graph

    kg = open_graph(example_graph)
    queries = blocks(ROOT / page, "sparql")
    assert len(queries) == n_queries
    for query in queries:
        assert len(kg.query(query)) > 0, query


def test_every_file_the_pages_link_to_exists() -> None:
    missing = []
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if not re.match(r"[a-z]+:", target) and not (page.parent / target).exists():
                missing.append(f"{page.name}: {target}")
    assert missing == []


def test_the_exit_codes_told_are_those_of_the_errors() -> None:
    from avgraph import errors

    told = {int(n): word for n, word in re.findall(r"\b(\d) (ok|data\sissues|usage|store|query)\b", README)}
    assert set(told) == {0, 1, 2, 3, 4}
    assert errors.SourceError.exit_code == 1
    assert errors.WorkspaceError.exit_code == errors.NotFoundError.exit_code == 2
    assert errors.StoreError.exit_code == 3
    assert errors.QueryError.exit_code == 4


def test_what_needs_an_extra_names_it() -> None:
    (line,) = (line for line in README.splitlines() if ".to_pandas()" in line)
    assert "avgraph[pandas]" in line


def test_no_file_holds_a_path_of_somebodys_machine() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout: git lists the files")
    listed = subprocess.run(
        ["git", "ls-files", "-coz", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found = []
    for name in filter(None, listed.stdout.split("\0")):
        try:
            text = (ROOT / name).read_text(encoding="utf-8")
        except (UnicodeDecodeError, OSError):
            continue
        found += [f"{name}: {match.group()}" for match in _MACHINE.finditer(text)]
    assert found == []


def test_the_pattern_of_machine_paths_finds_them() -> None:
    assert _MACHINE.search("see /" + "home/ada/x.py")
    assert not _MACHINE.search("https://w3id.org/avgraph/id/work/x")


def test_the_page_on_annotations_names_every_key_and_figure() -> None:
    from avgraph.evaluation import gold, result
    from avgraph.evaluation.scores import MEASURES
    from avgraph.model import QUALIFIERS, STATUSES

    page = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")
    named = {*gold._KEYS, *gold._TYPES, *QUALIFIERS, *STATUSES, *MEASURES, *result.SHARES, *result.CEILINGS}
    assert {name for name in named if not re.search(rf"\b{name}\b", page)} == set()
    assert {group for group in result.GROUPS if f"[{group}." not in page} == set()
