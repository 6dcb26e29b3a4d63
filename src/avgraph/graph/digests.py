"""How many statements a graph holds, and a digest that tells whether they are the same on two stores.

The digest of a graph is the sum of the SHA-256 hashes of its N-Triples lines modulo 2^256 (Bellare & Micciancio
1997, "AdHash"): it does not depend on the order of the lines, so neither side has to sort or to hold them. It tells
a changed or lost statement, which is what it is for; it is no signature against somebody who forges statements.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass

import pyoxigraph

from avgraph.graph.backend import open_oxigraph
from avgraph.graph.snapshot import Snapshot
from avgraph.vocabulary import XSD

__all__ = ["GraphState", "GraphSum", "canonical_line", "graph_states", "store_states"]

#: File in the folder of a snapshot.
_KEPT = "graph-states.json"
_MODULUS = 1 << 256
_CANONICAL = re.compile(rf'"([+-]?)(\d*)(?:\.(\d*))?"\^\^<{re.escape(XSD)}(decimal|integer)>$')
_BOOLEAN = re.compile(rf'"([01])"\^\^<{re.escape(XSD)}boolean>$')


@dataclass(frozen=True)
class GraphState:
    """Number of statements of a graph, and their digest (64 hexadecimal digits)."""

    n_quads: int
    digest: str


class GraphSum:
    """The state of a graph whose statements come one by one, each once, in any order.

    >>> one, other = GraphSum(), GraphSum()
    >>> for line in ("<urn:a> <urn:b> <urn:c>", '<urn:a> <urn:b> "d"'): one.add(line)
    >>> for line in ('<urn:a> <urn:b> "d"', "<urn:a> <urn:b> <urn:c>"): other.add(line)
    >>> one.state() == other.state(), one.state().n_quads
    (True, 2)
    """

    def __init__(self) -> None:
        self._n = 0
        self._sum = 0

    def add(self, line: str) -> None:
        """Add a statement: its N-Triples line without the final point."""
        digest = hashlib.sha256(canonical_line(line).encode("utf-8", "surrogatepass")).digest()
        self._sum += int.from_bytes(digest, "big")
        self._n += 1

    def state(self) -> GraphState:
        """Return the state of what was added so far."""
        return GraphState(self._n, f"{self._sum % _MODULUS:064x}")


def canonical_line(line: str) -> str:
    """Return a line with its number or boolean as XSD 1.1 writes it canonically; some servers store only the value.

    >>> canonical_line('<urn:a> <urn:b> "036.70"^^<http://www.w3.org/2001/XMLSchema#decimal>')
    '<urn:a> <urn:b> "36.7"^^<http://www.w3.org/2001/XMLSchema#decimal>'
    >>> canonical_line('<urn:a> <urn:b> "1"^^<http://www.w3.org/2001/XMLSchema#boolean>')
    '<urn:a> <urn:b> "true"^^<http://www.w3.org/2001/XMLSchema#boolean>'
    """
    if line.endswith(("decimal>", "integer>")):
        return _CANONICAL.sub(_number, line)
    if line.endswith("boolean>"):
        return _BOOLEAN.sub(lambda m: f'"{"true" if m[1] == "1" else "false"}"^^<{XSD}boolean>', line)
    return line


def _number(found: re.Match[str]) -> str:
    sign, whole, part, datatype = found[1], found[2].lstrip("0") or "0", (found[3] or "").rstrip("0"), found[4]
    lexical = f"{whole}.{part}" if part else whole
    minus = "-" if sign == "-" and lexical != "0" else ""
    return f'"{minus}{lexical}"^^<{XSD}{datatype}>'


def store_states(store: pyoxigraph.Store) -> dict[str, GraphState]:
    """Return the state of each named graph of `store`, by graph IRI in alphabetical order."""
    sums: dict[str, GraphSum] = defaultdict(GraphSum)
    for quad in store.quads_for_pattern(None, None, None, None):
        if isinstance(quad.graph_name, pyoxigraph.NamedNode):
            sums[quad.graph_name.value].add(str(quad.triple))
    return {graph: sums[graph].state() for graph in sorted(sums)}


def graph_states(snapshot: Snapshot) -> dict[str, GraphState]:
    """Return the state of each named graph of a snapshot, by graph IRI in alphabetical order.

    It is computed once for each snapshot, which never changes, and kept beside it where the folder can be written.

    Raises
    ------
    StoreError
        If its store cannot be read.
    """
    kept = snapshot.path / _KEPT
    try:
        known = json.loads(kept.read_text(encoding="utf-8"))
        return {graph: GraphState(int(n), str(digest)) for graph, (n, digest) in known.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        pass
    states = store_states(open_oxigraph(snapshot.store_path))
    new = kept.with_name(f"{_KEPT}.{os.getpid()}")
    with suppress(OSError):
        text = json.dumps({graph: [s.n_quads, s.digest] for graph, s in states.items()}, ensure_ascii=False, indent=0)
        new.write_text(text, encoding="utf-8")
        new.replace(kept)
    return states
