"""What an exported graph looks like to somebody who opens the file."""

from __future__ import annotations

import json
from pathlib import Path

from small_graph import small_quads, small_store

from avgraph.graph.export import write_graph


def test_n_quads_come_graph_by_graph_in_the_order_of_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "g.nq"
    write_graph(small_store(), path)
    lines = path.read_text(encoding="utf-8").splitlines()
    graphs = [line.rsplit(" ", 2)[1] for line in lines]
    assert graphs == sorted(graphs)
    assert len(set(graphs)) > 3
    first = [line for line, graph in zip(lines, graphs, strict=True) if graph == graphs[0]]
    assert first == sorted(first)
    assert set(lines) == set(small_quads().splitlines())


def test_json_ld_reads_like_json(tmp_path: Path) -> None:
    path = tmp_path / "g.jsonld"
    write_graph(small_store(), path)
    document = json.loads(path.read_text(encoding="utf-8"))
    named = {g["id"]: {n["id"]: n for n in g["graph"]} for g in document["graph"]}
    film = named["https://example.org/graph/entities"]["https://example.org/e/first"]
    assert film["type"] == "Movie"
    assert film["label"] == "First Light"
    assert film["year"] == 2018
    claims = named["https://example.org/source/records/shares.csv"].values()
    share = next(c for c in claims if c.get("share") == "0.7")
    assert share["type"] == "Participation"
    assert share["role"] == "avc:participation-delegate"
    assert share["organization"] == "https://example.org/e/alpha"
    assert share["observed"] == {"type": "xsd:date", "@value": "2021-01-01"}
    keys = {key for nodes in named.values() for node in nodes.values() for key in node}
    assert not [key for key in keys if ":" in key], "every property of ours has a term"
