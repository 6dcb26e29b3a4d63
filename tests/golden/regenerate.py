"""Write the golden answers anew from the example workspace: ``python tests/golden/regenerate.py [QUERY…]``.

Look at the difference before you keep it: a golden answer is a claim that the number is right.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from goldens import NAMES, answer, golden_path

from avgraph.build import build_workspace
from avgraph.knowledge import open_graph
from avgraph.resources import resource
from avgraph.workspace import Workspace


def main(names: list[str]) -> int:
    """Write the answers of `names`, or of all queries; drop files of queries that are gone."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "example"
        shutil.copytree(resource("examples", "belgium-luxembourg"), root, ignore=shutil.ignore_patterns(".avgraph"))
        build_workspace(Workspace.load(root))
        kg = open_graph(root)
        for name in names or NAMES:
            path, text = golden_path(name), answer(kg, name)
            before = path.read_text(encoding="utf-8") if path.exists() else None
            if text != before:
                path.write_text(text, encoding="utf-8", newline="\n")
                print(f"{name}: {text.count(chr(10)) - 1} rows")
    for path in sorted(golden_path("x").parent.glob("*.tsv")):
        if path.stem not in NAMES:
            path.unlink()
            print(f"{path.stem}: gone")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
