from __future__ import annotations

import networkx as nx
import numpy as np
import polars as pl
import pytest

from avgraph.errors import AvgraphError, NotFoundError
from avgraph.network import Network, project
from avgraph.network.projection import reproject

KARATE_CLUBS = {str(node): club for node, club in nx.karate_club_graph().nodes(data="club")}


def from_ties(ties: dict[str, int], countries: dict[str, str] | None = None) -> Network:
    """Return a network with so many works for each pair of letters."""
    rows = [
        (f"{pair}{i}", member, f"c-{pair}{i}-{member}") for pair, n in ties.items() for i in range(n) for member in pair
    ]
    nodes = None
    if countries:
        nodes = pl.DataFrame({"member": list(countries), "countries": [[c] for c in countries.values()]})
    return project(pl.DataFrame(rows, schema=["work", "member", "claim"], orient="row"), nodes)


def from_graph(graph: nx.Graph) -> Network:
    """Return the network with a work for each unit of the weights of a graph."""
    rows = [
        (f"{u}-{v} {i}", str(member))
        for u, v, weight in graph.edges(data="weight", default=1)
        for i in range(weight)
        for member in (u, v)
    ]
    return project(pl.DataFrame(rows, schema=["work", "member"], orient="row"))


def values(network: Network, measure: str) -> dict[str, float]:
    return dict(network.rank(measure).select("node", "value").iter_rows())  # type: ignore[arg-type]


# Alone: two works of one member; a bridge from a triangle to a pair.
BRIDGE = {"ab": 1, "bc": 1, "ac": 1, "cd": 1, "de": 1, "f": 1}


def test_constraint_ranks_the_freest_first_and_says_nothing_of_the_isolated() -> None:
    ranked = from_ties(BRIDGE).rank("constraint").select("rank", "node", "value").rows()
    # d: two partners that are not tied, half of its strength each.
    assert ranked[0] == (1, "d", 0.5)
    # c: of each of three partners a third; a and b have half of theirs in each other.
    assert ranked[1] == (2, "c", pytest.approx(2 * (1 / 3 + 1 / 3 * 1 / 2) ** 2 + 1 / 9))
    assert ranked[2:] == [(3, "e", 1.0), (4, "a", pytest.approx(1.0069444444)), (4, "b", pytest.approx(1.0069444444)),
                          (None, "f", None)]  # fmt: skip
    assert "the lowest first" in from_ties(BRIDGE).note("constraint")


def test_effective_size_takes_off_the_ties_among_partners() -> None:
    sizes = values(from_ties(BRIDGE), "effective size")
    assert sizes == {"c": pytest.approx(3 - 2 / 3), "d": 2.0, "a": 1.0, "b": 1.0, "e": 1.0, "f": None}


@pytest.mark.parametrize("graph", [nx.karate_club_graph(), nx.les_miserables_graph()])
def test_holes_of_textbook_networks(graph: nx.Graph) -> None:
    network = from_graph(graph)
    expected = nx.constraint(graph, weight="weight")
    assert values(network, "constraint") == pytest.approx({str(node): value for node, value in expected.items()})
    expected = nx.effective_size(graph, nodes=list(graph), weight="weight")
    assert values(network, "effective size") == pytest.approx({str(node): value for node, value in expected.items()})


def test_each_role_of_a_broker_by_hand() -> None:
    # v has partners of its own country (a, b), two French (p, q), one of Luxembourg (l); p has ties to q, l and a.
    ties = dict.fromkeys(["va", "vb", "vp", "vq", "vl", "pq", "lp", "ap", "vu"], 1)
    countries = {"v": "BE", "a": "BE", "b": "BE", "p": "FR", "q": "FR", "l": "LU"}
    table = from_ties(ties, countries).brokerage()
    row = table.row(0, named=True)
    # u has no country, and counts for nothing.
    assert table["node"].to_list() == ["v", "p", "a", "b", "l", "q"]
    assert (row["node"], row["group"], row["triads"]) == ("v", "BE", 7)
    assert (row["coordinator"], row["consultant"], row["gatekeeper"], row["liaison"]) == (1, 0, 5, 1)
    # p, between q and l, q and a, l and a.
    assert table.select("triads", "gatekeeper", "liaison").row(1) == (3, 2, 1)
    # All three in one of the groups of 3, 2 and 1: 6 of the 120 ways to take three of six in order.
    assert row["coordinator_expected"] == pytest.approx(7 * 6 / 120)
    # Two in one group and one outside: of 3 and 3, or of 2 and 4.
    assert row["consultant_expected"] == pytest.approx(7 * (6 * 3 + 2 * 4) / 120)
    assert row["gatekeeper_expected"] == pytest.approx(2 * row["consultant_expected"])
    assert row["liaison_expected"] == pytest.approx(7 * 6 * (3 * 2 * 1) / 120)


def test_z_is_null_where_the_number_cannot_vary() -> None:
    table = from_ties({"va": 1, "vb": 1}, dict.fromkeys("vab", "BE")).brokerage()
    assert table.row(0, named=True)["coordinator"] == 1
    assert table.select(pl.selectors.ends_with("_z")).null_count().row(0) == (3, 3, 3, 3)


def test_groups_are_a_column_or_what_the_caller_says() -> None:
    network = from_ties({"va": 1, "vb": 1})
    assert network.brokerage({"v": 1, "a": 2, "b": 2})["consultant"].to_list() == [1, 0, 0]
    assert network.brokerage("degree")["consultant"].to_list() == [1, 0, 0]
    assert network.brokerage().is_empty()  # nobody's country is known
    with pytest.raises(AvgraphError, match="no column 'contry'") as caught:
        network.brokerage("contry")
    assert "'country'" in str(caught.value.hint)
    with pytest.raises(AvgraphError, match="several values of 'countries'"):
        network.brokerage("countries")
    with pytest.raises(AvgraphError, match="none of the 1 members"):
        network.ei_index({"z": "BE"})


def test_brokers_between_two_countries_lead_back_to_works_and_claims() -> None:
    ties = {"va": 2, "vl": 1, "wa": 1, "wl": 1, "al": 1, "bv": 1, "vp": 3}
    countries = {"v": "FR", "w": "FR", "a": "BE", "b": "BE", "l": "LU", "p": "FR"}
    network = from_ties(ties, countries)
    # a and l have a tie, so that w brokers nothing, and v between b and l alone.
    assert network.brokerage(between=("BE", "LU")).rows() == [
        ("v", "v", "FR", "liaison", 1, ["b"], ["l"], ["bv0", "vl0"],
         ["c-bv0-b", "c-bv0-v", "c-vl0-l", "c-vl0-v"])
    ]  # fmt: skip
    other_way = network.brokerage(between=("LU", "BE"))
    assert other_way.select("first_partners", "second_partners").row(0) == (["l"], ["b"])
    # From France to Belgium: p - v - a and p - v - b, v being French itself.
    assert network.brokerage(between=("FR", "BE")).select("node", "role", "triads").rows()[0] == ("v", "gatekeeper", 2)
    with pytest.raises(NotFoundError, match="no member is of the group 'ES'"):
        network.brokerage(between=("BE", "ES"))
    with pytest.raises(AvgraphError, match="both groups are 'BE'"):
        network.brokerage(between=("BE", "BE"))


def test_the_index_of_the_karate_club_is_far_from_chance() -> None:
    found = from_graph(nx.karate_club_graph()).ei_index(KARATE_CLUBS)
    graph = nx.karate_club_graph()
    crossing = sum(graph.nodes[u]["club"] != graph.nodes[v]["club"] for u, v in graph.edges)
    assert (found.external, found.internal) == (crossing, 78 - crossing)
    assert found.value == pytest.approx((2 * crossing - 78) / 78)
    # Two clubs of 17: 16 of 33 others are of one's own.
    assert found.expected == pytest.approx(1 / 33)
    assert found.p == pytest.approx(2 / 1000)
    assert found.groups["expected"].to_list() == pytest.approx([1 / 33, 1 / 33], abs=0.05)
    assert found.groups["p"].to_list() == [2 / 1000] * 2
    assert "expected 0.030" in repr(found)
    assert "Mr. Hi" in found._repr_html_()


def test_an_index_like_any_other_deal_has_p_one() -> None:
    found = from_ties({"ab": 1}, {"a": "BE", "b": "LU"}).ei_index(permutations=20)
    assert (found.value, found.expected, found.p) == (1.0, 1.0, 1.0)
    assert found.groups.row(0) == ("BE", 1, 0, 1, 1.0, 1.0, 1.0)
    with pytest.raises(AvgraphError, match="0 permutations"):
        from_ties({"ab": 1}).ei_index(permutations=0)


def test_the_index_of_no_ties_is_none() -> None:
    found = from_ties({"a": 1, "b": 1}, {"a": "BE", "b": "LU"}).ei_index()
    assert (found.value, found.expected, found.p) == (None, None, None)
    assert found.groups.select("ei", "expected", "p").null_count().row(0) == (2, 2, 2)
    assert "no ties" in repr(found)


def test_one_seed_gives_one_p() -> None:
    network = from_graph(nx.les_miserables_graph())
    by = {node: len(node) % 3 for node in network.nodes["node"]}
    one, again, other = (network.ei_index(by, permutations=99, seed=seed) for seed in (1, 1, 2))
    assert one.groups.equals(again.groups)
    assert not one.groups.equals(other.groups)


def test_coreness_finds_the_numbers_that_a_pattern_was_made_from() -> None:
    made = {"a": 4, "b": 3, "c": 2, "d": 1, "e": 1}
    pairs = {f"{x}{y}": made[x] * made[y] for x in made for y in made if x < y}
    found = from_ties(pairs).coreness()
    assert dict(found.table.select("node", "coreness").iter_rows()) == {
        node: pytest.approx(value / 4, abs=1e-5) for node, value in made.items()
    }
    assert (found.correlation, found.converged) == (pytest.approx(1.0), True)
    network = from_ties(pairs)
    assert values(network, "coreness")["b"] == pytest.approx(0.75, abs=1e-5)
    assert network.note("coreness").endswith("correlation 1.00 with the pattern of one core")


def test_coreness_where_there_is_no_core_or_no_end() -> None:
    equal = from_ties({"ab": 1, "ac": 1, "bc": 1}).coreness()
    assert equal.table["coreness"].to_list() == [1.0, 1.0, 1.0]
    assert equal.correlation is None
    star = from_ties({"va": 1, "vb": 1, "vc": 1, "vd": 1})
    assert values(star, "coreness")["v"] == 1.0
    assert max(values(star, "coreness")[leaf] for leaf in "abcd") < 0.01
    assert star.note("coreness").endswith("search not ended")
    none = from_ties({"a": 1}).coreness()
    assert (none.table["coreness"].to_list(), none.correlation) == ([None], None)
    assert "Coreness" in none._repr_html_()


def test_the_karate_club_has_its_leaders_in_the_core() -> None:
    found = from_graph(nx.karate_club_graph()).coreness()
    # Compared with thirty searches from random starts: there is no better minimum than 540.18.
    assert found.table["node"].to_list()[:4] == ["2", "33", "0", "32"]
    weights = nx.to_numpy_array(nx.karate_club_graph(), weight="weight")
    order = [str(node) for node in nx.karate_club_graph()]
    value = dict(found.table.select("node", "coreness").iter_rows())
    c = np.array([value[node] for node in order])
    upper = np.triu_indices(34, 1)
    product, weight = np.outer(c, c)[upper], weights[upper]
    scale = weight @ product / (product @ product)
    assert np.square(weight - scale * product).sum() == pytest.approx(540.1812, abs=1e-3)
    assert found.correlation == pytest.approx(np.corrcoef(weight, product)[0, 1])


def test_a_small_country_depends_on_a_large_one() -> None:
    network = from_ties({"LF": 3, "LB": 1, "FB": 6, "FX": 6}, {"L": "LU", "F": "FR", "B": "BE"})
    row = network.concentration().filter(pl.col("node") == "L").row(0, named=True)
    assert (row["n_partners"], row["hhi"], row["largest_partner"], row["largest_share"]) == (2, 10 / 16, "F", 0.75)
    assert (row["hhi_normalised"], row["effective_partners"]) == (pytest.approx(0.25), pytest.approx(1.6))
    assert row["minority_ratio"] is None  # no share or role is stated
    assert network.concentration()["node"].to_list() == ["X", "B", "L", "F"]
    table = network.dependence()
    assert table.filter(pl.col("member") == "L").select("partner", "share", "partner_share", "asymmetry").rows() == [
        ("F", 0.75, 0.2, pytest.approx(0.55)), ("B", 0.25, pytest.approx(1 / 7), pytest.approx(0.25 - 1 / 7))
    ]  # fmt: skip
    assert table["member"].to_list() == ["X", "L", "B", "L"]


def test_two_of_equal_strength_depend_alike() -> None:
    assert from_ties({"ba": 2}).dependence().select("member", "partner", "asymmetry").rows() == [("a", "b", 0.0)]


def test_the_minority_ratio_follows_shares_then_roles() -> None:
    rows = [
        # Shares of all members: b has less. A half each: nobody has less.
        ("w1", "a", 70.0, None), ("w1", "b", 30.0, None), ("w2", "a", 0.5, None), ("w2", "b", 0.5, None),
        # One share is unknown, so the roles count: a leads, b does not, of c nothing is said.
        ("w3", "a", None, "delegate"), ("w3", "b", 0.9, "co-producer"), ("w3", "c", None, "service"),
        # Nobody is said to lead: co-producers may be equals; a minority is one in any case.
        ("w4", "a", None, "co-producer"), ("w4", "b", None, "co-producer"), ("w4", "c", None, "minority"),
        # A work of one member is no co-production.
        ("w5", "c", 1.0, "majority"),
    ]  # fmt: skip
    network = project(pl.DataFrame(rows, schema=["work", "member", "weight", "role"], orient="row"))
    table = network.concentration().sort("node").select("node", "n_stated", "n_minority", "minority_ratio")
    assert table.rows() == [("a", 3, 0, 0.0), ("b", 3, 2, pytest.approx(2 / 3)), ("c", 1, 1, 1.0)]


# A hub with one strong tie and nine weak ones, and a pair who have only each other.
HUB = {"ha": 20} | {f"h{leaf}": 1 for leaf in "bcdefgijk"} | {"xy": 5}


def test_the_backbone_of_a_hub() -> None:
    network = from_ties(HUB)
    table = network.disparity()
    # The strong tie is 20 of 29, of ten ties; at the other end it is the only one.
    assert table.row(0) == ("a", "h", 20.0, 20, None, pytest.approx((9 / 29) ** 9), pytest.approx((9 / 29) ** 9))
    assert table.row(1, named=True)["alpha"] == pytest.approx((28 / 29) ** 9)
    assert table.row(10, named=True)["alpha"] is None
    backbone = network.backbone(0.05)
    assert backbone.edges.select("source", "target", "weight", "n_works").rows() == [("a", "h", 20.0, 20)]
    assert backbone.nodes.height == network.nodes.height
    degrees = backbone.nodes.filter(pl.col("degree") > 0).select("node", "degree", "strength").rows()
    assert degrees == [("a", 1, 20.0), ("h", 1, 20.0)]
    assert str(backbone.settings) == "weight newman; edges significant at 0.05"
    assert backbone.edge("a", "h").works.height == 20
    assert backbone.graph.number_of_edges() == 1
    # Nobody is significant for two members who have only each other, whatever the level.
    assert network.backbone(1).edges.height == 10
    for alpha in (0, 1.1, float("nan")):
        with pytest.raises(AvgraphError, match="alpha is"):
            network.backbone(alpha)


def test_rows_of_a_backbone_are_projected_as_a_backbone() -> None:
    backbone = from_ties(HUB).backbone(0.05)
    again = reproject(backbone, backbone.memberships)
    assert again.edges.equals(backbone.edges)
    assert again.settings == backbone.settings
