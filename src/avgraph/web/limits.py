"""How much one request, one client and all together may ask of the server."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from avgraph.graph.answering import Bounds

__all__ = ["Limits"]


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
        How much memory one request may need, beside what every worker has.
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
    max_memory_mib: int = 2048
    max_body_bytes: int = 4 * 1024 * 1024
    body_s: float = 20.0
    max_written_bytes: int = 16 * 1024 * 1024
    write_s: float = 300.0
    n_workers: int = field(default_factory=lambda: max(2, os.cpu_count() or 2))
    n_long: int = 12
    n_waiting: int = 1000
    n_waiting_each: int = 250
    cache_mib: int = 64

    @property
    def bounds(self) -> Bounds:
        """The bounds of an answer."""
        return Bounds(self.max_rows, self.max_bytes)
