"""Compiles SHACL shapes to Polars expressions over claim tables (:mod:`avgraph.graph.shapes` says what it knows)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, reduce
from operator import and_, or_
from pathlib import Path
from typing import Any

import polars as pl
import pyoxigraph

from avgraph.errors import AvgraphError
from avgraph.model import COMMON, KINDS, SCHEMES, ClaimKind
from avgraph.vocabulary import AV, OA, PROV, RDF, XSD, concept, term

__all__ = ["Check", "Nodes", "ShapesError", "compiled_checks"]

_SH = "http://www.w3.org/ns/shacl#"
_TEXT_EVIDENCE, _ROW_EVIDENCE = OA + "TextPositionSelector", AV + "RowSelector"


class ShapesError(AvgraphError):
    """A graph or shapes file cannot be read, or shapes ask for what claim tables cannot be checked for."""


class _Value(str):
    """The value of a literal."""

    language: str

    def __new__(cls, literal: pyoxigraph.Literal) -> _Value:
        value = super().__new__(cls, literal.value)
        value.language = literal.language or ""
        return value


def _triples(path: Path) -> Iterator[tuple[str, str, str]]:
    """Yield the triples of a Turtle file; rdflib would take 0.2 s of every build with something new to check."""
    try:
        for triple in pyoxigraph.parse(path=str(path), format=pyoxigraph.RdfFormat.TURTLE):
            s, p, o = triple.subject, triple.predicate, triple.object
            yield s.value, p.value, _Value(o) if isinstance(o, pyoxigraph.Literal) else o.value
    except (OSError, ValueError, SyntaxError) as error:
        raise ShapesError(f"cannot be read as turtle: {error}", hint="correct the file", where=str(path)) from error


class Nodes:
    """A graph as plain look-ups: node → predicate → objects, sorted."""

    def __init__(self, triples: Iterable[tuple[Any, Any, Any]], language: str, where: str) -> None:
        self.where = where
        self._language = language
        self._nodes: dict[Any, dict[str, list[Any]]] = {}
        for s, p, o in sorted(triples, key=lambda triple: tuple(map(str, triple))):
            self._nodes.setdefault(s, {}).setdefault(str(p), []).append(o)

    def __getitem__(self, node: Any) -> dict[str, list[Any]]:
        return self._nodes.get(node, {})

    def instances(self, class_: str) -> list[Any]:
        """Return the nodes of a class."""
        return [node for node, has in self._nodes.items() if class_ in map(str, has.get(RDF + "type", ()))]

    def text(self, node: Any, name: str) -> str:
        """Return the value of a SHACL property, in the language asked for if there is a choice; else empty."""
        texts = sorted(self[node].get(_SH + name, ()), key=lambda t: getattr(t, "language", "") != self._language)
        return str(texts[0]) if texts else ""

    def items(self, node: Any) -> Iterator[Any]:
        """Yield the members of an RDF list."""
        while RDF + "first" in self[node]:
            yield self[node][RDF + "first"][0]
            node = self[node][RDF + "rest"][0]


@dataclass(frozen=True, slots=True)
class _Column:
    """What a property path means in a claim table.

    `form` is ``"iri"``, ``"concept"`` (a value of the list `scheme`) or the column's dtype; evidence stands in
    several columns and has no `name`.
    """

    name: str
    form: str
    many: bool = False
    scheme: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One shape for one table; `fault` is true where a claim does not meet it."""

    shape: str
    path: str | None
    message: str
    fault: pl.Expr


_HAS_TEXT = pl.col("start").is_not_null() | pl.col("end").is_not_null()
_HAS_ROW = pl.col("row").is_not_null()
_EVIDENCE = {
    OA + "start": _Column("start", "integer"), OA + "end": _Column("end", "integer"),
    OA + "exact": _Column("quote", "string"), AV + "row": _Column("row", "integer"),
}  # fmt: skip
_DATE_LENGTHS = {XSD + "gYear": 4, XSD + "gYearMonth": 7, XSD + "date": 10}
_DATATYPES = {XSD + name: name for name in ("string", "integer", "decimal", "boolean")}
_COUNTS: dict[str, Callable[[pl.Expr, int], pl.Expr]] = {"minCount": pl.Expr.lt, "maxCount": pl.Expr.gt}
_LIMITS: dict[str, Callable[[pl.Expr, float], pl.Expr]] = {
    "minInclusive": pl.Expr.lt, "maxInclusive": pl.Expr.gt, "minExclusive": pl.Expr.le, "maxExclusive": pl.Expr.ge,
}  # fmt: skip
_LENGTHS: dict[str, Callable[[pl.Expr, int], pl.Expr]] = {"minLength": pl.Expr.lt, "maxLength": pl.Expr.gt}
_PAIRS: dict[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {"lessThan": pl.Expr.ge, "lessThanOrEquals": pl.Expr.gt}
_VALUE = {"nodeKind", "datatype", "in", "pattern", "or", *_LIMITS, *_LENGTHS}
_SAYS_NOTHING = {"name", "description", "order", "group", "message"}


@cache
def compiled_checks(path: Path, language: str) -> dict[str, list[Check]]:
    """Return the checks of every kind of claim."""
    nodes = Nodes(_triples(path), language, str(path))
    targets: dict[str, list[Any]] = {}
    known = {AV + name for name in KINDS} | {_TEXT_EVIDENCE, _ROW_EVIDENCE}
    for shape in nodes.instances(_SH + "NodeShape"):
        classes = [str(c) for c in nodes[shape].get(_SH + "targetClass", ())]
        if not classes or set(classes) - known:
            raise _unsupported(nodes, shape, "a target other than a kind of claim or of evidence")
        for class_ in classes:
            targets.setdefault(class_, []).append(shape)
    checks: dict[str, list[Check]] = {}
    for name, kind in KINDS.items():
        if AV + name not in targets:
            raise ShapesError(f"no shape targets av:{name}", hint="add one with sh:targetClass", where=str(path))
        found = [c for s in targets[AV + name] for c in _Compiler(nodes, _columns(kind)).checks(s)]
        for class_, guard in ((_TEXT_EVIDENCE, _HAS_TEXT), (_ROW_EVIDENCE, _HAS_ROW)):
            for c in (c for s in targets.get(class_, ()) for c in _Compiler(nodes, _EVIDENCE).checks(s)):
                found.append(Check(c.shape, c.path, c.message, guard & c.fault))
        checks[name] = found
    return checks


def _columns(kind: ClaimKind) -> dict[str, _Column]:
    """Return the columns of a claim table by property IRI."""
    columns = {PROV + "wasDerivedFrom": _Column("source", "iri"), AV + "evidence": _Column("", "iri"),
               AV + "status": _Column("status", "concept", scheme="status")}  # fmt: skip
    dtypes = dict(COMMON)
    for name in ("confidence", "method", "valid_from", "valid_to", "observed"):
        columns[term(name)] = _Column(name, dtypes[name])
    columns |= {term(r.name): _Column(r.name, "iri", r.many) for r in kind.roles}
    columns |= {term(a.name): _Column(a.name, "concept" if a.scheme else a.dtype, scheme=a.scheme or "")
                for a in kind.attributes}  # fmt: skip
    return columns


def _unsupported(nodes: Nodes, shape: Any, what: str) -> ShapesError:
    return ShapesError(
        f"shape {shape} uses {what}, for which claim tables cannot be checked",
        hint="say it with the constraints listed in avgraph.graph.shapes, or check the graph with validate_graph",
        where=nodes.where,
    )


class _Compiler:
    """Turns the node shapes of one table into checks."""

    def __init__(self, nodes: Nodes, columns: dict[str, _Column]) -> None:
        self._nodes = nodes
        self._columns = columns

    def checks(self, shape: Any) -> Iterator[Check]:
        """Yield the checks of a node shape: its property shapes, and its choices between them."""
        self._refuse(shape, {"property", "or", "targetClass"})
        for choice in self._nodes[shape].get(_SH + "or", ()):
            fault = reduce(and_, (self._property(option)[1] for option in self._nodes.items(choice)))
            yield Check(str(shape), None, self._nodes.text(shape, "message"), fault)
        for node in self._nodes[shape].get(_SH + "property", ()):
            path, fault = self._property(node)
            yield Check(str(node), path, self._nodes.text(node, "message"), fault)

    def _refuse(self, shape: Any, supported: set[str]) -> None:
        """Raise where a shape says anything in SHACL that is not compiled."""
        for predicate in sorted(self._nodes[shape]):
            name = predicate.removeprefix(_SH)
            if predicate.startswith(_SH) and name not in supported | _SAYS_NOTHING:
                raise _unsupported(self._nodes, shape, f"sh:{name}")

    def _column(self, shape: Any, path: str) -> _Column:
        if path not in self._columns:
            raise _unsupported(self._nodes, shape, f"the path {path}")
        return self._columns[path]

    def _property(self, shape: Any) -> tuple[str, pl.Expr]:
        """Return the path of a property shape and where a claim does not meet it."""
        self._refuse(shape, {"path", *_COUNTS, *_PAIRS, *_VALUE})
        path = self._nodes.text(shape, "path")
        column = self._column(shape, path)
        has = self._nodes[shape]
        faults = [breaks(_count(column), int(n)) for name, breaks in _COUNTS.items() for n in has.get(_SH + name, ())]
        for name, exceeds in _PAIRS.items():
            for other in (self._column(shape, str(o)) for o in has.get(_SH + name, ())):
                if {column.form, other.form} - {"integer", "decimal"}:
                    raise _unsupported(self._nodes, shape, f"sh:{name} between {column.form} and {other.form} values")
                faults.append(exceeds(pl.col(column.name), pl.col(other.name)))
        value = pl.element() if column.many else pl.col(column.name)
        if (wrong := self._value(shape, column, value)) is not None:
            wrong &= value.is_not_null()
            faults.append(pl.col(column.name).list.eval(wrong).list.any() if column.many else wrong)
        if not faults:
            raise _unsupported(self._nodes, shape, "no constraint at all")
        return path, reduce(or_, (f.fill_null(False) for f in faults))

    def _value(self, shape: Any, column: _Column, value: pl.Expr) -> pl.Expr | None:
        """Return where a value breaks a shape's constraints on values, None where it cannot."""
        faults = [
            fault
            for name in sorted(_VALUE)
            for given in self._nodes[shape].get(_SH + name, ())
            if (fault := self._constraint(shape, name, given, column, value)) is not None
        ]
        return reduce(or_, faults) if faults else None

    def _constraint(self, shape: Any, name: str, given: Any, column: _Column, value: pl.Expr) -> pl.Expr | None:
        """Return where a value breaks one constraint, None where its column already sees to it."""
        form = column.form
        if name == "nodeKind" and str(given) == _SH + ("IRI" if form in {"iri", "concept"} else "Literal"):
            return value == "" if form == "iri" and column.name else None
        if name == "in" and form == "concept":
            return ~value.is_in(self._concepts(shape, column.scheme, given))
        if name == "datatype" and str(given) in _DATE_LENGTHS and form in {"date", "string"}:
            return ~_is_date(value, _DATE_LENGTHS[str(given)])
        if name == "datatype" and _DATATYPES.get(str(given)) == form:
            return ~value.is_finite() if form == "decimal" else None
        if name in _LIMITS and form in {"integer", "decimal"}:
            return _LIMITS[name](value, float(given))
        if name in _LENGTHS and form == "string":
            return _LENGTHS[name](value.str.len_chars(), int(given))
        if name == "pattern" and form == "string":
            return ~value.str.contains(str(given))
        if name == "or":
            return self._alternatives(shape, given, column, value)
        raise _unsupported(self._nodes, shape, f"sh:{name} {given} on a column of {form} values")

    def _alternatives(self, shape: Any, given: Any, column: _Column, value: pl.Expr) -> pl.Expr | None:
        faults = []
        for option in self._nodes.items(given):
            self._refuse(option, _VALUE)
            if (fault := self._value(option, column, value)) is None:
                return None
            faults.append(fault)
        if not faults:
            raise _unsupported(self._nodes, shape, "an empty sh:or")
        return reduce(and_, faults)

    def _concepts(self, shape: Any, scheme: str, given: Any) -> list[str]:
        """Return the plain values of concept IRIs."""
        values = {concept(scheme, value): value for value in SCHEMES[scheme]}
        for member in self._nodes.items(given):
            if str(member) not in values:
                raise _unsupported(self._nodes, shape, f"{member}, which is not in the scheme {scheme!r}")
        return [values[str(member)] for member in self._nodes.items(given)]


def _count(column: _Column) -> pl.Expr:
    """Return how many different values a claim has for a property."""
    if not column.name:
        return _HAS_TEXT.cast(pl.Int64) + _HAS_ROW.cast(pl.Int64)
    if column.many:
        return pl.col(column.name).list.drop_nulls().list.n_unique().fill_null(0)
    return pl.col(column.name).is_not_null().cast(pl.Int64)


def _is_date(value: pl.Expr, n_chars: int) -> pl.Expr:
    """Tell whether a partial date (:mod:`avgraph.dates`) of `n_chars` characters exists in the calendar."""
    plain = value.str.strip_suffix("~")
    digits = "^[0-9]{4}" + "-[0-9]{2}" * ((n_chars - 4) // 3) + "$"
    whole = pl.concat_str(plain, pl.lit("-01-01"[n_chars - 4 :])).str.to_date("%Y-%m-%d", strict=False)
    return plain.str.contains(digits) & (whole.dt.year() > 0).fill_null(False)
