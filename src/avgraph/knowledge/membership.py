"""Who took part in which work: the table that networks are made from.

Filled from the snapshot's Parquet where there is one and by SPARQL otherwise; both give the same rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from avgraph.errors import QueryError
from avgraph.graph.backend import Backend
from avgraph.graph.snapshot import Snapshot
from avgraph.model import SCHEMES
from avgraph.network import MEMBERSHIP_SCHEMA
from avgraph.vocabulary import CONCEPT, PREFIXES, concept, term

__all__ = ["NETWORK_KINDS", "membership_from_backend", "membership_from_snapshot"]


@dataclass(frozen=True)
class _Part:
    """Claims of one kind that put a member into a work."""

    kind: str
    table: str
    member: str
    role: str | None
    scheme: str | None
    work: str = "work"
    share: bool = False
    standing: bool = False
    where: tuple[str, str, str] | None = None  # (column, scheme, value)
    member_type: str | None = None


_COMPANIES = _Part("Participation", "participation", "organization", "role", "participation", share=True, standing=True)
_FUNDERS = _Part("Support", "support", "funder", "stage", "stage")
_BROADCASTERS = _Part("Broadcast", "broadcast", "broadcaster", "role", "broadcast")
_DISTRIBUTORS = _Part("Distribution", "distribution", "company", "distribution", "distribution")
#: Kind of network → the claims it is made from.
NETWORK_KINDS: dict[str, tuple[_Part, ...]] = {
    "person": (_Part("Credit", "credit", "agent", "role", "credit", member_type="Person"),),
    "company": (_COMPANIES,),
    "country": (
        _Part("PlaceRelation", "place_relation", "place", None, None, work="entity",
              standing=True, where=("relation", "place", "country of origin")),
        _Part("Participation", "participation", "country", "role", "participation", share=True, standing=True),
    ),
    "funder": (_FUNDERS,),
    "broadcaster": (_BROADCASTERS,),
    "distributor": (_DISTRIBUTORS,),
    # Whoever has a part in a work as an organization: shares are of producers alone, so they do not count here.
    "partner": (replace(_COMPANIES, share=False), _FUNDERS, _BROADCASTERS, _DISTRIBUTORS),
}  # fmt: skip


def _parts(kind: str) -> tuple[_Part, ...]:
    if kind not in NETWORK_KINDS:
        raise QueryError(f"no network kind {kind!r}", f"choose one of: {', '.join(NETWORK_KINDS)}")
    return NETWORK_KINDS[kind]


def membership_from_snapshot(snapshot: Snapshot, kind: str) -> pl.DataFrame:
    """Return the membership of `kind` from a snapshot's tables, in :data:`avgraph.network.MEMBERSHIP_SCHEMA`."""
    entities = snapshot.table("entities")
    years = entities.filter(pl.col("type") == "Work").select(work="entity", year="year", kind="subtype")
    types = entities.select(member="entity", _type="type")
    frames = []
    for part in _parts(kind):
        table = snapshot.table(part.table).filter(
            (pl.col("status") == "asserted") & pl.col(part.member).is_not_null() & pl.col(part.work).is_not_null()
        )
        if part.where:
            table = table.filter(pl.col(part.where[0]) == part.where[2])
        frame = table.select(
            work=pl.col(part.work),
            member=pl.col(part.member),
            role=pl.col(part.role) if part.role else pl.lit(None, dtype=pl.String),
            weight=pl.col("share") if part.share else pl.lit(None, dtype=pl.Float64),
            claim=pl.col("claim"),
            confidence=pl.col("confidence"),
            standing=pl.col("standing") if part.standing else pl.lit(None, dtype=pl.String),
        ).join(years, on="work", how="inner")
        if part.member_type:
            frame = frame.join(types.filter(pl.col("_type") == part.member_type), on="member", how="semi")
        frames.append(_with_standing(frame))
    return pl.concat(frames).unique().sort("work", "member", "claim", "role", nulls_last=True)


def membership_from_backend(backend: Backend, kind: str) -> pl.DataFrame:
    """Return the same table by SPARQL, from any store."""
    frames = []
    for part in _parts(kind):
        answer = backend.select(_membership_query(part))
        frame = pl.DataFrame(answer.rows, schema={**MEMBERSHIP_SCHEMA, "standing": pl.String()}, orient="row")
        for column, scheme in (("role", part.scheme), ("standing", "standing")):
            if scheme:
                name = pl.col(column).str.strip_prefix(f"{CONCEPT}{scheme}-")
                values = {v.replace(" ", "-"): v for v in SCHEMES[scheme]}
                frame = frame.with_columns(name.replace(values).alias(column))
        frames.append(_with_standing(frame))
    return pl.concat(frames).unique().sort("work", "member", "claim", "role", nulls_last=True)


def _with_standing(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with the standing (majority, minority …) as one more role, in a row of its own."""
    stated = frame.filter(pl.col("standing").is_not_null()).with_columns(role="standing")
    others = frame.filter(pl.col("role").is_not_null() | pl.col("standing").is_null())
    return pl.concat([others, stated]).select(list(MEMBERSHIP_SCHEMA))


def _membership_query(part: _Part) -> str:
    lines = [f"PREFIX {p}: <{iri}>" for p, iri in PREFIXES.items()]
    lines.append("SELECT DISTINCT ?work ?member ?role ?year ?weight ?claim ?kind ?confidence ?standing WHERE {")
    lines.append(f"  ?claim a av:{part.kind} ; av:status avc:status-asserted ;")
    lines.append(f"    <{term(part.work)}> ?work ; <{term(part.member)}> ?member .")
    if part.where:
        column, scheme, value = part.where
        lines.append(f"  ?claim <{term(column)}> <{concept(scheme, value)}> .")
    if part.role:
        lines.append(f"  OPTIONAL {{ ?claim <{term(part.role)}> ?role }}")
    if part.share:
        lines.append("  OPTIONAL { ?claim av:share ?weight }")
    if part.standing:
        lines.append("  OPTIONAL { ?claim av:standing ?standing }")
    if part.member_type:
        lines.append(f"  ?member a ?class . FILTER(?class IN (schema:{part.member_type}, av:{part.member_type}Group))")
    # FILTER and not VALUES, with which some planners begin by joining every work to every claim.
    classes = "schema:Movie, schema:TVSeries, schema:TVSeason, schema:TVEpisode, schema:CreativeWork"
    lines.append(f"  ?work a ?workClass . FILTER(?workClass IN ({classes}))")
    lines.append("  OPTIONAL { ?work av:year ?year }\n  OPTIONAL { ?work av:subtype ?kind }")
    lines.append("  OPTIONAL { ?claim av:confidence ?confidence }\n}")
    return "\n".join(lines)
