"""Checks claims against the SHACL shapes of ``ontology/shapes.ttl``, as tables and as a graph.

:func:`check_claims` compiles the shapes to Polars expressions, one for each property shape, so that millions of
claims are checked in seconds before they become quads. It knows the part of SHACL core that the shapes use
(W3C Recommendation "Shapes Constraint Language", 2017, section 4): node shapes with ``sh:targetClass``,
``sh:property`` and ``sh:or``; property shapes with a plain path, counts, ``sh:nodeKind``, ``sh:datatype``, ``sh:in``,
limits, lengths, ``sh:pattern``, ``sh:lessThan`` and ``sh:or``. A file that uses more is refused, rather than claims
passed unchecked. :func:`validate_graph` runs the whole standard over a finished graph with pySHACL.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from avgraph.errors import AvgraphError
from avgraph.graph.shape_compiler import Nodes, ShapesError, compiled_checks
from avgraph.model import KINDS, ClaimTables
from avgraph.resources import resource

__all__ = ["QUARANTINE_SCHEMA", "ShapesError", "Violation", "check_claims", "validate_graph"]

_SH = "http://www.w3.org/ns/shacl#"

#: One row for each shape that a claim does not meet: a claim with two faults has two rows.
QUARANTINE_SCHEMA: dict[str, Any] = {
    "claim": pl.String(), "kind": pl.String(), "source": pl.String(), "row": pl.Int64(), "start": pl.Int64(),
    "end": pl.Int64(), "quote": pl.String(), "shape": pl.String(), "path": pl.String(), "message": pl.String(),
}  # fmt: skip


@dataclass(frozen=True, order=True, slots=True)
class Violation:
    """One result of a full SHACL run.

    Attributes
    ----------
    focus, shape
        IRIs of the node and of the shape that it does not meet.
    path, value
        IRI of the property and its offending value; empty for a shape about several, or where a value is missing.
    message
        What to do about it.
    """

    focus: str
    shape: str
    path: str
    value: str
    message: str


def check_claims(
    claims: ClaimTables, *, shapes: Path | None = None, language: str = "en"
) -> tuple[ClaimTables, pl.DataFrame]:
    """Part the claims that meet the shapes from those that do not.

    Parameters
    ----------
    claims
        Kind → table; roles hold mention references or entity IRIs.
    shapes
        Turtle file; by default the one that ships with avgraph.
    language
        Language of the messages, ``"en"`` or ``"fr"``.

    Returns
    -------
    tuple
        The same tables without the faulty claims, and one row of :data:`QUARANTINE_SCHEMA` for each shape that a
        claim does not meet, sorted by kind, claim and shape.

    Raises
    ------
    ShapesError
        If the shapes use a construct that tables cannot be checked for, or a table is of no known kind.

    Examples
    --------
    >>> from avgraph.model import Collector
    >>> c = Collector("records/films.csv")
    >>> w, p = c.mention("w", "Work", "Unité 42"), c.mention("p", "Person", "Christophe Wagner")
    >>> c.claim("Credit", work=w, agent=p, role="director", row=2)
    >>> c.claim("Credit", work=w, agent=p, role="chef", row=3)
    >>> valid, quarantined = check_claims(c.tables({}).claims)
    >>> valid["Credit"].height, quarantined["shape"].to_list()
    (1, ['https://w3id.org/avgraph/shapes#Credit-role'])
    """
    checks = compiled_checks(shapes or resource("ontology", "shapes.ttl"), language)
    valid: ClaimTables = {}
    faulty = [pl.DataFrame(schema=QUARANTINE_SCHEMA)]
    for name, table in claims.items():
        if name not in KINDS:
            raise ShapesError(f"{name!r} is no kind of claim", hint=f"the kinds are {', '.join(KINDS)}")
        if not table.height:
            valid[name] = table
            continue
        flags = table.lazy().select(c.fault.alias(str(i)) for i, c in enumerate(checks[name])).collect()
        bad = flags.select(pl.any_horizontal(pl.all())).to_series()
        valid[name] = table.filter(~bad)
        for i, check in enumerate(checks[name]):
            if flags[str(i)].any():
                about = {"kind": name, "shape": check.shape, "path": check.path, "message": check.message}
                rows = table.filter(flags[str(i)]).with_columns(pl.lit(v, pl.String).alias(c) for c, v in about.items())
                faulty.append(rows.select(*QUARANTINE_SCHEMA))
    return valid, pl.concat(faulty).sort("kind", "claim", "source", "start", "row", "shape", maintain_order=True)


def validate_graph(data: bytes, format: str, *, shapes: Path | None = None, language: str = "en") -> list[Violation]:
    """Check a graph by full SHACL, with pySHACL; slow, meant for graphs that came from elsewhere and for audits.

    Parameters
    ----------
    data
        The graph; of a dataset, the union of its graphs is checked.
    format
        rdflib's name of the format: ``"turtle"``, ``"nquads"``, ``"trig"``, ``"nt"``, ``"json-ld"`` …
    shapes, language
        As in :func:`check_claims`.

    Returns
    -------
    list of Violation
        Sorted; empty where the graph conforms.

    Raises
    ------
    AvgraphError
        If pySHACL is not installed.
    ShapesError
        If `data` or the shapes cannot be read.
    """
    try:
        from pyshacl import validate
    except ImportError as error:
        raise AvgraphError("full SHACL needs pySHACL", hint='pip install "avgraph[shacl]"') from error
    from rdflib import Dataset, Graph

    path = shapes or resource("ontology", "shapes.ttl")
    union, logger = Graph(), logging.getLogger("rdflib.term")
    logger.addFilter(_nothing)  # rdflib logs a traceback for each ill-typed literal; the report names it anyway
    try:
        for s, p, o, _ in _parsed(Dataset(), data, format, "the graph").quads():
            union.add((s, p, o))
        _, report, _ = validate(union, shacl_graph=_parsed(Graph(), path.read_bytes(), "turtle", str(path)))
    finally:
        logger.removeFilter(_nothing)
    nodes = Nodes(report, language, "the report")
    return sorted(
        Violation(
            nodes.text(result, "focusNode"), nodes.text(result, "sourceShape"), nodes.text(result, "resultPath"),
            nodes.text(result, "value"), nodes.text(result, "resultMessage"),
        )
        for result in nodes.instances(_SH + "ValidationResult")
    )  # fmt: skip


def _parsed(graph: Any, data: bytes, format: str, where: str) -> Any:
    """Parse `data` into `graph` and return it; a :class:`ShapesError` says what cannot be read."""
    from rdflib.exceptions import ParserError
    from rdflib.plugin import PluginException

    try:
        return graph.parse(data=data, format=format)
    except (ParserError, PluginException, SyntaxError, ValueError, IndexError) as error:  # IndexError: cut off
        raise ShapesError(f"cannot be read as {format}: {error}", hint="correct the file", where=where) from error


def _nothing(record: logging.LogRecord) -> bool:
    return False
