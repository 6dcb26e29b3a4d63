"""Resolution: from what sources name to entities, with every link explained."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from avgraph.errors import Issue
from avgraph.identity.clusters import Clusters
from avgraph.identity.context import Context, read_context
from avgraph.identity.decisions import Decisions
from avgraph.identity.descriptions import link_descriptions
from avgraph.identity.entities import build_entities
from avgraph.identity.mentions import MentionList, check_mentions, read_mentions
from avgraph.identity.nodes import Scene
from avgraph.identity.scoring import Feature
from avgraph.identity.settled import settled
from avgraph.identity.settling import ScanClaims, part_by_ids
from avgraph.identity.stages import LEVELS, Link, link, link_by_ids, run_stage
from avgraph.identity.verdicts import Directory, Verdicts, bind
from avgraph.model import KINDS, MENTION_SCHEMA, ClaimTables, claim_schema

__all__ = ["ASSIGNMENT_SCHEMA", "MATCH_SCHEMA", "Resolution", "reasons_column", "resolve"]

ASSIGNMENT_SCHEMA: dict[str, Any] = {"ref": pl.String(), "entity": pl.String()}
_REASON = {
    "feature": pl.String(), "score": pl.Float64(), "left": pl.String(), "right": pl.String(), "detail": pl.String(),
}  # fmt: skip
MATCH_SCHEMA: dict[str, Any] = {
    "left_ref": pl.String(), "right_ref": pl.String(), "left_entity": pl.String(), "right_entity": pl.String(),
    "verdict": pl.String(), "score": pl.Float64(), "decided_by": pl.String(),
    "reasons": pl.List(pl.Struct(_REASON)),
}  # fmt: skip
#: Fewer mentions than this are compared in no time.
SETTLE_FROM = 5_000
_CURATOR = {"same": "same", "different": "different", "unsure": "possiblySame"}


@dataclass(frozen=True)
class Resolution:
    """Which mentions are which entity, and why.

    Attributes
    ----------
    entities
        One row for each entity, sorted by IRI: entity, type, subtype, label, names, ids, countries, year, generic,
        language.
    assignment
        ref, entity: one row for each mention, sorted by ref.
    matches
        The links: those with verdict ``same`` connect the mentions of each entity; ``possiblySame`` ones are kept
        apart (their score is capped below the merge threshold) and reported once for each two entities;
        ``different`` ones are the curator's.  ``score`` is 0..1,
        ``decided_by`` one of ``id``, ``country``, ``alias``, ``name``, ``name and context``, ``season``, ``episode``,
        ``description``, ``curator``; ``reasons`` the features with the two values that were compared.
    issues
        Lines of the decisions file that could not be used.
    mentions
        The mention table that was resolved, for :func:`avgraph.identity.explain`.
    """

    entities: pl.DataFrame
    assignment: pl.DataFrame
    matches: pl.DataFrame
    issues: tuple[Issue, ...] = ()
    mentions: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=MENTION_SCHEMA))


@dataclass(frozen=True)
class _Outcome:
    members: dict[int, list[int]]
    root: list[int]
    links: list[Link]


def resolve(
    mentions: pl.DataFrame,
    claims: ClaimTables | ScanClaims,
    decisions: Decisions,
    base_iri: str,
    precedence: Sequence[str] = (),
    *,
    settle_from: int = SETTLE_FROM,
    take: Callable[[pl.DataFrame], None] | None = None,
) -> Resolution:
    """Decide which mentions are one entity.

    Parameters
    ----------
    mentions
        :data:`avgraph.model.MENTION_SCHEMA`; one row for each entity that a source names.
    claims
        Claim tables whose roles hold references of `mentions`; a kind may be absent. Or what gives the claims of a
        kind, lazily.
    decisions
        The curator's verdicts; they win over everything.
    base_iri
        Entity IRIs are ``<base_iri><type>/<slug>-<short>``.
    precedence
        Sources, or patterns of them, most trusted first: their spelling and year become the entity's.
    settle_from
        With so many mentions or more, those that external ids alone decide are settled first, column by column.
    take
        Takes the matches part by part; those of the result are none then. There may be millions.

    Returns
    -------
    Resolution
        Independent of the order of all inputs.

    Raises
    ------
    ValueError
        If a mention has no reference or an unknown type.
    """
    if mentions.height >= settle_from:
        with _without_cycle_search():
            return _resolve_parted(mentions, claims, decisions, base_iri, precedence, take)
    tables = {kind: claims(kind).collect() for kind in KINDS} if callable(claims) else claims
    resolution = _resolve(mentions, tables, decisions, base_iri, precedence)
    if take is None:
        return resolution
    take(resolution.matches)
    return replace(resolution, matches=resolution.matches.clear())


def _resolve_parted(
    mentions: pl.DataFrame, claims: ClaimTables | ScanClaims, decisions: Decisions, base_iri: str,
    precedence: Sequence[str], take: Callable[[pl.DataFrame], None] | None,
) -> Resolution:  # fmt: skip
    """Settle what external ids decide, and compare the rest."""
    check_mentions(mentions)
    part = part_by_ids(mentions, claims if callable(claims) else _scan(claims), decisions, base_iri)
    rest = _resolve(part.open, part.claims, decisions, base_iri, precedence)
    matches: list[pl.DataFrame] = [rest.matches.clear()]
    take = take or matches.append
    entities, assignment = settled(
        part, base_iri, precedence, rest.entities["entity"], lambda found: take(found.cast(pl.Schema(MATCH_SCHEMA)))
    )
    take(rest.matches)
    return Resolution(
        pl.concat([entities, rest.entities]).sort("entity"),
        assignment.merge_sorted(rest.assignment, "ref"),
        pl.concat(matches),
        rest.issues,
        mentions,
    )


@contextmanager
def _without_cycle_search() -> Iterator[None]:
    """Let Python not look for reference cycles: there are none, and among millions of objects it takes its time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _scan(claims: ClaimTables) -> ScanClaims:
    return lambda kind: claims[kind].lazy() if kind in claims else pl.LazyFrame(schema=claim_schema(KINDS[kind]))


def _resolve(
    mentions: pl.DataFrame, claims: ClaimTables, decisions: Decisions, base_iri: str, precedence: Sequence[str]
) -> Resolution:
    """Compare all mentions."""
    listed = read_mentions(mentions)
    context = read_context(listed, claims)
    base = outcome = _run(listed, context, claims, Verdicts(), [])
    verdicts = Verdicts()
    if decisions.rows:
        directories = [_directory(listed, base, base_iri, precedence)]
        verdicts = bind(decisions, directories, by_end=False)
        outcome = _run(listed, context, claims, verdicts, base.links)
        if any(text.startswith(base_iri) for text in verdicts.unknown):
            # Perhaps an IRI that only the verdicts bring about, or that ended alike under another label.
            directories.append(_directory(listed, outcome, base_iri, precedence))
            verdicts = bind(decisions, directories, by_end=True)
            outcome = _run(listed, context, claims, verdicts, base.links)
    entities, iris = build_entities(listed, outcome.members, base_iri, precedence)
    assignment = pl.DataFrame(
        {"ref": listed.refs, "entity": [iris[outcome.root[i]] for i in range(len(listed))]}, schema=ASSIGNMENT_SCHEMA
    )
    matches = _match_table(listed, outcome, iris)
    return Resolution(entities, assignment, matches, verdicts.issues, mentions)


def _directory(listed: MentionList, outcome: _Outcome, base_iri: str, precedence: Sequence[str]) -> Directory:
    _, iris = build_entities(listed, outcome.members, base_iri, precedence)
    return Directory.of(listed, base_iri, iris, outcome.members)


def _run(
    mentions: MentionList, context: Context, claims: ClaimTables, verdicts: Verdicts, known: Sequence[Link]
) -> _Outcome:
    """Cluster once: the curator's verdicts, then external ids, then names level by level, then descriptions.

    `known` are the links of the run without verdicts: they connect the mentions of an entity that a verdict names.
    """
    clusters = Clusters(mentions, context.apart, verdicts.tags, context.seasons)
    links = _apply_verdicts(clusters, verdicts, known)
    scene = Scene(mentions, context, clusters)
    links += link_by_ids(scene)
    for level in LEVELS:
        links += run_stage(scene, level)
        scene = Scene(mentions, context, clusters, scene.settled | {level})
    links += link_descriptions(scene, claims)
    return _Outcome(clusters.members(), [clusters.root(i) for i in range(len(mentions))], links)


def _apply_verdicts(clusters: Clusters, verdicts: Verdicts, known: Sequence[Link]) -> list[Link]:
    links: list[Link] = []
    for item in verdicts.bound:
        left, right, decision = min(item.left), min(item.right), item.decision
        if decision.verdict == "same":
            for old in known:
                within = {old.left, old.right} <= item.left or {old.left, old.right} <= item.right
                if old.verdict != "same" or not within or clusters.root(old.left) == clusters.root(old.right):
                    continue
                if clusters.obstacle(old.left, old.right, by_id=True) != "curator":
                    clusters.join(old.left, old.right)
                    links.append(old)
        if clusters.root(left) == clusters.root(right):
            continue
        words = (
            " ".join(t for t in (decision.author, decision.comment) if t) or f"line {decision.line} of the decisions"
        )
        reason = Feature(
            "curator", 1.0 if decision.verdict == "same" else 0.0, decision.subject, decision.object, words
        )
        score = {"same": 1.0, "different": 0.0, "unsure": 0.7}[decision.verdict]
        links.append(link(left, right, _CURATOR[decision.verdict], score, "curator", [reason]))
        if decision.verdict == "same":
            clusters.join(left, right)
    return links


def _match_table(mentions: MentionList, outcome: _Outcome, iris: dict[int, str]) -> pl.DataFrame:
    """Return the links with their entities; of the doubtful ones the best for each two entities."""
    ruled = {
        frozenset((outcome.root[k.left], outcome.root[k.right])) for k in outcome.links if k.decided_by == "curator"
    }
    doubtful: dict[frozenset[int], Link] = {}
    kept: list[Link] = []
    for item in outcome.links:
        pair = frozenset((outcome.root[item.left], outcome.root[item.right]))
        if item.verdict == "same" or item.decided_by == "curator":
            kept.append(item)
        elif len(pair) == 2 and pair not in ruled:
            best = doubtful.get(pair)
            if best is None or (-item.score, item.left, item.right) < (-best.score, best.left, best.right):
                doubtful[pair] = item
    items = sorted([*kept, *doubtful.values()], key=lambda k: (k.left, k.right, k.verdict, k.decided_by))
    table = pl.DataFrame(
        {
            "left_ref": [mentions.refs[item.left] for item in items],
            "right_ref": [mentions.refs[item.right] for item in items],
            "left_entity": [iris[outcome.root[item.left]] for item in items],
            "right_entity": [iris[outcome.root[item.right]] for item in items],
            "verdict": [item.verdict for item in items],
            "score": [item.score for item in items],
            "decided_by": [item.decided_by for item in items],
        },
        schema={name: t for name, t in MATCH_SCHEMA.items() if name != "reasons"},
    )
    return table.with_columns(reasons=reasons_column([item.reasons for item in items]))


def reasons_column(reasons: Sequence[Sequence[Feature]]) -> pl.Series:
    """Return lists of features as a column of lists of records (feature, score, left, right, detail)."""
    # As one table first, and then by item: Polars takes ten times as long for rows with lists of records.
    number = [place for place, features in enumerate(reasons) for _ in features]
    columns = list(zip(*(feature for features in reasons for feature in features), strict=True)) or [()] * 5
    every = pl.DataFrame(
        {"item": number, **dict(zip(Feature._fields, columns, strict=True))},
        schema={"item": pl.Int64(), **_REASON},
        strict=False,
    )
    listed = every.group_by("item", maintain_order=True).agg(pl.struct(list(_REASON)).alias("reasons"))
    items = pl.DataFrame({"item": range(len(reasons))}, schema={"item": pl.Int64()})
    found = items.join(listed, on="item", how="left", maintain_order="left")
    return found.select(pl.col("reasons").cast(MATCH_SCHEMA["reasons"]).fill_null([]))["reasons"]
