"""One thread for NumPy's matrix products: of matrices as small as ours several threads mostly wait for each other."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np

__all__ = ["one_thread"]

#: How OpenBLAS is called inside NumPy's wheels, from the newest to the oldest.
_NAMES = ("scipy_openblas_{}_num_threads64_", "openblas_{}_num_threads64_", "openblas_{}_num_threads")


@lru_cache(maxsize=1)
def _control() -> tuple[Callable[[], int], Callable[[int], None]] | None:
    """Return what reads and sets the number of threads; None where NumPy brings no OpenBLAS."""
    folder = Path(np.__file__).parent
    for path in sorted([*folder.parent.glob("numpy.libs/*openblas*"), *folder.glob(".dylibs/*openblas*")]):
        try:
            library = ctypes.CDLL(str(path))
        except OSError:
            continue
        for name in _NAMES:
            if hasattr(library, name.format("set")):
                return getattr(library, name.format("get")), getattr(library, name.format("set"))
    return None


@dataclass
class _Held:
    """How many blocks are open, in whatever Python thread, and the number of threads before the first."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    n_open: int = 0
    before: int = 1


_HELD = _Held()


@contextmanager
def one_thread() -> Iterator[None]:
    """Let NumPy multiply on one thread inside the ``with`` block, and on as many as before after it."""
    control = _control()
    if control is None:
        yield
        return
    get, set_ = control
    with _HELD.lock:
        if _HELD.n_open == 0:
            _HELD.before = get()
            set_(1)
        _HELD.n_open += 1
    try:
        yield
    finally:
        with _HELD.lock:
            _HELD.n_open -= 1
            if _HELD.n_open == 0:
                set_(_HELD.before)
