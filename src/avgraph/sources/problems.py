"""Wrong rows of a table: gathered with their reasons, told once each, counted in full."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import polars as pl

from avgraph.errors import Issue
from avgraph.sources.expressions import Check
from avgraph.sources.readers import ROW, BadRow

__all__ = ["INDEX", "MAX_TOLD", "RowProblems", "Telling"]

#: Column of a row's index in the frame of readable rows.
INDEX = "\x00index"
#: Rows with the same fault that are told one by one; the rest is one issue with a count.
MAX_TOLD = 20
_MAX_SHOWN = 60


class RowProblems:
    """Faults of readable rows."""

    def __init__(self) -> None:
        self._bad: dict[int, list[BadRow]] = {}

    def check(self, frame: pl.DataFrame, checks: Sequence[Check], where: pl.Expr | None = None) -> None:
        """Note the rows of `frame` (with INDEX and ROW) that fail a check and for which `where` holds."""
        if not checks or frame.is_empty():
            return
        masks = frame.select(
            ((check.bad & where) if where is not None else check.bad).fill_null(False).alias(str(i))
            for i, check in enumerate(checks)
        )
        for check, mask in zip(checks, masks.iter_columns(), strict=True):
            if mask.any():
                bad = frame.filter(mask).select(INDEX, ROW, check.value.cast(pl.String).alias("value"))
                for index, row, value in bad.unique(INDEX, keep="first", maintain_order=True).iter_rows():
                    message = f"column {check.column!r}: {_shown(value)} is not {check.expected}"
                    self.add(index, BadRow(row, f"column {check.column!r}: not {check.expected}", message, check.hint))

    def add(self, index: int, problem: BadRow) -> None:
        """Note one fault."""
        faults = self._bad.setdefault(index, [])
        if problem not in faults:
            faults.append(problem)

    @property
    def indices(self) -> pl.Series:
        """Indices of the wrong rows, ascending."""
        return pl.Series(INDEX, sorted(self._bad), dtype=pl.Int64)

    def rows(self) -> Iterator[BadRow]:
        """Yield one fault for each wrong row; further ones stand in its message."""
        for _, (first, *others) in sorted(self._bad.items()):
            message = "; ".join([first.message, *(o.message for o in others)])
            yield BadRow(first.row, first.kind, message, first.hint)


class Telling:
    """The issues of wrong rows: the first of each fault one by one, the rest counted.

    Attributes
    ----------
    n_rows
        How many rows are wrong; the ``n_rows`` of the issues add up to it.
    """

    def __init__(self, source: str) -> None:
        self.n_rows = 0
        self._source = source
        self._told: Counter[str] = Counter()
        self._rest: dict[str, tuple[int, BadRow]] = {}
        self._issues: list[Issue] = []
        self._row_word = "line"

    def add(self, bad: Iterable[BadRow], row_word: str) -> None:
        """Take wrong rows; those of a later call stand further down in the file."""
        self._row_word = row_word
        for row in sorted(bad, key=lambda b: b.row):
            self.n_rows += 1
            self._told[row.kind] += 1
            if self._told[row.kind] <= MAX_TOLD:
                self._issues.append(Issue(self._source, f"{row_word} {row.row}", row.message, row.hint, n_rows=1))
            else:
                self._rest[row.kind] = (self._rest.get(row.kind, (0, row))[0] + 1, row)

    def issues(self) -> list[Issue]:
        """Return the issues, in the order of the file."""
        rest = [
            Issue(self._source, f"to {self._row_word} {last.row}", f"{count:,} more rows: {kind}", last.hint,
                  n_rows=count)
            for kind, (count, last) in self._rest.items()
        ]  # fmt: skip
        return [*self._issues, *rest]


def _shown(value: str | None) -> str:
    """Return a cell for a message, cut where it is long."""
    text = value or ""
    return repr(text if len(text) <= _MAX_SHOWN else text[: _MAX_SHOWN - 1] + "…")
