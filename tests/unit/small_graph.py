"""A graph of some fifty hand-made claims, with what every named query must find in it known beforehand.

Four works by Belgium and Luxembourg, one by Belgium alone, a series of two seasons that Luxembourg joins with the
second, and a film that is only planned. The same credit, country and grant stand in several sources on purpose.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pyoxigraph
import rdflib

from avgraph.graph.shapes import QUARANTINE_SCHEMA
from avgraph.graph.writing import Dataset
from avgraph.model import KINDS, MENTION_SCHEMA, SOURCE_SCHEMA, ClaimTables, Collector, concat_claims
from graph_parts import dataset_of, lines_of

__all__ = ["BASE", "small_dataset", "small_quads", "small_rdflib", "small_store"]

BASE = "https://example.org/"
NEWS, FILMS, GRANTS, SHARES = "articles/news.txt", "records/films.csv", "records/grants.csv", "records/shares.csv"
#: key: (type, subtype, label, further names, ids, countries, year)
ENTITIES: dict[str, tuple[str, str | None, str, list[str], list[str], list[str], int | None]] = {
    "BE": ("Place", "country", "Belgium", ["Belgique"], ["iso3166:BE"], ["BE"], None),
    "LU": ("Place", "country", "Luxembourg", [], ["iso3166:LU"], ["LU"], None),
    "FR": ("Place", "country", "France", [], ["iso3166:FR"], ["FR"], None),
    "alpha": ("Organization", None, "Alpha Films", ["Alpha"], [], ["BE"], None),
    "beta": ("Organization", None, "Beta Prod", [], [], [], None),  # Luxembourg, but only by a claim
    "gamma": ("Organization", None, "Gamma Cinéma", [], [], ["FR"], None),
    "gamma2": ("Organization", None, "Gamma Cinema", [], [], [], None),
    "one": ("Organization", None, "Fund One", [], [], ["LU"], None),
    "two": ("Organization", None, "Fund Two", [], [], ["BE"], None),
    "canal": ("Organization", None, "Canal Un", [], [], ["BE"], None),
    "salix": ("Organization", None, "Salix Sales", [], [], ["FR"], None),
    "pool": ("Organization", None, "Series Pool", [], [], [], None),
    "dora": ("Person", None, "Dora Director", [], [], [], None),
    "emil": ("Person", None, "Emil Director", [], [], [], None),
    "paul": ("Person", None, "Paul Producer", [], [], [], None),
    "carl": ("Person", None, "Carl Composer", [], [], [], None),
    "prize": ("Award", None, "Golden Reel", [], [], [], None),
    "fest": ("Event", None, "Lux Fest", [], [], [], None),
    "first": ("Work", "film", "First Light", ["Première lueur"], ["imdb:tt1"], ["BE", "LU"], 2018),
    "second": ("Work", "film", "Second Wind", [], ["imdb:tt2"], ["BE", "LU", "FR"], 2020),
    "third": ("Work", "film", "Third Rail", [], ["imdb:tt3"], ["BE", "LU"], 2020),
    "home": ("Work", "film", "Home Only", [], [], ["BE"], 2019),
    "watch": ("Work", "series", "Nightwatch", [], [], ["BE"], 2017),
    "watch1": ("Work", "season", "Nightwatch, season 1", [], [], ["BE"], 2017),
    "watch2": ("Work", "season", "Nightwatch, season 2", [], [], ["BE", "LU"], None),
    "plan": ("Work", "film", "Plan B", [], [], [], None),
}


def _records(add: Callable[..., None]) -> None:
    """Films and their countries; the order of the countries is the order of the keys."""
    countries = {"first": "BE LU", "second": "LU BE FR", "third": "BE LU", "home": "BE", "watch1": "BE",
                 "watch2": "BE LU"}  # fmt: skip
    for row, (work, codes) in enumerate(countries.items(), 2):
        for rank, code in enumerate(codes.split(), 1):
            add("PlaceRelation", row, entity=work, place=code, relation="country of origin", rank=rank)
            if work in ("first", "second"):  # said twice, as mappings do
                add("Participation", row, work=work, country=code, role="producer", rank=rank)
    for row, (work, director) in enumerate((("first", "dora"), ("second", "dora"), ("third", "dora"),
                                            ("home", "emil"), ("watch1", "emil")), 20):  # fmt: skip
        add("Credit", row, work=work, agent=director, role="director")
        if director == "dora":
            add("Credit", row, work=work, agent="paul", role="producer")
    for row, work in enumerate(("first", "second", "third"), 30):
        add("Credit", row, work=work, agent="carl", role="composer")
    add("WorkFact", 2, work="first", property="release date", value="2018-05-01")
    add("WorkFact", 3, work="second", property="budget", value="4000000", unit="EUR")
    add("WorkRelation", 6, work="watch1", other="watch", relation="season of", season=1)
    add("WorkRelation", 7, work="watch2", other="watch", relation="season of", season=2)
    add("PlaceRelation", 40, entity="dora", place="LU", relation="born in")
    add("PlaceRelation", 41, entity="emil", place="BE", relation="nationality")
    add("PlaceRelation", 42, entity="beta", place="LU", relation="located in")
    for row, (work, recipients, category, result, year) in enumerate((
        ("first", ["dora"], "Best Director", "won", 2019),
        ("second", ["dora"], "Best Director", "nominated", 2021),
        ("second", ["carl"], "Best Music", "won", 2021),
        ("third", [], "Best Film", "nominated", 2021),
        ("home", ["BE"], "Best Foreign Film", "won", 2020),
    ), 50):  # fmt: skip
        add("AwardOutcome", row, award="prize", work=work, recipients=recipients, category=category, year=year,
            result=result)  # fmt: skip
    for row, (place, value) in enumerate((("BE", 1000), ("LU", 250), ("FR", 50)), 60):
        add("Statistic", row, subject="first", measure="admissions", value=value, unit="tickets", parties=[place])
    add("Statistic", 63, subject="home", measure="admissions", value=700, unit="tickets", parties=["BE"])


def _grants(add: Callable[..., None]) -> None:
    rows = (
        ("one", "first", 100000, "2017-06-01", "selective", "production"),
        ("one", "second", 300000, "2019-03-01", "selective", "production"),
        ("two", "second", 200000, "2019", "selective", "production"),
        ("one", "third", 50000, "2019-03-01", "selective", "development"),
        ("two", "home", None, "2018", None, None),
    )
    for row, (funder, work, amount, date, scheme, stage) in enumerate(rows, 2):
        add("Support", row, funder=funder, work=work, amount=amount, currency="EUR" if amount else None, date=date,
            scheme=scheme, stage=stage)  # fmt: skip
    add("Distribution", 10, company="salix", work="second", distribution="world sales", territories=["FR"])
    add("Broadcast", 11, broadcaster="canal", work="first", role="pre-buys")
    add("Broadcast", 12, broadcaster="canal", work="watch1", role="airs")
    add("Participation", 13, work="home", organization="canal", role="co-producer")


def _shares(add: Callable[..., None]) -> None:
    rows = (
        ("first", "alpha", "delegate", "majority", 0.7), ("first", "beta", "co-producer", "minority", 0.3),
        ("second", "beta", "delegate", "majority", 0.6), ("second", "alpha", "co-producer", "minority", 0.3),
        ("third", "alpha", "delegate", "majority", None), ("third", "beta", "co-producer", None, None),
        ("second", "gamma", "co-producer", "financial", 0.2),
    )  # fmt: skip
    for row, (work, company, role, standing, share) in enumerate(rows, 2):
        add("Participation", row, work=work, organization=company, role=role, standing=standing, share=share)


def _news(add: Callable[..., None]) -> None:
    add("Credit", 0, work="first", agent="dora", role="director")
    add("Credit", 1, work="home", agent="dora", role="director", status="negated")
    add("PlaceRelation", 2, entity="first", place="LU", relation="country of origin")
    add("Support", 3, funder="one", work="first", amount=100000, currency="EUR", date="2017-06-01",
        scheme="selective", stage="production")  # fmt: skip
    add("Participation", 4, work="first", organization="beta", role="co-producer", share=0.25)
    add("AwardOutcome", 5, award="prize", work="first", recipients=["emil"], category="Best Director", year=2019,
        result="won")  # fmt: skip
    add("Participation", 6, work="plan", organization="beta", role="producer", status="planned")
    add("Participation", 7, work="plan", organization="alpha", role="co-producer", status="planned")
    add("Affiliation", 8, agent="LU", organization="pool", role="member", valid_from="2019")
    add("Affiliation", 9, agent="two", organization="pool", role="founder", valid_from="2014")
    add("Partnership", 10, parties=["one", "two"], instrument="pool", partnership="joint fund", valid_from="2014")
    add("Partnership", 11, parties=["BE", "FR"], partnership="treaty", valid_from="1990", valid_to="2000",
        purpose="films")  # fmt: skip
    add("Partnership", 12, parties=["BE", "LU"], partnership="treaty", valid_from="2001", work="first")
    add("Statistic", 13, subject="BE", measure="number of films", value=3, unit="films", parties=["BE", "LU"],
        valid_from="2018", valid_to="2020", period="2018-2020")  # fmt: skip
    add("Broadcast", 14, broadcaster="canal", work="watch2", role="airs", status="planned")
    add("Support", 15, funder="canal", organization="pool", date="2016")
    add("Participation", 16, work="plan", organization="gamma2", role="co-producer", status="reported")
    add("PlaceRelation", 17, entity="dora", place="BE", relation="born in", status="negated")


def small_dataset() -> Dataset:
    """Return the graph as the tables a build would have made."""
    parts, mentions = [], []
    for source, fill in ((NEWS, _news), (FILMS, _records), (GRANTS, _grants), (SHARES, _shares)):
        collector = Collector(source, observed="2021-01-01", method="hand")

        def add(kind: str, position: int, *, c: Collector = collector, **columns: Any) -> None:
            role_names = KINDS[kind].role_names
            for name in role_names:
                if isinstance(columns.get(name), list):
                    columns[name] = [_ref(c, key) for key in columns[name]]
                elif name in columns:
                    columns[name] = _ref(c, columns[name])
            if c.source == NEWS:
                quote = f"Sentence {position} of the news."
                columns |= {"start": 100 * position, "end": 100 * position + len(quote), "quote": quote}
            else:
                columns |= {"row": position, "quote": f"row: {position}"}
            c.claim(kind, **columns)

        fill(add)
        tables = collector.tables({"source": source})
        parts.append(tables.claims)
        mentions.append(tables.mentions)
    all_mentions = pl.concat(mentions).with_columns(
        entity=BASE + pl.col("ref").str.split("#").list.last().str.replace("^", "e/")
    )
    claims = _about_entities(concat_claims(parts))
    entities = _entities()
    kinds = {s: "article" if s == NEWS else "record" for s in (NEWS, FILMS, GRANTS, SHARES)}
    sources = pl.DataFrame(
        [dict.fromkeys(SOURCE_SCHEMA) | {"source": s, "kind": k, "title": s} for s, k in sorted(kinds.items())],
        schema=SOURCE_SCHEMA,
    ).with_columns(iri=BASE + "source/" + pl.col("source"))
    quarantined = pl.DataFrame(schema=QUARANTINE_SCHEMA)
    return dataset_of(
        BASE, claims, all_mentions, sources, entities, _matches(), quarantined, lambda s: 1 if s == NEWS else 0
    )


def _ref(collector: Collector, key: str) -> str:
    type_, subtype, name, *_ = ENTITIES[key]
    return collector.mention(key, type_, name, subtype=subtype)


def _entities() -> pl.DataFrame:
    names = ("type", "subtype", "label", "names", "ids", "countries", "year")
    schema = {"entity": pl.String(), **{n: MENTION_SCHEMA.get(n, pl.String()) for n in names}}
    rows = [{"entity": f"{BASE}e/{key}", **dict(zip(names, row, strict=True))} for key, row in ENTITIES.items()]
    return pl.DataFrame(rows, schema=schema).with_columns(generic=pl.lit(False))


def _about_entities(claims: ClaimTables) -> ClaimTables:
    done = {}
    for name, kind in KINDS.items():
        table = claims[name].with_columns(claim=BASE + pl.col("claim"))
        for role in kind.roles:
            key = pl.element().str.split("#").list.last() if role.many else pl.col(role.name).str.split("#").list.last()
            table = table.with_columns(
                (pl.col(role.name).list.eval(BASE + "e/" + key) if role.many else BASE + "e/" + key).alias(role.name)
            )
        done[name] = table
    return done


def _matches() -> pl.DataFrame:
    """One doubtful pair: Gamma Cinéma of the shares, and a second entity of nearly that name."""
    left, right = f"{SHARES}#gamma", f"{NEWS}#gamma2"
    reasons = [{"feature": "name", "score": 0.96, "left": "Gamma Cinéma", "right": "Gamma Cinema", "detail": ""}]
    row = {"left_ref": left, "right_ref": right, "left_entity": BASE + "e/gamma", "right_entity": BASE + "e/gamma2",
           "verdict": "possiblySame", "score": 0.82, "decided_by": "names", "reasons": reasons}  # fmt: skip
    return pl.DataFrame([row])


def small_quads() -> str:
    """Return the graph as N-Quads."""
    return "".join(f"{line}\n" for line in lines_of(small_dataset()))


def small_store() -> pyoxigraph.Store:
    """Return the graph in an embedded store."""
    store = pyoxigraph.Store()
    store.bulk_load(small_quads().encode(), format=pyoxigraph.RdfFormat.N_QUADS)
    return store


def small_rdflib() -> rdflib.Dataset:
    """Return the graph in rdflib's own store, for rdflib's own engine."""
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(data=small_quads(), format="nquads")
    return dataset
