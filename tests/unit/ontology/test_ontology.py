"""The Turtle files declare every term that the code emits, in both languages, as the claim kinds say."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from types import ModuleType

import pytest
from rdflib import OWL, RDF, RDFS, SKOS, XSD, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection

from avgraph import vocabulary
from avgraph.graph.quads import COUNTRY_PROPERTIES, COVERAGE_PROPERTIES, SHARED_PROPERTIES
from avgraph.model import COMMON, ENTITY_TYPES, KINDS, SCHEMES
from avgraph.resources import resource
from avgraph.vocabulary import AV, CONCEPT, SCHEMA, concept, entity_class, expand, term

ROOT = Path(__file__).resolve().parents[3]
ONTOLOGY = URIRef("https://w3id.org/avgraph/ontology")
ALL_SCHEMES = SCHEMES | {
    "verdict": ("same", "possibly same", "different"),
    "conflict": ("contradicted", "unconfirmed", "consistent", "not comparable"),
}
# Terms that no claim kind gives: what surrounds claims, entities, identity, conflicts and quarantine.
CLASSES = {"Claim", "Entity", "PersonGroup", "Award", "Agreement", "Source", "Article", "Record", "RowSelector",
           "Mention", "Match", "Conflict", "ConflictSide", "Corroboration", "QuarantinedClaim"}  # fmt: skip
PROPERTIES = {"approximateDate", "evidence", "row", "countryCode", "subtype", "generic", "path", "reader", "sha256",
              "name", "denotes", "left", "right", "verdict", "score", "decidedBy", "reason", "possiblySame", "unsure",
              "rule", "aspect", "outcome", "explanation", "side", "claim", "preferred", "kind", "shape",
              "preferredBy", "settledBy", "disputedIn", "outweighedIn", "numberOfSources",
              "numberOfIndependentSources", "alsoNames", "sourcePaths", "graphDigest",
              *COUNTRY_PROPERTIES.values(), *COVERAGE_PROPERTIES.values(), *SHARED_PROPERTIES.values()}  # fmt: skip
# Columns whose term belongs to another vocabulary.
ELSEWHERE = {"claim", "source", "start", "end", "quote", "row"}
ENTITY_CLASSES = {
    "Person": {SCHEMA + "Person", AV + "PersonGroup"}, "Organization": {SCHEMA + "Organization"},
    "Work": {SCHEMA + "CreativeWork"}, "Award": {AV + "Award"}, "Event": {SCHEMA + "Event"},
    "Place": {SCHEMA + "Place"}, "Agreement": {AV + "Agreement"},
}  # fmt: skip
#: Beside the claim kinds, these take part in the domain of a column's property.
MORE_DOMAINS = {"subject": {"Conflict", "Corroboration"}, "value": {"ConflictSide"}, "year": {"Entity", "Mention"}}
DATATYPES = {"string": XSD.string, "integer": XSD.integer, "decimal": XSD.decimal, "boolean": XSD.boolean,
             "date": URIRef(AV + "PartialDate")}  # fmt: skip


def load(name: str) -> Graph:
    return Graph().parse(resource("ontology", name), format="turtle")


@pytest.fixture(scope="module")
def ontology() -> Graph:
    return load("avgraph.ttl")


@pytest.fixture(scope="module")
def concepts() -> Graph:
    return load("concepts.ttl")


@pytest.fixture
def render(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "ontology"))
    return importlib.import_module("render")


def own(graph: Graph, *types: URIRef) -> set[str]:
    return {str(s) for t in types for s in graph.subjects(RDF.type, t) if str(s).startswith(AV)}


def columns() -> set[str]:
    found = {name for kind in KINDS.values() for name in (*kind.role_names, *kind.attribute_names)}
    return found | {name for name, _ in COMMON} - ELSEWHERE


def shortcuts() -> set[str]:
    return {expand(s.predicate) for kind in KINDS.values() for s in kind.shortcuts}


def members(graph: Graph, node: object) -> set[str]:
    """Return a class as itself, a union as its members, av:Entity as all of its own."""
    if isinstance(node, BNode):
        return {str(m) for m in Collection(graph, graph.value(node, OWL.unionOf))}
    if node == URIRef(AV + "Entity"):
        return set().union(*ENTITY_CLASSES.values())
    return {str(node)}


def only(graph: Graph, iri: str, predicate: URIRef) -> object:
    (found,) = graph.objects(URIRef(iri), predicate)
    return found


def test_declared_properties_are_exactly_those_emitted(ontology: Graph) -> None:
    wanted = {term(c) for c in columns()} | {AV + p for p in PROPERTIES}
    wanted |= {iri for iri in shortcuts() if iri.startswith(AV)}
    assert own(ontology, OWL.ObjectProperty, OWL.DatatypeProperty) == wanted


def test_declared_classes_are_exactly_those_emitted(ontology: Graph) -> None:
    assert own(ontology, OWL.Class) == {AV + name for name in (*KINDS, *CLASSES)}


def test_no_property_is_both_link_and_value(ontology: Graph) -> None:
    assert not own(ontology, OWL.ObjectProperty) & own(ontology, OWL.DatatypeProperty)


def test_every_entity_class_is_declared_here_or_in_schema_org(ontology: Graph) -> None:
    subtypes = (None, "film", "short film", "series", "season", "episode", "group", "country")
    classes = {entity_class(t, s) for t in ENTITY_TYPES for s in subtypes}
    assert {c for c in classes if not c.startswith(SCHEMA)} <= own(ontology, OWL.Class)
    assert {c for c in shortcuts() if not c.startswith(AV)} == {c for c in shortcuts() if c.startswith(SCHEMA)}


def test_terms_written_out_in_the_code_are_declared(ontology: Graph) -> None:
    declared = own(ontology, OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
    for path in sorted((ROOT / "src" / "avgraph").rglob("*.py")):
        for name in re.findall(r'\bAV \+ "(\w+)"', path.read_text(encoding="utf-8")):
            assert AV + name in declared, f"{path.name} writes av:{name}"


def test_every_term_has_both_languages_and_a_home(ontology: Graph) -> None:
    for iri in own(ontology, OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, RDFS.Datatype):
        for predicate in (RDFS.label, RDFS.comment):
            texts = list(ontology.objects(URIRef(iri), predicate))
            assert sorted(t.language for t in texts) == ["en", "fr"], iri
            assert all(str(t).strip() == str(t) != "" for t in texts), iri
        assert only(ontology, iri, RDFS.isDefinedBy) == ONTOLOGY


def test_comments_are_sentences_and_differ_between_languages(ontology: Graph) -> None:
    for iri in own(ontology, OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty):
        texts = {str(t) for t in ontology.objects(URIRef(iri), RDFS.comment)}
        assert len(texts) == 2, iri
        assert all(t.endswith(".") for t in texts), iri


@pytest.mark.parametrize("column", sorted(columns()))
def test_domain_and_range_of_columns_follow_the_claim_kinds(ontology: Graph, column: str) -> None:
    iri = term(column)
    uses = [kind for kind in KINDS.values() if column in (*kind.role_names, *kind.attribute_names)]
    domain = members(ontology, only(ontology, iri, RDFS.domain))
    if not uses:
        assert domain == {AV + "Claim"}
        return
    more = MORE_DOMAINS.get(column, set())
    expected = {AV + kind.name for kind in uses} | {AV + name for name in more - {"Entity"}}
    expected |= set().union(*ENTITY_CLASSES.values()) if "Entity" in more else set()
    written = set().union(*(members(ontology, URIRef(m)) for m in domain))
    assert written == expected
    roles = [kind.role(column) for kind in uses if column in kind.role_names]
    attributes = [a for kind in uses for a in kind.attributes if a.name == column]
    range_ = only(ontology, iri, RDFS.range)
    assert not (roles and attributes), "one column is an entity here and a value there"
    if roles:
        classes = set().union(*(ENTITY_CLASSES[t] for role in roles for t in role.types))
        assert members(ontology, range_) == classes
    elif any(a.scheme for a in attributes):
        assert all(a.scheme for a in attributes), "one column is a concept here and a literal there"
        assert range_ == SKOS.Concept
        assert {CONCEPT + a.scheme for a in attributes} <= set(map(str, ontology.objects(URIRef(iri), RDFS.seeAlso)))
    else:
        datatypes = {DATATYPES[a.dtype] for a in attributes}
        assert range_ == (datatypes.pop() if len(datatypes) == 1 else RDFS.Literal)


@pytest.mark.parametrize("predicate", sorted(iri for iri in shortcuts() if iri.startswith(AV)))
def test_domain_and_range_of_shortcuts_follow_the_claim_kinds(ontology: Graph, predicate: str) -> None:
    uses = [(kind, s) for kind in KINDS.values() for s in kind.shortcuts if expand(s.predicate) == predicate]
    subjects = {c for kind, s in uses for t in kind.role(s.subject).types for c in ENTITY_CLASSES[t]}
    assert members(ontology, only(ontology, predicate, RDFS.domain)) == subjects
    objects = {c for kind, s in uses if s.object in kind.role_names
               for t in kind.role(s.object).types for c in ENTITY_CLASSES[t]}  # fmt: skip
    dated = all(value.endswith((" date", " year")) for _, s in uses if s.when for value in s.when[1])
    values = {AV + "PartialDate"} if dated else {str(XSD.string)}
    assert members(ontology, only(ontology, predicate, RDFS.range)) == (objects or values)


def test_claim_kinds_are_disjoint_claims(ontology: Graph) -> None:
    for name in KINDS:
        assert (URIRef(AV + name), RDFS.subClassOf, URIRef(AV + "Claim")) in ontology
    (disjoint,) = ontology.subjects(RDF.type, OWL.AllDisjointClasses)
    assert set(Collection(ontology, ontology.value(disjoint, OWL.members))) == {URIRef(AV + k) for k in KINDS}


def test_every_term_of_ours_that_is_referred_to_is_declared(ontology: Graph, concepts: Graph) -> None:
    both = ontology + concepts + load("shapes.ttl")
    declared = {s for s in both.subjects() if isinstance(s, URIRef)}
    for triple in both:
        for node in triple:
            if isinstance(node, URIRef) and node.startswith((AV, CONCEPT, "https://w3id.org/avgraph/shapes#")):
                assert node in declared, node


def test_ontology_says_what_it_is(ontology: Graph) -> None:
    for predicate in ("title", "description"):
        texts = ontology.objects(ONTOLOGY, URIRef(vocabulary.DCT + predicate))
        assert sorted(t.language for t in texts) == ["en", "fr"]
    assert (ONTOLOGY, URIRef(vocabulary.DCT + "license"), None) in ontology
    assert (ONTOLOGY, OWL.versionInfo, None) in ontology


def test_schemes_hold_exactly_the_closed_values(concepts: Graph) -> None:
    schemes = set(concepts.subjects(RDF.type, SKOS.ConceptScheme))
    assert schemes == {URIRef(CONCEPT + name) for name in ALL_SCHEMES}
    everything = {URIRef(concept(s, v)) for s, values in ALL_SCHEMES.items() for v in values}
    assert set(concepts.subjects(RDF.type, SKOS.Concept)) == everything
    assert len(everything) == sum(map(len, ALL_SCHEMES.values()))
    assert not schemes & everything


@pytest.mark.parametrize("scheme", sorted(ALL_SCHEMES))
def test_concepts_are_complete(concepts: Graph, scheme: str) -> None:
    home = URIRef(CONCEPT + scheme)
    members = {URIRef(concept(scheme, v)): v for v in ALL_SCHEMES[scheme]}
    assert set(concepts.objects(home, SKOS.hasTopConcept)) == set(members)
    assert set(concepts.subjects(SKOS.topConceptOf, home)) == set(members)
    for node, value in members.items():
        assert only(concepts, str(node), SKOS.inScheme) == home
        assert only(concepts, str(node), SKOS.notation) == Literal(value)
    for node in (home, *members):
        for predicate in (SKOS.prefLabel, SKOS.definition):
            assert sorted(t.language for t in concepts.objects(node, predicate)) == ["en", "fr"], node
    labels = [(t.language, str(t)) for node in members for t in concepts.objects(node, SKOS.prefLabel)]
    assert len(set(labels)) == len(labels), "two concepts of a scheme share a label"


def test_generated_files_are_up_to_date(render: ModuleType) -> None:
    for path, text in render.rendered().items():
        assert (ROOT / path).read_text(encoding="utf-8") == text, f"{path}: run python ontology/render.py"


def test_reference_page_links_lead_somewhere() -> None:
    page = (ROOT / "docs" / "ontology.md").read_text(encoding="utf-8")
    headings = re.findall(r"^#+ ([\w ]+)$", page, re.MULTILINE)
    anchors = set(re.findall(r'<a id="([^"]+)">', page)) | {h.lower().replace(" ", "-") for h in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", page)) <= anchors
    for target in re.findall(r"\]\((\.\./[^)]+)\)", page):
        assert (ROOT / "docs" / target).resolve().is_file(), target


def test_reference_page_names_every_term(ontology: Graph, concepts: Graph) -> None:
    page = (ROOT / "docs" / "ontology.md").read_text(encoding="utf-8")
    terms = own(ontology, OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
    for iri in terms | {str(c) for c in concepts.subjects(RDF.type, SKOS.Concept)}:
        assert f"`{vocabulary.compact(iri)}`" in page


def test_example_of_the_reference_page_meets_the_shapes(render: ModuleType) -> None:
    pytest.importorskip("pyshacl")
    from avgraph.graph.shapes import validate_graph

    example: str = importlib.import_module("render_reference").EXAMPLE
    assert validate_graph(example.encode(), "turtle") == []
    assert validate_graph(example.replace("0.35", "35.0").encode(), "turtle") != []
