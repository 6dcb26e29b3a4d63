from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from avgraph.errors import AvgraphError
from avgraph.network import project
from avgraph.network.holdout import _compare, auc_parts, precision_at
from avgraph.network.linkscores import BASELINE
from avgraph.network.prediction import METHODS
from small_networks import from_works, grown


def test_what_is_held_out_by_hand() -> None:
    # Known: a-b, b-c, c-d, d-e; later a-c (new, b between), d-e (old), c-d (old), b-d no.
    network = from_works(
        [(2000, "ab"), (2000, "bc"), (2001, "cd"), (2001, "de"), (2002, "ac"), (2003, "de"), (2003, "cx")]
    )
    test = network.evaluate_prediction((2002, 2003), ["common_neighbours", "preferential_attachment"])
    assert (test.known, test.held_out) == ((2000, 2001), (2002, 2003))
    # Core: a, c, d, e (b stops, x is new): six pairs, c-d and d-e were tied, a-c came.
    assert (test.n_core, test.n_pairs, test.n_positive, test.n_scored, test.k) == (4, 4, 1, 4, 1)
    assert test.base_rate == 0.25
    rows = {row["method"]: row for row in test.table.to_dicts()}
    # Common partners: a-c 1 (b), c-e 1 (d), a-d 0, a-e 0.
    assert rows["common_neighbours"]["auc"] == pytest.approx(2.5 / 3)
    assert rows["common_neighbours"]["precision"] == 0.5
    assert rows["common_neighbours"]["lift"] == 2.0
    # Products: a-c 2, a-d 2, a-e 1, c-e 2.
    assert rows["preferential_attachment"]["auc"] == pytest.approx(2 / 3)
    assert rows["common_neighbours"]["gain"] == pytest.approx(0.5 / 3)
    assert rows["preferential_attachment"]["gain"] is None
    # One positive pair has no variance.
    assert rows["common_neighbours"]["auc_low"] is None
    assert test.model is None
    everyone = network.evaluate_prediction((2002, 2003), ["jaccard"], core=0)
    assert (everyone.n_core, everyone.n_pairs, everyone.n_positive) == (5, 6, 1)
    assert str(test).startswith("known 2000 to 2001, held out 2002 to 2003: 1 new ties in 4 pairs of 4 members, all")
    assert test.to_dict()["methods"][0]["method"] == "common_neighbours"
    assert "precision of the first 1" in test._repr_html_()


def test_common_partners_tell_more_than_popularity_where_they_made_the_ties() -> None:
    test = grown(years=24).evaluate_prediction(0.25)
    rows = {row["method"]: row for row in test.table.to_dicts()}
    assert set(rows) == set(METHODS)
    assert test.held_out == (2018, 2023)
    assert test.model is not None
    assert test.model.came == (2012, 2017)
    assert rows["combined"]["auc"] > 0.6
    assert rows["combined"]["gain_low"] > 0
    for row in rows.values():
        assert row["auc_low"] <= row["auc"] <= row["auc_high"]
        assert row["precision_low"] <= row["precision"] <= row["precision_high"]
    assert test.table["auc"].is_sorted(descending=True)


def test_nothing_of_the_held_out_years_is_learnt() -> None:
    network = grown()
    rng = np.random.default_rng(5)
    late = pl.col("year") >= 2013
    rows = network.memberships
    others = rows.filter(late).with_columns(
        pl.Series("member", rng.permutation(rows.filter(late)["member"].to_numpy()))
    )
    nodes = network.nodes.select(pl.col("node").alias("member"), "countries")
    changed = project(pl.concat([rows.filter(~late), others]), nodes)
    models = [net.evaluate_prediction((2013, 2015), core=0).model for net in (network, changed)]
    assert models[0] is not None
    assert models[1] is not None
    assert models[0].coefficients().equals(models[1].coefficients())


def test_a_sample_of_pairs_estimates_what_all_give() -> None:
    network = grown(n=120, years=30)
    whole = network.evaluate_prediction(0.2, ["adamic_adar", "katz"], core=0, k=1500)
    sample = network.evaluate_prediction(0.2, ["adamic_adar", "katz"], core=0, k=1500, max_pairs=2000)
    assert (whole.n_scored, whole.n_positive) == (whole.n_pairs, sample.n_positive)
    assert sample.n_scored == 2000 + sample.n_positive
    assert sample.n_pairs == whole.n_pairs
    for one, other in zip(whole.table.sort("method").to_dicts(), sample.table.sort("method").to_dicts(), strict=True):
        assert other["auc"] == pytest.approx(one["auc"], abs=0.03)
        assert other["precision"] == pytest.approx(one["precision"], rel=0.1)
        assert other["lift"] == pytest.approx(one["lift"], rel=0.1)


def test_the_area_and_its_error_are_those_of_all_pairs() -> None:
    rng = np.random.default_rng(4)
    scores, came = rng.integers(0, 6, 60).astype(float), rng.random(60) < 0.3
    positive, negative = scores[came], scores[~came]
    right = (positive[:, None] > negative) + 0.5 * (positive[:, None] == negative)
    area, of_positive, of_negative = auc_parts(scores, came)
    assert area == pytest.approx(right.mean())
    assert of_positive == pytest.approx(right.mean(axis=1))
    assert of_negative == pytest.approx(right.mean(axis=0))


def test_the_gain_over_a_like_method_is_nothing_for_sure() -> None:
    rng = np.random.default_rng(6)
    came = rng.random(200) < 0.3
    popular = rng.normal(size=200) + came
    scores = {"katz": popular * 2, "jaccard": rng.normal(size=200), BASELINE: popular}
    table = _compare(scores, came, ["katz", "jaccard"], 1.0, 20, 0.95, 0.3, 7)
    rows = {row["method"]: row for row in table.to_dicts()}
    assert rows["katz"]["gain"] == rows["katz"]["gain_low"] == rows["katz"]["gain_high"] == 0.0
    # Against the spread of the gain over 400 resamples of the pairs.
    gains = []
    for _ in range(400):
        drawn = rng.integers(0, 200, 200)
        one, other = (auc_parts(scores[m][drawn], came[drawn])[0] for m in ("jaccard", BASELINE))
        gains.append(one - other)
    row = rows["jaccard"]
    assert row["gain_high"] - row["gain_low"] == pytest.approx(2 * 1.96 * np.std(gains), rel=0.15)
    assert (row["gain_low"] + row["gain_high"]) / 2 == pytest.approx(row["gain"])


def test_delong_covers_the_area_as_often_as_it_says() -> None:
    # Normal scores one standard deviation apart: the area is Phi(1 / sqrt(2)).
    rng = np.random.default_rng(8)
    hits = 0
    for _ in range(300):
        came = np.arange(150) < 50
        area, of_positive, of_negative = auc_parts(rng.normal(size=150) + came, came)
        error = np.sqrt(of_positive.var(ddof=1) / 50 + of_negative.var(ddof=1) / 100)
        hits += abs(area - 0.7602) < 1.96 * error
    assert 0.90 < hits / 300 < 0.98


def test_precision_counts_a_share_of_equals_and_the_weight_of_a_sample() -> None:
    came = np.array([True, False, True, False])
    assert precision_at(np.array([4.0, 3.0, 2.0, 1.0]), came, 3)[0] == pytest.approx(2 / 3)
    assert precision_at(np.zeros(4), came, 1)[0] == 0.5
    # Each negative stands for three: ranks 1, 2 to 4, 5.
    assert precision_at(np.array([4.0, 3.0, 2.0, 1.0]), came, 5, 3.0)[0] == pytest.approx(2 / 5)
    # More than there are: all of them.
    assert precision_at(np.array([4.0, 3.0, 2.0, 1.0]), came, 9)[0] == 0.5
    value, low, high = precision_at(np.arange(200.0), np.arange(200) % 2 == 0, 50)
    assert value == 0.5
    # Nearly binomial: 1.96 * sqrt(0.25 / 50) = 0.139.
    assert (low, high) == (pytest.approx(0.36, abs=0.04), pytest.approx(0.64, abs=0.04))


def test_years_too_few_for_the_combination_leave_the_others() -> None:
    works = [(2000, "ab"), (2000, "bc"), (2000, "cd"), (2001, "ac"), (2001, "bd")]
    test = from_works(works).evaluate_prediction((2001, 2001))
    assert test.model is None
    assert set(test.table["method"]) == set(METHODS) - {"combined"}
    with pytest.raises(AvgraphError, match="no two years"):
        from_works(works).evaluate_prediction((2001, 2001), ["combined"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"hold_out": (2000, 2004)}, "cannot be held out"),
        ({"hold_out": (2004, 2003)}, "cannot be held out"),
        ({"hold_out": 1.0}, "share of the years"),
        ({"methods": ["katzz"]}, "did you mean 'katz'"),
        ({"core": -1}, "core is -1"),
        ({"k": 0}, "k is 0"),
        ({"level": 1.0}, "the level is 1.0"),
        ({"hold_out": (2004, 2004)}, "nothing to tell apart"),
    ],
)
def test_mistakes_are_named(arguments: dict[str, object], message: str) -> None:
    network = from_works([(2000, "ab"), (2002, "bc"), (2004, "ab"), (2004, "cx")])
    with pytest.raises(AvgraphError, match=message):
        network.evaluate_prediction(**arguments)  # type: ignore[arg-type]
