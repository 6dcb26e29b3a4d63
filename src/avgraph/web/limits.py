"""How much one request, one client and all together may ask of the server."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from avgraph.graph.answering import Bounds

__all__ = ["Limits"]


_N_LONG = 12


def _machine_mib() -> int:
    """Return the memory of the machine, or of the container that this process is in."""
    try:
        n_bytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 2048 * _N_LONG
    with suppress(OSError, ValueError):  # where there is none it says "max"
        n_bytes = min(n_bytes, int(Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii")))
    return n_bytes // 2**20


@dataclass(frozen=True)
class Limits:
    """The bounds of a server.

    Attributes
    ----------
    timeout_s
        Seconds after which what works on a request is ended.
    quick_s
        Seconds after which a request counts as long: it goes on at low priority, and another worker takes its place.
    max_rows, max_bytes
        How large an answer may be.
    max_memory_mib
        How much memory one request may need, beside what every worker has: 2 GiB, and less where as many long ones
        as there may be would not fit into the memory of the machine.
    max_body_bytes
        How large what is sent may be.
    body_s
        Seconds that a client may take to send it.
    max_written_bytes, write_s
        How large a graph may be that is written, and how many seconds a client may take to send it, and its writing.
    n_workers
        How many requests are worked on at once.
    n_long
        How many long ones beside them.
    n_waiting
        How many may wait in all; and `n_waiting_each` of one client.
    cache_mib
        How much memory holds answers that may be asked for again.
    """

    timeout_s: float = 30.0
    quick_s: float = 1.0
    max_rows: int = 1_000_000
    max_bytes: int = 64 * 1024 * 1024
    max_memory_mib: int = field(default_factory=lambda: min(2048, max(256, _machine_mib() // _N_LONG)))
    max_body_bytes: int = 4 * 1024 * 1024
    body_s: float = 20.0
    max_written_bytes: int = 16 * 1024 * 1024
    write_s: float = 300.0
    n_workers: int = field(default_factory=lambda: max(2, os.cpu_count() or 2))
    n_long: int = _N_LONG
    n_waiting: int = 1000
    n_waiting_each: int = 250
    cache_mib: int = 64

    @property
    def bounds(self) -> Bounds:
        """The bounds of an answer."""
        return Bounds(self.max_rows, self.max_bytes)
