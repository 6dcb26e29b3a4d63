from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from avgraph.errors import AvgraphError, NotFoundError
from avgraph.network import project
from avgraph.network.linkfeatures import CONTENT, FEATURES, PairFeatures
from avgraph.network.linkmodel import before, is_in, recent_pairs, train
from avgraph.network.linkscores import SCORES
from small_networks import SMALL, from_works, grown


def test_the_pair_with_most_common_partners_comes_first() -> None:
    found = from_works(SMALL, {"a": "BE", "b": "LU", "c": "LU BE", "d": "BE", "e": "FR"}).predict(3, "adamic_adar")
    assert found.table.select("rank", "source", "target").rows()[:2] == [(1, "b", "c"), (2, "a", "d")]
    # b and c: a and d, with two partners each; a and d: b with two, c with three.
    assert found.table["score"].to_list()[:2] == pytest.approx(
        [2 / np.log(2), 1 / np.log(2) + 1 / np.log(3)], rel=1e-11
    )
    second = found.table.row(1, named=True)
    assert (second["common_neighbours"], second["preferential_attachment"], second["same_country"]) == (2, 4, 1.0)
    assert second["reasons"] == ["2 common partners: Company b, Company c", "both BE"]
    assert found.n_candidates == 7 * 6 / 2 - 6
    assert "adamic adar" in found._repr_html_()
    assert repr(found) == "<Prediction: 3 of 15 pairs by adamic_adar>"


def test_tied_pairs_are_never_foretold_and_untied_ones_all_looked_at() -> None:
    network = grown()
    ties = set(network.edges.select("source", "target").rows())
    pairs = network.predict(None, "common_neighbours").table.select("source", "target").rows()
    assert len(set(pairs)) == len(pairs)
    assert not ties & set(pairs)
    n = network.nodes.height
    # Of so few members, all pairs of the most popular are all pairs.
    assert len(pairs) == n * (n - 1) // 2 - len(ties)


def test_ties_long_past_may_come_again() -> None:
    network = from_works(SMALL)
    found = network.predict(None, "katz", since=2002)
    pairs = set(found.table.select("source", "target").rows())
    assert {("a", "b"), ("a", "c")} <= pairs
    assert ("b", "d") not in pairs
    row = found.table.row(by_predicate=(pl.col("source") == "a") & (pl.col("target") == "b"), named=True)
    assert row["worked_before"] == 1
    assert row["reasons"] == ["worked together until 2001"]


def test_one_member_meets_everyone_untied() -> None:
    network = from_works(SMALL, {"a": "BE", "b": "LU", "c": "LU", "d": "BE"})
    found = network.predict(None, "common_neighbours", "Company d")
    assert found.table.select("source", "target", "score").rows() == [
        ("a", "d", 2.0), ("d", "e", 1.0), ("d", "f", 0.0), ("d", "g", 0.0)
    ]  # fmt: skip
    assert found.table["rank"].to_list() == [1, 2, 3, 3]


def test_reasons_lead_to_works_and_claims() -> None:
    network = from_works(SMALL)
    reasons = network.predict(1, "resource_allocation").why("d", "a")
    assert (reasons.source, reasons.target, reasons.score) == ("a", "d", pytest.approx(1 / 2 + 1 / 3))
    # b has two partners, c three: the rarer first.
    assert reasons.partners.select("node", "degree", "source_works", "target_works").rows() == [
        ("b", 2, ["w0"], ["w2"]), ("c", 3, ["w1"], ["w3"])
    ]  # fmt: skip
    assert reasons.claims == ("c0a", "c0b", "c1a", "c1c", "c2b", "c2d", "c3c", "c3d")
    assert reasons.features["feature"].to_list() == list(FEATURES)
    assert reasons.features["adds"].null_count() == len(FEATURES)
    assert reasons.to_dict()["partners"][0]["source_claims"] == ["c0a", "c0b"]
    assert "common partner" in reasons._repr_html_()
    assert network.predict(1, "katz").why("a", "f").partners.is_empty()


def test_the_combination_learns_what_made_ties() -> None:
    network = grown()
    found = network.predict(20)
    assert found.model is not None
    assert (found.model.known, found.model.came) == ((2000, 2012), (2013, 2015))
    assert found.table["score"].is_between(0, 1).all()
    assert found.table["score"].is_sorted(descending=True)
    weights = dict(found.model.coefficients().select("feature", "log_odds").iter_rows())
    assert set(weights) == {*SCORES, *CONTENT}
    # Members have one country here, so that the two features are one.
    assert weights["same_country"] + weights["shared_countries"] > 0.2
    # What each feature adds, and the mean pair, make up the score.
    row = found.table.row(0, named=True)
    reasons = found.why(row["source"], row["target"])
    odds = reasons.features["adds"].sum() + found.model.regression.intercept
    assert reasons.score == row["score"] == pytest.approx(1 / (1 + np.exp(-odds)))
    assert reasons.features["adds"].is_sorted(descending=True)


def test_probabilities_from_a_sample_of_pairs_add_up_to_the_ties_that_came(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("avgraph.network.linkmodel._NEAR_SAMPLE", 2000)
    monkeypatch.setattr("avgraph.network.linkmodel._FAR_SAMPLE", 500)
    network = grown(n=150, years=30)
    known = before(network, 2023)
    model = train(network, 6, None, 0, 7)
    assert model.known == (2000, 2023)
    n = known.nodes.height
    u, v = np.triu_indices(n, 1)
    untied = ~is_in(u * n + v, recent_pairs(known, None))
    # Fewer pairs were looked at than there are, and more of those that came: the odds must make up for both.
    assert model.n_pairs < untied.sum() / 2
    probability = model.probability(PairFeatures(known, 2023), u[untied], v[untied])
    assert probability.sum() == pytest.approx(model.n_positive, rel=0.25)


def test_the_order_of_rows_changes_nothing() -> None:
    network = grown()
    rows = network.memberships.sample(fraction=1, shuffle=True, seed=3)
    nodes = network.nodes.select(pl.col("node").alias("member"), "countries")
    assert project(rows, nodes).predict().table.equals(network.predict().table)


def test_content_features_by_hand() -> None:
    rows = pl.DataFrame({
        "work": ["u", "v", "v", "w"], "member": ["a", "a", "b", "c"], "year": [2000, 2004, 2004, 2010],
        "role": ["director", "producer", "producer", None], "kind": ["film", "series", "series", "film"],
    })  # fmt: skip
    nodes = pl.DataFrame({"member": ["a", "b"], "countries": [["BE", "LU"], ["LU"]]})
    features = PairFeatures(project(rows, nodes), 2012)
    found = features.content(np.array([0, 0, 1]), np.array([1, 2, 2]))
    assert {name: values.tolist() for name, values in found.items()} == {
        "same_country": [0, 0, 0],
        "shared_countries": [0.5, 0, 0],
        "shared_roles": [0.5, 0, 0],
        "shared_kinds": [0.5, 0.5, 0],
        "years_apart": [0, 6, 6],
        "years_idle": [8, 8, 8],
        "works": pytest.approx([np.log(2), np.log(2), 0]),
        "worked_before": [1, 0, 0],
    }
    assert list(found) == list(CONTENT)


def test_who_has_no_year_is_neither_apart_nor_idle() -> None:
    features = PairFeatures(from_works([(None, "ab"), (2000, "cd")]))
    found = features.content(np.array([0]), np.array([2]))
    assert (found["years_apart"].tolist(), found["years_idle"].tolist()) == ([0], [0])


def test_networks_of_nobody_and_of_two_foretell_nothing() -> None:
    assert from_works([]).predict(5, "katz").table.is_empty()
    assert from_works([(2000, "ab")]).predict(5, "preferential_attachment").table.is_empty()


def test_mistakes_are_named() -> None:
    network = from_works(SMALL)
    with pytest.raises(AvgraphError, match="did you mean 'adamic_adar'"):
        network.predict(method="adamic")
    with pytest.raises(AvgraphError, match="top is 0"):
        network.predict(0, "katz")
    with pytest.raises(AvgraphError, match="horizon is 0"):
        network.predict(horizon=0)
    with pytest.raises(NotFoundError):
        network.predict(method="katz", member="z")
    with pytest.raises(AvgraphError, match="the same member"):
        network.predict(method="katz").why("a", "a")
    with pytest.raises(AvgraphError, match="no two years"):
        from_works([(None, "ab"), (2000, "bc")]).predict()
    with pytest.raises(AvgraphError, match="no two members known by 2003 came to work together in 2004 to 2004"):
        network.predict()
    with pytest.raises(AvgraphError, match="leave none to learn from"):
        network.predict(horizon=9)
    with pytest.raises(AvgraphError, match="every two members known by 2000"):
        from_works([(2000, "a"), (2000, "b"), (2001, "ab")]).predict()
