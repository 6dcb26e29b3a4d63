"""What an article says of a work beyond its makers reaches the graph and is asked in SPARQL."""

from __future__ import annotations

from pathlib import Path

import pytest

from avgraph.knowledge import open_graph

pytest.importorskip("onnxruntime", reason="needs the articles extra")

ARTICLE = """title: Salt Wind opens
language: en
date: 2020-01-02
---
“Salt Wind” is a black comedy about boxing, set in Warsaw and shot in Ghent.

Starring Ida Holm as Mia, “Salt Wind” has a budget of €4.2 million and runs 98 minutes.
"""
VALUES = """SELECT ?genre ?subject ?character ?shot ?plays ?quote WHERE {
  ?work rdfs:label ?title ; schema:genre ?genre ; schema:about ?subject ; av:hasCharacter ?character ;
        av:filmedIn/rdfs:label ?shot ; schema:contentLocation/rdfs:label ?set .
  ?credit a av:Credit ; av:work ?work ; av:character ?plays .
  ?claim av:work ?work ; av:property avc:work-fact-budget ; av:value ?sum ; av:unit "EUR" ;
         av:evidence/oa:exact ?quote .
  FILTER(?sum = 4200000 && STR(?title) = "Salt Wind" && STR(?set) = "Warsaw")
}"""


def test_an_article_is_asked_for_details(avgraph, tmp_path: Path) -> None:
    workspace = tmp_path / "w"
    assert avgraph("init", workspace).returncode == 0
    (workspace / "articles" / "a.txt").write_text(ARTICLE, "utf-8")
    done = avgraph("build", workspace)
    assert done.returncode == 0, done.stderr
    graph = open_graph(workspace)
    prefixes = "".join(
        f"PREFIX {name}: <{iri}> "
        for name, iri in (
            ("av", "https://w3id.org/avgraph/ontology#"), ("avc", "https://w3id.org/avgraph/concept#"),
            ("schema", "https://schema.org/"), ("oa", "http://www.w3.org/ns/oa#"),
            ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
        )
    )  # fmt: skip
    rows = graph.query(prefixes + VALUES).to_polars().to_dicts()
    assert [(r["genre"], r["subject"], r["character"], r["shot"], r["plays"]) for r in rows] == [
        ("black comedy", "boxing", "Mia", "Ghent", "Mia")
    ]
    assert "a budget of €4.2 million" in rows[0]["quote"]
