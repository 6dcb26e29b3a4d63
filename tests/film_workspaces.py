"""Small workspaces of films and their directors, built in a second."""

from __future__ import annotations

from pathlib import Path

from avgraph.build import build_workspace
from avgraph.workspace import Workspace, init_workspace

__all__ = ["GUTLAND", "OTHERS", "build", "film_workspace"]

_MAPPING = """\
[entity.film]
type = "Work"
subtype = "film"
name = "{title}"
[entity.who]
type = "Person"
name = "{who}"
[[claim]]
kind = "Credit"
work = "film"
agent = "who"
role = "director"
"""
#: Films and their directors.
GUTLAND = ("Gutland", "Govinda Van Maele")
OTHERS = [("Barrage", "Laura Schroeder"), ("Corsage", "Marie Kreutzer")]


def film_workspace(root: Path) -> Workspace:
    """Make a workspace without films."""
    made = init_workspace(root, "films")
    (made.root / "records" / "films.toml").write_text(_MAPPING, encoding="utf-8")
    return made


def build(space: Workspace, *films: tuple[str, str]) -> None:
    """Build it anew, of these films alone."""
    rows = "".join(f"{title},{who}\n" for title, who in films)
    (space.root / "records" / "films.csv").write_text("title,who\n" + rows, encoding="utf-8")
    assert build_workspace(Workspace.load(space.root)).issues == ()
