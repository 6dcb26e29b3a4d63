"""The page of anything that has an IRI: an entity, a claim, a source, a conflict, or what else the graph tells of."""

from __future__ import annotations

import re
from typing import Any

import polars as pl

from avgraph.errors import NotFoundError
from avgraph.knowledge.entity import Claim, Entity
from avgraph.model import KINDS
from avgraph.sparql import is_iri
from avgraph.web.pages.asked import Asked, iri_below
from avgraph.web.pages.derived import derived
from avgraph.web.pages.rendering import base_iri_of, html_reply
from avgraph.web.pages.shared import Statement, statements
from avgraph.web.pages.sources import source_page
from avgraph.web.problems import Reply
from avgraph.web.worker import Served

__all__ = ["thing"]

_EACH = 20
_MOST = 200
_PARTNERS = 15
#: Kinds of network whose members are of a type.
_NETWORKS = {"Person": "person", "Organization": "partner"}
_ID_ADDRESSES = {
    "imdb": "https://www.imdb.com/{kind}/{value}/", "wikidata": "https://www.wikidata.org/wiki/{value}",
    "eidr": "https://ui.eidr.org/view/content?id={value}", "tmdb": "https://www.themoviedb.org/{value}",
}  # fmt: skip
_IMDB_KINDS = {"tt": "title", "nm": "name", "co": "company", "ev": "event"}


def thing(served: Served, asked: Asked) -> Reply:
    """Show what stands below ``/page/``.

    Raises
    ------
    NotFoundError
        If the graph tells nothing of it.
    """
    base_iri = base_iri_of(served)
    below = asked.path.removeprefix("/page/")
    iri = iri_below(below, base_iri)
    if not is_iri(iri):
        raise NotFoundError(f"the graph tells nothing of {iri!r}", "look for it by name")
    kind = below.partition("/")[0]
    if kind == "claim":
        return _claim(served, asked, iri)
    if kind == "source" and (reply := source_page(served, asked, iri)) is not None:
        return reply
    if kind == "conflict":
        found = [c for c in derived(served).conflicts if c.iri == iri.partition("/side/")[0]]
        if found:
            return html_reply("conflicts.html", served, asked, conflicts=found, outcomes={}, rules={}, one=True)
    try:
        entity = served.graph.entity(iri)
    except NotFoundError:
        return _anything(served, asked, iri)
    return _entity(served, asked, entity)


def _entity(served: Served, asked: Asked, entity: Entity) -> Reply:
    graph = served.graph
    by_kind = graph.claims_by_kind(entity.iri, limit=_EACH)
    counts = {kind: n for kind, (n, _) in by_kind.items()}
    only, page = asked.get("kind"), 1
    if only in counts:
        page = asked.number("page", 1, 1, 100_000)
        claims = {only: graph.claims(entity.iri, only, limit=_MOST, first=(page - 1) * _MOST)}
    else:
        only = ""
        claims = {kind: found for kind, (_, found) in by_kind.items()}
    links = graph.explain(entity.iri)
    shown = [claim for found in claims.values() for claim in found]
    return html_reply(
        "entity.html", served, asked, entity=entity, counts=counts, n_claims=sum(counts.values()), only=only,
        groups={kind: statements(found, asked.language) for kind, found in claims.items()},
        n_shown={kind: len(found) for kind, found in claims.items()}, page=page,
        n_pages=-(-counts[only] // _MOST) if only else 1, each=_EACH, ids=[_id_link(i) for i in entity.ids],
        conflicts=graph.conflicts(entity=entity.iri), links=links[:_MOST],
        partners=_partners(served, entity), timeline=_timeline(statements(shown, asked.language)),
        n_open=sum(link.verdict == "possibly same" for link in links),
    )  # fmt: skip


def _id_link(text: str) -> tuple[str, str | None]:
    """Return an external id and where it leads, None where that is not known."""
    scheme, _, value = text.partition(":")
    address = _ID_ADDRESSES.get(scheme)
    if address is None or not re.fullmatch(r"[\w./-]+", value):
        return text, None
    kind = _IMDB_KINDS.get(value[:2], "title")
    return text, address.format(kind=kind, value=value)


def _partners(served: Served, entity: Entity) -> list[dict[str, Any]]:
    """Return who has most works in common with a person or organisation."""
    kind = _NETWORKS.get(entity.type)
    if kind is None or served.graph.snapshot is None:
        return []
    membership = derived(served).memberships(kind)
    works = membership.filter(member=entity.iri).select("work")
    if works.height > _MOST * 10:
        return []
    beside = membership.join(works, on="work", how="semi").filter(pl.col("member") != entity.iri)
    counted = beside.group_by("member").agg(n_works=pl.len()).sort("n_works", "member", descending=[True, False])
    rows = counted.head(_PARTNERS).to_dicts()
    labels = served.graph.labels(row["member"] for row in rows)
    return [row | {"label": labels.get(row["member"], row["member"])} for row in rows]


def _timeline(said: list[Statement]) -> list[tuple[str, list[Statement]]]:
    """Return the statements that tell when, by year."""
    years: dict[str, list[Statement]] = {}
    for statement in said:
        if statement.year.isdigit() and statement.status == "asserted":
            years.setdefault(statement.year, []).append(statement)
    return sorted(years.items())


def _claim(served: Served, asked: Asked, iri: str) -> Reply:
    claim = served.graph.claim(iri)
    kind = KINDS[claim.kind]
    roles = [(role, [(i, claim.labels.get(i, i)) for i in iris]) for role, iris in claim.roles.items()]
    conflicts = [c for c in derived(served).conflicts if any(iri in side.claims for side in c.sides)]
    return html_reply(
        "claim.html", served, asked, claim=claim, kind=kind, roles=roles, conflicts=conflicts,
        agreements=_agreements(served, iri),
    )  # fmt: skip


def _agreements(served: Served, claim: str) -> list[Claim]:
    """Return the claims of other sources that say the same."""
    rows = served.graph.query(
        f"SELECT DISTINCT ?other WHERE {{ ?agreement a av:Corroboration ; av:claim <{claim}> , ?other "
        f"FILTER(?other != <{claim}>) }} ORDER BY ?other LIMIT {_EACH}"
    )
    return [served.graph.claim(str(row["other"])) for row in rows]


def _anything(served: Served, asked: Asked, iri: str) -> Reply:
    graph = served.graph
    rows = list(graph.query(f"SELECT ?p ?o WHERE {{ <{iri}> ?p ?o }} ORDER BY ?p ?o LIMIT {_MOST}"))
    back = list(graph.query(f"SELECT ?s ?p WHERE {{ ?s ?p <{iri}> }} ORDER BY ?p ?s LIMIT {_EACH}"))
    if not rows and not back:
        raise NotFoundError(f"the graph tells nothing of {iri}", "look for it by name")
    iris = {value for row in rows + back for value in row.values() if isinstance(value, str) and "://" in value}
    return html_reply(
        "anything.html",
        served,
        asked,
        iri=iri,
        rows=rows,
        back=back,
        labels=graph.labels(iris),
    )
