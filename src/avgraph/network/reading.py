"""A membership table from any CSV file: two columns are enough for a network."""

from __future__ import annotations

import csv
from io import BytesIO
from pathlib import Path

import polars as pl

from avgraph.dates import parse_partial_date, year_of
from avgraph.errors import Issue, MappingError, SourceError
from avgraph.network.membership import MEMBERSHIP_SCHEMA, NODE_SCHEMA, nearest

__all__ = ["read_membership"]

_NULLS = {"", "\\n", "null", "na", "n/a", "nan", "none"}
_DELIMITERS = ",;\t|"


def read_membership(
    path: str | Path,
    *,
    work: str,
    member: str,
    year: str | None = None,
    role: str | None = None,
    weight: str | None = None,
    issues: list[Issue] | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read who took part in which work from a file with a header line and one row per membership.

    Parameters
    ----------
    path
        CSV or TSV in UTF-8 (delimiter comma, semicolon, tab or bar, found in the header), or Parquet.
    work, member
        Columns that name the work and the member; white space is trimmed, rows without either are left out.
    year
        Column of years, or of dates such as ``2014-03-05`` or ``16/10/2019``.
    role, weight
        Columns of the role, and of the share (a number of zero or more).
    issues
        Where given, rows with a wrong year or weight are left out and reported here; otherwise the first
        such row raises.

    Returns
    -------
    membership : polars.DataFrame
        :data:`~avgraph.network.MEMBERSHIP_SCHEMA`. `claim` names the row of the file, ``films.csv#row=17``
        (RFC 7111; the header is row 1), so that edges lead back to it.
    nodes : polars.DataFrame
        :data:`~avgraph.network.NODE_SCHEMA`, labelled as in the file.

    Raises
    ------
    SourceError
        If the file cannot be read, or a year or weight is wrong and `issues` is not given.
    MappingError
        If it has no such column, with the nearest names.
    """
    path = Path(path)
    table = _read_texts(path)
    wanted = {"work": work, "member": member, "role": role, "year": year, "weight": weight}
    for key, column in wanted.items():
        if column is not None and column not in table.columns:
            raise MappingError(
                f"there is no column {column!r} for the {key}", nearest(column, table.columns), str(path)
            )
    rows = table.select(
        (pl.lit(None, pl.String) if column is None else _text(column)).alias(key) for key, column in wanted.items()
    ).with_row_index("number", offset=2)
    rows = rows.drop_nulls(["work", "member"])
    rows = rows.with_columns(
        pl.Series("year_read", [_year(text) for text in rows["year"]], pl.Int64),
        pl.col("weight").cast(pl.Float64, strict=False).alias("weight_read"),
    )
    bad_year = pl.col("year").is_not_null() & pl.col("year_read").is_null()
    number = pl.col("weight_read")
    good_weight = number.is_not_null() & number.is_finite() & (number >= 0)
    bad_weight = pl.col("weight").is_not_null() & ~good_weight
    _report(rows.filter(bad_year), "year", "a year or a date in digits", path, year, issues)
    _report(rows.filter(~bad_year & bad_weight), "weight", "a number of zero or more", path, weight, issues)
    rows = rows.filter(~bad_year & ~bad_weight)
    membership = rows.select(
        "work", "member", "role",
        pl.col("year_read").alias("year"),
        pl.col("weight_read").alias("weight"),
        pl.format("{}#row={}", pl.lit(path.name), "number").alias("claim"),
        pl.lit(None).alias("kind"), pl.lit(None).alias("confidence"),
    ).cast(pl.Schema(MEMBERSHIP_SCHEMA))  # fmt: skip
    members = rows["member"].unique().sort()
    nodes = pl.DataFrame({"member": members, "label": members}).with_columns(
        pl.lit(None, pl.String).alias("type"), pl.lit([], pl.List(pl.String)).alias("countries")
    )
    return membership, nodes.cast(pl.Schema(NODE_SCHEMA))


def _text(column: str) -> pl.Expr:
    text = pl.col(column).str.strip_chars().str.replace_all(r"\s+", " ")
    return pl.when(~text.str.to_lowercase().is_in(sorted(_NULLS))).then(text)


def _year(text: str | None) -> int | None:
    return None if text is None else year_of(parse_partial_date(text.removesuffix(".0")))


def _report(
    bad: pl.DataFrame, key: str, expected: str, path: Path, column: str | None, issues: list[Issue] | None
) -> None:
    if bad.is_empty():
        return
    if issues is None:
        row = bad.row(0, named=True)
        more = f" (and {bad.height - 1} more)" if bad.height > 1 else ""
        raise SourceError(
            f"{row[key]!r} in column {column!r} is no {key}{more}",
            f"expected {expected}; leave the cell empty where it is unknown",
            f"{path}, row {row['number']}",
        )
    issues.extend(
        Issue(
            source=path.as_posix(),
            where=f"row {number}",
            message=f"{text!r} in column {column!r} is no {key}",
            hint=f"expected {expected}; leave the cell empty where it is unknown",
            n_rows=1,
        )
        for number, text in bad.select("number", key).iter_rows()
    )


def _read_texts(path: Path) -> pl.DataFrame:
    """Return the file as a table of texts."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SourceError(
            f"cannot be read: {error.strerror or error}", "check the path and its permissions", str(path)
        ) from error
    try:
        if path.suffix.lower() == ".parquet":
            return pl.read_parquet(BytesIO(content)).cast(pl.String)
        text = content.decode("utf-8-sig")
        header = next(iter(text.splitlines()), "")
        if not header.strip():
            raise SourceError("the file has no header line", "name the columns in the first line", str(path))
        return pl.read_csv(
            text.encode(),
            separator=max(_DELIMITERS, key=lambda d: len(next(csv.reader([header], delimiter=d), []))),
            infer_schema=False,
        )
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SourceError("the file is not UTF-8", "save it as UTF-8", f"{path}, line {line}") from error
    except pl.exceptions.PolarsError as error:
        reason = str(error).splitlines()[0]
        raise SourceError(
            f"the table cannot be read: {reason}", "every row needs as many cells as the header", str(path)
        ) from error
