"""Pairs that share a key and nothing else are dismissed before they are compared."""

from __future__ import annotations

import polars as pl
import pytest

from avgraph.identity.candidates import candidate_pairs
from avgraph.identity.clusters import Clusters
from avgraph.identity.context import read_context
from avgraph.identity.dismissal import perhaps_alike
from avgraph.identity.mentions import read_mentions
from avgraph.identity.nodes import Scene
from avgraph.identity.stages import nodes_of
from avgraph.model import MENTION_SCHEMA


@pytest.mark.parametrize(
    ("type_", "left", "right", "kept"),
    [
        ("Person", "Pierre Garbarski", "Pierre Gamelin", False),
        ("Person", "Pierre Garbarski", "Pierre Gabarski", True),
        ("Organization", "Alpine Beta Casa", "Arte Belle Cinema", False),
        ("Organization", "ABC", "Arte Belle Cinema", True),
        ("Work", "Kingdom of Heaven", "Kingdoms Rise Again", False),
        ("Work", "Kingdom of Heaven", "Kingdom", True),
    ],
)
def test_only_pairs_with_something_in_common_are_compared(type_: str, left: str, right: str, kept: bool) -> None:
    rows = [{"ref": f"t#{i}", "source": "t", "type": type_, "name": name} for i, name in enumerate((left, right))]
    mentions = read_mentions(pl.DataFrame(rows, schema=MENTION_SCHEMA))
    scene = Scene(mentions, read_context(mentions, {}), Clusters(mentions, {}, {}, {}))
    nodes = nodes_of(scene, type_)
    pairs = pl.DataFrame({"left": [0], "right": [1]}, schema={"left": pl.UInt32(), "right": pl.UInt32()})
    if not kept:
        assert candidate_pairs(nodes).rows() == [(0, 1)]
    assert perhaps_alike(nodes, pairs).rows() == ([(0, 1)] if kept else [])
