"""What the parts of :class:`~avgraph.network.Network` have in common that are kept apart for their length."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network

__all__ = ["Methods"]


class Methods:
    """A part of the methods of :class:`~avgraph.network.Network`."""

    @property
    def _network(self) -> Network:
        return cast("Network", self)
