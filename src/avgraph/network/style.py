"""How drawings look: colour and shape together tell the country, so that colour alone never has to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network

__all__ = ["OTHER", "UNKNOWN", "Marker", "country_markers", "short_label", "strongest"]


@dataclass(frozen=True, slots=True)
class Marker:
    """Fill colour and shape of a group of nodes.

    `shape` is one of ``circle``, ``square``, ``triangle``, ``diamond``, ``down``, ``pentagon``, ``hexagon``, ``cross``.
    """

    name: str
    colour: str
    shape: str


# Okabe and Ito, "Color Universal Design" (2008): told apart with any kind of colour vision.
_MARKERS = (
    ("#0072B2", "circle"),
    ("#E69F00", "square"),
    ("#009E73", "triangle"),
    ("#CC79A7", "diamond"),
    ("#D55E00", "down"),
    ("#56B4E9", "pentagon"),
    ("#F0E442", "hexagon"),
)
OTHER = Marker("other", "#8A8A8A", "cross")
UNKNOWN = Marker("unknown", "#FFFFFF", "circle")


def country_markers(countries: pl.Series, strength: pl.Series) -> dict[str | None, Marker]:
    """Return a marker for each country: the commonest have their own, the rest share :data:`OTHER`.

    Of countries with as many members, the one whose members are stronger together comes first.

    >>> markers = country_markers(pl.Series(["AT", "LU", "BE", "BE", None]), pl.Series([1.0, 2.0, 0.0, 0.0, 9.0]))
    >>> markers["BE"].shape, markers["LU"].shape, markers["AT"].shape, markers[None].name
    ('circle', 'square', 'triangle', 'unknown')
    """
    table = pl.DataFrame({"country": countries.cast(pl.String), "strength": strength}).drop_nulls("country")
    groups = table.group_by("country").agg(pl.len().alias("n"), pl.col("strength").sort().sum().round(9))
    ordered = groups.sort("n", "strength", "country", descending=[True, True, False])["country"].to_list()
    markers: dict[str | None, Marker] = {
        country: Marker(country, *_MARKERS[i]) if i < len(_MARKERS) else OTHER for i, country in enumerate(ordered)
    }
    if countries.null_count():
        markers[None] = UNKNOWN
    return markers


def strongest(network: Network, max_nodes: int) -> Network:
    """Return the network of the `max_nodes` members of greatest strength, the network itself if it is smaller."""
    if network.nodes.height <= max_nodes:
        return network
    top = network.nodes.sort("strength", "n_works", "node", descending=[True, True, False]).head(max_nodes)
    return network.subnetwork(top["node"].to_list())


def short_label(label: str, length: int = 28) -> str:
    """Return a label cut to `length` characters.

    >>> short_label("Radio Télévision Belge de la Communauté française")
    'Radio Télévision Belge de l…'
    """
    return label if len(label) <= length else label[: length - 1].rstrip() + "…"
