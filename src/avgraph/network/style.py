"""How drawings look: colour and shape together tell the country, so that colour alone never has to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network

__all__ = ["OTHER", "PLAIN", "UNKNOWN", "Marker", "commonest", "country_markers", "short_label", "strongest"]


@dataclass(frozen=True, slots=True)
class Marker:
    """Fill colour and shape of a group of nodes.

    `shape` is one of ``circle``, ``square``, ``triangle``, ``diamond``, ``down``, ``pentagon``, ``hexagon``, ``cross``,
    ``ring``.
    """

    name: str
    colour: str
    shape: str


# Okabe and Ito, "Color Universal Design" (2008): told apart with any kind of colour vision.
_LOOKS = (
    ("#0072B2", "circle"),
    ("#E69F00", "square"),
    ("#009E73", "triangle"),
    ("#CC79A7", "diamond"),
    ("#D55E00", "down"),
    ("#56B4E9", "pentagon"),
    ("#F0E442", "hexagon"),
)
OTHER = Marker("other", "#8A8A8A", "cross")
UNKNOWN = Marker("unknown", "#FFFFFF", "ring")


# Where a drawing does not tell countries; no country looks like it.
PLAIN = Marker("member", "#B4BCC6", "circle")


def commonest(nodes: pl.DataFrame) -> list[str]:
    """Return the countries of a table of nodes, those of most members first.

    Of countries with as many members, the one whose members are stronger together comes first.

    >>> commonest(pl.DataFrame({"country": ["AT", "LU", "BE", "BE", None], "strength": [1.0, 2.0, 0.0, 0.0, 9.0]}))
    ['BE', 'LU', 'AT']
    """
    known = nodes.select(pl.col("country").cast(pl.String), "strength").drop_nulls("country")
    groups = known.group_by("country").agg(pl.len().alias("n"), pl.col("strength").sort().sum().round(9))
    return groups.sort("n", "strength", "country", descending=[True, True, False])["country"].to_list()


def country_markers(countries: Sequence[str]) -> dict[str, Marker]:
    """Return the markers of the first countries, each its own; the others share :data:`OTHER`.

    >>> markers = country_markers(["BE", "LU", "FR", "DE", "NL", "GB", "CA", "IE"])
    >>> markers["BE"].shape, markers["LU"].shape, "IE" in markers
    ('circle', 'square', False)
    """
    return {country: Marker(country, *look) for country, look in zip(countries, _LOOKS, strict=False)}


def strongest(network: Network, max_nodes: int) -> Network:
    """Return what is drawn of a network: of the `max_nodes` members of greatest strength, those tied to one another.

    A network that is no larger is returned itself. In a part of it, a dot without a line would look like a
    member without a tie, while its partners are only not shown.
    """
    if network.nodes.height <= max_nodes:
        return network
    top = network.nodes.sort("strength", "n_works", "node", descending=[True, True, False]).head(max_nodes)
    part = network.subnetwork(top["node"].to_list())
    tied = part.nodes.filter(pl.col("degree") > 0)["node"].to_list()
    return part.subnetwork(tied) if 0 < len(tied) < part.nodes.height else part


def short_label(label: str, length: int = 28) -> str:
    """Return a label cut to `length` characters.

    >>> short_label("Radio Télévision Belge de la Communauté française")
    'Radio Télévision Belge de l…'
    """
    return label if len(label) <= length else label[: length - 1].rstrip() + "…"
