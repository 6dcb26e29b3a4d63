"""The errors and issues of avgraph.

One tree, so that ``except AvgraphError`` catches everything a user can mend::

    AvgraphError
    ├── WorkspaceError      the folder or avgraph.toml cannot be used
    ├── MappingError        a table mapping is wrong
    ├── SourceError         a file cannot be read at all
    ├── StoreError          a snapshot or endpoint cannot be opened or asked
    ├── EndpointError       a language model's endpoint cannot be asked, or does not answer usably
    ├── QueryError          a query is unknown, or its text or a parameter is wrong
    └── NotFoundError       no entity or claim of that name

A bad row or file never raises across a build: it becomes an :class:`Issue` and the rest goes on.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

__all__ = [
    "AvgraphError",
    "EndpointError",
    "Issue",
    "MappingError",
    "NotFoundError",
    "QueryError",
    "SourceError",
    "StoreError",
    "WorkspaceError",
    "cannot_write",
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
        File, folder or address.
    place
        Line, column or key inside it.
    """

    exit_code = 2

    def __init__(
        self, message: str, hint: str | None = None, where: str | None = None, place: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.where = where
        self.place = place

    @property
    def location(self) -> str:
        """File and place in one text; empty where neither is known."""
        return ", ".join(part for part in (self.where, self.place) if part)

    def issues(self, source: str) -> tuple[Issue, ...]:
        """Return the error as a build lists it; `source` is the file where the error names none."""
        return (Issue(self.where or source, self.place or "", self.message, self.hint or ""),)

    def __str__(self) -> str:
        place = f"{self.location}: " if self.location else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{place}{self.message}{hint}"


class WorkspaceError(AvgraphError):
    """The folder or its avgraph.toml cannot be used."""


class MappingError(AvgraphError):
    """A table mapping names a column, key or value that does not exist.

    Parameters
    ----------
    message, hint, where, place
        As of every error; `message` tells all faults.
    faults
        Place, message and hint of each single fault, where there are several or one has a place of its own.
    """

    def __init__(
        self,
        message: str,
        hint: str | None = None,
        where: str | None = None,
        place: str | None = None,
        faults: Iterable[tuple[str, str, str]] = (),
    ) -> None:
        super().__init__(message, hint, where, place)
        self.faults = tuple(faults)

    def issues(self, source: str) -> tuple[Issue, ...]:
        """Return one issue for each fault."""
        found = (Issue(self.where or source, place, message, hint) for place, message, hint in self.faults)
        return tuple(found) or super().issues(source)


class SourceError(AvgraphError):
    """A file cannot be read at all."""

    exit_code = 1


class StoreError(AvgraphError):
    """A snapshot or an endpoint cannot be opened, or did not answer."""

    exit_code = 3


class EndpointError(AvgraphError):
    """The endpoint of a language model cannot be asked, or does not answer usably.

    Parameters
    ----------
    message, hint, where, place
        As of every error; `where` is the address without credentials.
    lasting
        Whether asking again would fail as well, so that nothing more is asked.
    """

    exit_code = 3

    def __init__(
        self,
        message: str,
        hint: str | None = None,
        where: str | None = None,
        place: str | None = None,
        *,
        lasting: bool = False,
    ) -> None:
        super().__init__(message, hint, where, place)
        self.lasting = lasting


class QueryError(AvgraphError):
    """No query of that name, or it does not parse, or a parameter is missing or wrong."""

    exit_code = 4


class NotFoundError(AvgraphError):
    """No entity or claim answers to the name given."""


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

    def to_json(self) -> dict[str, str | int]:
        """Return the issue as a JSON object, as ``--json`` prints it."""
        return {
            "severity": self.severity, "source": self.source, "where": self.where, "message": self.message,
            "hint": self.hint, "rows": self.n_rows,
        }  # fmt: skip


def cannot_write(path: Path, error: OSError) -> StoreError:
    """Return the error of a file that could not be written; of a missing folder it says how to make it."""
    folder = path.parent
    if not folder.exists():
        return StoreError(f"there is no folder {folder}", f"make it: mkdir -p {shlex.quote(str(folder))}", str(path))
    reason = error.strerror or str(error)
    return StoreError(f"cannot write: {reason}", "check its permissions and the free space", str(path))
