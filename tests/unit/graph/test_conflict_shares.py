from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import pytest
from tiny import TinyGraph

from graph_parts import compared

Rows = list[tuple[str, str, float | None, str | None]]


def graph(sources: Mapping[str, Rows], *, by_company: bool = False) -> TinyGraph:
    """Return a film with participations: (partner, standing, share, plan) by source."""
    g = TinyGraph()
    film = g.entity("film", "Work", "Der Fluss")
    for source, rows in sources.items():
        out = g.source(source)
        for number, (name, standing, share, plan) in enumerate(rows, start=2):
            partner = g.entity(name, "Organization" if by_company else "Place", name)
            out.claim(
                "Participation", work=film, role="co-producer", standing=standing or None, share=share, plan=plan,
                row=number, quote="q", **{"organization" if by_company else "country": partner},
            )  # fmt: skip
    return g


def rules(g: TinyGraph) -> list[str]:
    return compared(g.dataset())[0]["rule"].to_list()


def explanation(g: TinyGraph, rule: str) -> str:
    (text,) = compared(g.dataset())[0].filter(rule=rule)["explanation"]
    return str(text)


def test_shares_that_do_not_sum_to_one_are_told_by_plan() -> None:
    g = graph({"records/a.csv": [("FR", "majority", 0.6, "FP1"), ("GB", "minority", 0.37, "FP1")]})
    assert rules(g) == ["share-sum"]
    assert explanation(g, "share-sum") == (
        "The shares of plan FP1 of Der Fluss sum to 0.97 in records/a.csv: FR 0.6, GB 0.37."
    )
    conflicts, sides = compared(g.dataset())
    assert sides["value"].to_list() == ["FR 0.6", "GB 0.37"]
    assert not sides["preferred"].any()
    assert conflicts["property"].to_list() == ["shares in plan FP1"]


@pytest.mark.parametrize(
    "rows",
    [
        [("FR", "", 0.6, None), ("GB", "", 0.4, None)],
        [("FR", "", 0.333, None), ("GB", "", 0.333, None), ("LU", "", 0.333, None)],  # rounded
        [("FR", "", 0.2, None)],  # one share is no whole
        [("FR", "", 0.6, None), ("LU", "", 0.3, None), ("GB", "", None, None)],  # the third is not known
        [("FR", "", 0.5, None), ("FR", "", 0.5, None), ("GB", "", 0.5, None)],  # one row said twice
    ],
)
def test_shares_that_may_sum_to_one_are_no_conflict(rows: Rows) -> None:
    assert rules(graph({"records/a.csv": rows})) == []


def test_an_article_need_not_name_all_partners() -> None:
    g = graph({"records/a.csv": [("FR", "", 0.32, None), ("GB", "", 0.32, None)]})
    assert rules(g) == ["share-sum"]
    g.kinds["records/a.csv"] = "article"
    assert rules(g) == []


def test_more_than_the_whole_is_a_conflict_whatever_is_unknown() -> None:
    g = graph({"records/a.csv": [("FR", "", 0.8, None), ("GB", "", 0.3, None), ("LU", "", None, None)]})
    assert rules(g) == ["share-sum"]
    assert "sum to 1.1 in records/a.csv: FR 0.8, GB 0.3." in explanation(g, "share-sum")


def test_companies_and_countries_are_summed_apart() -> None:
    g = graph({"records/a.csv": [("X", "", 0.6, None), ("Y", "", 0.4, None)]}, by_company=True)
    other = g.parts["records/a.csv"]
    for name, share in (("fr", 0.6), ("lu", 0.4)):
        place = g.entity(name, "Place", name)
        other.claim("Participation", work=g.entity("film", "Work", "Der Fluss"), country=place, role="co-producer",
                    share=share, row=9, quote="q")  # fmt: skip
    assert rules(g) == []


def test_plans_of_one_source_that_differ_are_one_conflict_with_a_side_each() -> None:
    first: Rows = [("FR", "", 0.6, "FP1"), ("GB", "", 0.4, "FP1")]
    g = graph({"records/a.csv": [*first, ("FR", "", 0.55, "FP2"), ("GB", "", 0.45, "FP2")]})
    assert rules(g) == ["plans-differ"]
    assert compared(g.dataset())[1]["value"].to_list() == ["FP1: FR 0.6, GB 0.4", "FP2: FR 0.55, GB 0.45"]
    assert explanation(g, "plans-differ").endswith("Which one held is not said.")
    same = graph({"records/a.csv": [*first, ("FR", "", 0.6, "FP2"), ("GB", "", 0.4, "FP2")]})
    assert rules(same) == []


def test_a_partner_that_only_one_plan_has_makes_them_differ() -> None:
    g = graph({"records/a.csv": [("FR", "", 1.0, "FP1"), ("FR", "", 0.6, "FP2"), ("GB", "", 0.4, "FP2")]})
    assert rules(g) == ["plans-differ"]


def test_sources_that_give_a_partner_different_shares() -> None:
    g = graph({
        "records/a.csv": [("FR", "", 0.6, None), ("GB", "", 0.4, None)],
        "records/b.csv": [("FR", "", 0.604, None), ("GB", "", 0.3, None)],
    })  # fmt: skip
    assert rules(g) == ["share", "share-sum"]  # 0.604 is 0.6 rounded; b sums to 0.904
    assert explanation(g, "share").startswith("The share of GB in Der Fluss: 0.4 (records/a.csv); 0.3 (records/b.csv).")
    conflicts, sides = compared(g.dataset(("records/b.csv", "records/a.csv")))
    conflict = conflicts.filter(rule="share")["conflict"][0]
    sides = sides.filter(pl.col("conflict") == conflict).select("value", "preferred").rows()
    assert sides == [("0.3", True), ("0.4", False)]


def test_two_majority_countries_within_a_source_and_between_sources() -> None:
    g = graph({"records/a.csv": [("FR", "majority", None, "FP1"), ("GB", "majority", None, "FP1")]})
    assert rules(g) == ["majority"]
    assert explanation(g, "majority") == (
        "Which country has the majority in plan FP1 of Der Fluss: FR (records/a.csv); GB (records/a.csv). "
        "One source says all of it."
    )
    between = graph({
        "records/a.csv": [("FR", "majority", None, None)], "records/b.csv": [("GB", "majority", None, None)]
    })  # fmt: skip
    assert rules(between) == ["majority"]
    by_plan = graph({"records/a.csv": [("FR", "majority", None, "FP1"), ("GB", "majority", None, "FP2")]})
    assert rules(by_plan) == []  # a majority may pass from one plan to the next


def test_a_country_of_origin_with_the_majority_counts() -> None:
    g = graph({"records/a.csv": [("FR", "majority", None, None)]})
    be = g.entity("BE", "Place", "BE")
    g.source("records/b.csv").claim(
        "PlaceRelation", entity=g.entity("film", "Work", "Der Fluss"), place=be, relation="country of origin",
        standing="majority", row=2, quote="q",
    )  # fmt: skip
    assert rules(g) == ["majority"]


def test_what_is_planned_or_of_some_episodes_only_contradicts_nothing() -> None:
    g = TinyGraph()
    film, fr, gb = g.entity("film", "Work", "F"), g.entity("fr", "Place", "FR"), g.entity("gb", "Place", "GB")
    out = g.source("records/a.csv")
    part = {"work": film, "role": "co-producer", "quote": "q", "standing": "majority"}
    out.claim("Participation", **part, country=fr, share=0.6, row=2)
    out.claim("Participation", **part, country=gb, share=0.6, row=3, status="planned")
    out.claim("Participation", **part, country=gb, share=0.7, row=4, scope="season 2")
    assert compared(g.dataset())[0].is_empty()
