from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from avgraph.errors import AvgraphError
from avgraph.network import MEASURES, Network, project
from avgraph.network.uncertainty import Resamples, _interval
from small_networks import grown


def doubtful(rows: list[tuple[str, str, str | None, float | None]], **settings: object) -> Network:
    """Return a network of rows of work, member, claim, confidence."""
    schema = {"work": pl.String, "member": pl.String, "claim": pl.String, "confidence": pl.Float64}
    return project(pl.DataFrame(rows, schema=schema, orient="row"), **settings)  # type: ignore[arg-type]


def row_of(table: pl.DataFrame, node: str) -> dict[str, object]:
    return table.row(by_predicate=pl.col("node") == node, named=True)


def test_a_claim_is_kept_as_often_as_it_is_right() -> None:
    # The tie of a and b stands or falls with b's claim; that of c and d is sure.
    network = doubtful([("u", "a", "c1", None), ("u", "b", "c2", 0.3), ("v", "c", "c3", 1.0), ("v", "d", None, None)])
    found = network.rank_intervals("degree", 400, 0.9, of="claims", top=2)
    assert found.n_doubted == 1
    a, c = row_of(found.table, "a"), row_of(found.table, "c")
    assert (a["value"], a["low"], a["median"], a["high"]) == (1.0, 0.0, 0.0, 1.0)
    assert (c["value"], c["low"], c["median"], c["high"]) == (1.0, 1.0, 1.0, 1.0)
    assert (a["rank_low"], a["rank_high"], c["rank_low"], c["rank_high"]) == (1, 3, 1, 1)
    # Where its claim is dropped, a stands third; 0.3 ± three standard errors.
    assert a["share_top"] == pytest.approx(0.3, abs=0.07)
    assert c["share_top"] == 1.0
    assert str(found).startswith("degree in 400 resamples (1 doubted claim kept by its confidence; seed 7)")
    assert "rank between" in found._repr_html_()


def test_rows_of_one_claim_stand_and_fall_together() -> None:
    # One claim names both: there is never a work with one of them only.
    together = doubtful([("u", "a", "c1", 0.5), ("u", "b", "c1", 0.5)])
    draws = Resamples(together, "claims")
    kept = [rows.tolist() for rows, _ in draws.draw(np.random.default_rng(1), 60)]
    assert {tuple(rows) for rows in kept} == {(True, True), (False, False)}
    apart = doubtful([("u", "a", "c1", 0.5), ("u", "b", "c2", 0.5)])
    kept = [rows.tolist() for rows, _ in Resamples(apart, "claims").draw(np.random.default_rng(1), 60)]
    assert len({tuple(rows) for rows in kept}) == 4
    # Rows without a claim are not one claim.
    nameless = Resamples(doubtful([("u", "a", None, 0.5), ("u", "b", None, 0.5)]), "claims")
    assert nameless.n_doubted == 2


def test_a_member_named_twice_stays_if_one_claim_does() -> None:
    network = doubtful([("u", "a", None, None), ("u", "b", "c1", 0.0), ("u", "b", "c2", 1.0)])
    assert row_of(network.rank_intervals("degree", 20, of="claims").table, "b")["low"] == 1.0


def test_without_doubt_claims_change_nothing_and_works_do() -> None:
    network = grown()
    claims = network.rank_intervals("strength", 30, of="claims").table
    assert claims["low"].equals(claims["value"].rename("low"))
    assert claims["rank_high"].equals(claims["rank"].rename("rank_high"))
    works = network.rank_intervals("strength", 200, of="works").table
    assert (works["low"] < works["value"]).all()
    assert (works["rank_low"] <= works["rank_high"]).all()
    assert works["share_top"].is_between(0, 1).all()
    # The mean over draws of a sum of works is the sum itself; the median is near it.
    assert works["median"].to_numpy() == pytest.approx(works["value"].to_numpy(), abs=1.01)


def test_the_spread_of_works_is_that_of_the_bootstrap() -> None:
    # a's strength counts its works, of 100 in all, 40 of them its own: binomial(100, 0.4).
    works = [(f"w{i}", m, None, None) for i in range(100) for m in (("a", "b") if i < 40 else ("c", "d"))]
    found = row_of(doubtful(works).rank_intervals("strength", 2000, of="works").table, "a")
    deviation = (100 * 0.4 * 0.6) ** 0.5
    assert found["low"] == pytest.approx(40 - 1.96 * deviation, abs=1.5)
    assert found["high"] == pytest.approx(40 + 1.96 * deviation, abs=1.5)


@pytest.mark.parametrize("measure", MEASURES)
def test_every_measure_has_intervals_and_the_same_ones_again(measure: str) -> None:
    network = grown(n=12, years=6)
    found = network.rank_intervals(measure, 6).table  # type: ignore[arg-type]
    assert found.equals(network.rank_intervals(measure, 6).table)  # type: ignore[arg-type]
    assert found.select("rank", "node", "label", "country", "value").equals(network.rank(measure))  # type: ignore[arg-type]
    assert found["rank_low"].null_count() == found["low"].null_count() == 0


def test_who_takes_part_in_nothing_is_a_member_still() -> None:
    network = doubtful([("u", "a", None, None), ("u", "b", "c", 0.0)])
    draws = Resamples(network, "claims")
    ((kept, times),) = draws.draw(np.random.default_rng(1), 1)
    again = draws.network(kept, times)
    assert again.nodes.select("node", "degree").rows() == [("a", 0), ("b", 0)]
    assert project(network.memberships.clear()).rank_intervals("degree", 3).table.is_empty()


def test_a_draw_ages_works_from_the_same_year_and_shares_them_among_those_who_are_left() -> None:
    rows = pl.DataFrame({
        "work": ["u"] * 3, "member": ["a", "b", "c"], "year": [2000] * 3, "claim": ["1", "2", "3"],
        "confidence": [1.0, 1.0, 0.0],
    })  # fmt: skip
    network = project(rows, years=(1990, 2008), half_life=4)
    draws = Resamples(network, "claims")
    ((kept, times),) = draws.draw(np.random.default_rng(1), 1)
    # Two are left, so the work counts 1/(2 - 1) for them, and a quarter of that eight years later.
    expected = [[0, 0.25, 0], [0.25, 0, 0], [0, 0, 0]]
    assert draws.matrix(kept, times).toarray().tolist() == expected
    again = draws.network(kept, times)
    assert again.settings == network.settings
    assert again.matrix.toarray().tolist() == expected
    # Also where nobody is missing.
    assert draws.network(np.ones(3, dtype=bool), times).settings == network.settings


def test_a_draw_of_a_backbone_is_a_backbone() -> None:
    network = grown().backbone(0.3)
    assert 0 < network.edges.height < grown().edges.height
    found = network.rank_intervals("degree", 5, of="claims").table
    assert found["high"].equals(found["value"].rename("high"))


def test_what_is_unknown_in_a_draw_does_not_count() -> None:
    table = np.array([[1.0, np.nan, np.nan], [2.0, 5.0, np.nan], [3.0, 7.0, np.nan]])
    median, low, high = _interval(table, 0.9)
    assert (median[:2].tolist(), low[:2].tolist(), high[:2].tolist()) == ([2.0, 6.0], [1.0, 5.0], [3.0, 7.0])
    assert np.isnan([median[2], low[2], high[2]]).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"measure": "degre"}, "did you mean 'degree'"),
        ({"measure": "degree", "of": "claim"}, "did you mean 'claims'"),
        ({"measure": "degree", "n": 0}, "n is 0"),
        ({"measure": "degree", "top": 0}, "top is 0"),
        ({"measure": "degree", "level": 0.0}, "the level is 0.0"),
        ({"measure": "betweenness", "k": 0}, "k is 0"),
    ],
)
def test_mistakes_are_named(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(AvgraphError, match=message):
        grown(n=6, years=3).rank_intervals(**arguments)  # type: ignore[arg-type]
