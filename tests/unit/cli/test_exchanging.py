"""``export`` and ``import`` at the command line."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from avgraph.cli import app

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)

    def call(*args: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["avgraph", *map(str, args)])
        with pytest.raises(SystemExit) as caught:
            app.main()
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return int(caught.value.code or 0), captured.out, captured.err

    return call


def test_export_all_writes_every_notation_and_describes_it(run: Run, example_graph: Path, tmp_path: Path) -> None:
    code, out, _ = run("export", "data", "--all", "-g", example_graph)
    assert code == 0
    listed = dict(line.split("\t") for line in out.splitlines()[1:])
    assert {"graph.nq", "graph.trig", "graph.jsonld", "csv/credit.csv", "parquet/credit.parquet", "void.ttl"} <= set(
        listed
    )
    assert {name: str((tmp_path / "data" / name).stat().st_size) for name in listed} == listed
    described = (tmp_path / "data" / "void.ttl").read_text(encoding="utf-8")
    assert "dcat:downloadURL <csv/credit.csv>" in described
    assert "license" not in described
    before = {name: (tmp_path / "data" / name).read_bytes() for name in listed}
    run("export", "data", "--all", "-g", example_graph)
    assert {name: (tmp_path / "data" / name).read_bytes() for name in listed} == before


def test_the_workspace_states_licence_and_publisher(run: Run, example_graph: Path, tmp_path: Path) -> None:
    space = tmp_path / "space"
    shutil.copytree(example_graph, space)
    config = space / "avgraph.toml"
    head = '[workspace]\nlicence = "CC-BY-4.0"\npublisher = "Our archive"\n'
    config.write_text(config.read_text(encoding="utf-8").replace("[workspace]\n", head), encoding="utf-8")
    assert run("export", "void.ttl", "--describe", "-g", space)[0] == 0
    described = (tmp_path / "void.ttl").read_text(encoding="utf-8")
    assert "dct:license <https://spdx.org/licenses/CC-BY-4.0>" in described
    assert 'foaf:name "Our archive"' in described


def test_what_is_exported_is_imported_and_asked(run: Run, example_graph: Path) -> None:
    run("export", "graph.jsonld.gz", "-g", example_graph)
    code, out, _ = run("import", "graph.jsonld.gz")
    assert code == 0
    assert "avgraph query --graph graph" in out
    _, expected, _ = run("query", "coproductions-per-year", "-g", example_graph)
    for graph in ("graph", "graph.jsonld.gz"):
        assert run("query", "coproductions-per-year", "-g", graph) == (0, expected, "")
    assert run("show", "Mr. Hublot", "-g", "graph", "--json")[1] == run(
        "show", "Mr. Hublot", "-g", example_graph, "--json"
    )[1]  # fmt: skip
    networks = [json.loads(run("network", "company", "-g", g, "--json")[1]) for g in ("graph", example_graph)]
    assert networks[0] == networks[1]


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("import", "nothing.nq"), 2, "There is no file nothing.nq"),
        (("import", "bad.nt"), 1, "bad.nt, line 1"),
        (("import", "bad.doc"), 1, "no RDF format has the suffix"),
        (("import", "folder"), 2, "Say where to: -o FOLDER"),
        (("import", "folder", "-o", "new"), 1, "no exported tables lie there"),
        (("export", "x.nq", "--describe", "-g", "EXAMPLE"), 2, "give OUTPUT the suffix .ttl"),
        (("export", "x", "--describe", "--all", "-g", "EXAMPLE"), 2, "one of --tables, --describe and --all"),
        (("export", "x.nq", "-g", "good.nt"), 2, "Only a local build is exported"),
        (("query", "SELECT * { ?s ?p ?o }", "-g", "bad.nt"), 1, "bad.nt, line 1"),
        (("pull", "wikidata", "-g", "EXAMPLE"), 2, "--works all"),
        (("pull", "wikipedia"), 2, "No such command"),
    ],
)
def test_faults_are_told_with_what_to_do(
    run: Run, example_graph: Path, tmp_path: Path, args: tuple[str, ...], code: int, said: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "bad.nt").write_text("nonsense\n")
    (tmp_path / "bad.doc").write_text("")
    (tmp_path / "good.nt").write_text('<https://e.org/s> <https://e.org/p> "x" .\n')
    got, _, err = run(*(str(example_graph) if a == "EXAMPLE" else a for a in args))
    assert (got, said in err) == (code, True), err
