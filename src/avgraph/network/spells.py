"""GEXF 1.3 with time: the years in which members and ties are active, as Gephi's timeline reads them.

Each run of active years is one spell, from 1 January of its first to 31 December of its last year; both days belong
to it (GEXF 1.3 has no open intervals).  The attribute `weight` of a tie is dynamic: what its joint works of each year
add; `total_weight` is the weight over all years.  Members and ties of which no year is known have no spell: they are
shown at all times, and such a tie has its weight as an ordinary one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
from networkx.readwrite.gexf import GEXFWriter

from avgraph.network.activity import member_years, tie_years
from avgraph.network.export import clean_text, legal_ids, plain_graph

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network

__all__ = ["dynamic_writer"]

# What a date of XML Schema 1.0 and Gephi can hold.
_FIRST_YEAR, _LAST_YEAR = 1, 9999
_YEARLY = "yearly_weight"


def dynamic_writer(network: Network) -> GEXFWriter:
    """Return NetworkX' writer of GEXF 1.3, filled with the network and its spells.

    References
    ----------
    .. [1] GEXF Working Group, "GEXF 1.3", grammar and primer, https://gexf.net (2022).
    """
    ids = legal_ids(network.graph)
    graph = plain_graph(network)
    by_tie = tie_years(network).filter(pl.col("year").is_between(_FIRST_YEAR, _LAST_YEAR))
    own = member_years(network).select("node", "year")
    # A member is there whenever one of its ties is.
    at_ends = [by_tie.select(pl.col(end).alias("node"), "year") for end in ("source", "target")]
    by_node = pl.concat([own, *at_ends]).unique().filter(pl.col("year").is_between(_FIRST_YEAR, _LAST_YEAR))
    for node, begins, finals in _runs(by_node, ["node"]).iter_rows():
        graph.nodes[ids[node]]["spells"] = _spells(begins, finals)
    for *_, attributes in graph.edges(data=True):
        attributes["total_weight"] = attributes["weight"]
    for source, target, begins, finals in _runs(by_tie, ["source", "target"]).iter_rows():
        attributes = graph.edges[ids[source], ids[target]]
        del attributes["weight"]
        attributes["spells"] = _spells(begins, finals)
        attributes[_YEARLY] = []
    for source, target, year, weight in by_tie.select("source", "target", "year", "weight").iter_rows():
        value = (weight, _day(year, "01-01"), _day(year, "12-31"))
        graph.edges[ids[source], ids[target]][_YEARLY].append(value)
    graph.graph["mode"] = "dynamic"
    writer = GEXFWriter(version="1.3")
    writer.add_graph(graph)
    _made_valid(writer, network)
    return writer


def _runs(years: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Return per group of `keys` the first and the last years of its runs of consecutive years, as two lists."""
    return (
        years.sort(*keys, "year")
        .with_columns((pl.col("year") - pl.int_range(pl.len()).over(keys)).alias("run"))
        .group_by(*keys, "run", maintain_order=True)
        .agg(pl.col("year").first().alias("first"), pl.col("year").last().alias("last"))
        .group_by(keys, maintain_order=True)
        .agg("first", "last")
    )


def _spells(firsts: list[int], lasts: list[int]) -> list[tuple[str, str]]:
    return [(_day(first, "01-01"), _day(last, "12-31")) for first, last in zip(firsts, lasts, strict=True)]


def _day(year: int, day: str) -> str:
    return f"{year:04d}-{day}"


def _made_valid(writer: Any, network: Network) -> None:
    """Mend what the grammar of GEXF 1.3 does not allow, and give the yearly weight the title that Gephi knows."""
    root, graph = writer.xml, writer.graph_element
    for name in ("xmlns:xsi", "xsi:schemaLocation"):
        root.attrib.pop(name, None)
    graph.attrib.pop("name", None)
    graph.set("mode", "dynamic")
    graph.set("timeformat", "date")
    graph.set("timerepresentation", "interval")
    for attribute in graph.iter("attribute"):
        if attribute.get("title") == _YEARLY:
            attribute.set("title", "weight")
    about = clean_text(f"{network.name}: {network.settings}").removeprefix(": ")
    description = root.makeelement("description", {})
    description.text = about
    root.find("meta").append(description)
