"""A snapshot that is changed holds what one that is written anew holds, whatever has changed."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import polars as pl
import pyoxigraph
from hypothesis import given, settings
from hypothesis import strategies as st

from avgraph.graph import writing
from avgraph.graph.shapes import QUARANTINE_SCHEMA
from avgraph.graph.snapshot import Snapshot
from avgraph.graph.writing import Dataset, write_snapshot
from avgraph.identity.entities import ENTITY_SCHEMA
from avgraph.model import SOURCE_SCHEMA, Collector, concat_claims
from graph_parts import MATCH_SCHEMA, dataset_of

BASE = "https://example.org/id/"
SOURCES = ("articles/a.txt", "records/b.csv", "records/c.csv")
ENTITIES = [f"{BASE}e/{i}" for i in range(5)]
entity, quote = st.sampled_from(ENTITIES), st.sampled_from(["one", "two\n“quoted”"])

#: (source, kind, columns): few values, so that rows share their evidence and their shortcuts.
claims = st.tuples(
    st.sampled_from(SOURCES),
    st.one_of(
        st.fixed_dictionaries({"kind": st.just("Credit"), "work": entity, "agent": entity,
                               "role": st.sampled_from(["director", "actor", "voice"])}),
        st.fixed_dictionaries({"kind": st.just("Participation"), "work": entity, "organization": entity,
                               "role": st.just("producer"), "share": st.sampled_from([None, 0.5])}),
        st.fixed_dictionaries({"kind": st.just("Partnership"), "parties": st.lists(entity, min_size=2, max_size=3),
                               "partnership": st.just("collaboration")}),
        st.fixed_dictionaries({"kind": st.just("WorkFact"), "work": entity, "property": st.just("release date"),
                               "value": st.sampled_from(["2007", "2008-03"])}),
        st.fixed_dictionaries({"kind": st.just("PlaceRelation"), "entity": entity, "place": entity,
                               "relation": st.sampled_from(["country of origin", "located in"]),
                               "status": st.sampled_from(["asserted", "negated"])}),
    ),
    st.integers(1, 3), quote,
)  # fmt: skip
matches = st.fixed_dictionaries({
    "left_ref": st.sampled_from("ab"), "right_ref": st.sampled_from("cd"), "left_entity": entity,
    "right_entity": entity, "verdict": st.sampled_from(["same", "possiblySame"]), "score": st.sampled_from([0.5, 1.0]),
    "decided_by": st.sampled_from(["id", "name"]), "reasons": st.just([]),
})  # fmt: skip
quarantined = st.fixed_dictionaries({
    "claim": st.sampled_from([f"{BASE}q/1", f"{BASE}q/2"]), "kind": st.just("Credit"),
    "source": st.sampled_from(SOURCES), "row": st.just(1), "quote": quote, "shape": st.sampled_from(["urn:s", "urn:t"]),
    "message": st.just("m"),
})  # fmt: skip
#: What may change of an entity: label, countries, year; the last two change what is derived from claims about others.
countries, years = st.sampled_from([[], ["BE"], ["BE", "LU"]]), st.sampled_from([None, 2007])
described = st.lists(
    st.tuples(st.sampled_from(["A", "B", "Ç"]), countries, years), min_size=len(ENTITIES), max_size=len(ENTITIES)
)
worlds = st.tuples(
    st.lists(claims, max_size=8), st.lists(matches, max_size=3, unique_by=lambda m: (m["left_ref"], m["right_ref"])),
    st.lists(quarantined, max_size=3, unique_by=lambda q: (q["claim"], q["shape"])), described,
)  # fmt: skip


def dataset(world: Any) -> Dataset:
    said, linked, refused, known = world
    collectors = {source: Collector(source, method="test@1") for source in SOURCES}
    for source, columns, place, words in said:
        where = {"start": place, "end": place + 1} if source.startswith("articles") else {"row": place}
        about = {k: v for k, v in columns.items() if k != "kind"}
        collectors[source].claim(columns["kind"], quote=words, **where, **about)
    tables = [c.tables({"source": source, "kind": "record"}) for source, c in collectors.items()]
    by_kind = concat_claims(t.claims for t in tables)
    sources = pl.DataFrame([t.source for t in tables], schema=SOURCE_SCHEMA).with_columns(iri=BASE + pl.col("source"))
    entities = pl.DataFrame(
        [{"entity": iri, "type": "Work", "label": name, "names": [name], "countries": codes, "year": year,
          "generic": False} for iri, (name, codes, year) in zip(ENTITIES, known, strict=True)],
        schema=ENTITY_SCHEMA,
    )  # fmt: skip
    return dataset_of(
        BASE, {k: t.with_columns(claim=BASE + pl.col("claim")) for k, t in by_kind.items()},
        pl.concat([t.mentions for t in tables]).with_columns(entity=pl.lit(None, dtype=pl.String)), sources, entities,
        pl.DataFrame(linked, schema=MATCH_SCHEMA), pl.DataFrame(refused, schema=QUARANTINE_SCHEMA), lambda s: 0,
    )  # fmt: skip


def quads(snapshot: Snapshot) -> list[str]:
    return sorted(map(str, pyoxigraph.Store.read_only(str(snapshot.store_path))))


@settings(max_examples=12, deadline=None)
@given(st.lists(worlds, min_size=2, max_size=3))
def test_a_changed_snapshot_is_the_one_that_is_written_anew(states: list[Any]) -> None:
    limit, writing._MAX_CHANGED = writing._MAX_CHANGED, 1e9  # so small a store would be loaded anew
    try:
        with tempfile.TemporaryDirectory() as folder:
            for number, state in enumerate(states):
                changed = write_snapshot(Path(folder) / "w", dataset(state), "n", {})
                anew = write_snapshot(Path(folder) / f"anew{number}", dataset(state), "n", {})
                assert changed.manifest["content"] == anew.manifest["content"]
                assert quads(changed) == quads(anew)
                assert changed.manifest["quads"]["count"] == anew.manifest["quads"]["count"] == len(quads(anew))
    finally:
        writing._MAX_CHANGED = limit
