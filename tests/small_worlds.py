"""Small worlds of mentions and claims, resolved: what the tests of identity are made of."""

from __future__ import annotations

from typing import Any

import polars as pl

from avgraph.identity import Decisions, Resolution, resolve
from avgraph.model import Collector, concat_claims

__all__ = ["BASE", "entity", "solve", "together", "verdicts", "world"]

BASE = "https://example.org/id/"


def solve(*collectors: Collector, decisions: Decisions | None = None, precedence: tuple[str, ...] = ()) -> Resolution:
    tables = [c.tables({}) for c in collectors]
    mentions = pl.concat([t.mentions for t in tables])
    return resolve(mentions, concat_claims(t.claims for t in tables), decisions or Decisions(), BASE, precedence)


def world(*rows: tuple[str, str, str, dict[str, Any]]) -> Resolution:
    """Resolve mentions given as (reference, type, name, more)."""
    collectors: dict[str, Collector] = {}
    for ref, type_, name, more in rows:
        source, _, key = ref.partition("#")
        collectors.setdefault(source, Collector(source)).mention(key, type_, name, **more)
    return solve(*collectors.values())


def entity(resolution: Resolution, ref: str) -> str:
    return dict(resolution.assignment.iter_rows())[ref]


def together(resolution: Resolution, left: str, right: str) -> bool:
    return entity(resolution, left) == entity(resolution, right)


def verdicts(resolution: Resolution) -> set[tuple[str, str, str]]:
    return set(resolution.matches.select("left_ref", "right_ref", "verdict").iter_rows())
