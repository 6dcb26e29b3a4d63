"""Write what follows from the claim kinds and the hand-written Turtle: shapes, JSON-LD context, reference page.

``avgraph.ttl`` and ``concepts.ttl`` are written by hand; the rest is made here::

    python ontology/render.py

The test suite fails where a committed file is not what this script makes.
"""

from __future__ import annotations

from pathlib import Path

from render_context import context_jsonld
from render_reference import reference_markdown
from render_shapes import shapes_turtle

__all__ = ["main", "rendered"]

_ROOT = Path(__file__).resolve().parent.parent


def rendered() -> dict[str, str]:
    """Return the text of each generated file by its path in the repository."""
    return {
        "ontology/shapes.ttl": shapes_turtle(),
        "ontology/context.jsonld": context_jsonld(),
        "docs/ontology.md": reference_markdown(),
    }


def main() -> None:
    """Write every generated file."""
    for path, text in rendered().items():
        (_ROOT / path).write_text(text, encoding="utf-8", newline="\n")
        print(path)


if __name__ == "__main__":
    main()
