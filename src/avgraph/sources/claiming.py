"""The claims that the rows of a table make: roles joined, values typed and checked, evidence attached."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from avgraph.model import SCHEMES, Attribute, claim_schema
from avgraph.sources.expressions import (
    Check,
    Position,
    by_unique,
    compile_condition,
    compile_template,
    parted_conditions,
)
from avgraph.sources.naming import REF
from avgraph.sources.pieces import N_PIECES, POSITION, split_rows
from avgraph.sources.problems import INDEX, RowProblems
from avgraph.sources.readers import ROW, BadRow
from avgraph.sources.rulebook import COMMON_ATTRIBUTES
from avgraph.sources.rules import ClaimRule, TableMapping
from avgraph.sources.templates import LIST_SEPARATOR
from avgraph.sources.values import parse_date

__all__ = ["Once", "make_claims", "refuse_nameless"]

_QUOTE = "\x00quote"
_HOLDS = "\x00holds"
_PLACE = "\x00place"
_PIECE = "\x00piece"
_CELL, _PIECE_OF = "\x00cell ", "\x00piece of "
#: List cells of more bytes are quoted by the piece that makes the claim.
_MAX_LIST_BYTES = 400
_NUMBER = r"^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?$"
_AMBIGUOUS = r"^[+-]?[1-9]\d{0,2}\.\d{3}$"
_TRUTH = {"true": "true", "yes": "true", "1": "true", "false": "false", "no": "false", "0": "false"}
_FRACTIONS = ("share", "confidence")
#: Roles that name what a claim is about; without the others it is unknown, without this one it is about nothing.
_SUBJECTS = ("work", "entity", "subject")


def make_claims(rule: ClaimRule, base: pl.DataFrame, entities: Mapping[str, pl.DataFrame], mapping: TableMapping,
                problems: RowProblems) -> tuple[pl.DataFrame, pl.DataFrame]:  # fmt: skip
    """Return the claims of one rule with the columns of its kind and INDEX, and those that lack their subject alone.

    A claim is made for each row (and each piece of its split roles) where its conditions hold and its required
    roles and attributes are known.
    """
    pieces = {c for names in rule.roles.values() for n in names for c in mapping.entities[n].split_columns}
    whole, late = parted_conditions(rule.when, pieces | set(rule.split_columns))
    for condition in whole:
        value, checks = compile_condition(condition, mapping.maps, lambda _: pl.lit(1))
        problems.check(base, checks)
        base = base.filter(value)
    rows = _joined(rule, base, entities, mapping, problems)

    def position(entity: str) -> pl.Expr:
        return pl.col(f"\x00at {entity}" if entity else "\x00at")

    holds = pl.lit(True)
    for condition in late:
        value, checks = compile_condition(condition, mapping.maps, position)
        problems.check(rows, checks)
        holds &= value
    rows = rows.with_columns(holds.alias(_HOLDS))
    columns: dict[str, pl.Expr] = {}
    checks = []
    attributes = {a.name: a for a in (*rule.kind.attributes, *COMMON_ATTRIBUTES)}
    for name, template in rule.templates.items():
        raw, found = compile_template(template, mapping.maps, position)
        shown = template.columns[0] if template.columns else name
        is_text = mapping.options.format in ("csv", "tsv") and not template.is_number
        value, more = _typed(attributes[name], raw, shown, _is_date(rule, name, mapping, position), is_text)
        columns[name] = value
        checks += [*found, *more]
    problems.check(rows, checks, pl.col(_HOLDS))
    schema = claim_schema(rule.kind)
    constants: dict[str, pl.Expr] = {
        "source": pl.lit(mapping.name), "method": pl.lit(mapping.method), "quote": pl.col(_QUOTE), "row": pl.col(ROW),
    }  # fmt: skip
    defaults = {"status": "asserted", "confidence": 1.0, "observed": mapping.about.get("date")}
    values = {role.name: pl.col(f"\x00role {role.name}") for role in rule.kind.roles if role.name in rule.roles}
    for name, value in columns.items():
        values[name] = pl.coalesce(value, pl.lit(defaults[name])) if name in defaults else value
    values = {c: pl.lit(d) for c, d in defaults.items()} | constants | values
    rows = rows.filter(_HOLDS).select(
        INDEX, *(values.get(c, pl.lit(None)).cast(dtype).alias(c) for c, dtype in schema.items())
    )  # fmt: skip
    subject = _subject(rule, mapping)
    claims = rows.filter(_complete(rule))
    if subject is None:
        return claims, rows.clear()
    return claims, rows.filter(pl.col(subject).is_null() & _complete(rule, without=subject))


class Once:
    """Remembers what rows of a file have claimed, for claims that are made once."""

    def __init__(self) -> None:
        self._said: dict[int, pl.DataFrame] = {}

    def first(self, rule: ClaimRule, claims: pl.DataFrame) -> pl.DataFrame:
        """Return the claims without those that only repeat what an earlier row claims."""
        evidence = (INDEX, "claim", "quote", "row", "method")
        said = [c for c in claims.columns if c not in evidence]
        texts = [pl.col(c).list.join("\x1e") if claims.schema[c] == pl.List(pl.String()) else c for c in said]
        said_now = claims.select(texts).with_row_index(_PLACE)
        new = said_now.filter(pl.struct(said).is_first_distinct())
        if (before := self._said.get(rule.number)) is not None:
            new = new.join(before, on=said, how="anti", nulls_equal=True, maintain_order="left")
        self._said[rule.number] = pl.concat([*([before] if before is not None else []), new.select(said)])
        return claims[new[_PLACE]]


def refuse_nameless(rule: ClaimRule, lacking: pl.DataFrame, mapping: TableMapping, problems: RowProblems) -> None:
    """Note rows whose claims lack the entity that they are about: a credit without its work, and nothing else.

    Parameters
    ----------
    lacking
        ROW and INDEX of those rows.
    """
    subject = _subject(rule, mapping)
    if subject is None or lacking.is_empty():
        return
    names = rule.roles[subject]
    cells = [c for n in names for t in mapping.entities[n].identifying for c in t.columns]
    what, entity = " or ".join(dict.fromkeys(cells)), " or ".join(names)
    message = f"no {what}: the row names no {entity} of which to say the rest"
    for index, row in lacking.select(INDEX, "row").unique(maintain_order=True).iter_rows():
        problems.add(index, BadRow(row, message, message, f"fill in {what}, or delete the row"))


def _subject(rule: ClaimRule, mapping: TableMapping) -> str | None:
    """Return the role that names what the rows are about, if the claims need it and no condition leaves it open.

    That is a work, or the only thing beside places that the table names.
    """
    for name in _SUBJECTS:
        entities = [mapping.entities[n] for n in rule.roles.get(name, ())]
        if not entities or any(e.where for e in entities):
            continue
        alone = all(e in entities for e in mapping.entities.values() if e.type != "Place")
        others = [c for c in rule.kind.any_of if c in rule.roles and c != name]
        needed = rule.kind.role(name).required or (name in rule.kind.any_of and not others)
        if needed and (alone or all(e.type == "Work" for e in entities)):
            return name
    return None


def _complete(rule: ClaimRule, without: str | None = None) -> pl.Expr:
    """Return whether a claim has what its kind needs, but for one role.

    A required list is a relation between at least two.
    """
    needed = [pl.col(a.name).is_not_null() for a in rule.kind.attributes if a.required]
    for role in rule.kind.roles:
        if role.required and role.name != without:
            needed.append(pl.col(role.name).list.len() >= 2 if role.many else pl.col(role.name).is_not_null())
    if rule.kind.any_of and without not in rule.kind.any_of:
        needed.append(pl.any_horizontal(pl.col(c).is_not_null() for c in rule.kind.any_of))
    return pl.all_horizontal(needed).fill_null(False) if needed else pl.lit(True)


def _joined(rule: ClaimRule, base: pl.DataFrame, entities: Mapping[str, pl.DataFrame], mapping: TableMapping,
            problems: RowProblems) -> pl.DataFrame:  # fmt: skip
    """Return the rows with a column for each role, one row for each combination of pieces."""
    used = {c for names in rule.roles.values() for n in names for c in mapping.entities[n].columns} | set(rule.columns)
    cells = [c for c in base.columns if c in used]
    parted = {c for names in rule.roles.values() for n in names for c in mapping.entities[n].split_columns}
    long = _long_lists(base, [c for c in cells if c in parted or c in rule.split_columns])
    if long:  # hundreds of claims of one row must not each repeat its longest cells
        carried = [pl.col(c).alias(f"{_CELL}{c}") for c in cells]
        rows = base.select(INDEX, ROW, *carried, *(c for c in cells if c in rule.columns))
    else:
        rows = base.select(INDEX, ROW, _quote(cells).alias(_QUOTE), *(c for c in cells if c in rule.columns))
    if rule.split_columns:
        null = mapping.options.null
        rows = split_rows(rows, rule.split_columns, rule.split, null, problems, keep_unknown=True)
        rows = rows.rename({POSITION: _PIECE}).drop(N_PIECES)
        rows = rows.with_columns(pl.col(c).alias(f"{_PIECE_OF}{c}") for c in rule.split_columns if c in long)
    paired = ""
    for role in rule.kind.roles:
        names = rule.roles.get(role.name, ())
        if not names:
            continue
        split = any(mapping.entities[n].split for n in names)
        at = "\x00at" if "\x00at" in rows.columns else _PIECE if rule.split_columns else None
        if role.many:
            each = [POSITION] if rule.pair and split and at else []
            part = _many(names, entities, f"\x00role {role.name}", each)
            rows = rows.join(part, left_on=[INDEX, *([at] if each and at else [])], right_on=[INDEX, *each],
                             how="left", maintain_order="left")  # fmt: skip
            continue
        part = _single(names, entities, mapping, rule, role.name, long)
        if rule.pair and split and paired:
            first = names[0]
            _check_pairs(paired, first, entities, problems)
            part = part.drop(c for c in part.columns if c.startswith(_PIECE_OF) and c in rows.columns)
            rows = rows.join(part, left_on=[INDEX, "\x00at"], right_on=[INDEX, f"\x00at {first}"], how="left",
                             maintain_order="left")  # fmt: skip
            rows = rows.with_columns(pl.col("\x00at").alias(f"\x00at {first}"))
            continue
        if not (rule.pair and split):
            part = part.filter(pl.col(f"\x00role {role.name}").is_not_null())
        taken = [c for c in part.columns if c in rows.columns and c != INDEX]
        rows = rows.drop(taken).join(part, on=INDEX, how="left", maintain_order="left")
        if split and "\x00at" not in rows.columns:
            rows = rows.with_columns(pl.col(f"\x00at {names[0]}").alias("\x00at"))
            paired = names[0]
    if long:
        rows = rows.with_columns(_cut_quote(cells, rows.columns).alias(_QUOTE))
        rows = rows.drop(c for c in rows.columns if c.startswith((_CELL, _PIECE_OF)))
    if "\x00at" in rows.columns:
        return rows
    position = pl.col(_PIECE) if rule.split_columns else pl.lit(1, dtype=pl.Int64)
    return rows.with_columns(position.alias("\x00at"))


def _long_lists(base: pl.DataFrame, cells: list[str]) -> list[str]:
    """Return the columns that have list cells too long to be quoted whole."""
    if not cells or base.is_empty():
        return []
    long = base.select(
        ((pl.col(c).str.len_bytes() > _MAX_LIST_BYTES) & pl.col(c).str.contains(LIST_SEPARATOR, literal=True)).any()
        for c in cells
    )
    return [c for c in cells if long[c][0]]


def _quote(cells: list[str]) -> pl.Expr:
    """Return the cells of a row as its evidence."""
    if not cells:
        return pl.lit("")
    shown = [pl.lit(f"{c}: ") + pl.col(c).str.replace_all(LIST_SEPARATOR, ", ", literal=True) for c in cells]
    return pl.concat_str(shown, separator=" | ", ignore_nulls=True)


def _cut_quote(cells: list[str], columns: list[str]) -> pl.Expr:
    """Return the evidence with the piece, or else the beginning, of cells that are too long."""
    shown = []
    for c in cells:
        cell = pl.col(f"{_CELL}{c}")
        pieces = [pl.col(f"{_PIECE_OF}{c}")] if f"{_PIECE_OF}{c}" in columns else []
        begun = pl.concat_str(cell.str.head(_MAX_LIST_BYTES // 4), pl.lit("…"))
        fits = (cell.str.len_bytes() <= _MAX_LIST_BYTES) | ~cell.str.contains(LIST_SEPARATOR, literal=True)
        text = pl.when(fits).then(cell).otherwise(pieces[0] if pieces else begun)
        shown.append(pl.lit(f"{c}: ") + text.str.replace_all(LIST_SEPARATOR, ", ", literal=True))
    return pl.concat_str(shown, separator=" | ", ignore_nulls=True)


def _single(names: tuple[str, ...], entities: Mapping[str, pl.DataFrame], mapping: TableMapping, rule: ClaimRule,
            role: str, long: list[str]) -> pl.DataFrame:  # fmt: skip
    """Return a single role's references with their positions and the pieces that the claim's templates use."""
    parts = []
    for name in names:
        own = mapping.entities[name].split_columns
        pieces = [pl.col(c) for c in own if c in rule.columns]
        pieces += [pl.col(c).alias(f"{_PIECE_OF}{c}") for c in own if c in long]
        parts.append(
            entities[name].select(INDEX, pl.col(REF).alias(f"\x00role {role}"),
                                  pl.col(POSITION).alias(f"\x00at {names[0]}"), *pieces)
        )  # fmt: skip
    part = pl.concat(parts, how="diagonal") if len(parts) > 1 else parts[0]
    at = [pl.col(f"\x00at {names[0]}").alias(f"\x00at {n}") for n in names[1:]]
    return part.with_columns(at)


def _many(names: tuple[str, ...], entities: Mapping[str, pl.DataFrame], column: str, each: list[str]) -> pl.DataFrame:
    """Return the references of a list role by row (and piece, for `each`), in the order of the mapping and the cell."""
    parts = [
        entities[name].filter(pl.col(REF).is_not_null()).select(INDEX, pl.lit(i).alias("\x00order"), POSITION, REF)
        for i, name in enumerate(names)
    ]
    every = pl.concat(parts).sort(INDEX, "\x00order", POSITION)
    return every.group_by(INDEX, *each, maintain_order=True).agg(pl.col(REF).unique(maintain_order=True).alias(column))


def _check_pairs(left: str, right: str, entities: Mapping[str, pl.DataFrame], problems: RowProblems) -> None:
    """Note rows whose paired cells have different numbers of pieces."""
    counts = [entities[n].select(INDEX, ROW, pl.col(N_PIECES).alias(n)).unique(INDEX) for n in (left, right)]
    both = counts[0].join(counts[1].drop(ROW), on=INDEX).filter(pl.col(left) != pl.col(right)).sort(INDEX)
    for index, row, n_left, n_right in both.select(INDEX, ROW, left, right).iter_rows():
        problems.add(index, BadRow(row, f"pairs of {left} and {right} do not match",
                                   f"{left} has {n_left} pieces and {right} {n_right}; they cannot be paired",
                                   "give each piece its counterpart, or drop pair = true"))  # fmt: skip


def _is_date(rule: ClaimRule, name: str, mapping: TableMapping, position: Position) -> pl.Expr | None:
    """Return whether the value of a work fact is a date; None where the column never is."""
    if rule.kind.name != "WorkFact" or name != "value" or "property" not in rule.templates:
        return None
    template = rule.templates["property"]
    if template.constant is not None:
        return pl.lit(True) if template.constant.endswith(" date") else None
    value, _ = compile_template(template, mapping.maps, position)
    return value.str.ends_with(" date").fill_null(False)


def _typed(
    attribute: Attribute, raw: pl.Expr, column: str, is_date: pl.Expr | None, is_text: bool
) -> tuple[pl.Expr, list[Check]]:
    """Return an attribute's value in its type, with its checks."""
    given = raw.is_not_null()
    value: pl.Expr
    if attribute.scheme is not None:
        allowed = SCHEMES[attribute.scheme]
        value = pl.when(raw.is_in(list(allowed))).then(raw)
        expected, hint = (
            f"in the closed list of {attribute.name!r}",
            f"values: {', '.join(allowed)}; translate with |map:NAME",
        )
    elif attribute.dtype == "integer":
        value = pl.when(raw.str.contains(r"^[+-]?\d{1,18}$")).then(raw).cast(pl.Int64, strict=False)
        expected, hint = (
            "a whole number",
            f"correct the cell; {{{column}|year}} or {{{column}|number}} read longer texts",
        )
    elif attribute.dtype == "decimal":
        value = pl.when(raw.str.contains(_NUMBER)).then(raw).cast(pl.Float64, strict=False)
        value = pl.when(value.is_finite()).then(value)
        if is_text:  # 60.000 in a table of texts is sixty to one writer and sixty thousand to another
            value = pl.when(~raw.str.contains(_AMBIGUOUS)).then(value)
        expected, hint = (
            "a number",
            f"write 1234.5, or name the decimal mark: {{{column}|number:,}} or {{{column}|number:.}}",
        )
        if attribute.name in _FRACTIONS:
            value = pl.when(value.is_between(0, 1)).then(value)
            expected, hint = "a fraction from 0 to 1", f"write 0.7 for 70 %, or {{{column}|percent}}"
    elif attribute.dtype == "boolean":
        text = raw.str.to_lowercase().replace_strict(_TRUTH, default=None, return_dtype=pl.String)
        value = text == "true"
        expected, hint = "true or false", "write true or false, or translate with |map:NAME"
    elif attribute.dtype == "date" or is_date is not None:
        date = by_unique(raw, parse_date)
        value = date if is_date is None else pl.when(is_date).then(date).otherwise(raw)
        expected = "a date"
        hint = f"write 2019, 2019-10 or 2019-10-16, or name the order: {{{column}|date:dmy}} or {{{column}|date:mdy}}"
    else:
        return raw, []
    return value, [Check(given & value.is_null(), raw, column, expected, hint)]
