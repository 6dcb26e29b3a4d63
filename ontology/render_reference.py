"""``docs/ontology.md``: a page to browse the ontology by, read off the Turtle files and the claim kinds."""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import OWL, RDF, RDFS, SKOS, BNode, Graph, URIRef
from rdflib.collection import Collection
from rdflib.term import Node
from terms import concepts, label, ontology

from avgraph import vocabulary
from avgraph.model import KINDS, SCHEMES, ClaimKind

__all__ = ["EXAMPLE", "reference_markdown"]

#: One claim as avgraph writes it; the shapes accept it (a test holds it to that).
EXAMPLE = """\
@prefix av: <https://w3id.org/avgraph/ontology#> .
@prefix avc: <https://w3id.org/avgraph/concept#> .
@prefix id: <https://w3id.org/avgraph/id/> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix schema: <https://schema.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<https://w3id.org/avgraph/id/claim/participation/5d0c2f> a av:Participation ;
    av:work id:the-lighthouse-keeper-1f6e ;
    av:organization id:north-quay-films-77ab ;
    av:country id:luxembourg-lu ;
    av:role avc:participation-co-producer ;
    av:standing avc:standing-minority ;
    av:share 0.35 ;
    av:status avc:status-asserted ;
    av:confidence 0.92 ;
    av:method "share-in-brackets@2" ;
    av:observed "2019-10-16"^^xsd:date ;
    prov:wasDerivedFrom <https://w3id.org/avgraph/id/source/articles/quay.txt> ;
    av:evidence <https://w3id.org/avgraph/id/source/articles/quay.txt#char=112,154> .

<https://w3id.org/avgraph/id/source/articles/quay.txt#char=112,154> a oa:TextQuoteSelector , oa:TextPositionSelector ;
    oa:exact "co-produced by North Quay Films (LU, 35 %)" ;
    oa:start 112 ;
    oa:end 154 .

# Beside an asserted claim stand plain triples for everyday questions:
id:the-lighthouse-keeper-1f6e av:coProducedBy id:north-quay-films-77ab ;
    schema:productionCompany id:north-quay-films-77ab ;
    av:coProductionCountry id:luxembourg-lu .
"""

_MORE_PREFIXES = {
    "ec": "http://www.ebu.ch/metadata/ontologies/ebucoreplus#",
    "org": "http://www.w3.org/ns/org#",
    "sh": "http://www.w3.org/ns/shacl#",
    "wd": "http://www.wikidata.org/entity/",
    "wdt": "http://www.wikidata.org/prop/direct/",
}
_ALIGNMENTS = (
    (RDFS.subClassOf, "subclass of"), (RDFS.subPropertyOf, "subproperty of"), (SKOS.exactMatch, "same as"),
    (SKOS.closeMatch, "close to"), (RDFS.seeAlso, "see also"),
)  # fmt: skip


def reference_markdown() -> str:
    """Return the page as Markdown."""
    parts = [_introduction(), _claim_kinds(), _classes(), _properties(), _schemes(), _example()]
    return "\n\n".join(parts) + "\n"


def _introduction() -> str:
    version = ontology().value(URIRef("https://w3id.org/avgraph/ontology"), OWL.versionInfo)
    return f"""\
<!-- Made by ontology/render.py: change the Turtle files or the claim kinds and run it again. -->
# The avgraph ontology

Version {version}. Every claim is a node of its own with its source, its evidence, its status and the confidence of its
reading; beside asserted claims stand plain *shortcut* triples. Terms of schema.org, PROV-O, SKOS and the Web Annotation
vocabulary are used as they are; `av:` holds what none of them has. Every term has its label and comment in English and
French in the Turtle files.

| Prefix | Namespace | File |
|---|---|---|
| `av:` | {vocabulary.AV} | [avgraph.ttl](../ontology/avgraph.ttl) |
| `avc:` | {vocabulary.CONCEPT} | [concepts.ttl](../ontology/concepts.ttl) |
| `avs:` | https://w3id.org/avgraph/shapes# | [shapes.ttl](../ontology/shapes.ttl) |

[context.jsonld](../ontology/context.jsonld) gives every term a short JSON name: `director`, `coProducedBy`, `Credit`.

- [Kinds of claim](#kinds-of-claim): {_links(f"av:{k}" for k in KINDS)}
- [Classes](#classes)
- [Properties](#properties)
- [Concept schemes](#concept-schemes)
- [One claim in Turtle](#one-claim-in-turtle)"""


def _links(curies: Iterable[str]) -> str:
    return ", ".join(_linked(c) for c in curies)


def _anchor(curie: str) -> str:
    """Return the anchor of a term on this page; classes and properties may differ by case alone."""
    local = curie.partition(":")[2]
    return f"{'class' if local[0].isupper() else 'term'}-{local.lower()}"


def _curie(iri: str) -> str:
    for prefix, namespace in {**vocabulary.PREFIXES, **_MORE_PREFIXES}.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


def _linked(curie: str) -> str:
    """Return a term as code, linked to its entry here, or to its home page where it has one."""
    prefix, _, local = curie.partition(":")
    if prefix == "av":
        return f"[`{curie}`](#{_anchor(curie)})"
    if prefix == "avc":
        return f"[`{curie}`](#scheme-{local})" if local in {*SCHEMES, "verdict", "conflict"} else f"`{curie}`"
    if prefix in {"http", "https"}:
        return f"<{curie}>"
    return f"[`{curie}`]({_home(prefix, local)})"


def _home(prefix: str, local: str) -> str:
    if prefix in {"wd", "wdt"}:
        return f"https://www.wikidata.org/wiki/{'Property:' if local.startswith('P') else ''}{local}"
    return {**vocabulary.PREFIXES, **_MORE_PREFIXES}[prefix] + local


def _claim_kinds() -> str:
    return "\n\n".join(
        [
            "## Kinds of claim",
            "Each kind is a class, a table of the same columns and a SHACL shape. Beside its own columns, every claim "
            f"has its source ({_linked('prov:wasDerivedFrom')}), "
            + _links(["av:evidence", "av:status", "av:confidence", "av:method", "av:validFrom", "av:validTo"])
            + f" and {_linked('av:observed')}.",
            *(_kind(kind) for kind in KINDS.values()),
        ]
    )


def _kind(kind: ClaimKind) -> str:
    rows = ["| Column | Property | Takes | Required |", "|---|---|---|---|"]
    for role in kind.roles:
        takes = " or ".join(role.types) + (", several" if role.many else "")
        either = "one of these" if role.name in kind.any_of else ""
        rows.append(_row(role.name, takes, "yes" if role.required else either))
    for attribute in kind.attributes:
        takes = attribute.dtype
        if attribute.scheme:
            takes = f"[{attribute.scheme}](#scheme-{attribute.scheme}): " + ", ".join(SCHEMES[attribute.scheme])
        rows.append(_row(attribute.name, takes, "yes" if attribute.required else ""))
    parts = [f"### {kind.name}", _comment(ontology(), URIRef(vocabulary.AV + kind.name)), "\n".join(rows)]
    if kind.shortcuts:
        lines = []
        for shortcut in kind.shortcuts:
            when = f", where {shortcut.when[0]} is {' or '.join(shortcut.when[1])}" if shortcut.when else ""
            lines.append(f"- {shortcut.subject} {_linked(shortcut.predicate)} {shortcut.object}{when}")
        parts.append("Shortcuts of asserted claims:\n\n" + "\n".join(lines))
    return "\n\n".join(parts)


def _row(column: str, takes: str, required: str) -> str:
    return f"| {column} | {_linked(vocabulary.compact(vocabulary.term(column)))} | {takes} | {required} |"


def _comment(graph: Graph, subject: URIRef, predicate: URIRef = RDFS.comment) -> str:
    return next(str(t) for t in graph.objects(subject, predicate) if getattr(t, "language", None) == "en")


def _own(type_: URIRef) -> list[URIRef]:
    """Return our terms of a type, in alphabetical order."""
    found = [s for s in ontology().subjects(RDF.type, type_) if isinstance(s, URIRef) and s.startswith(vocabulary.AV)]
    return sorted(found, key=lambda iri: (iri.lower(), iri))


def _entry(iri: URIRef, facts: list[str]) -> str:
    curie = vocabulary.compact(iri)
    head = f'### <a id="{_anchor(curie)}"></a>`{curie}`: {label(iri)} / {label(iri, "fr")}'
    facts = [*facts, *(f"{name}: {found}" for p, name in _ALIGNMENTS if (found := _objects(ontology(), iri, p)))]
    return f"{head}\n\n{_comment(ontology(), iri)}" + (
        "\n\n" + "\n".join(f"- {fact}" for fact in facts) if facts else ""
    )


def _objects(graph: Graph, subject: URIRef, predicate: URIRef) -> str:
    """Return the objects of a property as links; a union as its members."""
    curies = sorted(c for o in graph.objects(subject, predicate) for c in _members(graph, o))
    return _links(curies)


def _members(graph: Graph, node: Node) -> list[str]:
    if not isinstance(node, BNode):
        return [_curie(str(node))]
    union = graph.value(node, OWL.unionOf)
    return [_curie(str(member)) for member in Collection(graph, union)] if union else []


def _classes() -> str:
    entries = []
    for iri in _own(OWL.Class):
        same = _objects(ontology(), iri, OWL.equivalentClass)
        entries.append(_entry(iri, [f"union of: {same}"] if same else []))
    for iri in _own(RDFS.Datatype):
        entries.append(_entry(iri, [f"union of: {_objects(ontology(), iri, OWL.equivalentClass)}"]))
    return "\n\n".join(["## Classes", *entries])


def _properties() -> str:
    entries = []
    for iri in sorted({*_own(OWL.ObjectProperty), *_own(OWL.DatatypeProperty)}, key=lambda i: (i.lower(), i)):
        facts = [
            f"{name}: {_objects(ontology(), iri, predicate)}"
            for name, predicate in (("domain", RDFS.domain), ("range", RDFS.range))
        ]
        if (iri, RDF.type, OWL.SymmetricProperty) in ontology():
            facts.append("symmetric")
        entries.append(_entry(iri, facts))
    return "\n\n".join(["## Properties", *entries])


def _schemes() -> str:
    parts = ["## Concept schemes", "Closed values are concepts: `role = co-producer` of a participation is "
             "`avc:participation-co-producer`, whose `skos:notation` is the plain value."]  # fmt: skip
    graph = concepts()
    for scheme in sorted(s for s in graph.subjects(RDF.type, SKOS.ConceptScheme) if isinstance(s, URIRef)):
        name = scheme.removeprefix(vocabulary.CONCEPT)
        parts.append(
            f'### <a id="scheme-{name}"></a>`avc:{name}`: {label(scheme)} / {label(scheme, "fr")}\n\n'
            f"{_comment(graph, scheme, SKOS.definition)}"
        )
        rows = ["| Concept | English / French | Definition | Alignment |", "|---|---|---|---|"]
        values = SCHEMES.get(name) or sorted(str(graph.value(c, SKOS.notation)) for c in _concepts(scheme))
        for value in values:
            iri = URIRef(vocabulary.concept(name, value))
            same = [
                f"{text} {found}"
                for p, text in ((SKOS.exactMatch, "same as"), (SKOS.closeMatch, "close to"))
                if (found := _objects(graph, iri, p))
            ]
            names, meaning = f"{label(iri)} / {label(iri, 'fr')}", _comment(graph, iri, SKOS.definition)
            rows.append(f"| `{vocabulary.compact(iri)}` | {names} | {meaning} | {'; '.join(same)} |")
        parts.append("\n".join(rows))
    return "\n\n".join(parts)


def _concepts(scheme: URIRef) -> Iterable[Node]:
    return concepts().subjects(SKOS.inScheme, scheme)


def _example() -> str:
    return f"## One claim in Turtle\n\n```turtle\n{EXAMPLE}```"
