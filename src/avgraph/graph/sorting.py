"""Sorting more lines than fit into memory: sorted runs on disk, merged while they are read."""

from __future__ import annotations

import heapq
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import groupby
from types import TracebackType
from typing import IO

__all__ = ["LineSorter"]

#: Bytes of lines that are sorted at a time; the interpreter needs about three times that.
_RUN_BYTES = 64_000_000


class LineSorter:
    r"""A binary file to write lines to, in any order and any pieces, and to read them from sorted, each once.

    Lines end with a line feed and hold no carriage return, as RDF's line formats write them.

    Parameters
    ----------
    run_bytes
        Bytes that are sorted in memory; what is more goes to temporary files.

    Examples
    --------
    >>> with LineSorter() as lines:
    ...     _ = lines.write(b"b\na"), lines.write(b"\nb\n")
    ...     list(lines)
    [b'a\n', b'b\n']
    """

    def __init__(self, run_bytes: int = _RUN_BYTES) -> None:
        self._run_bytes = run_bytes
        self._pieces: list[bytes] = []
        self._n_bytes = 0
        self._runs: list[IO[bytes]] = []
        self._files = ExitStack()

    def __enter__(self) -> LineSorter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._files.close()

    def write(self, data: bytes) -> int:
        """Take some bytes; a line may go on in the next ones."""
        self._pieces.append(bytes(data))
        self._n_bytes += len(data)
        if self._n_bytes >= self._run_bytes:
            rest = self._spill()
            self._pieces, self._n_bytes = [rest], len(rest)
        return len(data)

    def flush(self) -> None:
        """Do nothing: what was written is sorted when it is read."""

    def __iter__(self) -> Iterator[bytes]:
        """Yield the lines in the order of their bytes; the last must have ended."""
        last = sorted(b"".join(self._pieces).splitlines(keepends=True))
        self._pieces, self._n_bytes = [], 0
        runs: list[Iterable[bytes]] = [*self._runs, last]
        for run in self._runs:
            run.seek(0)
        merged = heapq.merge(*runs) if len(runs) > 1 else iter(last)
        return (line for line, _ in groupby(merged))

    def _spill(self) -> bytes:
        """Write the whole lines as a sorted run; return the start of the line that goes on."""
        text = b"".join(self._pieces)
        self._pieces = []
        end = text.rfind(b"\n") + 1
        run = self._files.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - read again when all is written
        run.writelines(sorted(text[:end].splitlines(keepends=True)))
        self._runs.append(run)
        return text[end:]
