from __future__ import annotations

import tempfile
import warnings
from itertools import combinations, pairwise
from pathlib import Path

import networkx as nx
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf

from avgraph.network import Network, project

SCHEMA = {"work": pl.String, "member": pl.String, "year": pl.Int64}
FIRST, LAST = 2000, 2007
# One year for each work, as in most records; some have none.
films = st.lists(
    st.tuples(st.none() | st.integers(FIRST, LAST), st.sets(st.sampled_from("abcdefg"), min_size=1, max_size=4)),
    max_size=14,
)
relaxed = settings(deadline=None, max_examples=30)
Films = list[tuple[int | None, set[str]]]


def network_of(made: Films, *, ends: bool = True) -> Network:
    """Return the network, its years stretched to the ends by two members of no other work."""
    rows = [(f"w{i:02}", member, year) for i, (year, members) in enumerate(made) for member in sorted(members)]
    if ends:
        rows += [("x", "x", FIRST), ("y", "y", LAST)]
    return project(pl.DataFrame(rows, schema=SCHEMA, orient="row"), weight="count")


def pair_years(made: Films, low: int = FIRST, high: int = LAST) -> dict[tuple[str, str], list[int]]:
    """Return the years of the joint works of each pair, sorted, by plain loops."""
    found: dict[tuple[str, str], list[int]] = {}
    for year, members in made:
        if year is not None and low <= year <= high:
            for pair in combinations(sorted(members), 2):
                found.setdefault(pair, []).append(year)
    return {pair: sorted(years) for pair, years in found.items()}


def members_of(made: Films, low: int, high: int) -> set[str]:
    found = {member for year, members in made if year is not None and low <= year <= high for member in members}
    return found | {name for name, year in (("x", FIRST), ("y", LAST)) if low <= year <= high}


@relaxed
@given(films, st.integers(1, 5), st.integers(1, 5))
def test_evolution_is_what_plain_loops_find(made: Films, width: int, step: int) -> None:
    step = min(step, width)
    table = network_of(made).evolution(width, step)
    ends = sorted(range(LAST, FIRST + width - 2, -step))
    assert table["last_year"].to_list() == ends
    ties, people = [], []
    for row, end in zip(table.iter_rows(named=True), ends, strict=True):
        now = set(pair_years(made, end - width + 1, end))
        here = members_of(made, end - width + 1, end)
        graph = nx.Graph(list(now))
        graph.add_nodes_from(here)
        assert (row["nodes"], row["edges"]) == (len(graph), graph.number_of_edges())
        if len(graph):
            assert row["giant_share"] == max(map(len, nx.connected_components(graph))) / len(graph)
            assert (row["average_clustering"] or 0) == pytest.approx(nx.average_clustering(graph))
            assert (row["transitivity"] or 0) == pytest.approx(nx.transitivity(graph))
        if ties:
            before, ever = ties[-1], set().union(*ties)
            assert row["born"] == len(now - ever)
            assert row["revived"] == len((now & ever) - before)
            assert row["persisting"] == len(now & before)
            assert row["dissolved"] == len(before - now)
            assert row["jaccard_ties"] == (len(now & before) / len(now | before) if now | before else None)
            assert row["newcomers"] == len(here - set().union(*people))
            assert row["incumbents"] == len(here & set().union(*people))
            assert row["leavers"] == len(people[-1] - here)
            kinds = link_kinds(made, end - step + 1, end)
            assert row["links"] == len(kinds)
            for name in ("newcomer_newcomer", "newcomer_incumbent", "incumbent_incumbent", "repeated"):
                assert row[name] == (kinds.count(name) / len(kinds) if kinds else None)
        ties.append(now)
        people.append(here)


def link_kinds(made: Films, low: int, high: int) -> list[str]:
    kinds = []
    for year, members in made:
        if year is None or not low <= year <= high:
            continue
        for a, b in combinations(sorted(members), 2):
            old = [m in members_of(made, FIRST, year - 1) for m in (a, b)]
            if (a, b) in pair_years(made, FIRST, year - 1):
                kinds.append("repeated")
            else:
                kinds.append(["newcomer_newcomer", "newcomer_incumbent", "incumbent_incumbent"][sum(old)])
    return kinds


@relaxed
@given(films, st.integers(1, 4))
def test_lives_and_survival_are_what_plain_loops_find(made: Films, silence: int) -> None:
    network, known = network_of(made), LAST - silence
    table = {(r["source"], r["target"]): r for r in network.tie_lives(silence_years=silence).iter_rows(named=True)}
    ended, censored = [], []
    for pair, dates in pair_years(made).items():
        row, years = table[pair], sorted(set(dates))
        inside = [year for year in range(years[0], years[-1]) if year not in years]
        runs = [
            len(run) for run in "".join("-" if y in inside else "x" for y in range(years[0], years[-1] + 1)).split("x")
        ]
        assert (row["first_year"], row["last_year"], row["n_years"]) == (years[0], years[-1], len(years))
        assert (row["n_gaps"], row["longest_gap"]) == (sum(n > 0 for n in runs), max(runs))
        assert row["censored"] == (LAST - years[-1] < silence)
        # The first run of years without so long a silence, seen up to the year in which all is known.
        last = years[0]
        while any(last < year <= last + silence for year in years):
            last = max(year for year in years if last < year <= last + silence)
        if years[0] <= known:
            (ended if last <= known else censored).append(min(last, known) - years[0])
    assert all(row["first_year"] is None for pair, row in table.items() if pair not in pair_years(made))
    survival = network.tie_survival(silence_years=silence)
    if not ended + censored:
        assert survival.is_empty()
        return
    expected = ecdf(CensoredData(ended, right=censored)).sf
    with warnings.catch_warnings():
        # At 0 and 1 the interval is not defined.
        warnings.simplefilter("ignore")
        interval = expected.confidence_interval(0.95, method="log-log")
    for row in survival.iter_rows(named=True):
        at = row["years"]
        assert row["at_risk"] == sum(time >= at for time in ended + censored)
        assert (row["ended"], row["censored"]) == (ended.count(at), censored.count(at))
        assert row["survival"] == pytest.approx(float(expected.evaluate(at)))
        if 0 < row["survival"] < 1:
            assert row["low"] == pytest.approx(float(interval.low.evaluate(at)))
            assert row["high"] == pytest.approx(float(interval.high.evaluate(at)))


@relaxed
@given(films)
def test_repeats_are_what_plain_loops_find(made: Films) -> None:
    lived: dict[int, list[bool]] = {}
    pairs = pair_years(made)
    for years in pairs.values():
        for year in range(years[0] + 1, LAST + 1):
            lived.setdefault(sum(y < year for y in years), []).append(year in years)
    table = network_of(made).repeats()
    assert table["n_former"].to_list() == list(range(1, max(map(len, pairs.values()), default=0) + 1))
    for row in table.iter_rows(named=True):
        n = row["n_former"]
        assert row["n_pairs"] == sum(len(years) >= n for years in pairs.values())
        assert row["n_again"] == sum(len(years) > n for years in pairs.values())
        assert (row["pair_years"], row["repeats"]) == (len(lived.get(n, [])), sum(lived.get(n, [])))
        if row["pair_years"]:
            assert 0 <= row["low"] <= row["per_year"] <= row["high"] <= 1


@relaxed
@given(films)
def test_careers_are_what_plain_loops_find(made: Films) -> None:
    network = network_of(made)
    years = {m: sorted(y for y, members in made if y is not None and m in members) for m in "abcdefg"}
    years |= {"x": [FIRST], "y": [LAST]}
    for row in network.careers().iter_rows(named=True):
        own = years[row["node"]]
        assert (row["first_year"], row["last_year"]) == ((own[0], own[-1]) if own else (None, None))
        assert row["n_works"] - row["n_undated"] == len(own)
        assert row["n_years"] == len(set(own))
        assert row["new_partners_per_work"] == row["n_partners"] / row["n_works"]
    pairs = pair_years(made)
    for row in network.career_years().iter_rows(named=True):
        met = [dates[0] for pair, dates in pairs.items() if row["node"] in pair]
        assert row["n_works"] == years[row["node"]].count(row["year"])
        assert row["career_year"] == row["year"] - years[row["node"]][0]
        assert row["new_partners"] == met.count(row["year"])
        assert row["n_partners"] == sum(year <= row["year"] for year in met)
    table = network.cohorts()
    for row in table.iter_rows(named=True):
        cohort = [own for own in years.values() if own and own[0] == row["cohort"]]
        at = row["cohort"] + row["years"]
        assert FIRST <= at <= LAST
        assert row["n_members"] == len(cohort)
        assert row["n_active"] == sum(at in own for own in cohort)
        assert row["n_remaining"] == sum(own[-1] >= at for own in cohort)
    assert table.height == sum(LAST - own[0] + 1 for own in {o[0]: o for o in years.values() if o}.values())


@relaxed
@given(films, st.randoms(use_true_random=False))
def test_gexf_keeps_every_active_year(made: Films, random: object) -> None:
    network = network_of(made)
    again = list(enumerate(made))
    random.shuffle(again)  # type: ignore[attr-defined]
    with tempfile.TemporaryDirectory() as folder:
        path = network.write_gexf(Path(folder) / "1.gexf", dynamic=True)
        back = nx.read_gexf(path)
        rows = network.memberships.sample(fraction=1, shuffle=True, seed=again[0][0] if again else 0)
        other = project(rows, weight="count").write_gexf(Path(folder) / "2.gexf", dynamic=True)
        assert path.read_bytes() == other.read_bytes()
    pairs = pair_years(made)
    for a, b, attributes in back.edges(data=True):
        dates = pairs.get((min(a, b), max(a, b)), [])
        assert years_of(attributes.get("spells", [])) == sorted(set(dates))
        if dates:
            assert [(w, int(s[:4])) for w, s, _ in attributes["weight"]] == [
                (float(dates.count(year)), year) for year in sorted(set(dates))
            ]
    for node, attributes in back.nodes(data=True):
        own = {y for y, members in made if y is not None and node in members}
        own |= {FIRST} if node == "x" else {LAST} if node == "y" else set()
        spells = attributes.get("spells", [])
        assert years_of(spells) == sorted(own)
        assert all(int(end[:4]) + 1 < int(start[:4]) for (_, end), (start, _) in pairwise(spells))


def years_of(spells: list[tuple[str, str]]) -> list[int]:
    return [year for start, end in spells for year in range(int(start[:4]), int(end[:4]) + 1)]


@relaxed
@given(films, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(made: Films, random: object) -> None:
    one = network_of(made)
    order = list(range(one.memberships.height))
    random.shuffle(order)  # type: ignore[attr-defined]
    other = project(one.memberships[order], weight="count")
    for method in ("tie_years", "tie_lives", "repeats", "careers", "career_years", "cohorts", "tie_survival"):
        assert getattr(one, method)().equals(getattr(other, method)()), method
    assert one.evolution(3, communities=True).equals(other.evolution(3, communities=True))
    assert (
        one.success("degree", width=2, n_permutations=5).to_dict()
        == other.success("degree", width=2, n_permutations=5).to_dict()
    )
