"""The cells of a table to be matched: years, countries, ids and lists, read as far as they can be."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from avgraph.countries import country_code
from avgraph.sources.identifiers import SCHEMES, normal_id
from avgraph.sources.readers import ROW
from avgraph.sources.templates import LIST_SEPARATOR

__all__ = ["country_lists", "id_lists", "separator", "split", "subtypes", "years", "years_active"]

_LIST = pl.List(pl.String())
_UNKNOWN = ("NA", "NA.", "None", "none", "-", "–", "—", "?", "unknown", "Unknown")
_YEAR = r"(?:^|\D)((?:18|19|20)\d\d)(?:\D|$)"
#: A separator other than the bar is taken where it stands in so many cells.
_SPLIT_SHARE = 0.05
#: Words of a cell's ``type`` → subtype.
_SUBTYPES = {"season": "season", "saison": "season", "episode": "episode", "serie": "series", "tvserie": "series",
             "miniserie": "series", "film": "film", "movie": "film"}  # fmt: skip
_Bad = list[tuple[str, pl.DataFrame]]


def split(column: pl.Expr, mark: str) -> pl.Expr:
    """Return the values of cells as lists, without empty ones."""
    text = column.str.replace_all(LIST_SEPARATOR, mark, literal=True)
    pieces = text.str.split(mark).list.eval(pl.element().str.strip_chars())
    return pieces.list.eval(pl.element().filter((pl.element() != "") & ~pl.element().is_in(_UNKNOWN)))


def separator(cells: pl.Series, type_: str) -> str:
    """Return what parts several values in the cells of a column.

    That is the bar. Where no cell has one: a semicolon, or for people a comma, if that stands in cells and is not that
    of ``Surname, First name`` (then pieces are single words).

    >>> separator(pl.Series(["Ann Day, Bo Lind", "Cy Poe"]), "Person"), separator(pl.Series(["Day, Ann"]), "Person")
    (',', '|')
    """
    known = cells.drop_nulls()
    known = known.filter(known != "")
    bar = known.str.contains("|", literal=True) | known.str.contains(LIST_SEPARATOR, literal=True)
    if known.is_empty() or bar.any():
        return "|"
    if known.str.contains(";", literal=True).sum() >= _SPLIT_SHARE * len(known):
        return ";"
    with_comma = known.filter(known.str.contains(",", literal=True))
    if type_ == "Person" and with_comma.len() >= max(1, _SPLIT_SHARE * len(known)):
        pieces = with_comma.str.split(",").explode().str.strip_chars()
        if pieces.str.contains(" ", literal=True).sum() > 0.6 * len(pieces):
            return ","
    return "|"


def years(rows: pl.DataFrame, columns: Sequence[str]) -> tuple[pl.Series, _Bad]:
    """Return the year of each row: the first that a column tells, taken out of dates; and cells without one."""
    bad: _Bad = []
    found = [pl.lit(None, dtype=pl.Int64)]
    for column in columns:
        year = pl.col(column).str.extract(_YEAR).cast(pl.Int64)
        wrong = rows.filter(pl.col(column).is_not_null() & ~pl.col(column).is_in(_UNKNOWN) & year.is_null())
        bad.append((column, wrong.select(ROW, column)))
        found.append(year)
    return rows.select(ROW, pl.coalesce(found).alias("year"))["year"], bad


def years_active(rows: pl.DataFrame, columns: Sequence[str]) -> pl.Series:
    """Return all years that the columns of a row name."""
    lists = [pl.lit([], dtype=pl.List(pl.Int64()))]
    for column in columns:
        digits = (
            pl.col(column).str.extract_all(r"\d+").list.eval(pl.element().filter(pl.element().str.len_chars() == 4))
        )
        lists.append(digits.list.eval(pl.element().filter(pl.element().str.contains("^(?:18|19|20)")).cast(pl.Int64)))
    return rows.select(ROW, pl.concat_list(part.fill_null([]) for part in lists).alias("years"))["years"]


def country_lists(rows: pl.DataFrame, columns: Sequence[str]) -> tuple[pl.Series, _Bad]:
    """Return the ISO codes of each row, and cells of which a part is no country."""
    bad: _Bad = []
    lists = [pl.lit([], dtype=_LIST)]
    for column in columns:
        cells = rows[column].drop_nulls().unique()
        codes = {cell: _codes(cell) for cell in cells}
        wrong = [cell for cell, (_, whole) in codes.items() if not whole]
        bad.append((column, rows.filter(pl.col(column).is_in(wrong)).select(ROW, column)))
        joined = {cell: "|".join(found) for cell, (found, _) in codes.items()}
        text = pl.col(column).replace_strict(joined, default="", return_dtype=pl.String)
        lists.append(text.str.split("|").list.eval(pl.element().filter(pl.element() != "")))
    joined_lists = pl.concat_list(part.fill_null([]) for part in lists)
    return rows.select(ROW, joined_lists.list.unique(maintain_order=True).alias("countries"))["countries"], bad


def _codes(cell: str) -> tuple[list[str], bool]:
    """Return the codes of the countries in a cell, and whether all of it was read."""
    if (whole := country_code(cell, adjectives=True)) is not None:
        return [whole], True
    text = cell
    for mark in (LIST_SEPARATOR, ";", ",", "/", "\n"):
        text = text.replace(mark, "|")
    parts = [part.strip() for part in text.split("|") if part.strip()]
    found = [country_code(part, adjectives=True) for part in parts]
    whole_ = all(code is not None or part in _UNKNOWN for code, part in zip(found, parts, strict=True))
    return [code for code in dict.fromkeys(found) if code is not None], whole_


def id_lists(rows: pl.DataFrame, columns: Sequence[tuple[str, str]], type_: str) -> tuple[pl.Series, _Bad]:
    """Return the external ids of each row as ``scheme:value``, and cells that hold none of their scheme and type."""
    bad: _Bad = []
    lists = [pl.lit([], dtype=_LIST)]
    for scheme, column in columns:
        pieces = rows.select(ROW, column).with_row_index("at").with_columns(split(pl.col(column), "|").alias("piece"))
        pieces = pieces.explode("piece").drop_nulls("piece")
        others = [prefix for prefix, of in SCHEMES[scheme].types if of != type_]
        pieces = pieces.with_columns(id=normal_id(scheme, pl.col("piece"), type_))
        if others:
            wrong = pl.any_horizontal(pl.col("id").str.starts_with(prefix) for prefix in others)
            pieces = pieces.with_columns(id=pl.when(~wrong).then("id"))
        bad.append((column, pieces.filter(pl.col("id").is_null()).select(ROW, column)))
        own = pieces.drop_nulls("id").group_by("at").agg((pl.lit(f"{scheme}:") + pl.col("id")).alias("own"))
        at = pl.DataFrame({"at": range(rows.height)}, schema={"at": pieces.schema["at"]})
        lists.append(pl.lit(at.join(own, on="at", how="left", maintain_order="left")["own"]))
    joined = pl.concat_list(part.fill_null([]) for part in lists)
    return rows.select(ROW, joined.list.unique(maintain_order=True).alias("ids"))["ids"], bad


def subtypes(rows: pl.DataFrame, column: str | None) -> pl.Series:
    """Return whether rows are films, series, seasons or episodes; null where a cell does not say so."""
    if column is None:
        return pl.Series("subtype", [None] * rows.height, dtype=pl.String())
    text = pl.col(column).str.to_lowercase().str.replace_all(r"[^a-z]", "")
    found = pl.lit(None, dtype=pl.String)
    for word, subtype in reversed(_SUBTYPES.items()):
        found = pl.when(text.str.contains(word, literal=True)).then(pl.lit(subtype)).otherwise(found)
    return rows.select(ROW, found.alias("subtype"))["subtype"]
