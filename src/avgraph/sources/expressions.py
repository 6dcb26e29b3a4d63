"""Templates and conditions as Polars expressions, with the checks on the cells they read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial

import polars as pl

from avgraph.countries import country_code
from avgraph.sources.templates import LIST_SEPARATOR, Condition, Field, Filter, Template
from avgraph.sources.values import parse_date, parse_duration, parse_number, parse_percent

__all__ = ["Check", "Maps", "Position", "by_unique", "compile_condition", "compile_template", "parted_conditions"]

Maps = Mapping[str, Mapping[str, str]]
#: Gives the expression of ``{#NAME}``, and of ``{#}`` for an empty name.
Position = Callable[[str], pl.Expr]


@dataclass(frozen=True, slots=True)
class Check:
    """Something that may be wrong with a cell.

    Attributes
    ----------
    bad
        Boolean expression over the rows.
    value
        What to show.
    column
        Where it stands.
    expected, hint
        What should stand there, and what to do.
    """

    bad: pl.Expr
    value: pl.Expr
    column: str
    expected: str
    hint: str


def compile_template(template: Template, maps: Maps, position: Position) -> tuple[pl.Expr, list[Check]]:
    """Return the expression of a template's value (text, or a list after an open ``split``) and its checks.

    >>> from avgraph.sources.templates import parse_template
    >>> value, _ = compile_template(parse_template("{title} ({year})"), {}, lambda _: pl.lit(1))
    >>> pl.DataFrame({"title": ["Rust", "Hot"], "year": ["2010", None]}).select(value.alias("x"))["x"].to_list()
    ['Rust (2010)', None]
    """
    checks: list[Check] = []
    if (text := template.constant) is not None:
        return pl.lit(text or None, dtype=pl.String), checks
    values = [pl.lit(p) if isinstance(p, str) else _field(p, maps, position, checks) for p in template.parts]
    if len(values) == 1:
        return values[0], checks
    return _clean(pl.concat_str(values)), checks


def compile_condition(condition: Condition, maps: Maps, position: Position) -> tuple[pl.Expr, list[Check]]:
    """Return the truth of a condition (never null; an unknown value equals the empty text) and its checks."""
    value, checks = compile_template(condition.template, maps, position)
    if not condition.operator:
        return value.is_not_null(), checks
    holds = value.fill_null("").is_in(list(condition.values))
    return (~holds if condition.operator == "!=" else holds), checks


def parted_conditions(
    conditions: Iterable[Condition], split_columns: Collection[str]
) -> tuple[list[Condition], list[Condition]]:
    """Return the conditions on whole cells, which choose rows before cells are split, and those on pieces."""
    whole: list[Condition] = []
    late: list[Condition] = []
    for condition in conditions:
        template = condition.template
        on_pieces = any(f.position for f in template.fields) or not set(template.columns).isdisjoint(split_columns)
        (late if on_pieces else whole).append(condition)
    return whole, late


def _clean(value: pl.Expr) -> pl.Expr:
    """Strip; an empty text is unknown."""
    stripped = value.str.strip_chars()
    return pl.when(stripped != "").then(stripped)


def _field(field: Field, maps: Maps, position: Position, checks: list[Check]) -> pl.Expr:
    if field.position:
        return position(field.column).cast(pl.String)
    raw = pl.col(field.column)
    value = raw
    for filter_ in field.filters:
        before = value
        value = _apply(filter_, value, maps, field.column)
        if (wrong := _expected(filter_, maps)) is not None:
            bad = before.is_not_null()
            # A map may say "unknown" on purpose; only a missing key is wrong.
            bad &= ~before.is_in(list(maps[filter_.argument or ""])) if filter_.name == "map" else value.is_null()
            checks.append(Check(bad, raw, field.column, *wrong))
    return value


def _apply(filter_: Filter, value: pl.Expr, maps: Maps, column: str) -> pl.Expr:
    """Return the value after one filter of a field of `column`."""
    argument = filter_.argument or ""
    match filter_.name:
        case "upper":
            return value.str.to_uppercase()
        case "lower":
            return value.str.to_lowercase()
        case "default":
            return value.fill_null(argument)
        case "left":
            return _clean(value.str.slice(0, int(argument)))
        case "before":
            return _clean(value.str.splitn(argument, 2).struct.field("field_0"))
        case "after":
            return _clean(pl.coalesce(value.str.splitn(argument, 2).struct.field("field_1"), value))
        case "split":
            pieces = value.str.replace_all(LIST_SEPARATOR, argument, literal=True).str.split(argument)
            return pieces.list.eval(_clean(pl.element())).list.drop_nulls()
        case "first":
            return value.list.get(0, null_on_oob=True)
        case "last":
            return value.list.get(-1, null_on_oob=True)
        case "map":
            return _mapped(value, maps[argument])
        case "year":
            return value.str.extract(r"(?:^|\D)(\d{4})(?:\D|$)", 1)
        case "date":
            return by_unique(value, partial(parse_date, order=filter_.argument))
        case "duration":
            return by_unique(value, _duration_text)
        case "number":
            return by_unique(value, partial(_number_text, decimal_mark=filter_.argument))
        case "regex":
            return _clean(_extracted(value, argument))
        case "replace":
            old, _, new = argument.partition("=")
            return _clean(value.str.replace_all(old, new, literal=True))
        case "country":
            return by_unique(value, country_code)
        case "or":
            return pl.coalesce(value, argument)
        case "and":
            return _clean(pl.concat_str([value, pl.col(argument)], separator="; ", ignore_nulls=True))
        case "header":
            return pl.when(value.is_not_null()).then(pl.lit(column))
        case _:
            return by_unique(value, _percent_text)


def _expected(filter_: Filter, maps: Maps) -> tuple[str, str] | None:
    """Return (what is expected, hint) of a filter that can fail."""
    match filter_.name:
        case "map" if "*" not in maps[filter_.argument or ""]:
            known = maps[filter_.argument or ""]
            listed = ", ".join(repr(k) for k in list(known)[:8] if k) + (" …" if len(known) > 8 else "")
            return f"a key of [map.{filter_.argument}]: {listed}", 'add it to the map, or "*" = "…" for all others'
        case "year":
            return "a text with a year of four digits", "correct the cell"
        case "date":
            return "a date", "write 2019, 2019-10 or 2019-10-16, or name the order: |date:dmy or |date:mdy"
        case "number":
            return "a number that reads in one way only", "name the decimal mark: |number:, or |number:."
        case "percent":
            return "a percentage", "write 60 %; a fraction such as 0.6 needs no filter"
        case "duration":
            return "a duration", "write PT1H30M, 01:30:00, 1 h 30 min or 90 min"
        case "country":
            return "a country", "write an ISO 3166 code or the country's name"
    return None


def _extracted(value: pl.Expr, pattern: str) -> pl.Expr:
    """Return the first group of a regular expression, or what all of it matches where it has no group."""
    n_groups = len(pl.select(pl.lit("").str.extract_groups(pattern)).to_series().struct.fields)
    return value.str.extract(pattern, 1 if n_groups else 0)


def _mapped(value: pl.Expr, mapping: Mapping[str, str]) -> pl.Expr:
    """Look a value up; ``""`` is the key of unknown cells, ``"*"`` of all others (``"*"`` again: as it stands)."""
    keys = [k for k in mapping if k not in ("", "*")]
    other = mapping.get("*")
    default = value if other == "*" else pl.lit(other or None, dtype=pl.String)
    found = value.replace_strict(
        pl.Series(keys, dtype=pl.String), pl.Series([mapping[k] for k in keys], dtype=pl.String),
        default=default, return_dtype=pl.String,
    )  # fmt: skip
    found = pl.when(value.is_null()).then(pl.lit(mapping.get("") or None, dtype=pl.String)).otherwise(found)
    return found if all(mapping.values()) else pl.when(found != "").then(found)


def by_unique(value: pl.Expr, function: Callable[[str], str | None]) -> pl.Expr:
    """Return `function` of each value, called once for each distinct one."""
    cached = lru_cache(maxsize=200_000)(function)

    def batch(series: pl.Series) -> pl.Series:
        distinct = series.drop_nulls().unique(maintain_order=True)
        results = pl.Series([cached(v) for v in distinct], dtype=pl.String)
        return series.replace_strict(distinct, results, default=None, return_dtype=pl.String)

    return value.map_batches(batch, return_dtype=pl.String, is_elementwise=True)


def _number_text(text: str, decimal_mark: str | None) -> str | None:
    number = parse_number(text, decimal_mark)
    return None if number is None else (str(int(number)) if number == int(number) else repr(number))


def _duration_text(text: str) -> str | None:
    minutes = parse_duration(text)
    return None if minutes is None else f"{minutes:g}" if minutes < 1e5 else str(int(minutes))


def _percent_text(text: str) -> str | None:
    share = parse_percent(text)
    return None if share is None else repr(share)
