from __future__ import annotations

from pathlib import Path

import pytest

from avgraph.build import build_workspace
from avgraph.knowledge import KnowledgeGraph, open_graph
from avgraph.workspace import init_workspace

FILMS = """\
[entity.film]
type = "Work"
subtype = "film"
name = "{title}"
names = ["{other}"]
year = "{year}"
ids.imdb = "{imdb}"
[entity.director]
type = "Person"
name = "{director}"
[[claim]]
kind = "Credit"
work = "film"
agent = "director"
role = "director"
[[claim]]
kind = "WorkFact"
work = "film"
property = "release date"
value = "{year}"
"""
ROWS = """\
title,other,year,imdb,director
Pinocchio,,2019,tt8333746,Matteo Garrone
Pinocchio,,2022,tt1488589,Guillermo del Toro
"Été <b>""noir""</b>",Black Summer,2011,tt0000011,Zoë O'Hara
Été blanc,,2012,tt0000012,Zoë O'Hara
"""


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeGraph:
    """Four films, two of one name, and one whose title is a trap."""
    space = init_workspace(tmp_path_factory.mktemp("tiny"), "tiny")
    (space.root / "records" / "films.toml").write_text(FILMS, encoding="utf-8")
    (space.root / "records" / "films.csv").write_text(ROWS, encoding="utf-8")
    report = build_workspace(space)
    assert report.issues == ()
    return open_graph(space.root)


@pytest.fixture(scope="session")
def kg(example_graph: Path) -> KnowledgeGraph:
    return open_graph(example_graph)
