"""A snapshot as RDF files or tables for other programs."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyoxigraph

from avgraph.errors import StoreError, cannot_write
from avgraph.graph.backend import open_oxigraph
from avgraph.graph.snapshot import Snapshot
from avgraph.vocabulary import PREFIXES

__all__ = ["RDF_SUFFIXES", "TABLE_FORMATS", "export_rdf", "export_tables", "graph_text", "safe_cells"]

#: File suffix → RDF format; those without named graphs get the union of all graphs.
RDF_SUFFIXES: dict[str, pyoxigraph.RdfFormat] = {
    ".nq": pyoxigraph.RdfFormat.N_QUADS,
    ".trig": pyoxigraph.RdfFormat.TRIG,
    ".jsonld": pyoxigraph.RdfFormat.JSON_LD,
    ".ttl": pyoxigraph.RdfFormat.TURTLE,
    ".nt": pyoxigraph.RdfFormat.N_TRIPLES,
    ".rdf": pyoxigraph.RdfFormat.RDF_XML,
}
TABLE_FORMATS = ("parquet", "csv")


def export_rdf(snapshot: Snapshot, path: Path) -> int:
    """Write the graph to `path` in the format of its suffix (:data:`RDF_SUFFIXES`).

    Returns
    -------
    int
        Number of quads, or of triples where the format has no named graphs.

    Raises
    ------
    StoreError
        If the suffix is unknown or the file cannot be written.
    """
    rdf_format = RDF_SUFFIXES.get(path.suffix.lower())
    if rdf_format is None:
        raise StoreError(
            f"no RDF format has the suffix {path.suffix!r}", f"use one of {' '.join(RDF_SUFFIXES)}", str(path)
        )
    store = open_oxigraph(snapshot.store_path)
    try:
        if rdf_format.supports_datasets:
            quads = sorted(store, key=str)
            pyoxigraph.serialize(quads, str(path), rdf_format, prefixes=PREFIXES)
            return len(quads)
        triples = sorted({quad.triple for quad in store}, key=str)
        pyoxigraph.serialize(triples, str(path), rdf_format, prefixes=PREFIXES)
        return len(triples)
    except OSError as error:
        raise cannot_write(path, error) from error


def export_tables(snapshot: Snapshot, folder: Path, table_format: str = "parquet") -> list[Path]:
    """Write claims, entities, mentions, matches, conflicts and sources as one file each; return the paths.

    Lists become ``"a | b"`` in CSV, and cells that a spreadsheet would run as a formula get a leading apostrophe.
    """
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in sorted(snapshot.manifest["tables"]):
            if name == "documents":
                continue
            path = folder / f"{name}.{table_format}"
            table = snapshot.table(name)
            if table_format == "csv":
                safe_cells(table).write_csv(path)
            else:
                table.write_parquet(path)
            written.append(path)
    except OSError as error:
        raise cannot_write(folder, error) from error
    return written


def safe_cells(table: pl.DataFrame) -> pl.DataFrame:
    """Return `table` fit for CSV: flat text, no cell that a spreadsheet takes for a formula (OWASP CSV injection)."""
    flat = []
    for column, dtype in table.schema.items():
        expr = pl.col(column)
        if isinstance(dtype, pl.List):
            inner = pl.element() if dtype.inner == pl.String() else pl.element().struct.json_encode()
            expr = expr.list.eval(inner).list.join(" | ")
        if dtype == pl.String or isinstance(dtype, pl.List):
            expr = pl.when(expr.str.contains(r"^[=+\-@\t\r]")).then(pl.concat_str(pl.lit("'"), expr)).otherwise(expr)
        flat.append(expr.alias(column))
    return table.select(flat)


def graph_text(snapshot: Snapshot) -> bytes:
    """Return the union of all graphs as N-Triples."""
    store = open_oxigraph(snapshot.store_path)
    triples = {quad.triple for quad in store}
    return pyoxigraph.serialize(sorted(triples, key=str), format=pyoxigraph.RdfFormat.N_TRIPLES) or b""
