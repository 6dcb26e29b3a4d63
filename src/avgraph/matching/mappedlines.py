"""Lines of text in a file that is mapped into memory: any of them at once, and one copy for all processes."""

from __future__ import annotations

import mmap
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

__all__ = ["MappedLines", "write_lines"]


def write_lines(path: Path, lines: Iterable[bytes]) -> None:
    """Write lines (without line feeds in them) for :class:`MappedLines`, and beside them where each begins."""
    ends = array("Q", [0])
    with path.open("wb") as file:
        for line in lines:
            file.write(line + b"\n")
            ends.append(ends[-1] + len(line) + 1)
    np.save(_ends_of(path), np.array(ends, dtype=np.uint64))


def _ends_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.npy")


class MappedLines:
    """Lines that :func:`write_lines` has written.

    Parameters
    ----------
    path
        Where they lie.
    """

    def __init__(self, path: Path) -> None:
        self._ends = np.load(_ends_of(path), mmap_mode="r")
        with path.open("rb") as file:  # nothing cannot be mapped
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if len(self) else b""

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, number: int) -> bytes:
        return bytes(self._bytes[int(self._ends[number]) : int(self._ends[number + 1]) - 1])

    def lengths(self, first: int, end: int) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
        """Return how many bytes the lines from `first` up to `end` have."""
        ends: np.ndarray[tuple[int], np.dtype[np.uint64]] = self._ends[first : end + 1]
        return np.diff(ends) - np.uint64(1)

    def first_from(self, text: bytes) -> int:
        """Return the number of the first line that does not come before `text`, where the lines are sorted."""
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self[middle] < text:
                low = middle + 1
            else:
                high = middle
        return low

    def containing(self, text: bytes) -> Iterator[int]:
        """Yield the numbers of the lines that contain `text`."""
        place = self._bytes.find(text)
        while place >= 0:
            number = int(np.searchsorted(self._ends, place, side="right")) - 1
            yield number
            place = self._bytes.find(text, int(self._ends[number + 1]))
