"""The errors and issues of avgraph.

One tree, so that ``except AvgraphError`` catches everything a user can mend::

    AvgraphError
    ├── WorkspaceError      the folder or avgraph.toml cannot be used
    ├── MappingError        a table mapping is wrong
    ├── SourceError         a file cannot be read at all
    ├── StoreError          a snapshot or endpoint cannot be opened or asked
    ├── QueryError          a query or its parameters are wrong
    └── NotFoundError       no entity, claim or named query of that name

A bad row or file never raises across a build: it becomes an :class:`Issue` and the rest goes on.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "AvgraphError",
    "Issue",
    "MappingError",
    "NotFoundError",
    "QueryError",
    "SourceError",
    "StoreError",
    "WorkspaceError",
]


class AvgraphError(Exception):
    """What happened, where, and what to do.

    Parameters
    ----------
    message
        What happened, in one sentence.
    hint
        What to do about it.
    where
        File, line, column or path inside the file.
    """

    exit_code = 2

    def __init__(self, message: str, hint: str | None = None, where: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.where = where

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{place}{self.message}{hint}"


class WorkspaceError(AvgraphError):
    """The folder or its avgraph.toml cannot be used."""


class MappingError(AvgraphError):
    """A table mapping names a column, key or value that does not exist."""


class SourceError(AvgraphError):
    """A file cannot be read at all."""

    exit_code = 1


class StoreError(AvgraphError):
    """A snapshot or an endpoint cannot be opened, or did not answer."""

    exit_code = 3


class QueryError(AvgraphError):
    """A query does not parse, or a parameter is missing or of the wrong type."""

    exit_code = 4


class NotFoundError(AvgraphError):
    """No entity, claim or named query answers to the name given."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One problem found while building; the rest went on.

    Attributes
    ----------
    source
        Workspace-relative path of the file, ``/`` as separator.
    where
        Line, row, column or key inside the file (``"line 12"``), empty for the whole file.
    message
        What is wrong.
    hint
        What to do about it.
    severity
        ``"error"`` (something was left out) or ``"warning"`` (kept, worth a look).
    n_rows
        How many input rows this issue kept out (0 for a warning).
    """

    source: str
    where: str
    message: str
    hint: str = ""
    severity: str = "error"
    n_rows: int = 0
