"""How results leave the program: tables on a terminal, TSV into a pipe, JSON when asked; progress on stderr."""

from __future__ import annotations

import json
import math
import re
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

import click

from avgraph.progress import Progress, silent
from avgraph.text import escaped, single_line

if TYPE_CHECKING:
    from avgraph.errors import Issue

__all__ = ["Number", "echo_json", "echo_table", "graph_option", "is_terminal", "issue_lines", "jobs_option",
           "json_option", "progress_bars"]  # fmt: skip

#: Bars appear when a step takes longer than this.
_PATIENCE_S = 2.0
#: What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection); numbers are none.
_FORMULA_MARKS = "=+-@"
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
#: Columns of long text narrower than this cannot be read.
_LEAST_WIDTH = 18


class Number(click.FloatRange):
    """A number within a range; what is no number (``nan``) or endless is none of them."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number, or fail as click does."""
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value!r} is not a number that can be used.", param, ctx)
        return number


jobs_option = click.option(
    "--jobs", type=click.IntRange(min=1), metavar="N",
    help="How many processes read articles (default: one for each CPU, if there are many); the result is the same.",
)  # fmt: skip
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
graph_option = click.option(
    "-g", "--graph", default=".", show_default=True, metavar="TARGET",
    help="Workspace or snapshot folder, RDF file, or the URL of a SPARQL endpoint.",
)  # fmt: skip


def is_terminal(stream: TextIO | None = None) -> bool:
    """Tell whether a person reads a stream, by default stdout."""
    stream = stream or sys.stdout
    return stream is not None and stream.isatty()


def echo_json(value: Any) -> None:
    """Print a value as JSON."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))


def echo_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], title: str | None = None) -> None:
    """Print rows: TSV for programs and spreadsheets; for people a table, or blocks where the columns would not fit."""
    if not is_terminal():
        click.echo("\t".join(columns))
        for row in rows:
            click.echo("\t".join(_tsv_cell(v) for v in row))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    cells = [[_cell(v, short=True) for v in row] for row in rows]
    needed = sum(max(len(c) for c in (name, *column)) for name, *column in zip(columns, *cells, strict=True))
    if needed + 3 * len(columns) > console.width and len(columns) * _LEAST_WIDTH > console.width:
        for row_cells in cells:
            _echo_block(columns, row_cells)
        return
    table = Table(title=title, header_style="bold", title_justify="left", row_styles=["", "dim"])
    for column in columns:
        table.add_column(column, overflow="fold")
    for row_cells in cells:
        table.add_row(*map(Text, row_cells))
    console.print(table)


def _tsv_cell(value: Any) -> str:
    """Return a cell of TSV on one line; a text that a spreadsheet would run as a formula gets an apostrophe."""
    text = " ".join(_cell(value).split())
    harmful = text[:1] in _FORMULA_MARKS and not isinstance(value, (int, float)) and not _NUMBER.fullmatch(text)
    return f"'{text}" if text and harmful else text


def _echo_block(columns: Sequence[str], cells: Sequence[str]) -> None:
    """Print one row as lines of name and value; empty cells are left out."""
    width = max(map(len, columns))
    click.secho(cells[0] or "–", bold=True)
    for name, cell in zip(columns[1:], cells[1:], strict=True):
        if cell:
            click.echo(f"  {name:<{width}}  {' '.join(cell.split())}")


def _cell(value: Any, *, short: bool = False) -> str:
    """Return a cell as text; `short` rounds what people read, programs get every digit."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        if short and abs(value) < 1e4:
            return f"{value:.4g}"
        return f"{value:,.0f}" if short else f"{value:.15g}"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return str(value)


def issue_lines(issues: Iterable[Issue]) -> Iterator[str]:
    """Yield one line per issue: severity, file, place, message, remedy."""
    for issue in issues:
        place = f"{issue.source}, {issue.where}" if issue.where else issue.source
        hint = f" → {single_line(issue.hint)}" if issue.hint else ""
        yield f"{issue.severity}: {escaped(place)}: {single_line(issue.message)}{hint}"


@contextmanager
def progress_bars() -> Iterator[Progress]:
    """Give a progress callback that draws bars on stderr once a step is slow; nothing where stderr is no terminal."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        ProgressColumn,
        Task,
        TaskID,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bars
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text("" if speed is None else f"{speed:,.0f}/s")

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
    bars = Bars(*columns, console=Console(stderr=True), transient=True)
    tasks: dict[str, TaskID] = {}
    started = time.monotonic()

    def report(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            tasks[stage] = bars.add_task(stage, total=total or None)
        bars.update(tasks[stage], completed=done, total=total or None)
        if not bars.live.is_started and time.monotonic() - started > _PATIENCE_S:
            bars.start()

    try:
        yield report
    finally:
        bars.stop()
