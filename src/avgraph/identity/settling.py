"""Entities that external ids alone decide, found column by column: of a million records few need a comparison.

Records of one catalogue carry its ids, and two different ids are two entities, whatever their names are. Such
entities can only be one with something that lacks such an id: a name in an article, a record of another catalogue.
So whoever shares a name key with one of those is compared as :mod:`avgraph.identity.stages` does it, together with all
that stands in claims with them. The rest is settled by its ids, with the same entities and links as would come of that.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from avgraph.identity.decisions import Decisions
from avgraph.identity.entities import name_hash, short_id
from avgraph.identity.mentions import SINGLE_VALUED, normal_id, normal_ids
from avgraph.identity.nearness import name_neighbours
from avgraph.identity.verdicts import iri_ends
from avgraph.model import ENTITY_TYPES, KINDS

__all__ = ["Part", "ScanClaims", "first_of_each", "part_by_ids"]

_HASH = re.compile("[0-9a-f]{8}")
_Numbers = npt.NDArray[np.int64]
#: Gives the claims of a kind.
ScanClaims = Callable[[str], pl.LazyFrame]


@dataclass(frozen=True)
class Part:
    """The mentions of two parts that have no entity in common.

    Attributes
    ----------
    mentions
        All, sorted, with the columns ``number``, ``group`` (a number; one group is one entity; null for open mentions)
        and ``head`` (whether it is the mention that holds all ids of its group).
    ids
        ``number`` and ``id`` (normalised) of all mentions.
    open
        Mentions to be compared.
    claims
        Kind → claims about open mentions.
    """

    mentions: pl.DataFrame
    ids: pl.DataFrame
    open: pl.DataFrame
    claims: dict[str, pl.DataFrame]


def part_by_ids(mentions: pl.DataFrame, scan: ScanClaims, decisions: Decisions, base_iri: str) -> Part:
    """Part the mentions that ids settle from those that must be compared.

    Parameters
    ----------
    mentions
        :data:`avgraph.model.MENTION_SCHEMA`.
    scan
        Gives the claims of a kind; roles hold references.
    decisions, base_iri
        The curator's verdicts, and what IRIs of entities begin with: entities that a line names are not settled.
    """
    frame = mentions.sort("ref").with_row_index("number")
    ids = normal_ids(frame)
    groups = _clean_groups(_grouped(frame, ids), ids)
    anchored = _anchored(groups, ids)
    frame = _with_groups(frame, anchored)
    frame = _without(frame, _called(frame, ids, decisions, base_iri))
    frame = _without(frame, name_neighbours(frame))
    open_rows = frame.filter(pl.col("group").is_null())
    claims, around = _claims_about(open_rows, scan)
    near = frame.filter(pl.col("ref").is_in(around.implode()))["group"].drop_nulls()
    frame = _without(frame, near)
    rest = frame.filter(pl.col("group").is_null())
    return Part(frame, ids.select("number", "id"), rest.select(mentions.columns), claims)


def _called(frame: pl.DataFrame, ids: pl.DataFrame, decisions: Decisions, base_iri: str) -> pl.Series:
    """Return the groups that a curator's line may mean: by a reference, an id, or an IRI, even one of another label."""
    texts = {text for row in decisions.rows for text in (row.subject, row.object)}
    ends = {end for text in texts for end in iri_ends(text, base_iri)}
    types = [type_ for type_ in ENTITY_TYPES if type_.lower() in {t for t, _ in ends}]
    meant = ids.filter(pl.col("id").is_in([normal_id(text) for text in texts if ":" in text]))["number"].to_list()
    for number, type_, value in ids.filter(pl.col("type").is_in(types)).select("number", "type", "id").iter_rows():
        if (type_.lower(), short_id(value)) in ends:
            meant.append(number)
    if any(_HASH.fullmatch(end) for _, end in ends):
        grouped = frame.filter(pl.col("group").is_not_null() & pl.col("type").is_in(types))
        columns = ("number", "type", "name", "names", "year")
        for number, type_, name, names, year in grouped.select(columns).iter_rows():
            if any((type_.lower(), name_hash(type_, n, year)) in ends for n in (name, *names) if n):
                meant.append(number)
    rows = pl.col("ref").is_in(list(texts)) | pl.col("number").is_in(meant)
    return frame.filter(rows)["group"].drop_nulls()


def _with_groups(frame: pl.DataFrame, anchored: pl.DataFrame) -> pl.DataFrame:
    """Return the mentions with the columns ``group`` and ``head``; a join would copy all the others."""
    rows = anchored["number"].to_numpy()
    group, head = np.full(frame.height, -1), np.zeros(frame.height, bool)
    group[rows], head[rows] = anchored["group"].to_numpy(), anchored["head"].to_numpy()
    known = pl.when(pl.col("group") >= 0).then("group").cast(frame.schema["number"])
    return frame.with_columns(pl.Series("group", group), pl.Series("head", head)).with_columns(known)


def _without(frame: pl.DataFrame, groups: pl.Series) -> pl.DataFrame:
    """Return the mentions with some groups open."""
    left = pl.col("group").is_in(groups.unique().implode())
    return frame.with_columns(pl.when(~left).then(pl.col("group")).alias("group"))


def _grouped(frame: pl.DataFrame, ids: pl.DataFrame) -> pl.DataFrame:
    """Return number, group, type and more of each record's mention with ids; mentions that share an id are a group."""
    codes = ids.select(pl.struct("type", "id").rank("dense").cast(pl.Int64) - 1).to_series().to_numpy()
    first = first_of_each(frame.height, ids["number"].to_numpy(), codes)
    own = frame.select("number", "type", "subtype", "start", group=pl.Series(first, dtype=frame.schema["number"]))
    return own.join(ids.select("number").unique(), on="number", how="semi")


def first_of_each(n_mentions: int, mentions: _Numbers, ids: _Numbers) -> _Numbers:
    """Return for each mention the smallest number of those it is linked with, by ids and over others.

    The first mention of a group takes the smallest first mention that an id of the group has, until none changes; so
    every time there are half as many groups.
    (SciPy finds connected components, too, but its import takes 0.3 s of every build.)
    """
    first = np.arange(n_mentions)
    while True:
        of_id = np.full(int(ids.max()) + 1 if len(ids) else 0, n_mentions)
        np.minimum.at(of_id, ids, first[mentions])
        found = first.copy()
        np.minimum.at(found, first[mentions], of_id[ids])
        while not np.array_equal(found, further := found[found]):
            found = further
        if np.array_equal(found, first):
            return first
        first = found


def _clean_groups(members: pl.DataFrame, ids: pl.DataFrame) -> pl.DataFrame:
    """Return number, group, type and head of groups that nothing speaks against.

    All members are records of one kind, one of them holds all ids of the group, and no scheme has two values.
    """
    members = members.join(ids.group_by("number").len("n_ids"), on="number")
    head = pl.col("number").sort_by(pl.col("n_ids"), "number", descending=[True, False]).first().over("group")
    members = members.with_columns((pl.col("number") == head).alias("head"))
    subtype = pl.col("subtype").fill_null("")
    part = pl.when(subtype.is_in(["season", "episode", "group"])).then(subtype).otherwise(pl.lit("whole"))
    family = pl.when(subtype != "").then(part)
    values = ids.join(members.select("number", "group"), on="number").unique(["group", "id"])
    single = values.filter(pl.col("scheme").is_in(SINGLE_VALUED))
    clashing = single.group_by("group", "scheme").len().filter(pl.col("len") > 1)["group"]
    about = members.group_by("group").agg(
        (pl.col("type").n_unique() == 1).alias("one_type"),
        pl.col("start").is_null().all().alias("records"),
        (family.drop_nulls().n_unique() <= 1).alias("one_family"),
        pl.col("n_ids").max().alias("n_head"),
    )
    about = about.join(values.group_by("group").len("n_all"), on="group")
    clean = about.filter(
        pl.col("one_type") & pl.col("records") & pl.col("one_family") & (pl.col("n_head") == pl.col("n_all"))
        & ~pl.col("group").is_in(clashing.implode())
    )  # fmt: skip
    return members.join(clean.select("group"), on="group", how="semi").select("number", "group", "type", "head")


def _anchored(members: pl.DataFrame, ids: pl.DataFrame) -> pl.DataFrame:
    """Return number, group and head of the groups that hold an id of their type's most frequent scheme.

    Two of those are never one entity. Places are compared by name, for they are few and countries have no other id.
    """
    schemes = ids.filter(pl.col("scheme").is_in(SINGLE_VALUED)).join(members, on="number", how="inner")
    schemes = schemes.select("group", "type", "scheme").unique().filter(pl.col("type") != "Place")
    counts = schemes.group_by("type", "scheme").len().sort("type", "len", "scheme", descending=[False, True, False])
    most = counts.unique("type", keep="first", maintain_order=True)
    kept = schemes.join(most, on=["type", "scheme"], how="semi").select("group")
    return members.join(kept, on="group", how="semi").select("number", "group", "head")


def _claims_about(open_rows: pl.DataFrame, scan: ScanClaims) -> tuple[dict[str, pl.DataFrame], pl.Series]:
    """Return the claims about open mentions, and all references in them.

    A country stands in claims with everybody, and tells nothing of them that counts here.
    """
    places = open_rows.filter(pl.col("type") == "Place")["ref"]
    others = open_rows.filter(pl.col("type") != "Place")["ref"]
    claims, found = {}, [pl.Series("ref", [], dtype=pl.String())]
    for name, kind in KINDS.items():
        table = scan(name).with_row_index("row_")
        single = [role.name for role in kind.roles if not role.many]
        either = [pl.col(role).is_in(others.implode()).fill_null(False) for role in single]
        only = [pl.col(role).is_in(places.implode()).fill_null(True) for role in single]
        for role in kind.roles:
            if role.many:
                items = table.select("row_", role.name).filter(pl.col(role.name).list.len() > 0).explode(role.name)
                rows = items.filter(pl.col(role.name).is_in(others.implode())).select("row_").unique().collect()["row_"]
                either.append(pl.col("row_").is_in(rows.implode()))
        claims[name] = table.filter(pl.any_horizontal(either) | pl.all_horizontal(only)).drop("row_").collect()
        for role in kind.roles:
            refs = claims[name][role.name].explode() if role.many else claims[name][role.name]
            found.append(refs.rename("ref").drop_nulls())
    return claims, pl.concat(found).unique()
