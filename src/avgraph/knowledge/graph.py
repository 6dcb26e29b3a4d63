"""The knowledge graph users hold: one class for a workspace, a snapshot, a dataset or an endpoint."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import polars as pl

from avgraph.errors import NotFoundError, QueryError, StoreError
from avgraph.graph.backend import Backend, OxigraphBackend, RdflibBackend
from avgraph.graph.snapshot import Snapshot
from avgraph.knowledge.claims import ClaimReader
from avgraph.knowledge.disagreement import read_conflicts, read_links
from avgraph.knowledge.entity import Claim, Conflict, Entity, Link
from avgraph.knowledge.lookup import Lookup
from avgraph.knowledge.membership import membership_from_backend, membership_from_snapshot
from avgraph.knowledge.overview import read_counts, read_sources, sources_of
from avgraph.knowledge.results import LazyLabels, QueryResult
from avgraph.knowledge.syntax import ask_plainly, refuse_calls
from avgraph.model import ENTITY_TYPES, KINDS
from avgraph.queries import NamedQuery, named_queries
from avgraph.vocabulary import PREFIXES

if TYPE_CHECKING:
    import rdflib

    from avgraph.graph.push import PushReport, Verify
    from avgraph.network import Network

__all__ = ["KnowledgeGraph"]

_Answer = TypeVar("_Answer")
_KEPT_ROWS = 1_000_000
_NATIONALITIES = (
    "SELECT DISTINCT ?person ?code WHERE { ?person schema:nationality ?place . ?place av:countryCode ?code } "
    "ORDER BY ?person ?code"
)
_PREFIX_LINES = "\n".join(f"PREFIX {p}: <{iri}>" for p, iri in PREFIXES.items()) + "\n"


class KnowledgeGraph:
    """A graph of claims, asked in SPARQL and in plain calls.

    Parameters
    ----------
    backend
        What answers SPARQL.
    snapshot
        The build behind it, where it is local.
    """

    def __init__(self, backend: Backend, snapshot: Snapshot | None = None) -> None:
        self.backend = backend
        self.snapshot = snapshot
        self._dataset: rdflib.Dataset | None = None
        self._lookup = Lookup(self._select, snapshot)
        self._reader = ClaimReader(self._select, self._lookup)
        self._memberships: dict[str, pl.DataFrame] = {}  # the last one, if it is not too large to be kept

    @property
    def location(self) -> str:
        """Where the graph lies."""
        return self.backend.location

    @property
    def dataset(self) -> rdflib.Dataset:
        """The graph as an rdflib Dataset (union of all graphs as default)."""
        if self._dataset is None:
            self._dataset = self.backend.dataset()
        return self._dataset

    def query(self, query: str | NamedQuery, **parameters: Any) -> QueryResult:
        """Answer a named query or a SELECT query.

        Parameters
        ----------
        query
            A name of ``queries/`` (see :func:`avgraph.named_queries`), a query loaded from a file, or SPARQL text;
            the usual prefixes need no declaration.
        **parameters
            Of a named query; where an entity is wanted its name will do.

        Raises
        ------
        QueryError
            If there is no named query of that name, the query does not parse, a parameter is wrong or names no
            entity, or a local graph is to reach out (SERVICE, FROM).
        """
        table = self._ask(self.backend.select, self._bound(query, parameters))
        return QueryResult(table, LazyLabels(table, self.labels))

    def sparql(self, query: str | NamedQuery, **parameters: Any) -> str:
        """Return the SPARQL that :meth:`query` sends: parameters filled in, prefixes declared."""
        return self._with_prefixes(self._bound(query, parameters))

    def _bound(self, query: str | NamedQuery, parameters: Mapping[str, Any]) -> str:
        if isinstance(query, str) and re.search(r"[\s{]", query.strip()):
            if parameters:
                raise QueryError("SPARQL text takes no parameters", "write the values into the query")
            return query
        named = query if isinstance(query, NamedQuery) else named_queries(query.strip())[0]
        return named.bind(self._entities_for(named, parameters))

    def ask(self, sparql: str) -> bool:
        """Answer an ASK query."""
        return self._ask(self.backend.ask, sparql)

    def construct(self, sparql: str) -> bytes:
        """Answer a CONSTRUCT or DESCRIBE query as N-Triples, each line once, in alphabetical order."""
        return b"".join(sorted({*self._ask(self.backend.construct, sparql).splitlines(keepends=True)}))

    def _ask(self, ask: Callable[[str], _Answer], query: str) -> _Answer:
        if isinstance(self.backend, OxigraphBackend | RdflibBackend):
            refuse_calls(query)
        return ask_plainly(ask, self._with_prefixes(query), query)

    def labels(self, iris: Iterable[str]) -> dict[str, str]:
        """Return the labels of entities; IRIs without one are left out."""
        return self._lookup.labels(iris)

    def search(self, text: str, limit: int = 20) -> list[Entity]:
        """Return the entities of which a name contains `text`, exact names first, then by number of claims."""
        return [replace(e, _graph=self) for e in self._lookup.search(text)[:limit]]

    def entity(self, name: str, type: str | None = None) -> Entity:
        """Return one entity by IRI, external id (``imdb:tt…``) or name.

        Of several with the same name the one with the most claims is given; the others are its ``homonyms``. Names
        that differ in capitals or accents are looked through where none is spelled so.

        Parameters
        ----------
        name
            What to look for.
        type
            Only of this type: ``Person``, ``Organization``, ``Work``, ``Award``, ``Event``, ``Place`` or
            ``Agreement``, in any case.

        Raises
        ------
        NotFoundError
            If there is none; the hint names the nearest.
        QueryError
            If there is no such type.
        """
        wanted = type.strip().capitalize() if type else None
        if wanted and wanted not in ENTITY_TYPES:
            raise QueryError(f"no entity type {type!r}", f"types: {', '.join(ENTITY_TYPES)}")
        found: list[Entity] = []
        for as_spelled in (True, False):
            if name.strip() and not found:
                found = [e for e in self._lookup.named(name, as_spelled=as_spelled) if wanted in (None, e.type)]
        if not found:
            near = self._lookup.nearest(name)
            hint = f"did you mean {' or '.join(map(repr, near))}?" if near else "avgraph show --search TEXT finds parts"
            raise NotFoundError(f"no {wanted.lower() if wanted else 'entity'} named {name!r}", hint)
        return replace(found[0], homonyms=tuple((e.iri, e.type) for e in found[1:]), _graph=self)

    def claims(self, entity: str, kind: str | None = None, *, limit: int | None = None, first: int = 0) -> list[Claim]:
        """Return the claims that name an entity (IRI, external id or name), with evidence.

        Parameters
        ----------
        entity
            Which.
        kind
            Only claims of this kind, such as ``"Credit"``.
        limit, first
            At most so many, from the `first` on (counted from 0), in the order of their IRIs; None: all.

        Raises
        ------
        NotFoundError, QueryError
            If there is no such entity, or no such kind.
        """
        if kind is not None and kind not in KINDS:
            raise QueryError(f"no kind of claim {kind!r}", f"kinds: {', '.join(KINDS)}")
        return self._reader.about(self._iri(entity), kind, limit, first)

    def claims_of_source(self, iri: str, *, limit: int | None = None, first: int = 0) -> list[Claim]:
        """Return the claims that a source makes, by the IRI of the source; `limit` and `first` as in :meth:`claims`."""
        return self._reader.of_source(iri, limit, first)

    def claims_by_kind(self, entity: str, *, limit: int) -> dict[str, tuple[int, list[Claim]]]:
        """Return kind → how many claims of that kind name an entity, and the first of them, in the order of the kinds.

        Parameters
        ----------
        entity
            IRI, external id or name.
        limit
            At most so many of each kind, in the order of their IRIs.
        """
        return self._reader.by_kind(self._iri(entity), limit)

    def _iri(self, entity: str) -> str:
        return entity if re.match(r"(https?|urn):", entity) else self.entity(entity).iri

    def claim(self, iri: str) -> Claim:
        """Return one claim by IRI.

        Raises
        ------
        NotFoundError
            If there is none.
        """
        return self._reader.one(iri)

    def quotes(self, claims: Iterable[str]) -> dict[str, tuple[str, str]]:
        """Return claim → (path of its source, the words or the row it was read from), for those that have a source."""
        return self._lookup.quotes(claims)

    def conflicts(
        self, outcome: str | None = None, *, entity: str | None = None, rule: str | None = None
    ) -> list[Conflict]:
        """Return the disagreements between sources, contradictions first.

        Parameters
        ----------
        outcome
            Only those: ``contradicted``, ``unconfirmed``, ``consistent`` or ``not comparable``.
        entity, rule
            Only those about this entity (or with a claim on one side that names it), and those of this rule.

        Raises
        ------
        QueryError, NotFoundError
            If there is no such outcome or rule, or no such entity.
        """
        return read_conflicts(self._select, outcome, self.entity(entity).iri if entity else None, rule)

    def explain(self, left: str, right: str | None = None) -> list[Link]:
        """Return the identity decisions behind one entity, or between two.

        Parameters
        ----------
        left, right
            Names or IRIs; with both, only the decisions that concern the two.
        """
        one = self.entity(left).iri
        return read_links(self._select, one, self.entity(right).iri if right else None)

    def network(
        self,
        kind: str = "company",
        *,
        years: tuple[int | None, int | None] | None = None,
        roles: Collection[str] | None = None,
        work_kinds: Collection[str] | None = None,
        weight: Literal["newman", "count", "share"] = "newman",
        half_life: float | None = None,
        min_weight: float = 0.0,
    ) -> Network:
        """Project the collaboration network of `kind`.

        Parameters
        ----------
        kind
            ``person``, ``company``, ``country``, ``funder``, ``broadcaster``, ``distributor``, or ``partner``: every
            organization with a part in a work, as producer, funder, broadcaster or distributor.
        years
            First and last year of the works, both included; works without a year are then left out (and counted).
        roles
            Only members in these roles (``"director"``, ``"co-producer"`` …).
        work_kinds
            Only works of these kinds (``"film"``, ``"series"``, ``"season"`` …).
        weight
            ``"newman"`` (each work adds 1/(n-1) to each pair of its n members), ``"count"``, or ``"share"`` (the
            product of the two members' shares).
        half_life
            Years after which a joint work counts half; see :func:`avgraph.network.project`.
        min_weight
            Drop lighter edges.

        Returns
        -------
        Network
            The countries of a member are those of the entity; of a person without one, those of its nationalities.
        """
        from avgraph.network import project

        membership = self.membership(kind)
        members, works = (sorted(set(membership[column])) for column in ("member", "work"))
        nations = self._nationalities() if kind == "person" else {}
        nodes = pl.DataFrame(
            [(iri, label, type_, list(countries) or nations.get(iri, []))
             for iri, label, type_, countries in self._lookup.placed(members)],
            schema={"member": pl.String, "label": pl.String, "type": pl.String, "countries": pl.List(pl.String)},
            orient="row",
        )  # fmt: skip
        return project(
            membership, nodes, years=years, roles=roles, work_kinds=work_kinds, weight=weight, half_life=half_life,
            min_weight=min_weight, works={iri: label for iri, label, *_ in self._lookup.placed(works)},
            name=f"{kind} network",
        )  # fmt: skip

    def _nationalities(self) -> dict[str, list[str]]:
        """Return the codes of the countries whose nationality people are said to have, sorted."""
        found = defaultdict(list)
        for person, code in self._select(_NATIONALITIES):
            found[person].append(code)
        return found

    def membership(self, kind: str) -> pl.DataFrame:
        """Return who took part in which work, in :data:`avgraph.network.MEMBERSHIP_SCHEMA`."""
        if self.snapshot is not None:
            found = self._memberships.get(kind)
            if found is None:
                found = membership_from_snapshot(self.snapshot, kind)
                self._memberships = {kind: found} if found.height <= _KEPT_ROWS else {}
            return found
        return membership_from_backend(self.backend, kind)

    def counts(self) -> dict[str, int]:
        """Return the number of claims of each kind, most first."""
        return read_counts(self._select)

    def sources(self) -> list[dict[str, Any]]:
        """Return what was read: path, kind, title, publisher, date of each source and its number of claims."""
        return read_sources(self._select) if self.snapshot is None else sources_of(self.snapshot)

    def push(
        self, url: str, *, update: str | None = None, graph_store: str | None = None, verify: Verify = "auto",
        dry_run: bool = False, replace: bool = False, progress: Callable[[str, int, int], None] | None = None,
    ) -> PushReport:  # fmt: skip
        """Make the graphs of a SPARQL server those of this build; only what changed is sent.

        `url` is its query endpoint; `update` and `graph_store` (``"none"``: use SPARQL Update) need not be given for
        known makes of server. The rest is that of :func:`avgraph.graph.push.push_snapshot`.

        Raises
        ------
        StoreError
            If this graph is no local build, or the server cannot be written.
        """
        from avgraph.graph.push import push_snapshot
        from avgraph.graph.sparql_server import SparqlServer

        if self.snapshot is None:
            raise StoreError("only a local build is pushed", "open the workspace it was built in", self.location)
        server = SparqlServer(url, update=update, graph_store=graph_store)
        return push_snapshot(self.snapshot, server, verify=verify, dry_run=dry_run, replace=replace, progress=progress)

    def _select(self, sparql: str) -> list[tuple[Any, ...]]:
        return self.backend.select(_PREFIX_LINES + sparql).rows

    def _with_prefixes(self, sparql: str) -> str:
        declared = {p.lower() for p in re.findall(r"\bPREFIX\s+([\w-]*):", sparql, re.IGNORECASE)}
        used = {p.lower() for p in re.findall(r"([A-Za-z][\w-]*):", sparql)}
        missing = (f"PREFIX {p}: <{iri}>" for p, iri in PREFIXES.items() if p in used - declared)
        # On one line, so that line numbers in error messages are the user's own.
        return " ".join([*missing, sparql])

    def _entities_for(self, query: NamedQuery, values: Mapping[str, Any]) -> dict[str, Any]:
        wanted = {p.name for p in query.parameters if p.type == "iri"}
        given = {p.name: p.default for p in query.parameters if p.type == "iri" and p.default} | dict(values)
        return {name: self._entity_iri(name, value) if name in wanted else value for name, value in given.items()}

    def _entity_iri(self, parameter: str, value: Any) -> str:
        if re.match(r"(https?|urn):", str(value)):
            return str(value)
        try:
            return self.entity(str(value)).iri
        except NotFoundError as error:
            raise QueryError(f"{parameter}: {error.message}", error.hint) from error

    def __repr__(self) -> str:
        return f"<KnowledgeGraph {self.location}>"

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr><td>{html.escape(k)}</td><td>{n}</td></tr>" for k, n in self.counts().items())
        contradicted = len(self.conflicts("contradicted"))
        return (
            f"<h4>Knowledge graph {html.escape(self.location)}</h4>"
            f"<table><thead><tr><th>claims</th><th>n</th></tr></thead><tbody>{rows}</tbody></table>"
            f"<p>{len(self.sources())} sources, {contradicted} contradictions</p>"
        )
