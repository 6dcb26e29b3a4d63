from __future__ import annotations

from collections import Counter
from itertools import combinations, permutations

import networkx as nx
import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from random_networks import networks

from avgraph.network import Network, matrix
from avgraph.network.brokerage import ROLES
from avgraph.network.coreness import fit_core
from avgraph.network.holes import constraint, effective_size
from avgraph.network.projection import reproject
from avgraph.network.uncertainty import Of, Resamples

relaxed = settings(deadline=None, max_examples=60)


def role_of(broker: str, one: str, other: str) -> str:
    match len({broker, one, other}):
        case 1:
            return "coordinator"
        case 3:
            return "liaison"
        case _:
            return "consultant" if one == other else "gatekeeper"


def open_triads(graph: nx.Graph, broker: str) -> list[tuple[str, str]]:
    return [(a, b) for a, b in combinations(sorted(graph[broker]), 2) if not graph.has_edge(a, b)]


@relaxed
@given(networks(), st.sampled_from([1, 20_000_000]))
def test_holes_are_those_of_networkx(network: Network, block: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(matrix, "_BLOCK_PRODUCTS", block)
        found, size = constraint(network.matrix), effective_size(network.matrix)
    graph = network.graph
    expected = nx.constraint(graph, weight="weight")
    assert found == pytest.approx([expected[node] for node in graph], nan_ok=True)
    # Node by node, since the way of NetworkX for all at once takes other weights than its definition.
    expected = nx.effective_size(graph, nodes=list(graph), weight="weight")
    assert size == pytest.approx([expected[node] for node in graph], nan_ok=True)
    equal = network.matrix.copy()
    equal.data[:] = 1.0
    expected = nx.effective_size(graph)
    assert effective_size(equal) == pytest.approx([expected[node] for node in graph], nan_ok=True)


@relaxed
@given(networks())
def test_roles_are_those_that_plain_loops_count(network: Network) -> None:
    group = dict(network.nodes.drop_nulls("country").select("node", "country").iter_rows())
    graph = network.graph.subgraph(group)
    table = network.brokerage()
    assert sorted(table["node"]) == sorted(group)
    for row in table.iter_rows(named=True):
        triads = open_triads(graph, row["node"])
        counts = Counter(role_of(group[row["node"]], group[a], group[b]) for a, b in triads)
        assert {role: row[role] for role in ROLES} == {role: counts[role] for role in ROLES}
        assert row["triads"] == len(triads)
    order = table.select("triads", "node").rows()
    assert order == sorted(order, key=lambda row: (-row[0], row[1]))


@settings(deadline=None, max_examples=25)
@given(networks(), st.lists(st.sampled_from("xyz"), min_size=7, max_size=7))
def test_expectation_and_z_are_those_of_all_ways_to_deal_the_groups(network: Network, letters: list[str]) -> None:
    members = network.nodes["node"].to_list()[:7]
    letters = letters[: len(members)]
    table = network.brokerage(by=dict(zip(members, letters, strict=True)))
    graph = network.graph.subgraph(members)
    triads = {node: open_triads(graph, node) for node in members}
    ways = set(permutations(letters))
    counts = {node: np.zeros((len(ways), len(ROLES))) for node in members}
    for number, way in enumerate(sorted(ways)):
        group = dict(zip(members, way, strict=True))
        for node in members:
            for a, b in triads[node]:
                counts[node][number, ROLES.index(role_of(group[node], group[a], group[b]))] += 1
    for row in table.iter_rows(named=True):
        for place, role in enumerate(ROLES):
            dealt = counts[row["node"]][:, place]
            assert row[f"{role}_expected"] == pytest.approx(dealt.mean())
            if dealt.std() < 1e-9:
                assert row[f"{role}_z"] is None
            else:
                assert row[f"{role}_z"] == pytest.approx((row[role] - dealt.mean()) / dealt.std())


@relaxed
@given(networks())
def test_brokers_between_two_countries_are_those_of_plain_loops(network: Network) -> None:
    group = dict(network.nodes.select("node", "country").iter_rows())
    if not {"BE", "LU"} <= set(group.values()):
        return
    expected = {}
    for node in network.graph:
        led = [p for p in open_triads(network.graph, node) if {group[p[0]], group[p[1]]} == {"BE", "LU"}]
        if led:
            ends = {end for pair in led for end in pair}
            works = sorted({work for end in ends for work in network.edge(node, end).works["work"]})
            sides = [sorted(end for end in ends if group[end] == country) for country in ("BE", "LU")]
            role = None if group[node] is None else "gatekeeper" if group[node] in ("BE", "LU") else "liaison"
            expected[node] = (role, len(led), *sides, works)
    columns = ["role", "triads", "first_partners", "second_partners", "works"]
    table = network.brokerage(between=("BE", "LU"))
    assert {row[0]: row[1:] for row in table.select("node", *columns).iter_rows()} == expected


@relaxed
@given(
    networks(), st.lists(st.sampled_from([None, 0.0, 0.5, 1.0]), min_size=48, max_size=48),
    st.sampled_from(["claims", "works", "both"]), st.sampled_from([None, ("BE", "LU")]), st.integers(0, 99),
)  # fmt: skip
def test_intervals_of_brokers_are_those_of_loops_over_the_draws(
    network: Network, chances: list[float | None], of: Of, between: tuple[str, str] | None, seed: int
) -> None:
    group = dict(network.nodes.select("node", "country").iter_rows())
    assume(between is None or set(between) <= set(group.values()))
    claims = {
        "claim": pl.format("{}-{}", "work", "member"),
        "confidence": pl.Series(chances[: len(network.memberships)]),
    }
    network = reproject(network, network.memberships.with_columns(**claims))
    counts: dict[str, list[Counter[str]]] = {node: [] for node in group}
    draws = Resamples(network, of)
    for kept, times in draws.draw(np.random.default_rng(seed), 6):
        graph = draws.network(kept, times).graph
        for node, found in counts.items():
            triads = []
            if between is not None:
                triads = [
                    ends for ends in open_triads(graph, node) if sorted(group[e] or "" for e in ends) == [*between]
                ]
            elif group[node] is not None:
                triads = open_triads(graph.subgraph([member for member in graph if group[member]]), node)
            roles = [] if between else [role_of(group[node], group[a], group[b]) for a, b in triads]
            found.append(Counter({"triads": len(triads), **Counter(roles)}))
    places = {
        node: [1 + sum(other[run]["triads"] > count["triads"] for other in counts.values())
               for run, count in enumerate(found)]
        for node, found in counts.items()
    }  # fmt: skip
    names = ["triads", *(() if between else ROLES)]
    for row in network.brokerage_intervals(n=6, level=0.5, between=between, of=of, top=2, seed=seed).table.to_dicts():
        for name in [*names, "rank"]:
            seen = sorted(places[row["node"]] if name == "rank" else [count[name] for count in counts[row["node"]]])
            prefix = "" if name == "triads" else f"{name}_"
            # A quarter of the five steps from the first to the last lies between the second and the third.
            assert row[f"{prefix}low"] == seen[1]
            assert row[f"{prefix}high"] == seen[4]
            assert row[f"{prefix}median"] == (seen[2] + seen[3]) / 2
        assert row["share_top"] == pytest.approx(sum(place <= 2 for place in places[row["node"]]) / 6)


@relaxed
@given(networks())
def test_the_index_of_members_groups_and_network_fit_together(network: Network) -> None:
    found = network.ei_index(permutations=3)
    group = dict(network.nodes.drop_nulls("country").select("node", "country").iter_rows())
    ties = [(group[a], group[b]) for a, b in network.graph.subgraph(group).edges]
    external = sum(a != b for a, b in ties)
    assert (found.external, found.internal) == (external, len(ties) - external)
    assert found.value == (pytest.approx((2 * external - len(ties)) / len(ties)) if ties else None)
    sums = found.members.group_by("group").agg(pl.col("internal", "external").sum()).sort("group")
    assert sums.equals(found.groups.select("group", "internal", "external"))
    assert found.members["internal"].sum() == 2 * found.internal
    for node, inside, outside, value in found.members.select("node", "internal", "external", "ei").iter_rows():
        assert value == (pytest.approx((outside - inside) / (outside + inside)) if outside + inside else None)
        assert outside == sum(group.get(n, group[node]) != group[node] for n in network.graph[node])


@settings(deadline=None, max_examples=25)  # stars are searched to the last step
@given(networks())
def test_coreness_is_a_minimum_of_the_misfit(network: Network) -> None:
    adjacency = network.matrix.toarray()
    values, converged = fit_core(network.matrix)
    if not adjacency.any():
        assert np.isnan(values).all()
        return
    assert values.max() == 1.0
    assert values.min() >= 0.0
    if not converged:
        return
    # Back to the scale where the products fit the weights best.
    product = np.outer(values, values) * (1 - np.eye(len(values)))
    c = values * np.sqrt((adjacency * product).sum() / np.square(product).sum())
    gradient = c * (np.square(c).sum() - np.square(c)) - adjacency @ c
    scale = adjacency.max() ** 1.5
    assert np.abs(gradient[c > 1e-6]).max() <= 1e-4 * scale
    assert gradient[c <= 1e-6].min(initial=0.0) >= -1e-4 * scale


@relaxed
@given(networks())
def test_concentration_and_dependence_are_shares_of_strength(network: Network) -> None:
    graph = network.graph
    strength = dict(graph.degree(weight="weight"))
    for row in network.concentration().iter_rows(named=True):
        shares = [d["weight"] / strength[row["node"]] for d in graph[row["node"]].values()]
        n = len(shares)
        assert row["n_partners"] == n
        if not n:
            assert (row["hhi"], row["largest_partner"], row["effective_partners"]) == (None, None, None)
            continue
        hhi = sum(share**2 for share in shares)
        assert (row["hhi"], row["largest_share"]) == (pytest.approx(hhi), pytest.approx(max(shares)))
        assert row["largest_partner"] == min(graph[row["node"]], key=lambda p: (-graph[row["node"]][p]["weight"], p))
        assert row["effective_partners"] == pytest.approx(1 / hhi)
        assert row["hhi_normalised"] == (pytest.approx((hhi - 1 / n) / (1 - 1 / n), abs=1e-12) if n > 1 else None)
    table = network.dependence()
    pairs = {frozenset(pair) for pair in table.select("member", "partner").iter_rows()}
    assert pairs == {frozenset(edge) for edge in graph.edges}
    for row in table.iter_rows(named=True):
        weight = graph[row["member"]][row["partner"]]["weight"]
        assert row["share"] == pytest.approx(weight / strength[row["member"]])
        assert row["partner_share"] == pytest.approx(weight / strength[row["partner"]])
        assert row["asymmetry"] == pytest.approx(row["share"] - row["partner_share"], abs=1e-12)
        assert row["asymmetry"] >= 0


@relaxed
@given(networks(), st.floats(0.01, 1))
def test_the_backbone_is_that_of_the_paper(network: Network, alpha: float) -> None:
    graph = network.graph

    def chance(node: str, weight: float) -> float | None:
        k = len(graph[node])
        return (1 - weight / graph.degree(node, weight="weight")) ** (k - 1) if k > 1 else None

    known = {
        (a, b): [value for end in (a, b) if (value := chance(end, w)) is not None]
        for a, b, w in graph.edges(data="weight")
    }
    for row in network.disparity().iter_rows(named=True):
        values = known[row["source"], row["target"]]
        assert row["alpha"] == (pytest.approx(min(values)) if values else None)
    kept = {pair for pair, values in known.items() if values and min(values) < alpha}
    unsure = {pair for pair, values in known.items() if values and min(values) == pytest.approx(alpha)}
    backbone = network.backbone(alpha)
    assert set(backbone.edges.select("source", "target").rows()) ^ kept <= unsure
    assert backbone.nodes["node"].equals(network.nodes["node"])
    assert backbone.nodes["degree"].sum() == 2 * backbone.edges.height
    assert backbone.nodes["strength"].to_list() == pytest.approx([d for _, d in backbone.graph.degree(weight="weight")])
