"""The notebook runs as it stands, and says what it says."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

nbformat = pytest.importorskip("nbformat", reason="running the notebook needs avgraph[dev]")
pytest.importorskip("nbclient", reason="running the notebook needs avgraph[dev]")
pytest.importorskip("ipykernel", reason="running the notebook needs avgraph[dev]")
pytest.importorskip("matplotlib", reason="the notebook's figures need avgraph[plot]")

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def runner() -> Any:
    spec = importlib.util.spec_from_file_location("run_the_notebook", ROOT / "examples" / "notebook.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def said(notebook: Any) -> list[tuple[str, str]]:
    """Return the source and all text of each cell with code; of pictures, that there is one."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [(cell.source, "\n".join(words(out) for out in cell.outputs)) for cell in cells]


def words(output: Any) -> str:
    """Return what is read of an output: a table as HTML has the digits that mean anything, as text it has all."""
    if output.output_type == "stream":
        return str(output.text)
    return str(output.data.get("text/html", output.data["text/plain"]))


def test_the_notebook_run_anew_says_the_same(
    runner: Any, example_graph: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "avgraph-demo").symlink_to(example_graph)
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))
    committed = nbformat.read(runner.NOTEBOOK, as_version=4)
    again = said(runner.executed(tmp_path))
    assert len(again) == len(said(committed)) > 20
    for (source, now), (_, then) in zip(again, said(committed), strict=True):
        assert now == then, f"make notebook keeps what this cell says now:\n{source}"
    for pdf in (tmp_path / "figures").glob("*.pdf"):
        assert pdf.read_bytes().startswith(b"%PDF")


def test_the_notebook_is_small_and_names_no_place_on_a_machine(runner: Any) -> None:
    text = runner.NOTEBOOK.read_text(encoding="utf-8")
    assert len(text.encode()) < 400_000
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    assert [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"] == list(
        range(1, len(said(notebook)) + 1)
    )
    assert not any(path in text for path in ("/home/", "/tmp/", "/work/", "/Users/"))
    assert sum("image/png" in out.get("data", {}) for cell in notebook.cells for out in cell.get("outputs", [])) >= 8
