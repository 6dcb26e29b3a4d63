from __future__ import annotations

from itertools import combinations

import networkx as nx
import numpy as np
import polars as pl
import pytest

from avgraph.errors import AvgraphError
from avgraph.network import project
from avgraph.network.engine import Engine
from avgraph.network.stability import _members, _runs
from small_networks import from_graph, from_works


def cliques(*members: str) -> list[tuple[int, str]]:
    return [(2000, a + b) for group in members for a, b in combinations(group, 2)]


def test_zacharys_club_falls_into_four_each_time() -> None:
    # 0.4198 is the most there is (Brandes et al. 2008), with four communities.
    found = from_graph(nx.karate_club_graph()).community_stability()
    assert (found.nmi, found.ari, found.ami, found.n_communities) == (1.0, 1.0, 1.0, (4, 4))
    assert found.modularity == pytest.approx((0.419790, 0.419790, 0.419790), abs=1e-6)
    assert found.consensus.modularity == pytest.approx(0.419790, abs=1e-6)
    assert found.n_rounds == 1
    # The instructor (0) and the president (33) are not in one community, and are typical of theirs.
    assert found.groups["name"].to_list()[:2] == ["n33, n32, n08", "n00, n01, n03"]
    assert found.table["stays"].to_list() == found.table["together"].to_list() == [1.0] * 34


def test_who_stands_between_two_groups_does_not_stay() -> None:
    network = from_works(
        [*cliques("abcde", "vwxyz"), (2000, "ma"), (2000, "mb"), (2000, "mv"), (2000, "mw"), (2000, "s")]
    )
    found = network.community_stability(40, seed=1)
    stays = dict(found.table.select("node", "stays").iter_rows())
    assert min(stays[node] for node in "abcdevwxyz") == 1.0
    assert 0.4 <= stays["m"] < 1.0
    assert stays["s"] is None
    assert found.ari is not None
    assert 0.5 < found.ari < 1.0
    assert found.consensus.sets[-1] == {"s"}
    row = found.table.row(by_predicate=pl.col("node") == "s", named=True)
    assert (row["together"], row["inside"]) == (None, 0.0)


def test_shares_are_what_plain_loops_count() -> None:
    network = from_graph(nx.gnp_random_graph(25, 0.12, seed=3))
    found = network.community_stability(10, seed=5)
    runs = _runs(network.matrix, 10, 5, 1.0)
    table = _members(network, found.consensus, runs)
    assert table.equals(found.table)
    home = table["community"].to_list()
    for i, row in enumerate(table.to_dicts()):
        mates = [j for j in range(25) if home[j] == home[i] and j != i]
        if not mates:
            assert row["stays"] is row["together"] is None
            continue
        stays, together = [], []
        for run in runs:
            held = [sum(run[j] == group for j in [*mates, i]) for group in set(run.tolist())]
            stays.append(sum(run[j] == run[i] for j in [*mates, i]) == max(held))
            together.append(np.mean([run[j] == run[i] for j in mates]))
        assert row["stays"] == pytest.approx(np.mean(stays))
        assert row["together"] == pytest.approx(np.mean(together))


def test_each_run_has_an_order_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    # An engine that only looks at the order: whoever comes first is one community.
    monkeypatch.setattr(Engine, "leiden", lambda self, seed, resolution: np.arange(self._matrix.shape[0]) < 5)
    runs = _runs(from_graph(nx.path_graph(10)).matrix, 4, 7, 1.0)
    assert [run.sum() for run in runs] == [5] * 4
    assert len({tuple(run.tolist()) for run in runs}) == 4


def test_the_order_of_rows_and_a_second_time_change_nothing() -> None:
    network = from_graph(nx.gnp_random_graph(40, 0.1, seed=4))
    again = project(network.memberships.sample(fraction=1, shuffle=True, seed=1), weight="count")
    one, other = network.community_stability(5), again.community_stability(5)
    assert one.table.equals(other.table)
    assert str(one) == str(other)


def test_communities_that_follow_countries_are_unlike_chance() -> None:
    countries = dict.fromkeys("abcde", "BE") | dict.fromkeys("vwxyz", "LU")
    found = from_works([*cliques("abcde", "vwxyz"), (2000, "ez")], countries).community_stability(5)
    # Of 252 ways to give five of ten members one country, two agree so well.
    assert found.p_country == pytest.approx(2 / 252, abs=0.006)
    assert (found.nmi_country, found.ari_country, found.ami_country, found.n_country) == (1.0, 1.0, 1.0, 10)
    assert found.groups["countries"].to_list() == [["BE 5"], ["LU 5"]]
    assert "p = " in str(found)
    assert "runs agree" in found._repr_html_()
    mixed = dict(zip("abcdevwxyz", ["BE", "LU"] * 5, strict=True))
    across = from_works([*cliques("abcde", "vwxyz"), (2000, "ez")], mixed).community_stability(5)
    assert across.p_country is not None
    assert across.p_country > 0.5
    same = from_works(cliques("abc", "xyz"), dict.fromkeys("abcxyz", "BE")).community_stability(2)
    assert same.p_country == 1.0


def test_networks_without_ties_have_nothing_to_agree_on() -> None:
    for works in ([], [(2000, "a")], [(2000, "a"), (2001, "b")]):
        found = from_works(works).community_stability(3)
        assert (found.nmi, found.ami, found.modularity, found.p_country) == (None, None, None, None)
        assert len(found.consensus) == found.groups.height == len(works)
    assert from_works([(2000, "ab")]).community_stability(1).nmi is None


def test_mistakes_are_named() -> None:
    network = from_works([(2000, "ab")])
    with pytest.raises(AvgraphError, match="n is 0"):
        network.community_stability(0)
    with pytest.raises(AvgraphError, match="resolution"):
        network.community_stability(2, resolution=0)
