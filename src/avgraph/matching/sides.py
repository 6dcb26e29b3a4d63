"""One table as mentions and claims: what identity compares, each row an entity of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl

from avgraph.errors import AvgraphError, Issue
from avgraph.identity.lexicon import generic_name
from avgraph.matching.cells import country_lists, id_lists, separator, split, subtypes, years, years_active
from avgraph.matching.columns import KINDS, PEOPLE, Layout, meaning
from avgraph.matching.opening import OpenTable
from avgraph.model import KINDS as CLAIM_KINDS
from avgraph.model import MENTION_SCHEMA, SCHEMES, ClaimTables, claim_schema
from avgraph.sources import read_mapping, read_table
from avgraph.sources.problems import Telling
from avgraph.sources.readers import ROW, BadRow
from avgraph.text import content_hash, fold

__all__ = ["Side", "mapped_kind", "side_by_mapping", "side_of"]

_TYPE_KIND = {type_: kind for kind, type_ in KINDS.items()}
_NAMELESS = "no name"


#: What tells a row; no column of a table is called so.
_KEY = "\x1fkey"


@dataclass(frozen=True)
class Side:
    """One of two tables.

    Attributes
    ----------
    name
        What messages call it.
    rows
        ref, label (its id, or ``row N``), row (line or row number), name: one row for each entity, in the table's
        order.
    mentions, claims
        What the table names and says; `rows` are among the mentions.
    n_read, n_used
        Rows of the table, and those that are matched or belong to one that is.
    issues
        Errors say which rows are not used, and add up to ``n_read - n_used``.
    about
        What was made of which column, in words.
    """

    name: str
    rows: pl.DataFrame
    mentions: pl.DataFrame
    claims: ClaimTables
    n_read: int
    n_used: int
    issues: tuple[Issue, ...] = ()
    about: tuple[str, ...] = ()
    tag: str = field(default="", repr=False)

    def renamed(self, tag: str) -> Side:
        """Return the same side with another tag in its references."""
        source = pl.lit(tag).alias("source")

        def ref(column: str) -> pl.Expr:
            return (pl.lit(tag) + pl.col(column).str.slice(len(self.tag))).alias(column)

        def refs(column: str) -> pl.Expr:
            return pl.col(column).list.eval(pl.lit(tag) + pl.element().str.slice(len(self.tag)))

        claims = {
            name: table.with_columns(
                source, *(refs(r.name) if r.many else ref(r.name) for r in CLAIM_KINDS[name].roles)
            )
            for name, table in self.claims.items()
        }
        mentions = self.mentions.with_columns(ref("ref"), source)
        return replace(self, rows=self.rows.with_columns(ref("ref")), mentions=mentions, claims=claims, tag=tag)


def side_of(table: OpenTable, layout: Layout, kind: str) -> Side:
    """Return a table whose columns are known by their names."""
    raw = table.raw
    telling = Telling(table.name)
    warnings: list[Issue] = list(table.issues)
    frame = _cells(raw.frame)
    named = _named(frame, layout)
    kept, lacking = _parted(named, layout)
    telling.add([*raw.bad, *lacking], raw.row_word)
    refs = _with_refs(kept, layout)
    warnings += _label_issues(refs, layout, table.name, raw.row_word)
    tag = content_hash(*sorted(_texts(frame)), n_hex=12)
    refs = refs.with_columns(ref=pl.lit(f"{tag}#") + pl.col(_KEY))
    about: list[str] = []
    mentions, told = _main_mentions(refs, layout, kind, tag, table.name, raw.row_word)
    warnings += told
    around, claims = _around(refs, layout, kind, tag, about)
    first = refs.unique("ref", keep="first", maintain_order=True)
    label = pl.coalesce("label", pl.concat_str(pl.lit("row "), ROW))
    rows = first.select("ref", label=label, row=ROW, name=pl.col("names").list.first())
    about = [*_said(layout, kind), *about]
    issues = (*warnings, *telling.issues())
    every = pl.concat([mentions, *around])
    return Side(table.name, rows, every, claims, raw.n_read, raw.n_read - telling.n_rows, issues, tuple(about), tag)


def _cells(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the cells without outer white space, unknown ones null."""
    null = ["", "\\N", "NULL", "NaN", "nan", "N/A"]
    columns = [c for c in frame.columns if c != ROW]
    cells = frame.select(ROW, *(pl.col(c).cast(pl.String).str.strip_chars() for c in columns))
    return cells.with_columns(pl.when(~pl.col(c).is_in(null)).then(pl.col(c)).alias(c) for c in columns)


def _named(frame: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """Return the rows with a list of their names."""
    lists = [split(pl.col(c), "|") for c in layout.names]
    if layout.parts:
        lists.insert(
            0, pl.concat_list(pl.concat_str(*layout.parts, separator=" ", ignore_nulls=True).replace("", None))
        )
    names = pl.concat_list(part.fill_null([]) for part in lists).list.drop_nulls()
    return frame.with_columns(names=names.list.unique(maintain_order=True))


def _parted(frame: pl.DataFrame, layout: Layout) -> tuple[pl.DataFrame, list[BadRow]]:
    """Return the rows that name something, and what is wrong with the others."""
    first = pl.col("names").list.first()
    suspects = frame.select(first.alias("name")).drop_nulls().unique()["name"]
    fillers = [name for name in suspects if generic_name(name)]
    bad = frame.filter(first.is_null() | first.is_in(fillers)).select(ROW, name=first)
    columns = ", ".join(map(repr, (*layout.parts, *layout.names)))
    told = [
        BadRow(row, _NAMELESS, f"no name in {columns}" if name is None else f"{name!r} names nothing",
               "fill in a name, or delete the row")
        for row, name in bad.iter_rows()
    ]  # fmt: skip
    return frame.filter(first.is_not_null() & ~first.is_in(fillers)), told


def _with_refs(frame: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """Return the rows with the label and a key that is the same wherever a row stands in its table.

    Rows of one label are one thing.
    """
    label = pl.col(layout.label) if layout.label is not None else pl.lit(None, dtype=pl.String)
    frame = frame.with_columns(label=label)
    free = frame.filter(pl.col("label").is_null())
    texts = _texts(free.drop("names", "label"))
    hashes = pl.Series("hash", [content_hash(text, n_hex=16) for text in texts], dtype=pl.String())
    free = free.select(ROW).with_columns(hashes)
    nth = pl.int_range(pl.len()).over("hash").cast(pl.String)
    free = free.select(ROW, pl.concat_str(pl.lit("row/"), "hash", pl.lit("/"), nth).alias(_KEY))
    frame = frame.join(free, on=ROW, how="left", maintain_order="left")
    return frame.with_columns(pl.coalesce(_KEY, pl.lit("id/") + pl.col("label")).alias(_KEY))


def _texts(frame: pl.DataFrame) -> pl.Series:
    """Return the cells of each row as one text."""
    cells = [pl.col(c).fill_null("") for c in sorted(frame.columns) if c != ROW]
    if not cells:  # a table of labels alone
        return pl.Series([""] * frame.height, dtype=pl.String())
    return frame.select(pl.concat_str(cells, separator="\x1f")).to_series()


def _label_issues(refs: pl.DataFrame, layout: Layout, source: str, row_word: str) -> Iterator[Issue]:
    """Yield warnings of rows without an id, and of ids that several rows have."""
    if layout.label is None:
        return
    empty = refs.filter(pl.col("label").is_null())
    if empty.height and layout.label not in [column for _, column in layout.ids]:
        rows = f"{empty.height:,} row{'s have' if empty.height > 1 else ' has'}"
        yield Issue(source, f"{row_word} {empty[ROW][0]}", f"{rows} no {layout.label!r}; called by their number",
                    "fill in the id", "warning")  # fmt: skip
    twice = refs.drop_nulls("label").group_by("label", maintain_order=True).agg(ROW).filter(pl.col(ROW).list.len() > 1)
    if twice.height:
        label, places = twice.row(0)
        at = ", ".join(map(str, places[:5])) + (" …" if len(places) > 5 else "")
        ids = f"{twice.height:,} ids of {layout.label!r} stand in several rows" if twice.height > 1 else "an id"
        message = f"{ids}, such as {label!r} ({row_word}s {at})" if twice.height > 1 else (
            f"{label!r} stands in several rows ({row_word}s {at})"
        )  # fmt: skip
        yield Issue(source, f"{row_word} {places[0]}", f"{message}: rows of one id are taken for one thing",
                    "give each thing an id of its own", "warning")  # fmt: skip


def _main_mentions(
    refs: pl.DataFrame, layout: Layout, kind: str, tag: str, source: str, row_word: str
) -> tuple[pl.DataFrame, list[Issue]]:
    """Return a mention for each row's entity, and warnings of cells that could not be read."""
    issues: list[Issue] = []

    def told(column: str, what: str, bad: pl.DataFrame) -> None:
        if bad.height:
            row, cell = bad.row(0)
            more = f" and {bad.height - 1:,} more" if bad.height > 1 else ""
            message = f"column {column!r}: {cell!r} is no {what}; left out"
            issues.append(Issue(source, f"{row_word} {row}{more}", message, "correct or empty the cell", "warning"))

    year, bad_years = years(refs, layout.years)
    countries, bad_countries = country_lists(refs, layout.countries)
    ids, bad_ids = id_lists(refs, layout.ids, KINDS[kind])
    for what, found in (("year", bad_years), ("country", bad_countries), ("id of its scheme", bad_ids)):
        for column, bad in found:
            told(column, what, bad)
    if kind == "works":
        in_title = refs["names"].list.first().str.extract(r"\(((?:18|19|20)\d\d)\)\s*$").cast(pl.Int64)
        year = pl.select(pl.coalesce(year, in_title)).to_series()
    values = refs.select("ref", ROW, "names").with_columns(
        year.alias("year"), countries.alias("countries"), ids.alias("ids"),
        subtypes(refs, layout.subtype).alias("subtype"),
    )  # fmt: skip
    united = values.group_by("ref", maintain_order=True).agg(
        pl.col(ROW).first(), pl.col("year", "subtype").drop_nulls().first(),
        *(pl.col(c).explode().drop_nulls().unique(maintain_order=True) for c in ("names", "countries", "ids")),
    )  # fmt: skip
    name = pl.col("names").list.first()
    return _mentions(united.with_columns(name=name, names=pl.col("names").list.slice(1)), tag, KINDS[kind]), issues


def _mentions(frame: pl.DataFrame, tag: str, type_: str) -> pl.DataFrame:
    """Return a mention table of what a frame has of its columns."""
    given: dict[str, Any] = {"source": tag, "type": type_, "generic": False}
    present = frame.rename({ROW: "row"}) if ROW in frame.columns else frame
    return present.select(
        (pl.col(c) if c in present.columns else pl.lit(given.get(c))).cast(t).alias(c)
        for c, t in MENTION_SCHEMA.items()
    )


def _around(
    refs: pl.DataFrame, layout: Layout, kind: str, tag: str, about: list[str]
) -> tuple[list[pl.DataFrame], ClaimTables]:
    """Return mentions of what stands around the rows' entities, and the claims that connect them."""
    mentions: list[pl.DataFrame] = []
    parts: dict[str, list[pl.DataFrame]] = {}
    if layout.active:
        active = refs.select("ref", year=years_active(refs, layout.active)).explode("year").drop_nulls("year")
        # Any claim with the row's entity and a year: what is compared is when somebody was active.
        outcomes = active.unique(maintain_order=True).select("year", recipients=pl.concat_list("ref"))
        parts["AwardOutcome"] = [_claims("AwardOutcome", outcomes, tag)]
    refs = refs.with_columns(does=_roles(refs, layout.role))
    for meant, column in layout.around:
        type_ = {"company": "Organization", "work": "Work"}.get(meant, "Person")
        mark = separator(refs[column], type_)
        if mark != "|":
            about.append(f"values of {column!r} are parted at {mark!r}")
        pieces = refs.select("ref", ROW, "does", name=split(pl.col(column), mark)).explode("name").drop_nulls("name")
        folded = {name: f"{tag}#{type_}/{' '.join(fold(name).split())}" for name in pieces["name"].unique()}
        other = pl.col("name").replace_strict(folded, return_dtype=pl.String) if folded else pl.col("name")
        pieces = pieces.with_columns(other=other).filter(pl.col("other") != pl.col("ref"))
        mentions.append(_mentions(
            pieces.select(pl.col("other").alias("ref"), ROW, "name").sort("ref", "name").unique(
                "ref", keep="first", maintain_order=True
            ), tag, type_,
        ))  # fmt: skip
        name, columns = _claim(kind, meant)
        parts.setdefault(name, []).append(_claims(name, pieces.select(**columns), tag))
    claims = {name: pl.concat(tables) for name, tables in parts.items()}
    return mentions, claims


def _claim(kind: str, meant: str) -> tuple[str, dict[str, pl.Expr]]:
    """Return the kind of claim that connects a row's entity with another, and its columns."""
    row, other = pl.col("ref"), pl.col("other")
    if kind == "works" and meant in PEOPLE:
        return "Credit", {"work": row, "agent": other, "role": pl.lit(meant)}
    if kind == "works":
        return "Participation", {"work": row, "organization": other, "role": pl.lit("producer")}
    if kind == "people" and meant == "work":
        return "Credit", {"work": other, "agent": row, "role": pl.col("does")}
    if kind == "people" and meant == "company":
        return "Affiliation", {"agent": row, "organization": other, "role": pl.lit("member")}
    if meant == "work":
        return "Participation", {"work": other, "organization": row}
    if kind == "companies":
        return "Affiliation", {"agent": other, "organization": row, "role": pl.lit("member")}
    return "Partnership", {"parties": pl.concat_list(row, other), "partnership": pl.lit("collaboration")}


def _roles(refs: pl.DataFrame, column: str | None) -> pl.Series:
    """Return what people do, as the role of a credit, where a column tells it."""
    if column is None:
        return pl.Series("does", [None] * refs.height, dtype=pl.String())
    means = {cell: meaning(cell.split("|")[0]) for cell in refs[column].drop_nulls().unique()}
    roles = {cell: role for cell, role in means.items() if role in SCHEMES["credit"] and role != "other"}
    return refs[column].replace_strict(roles, default=None, return_dtype=pl.String).alias("does")


def _claims(name: str, table: pl.DataFrame, tag: str) -> pl.DataFrame:
    given = {"source": tag, "status": "asserted", "confidence": 1.0, "method": "columns"}
    return table.select(
        (pl.col(c) if c in table.columns else pl.lit(given.get(c))).cast(t).alias(c)
        for c, t in claim_schema(CLAIM_KINDS[name]).items()
    )


def _said(layout: Layout, kind: str) -> Iterator[str]:
    """Yield what was made of the columns."""
    yield f"names: {', '.join((*layout.parts, *layout.names))}"
    yield f"id: {layout.label}" if layout.label is not None else "id: none, rows are called by their number"
    what = {"works": "year", "people": "birth year", "companies": "founding year"}[kind]
    kinds, roles = ([c for c in (column,) if c is not None] for column in (layout.subtype, layout.role))
    for title, columns in (
        (what, layout.years), ("countries", layout.countries), ("external ids", [c for _, c in layout.ids]),
        ("type", kinds), ("years active", layout.active), ("role", roles),
    ):  # fmt: skip
        if listed := ", ".join(columns):
            yield f"{title}: {listed}"
    for meant in dict.fromkeys(m for m, _ in layout.around):
        title = {"other": "people", "company": "companies", "work": "works"}.get(meant, f"{meant}s")
        yield f"{title}: {', '.join(c for m, c in layout.around if m == meant)}"
    if layout.unused:
        yield f"not looked at: {', '.join(layout.unused)}"


def mapped_kind(path: Path, data: Path) -> str:
    """Return the kind of what a mapping names first of all works, people and companies."""
    mapping = read_mapping(path, path.parent, data_path=data)
    for rule in mapping.entities.values():
        if rule.type in _TYPE_KIND:
            return _TYPE_KIND[rule.type]
    hint = "name an entity of type Work, Person or Organization"
    raise AvgraphError("the mapping names nothing that can be matched", hint, str(path))


def side_by_mapping(path: Path, data: Path, name: str, kind: str) -> Side:
    """Return a table read through a mapping; matched is the first entity of the kind that it names."""
    mapping = read_mapping(path, path.parent, data_path=data, name=name)
    rules = [rule for rule in mapping.entities.values() if rule.type == KINDS[kind]]
    if not rules:
        hint = f"name an entity of type {KINDS[kind]}, or give another --kind"
        raise AvgraphError(f"the mapping names no {kind}", hint, str(path))
    rule = rules[0]
    tables = read_table(mapping)
    tag = str(tables.source["sha256"])[:12]
    main = read_table(replace(mapping, entities={rule.name: rule}, claims=())).mentions.filter(~pl.col("generic"))
    n_read, n_bad = int(tables.source["n_read"]), int(tables.source["n_quarantined"])
    key = pl.col("ref").str.slice(len(f"{name}#{rule.type}/"))
    own_key = pl.col("ref").str.starts_with(f"{name}#{rule.type}/") & pl.lit("key" in rule.templates)
    id_ = pl.col("ids").list.first().str.splitn(":", 2).struct.field("field_1")
    label = pl.coalesce(pl.when(own_key).then(key), id_, pl.concat_str(pl.lit("row "), "row"))
    known = main.filter(pl.col("ref").is_in(tables.mentions["ref"].implode()))
    rows = known.select("ref", label=label, row="row", name="name").sort("row", maintain_order=True)
    side = Side(name, rows, tables.mentions, tables.claims, n_read, n_read - n_bad, tables.issues,
                (f"read by {mapping.reader}, entity {rule.name!r}",), name)  # fmt: skip
    return side.renamed(tag)
