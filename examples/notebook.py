"""Run the notebook anew and keep its outputs: ``python examples/notebook.py``."""

from __future__ import annotations

import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

__all__ = ["NOTEBOOK", "executed"]

NOTEBOOK = Path(__file__).with_name("network-tutorial.ipynb")


def executed(folder: Path) -> nbformat.NotebookNode:
    """Return the notebook as it comes out where it is run in a folder; an error in a cell is raised."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=300, kernel_name="python3", record_timing=False, resources=resources).execute()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            # NetworKit, when it is imported, displays the style of its own reports, which has no text.
            cell.outputs = [out for out in cell.outputs if out.output_type == "stream" or "text/plain" in out.data]
    # Which Python ran it does not matter.
    notebook.metadata["language_info"] = {"name": "python"}
    return notebook


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        nbformat.write(executed(Path(folder)), NOTEBOOK)
    print(f"{NOTEBOOK.name}: {NOTEBOOK.stat().st_size / 1000:.0f} kB")
