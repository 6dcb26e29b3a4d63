"""A tiny dataset with one claim of most kinds, written without identity or build."""

from __future__ import annotations

from urllib.parse import quote

import polars as pl

from avgraph.graph.conflict_rules import RuleSet
from avgraph.graph.shapes import QUARANTINE_SCHEMA
from avgraph.graph.writing import Dataset
from avgraph.model import SOURCE_SCHEMA, Collector, concat_claims
from graph_parts import MATCH_SCHEMA, dataset_of

BASE = "https://example.org/id/"
ENTITY_SCHEMA = {
    "entity": pl.String, "type": pl.String, "subtype": pl.String, "label": pl.String, "names": pl.List(pl.String),
    "ids": pl.List(pl.String), "countries": pl.List(pl.String), "year": pl.Int64, "generic": pl.Boolean,
    "language": pl.String,
}  # fmt: skip


def iri(name: str) -> str:
    """Return the entity IRI that stands for a mention key in these tests."""
    return BASE + name


class TinyGraph:
    """Collects claims whose roles are entity IRIs already, and writes them as a Dataset."""

    def __init__(self) -> None:
        self.parts: dict[str, Collector] = {}
        self.kinds: dict[str, str] = {}
        self.entities: dict[str, dict[str, object]] = {}
        self.publishers: dict[str, str] = {}
        self.texts: dict[str, str] = {}
        self.rules: RuleSet | None = None
        self.mentioned: dict[str, str] = {}

    def source(self, path: str, kind: str = "record", observed: str | None = None) -> Collector:
        self.kinds[path] = kind
        return self.parts.setdefault(path, Collector(path, observed=observed, method="test@1"))

    def entity(self, key: str, type_: str, label: str, **more: object) -> str:
        row = {"entity": iri(key), "type": type_, "label": label, "names": [label], "ids": [], "countries": [],
               "generic": False, **more}  # fmt: skip
        self.entities[key] = {c: row.get(c) for c in ENTITY_SCHEMA}
        return iri(key)

    def dataset(self, order: tuple[str, ...] = ()) -> Dataset:
        tables = [
            c.tables({"source": path, "kind": self.kinds[path], "publisher": self.publishers.get(path)})
            for path, c in sorted(self.parts.items())
        ]
        claims = concat_claims(t.claims for t in tables)
        claims = {k: t.with_columns(claim=BASE + pl.col("claim")) for k, t in claims.items()}
        sources = pl.DataFrame([t.source for t in tables], schema=SOURCE_SCHEMA)
        sources = sources.with_columns(iri=pl.Series([f"{BASE}source/{quote(s)}" for s in sources["source"]]))
        entities = pl.DataFrame(list(self.entities.values()), schema=ENTITY_SCHEMA)
        mentions = pl.concat([t.mentions for t in tables]).with_columns(
            entity=pl.col("ref").replace_strict(self.mentioned, default=iri("film"), return_dtype=pl.String)
        )
        return dataset_of(
            BASE, claims, mentions, sources, entities, pl.DataFrame(schema=MATCH_SCHEMA),
            pl.DataFrame(schema=QUARANTINE_SCHEMA),
            lambda s: order.index(s) if s in order else len(order), self.rules, self.texts,
        )  # fmt: skip


def film_graph() -> TinyGraph:
    """Return a graph of one film, one series season and one disputed award."""
    g = TinyGraph()
    be = g.entity("be", "Place", "Belgium", subtype="country", countries=["BE"])
    lu = g.entity("lu", "Place", "Luxembourg", subtype="country", countries=["LU"])
    film = g.entity("film", "Work", 'A "quoted"\nfilm \\ éà', subtype="film", year=2014)
    ann = g.entity("ann", "Person", "Ann")
    bob = g.entity("bob", "Person", "Bob")
    oscar = g.entity("oscar", "Award", "Oscar")
    firm = g.entity("firm", "Organization", "Firm")
    fund = g.entity("fund", "Organization", "Fund", countries=["LU"])
    records = g.source("records/films.csv")
    records.claim("Credit", work=film, agent=ann, role="director", row=2, quote="director: Ann")
    records.claim("PlaceRelation", entity=film, place=be, relation="country of origin", row=2, quote="countries: BE")
    records.claim("PlaceRelation", entity=film, place=lu, relation="country of origin", row=2, quote="countries: LU")
    records.claim("WorkFact", work=film, property="release date", value="2014", row=2, quote="year: 2014")
    records.claim("Participation", work=film, organization=firm, role="co-producer", share=0.25, row=3, quote="share")
    records.claim("AwardOutcome", award=oscar, work=film, recipients=[bob], result="won", year=2014, row=4, quote="x")
    article = g.source("articles/a b.txt", "article", "2015-03")
    article.claim("AwardOutcome", award=oscar, work=film, recipients=[ann], result="won", start=0, end=5, quote="Ann w")
    article.claim("Support", funder=fund, work=film, amount=60000.0, currency="EUR", start=6, end=9, quote="Fund")
    article.claim("Credit", work=film, agent=bob, role="writer", status="planned", start=9, end=12, quote="may")
    article.claim("WorkFact", work=film, property="release date", value="2015-03", start=9, end=12, quote="may")
    article.claim(
        "Broadcast", broadcaster=firm, work=film, role="airs", territories=[be, lu], start=1, end=2, quote="t"
    )
    return g
