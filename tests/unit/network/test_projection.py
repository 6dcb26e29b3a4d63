from __future__ import annotations

import subprocess
import sys

import polars as pl
import pytest

from avgraph.errors import AvgraphError, NotFoundError
from avgraph.network import Network, bipartite, project
from avgraph.network.projection import reproject

# Two films and a short: w1 (2010) by a, b, c; w2 (2014) by a, b; w3 (undated) by d alone.
ROWS = [
    ("w1", "a", "delegate", 2010, 0.5, "c1"),
    ("w1", "a", "executive", 2010, 0.5, "c2"),
    ("w1", "b", "co-producer", 2010, 0.3, "c3"),
    ("w1", "c", "co-producer", 2010, 0.2, "c4"),
    ("w2", "a", "delegate", 2014, None, "c5"),
    ("w2", "b", "co-producer", 2014, None, "c6"),
    ("w3", "d", "delegate", None, None, "c7"),
]
COLUMNS = ["work", "member", "role", "year", "weight", "claim"]
NODES = pl.DataFrame(
    {
        "member": ["a", "b", "zz"],
        "label": ["Alpha", "Beta", "Nobody"],
        "type": ["Organization", "Organization", "Organization"],
        "countries": [["BE", "FR"], ["LU"], ["DE"]],
    }
)


def table(rows: list[tuple[object, ...]] = ROWS) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=COLUMNS, orient="row", strict=False)


def weights(network: Network) -> dict[str, float]:
    return {s + t: w for s, t, w in network.edges.select("source", "target", "weight").iter_rows()}


def test_newman_divides_a_work_among_the_partners_of_each_member() -> None:
    assert weights(project(table())) == {"ab": 1.5, "ac": 0.5, "bc": 0.5}


def test_count_counts_works() -> None:
    assert weights(project(table(), weight="count")) == {"ab": 2.0, "ac": 1.0, "bc": 1.0}


def test_share_multiplies_contributions_and_divides_equally_where_one_is_unknown() -> None:
    found = weights(project(table(), weight="share"))
    assert found == pytest.approx({"ab": 0.5 * 0.3 + 0.5 * 0.5, "ac": 0.5 * 0.2, "bc": 0.3 * 0.2})


def test_shares_are_scaled_to_one_and_a_share_of_zero_ties_nobody() -> None:
    rows = [("w", "a", None, None, 60.0, None), ("w", "b", None, None, 40.0, None), ("w", "c", None, None, 0.0, None)]
    assert weights(project(table(rows), weight="share")) == pytest.approx({"ab": 0.24})


def test_older_works_count_less_and_undated_ones_not() -> None:
    aged = project(table(), half_life=2)
    # From 2014, the last year: w1 is four years old, two half-lives.
    assert weights(aged) == {"ab": 0.5 / 4 + 1, "ac": 0.5 / 4, "bc": 0.5 / 4}
    assert aged.edge("a", "b").works["weight"].to_list() == [0.125, 1.0]
    assert "d" not in aged.nodes["node"]
    assert "halved every 2 years before 2014" in str(aged.settings)
    assert weights(project(table(), half_life=2, years=(None, 2016)))["ab"] == pytest.approx((0.125 + 1) / 2)
    with pytest.raises(AvgraphError, match="half-life"):
        project(table(), half_life=0)


def test_works_of_some_kinds_alone() -> None:
    kinds = table().with_columns(kind=pl.when(pl.col("work") == "w1").then(pl.lit("series")).otherwise(pl.lit("film")))
    assert weights(project(kinds, work_kinds={"film"})) == {"ab": 1.0}
    with pytest.raises(AvgraphError, match="no work is of the kind 'serie'") as caught:
        project(kinds, work_kinds=["serie"])
    assert "series" in str(caught.value.hint)


def test_a_confidence_beyond_one_is_refused() -> None:
    with pytest.raises(AvgraphError, match=r"1 confidence\(s\) are not from 0 to 1, such as 1.5 of 'a'"):
        project(pl.DataFrame({"work": ["w"], "member": ["a"], "confidence": [1.5]}))


def test_rows_are_projected_again_as_before() -> None:
    network = project(table(), NODES, works={"w1": "One"}, weight="count", name="N")
    again = reproject(network, network.memberships.filter(pl.col("work") != "w2"))
    assert weights(again) == {"ab": 1.0, "ac": 1.0, "bc": 1.0}
    assert (again.name, again.find("Alpha"), again.edge("a", "c").works["label"].item()) == ("N", "a", "One")
    assert weights(reproject(network, network.memberships, years=(2012, 2015))) == {"ab": 1.0}


def test_rows_projected_again_age_from_the_same_year_although_the_last_are_gone() -> None:
    network = project(table(), half_life=2)
    again = reproject(network, network.memberships.filter(pl.col("work") != "w2"))
    assert weights(again) == {"ab": 0.125, "ac": 0.125, "bc": 0.125}
    assert again.settings.now == 2014
    window = reproject(network, network.memberships, years=(None, 2012))
    assert (weights(window)["ab"], window.settings.now) == (0.25, 2012)
    assert weights(project(table(), half_life=2, now=2018))["ab"] == (0.125 + 1) / 4


def test_a_member_named_twice_counts_once_and_keeps_roles_and_claims() -> None:
    network = project(table())
    assert network.nodes.filter(pl.col("node") == "a")["roles"].to_list() == [["delegate", "executive"]]
    assert network.edges.row(0, named=True)["n_works"] == 2
    assert network.claims("a", "b") == ("c1", "c2", "c3", "c5", "c6")


def test_edges_carry_years_and_come_sorted() -> None:
    network = project(table())
    assert network.edges.select("source", "target", "n_works", "first_year", "last_year").rows() == [
        ("a", "b", 2, 2010, 2014),
        ("a", "c", 1, 2010, 2010),
        ("b", "c", 1, 2010, 2010),
    ]
    assert network.edges.schema["weight"] == pl.Float64


def test_an_undated_tie_has_no_years() -> None:
    network = project(pl.DataFrame({"work": ["w", "w"], "member": ["b", "a"]}))
    assert network.edges.rows() == [("a", "b", 1.0, 1, None, None)]


def test_years_leave_undated_rows_out_and_report_them() -> None:
    network = project(table(), years=(2011, None))
    assert weights(network) == {"ab": 1.0}
    assert network.nodes["node"].to_list() == ["a", "b"]
    assert network.n_undated == 1
    assert weights(project(table(), years=(None, 2013))) == {"ab": 0.5, "ac": 0.5, "bc": 0.5}


def test_roles_are_filtered_before_members_are_counted() -> None:
    assert weights(project(table(), roles=["co-producer"])) == {"bc": 1.0}


def test_isolated_members_stay() -> None:
    network = project(table())
    assert network.nodes.filter(pl.col("node") == "d").select("n_works", "degree", "strength").rows() == [(1, 0, 0.0)]


def test_min_weight_forgives_rounding() -> None:
    members = ["a", "b", "c", "d", "e", "f", "g"]
    rows = [(f"w{i}", m, None, None, None, None) for i in range(6) for m in members]
    network = project(table(rows), min_weight=1.0)
    assert network.edges.height == 21
    assert project(table(), min_weight=1.0).edges.height == 1
    assert project(table(), min_weight=1.0).nodes.height == 4


def test_nodes_are_described_and_strangers_left_out() -> None:
    nodes = project(table(), NODES).nodes
    assert nodes["node"].to_list() == ["a", "b", "c", "d"]
    assert nodes["label"].to_list() == ["Alpha", "Beta", "c", "d"]
    assert nodes["country"].to_list() == ["BE", "LU", None, None]
    assert nodes["strength"].to_list() == [2.0, 2.0, 1.0, 0.0]


def test_an_unlabelled_iri_is_called_by_its_last_segment() -> None:
    rows = pl.DataFrame({"work": ["w"], "member": ["https://w3id.org/avgraph/id/unite-42"]})
    assert project(rows).nodes["label"].to_list() == ["unite-42"]


def test_repeated_node_rows_do_not_depend_on_their_order() -> None:
    twice = pl.concat([NODES, NODES.with_columns(pl.col("label") + " bis")])
    assert project(table(), twice).nodes.equals(project(table(), twice.reverse()).nodes)


def test_the_graph_carries_everything_an_edge_came_from() -> None:
    graph = project(table(), NODES, name="demo").graph
    assert list(graph) == ["a", "b", "c", "d"]
    assert graph.nodes["a"] == {
        "label": "Alpha", "type": "Organization", "country": "BE", "countries": "BE|FR", "n_works": 2
    }  # fmt: skip
    assert graph["a"]["b"] == {
        "weight": 1.5, "n_works": 2, "works": ["w1", "w2"], "claims": ["c1", "c2", "c3", "c5", "c6"],
        "first_year": 2010, "last_year": 2014,
    }  # fmt: skip
    assert graph.name == "demo"


@pytest.mark.parametrize("weight", ["newman", "count", "share"])
def test_what_works_add_sums_to_the_weight_of_the_edge(weight: str) -> None:
    network = project(table(), NODES, weight=weight, works={"w1": "First Film"})  # type: ignore[arg-type]
    tie = network.edge("Beta", "a")
    assert (tie.source_label, tie.target_label) == ("Alpha", "Beta")
    assert tie.works["weight"].sum() == pytest.approx(tie.weight)
    assert tie.works.select("label", "source_roles", "target_roles").rows() == [
        ("First Film", ["delegate", "executive"], ["co-producer"]),
        ("w2", ["delegate"], ["co-producer"]),
    ]
    assert tie.to_dict()["works"][0]["claims"] == ["c1", "c2", "c3"]
    assert "First Film" in tie._repr_html_()


def test_missing_ties_and_members_are_named() -> None:
    network = project(table(), NODES)
    with pytest.raises(NotFoundError, match="no tie"):
        network.edge("a", "d")
    with pytest.raises(NotFoundError, match="did you mean 'Alpha'"):
        network.edge("Alfa", "b")
    both = project(table(), NODES.with_columns(pl.lit("Same").alias("label")))
    with pytest.raises(NotFoundError, match="2 members are called 'Same'"):
        both.find("Same")


def test_ego_keeps_the_neighbourhood() -> None:
    rows = pl.DataFrame({"work": ["1", "1", "2", "2", "3", "3", "3"], "member": ["a", "b", "b", "c", "c", "d", "e"]})
    network = project(rows)
    assert network.ego("a").nodes["node"].to_list() == ["a", "b"]
    two = network.ego("a", radius=2)
    assert two.nodes["node"].to_list() == ["a", "b", "c"]
    assert two.nodes["degree"].to_list() == [1, 2, 1]
    assert network.ego("c").edge("d", "e").weight == 0.5
    assert network.ego("a", radius=0).edges.is_empty()
    with pytest.raises(NotFoundError, match="such as 'x'"):
        network.subnetwork(["a", "x"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"weight": "neumann"}, "did you mean 'newman'"),
        ({"years": (2014, 2010)}, "window of years"),
        ({"roles": ["delegat"]}, "did you mean 'delegate'"),
        ({"works": pl.DataFrame({"work": ["w"], "title": ["x"]})}, "no column 'label'"),
        ({"nodes": pl.DataFrame({"node": ["a"]})}, "node table has no column 'member'"),
        ({"nodes": pl.DataFrame({"member": ["a"], "countries": ["BE|LU"]})}, "holds text"),
    ],
)
def test_wrong_arguments_say_what_to_do(change: dict[str, object], message: str) -> None:
    with pytest.raises(AvgraphError, match=message):
        project(table(), **change)  # type: ignore[arg-type]


def test_wrong_tables_say_what_to_do() -> None:
    with pytest.raises(AvgraphError, match="did you mean 'members'"):
        project(table().rename({"member": "members"}))
    with pytest.raises(AvgraphError, match="wrong type"):
        project(table().with_columns(pl.lit("20x4").alias("year")))
    with pytest.raises(AvgraphError, match="negative or not finite"):
        project(table([("w", "a", None, None, -1.0, None)]))


def test_rows_without_work_or_member_are_left_out() -> None:
    network = project(pl.DataFrame({"work": ["w", "w", None, "", "w"], "member": ["a", "b", "c", "d", None]}))
    assert network.nodes["node"].to_list() == ["a", "b"]


def test_an_empty_table_gives_an_empty_network() -> None:
    network = project(table().clear())
    assert network.nodes.is_empty()
    assert network.edges.is_empty()
    assert len(network.graph) == 0
    assert network.edges.schema == project(table()).edges.schema


def test_bipartite_has_two_modes() -> None:
    graph = bipartite(table(), NODES, works={"w1": "First Film"})
    assert [n for n, mode in graph.nodes(data="bipartite") if mode == 0] == ["a", "b", "c", "d"]
    assert graph.nodes["w1"] == {"bipartite": 1, "label": "First Film", "year": 2010, "n_members": 3}
    assert graph["a"]["w1"] == {
        "roles": ["delegate", "executive"], "claims": ["c1", "c2"], "weight": 0.5,
        "first_year": 2010, "last_year": 2010,
    }  # fmt: skip
    assert graph.number_of_edges() == 6


def test_bipartite_refuses_a_node_of_both_modes() -> None:
    with pytest.raises(AvgraphError, match="both a work and a member"):
        bipartite(pl.DataFrame({"work": ["x"], "member": ["x"]}))


def test_importing_the_package_is_cheap() -> None:
    code = (
        "import sys, avgraph.network as n; n.project; n.Network\n"
        "heavy = {'networkx', 'scipy', 'matplotlib'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "from avgraph.network import svg, layout, bipartite\n"
        "assert all(map(callable, (svg, layout, bipartite, n.svg, n.layout)))\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
