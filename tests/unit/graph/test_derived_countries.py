"""Derived countries of works are those of the claims they stand for, whatever these are."""

from __future__ import annotations

import pyoxigraph
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny import BASE, TinyGraph, iri

from avgraph.graph.backend import OxigraphBackend
from avgraph.model import STATUSES
from avgraph.vocabulary import PREFIXES
from graph_parts import lines_of

PREFIX = " ".join(f"PREFIX {p}: <{namespace}>" for p, namespace in PREFIXES.items())
#: Property → the claims that it stands for, as a path from a work to a code.
CLAIMS = {
    "producingCountry": """
        ?work (schema:countryOfOrigin|av:coProductionCountry|schema:productionCompany)/av:countryCode
              |schema:productionCompany/schema:location/av:countryCode ?code .""",
    "majorityCountry": """
        ?claim av:standing avc:standing-majority ; av:status avc:status-asserted ; av:work|av:entity ?work ;
          (av:place|av:country|(av:organization/schema:location?))/av:countryCode ?code .""",
    "firstListedCountry": """
        ?claim av:rank 1 ; av:status avc:status-asserted ; av:work|av:entity ?work ;
          (av:place|av:country)/av:countryCode ?code .
        FILTER NOT EXISTS { ?claim av:relation ?relation . FILTER(?relation != avc:place-country-of-origin) }""",
}
WORKS, COMPANIES, PLACES = ("w1", "w2"), ("o1", "o2"), ("be", "lu", "town", "nowhere")


@st.composite
def graphs(draw: st.DrawFn) -> TinyGraph:
    """Give a graph of a few claims on who takes part in two works, and where."""
    g = TinyGraph()
    codes = {"be": ["BE"], "lu": ["LU"], "town": ["BE", "FR"], "nowhere": [], "o1": ["NL"], "o2": []}
    for keys, type_ in ((WORKS, "Work"), (COMPANIES, "Organization"), (PLACES, "Place"), (("award",), "Award")):
        for key in keys:
            g.entity(key, type_, key, countries=codes.get(key, []))
    sources = [g.source(path) for path in ("records/a.csv", "records/b.csv")]

    def one(keys: tuple[str, ...]) -> st.SearchStrategy[str]:
        return st.sampled_from([iri(key) for key in keys])

    for row in range(draw(st.integers(3, 12))):
        told = {
            "row": row, "quote": "q", "status": draw(st.sampled_from(["asserted", *STATUSES])),
            "standing": draw(st.sampled_from(["majority", "majority", "minority", None])),
            "rank": draw(st.sampled_from([1, 1, 2, None])),
        }  # fmt: skip
        source = draw(st.sampled_from(sources))
        if draw(st.booleans()):
            roles = st.sampled_from([{"organization"}, {"country"}, {"organization", "country"}])
            named = {role: draw(one(COMPANIES if role == "organization" else PLACES)) for role in sorted(draw(roles))}
            source.claim("Participation", work=draw(one(WORKS)), role="producer", **named, **told)
        else:
            relation = draw(st.sampled_from(["country of origin", "located in", "filmed in"]))
            about = draw(one((*WORKS, *COMPANIES, "award")))
            source.claim("PlaceRelation", entity=about, place=draw(one(PLACES)), relation=relation, **told)
    sources[0].claim("PlaceRelation", entity=iri("o2"), place=iri("town"), relation="located in", row=99, quote="q")
    return g


@settings(max_examples=60, deadline=None)
@given(g=graphs())
def test_a_derived_country_is_what_its_claims_say(g: TinyGraph) -> None:
    store = pyoxigraph.Store()
    store.load("\n".join(lines_of(g.dataset())).encode(), format=pyoxigraph.RdfFormat.N_QUADS)
    asked = OxigraphBackend(store)
    for derived, claims in CLAIMS.items():
        pattern = f"GRAPH <{BASE}graph/entities> {{ ?work av:{derived} ?code }}"
        short = asked.select(f"{PREFIX} SELECT ?work ?code WHERE {{ {pattern} }}").rows
        long = asked.select(
            f"{PREFIX} SELECT DISTINCT ?work ?code WHERE {{ {claims} ?work a schema:CreativeWork }}"
        ).rows
        assert sorted(short) == sorted(long), derived
