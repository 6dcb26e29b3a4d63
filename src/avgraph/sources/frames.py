"""Spreadsheets and Parquet through Polars."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from polars.datatypes import DataTypeClass

from avgraph.errors import SourceError
from avgraph.sources.archives import check_spreadsheet
from avgraph.sources.readers import ROW, BadRow, Header, RawTable, empty_table
from avgraph.sources.rulebook import nearest
from avgraph.sources.rules import TableOptions
from avgraph.sources.templates import LIST_SEPARATOR

_DataType = pl.DataType | DataTypeClass

__all__ = ["parquet_columns", "read_parquet", "read_spreadsheet"]


def read_spreadsheet(path: Path, options: TableOptions, source: str, header_only: bool = False) -> RawTable:
    """Read a sheet of an XLSX, XLS or ODS file; rows are counted as the sheet counts them.

    The first row with a text after ``skip_rows`` rows is the header; empty rows are no rows.
    """
    from fastexcel import FastExcelError, read_excel

    check_spreadsheet(path, source)
    try:
        workbook = read_excel(path)
        names = workbook.sheet_names
        if options.sheet is not None and options.sheet not in names:
            raise SourceError(f"there is no sheet {options.sheet!r}", hint=nearest(options.sheet, names, "sheets"),
                              where=source)  # fmt: skip
        sheet = workbook.load_sheet(
            options.sheet or 0,
            header_row=None,
            skip_rows=0,
            dtypes="string",
            n_rows=options.skip_rows + 50 if header_only else None,
        )
        cells = sheet.to_polars()
    except FastExcelError as error:
        raise SourceError(f"the spreadsheet cannot be read: {str(error).splitlines()[0]}",
                          hint="open and save it again, or export it as CSV", where=source) from error  # fmt: skip
    cells = (
        cells.select(pl.all().cast(pl.String)).with_row_index(ROW, offset=1).with_columns(pl.col(ROW).cast(pl.Int64))
    )
    texts = [c for c in cells.columns if c != ROW]
    # Spreadsheets have no dates without a time.
    cells = cells.with_columns(pl.col(c).str.replace(r"^(\d{4}-\d{2}-\d{2}) 00:00:00$", "${1}") for c in texts)
    if not texts:
        return empty_table(source)
    filled = pl.any_horizontal(pl.col(c).fill_null("").str.strip_chars() != "" for c in texts)
    cells = cells.filter(filled & (pl.col(ROW) > options.skip_rows))
    if cells.is_empty():
        return empty_table(source)
    place, *names = cells.row(0)
    header = Header.of(names, source, f"row {place}")
    unnamed = [c for c, name in zip(texts, names, strict=True) if not (name or "").strip()]
    rows = cells.slice(1)
    beyond = (
        rows.filter(pl.any_horizontal(pl.col(c).fill_null("").str.strip_chars() != "" for c in unnamed))
        if unnamed
        else rows.clear()
    )
    bad = tuple(
        BadRow(
            row,
            "cells without a column",
            "the row has cells under no column name",
            "name the column or clear the cells; where the header stands lower, set skip_rows",
        )
        for row in beyond[ROW]
    )
    rows = rows.join(beyond.select(ROW), on=ROW, how="anti", maintain_order="left") if bad else rows
    frame = rows.rename(dict(zip(texts, header.columns, strict=True)))
    issues = header.issues if not frame.is_empty() or bad else [*header.issues, *empty_table(source, texts).issues]
    return RawTable(frame, bad, tuple(issues), "row")


def parquet_columns(path: Path, source: str) -> list[str]:
    """Return the column names of a Parquet file, inner fields as ``outer.inner``."""
    return read_parquet(path, source, n_rows=0).frame.columns[1:]


def read_parquet(path: Path, source: str, n_rows: int | None = None) -> RawTable:
    """Read a Parquet file; rows are counted from 1."""
    try:
        frame = pl.read_parquet(path, n_rows=n_rows)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise SourceError(f"the Parquet file cannot be read: {str(error).splitlines()[0]}", hint="write it again",
                          where=source) from error  # fmt: skip
    frame = _flat(frame)
    if frame.is_empty() and n_rows is None:
        return RawTable(frame.select(pl.lit(0, dtype=pl.Int64).alias(ROW), pl.all()).clear(),
                        issues=empty_table(source, frame.columns).issues, row_word="row")  # fmt: skip
    numbers = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(ROW)
    return RawTable(frame.select(numbers, pl.all()), row_word="row")


def _flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with text columns only: structs unfolded, lists joined."""
    columns: list[pl.Expr] = []
    for name, dtype in frame.schema.items():
        columns += _text_columns(pl.col(name), name, dtype)
    return frame.select(columns)


def _text_columns(value: pl.Expr, name: str, dtype: _DataType) -> list[pl.Expr]:
    if isinstance(dtype, pl.Struct):
        return [e for f in dtype.fields for e in _text_columns(value.struct.field(f.name), f"{name}.{f.name}", f.dtype)]
    if isinstance(dtype, (pl.List, pl.Array)) and isinstance(dtype.inner, pl.Struct):
        as_list = value if isinstance(dtype, pl.List) else value.arr.to_list()
        return [
            as_list.list.eval(_text_columns(pl.element().struct.field(f.name), "", f.dtype)[0].fill_null(""))
            .list.join(LIST_SEPARATOR).alias(f"{name}.{f.name}")
            for f in dtype.inner.fields
        ]  # fmt: skip
    if isinstance(dtype, (pl.List, pl.Array)):
        as_list = value if isinstance(dtype, pl.List) else value.arr.to_list()
        return [
            as_list.list.eval(_scalar(pl.element(), dtype.inner).fill_null("")).list.join(LIST_SEPARATOR).alias(name)
        ]
    return [_scalar(value, dtype).alias(name)]


def _scalar(value: pl.Expr, dtype: _DataType) -> pl.Expr:
    if dtype in (pl.Float32, pl.Float64):
        whole = value == value.round()
        return pl.when(whole).then(value.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(value.cast(pl.String))
    return value.cast(pl.String, strict=False)
