"""What a graph is, for catalogues: VoID statistics and a DCAT 3 data set with its distributions.

Nothing in it tells the time: the newest date of a source stands for the date of change, and the hash of the snapshot
for its version. What the workspace does not state (licence, publisher) is left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import polars as pl
import pyoxigraph
from pyoxigraph import Literal, NamedNode, Triple

from avgraph.graph.answering import RDF_FORMATS
from avgraph.graph.backend import open_oxigraph
from avgraph.graph.export import open_output
from avgraph.graph.snapshot import Snapshot
from avgraph.model import KINDS
from avgraph.vocabulary import AV, CONCEPT, DCAT, DCT, FOAF, PREFIXES, RDF, SPDX, VOID, XSD, compact

__all__ = ["Publication", "dataset_description", "export_description"]

_PREFIXES = {p: PREFIXES[p] for p in ("av", "dct", "rdf", "void", "xsd")} | {"dcat": DCAT, "foaf": FOAF, "spdx": SPDX}
_MEDIA_TYPES = {
    ".nq": "application/n-quads", ".trig": "application/trig", ".jsonld": "application/ld+json",
    ".ttl": "text/turtle", ".nt": "application/n-triples", ".rdf": "application/rdf+xml", ".csv": "text/csv",
    ".parquet": "application/vnd.apache.parquet", ".json": "application/json", ".gz": "application/gzip",
}  # fmt: skip
_IANA = "https://www.iana.org/assignments/media-types/"
#: Stands for the place of the description itself; addresses below it are written relative to that.
_HERE = "here://description/"
_EXAMPLE_TYPES = ("Work", "Person", "Organization")


@dataclass(frozen=True)
class Publication:
    """What only the publisher knows.

    Attributes
    ----------
    licence
        IRI of the licence, None where it is not stated.
    publisher
        Name, None where it is not stated.
    files
        Exported files, below the folder of the description.
    """

    licence: str | None = None
    publisher: str | None = None
    files: Sequence[Path] = field(default=())


def export_description(snapshot: Snapshot, path: Path, publication: Publication | None = None) -> int:
    """Write the VoID and DCAT description of a snapshot as Turtle; return the number of triples.

    Addresses of files are relative to `path`, so that the folder can be published anywhere.

    Raises
    ------
    StoreError
        If the file cannot be written.
    """
    triples = _sorted(_Description(snapshot, publication or Publication(), path.parent))
    text = pyoxigraph.serialize(
        triples, format=pyoxigraph.RdfFormat.TURTLE, prefixes=dict(sorted(_PREFIXES.items())), base_iri=_HERE
    )
    with open_output(path) as out:
        out.write(b"".join(line for line in (text or b"").splitlines(keepends=True) if not line.startswith(b"@base")))
    return len(triples)


def dataset_description(snapshot: Snapshot, origin: str, media_type: str) -> bytes:
    """Return the VoID and DCAT description of a snapshot that a server at `origin` serves.

    `media_type` is one of :data:`avgraph.graph.answering.RDF_TYPES`.
    """
    described = _Description(snapshot, Publication(), snapshot.path)
    triples = [*_sorted(described), *described.served_at(origin)]
    prefixes = dict(sorted(_PREFIXES.items()))
    return pyoxigraph.serialize(triples, format=RDF_FORMATS[media_type], prefixes=prefixes) or b""


def _sorted(described: _Description) -> list[Triple]:
    """Return the data set first, then its parts, each in one piece."""
    return sorted(described.triples(), key=lambda t: (t.subject != described.dataset, str(t.subject)))


class _Description:
    def __init__(self, snapshot: Snapshot, publication: Publication, folder: Path) -> None:
        self.snapshot = snapshot
        self.publication = publication
        self.folder = folder
        self.store = open_oxigraph(snapshot.store_path)
        self.base = str(snapshot.manifest["base_iri"])
        self.dataset = NamedNode(self.base + "dataset")

    def triples(self) -> Iterator[Triple]:
        yield from self._catalogue()
        yield from self._statistics()
        for file in self.publication.files:
            yield from self._distribution(file)

    def served_at(self, origin: str) -> Iterator[Triple]:
        """Yield where a server answers about it."""
        service, endpoint = NamedNode(self.base + "dataset/service"), NamedNode(origin + "/sparql")
        yield self._say(VOID + "sparqlEndpoint", endpoint)
        yield self._say(FOAF + "homepage", NamedNode(origin + "/"))
        yield self._say(VOID + "uriLookupEndpoint", NamedNode(origin + "/search?q="))
        yield Triple(service, NamedNode(RDF + "type"), NamedNode(DCAT + "DataService"))
        yield Triple(service, NamedNode(DCT + "title"), Literal("SPARQL endpoint", language="en"))
        yield Triple(service, NamedNode(DCAT + "endpointURL"), endpoint)
        yield Triple(service, NamedNode(DCAT + "servesDataset"), self.dataset)

    def _catalogue(self) -> Iterator[Triple]:
        manifest = self.snapshot.manifest
        sources = self.snapshot.table("sources")
        n_claims = sum(manifest["tables"][kind.table]["rows"] for kind in KINDS.values())
        yield self._say(RDF + "type", NamedNode(VOID + "Dataset"))
        yield self._say(RDF + "type", NamedNode(DCAT + "Dataset"))
        yield self._say(DCT + "title", Literal(str(manifest["name"])))
        about = (
            f"{n_claims:,} claims about film and television, each with its evidence, from {sources.height:,} sources."
        )
        yield self._say(DCT + "description", Literal(about, language="en"))
        yield self._say(DCT + "identifier", Literal(str(manifest["content"])))
        yield self._say(DCAT + "version", Literal(str(manifest["content"])[:16]))
        yield self._say(DCT + "conformsTo", NamedNode(AV.rstrip("#")))
        if dates := sorted(d for d in sources["date"].str.strip_chars_end("~").drop_nulls() if d):
            datatype = {4: "gYear", 7: "gYearMonth"}.get(len(dates[-1]), "date")
            yield self._say(DCT + "modified", Literal(dates[-1], datatype=NamedNode(XSD + datatype)))
        for language in sorted(set(sources["language"].drop_nulls())):
            yield self._say(DCT + "language", NamedNode(f"http://id.loc.gov/vocabulary/iso639-1/{quote(language)}"))
        if self.publication.licence:
            yield self._say(DCT + "license", NamedNode(self.publication.licence))
        if self.publication.publisher:
            publisher = NamedNode(self.base + "dataset/publisher")
            yield self._say(DCT + "publisher", publisher)
            yield Triple(publisher, NamedNode(RDF + "type"), NamedNode(FOAF + "Agent"))
            yield Triple(publisher, NamedNode(FOAF + "name"), Literal(self.publication.publisher))

    def _statistics(self) -> Iterator[Triple]:
        entities = self.snapshot.table("entities").sort("entity")
        classes = self._counts("SELECT ?t (COUNT(DISTINCT ?s) AS ?n) { ?s a ?t } GROUP BY ?t")
        properties = self._counts("SELECT ?t (COUNT(*) AS ?n) { ?s ?t ?o } GROUP BY ?t")
        ((_, n_subjects),) = self._counts('SELECT ("" AS ?t) (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }')
        yield self._say(VOID + "uriSpace", Literal(self.base))
        yield self._say(VOID + "triples", _integer(sum(n for _, n in properties)))
        yield self._say(VOID + "entities", _integer(entities.height))
        yield self._say(VOID + "distinctSubjects", _integer(n_subjects))
        yield self._say(VOID + "classes", _integer(len(classes)))
        yield self._say(VOID + "properties", _integer(len(properties)))
        used = [iri for iri, _ in (*classes, *properties)]
        for namespace in sorted(set(PREFIXES.values()) - {CONCEPT}):
            if any(iri.startswith(namespace) for iri in used):
                yield self._say(VOID + "vocabulary", NamedNode(namespace))
        for type_ in _EXAMPLE_TYPES:
            for entity in entities.filter(pl.col("type") == type_)["entity"].head(1):
                yield self._say(VOID + "exampleResource", NamedNode(entity))
        yield from self._partitions("class", classes, "entities")
        yield from self._partitions("property", properties, "triples")

    def _partitions(self, part: str, counts: list[tuple[str, int]], measure: str) -> Iterator[Triple]:
        for iri, n in counts:
            node = NamedNode(f"{self.base}dataset/{part}/{quote(compact(iri), safe=':')}")
            yield self._say(f"{VOID}{part}Partition", node)
            yield Triple(node, NamedNode(VOID + part), NamedNode(iri))
            yield Triple(node, NamedNode(VOID + measure), _integer(n))

    def _distribution(self, file: Path) -> Iterator[Triple]:
        name = file.relative_to(self.folder).as_posix()
        address = NamedNode(_HERE + quote(name))
        node, checksum = (NamedNode(f"{self.base}dataset/file/{quote(name)}{end}") for end in ("", "#sha256"))
        yield self._say(DCAT + "distribution", node)
        if file.suffix in (".nq", ".trig", ".jsonld", ".ttl", ".nt", ".rdf"):
            yield self._say(VOID + "dataDump", address)
        with file.open("rb") as handle:
            digest = hashlib.file_digest(handle, "sha256").hexdigest()
        facts: list[tuple[str, NamedNode | Literal]] = [
            (RDF + "type", NamedNode(DCAT + "Distribution")),
            (DCT + "title", Literal(name)),
            (DCAT + "downloadURL", address),
            (DCAT + "byteSize", Literal(str(file.stat().st_size), datatype=NamedNode(XSD + "nonNegativeInteger"))),
            (SPDX + "checksum", checksum),
        ]
        if media_type := _MEDIA_TYPES.get(file.suffix.lower()):
            facts.append((DCAT + "mediaType", NamedNode(_IANA + media_type)))
        if self.publication.licence:
            facts.append((DCT + "license", NamedNode(self.publication.licence)))
        yield from (Triple(node, NamedNode(predicate), value) for predicate, value in facts)
        yield Triple(checksum, NamedNode(RDF + "type"), NamedNode(SPDX + "Checksum"))
        yield Triple(checksum, NamedNode(SPDX + "algorithm"), NamedNode(SPDX + "checksumAlgorithm_sha256"))
        hexadecimal = NamedNode(XSD + "hexBinary")
        yield Triple(checksum, NamedNode(SPDX + "checksumValue"), Literal(digest, datatype=hexadecimal))

    def _say(self, predicate: str, value: NamedNode | Literal) -> Triple:
        return Triple(self.dataset, NamedNode(predicate), value)

    def _counts(self, sparql: str) -> list[tuple[str, int]]:
        counts = []
        for solution in self.store.query(sparql, use_default_graph_as_union=True):  # type: ignore[union-attr]
            term, n = solution["t"], solution["n"]
            counts.append(("" if term is None else term.value, int(n.value)))
        return sorted(counts)


def _integer(n: int) -> Literal:
    return Literal(str(n), datatype=NamedNode(XSD + "integer"))
