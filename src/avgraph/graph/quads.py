"""Claim tables → quads, as N-Quads text, column by column.

Graphs: one per source (its description, its claims with their evidence, and the shortcut triples of asserted
claims), and ``graph/entities`` (with what is derived from all claims), ``graph/identity``, ``graph/conflicts`` (with
what several sources say alike), ``graph/quarantine``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from avgraph.graph import terms
from avgraph.graph.derived import shortcut_ends
from avgraph.model import KINDS, ClaimKind
from avgraph.text import content_hash
from avgraph.vocabulary import AV, DCT, OA, PROV, RDF, RDFS, SCHEMA, SKOS, concept, entity_class, expand, term

__all__ = ["COUNTRY_PROPERTIES", "COVERAGE_PROPERTIES", "DATE_PROPERTIES", "GRAPHS", "SHARED_PROPERTIES", "Naming",
           "table_lines"]  # fmt: skip

#: Named graphs beside those of the sources, below the base IRI.
GRAPHS = ("graph/entities", "graph/identity", "graph/conflicts", "graph/quarantine")
DATE_PROPERTIES = ("release date", "shoot date", "production date", "broadcast date", "production year",
                   "end date", "birth date", "death date")  # fmt: skip
#: Column of the table of entities → property of a work.
COUNTRY_PROPERTIES = {
    "producing_countries": "producingCountry", "majority_countries": "majorityCountry",
    "first_listed_countries": "firstListedCountry",
}  # fmt: skip
#: Column of the table of entities → property of an entity.
SHARED_PROPERTIES = {"shared_names": "sharedName", "shared_ids": "sharedIdentifier"}
#: Column of the table of sources → property.
COVERAGE_PROPERTIES = {
    "n_claims": "numberOfClaims", "n_asserted": "numberOfAssertedClaims", "n_planned": "numberOfPlannedClaims",
    "n_reported": "numberOfReportedClaims", "n_negated": "numberOfNegatedClaims", "n_works": "numberOfWorks",
    "first_year": "firstYear", "last_year": "lastYear",
}  # fmt: skip
_NUMBER_PROPERTIES = ("runtime", "budget")
_NUMBER = r"^-?\d{1,15}(\.\d+)?$"


@dataclass(frozen=True)
class Naming:
    """What the terms of a table's rows are made of, beside the rows.

    Attributes
    ----------
    base_iri
        Every IRI starts with it.
    graph_of
        Source → its IRI, which is also its named graph.
    """

    base_iri: str
    graph_of: Mapping[str, str]

    def graph(self, number: int) -> str:
        """Return the IRI of one of :data:`GRAPHS`."""
        return self.base_iri + GRAPHS[number]

    def source(self) -> pl.Expr:
        """Return the IRI of the row's source."""
        return pl.col("source").replace_strict(self.graph_of, default=None, return_dtype=pl.String)


def table_lines(name: str, table: pl.DataFrame, naming: Naming) -> Iterator[pl.Series]:
    """Yield the quads of a snapshot's table as columns of N-Quads lines (no line feeds), in a fixed order.

    Each quad depends on a single row, so a table may be written in pieces. Rows of one source may say the same quad.
    """
    if not table.height:
        return
    if name in _KIND_OF:
        yield from _claim_quads(_KIND_OF[name], _with_evidence(table, naming))
    elif name in _OTHERS:
        yield from _OTHERS[name](table, naming)


class _Writer:
    """Lines of one table: subject and graph are columns holding terms, predicates constants."""

    def __init__(self, table: pl.DataFrame, subject: pl.Expr, graph: pl.Expr | str) -> None:
        context = pl.lit(f"<{graph}>") if isinstance(graph, str) else graph
        self.table = table.with_columns(_s=subject, _g=context)

    def triples(self, predicate: str, obj: pl.Expr | str, where: pl.Expr | None = None) -> pl.Series:
        """Return one line for each row where the object is not null."""
        frame = self.table if where is None else self.table.filter(where)
        if isinstance(obj, str):
            obj = pl.lit(f"<{obj}>")
        line = pl.concat_str([pl.col("_s"), pl.lit(f" <{predicate}> "), obj, pl.lit(" "), pl.col("_g"), pl.lit(" .")])
        return frame.select(line.alias("q"))["q"].drop_nulls()

    def each(self, predicate: str, column: str, write: object = None) -> pl.Series:
        """Return one line for each item of a list column (IRIs unless `write` makes other terms)."""
        frame = self.table.select("_s", "_g", column).explode(column, empty_as_null=True)
        maker = terms.literal if write == "literal" else terms.iri
        other = _Writer(frame, pl.col("_s"), pl.col("_g"))
        return other.triples(predicate, maker(pl.col(column)))


def _with_evidence(table: pl.DataFrame, naming: Naming) -> pl.DataFrame:
    """Add the IRIs of source and evidence: RFC 5147 character ranges, or the row with a hash of its cells."""
    source = naming.source()
    in_rows = table["quote"].is_not_null() & table["start"].is_null()
    quotes = table["quote"].filter(in_rows).unique(maintain_order=True)
    short = pl.DataFrame({"quote": quotes, "_cells": [content_hash(q, n_hex=8) for q in quotes]},
                         schema={"quote": pl.String(), "_cells": pl.String()})  # fmt: skip
    table = table.join(short, on="quote", how="left", maintain_order="left")
    cells = pl.col("_cells").fill_null("")
    evidence = (
        pl.when(pl.col("start").is_not_null())
        .then(terms.joined(source, "#char=", pl.col("start"), ",", pl.col("end")))
        .when(pl.col("row").is_not_null())
        .then(terms.joined(source, "#row=", pl.col("row"), "-", cells))
        .otherwise(source)
    )
    return table.with_columns(_source=source, _evidence=evidence)


def _claim_quads(kind: ClaimKind, table: pl.DataFrame) -> Iterator[pl.Series]:
    out = _Writer(table, terms.iri(pl.col("claim")), terms.iri(pl.col("_source")))
    yield out.triples(RDF + "type", AV + kind.name)
    for role in kind.roles:
        if role.many:
            yield out.each(term(role.name), role.name)
        else:
            yield out.triples(term(role.name), terms.iri(pl.col(role.name)))
    for attribute in kind.attributes:
        yield out.triples(term(attribute.name), _attribute_term(kind, attribute.name))
    yield out.triples(AV + "status", terms.concept_iri(pl.col("status"), "status"))
    yield out.triples(AV + "confidence", terms.decimal(pl.col("confidence")))
    yield out.triples(AV + "method", terms.literal(pl.col("method")))
    for column in ("valid_from", "valid_to", "observed"):
        yield out.triples(term(column), terms.date(pl.col(column)))
    dates = [a.name for a in kind.attributes if a.dtype == "date"] + ["valid_from", "valid_to"]
    about = pl.any_horizontal(*(pl.col(c).str.ends_with("~").fill_null(False) for c in dates))
    yield out.triples(AV + "approximateDate", terms.boolean(pl.lit(True)), about)
    yield out.triples(PROV + "wasDerivedFrom", terms.iri(pl.col("_source")))
    yield out.triples(AV + "evidence", terms.iri(pl.col("_evidence")))
    yield from _evidence_quads(table)
    yield from _shortcut_quads(kind, table)


def _attribute_term(kind: ClaimKind, name: str) -> pl.Expr:
    """Return the term of an attribute; the value of a work fact is typed by its property."""
    if kind.name == "WorkFact" and name == "value":
        value, prop = pl.col("value"), pl.col("property")
        return (
            pl.when(prop.is_in(DATE_PROPERTIES))
            .then(terms.date(value))
            .when(prop.is_in(_NUMBER_PROPERTIES) & value.str.contains(_NUMBER))
            .then(terms.decimal(value.cast(pl.Float64, strict=False)))
            .otherwise(terms.literal(value))
        )
    attribute = next(a for a in kind.attributes if a.name == name)
    return terms.term_of(pl.col(name), attribute.dtype, attribute.scheme)


def _evidence_quads(table: pl.DataFrame) -> Iterator[pl.Series]:
    unique = table.unique("_evidence", keep="first", maintain_order=True).filter(
        pl.col("start").is_not_null() | pl.col("row").is_not_null()
    )
    out = _Writer(unique, terms.iri(pl.col("_evidence")), terms.iri(pl.col("_source")))
    text = pl.col("start").is_not_null()
    yield out.triples(RDF + "type", OA + "TextQuoteSelector", text)
    yield out.triples(RDF + "type", OA + "TextPositionSelector", text)
    yield out.triples(RDF + "type", AV + "RowSelector", ~text)
    yield out.triples(OA + "exact", terms.literal(pl.col("quote")))
    yield out.triples(OA + "start", terms.integer(pl.col("start")))
    yield out.triples(OA + "end", terms.integer(pl.col("end")))
    yield out.triples(AV + "row", terms.integer(pl.col("row")))
    yield out.triples(PROV + "wasDerivedFrom", terms.iri(pl.col("_source")))


def _shortcut_quads(kind: ClaimKind, table: pl.DataFrame) -> Iterator[pl.Series]:
    for shortcut in kind.shortcuts:
        frame = shortcut_ends(table, kind, shortcut)
        if not frame.height:
            continue
        is_role = shortcut.object in kind.role_names
        obj = terms.iri(pl.col("_to")) if is_role else _attribute_term(kind, shortcut.object)
        out = _Writer(frame, terms.iri(pl.col("_from")), terms.iri(pl.col("_source")))
        yield out.triples(expand(shortcut.predicate), obj)


def _source_quads(sources: pl.DataFrame, naming: Naming) -> Iterator[pl.Series]:
    out = _Writer(sources, terms.iri(pl.col("iri")), terms.iri(pl.col("iri")))
    for kind, class_ in (("article", "Article"), ("record", "Record")):
        yield out.triples(RDF + "type", AV + class_, pl.col("kind") == kind)
    yield out.triples(AV + "path", terms.literal(pl.col("source")))
    texts = (("title", DCT + "title"), ("publisher", DCT + "publisher"), ("language", DCT + "language"),
             ("reference", DCT + "source"), ("sha256", AV + "sha256"), ("reader", AV + "reader"))  # fmt: skip
    for column, predicate in texts:
        yield out.triples(predicate, terms.literal(pl.col(column)))
    yield out.triples(SCHEMA + "url", terms.literal(pl.col("url")))
    yield out.triples(DCT + "date", terms.date(pl.col("date")))
    # These depend on what the entities are, which another source may change.
    derived = _Writer(sources, terms.iri(pl.col("iri")), naming.graph(0))
    for column, property_ in COVERAGE_PROPERTIES.items():
        yield derived.triples(AV + property_, terms.integer(pl.col(column)))


def _entity_quads(entities: pl.DataFrame, naming: Naming) -> Iterator[pl.Series]:
    classes = {
        (t, s): entity_class(t, s)
        for t, s in entities.select("type", "subtype").unique(maintain_order=True).iter_rows()
    }
    frame = entities.with_columns(
        _class=pl.Series(
            "_class", [classes[pair] for pair in entities.select("type", "subtype").iter_rows()], pl.String()
        )
    )
    out = _Writer(frame, terms.iri(pl.col("entity")), naming.graph(0))
    yield out.triples(RDF + "type", terms.iri(pl.col("_class")))
    yield out.triples(RDFS + "label", terms.literal(pl.col("label")))
    yield out.each(SKOS + "altLabel", "names", "literal")
    yield out.each(SCHEMA + "identifier", "ids", "literal")
    yield out.each(AV + "countryCode", "countries", "literal")
    for column, property_ in (*COUNTRY_PROPERTIES.items(), *SHARED_PROPERTIES.items()):
        yield out.each(AV + property_, column, "literal")
    yield out.triples(AV + "year", terms.integer(pl.col("year")))
    yield out.triples(AV + "subtype", terms.literal(pl.col("subtype")))
    yield out.triples(AV + "generic", terms.boolean(pl.col("generic")), pl.col("generic"))


def _mention_iri(base_iri: str, refs: pl.Series) -> pl.Series:
    return pl.Series(refs.name, [f"<{base_iri}mention/{content_hash(ref)}>" for ref in refs], dtype=pl.String())


def _mention_quads(mentions: pl.DataFrame, naming: Naming) -> Iterator[pl.Series]:
    frame = mentions.with_columns(_mention_iri(naming.base_iri, mentions["ref"]).alias("_mention"))
    out = _Writer(frame, pl.col("_mention"), naming.graph(1))
    yield out.triples(RDF + "type", AV + "Mention")
    yield out.triples(AV + "name", terms.literal(pl.col("name")))
    yield out.triples(AV + "denotes", terms.iri(pl.col("entity")))
    yield out.triples(PROV + "wasDerivedFrom", terms.iri(naming.source()))


def _match_quads(matches: pl.DataFrame, naming: Naming) -> Iterator[pl.Series]:
    ids = [content_hash(left, right) for left, right in matches.select("left_ref", "right_ref").iter_rows()]
    feature = pl.element().struct.field
    reason = (
        pl.col("reasons")
        .list.eval(
            terms.joined(
                feature("feature"), " ", feature("score").round(3), ": ",
                feature("left").fill_null(""), " ~ ", feature("right").fill_null(""),
            )
        )
        .list.join("; ")
    )  # fmt: skip
    frame = matches.with_columns(
        _mention_iri(naming.base_iri, matches["left_ref"]).alias("_left"),
        _mention_iri(naming.base_iri, matches["right_ref"]).alias("_right"),
        _id=pl.Series(ids, dtype=pl.String()),
        _reason=reason,
    )
    graph = naming.graph(1)
    out = _Writer(frame, terms.joined(f"<{naming.base_iri}match/", pl.col("_id"), ">"), graph)
    yield out.triples(RDF + "type", AV + "Match")
    yield out.triples(AV + "left", pl.col("_left"))
    yield out.triples(AV + "right", pl.col("_right"))
    for verdict in ("same", "possiblySame", "different"):
        name = {"possiblySame": "possibly same"}.get(verdict, verdict)
        yield out.triples(AV + "verdict", concept("verdict", name), pl.col("verdict") == verdict)
    yield out.triples(AV + "score", terms.decimal(pl.col("score")))
    yield out.triples(AV + "decidedBy", terms.literal(pl.col("decided_by")))
    yield out.triples(AV + "reason", terms.literal(pl.col("_reason")))
    maybe = matches.filter((pl.col("verdict") == "possiblySame") & (pl.col("left_entity") != pl.col("right_entity")))
    for a, b in (("left_entity", "right_entity"), ("right_entity", "left_entity")):
        yield _Writer(maybe, terms.iri(pl.col(a)), graph).triples(AV + "possiblySame", terms.iri(pl.col(b)))


def _conflict_quads(conflicts: pl.DataFrame, naming: Naming) -> Iterator[pl.Series]:
    out = _Writer(conflicts, terms.iri(pl.col("conflict")), naming.graph(2))
    yield out.triples(RDF + "type", AV + "Conflict")
    yield out.triples(AV + "rule", terms.literal(pl.col("rule")))
    yield out.triples(AV + "subject", terms.iri(pl.col("subject")))
    yield out.triples(AV + "aspect", terms.literal(pl.col("property")))
    yield out.triples(AV + "outcome", terms.concept_iri(pl.col("outcome"), "conflict"))
    yield out.triples(AV + "explanation", terms.literal(pl.col("explanation")))
    yield out.triples(AV + "preferredBy", terms.literal(pl.col("preferred_by")))
    yield out.triples(AV + "settledBy", terms.literal(pl.col("settled_by")))


def _side_quads(sides: pl.DataFrame, naming: Naming) -> Iterator[pl.Series]:
    graph = naming.graph(2)
    named = pl.element().replace_strict(naming.graph_of, default=None, return_dtype=pl.String)
    sides = sides.with_columns(
        _side=terms.joined("<", pl.col("conflict"), "/side/", pl.col("side"), ">"),
        _sources=pl.col("sources").list.eval(named),
    )
    yield _Writer(sides, terms.iri(pl.col("conflict")), graph).triples(AV + "side", pl.col("_side"))
    out = _Writer(sides, pl.col("_side"), graph)
    yield out.triples(RDF + "type", AV + "ConflictSide")
    yield out.triples(AV + "value", terms.literal(pl.col("value")))
    yield out.each(AV + "claim", "claims")
    yield out.triples(AV + "preferred", terms.boolean(pl.col("preferred")))
    yield out.triples(AV + "numberOfIndependentSources", terms.integer(pl.col("n_independent")))
    yield out.each(PROV + "wasDerivedFrom", "_sources")
    for state, property_ in (("disputed", "disputedIn"), ("outweighed", "outweighedIn")):
        claims = sides.filter(pl.col(state)).explode("claims", empty_as_null=True).drop_nulls("claims")
        yield _Writer(claims, terms.iri(pl.col("claims")), graph).triples(AV + property_, terms.iri(pl.col("conflict")))


def _agreement_quads(agreements: pl.DataFrame, naming: Naming) -> Iterator[pl.Series]:
    out = _Writer(agreements, terms.iri(pl.col("agreement")), naming.graph(2))
    yield out.triples(RDF + "type", AV + "Corroboration")
    yield out.triples(AV + "kind", terms.literal(pl.col("kind")))
    yield out.triples(AV + "subject", terms.iri(pl.col("subject")))
    yield out.triples(AV + "numberOfSources", terms.integer(pl.col("n_sources")))
    yield out.triples(AV + "numberOfIndependentSources", terms.integer(pl.col("n_independent")))
    yield out.each(AV + "claim", "claims")
    yield out.triples(AV + "alsoNames", terms.literal(pl.col("also_names")))
    yield out.triples(AV + "sourcePaths", terms.literal(pl.col("paths")))


def _quarantine_quads(table: pl.DataFrame, naming: Naming) -> Iterator[pl.Series]:
    out = _Writer(table, terms.iri(pl.col("claim")), naming.graph(3))
    yield out.triples(RDF + "type", AV + "QuarantinedClaim")
    yield out.triples(AV + "kind", terms.literal(pl.col("kind")))
    yield out.triples(AV + "reason", terms.literal(pl.col("message")))
    yield out.triples(AV + "shape", terms.iri(pl.col("shape")))
    yield out.triples(OA + "exact", terms.literal(pl.col("quote")))
    yield out.triples(AV + "row", terms.integer(pl.col("row")))
    yield out.triples(PROV + "wasDerivedFrom", terms.iri(naming.source()))


_KIND_OF = {kind.table: kind for kind in KINDS.values()}
_OTHERS: dict[str, Callable[[pl.DataFrame, Naming], Iterator[pl.Series]]] = {
    "sources": _source_quads,
    "mentions": _mention_quads,
    "entities": _entity_quads,
    "matches": _match_quads,
    "conflicts": _conflict_quads,
    "sides": _side_quads,
    "agreements": _agreement_quads,
    "quarantined": _quarantine_quads,
}
