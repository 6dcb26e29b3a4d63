"""Pairs of entities that a build left open, for a person to decide: those first that matter most."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from avgraph.errors import StoreError
from avgraph.graph.snapshot import Snapshot
from avgraph.identity import Decisions, append_decision
from avgraph.identity.mentions import normal_id
from avgraph.knowledge.graph import KnowledgeGraph
from avgraph.model import KINDS
from avgraph.text import single_line

__all__ = ["Doubt", "DoubtSide", "give_verdict", "review_queue"]

_ABOUT = ("type", "subtype", "label", "names", "ids", "countries", "year")


@dataclass(frozen=True)
class DoubtSide:
    """One of two entities that may be the same.

    Attributes
    ----------
    mention, name, source
        The mention that was compared: its reference, what it is called, and the file it stands in.
    entity
        IRI.
    type, subtype, label, names, ids, countries, year
        As of every entity.
    n_claims
        Claims that name the entity.
    """

    mention: str
    name: str
    source: str
    entity: str
    type: str
    subtype: str | None
    label: str
    names: tuple[str, ...]
    ids: tuple[str, ...]
    countries: tuple[str, ...]
    year: int | None
    n_claims: int

    @property
    def reference(self) -> str:
        """What names it in the curator's file: the mention that was seen, for entities' IRIs may change."""
        return self.mention if self.mention == single_line(self.mention) else self.entity

    def to_json(self) -> dict[str, Any]:
        """Return the side as a JSON object."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in vars(self).items()}


@dataclass(frozen=True)
class Doubt:
    """Two entities that a build keeps apart and reports as possibly the same.

    Attributes
    ----------
    left, right
        The two.
    score
        0..1.
    decided_by
        The rule that compared them.
    features
        Records of feature, score, left, right, detail: the reasons, with the two values that were compared.
    """

    left: DoubtSide
    right: DoubtSide
    score: float
    decided_by: str
    features: tuple[Mapping[str, Any], ...]

    @property
    def value(self) -> float:
        """How many claims may be expected to stand at the wrong entity as long as nobody decides.

        If both are one, the claims of the smaller do; that is so with a probability of the score.
        """
        return round(self.score * max(1, min(self.left.n_claims, self.right.n_claims)), 4)

    def to_json(self) -> dict[str, Any]:
        """Return the pair as a JSON object."""
        return {
            "left": self.left.to_json(), "right": self.right.to_json(), "score": self.score,
            "decided_by": self.decided_by, "features": [dict(f) for f in self.features], "value": self.value,
        }  # fmt: skip


def review_queue(kg: KnowledgeGraph, decisions: Decisions, type_: str | None = None) -> list[Doubt]:
    """Return the pairs that are possibly the same and not ruled yet, the greatest :attr:`Doubt.value` first.

    Parameters
    ----------
    kg
        A graph built locally.
    decisions
        The verdicts there are; what they rule is not asked again, be it in the build or not.
    type_
        Only entities of this type.

    Raises
    ------
    StoreError
        If the graph is no local build.
    """
    snapshot = kg.snapshot
    if snapshot is None:
        raise StoreError("only a local build can be reviewed", "open the workspace it was built in", kg.location)
    matches = snapshot.table("matches")
    apart = pl.col("left_entity") != pl.col("right_entity")
    open_ = matches.filter((pl.col("verdict") == "possiblySame") & (pl.col("decided_by") != "curator") & apart)
    ruled = _ruled(snapshot, decisions)
    rows = [
        row for row in open_.iter_rows(named=True) if frozenset((row["left_entity"], row["right_entity"])) not in ruled
    ]
    sides = _Sides(snapshot, rows)
    found = [
        Doubt(sides.side(row, "left"), sides.side(row, "right"), row["score"], row["decided_by"], tuple(row["reasons"]))
        for row in rows
    ]
    found = [doubt for doubt in found if type_ in (None, doubt.left.type)]
    return sorted(found, key=lambda d: (-d.value, -d.score, d.left.label, d.left.mention, d.right.mention))


def give_verdict(
    path: Path, left: tuple[str, str], verdict: str, right: tuple[str, str], *, author: str = "", comment: str = ""
) -> tuple[int, bytes]:
    """Write a verdict of today at the end of the curator's file.

    Parameters
    ----------
    path
        The file, which is made where it does not exist.
    left, right
        Of each side what names it (a mention's reference, or an IRI) and what it is called.
    verdict
        ``same``, ``different`` or ``unsure``.
    author, comment
        Who says so, and why.

    Returns
    -------
    line
        Its number, from 1.
    text
        The line itself: :func:`avgraph.identity.remove_decision` takes it back.

    Raises
    ------
    ValueError, SourceError
        As :func:`avgraph.identity.append_decision` says.
    """
    line = append_decision(
        path, left[0], verdict, right[0], subject_label=left[1], object_label=right[1], author=author,
        date=dt.date.today().isoformat(), comment=comment,
    )  # fmt: skip
    return line, path.read_bytes().splitlines()[-1]


class _Sides:
    """What is known of the entities of some pairs."""

    def __init__(self, snapshot: Snapshot, rows: Iterable[Mapping[str, Any]]) -> None:
        rows = list(rows)
        refs = {row[f"{side}_ref"] for row in rows for side in ("left", "right")}
        iris = {row[f"{side}_entity"] for row in rows for side in ("left", "right")}
        mentions = snapshot.scan("mentions").filter(pl.col("ref").is_in(sorted(refs)))
        self._mentions = {m[0]: (m[1], m[2]) for m in mentions.select("ref", "name", "source").collect().iter_rows()}
        entities = snapshot.scan("entities").filter(pl.col("entity").is_in(sorted(iris))).collect()
        self._entities = {row["entity"]: row for row in entities.iter_rows(named=True)}
        self._n_claims = _claim_counts(snapshot, iris)

    def side(self, row: Mapping[str, Any], name: str) -> DoubtSide:
        ref, iri = row[f"{name}_ref"], row[f"{name}_entity"]
        text, source = self._mentions[ref]
        about: dict[str, Any] = {key: self._entities[iri][key] for key in _ABOUT}
        about |= {key: tuple(value) for key, value in about.items() if isinstance(value, list)}
        about |= {"mention": ref, "name": text, "source": source, "entity": iri}
        return DoubtSide(**about, n_claims=self._n_claims.get(iri, 0))


def _claim_counts(snapshot: Snapshot, iris: Iterable[str]) -> dict[str, int]:
    """Return how many claims name each entity."""
    wanted = sorted(iris)
    named = []
    for kind in KINDS.values():
        table = snapshot.scan(kind.table)
        for role in kind.roles:
            members = table.select("claim", entity=role.name)
            members = members.explode("entity") if role.many else members
            named.append(members.filter(pl.col("entity").is_in(wanted)))
    counts = pl.concat(named).unique().group_by("entity").len().collect()
    return dict(counts.iter_rows())


def _ruled(snapshot: Snapshot, decisions: Decisions) -> set[frozenset[str]]:
    """Return the pairs of entities that verdicts are about, by a reference, an id or an IRI."""
    texts = {text for row in decisions.rows for text in (row.subject, row.object)}
    meant: dict[str, set[str]] = {text: {text} for text in texts}
    if not texts:
        return set()
    mentions = snapshot.scan("mentions").filter(pl.col("ref").is_in(sorted(texts))).select("ref", "entity").collect()
    for ref, entity in mentions.iter_rows():
        meant[ref].add(entity)
    by_id: dict[str, list[str]] = {}
    for text in texts:
        by_id.setdefault(normal_id(text), []).append(text)
    ids = snapshot.scan("entities").select("entity", "ids").explode("ids").filter(pl.col("ids").is_in(sorted(by_id)))
    for entity, value in ids.collect().iter_rows():
        for text in by_id[value]:
            meant[text].add(entity)
    return {
        frozenset((one, other)) for row in decisions.rows for one in meant[row.subject] for other in meant[row.object]
    }
