"""Graphs of random claims, made through the claim tables as a build makes them."""

from __future__ import annotations

from typing import Any

import polars as pl
import pyoxigraph
from hypothesis import strategies as st

from avgraph.graph.conflicts import AGREEMENT_SCHEMA, CONFLICT_SCHEMA, SIDE_SCHEMA
from avgraph.graph.derived import producing_countries, shared_values, with_countries, with_coverage, with_shared
from avgraph.graph.shapes import QUARANTINE_SCHEMA
from avgraph.graph.tables import SnapshotTables
from avgraph.identity import MATCH_SCHEMA
from avgraph.identity.entities import ENTITY_SCHEMA
from avgraph.model import KINDS, MENTION_SCHEMA, SCHEMES, SOURCE_SCHEMA, Collector, concat_claims

BASE = "https://example.org/id/"
SOURCES = ("articles/a b.txt", "records/é.csv", "records/films.jsonl")
KEYS = ("ada", "bo", "film-1", "unité-42")

#: What spreadsheets, CSV, JSON and N-Quads each treat in a way of their own.
TRICKY = ("=1+1", "'=x", "''@y", "-1", "+", "@a", "\tx", " | ", "a|b", "\\|", "\\N", "\\0", "[]", "", " ", '"q"',
          "é\n€", "\\", "_:b", "av:Credit", "https://example.org/", "true", "007", "a, b", "\r\n", "\u2028",
          "\U0001f3ac")  # fmt: skip
texts = st.one_of(
    st.sampled_from(TRICKY),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8),
)
_dates = st.sampled_from(["2014", "2014~", "2014-03", "2014-03-05", "1999-12-31"])
_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "string": texts,
    "integer": st.integers(-(2**40), 2**40),
    "decimal": st.one_of(st.floats(-1e9, 1e9, allow_nan=False), st.sampled_from([0.0, 0.25, 1e-6, 1 / 3])),
    "boolean": st.booleans(),
    "date": _dates,
}


@st.composite
def datasets(draw: st.DrawFn) -> SnapshotTables:
    """Give a data set of up to a dozen claims of any kinds in three sources, with entities and mentions."""
    parts = {source: Collector(source, observed=draw(st.none() | _dates), method="test@1") for source in SOURCES}
    for key in KEYS:
        collector = parts[draw(st.sampled_from(SOURCES))]
        collector.mention(key, "Work", draw(texts), names=draw(st.lists(texts, max_size=2)))
    for number in range(draw(st.integers(0, 12))):
        kind = KINDS[draw(st.sampled_from(sorted(KINDS)))]
        keys = st.sampled_from([BASE + key for key in KEYS])
        columns: dict[str, Any] = {}
        for role in kind.roles:
            given = st.lists(keys, max_size=3) if role.many else keys
            columns[role.name] = draw(given if role.required else st.none() | given)
        for attribute in kind.attributes:
            value = st.sampled_from(SCHEMES[attribute.scheme]) if attribute.scheme else _VALUES[attribute.dtype]
            if kind.name == "WorkFact" and attribute.name == "value":
                value = _dates  # the property decides what a value is; a date is one for all
            columns[attribute.name] = draw(value if attribute.required else st.none() | value)
        quote = draw(texts)
        place = {"start": number, "end": number + 1} if draw(st.booleans()) else {"row": number}
        status = draw(st.sampled_from(SCHEMES["status"]))
        parts[draw(st.sampled_from(SOURCES))].claim(kind.name, quote=quote, status=status, **place, **columns)
    tables = [collector.tables({"source": source, "kind": "record"}) for source, collector in parts.items()]
    claims = concat_claims(t.claims for t in tables)
    sources = pl.DataFrame([t.source for t in tables], schema=SOURCE_SCHEMA)
    mentions = pl.concat([pl.DataFrame(schema=MENTION_SCHEMA), *(t.mentions for t in tables)])
    entities = [dict.fromkeys(ENTITY_SCHEMA) | {
        "entity": BASE + key, "type": "Work", "label": draw(texts), "generic": draw(st.booleans()),
        "names": draw(st.lists(texts, max_size=3)), "ids": draw(st.lists(texts, max_size=2)), "countries": ["LU"],
    } for key in KEYS]  # fmt: skip
    named = {KINDS[k].table: t.with_columns(claim=BASE + pl.col("claim")) for k, t in claims.items()}
    plain = pl.DataFrame(entities, schema=ENTITY_SCHEMA)
    known = with_countries(plain, producing_countries(plain.lazy(), lambda name: named[name].lazy()))
    known = with_shared(known, shared_values(plain.lazy()))
    sources = sources.with_columns(iri=BASE + "source/" + pl.int_range(pl.len()).cast(pl.String))
    return SnapshotTables(BASE, {
        **named,
        "entities": known,
        "mentions": mentions.with_columns(entity=BASE + pl.col("ref").str.split("#").list.last()),
        "matches": _matches(draw, mentions["ref"].to_list()),
        "conflicts": pl.DataFrame(schema=CONFLICT_SCHEMA),
        "sides": pl.DataFrame(schema=SIDE_SCHEMA),
        "agreements": pl.DataFrame(schema=AGREEMENT_SCHEMA),
        "quarantined": pl.DataFrame(schema=QUARANTINE_SCHEMA),
        "sources": with_coverage(sources, known.lazy(), lambda name: named[name].lazy()),
        "documents": pl.DataFrame(schema={"source": pl.String(), "text": pl.String()}),
    })  # fmt: skip


def _matches(draw: st.DrawFn, refs: list[str]) -> pl.DataFrame:
    reason = st.fixed_dictionaries({
        "feature": texts, "score": st.none() | st.floats(0, 1), "left": st.none() | texts, "right": texts,
        "detail": st.none() | texts,
    })  # fmt: skip
    row = {"left_ref": refs[0], "right_ref": refs[-1], "verdict": "same", "score": 0.5, "decided_by": "name",
           "reasons": draw(st.none() | st.lists(reason, max_size=2))}  # fmt: skip
    return pl.DataFrame([row] * draw(st.integers(0, 1)), schema=MATCH_SCHEMA)


def store_of(data: SnapshotTables) -> pyoxigraph.Store:
    """Return the quads of a data set in a store in memory."""
    store = pyoxigraph.Store()
    lines = "".join(f"{line}\n" for part in data.lines() for line in part)
    store.bulk_load(lines.encode(), pyoxigraph.RdfFormat.N_QUADS)
    return store
