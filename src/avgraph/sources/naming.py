"""The entities that the rows of a table name: pieces of split cells, ids, keys, and one mention for each."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from avgraph.countries import country_code, country_codes, country_name
from avgraph.languages import language_code
from avgraph.model import MENTION_SCHEMA
from avgraph.sources.expressions import Check, Maps, by_unique, compile_condition, compile_template, parted_conditions
from avgraph.sources.identifiers import SCHEMES, normal_id
from avgraph.sources.pieces import N_PIECES, POSITION, split_rows
from avgraph.sources.problems import INDEX, RowProblems
from avgraph.sources.readers import ROW
from avgraph.sources.rules import EntityRule
from avgraph.sources.templates import LIST_SEPARATOR, Template

__all__ = ["N_PIECES", "POSITION", "REF", "name_entities", "reunite_mentions", "unite_mentions"]

REF = "\x00ref"
_ORDER, _CODE, _AT = "\x00order", "\x00code", "\x00at"
_TEXTS = pl.List(pl.String())
#: Columns of a mention that the rows fill.
_OWN = ("type", "subtype", "name", "names", "ids", "countries", "year", "language", "generic")
#: So many mentions or so are reunited at once.
_UNITED_ROWS = 500_000


def name_entities(rule: EntityRule, base: pl.DataFrame, maps: Maps, source: str, null: Sequence[str],
                  problems: RowProblems) -> pl.DataFrame:  # fmt: skip
    """Return the entities of all rows.

    Parameters
    ----------
    rule
        What to name.
    base
        The rows: INDEX, ROW and text columns, unknown cells null.
    maps
        Value maps.
    source
        Id of the source.
    null
        Texts that mean unknown, also as pieces.
    problems
        Takes the faults.

    Returns
    -------
    One row for each row and piece: INDEX, ROW, POSITION (from 1), N_PIECES, REF (null where no entity is named),
    the mention's columns, and the split columns with their piece.
    """
    whole, late = parted_conditions(rule.where, rule.split_columns)
    for condition in whole if rule.split_columns else ():
        value, checks = compile_condition(condition, maps, lambda _: pl.lit(1))
        problems.check(base, checks)
        base = base.filter(value)
    rows = _pieces(rule, base, null, problems)

    def compiled(template: Template) -> tuple[pl.Expr, list[Check]]:
        return compile_template(template, maps, lambda _: pl.col(POSITION))

    holds = pl.lit(True)
    for condition in late if rule.split_columns else rule.where:
        value, checks = compile_condition(condition, maps, lambda _: pl.col(POSITION))
        problems.check(rows, checks)
        holds &= value
    columns: dict[str, pl.Expr] = {}
    checks = []
    for key, template in rule.templates.items():
        value, found = compiled(template)
        checks += found
        value, more = _typed(key, value, template)
        columns[f"\x00{key}"] = value
        checks += more
    id_names: list[str] = []
    for number, (scheme, template) in enumerate(rule.ids):
        raw, found = compiled(template)
        normal = by_unique(raw, country_code) if scheme == "iso3166" else normal_id(scheme, raw, rule.type)
        columns[f"\x00id{number}"] = normal
        id_names.append(f"\x00id{number}")
        checks += [*found, *_id_checks(rule, scheme, template, raw, normal)]
    names: list[str] = []
    for number, template in enumerate(rule.names):
        value, found = compiled(template)
        columns[f"\x00names{number}"] = value if template.fields[:1] and template.fields[0].is_list else _one(value)
        names.append(f"\x00names{number}")
        checks += found
    rows = rows.with_columns(holds.alias("\x00holds"))
    problems.check(rows, checks, pl.col("\x00holds"))
    rows = rows.with_columns(e.alias(c) for c, e in columns.items())
    return _mentions(rule, rows, source, id_names, names)


def unite_mentions(parts: Sequence[pl.DataFrame], source: str) -> pl.DataFrame:
    """Return one mention for each reference: the first row's values, names, ids and countries of all."""
    parts = [
        part.filter(pl.col(REF).is_not_null())
        .select(REF, ROW, INDEX, POSITION, *(f"\x00{c}" for c in _OWN), pl.lit(i).alias(_ORDER))
        .rename({f"\x00{c}": c for c in _OWN})
        for i, part in enumerate(parts)
    ]
    if not parts or not any(p.height for p in parts):
        return pl.DataFrame(schema=MENTION_SCHEMA)
    return _as_mentions(_one_each(pl.concat(parts)), source)


def _one_each(every: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each reference, in the order of the rows that give their values."""
    # References as numbers: every step below groups by them.
    every = every.with_columns(pl.col(REF).cast(pl.Categorical).to_physical().alias(_CODE))
    place = [INDEX, _ORDER, POSITION]
    # A row with a name comes before rows that know an id alone.
    first = every.select(_CODE, "generic", *place).with_row_index(_AT).sort("generic", *place)
    first = first.unique(_CODE, keep="first", maintain_order=True).sort(place)
    united = every[first[_AT]]
    if united.height < every.height:
        for column in ("subtype", "year", "language"):
            if united[column].null_count() and every[column].null_count() < every.height:
                known = every.select(_CODE, *place, pl.col(column).alias("\x00known")).drop_nulls("\x00known")
                known = known.sort(place).unique(_CODE, keep="first").select(_CODE, "\x00known")
                united = united.join(known, on=_CODE, how="left", maintain_order="left")
                united = united.with_columns(pl.coalesce(column, "\x00known").alias(column)).drop("\x00known")
        names = every.filter(~pl.col("generic")).select(_CODE, "name").unique()
        further = every.filter(pl.col("names").list.len() > 0).select(_CODE, "names")
        if further.height or names[_CODE].is_duplicated().any():
            lists = names.select(_CODE, _one(pl.col("name")).alias("names"))
            united = _united(united, pl.concat([lists, further]), "names")
        united = _united(_united(united, every, "ids"), every, "countries")
    if united["names"].list.len().max():
        others = pl.col("names").list.set_difference(_one(pl.col("name"))).list.drop_nulls()
        united = united.with_columns(others.list.sort().alias("names"))
    return united.drop(_CODE)


def _as_mentions(united: pl.DataFrame, source: str) -> pl.DataFrame:
    return united.with_columns(
        pl.col(REF).alias("ref"),
        pl.lit(source).alias("source"),
        pl.lit(None).alias("start"),
        pl.lit(None).alias("end"),
        pl.col(ROW).alias("row"),
    ).select(pl.col(c).cast(t) for c, t in MENTION_SCHEMA.items())


def reunite_mentions(pieces: Sequence[pl.DataFrame], source: str) -> pl.DataFrame:
    """Return one mention for each reference of several united tables, in the order of the file."""
    if len(pieces) == 1:
        return pieces[0]
    every = pl.concat([pl.DataFrame(schema=MENTION_SCHEMA), *pieces])
    if not every["ref"].is_duplicated().any():
        return every
    columns = {"ref": REF, "row": ROW, **{c: c for c in _OWN}}
    one = (pl.lit(1, dtype=pl.Int64).alias(column) for column in (POSITION, _ORDER))
    every = every.select(pl.col(c).alias(name) for c, name in columns.items()).with_row_index(INDEX).with_columns(one)
    # Some references at a time: what is made on the way takes several times the memory of the mentions.
    n_parts = 1 + every.height // _UNITED_ROWS
    number = every[REF].hash() % n_parts
    united = pl.concat([_one_each(every.filter(number == n)) for n in range(n_parts)])
    return _as_mentions(united.sort(INDEX), source)


def _united(united: pl.DataFrame, every: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return `united` with the list `column` holding the values of all rows of each reference."""
    values = every.select(_CODE, column)
    if not values[column].list.len().max():
        return united
    distinct = values.with_columns(pl.col(column).list.join(LIST_SEPARATOR)).unique()
    if distinct.height == united.height == every.select(pl.col(_CODE).n_unique()).item() and column != "names":
        return united  # every row of a reference says the same
    values = distinct.with_columns(pl.col(column).str.split(LIST_SEPARATOR)).explode(column)
    values = values.filter(pl.col(column) != "").unique().sort(_CODE, column)
    lists = values.group_by(_CODE, maintain_order=True).agg(column)
    joined = united.drop(column).join(lists, on=_CODE, how="left", maintain_order="left")
    return joined.with_columns(pl.col(column).fill_null([]))


def _pieces(rule: EntityRule, base: pl.DataFrame, null: Sequence[str], problems: RowProblems) -> pl.DataFrame:
    """Return a row for each piece of the split columns, or the rows themselves."""
    columns = list(rule.split_columns)
    whole = [c for c in rule.columns if c not in columns]
    rows = base.select(INDEX, ROW, *whole, *columns)
    if not columns:
        return rows.with_columns(pl.lit(1, dtype=pl.Int64).alias(POSITION), pl.lit(1, dtype=pl.Int64).alias(N_PIECES))
    # A single piece stands for all, but an id or key of its own belongs to one entity only.
    identifying = [t for _, t in rule.ids] + [t for k, t in rule.templates.items() if k == "key"]
    own = [[c for c in t.columns if c in columns] for t in identifying]
    return split_rows(rows, columns, rule.split, null, problems, own=[group for group in own if group])


def _typed(key: str, value: pl.Expr, template: Template) -> tuple[pl.Expr, list[Check]]:
    """Return the expression of an entity's column in its type, with its checks."""
    column = template.columns[0] if template.columns else "(constant)"
    if key == "year":
        typed = pl.when(value.str.contains(r"^\d{4}$")).then(value).cast(pl.Int64)
        check = Check(value.is_not_null() & typed.is_null(), value, column, "a year",
                      f"write four digits, or take them out of a longer text: {{{column}|year}}")  # fmt: skip
        return typed, [check]
    if key == "language":
        typed = by_unique(value, language_code)
        hint = "write a code of two letters, or translate with |map:NAME"
        return typed, [Check(value.is_not_null() & typed.is_null(), value, column, "a language code", hint)]
    if key == "countries":
        is_list = bool(template.fields) and template.fields[0].is_list
        text = value.list.join("|") if is_list else value
        known = text.is_not_null() & (text != "")
        codes = by_unique(text, _joined_codes)
        check = Check(known & codes.is_null(), text, column, "a list of countries",
                      "write ISO 3166 codes or country names, parted by |")  # fmt: skip
        return codes.str.split("|"), [check]
    return value, []


def _joined_codes(text: str) -> str | None:
    codes = country_codes(text)
    return "|".join(codes) if codes else None


def _id_checks(rule: EntityRule, scheme: str, template: Template, raw: pl.Expr, normal: pl.Expr) -> list[Check]:
    """Return the checks of an id: its form, and that it names an entity of this type."""
    column = template.columns[0] if template.columns else "(constant)"
    known = SCHEMES.get(scheme)
    expected = known.expected if known else "a country code or name" if scheme == "iso3166" else "an id"
    checks = [
        Check(raw.is_not_null() & normal.is_null(), raw, column, f"an {scheme} id: {expected}",
              "correct the cell; a text for unknown ids belongs into table.null"),
    ]  # fmt: skip
    if known and known.types:
        prefixes = [prefix for prefix, type_ in known.types if type_ == rule.type]
        others = [prefix for prefix, type_ in known.types if type_ != rule.type]
        if prefixes:
            wrong = pl.any_horizontal(normal.str.starts_with(o) for o in others).fill_null(False)
            picks = f'where = "{{{column}|left:{len(prefixes[0])}}} == {prefixes[0]}" picks the rows'
            checks.append(
                Check(wrong, raw, column, f"the {scheme} id of a {rule.type} ({' or '.join(prefixes)}…)", picks)
            )
    return checks


def _mentions(
    rule: EntityRule, rows: pl.DataFrame, source: str, id_names: Sequence[str], names: Sequence[str]
) -> pl.DataFrame:
    """Return the rows with the mention's columns and its reference."""
    empty = pl.lit(None, dtype=pl.String)
    given = {k: f"\x00{k}" in rows.columns for k in ("name", "subtype", "year", "language", "countries", "key")}
    name = pl.col("\x00name") if given["name"] else empty
    subtype = pl.col("\x00subtype") if given["subtype"] else empty
    schemes = [scheme for scheme, _ in rule.ids]
    ids = [pl.lit(f"{s}:") + pl.col(c) for s, c in zip(schemes, id_names, strict=True)]
    if rule.type == "Place":
        if "iso3166" in schemes:
            iso = pl.col(id_names[schemes.index("iso3166")])
            name = pl.coalesce(name, by_unique(iso, country_name))
        else:
            recognised = pl.when(subtype == "country").then(by_unique(name, country_code))
            ids.append(pl.lit("iso3166:") + recognised)
    rows = rows.with_columns(name.alias("\x00name"), subtype.alias("\x00subtype"),
                             _list_of(ids).alias("\x00ids"))  # fmt: skip
    first_id = pl.col("\x00ids").list.get(0, null_on_oob=True)
    year = pl.col("\x00year") if given["year"] else pl.lit(None, dtype=pl.Int64)
    key = pl.coalesce((pl.lit(f"{rule.type}/") + pl.col("\x00key")) if given["key"] else empty, first_id)
    own_key = pl.col("\x00key") if given["key"] else empty
    rows = rows.with_columns(key.alias("\x00key"), own_key.alias("\x00own"))
    if rows["\x00key"].null_count():
        name_and_year = [
            pl.lit(f"{rule.type}/"),
            _folded(pl.col("\x00name")),
            pl.lit("/"),
            year.cast(pl.String).fill_null(""),
        ]
        rows = rows.with_columns(pl.coalesce("\x00key", pl.concat_str(name_and_year)).alias("\x00key"))
    countries = pl.col("\x00countries") if given["countries"] else pl.lit(None, dtype=_TEXTS)
    named = pl.col("\x00holds") & pl.any_horizontal(
        pl.col("\x00name").is_not_null(), first_id.is_not_null(), pl.col("\x00own").is_not_null()
    )
    kept = [INDEX, ROW, POSITION, N_PIECES, *rule.split_columns]
    return rows.select(
        *kept,
        pl.when(named).then(pl.concat_str(pl.lit(f"{source}#"), "\x00key")).alias(REF),
        pl.lit(rule.type).alias("\x00type"), "\x00subtype",
        pl.coalesce("\x00name", first_id.str.split_exact(":", 1).struct.field("field_1"), "\x00own").alias("\x00name"),
        _merged(names).alias("\x00names"), "\x00ids",
        countries.fill_null([]).alias("\x00countries"),
        year.alias("\x00year"),
        (pl.col("\x00language") if given["language"] else empty).alias("\x00language"),
        pl.col("\x00name").is_null().alias("\x00generic"),
    )  # fmt: skip


def _one(value: pl.Expr) -> pl.Expr:
    return pl.concat_list(value)


def _list_of(values: Sequence[pl.Expr]) -> pl.Expr:
    if not values:
        return pl.lit([], dtype=_TEXTS)
    return pl.concat_list(values).list.drop_nulls()


def _merged(columns: Sequence[str]) -> pl.Expr:
    """Return the values of several list columns as one list."""
    if not columns:
        return pl.lit([], dtype=_TEXTS)
    return pl.concat_list(pl.col(c).fill_null([]) for c in columns).list.drop_nulls()


def _folded(name: pl.Expr) -> pl.Expr:
    """Return the name without case, accents and doubled white space."""
    return name.str.normalize("NFKD").str.replace_all(r"\p{Mn}+", "").str.to_lowercase().str.replace_all(r"\s+", " ")
