"""What the claims say around a mention: neighbours, directors, countries, seasons, and who stands beside whom."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from avgraph.identity import lexicon
from avgraph.identity.mentions import MentionList
from avgraph.identity.names import parse_season
from avgraph.model import KINDS, ClaimKind, ClaimTables

__all__ = ["Context", "read_context", "role_members"]

#: Claims with more members than this say little about any two of them and are no context.
MAX_MEMBERS = 20
_HOME = ("nationality", "located in", "country of origin")
_SAID = pl.col("status").fill_null("asserted") != "negated"
_LISTS = {"Credit": ("work", "agent", "role"), "Participation": ("work", "organization", "role")}


@dataclass
class Context:
    """Look-ups from mention numbers.

    Attributes
    ----------
    neighbours
        Mentions that share a claim (claims that negate do not count).
    directors
        Work → directors and creators.
    series
        Season or episode → its series.
    seasons
        Season or episode → its number: ``"2"`` for a season, ``"2.5"`` for episode 5 of season 2.
    countries
        ISO codes that claims give to a mention.
    roles
        Person or organisation → roles of its credits.
    award_years, categories
        Recipient or work → years and folded categories of its awards.
    apart
        Mention → numbers of the lists it stands in.  Members of one list (the directors of a film in one source,
        the parties of a partnership, the two works of "remake of") are different entities.
    """

    neighbours: dict[int, list[int]] = field(default_factory=dict)
    directors: dict[int, list[int]] = field(default_factory=dict)
    series: dict[int, list[int]] = field(default_factory=dict)
    seasons: dict[int, str] = field(default_factory=dict)
    countries: dict[int, set[str]] = field(default_factory=dict)
    roles: dict[int, set[str]] = field(default_factory=dict)
    award_years: dict[int, set[int]] = field(default_factory=dict)
    categories: dict[int, set[str]] = field(default_factory=dict)
    apart: dict[int, set[int]] = field(default_factory=dict)


def role_members(kind: ClaimKind, table: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    """Return who plays which role: columns ``row`` (position in `table`), ``role``, ``mention`` (number), ``type``.

    `numbers` has the columns ``ref``, ``mention``, ``type``; references that are no mention are left out.
    """
    table = table.select(kind.role_names).with_row_index("row_")
    parts = []
    for role in kind.roles:
        part = table.select("row_", pl.lit(role.name).alias("role_"), pl.col(role.name).alias("ref"))
        parts.append((part.explode("ref") if role.many else part).filter(pl.col("ref").is_not_null()))
    members = pl.concat(parts).join(numbers, on="ref", how="inner")
    return members.select(pl.col("row_").alias("row"), pl.col("role_").alias("role"), "mention", "type")


def read_context(mentions: MentionList, claims: ClaimTables) -> Context:
    """Return the context that `claims` give to `mentions`."""
    context = Context()
    numbers = pl.DataFrame(
        {"ref": mentions.refs, "mention": range(len(mentions)), "type": mentions.type},
        schema={"ref": pl.String(), "mention": pl.Int64(), "type": pl.String()},
    )
    edges: list[pl.DataFrame] = []
    next_list = 0
    for kind in KINDS.values():
        table = claims.get(kind.name)
        if table is None or not table.height:
            continue
        members = role_members(kind, table, numbers)
        edges.append(_edges(members, table))
        lists = [
            members.select(pl.concat_str(pl.col("row").cast(pl.String), "type", separator="|").alias("list"), "mention")
        ]
        if kind.name in _LISTS:
            lists.append(_column_list(table, numbers, *_LISTS[kind.name]))
        for part in lists:
            next_list = _number_lists(context, part, next_list)
    if edges:
        for left, right in (
            pl.concat(edges)
            .unique()
            .sort("left", "right")
            .group_by("left", maintain_order=True)
            .agg("right")
            .iter_rows()
        ):
            context.neighbours[left] = right
    _read_directors(context, mentions, claims)
    _read_series(context, mentions, claims)
    _read_countries(context, mentions, claims)
    _read_roles(context, mentions, claims)
    _read_awards(context, mentions, claims)
    return context


def _edges(members: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    said = table.select("status").with_row_index("row").filter(_SAID).select("row")
    kept = members.join(said, on="row", how="semi").filter(pl.len().over("row") <= MAX_MEMBERS)
    pairs = kept.select("row", pl.col("mention").alias("left")).join(
        kept.select("row", pl.col("mention").alias("right")), on="row"
    )
    return pairs.filter(pl.col("left") != pl.col("right")).select("left", "right")


def _column_list(table: pl.DataFrame, numbers: pl.DataFrame, head: str, member: str, role: str) -> pl.DataFrame:
    rows = table.filter(pl.col(head).is_not_null() & pl.col(member).is_not_null())
    joined = rows.join(numbers, left_on=member, right_on="ref", how="inner")
    return joined.select(
        pl.concat_str("source", head, pl.col(role).fill_null(""), "type", separator="|").alias("list"), "mention"
    )


def _number_lists(context: Context, lists: pl.DataFrame, first: int) -> int:
    """Number the lists with two members or more, in order of their first member, and note who stands in them."""
    grouped = (
        lists.unique()
        .group_by("list")
        .agg(pl.col("mention").sort())
        .filter(pl.col("mention").list.len() > 1)
        .sort(pl.col("mention").list.first(), "list")
    )
    for members in grouped["mention"].to_list():
        for member in members:
            context.apart.setdefault(member, set()).add(first)
        first += 1
    return first


def _read_directors(context: Context, mentions: MentionList, claims: ClaimTables) -> None:
    table = claims.get("Credit")
    if table is None:
        return
    rows = table.filter(pl.col("role").is_in(["director", "creator"]) & _SAID)
    for work, agent in rows.select("work", "agent").unique().sort("work", "agent").iter_rows():
        if work in mentions.number and agent in mentions.number:
            context.directors.setdefault(mentions.number[work], []).append(mentions.number[agent])


def _read_roles(context: Context, mentions: MentionList, claims: ClaimTables) -> None:
    for kind, member in (("Credit", "agent"), ("Participation", "organization")):
        if (table := claims.get(kind)) is not None:
            for ref, role in table.filter(_SAID).select(member, "role").drop_nulls().unique().iter_rows():
                if ref in mentions.number:
                    context.roles.setdefault(mentions.number[ref], set()).add(role)


def _read_awards(context: Context, mentions: MentionList, claims: ClaimTables) -> None:
    table = claims.get("AwardOutcome")
    if table is None:
        return
    said = table.filter(_SAID)
    named = [
        said.select(pl.col("work").alias("ref"), "year", "category"),
        said.select(pl.col("recipients").alias("ref"), "year", "category").explode("ref"),
    ]
    for ref, year, category in pl.concat(named).drop_nulls("ref").unique().iter_rows():
        if (i := mentions.number.get(ref)) is None:
            continue
        if year is not None:
            context.award_years.setdefault(i, set()).add(year)
        if category is not None:
            context.categories.setdefault(i, set()).add(" ".join(lexicon.folded(category)))


def _read_series(context: Context, mentions: MentionList, claims: ClaimTables) -> None:
    table = claims.get("WorkRelation")
    if table is not None:
        rows = table.filter(pl.col("relation").is_in(["season of", "episode of"]))
        columns = ["work", "other", "relation", "season", "episode"]
        for work, other, relation, season, episode in rows.select(columns).unique().sort(columns).iter_rows():
            i, j = mentions.number.get(work), mentions.number.get(other)
            if i is None or j is None:
                continue
            context.series.setdefault(i, []).append(j)
            if relation == "season of" and season is not None:
                context.seasons.setdefault(i, str(season))
            elif relation == "episode of" and episode is not None:
                context.seasons.setdefault(i, f"{season or ''}.{episode}")
    for i, subtype in enumerate(mentions.subtype):
        if subtype == "season" and i not in context.seasons:
            found = {n for name in mentions.all_names(i) if (n := parse_season(name).number) is not None}
            if len(found) == 1:
                context.seasons[i] = str(found.pop())


def _read_countries(context: Context, mentions: MentionList, claims: ClaimTables) -> None:
    def note(refs: pl.DataFrame) -> None:
        for ref, place in refs.drop_nulls().unique().iter_rows():
            i, j = mentions.number.get(ref), mentions.number.get(place)
            if i is not None and j is not None:
                codes = {v.partition(":")[2] for v in mentions.ids[j] if v.startswith("iso3166:")}
                codes |= set(mentions.countries[j])
                context.countries.setdefault(i, set()).update(
                    codes or {c for n in mentions.all_names(j) if (c := lexicon.country_code(n))}
                )

    if (places := claims.get("PlaceRelation")) is not None:
        note(places.filter(pl.col("relation").is_in(_HOME) & _SAID).select("entity", "place"))
    if (shares := claims.get("Participation")) is not None:
        note(shares.filter(pl.col("country").is_not_null() & _SAID).select("work", "country"))
