"""The W3C's tests of SPARQL 1.1 Service Description; what they check stands in the recommendation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import RDF, BNode, Graph, Namespace, URIRef
from rdflib.collection import Collection

from protocol_manifest import MF
from serving import Served, serving

FOLDER = Path(__file__).resolve().parents[2] / ".." / "shared" / "standards" / "sparql11-service-description"
MANIFEST = (FOLDER / "manifest.ttl").resolve()
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
RDF_TYPES = ("text/turtle", "application/rdf+xml", "application/n-triples", "application/ld+json")
DATA = '<urn:x-a:s> <urn:x-a:p> "1" <urn:x-a:g> .\n<urn:x-a:s> <urn:x-a:p> "2" <urn:x-a:h> .\n'

pytestmark = pytest.mark.skipif(not MANIFEST.is_file(), reason="needs sparql11-service-description in ../shared")

#: Property → class of what has it, and of what it names, or how the IRI that it names begins.
SCHEMA: dict[URIRef, tuple[URIRef, URIRef | str]] = {
    SD.endpoint: (SD.Service, ""),
    SD.feature: (SD.Service, str(SD)),
    SD.supportedLanguage: (SD.Service, str(SD)),
    SD.resultFormat: (SD.Service, "http://www.w3.org/ns/formats/"),
    SD.inputFormat: (SD.Service, "http://www.w3.org/ns/formats/"),
    SD.defaultDataset: (SD.Service, SD.Dataset),
    SD.defaultGraph: (SD.Dataset, SD.Graph),
    SD.namedGraph: (SD.Dataset, SD.NamedGraph),
    SD.name: (SD.NamedGraph, ""),
}
LANGUAGES = {SD.SPARQL10Query, SD.SPARQL11Query, SD.SPARQL11Update}
FEATURES = {SD.DereferencesURIs, SD.UnionDefaultGraph, SD.RequiresDataset, SD.EmptyGraphs, SD.BasicFederatedQuery}
#: https://www.w3.org/ns/formats/, those that a server of graphs may have.
FORMATS = {"RDF_XML", "Turtle", "N-Triples", "N-Quads", "TriG", "JSON-LD", "SPARQL_Results_XML", "SPARQL_Results_JSON",
           "SPARQL_Results_CSV", "SPARQL_Results_TSV"}  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    path = tmp_path_factory.mktemp("described") / "some.nq"
    path.write_text(DATA)
    with serving(path) as served:
        yield served


def described(server: Served, media_type: str = RDF_TYPES[0]) -> Graph:
    told = server.ask("GET", "/sparql", Accept=media_type)
    assert (told.status, told.media_type) == (200, media_type)
    return Graph().parse(data=told.body, format=told.media_type)


def service_of(graph: Graph) -> BNode | URIRef:
    (service,) = graph.subjects(RDF.type, SD.Service)
    assert isinstance(service, BNode | URIRef)
    return service


def returns_rdf(server: Served) -> None:
    sizes = {len(described(server, media_type)) for media_type in RDF_TYPES}
    assert len(sizes) == 1
    assert sizes.pop() > 20
    assert server.ask("GET", "/sparql").media_type in RDF_TYPES


def has_endpoint_triple(server: Served) -> None:
    graph = described(server)
    assert list(graph.objects(service_of(graph), SD.endpoint)) == [URIRef(f"{server.url}sparql")]


def conforms_to_schema(server: Served) -> None:
    graph = described(server)
    for subject, predicate, value in graph:
        if predicate == RDF.type:
            assert value in {SD.Service, SD.Dataset, SD.Graph, SD.NamedGraph}
            continue
        holder, named = SCHEMA[predicate]
        assert (subject, RDF.type, holder) in graph
        if isinstance(named, URIRef):
            assert (value, RDF.type, named) in graph
        else:
            assert isinstance(value, URIRef)
            assert str(value).startswith(named)
    service = service_of(graph)
    assert set(graph.objects(service, SD.supportedLanguage)) <= LANGUAGES
    assert set(graph.objects(service, SD.feature)) <= FEATURES
    for predicate in (SD.resultFormat, SD.inputFormat):
        assert {str(value).rpartition("/")[2] for value in graph.objects(service, predicate)} <= FORMATS
    for dataset in graph.subjects(RDF.type, SD.Dataset):
        assert len(list(graph.objects(dataset, SD.defaultGraph))) == 1
    for named in graph.subjects(RDF.type, SD.NamedGraph):
        assert len(list(graph.objects(named, SD.name))) == 1


CHECKS = {
    "returns-rdf": returns_rdf,
    "has-endpoint-triple": has_endpoint_triple,
    "conforms-to-schema": conforms_to_schema,
}


def test_all_are_there() -> None:
    graph = Graph().parse(MANIFEST, format="turtle", publicID=MANIFEST.as_uri())
    (top,) = graph.subjects(RDF.type, MF.Manifest)
    (entries,) = graph.objects(top, MF.entries)
    assert {str(entry).rpartition("#")[2] for entry in Collection(graph, entries)} == set(CHECKS)


@pytest.mark.parametrize("name", CHECKS)
def test_service_description(server: Served, name: str) -> None:
    CHECKS[name](server)


def test_it_tells_what_is_so(server: Served, tmp_path: Path) -> None:
    graph = described(server)
    service = service_of(graph)
    assert set(graph.objects(service, SD.supportedLanguage)) == {SD.SPARQL11Query}
    assert list(graph.objects(service, SD.inputFormat)) == []
    assert {str(name) for name in graph.objects(None, SD.name)} == {"urn:x-a:g", "urn:x-a:h"}
    assert SD.UnionDefaultGraph in set(graph.objects(service, SD.feature))
    assert len(server.rows("SELECT * { ?s ?p ?o }")) == 2
    for format_ in graph.objects(service, SD.resultFormat):
        media_type = MEDIA_TYPES[str(format_).rpartition("/")[2]]
        form = "SELECT * { ?s ?p ?o }" if "sparql" in media_type or "text/" in media_type else "DESCRIBE <urn:x-a:s>"
        form = "DESCRIBE <urn:x-a:s>" if media_type == "text/turtle" else form
        told = server.query(form, Accept=media_type)
        assert (told.status, told.media_type) == (200, media_type)
    with serving(tmp_path, writable=True) as writable:
        graph = described(writable)
        service = service_of(graph)
        assert set(graph.objects(service, SD.supportedLanguage)) == {SD.SPARQL11Query, SD.SPARQL11Update}
        assert len(list(graph.objects(service, SD.inputFormat))) == 6
        assert list(graph.objects(None, SD.name)) == []


MEDIA_TYPES = {
    "RDF_XML": "application/rdf+xml", "Turtle": "text/turtle", "N-Triples": "application/n-triples",
    "N-Quads": "application/n-quads", "TriG": "application/trig", "JSON-LD": "application/ld+json",
    "SPARQL_Results_XML": "application/sparql-results+xml", "SPARQL_Results_JSON": "application/sparql-results+json",
    "SPARQL_Results_CSV": "text/csv", "SPARQL_Results_TSV": "text/tab-separated-values",
}  # fmt: skip
