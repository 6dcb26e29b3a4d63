"""The formats that avgraph recognises: one TOML file each; docs/formats.md lists them and shows how to add one.

A format whose files need code names one of :data:`CONTAINERS` in its ``[table] format``.
"""

from __future__ import annotations

from avgraph.sources.containers import Container

__all__ = ["CONTAINERS"]

#: Readers of this package that are not among those of :mod:`avgraph.sources.readers`.
CONTAINERS: tuple[Container, ...] = ()
