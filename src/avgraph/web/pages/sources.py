"""A source: an article with its mentions marked and the claims beside it, or a table of records with its claims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from avgraph.web.pages.asked import Asked
from avgraph.web.pages.rendering import html_reply
from avgraph.web.pages.shared import Statement, statements
from avgraph.web.problems import Reply
from avgraph.web.worker import Served

__all__ = ["source_page"]

_EACH = 100


@dataclass(frozen=True)
class Piece:
    """A stretch of an article's text: plain, or the name of an entity."""

    text: str
    entity: str | None = None
    label: str = ""


def source_page(served: Served, asked: Asked, iri: str) -> Reply | None:
    """Return the page of a source; None where there is none of that IRI."""
    snapshot = served.graph.snapshot
    if snapshot is None:
        return None
    found = snapshot.scan("sources").filter(pl.col("iri") == iri).collect().to_dicts()
    if not found:
        return None
    source = found[0]
    page = asked.number("page", 1, 1, 100_000)
    claims = served.graph.claims_of_source(iri, limit=_EACH, first=(page - 1) * _EACH)
    text = snapshot.scan("documents").filter(pl.col("source") == source["source"]).collect().to_dicts()
    blocks: list[tuple[str, list[Piece]]] = []
    if text:
        claims.sort(key=lambda claim: (claim.start or 0, claim.end or 0))
        blocks = _blocks(served, source["source"], text[0])
    return html_reply(
        "source.html", served, asked, source=source, blocks=blocks, page=page,
        quoted=_by_quote(statements(claims, asked.language)), n_pages=-(-source["n_claims"] // _EACH),
    )  # fmt: skip


def _by_quote(found: list[Statement]) -> list[tuple[str, list[Statement]]]:
    """Return statements by the words they were read from, in the order of these."""
    groups: dict[str, list[Statement]] = {}
    for statement in found:
        groups.setdefault(statement.claims[0].quote or "", []).append(statement)
    return list(groups.items())


def _blocks(served: Served, name: str, document: dict[str, Any]) -> list[tuple[str, list[Piece]]]:
    """Return the blocks of an article with the entities it names."""
    snapshot = served.graph.snapshot
    assert snapshot is not None
    mentions = snapshot.scan("mentions").filter((pl.col("source") == name) & pl.col("start").is_not_null())
    rows = mentions.select("start", "end", "entity").collect().sort("start", "end", descending=[False, True]).rows()
    labels = served.graph.labels({entity for _, _, entity in rows if entity})
    text = document["text"]
    told = document["blocks"] or [{"kind": "paragraph", "start": 0, "end": len(text)}]
    return [(block["kind"], _pieces(text, block["start"], block["end"], rows, labels)) for block in told]


def _pieces(
    text: str, start: int, end: int, mentions: list[tuple[int, int, str | None]], labels: dict[str, str]
) -> list[Piece]:
    """Return a stretch of text in pieces; of mentions that overlap the first and longest is shown."""
    pieces, at = [], start
    for first, last, entity in mentions:
        if first < at or last > end or entity is None:
            continue
        if first > at:
            pieces.append(Piece(text[at:first]))
        pieces.append(Piece(text[first:last], entity, labels.get(entity, "")))
        at = last
    return [*pieces, Piece(text[at:end])] if at < end else pieces
