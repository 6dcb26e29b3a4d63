"""Polars expressions that write RDF terms in N-Quads syntax."""

from __future__ import annotations

import polars as pl

from avgraph.vocabulary import CONCEPT, XSD

__all__ = ["boolean", "concept_iri", "date", "decimal", "integer", "iri", "joined", "literal", "term_of", "typed"]

# Controls that XML cannot carry would break every XML result later; they mean nothing in a name or quote.
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"


def joined(*parts: pl.Expr | str) -> pl.Expr:
    """Return the parts joined, null where one is null.

    ``pl.format`` would read better, but panics on some chunked columns (Polars 2.1).
    """
    return pl.concat_str([pl.lit(part) if isinstance(part, str) else part for part in parts])


def iri(value: pl.Expr) -> pl.Expr:
    """Return ``<value>``; the value is an IRI already."""
    return joined("<", value, ">")


def literal(value: pl.Expr) -> pl.Expr:
    """Return a plain string literal, escaped."""
    escaped = (
        value.str.replace_all(_CONTROL, "")
        .str.replace_all("\\", "\\\\", literal=True)
        .str.replace_all('"', '\\"', literal=True)
        .str.replace_all("\n", "\\n", literal=True)
        .str.replace_all("\r", "\\r", literal=True)
    )
    return joined('"', escaped, '"')


def typed(lexical: pl.Expr, datatype: str) -> pl.Expr:
    """Return a literal of an XSD datatype; the lexical form needs no escape."""
    return joined('"', lexical, f'"^^<{XSD}{datatype}>')


def integer(value: pl.Expr) -> pl.Expr:
    """Return an xsd:integer."""
    return typed(value.cast(pl.String), "integer")


def decimal(value: pl.Expr) -> pl.Expr:
    """Return an xsd:decimal of at most six places, in canonical form, so that all stores give back the same."""
    rounded = value.round(6)
    whole = rounded == rounded.floor()
    lexical = (
        pl.when(whole)
        .then(rounded.cast(pl.Int64).cast(pl.String))
        .otherwise(rounded.cast(pl.Decimal(38, 6)).cast(pl.String).str.strip_chars_end("0"))
    )
    return typed(lexical, "decimal")


def boolean(value: pl.Expr) -> pl.Expr:
    """Return an xsd:boolean."""
    return typed(pl.when(value).then(pl.lit("true")).otherwise(pl.lit("false")), "boolean")


def date(value: pl.Expr) -> pl.Expr:
    """Return an xsd:gYear, xsd:gYearMonth or xsd:date, by the precision of the partial date."""
    lexical = value.str.strip_chars_end("~")
    n = lexical.str.len_chars()
    return (
        pl.when(n == 4)
        .then(typed(lexical, "gYear"))
        .when(n == 7)
        .then(typed(lexical, "gYearMonth"))
        .otherwise(typed(lexical, "date"))
    )


def concept_iri(value: pl.Expr, scheme: str) -> pl.Expr:
    """Return the concept of a closed value."""
    return joined(f"<{CONCEPT}{scheme}-", value.str.replace_all(" ", "-", literal=True), ">")


def term_of(value: pl.Expr, dtype: str, scheme: str | None = None) -> pl.Expr:
    """Return the term of a claim's attribute of `dtype` (see :class:`avgraph.model.Attribute`)."""
    if scheme:
        return concept_iri(value, scheme)
    writers = {"string": literal, "integer": integer, "decimal": decimal, "boolean": boolean, "date": date}
    return writers[dtype](value)
