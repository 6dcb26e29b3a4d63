"""Small HTML tables for notebooks."""

from __future__ import annotations

from html import escape
from typing import Any

import polars as pl

__all__ = ["cell_text", "html_table"]


def cell_text(value: Any) -> str:
    """Return a value as a reader wants to see it: three significant digits, nothing for what is unknown.

    >>> cell_text(0.66666), cell_text(12345), cell_text(None), cell_text(["BE", "LU"])
    ('0.667', '12,345', '', 'BE, LU')
    """
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, list):
        return ", ".join(cell_text(item) for item in value)
    return str(value)


def html_table(table: pl.DataFrame, caption: str, max_rows: int = 20) -> str:
    """Return an HTML table of the first `max_rows` rows; years are written without separators."""
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in table.columns)
    body = []
    for row in table.head(max_rows).iter_rows():
        cells = (
            str(value) if column.endswith("year") and value is not None else cell_text(value)
            for column, value in zip(table.columns, row, strict=True)
        )
        body.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
    more = table.height - max_rows
    note = f"<p>… and {more:,} more</p>" if more > 0 else ""
    return (
        f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{''.join(body)}</tbody></table>{note}"
    )
