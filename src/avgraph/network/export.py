"""Files for other programs: GEXF, GraphML, and tables of edges and nodes.

The writers of NetworkX refuse None and lists, write characters that XML forbids, and date their files.  Here
what is unknown is left out, lists are joined, texts are made legal, and the same network gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import networkx as nx
import polars as pl
from networkx.readwrite.gexf import GEXFWriter

from avgraph.errors import AvgraphError
from avgraph.network.membership import labelled_ends
from avgraph.network.tie import evidence
from avgraph.text import single_line

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network

__all__ = ["clean_text", "legal_ids", "plain_graph", "write_edges", "write_gexf", "write_graphml", "write_nodes"]

_SEPARATOR = " | "
# What XML 1.0 does not allow (production 2 of its grammar); lone surrogates cannot be written as UTF-8 either.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# A cell that begins so is run as a formula by spreadsheets.
_FORMULA = r"^[=+\-@\t\r]"


def clean_text(text: str) -> str:
    r"""Return `text` on one line without the characters that XML forbids.

    >>> clean_text('Les "Films"\x00 du\nFleuve 🎬')
    'Les "Films" du Fleuve 🎬'
    """
    return single_line(_ILLEGAL.sub("", text))


def legal_ids(nodes: Iterable[str]) -> dict[str, str]:
    """Return an id for each node that XML can hold: itself, or percent-encoded where it cannot be written."""
    nodes = list(nodes)
    ids = {node: node for node in nodes if clean_text(node) == node}
    taken = set(ids)
    for node in nodes:
        if node not in ids:
            legal = quote(node.encode("utf-8", "surrogatepass"), safe=":/#?&=,;@!$'()*+~")
            while legal in taken:
                legal += "_"
            ids[node] = legal
            taken.add(legal)
    return ids


def _plain(attributes: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for name, value in attributes.items():
        if isinstance(value, list):
            value = _SEPARATOR.join(value)
        if isinstance(value, str):
            value = clean_text(value)
        # An empty text says no more than none, and comes back from neither format.
        if value is not None and value != "":
            plain[name] = value
    return plain


def plain_graph(network: Network) -> nx.Graph:
    """Return a copy of ``network.graph`` whose attributes are texts and numbers that XML can hold."""
    ids = legal_ids(network.graph)
    graph = nx.Graph(name=clean_text(network.name))
    for node, attributes in network.graph.nodes(data=True):
        plain = _plain(attributes)
        graph.add_node(ids[node], **({"label": ids[node]} | plain))
    graph.add_edges_from((ids[a], ids[b], _plain(attributes)) for a, b, attributes in network.graph.edges(data=True))
    return graph


def write_graphml(network: Network, path: str | Path) -> Path:
    """Write the network as GraphML; return the path."""
    path = Path(path)
    # The writer in pure Python: the other one needs lxml and writes other bytes.
    nx.write_graphml_xml(plain_graph(network), path, encoding="utf-8", infer_numeric_types=True)
    return path


def write_gexf(network: Network, path: str | Path, *, dynamic: bool = False) -> Path:
    """Write the network as GEXF 1.2, or with its years as GEXF 1.3; return the path."""
    path = Path(path)
    if dynamic:
        from avgraph.network.spells import dynamic_writer

        writer = dynamic_writer(network)
    else:
        writer = GEXFWriter(version="1.2draft")
        writer.add_graph(plain_graph(network))
    meta = writer.xml.find("meta")
    # Today's date and NetworkX' version would make every file a new one.
    meta.attrib.pop("lastmodifieddate", None)
    meta.find("creator").text = "avgraph"
    with path.open("wb") as file:
        writer.write(file)
    return path


def write_edges(network: Network, path: str | Path, *, with_evidence: bool = False) -> Path:
    """Write the edges with the labels of their ends; return the path."""
    table = network.edges
    if with_evidence:
        table = table.join(evidence(network), on=["source", "target"], how="left", maintain_order="left")
    return _write_table(labelled_ends(table, network.nodes), path)


def write_nodes(network: Network, path: str | Path) -> Path:
    """Write the nodes; return the path."""
    return _write_table(network.nodes, path)


def _write_table(table: pl.DataFrame, path: str | Path) -> Path:
    path = Path(path)
    match path.suffix.lower():
        case ".parquet":
            table.write_parquet(path)
        case ".csv":
            _for_spreadsheets(table).write_csv(path)
        case ".tsv":
            _for_spreadsheets(table).write_csv(path, separator="\t")
        case suffix:
            raise AvgraphError(
                f"tables are not written as {suffix or 'a file without suffix'!r}", "use .csv, .tsv or .parquet",
                str(path),
            )  # fmt: skip
    return path


def _for_spreadsheets(table: pl.DataFrame) -> pl.DataFrame:
    """Return `table` with lists joined and no text cell that a spreadsheet would run."""
    lists = [name for name, dtype in table.schema.items() if dtype == pl.List(pl.String)]
    joined = table.with_columns(pl.col(lists).list.join(_SEPARATOR))
    return joined.with_columns(pl.col(pl.String).str.replace(_FORMULA, "'${0}"))
