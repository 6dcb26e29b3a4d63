"""What the figures for papers show is what the tables say."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from avgraph.errors import AvgraphError
from avgraph.network import (
    draw_brokerage,
    draw_communities,
    draw_evolution,
    draw_partner_matrix,
    draw_prediction_test,
    draw_rank_intervals,
    draw_resilience,
    draw_tie_survival,
    project,
    save_figure,
)
from small_networks import SMALL, from_works, grown

matplotlib = pytest.importorskip("matplotlib", reason="figures need avgraph[plot]")

NET = grown()
EMPTY = project(pl.DataFrame(schema={"work": pl.String, "member": pl.String}))
RANKS = NET.rank_intervals("degree", n=20)
EVOLUTION = NET.evolution(5)
CURVES = NET.resilience("degree"), NET.resilience(n_runs=5)
TEST = NET.evaluate_prediction(methods=["adamic_adar", "preferential_attachment"])
SURVIVAL = NET.tie_survival(silence_years=2)
BROKERAGE = NET.brokerage()
STABLE = NET.community_stability(n=3, n_permutations=9)
MATRIX = NET.partner_matrix()

FIGURES: dict[str, Callable[..., Any]] = {
    "ranks": lambda **k: draw_rank_intervals(RANKS, **k),
    "evolution": lambda **k: draw_evolution(EVOLUTION, **k),
    "resilience": lambda **k: draw_resilience(*CURVES, **k),
    "prediction": lambda **k: draw_prediction_test(TEST, **k),
    "survival": lambda **k: draw_tie_survival(SURVIVAL, **k),
    "brokerage": lambda **k: draw_brokerage(BROKERAGE, **k),
    "communities": lambda **k: draw_communities(STABLE, **k),
    "matrix": lambda **k: draw_partner_matrix(MATRIX, **k),
}


def line(axes: Any, i: int) -> tuple[list[float], list[float]]:
    return list(axes.lines[i].get_xdata()), list(axes.lines[i].get_ydata())


def spans(axes: Any, i: int = 0) -> list[tuple[float, float]]:
    """Return from where to where the horizontal lines of a collection lead."""
    return [(ends[0][0], ends[1][0]) for ends in axes.collections[i].get_segments()]


def names(axes: Any) -> list[str]:
    return [label.get_text() for label in axes.get_yticklabels()]


def at_right(axes: Any) -> list[str]:
    return [label.get_text() for label in axes.child_axes[0].get_yticklabels()]


def bars(axes: Any, i: int) -> list[float]:
    return [float(bar.get_width()) for bar in axes.containers[i]]


def test_ranks_have_value_median_interval_and_rank() -> None:
    (axes,) = draw_rank_intervals(RANKS, top=4).axes
    top = RANKS.table.head(4)
    assert line(axes, 0)[0] == top["median"].to_list()
    assert line(axes, 1) == (top["value"].to_list(), [0, 1, 2, 3])
    assert spans(axes) == list(top.select("low", "high").iter_rows())
    assert names(axes) == [f"{label} ({country})" for label, country in top.select("label", "country").iter_rows()]
    assert at_right(axes) == [f"{r[0]} ({r[1]} to {r[2]})" for r in top.select("rank", "rank_low", "rank_high").rows()]
    assert axes.get_xlabel().startswith("degree (partners)\n")


def test_evolution_has_sizes_ties_and_the_share_of_newcomers() -> None:
    sizes, ties, new = draw_evolution(EVOLUTION, width="double").axes
    assert line(sizes, 0) == (EVOLUTION["last_year"].to_list(), EVOLUTION["nodes"].to_list())
    assert line(sizes, 1)[1] == EVOLUTION["edges"].to_list()
    tall = {c.get_label(): [bar.get_height() for bar in c] for c in ties.containers}
    for name in ("persisting", "revived", "born"):
        assert tall[name] == EVOLUTION[name].fill_null(0).to_list()
    assert [-n for n in tall["dissolved"]] == EVOLUTION["dissolved"].fill_null(0).to_list()
    tops = [bar.get_y() + bar.get_height() for bar in ties.containers[2]]
    assert tops[1:] == EVOLUTION["edges"].to_list()[1:]
    share = (100 * EVOLUTION["newcomers"] / EVOLUTION["nodes"]).to_list()
    assert line(new, 0)[1][1:] == pytest.approx(share[1:])


def test_resilience_has_a_line_for_each_order_and_a_band_for_random_ones() -> None:
    (axes,) = draw_resilience(*CURVES).axes
    for i, curve in enumerate(CURVES):
        assert line(axes, i)[1] == pytest.approx((100 * curve.table["giant_share"]).to_list())
    (band,) = axes.collections
    low, high = 100 * CURVES[1].table["low"], 100 * CURVES[1].table["high"]
    drawn = band.get_paths()[0].vertices[:, 1]
    assert set(drawn.round(9)) == {*low.round(9), *high.round(9)}
    said = [text.get_text() for text in axes.get_legend().get_texts()]
    assert said == [f"degree (R = {CURVES[0].robustness:.2f})", f"random (R = {CURVES[1].robustness:.2f})"]


def test_a_prediction_test_has_areas_intervals_and_gains_over_popularity() -> None:
    (axes,) = draw_prediction_test(TEST).axes
    table = TEST.table
    assert line(axes, 2)[0] == table["auc"].to_list()
    assert spans(axes) == list(table.select("auc_low", "auc_high").iter_rows())
    popular = table["method"].to_list().index("preferential_attachment")
    assert line(axes, 0)[0] == [0.5, 0.5]
    assert line(axes, 1)[0] == [table["auc"][popular]] * 2
    assert names(axes)[popular] == "popularity"
    assert at_right(axes)[popular] == ""
    gain, low, high = table.select("gain", "gain_low", "gain_high").row(1 - popular)
    assert at_right(axes)[1 - popular] == f"{gain:+.2f} ({low:+.2f} to {high:+.2f})"


def test_survival_falls_in_steps_within_its_band_over_the_ties_at_risk() -> None:
    (axes,) = draw_tie_survival(SURVIVAL, width="double").axes
    years, share = line(axes, 0)
    assert axes.lines[0].get_drawstyle() == "steps-post"
    assert (years[0], share[0]) == (0, 100)
    assert years[1:-1] == SURVIVAL["years"].to_list()
    assert share[1:-1] == pytest.approx((100 * SURVIVAL["survival"]).to_list())
    drawn = set(axes.collections[0].get_paths()[0].vertices[:, 1].round(6))
    assert drawn == {*(100 * SURVIVAL["low"].drop_nulls()).round(6), *(100 * SURVIVAL["high"].drop_nulls()).round(6)}
    assert line(axes, 1)[0] == SURVIVAL.filter(pl.col("censored") > 0)["years"].to_list()
    assert axes.get_xticklabels()[0].get_text() == f"0\n({SURVIVAL['at_risk'][0]})"


def test_brokerage_has_the_share_of_each_role_beside_the_expected_one() -> None:
    (axes,) = draw_brokerage(BROKERAGE, top=3).axes
    groups = BROKERAGE.group_by("group").agg(pl.exclude("node", "label").sum())
    groups = groups.sort("triads", "group", descending=[True, False])
    assert names(axes) == [*groups["group"][:3], "other (1)"]
    assert at_right(axes) == [f"{n:,}" for n in groups["triads"]]
    for i, role in enumerate(("coordinator", "consultant", "gatekeeper", "liaison")):
        assert bars(axes, i) == pytest.approx((100 * groups[role] / groups["triads"]).to_list())
        assert bars(axes, i + 4) == pytest.approx((100 * groups[f"{role}_expected"] / groups["triads"]).to_list())


def test_communities_have_their_countries_and_how_far_members_stay() -> None:
    (axes,) = draw_communities(STABLE, top=3, countries=["BE", "LU"]).axes
    members = STABLE.table.filter(pl.col("community") < 3)
    labels = [container.get_label() for container in axes.containers]
    assert labels == ["BE", "LU", "other"]
    for i, label in enumerate(labels):
        of = pl.col("country") == label if label != "other" else ~pl.col("country").is_in(["BE", "LU"])
        assert bars(axes, i) == [members.filter(of, pl.col("community") == c).height for c in range(3)]
    assert at_right(axes) == [f"{share:.0%}" for share in STABLE.groups["stays"].head(3)]
    assert f"({STABLE.groups.height - 3} smaller communities are not shown)" in axes.get_xlabel()


def test_of_a_community_of_one_nothing_is_said_to_stay() -> None:
    net = from_works([(2000, "ab"), (2001, "c")], {"a": "BE", "b": "BE", "c": "BE"})
    (axes,) = draw_communities(net.community_stability(n=2)).axes
    assert at_right(axes) == ["100%", ""]
    assert bars(axes, 0) == [2, 1]


def test_a_partner_matrix_counts_works_once_for_each_two_countries() -> None:
    net = from_works([(2000, "ab"), (2001, "abc"), (2002, "cd"), (2003, "e")],
                     {"a": "BE", "b": "LU", "c": "LU", "d": "LU", "e": "FR"})  # fmt: skip
    assert net.partner_matrix().rows() == [("BE", "LU", 2), ("LU", "LU", 2)]
    assert net.partner_matrix({"http://x": "X", "a": "A", "c": "C", "b": "A"}).rows() == [("A", "A", 2), ("A", "C", 1)]
    axes = draw_partner_matrix(net.partner_matrix()).axes[0]
    assert names(axes) == ["LU", "BE"]
    assert axes.images[0].get_array().filled(-1).tolist() == [[2, -1], [2, -1]]
    assert [text.get_text() for text in axes.texts] == ["2", "2"]


@pytest.mark.parametrize(("name", "width"), [*((name, "single") for name in FIGURES), ("evolution", "double")])
def test_a_figure_is_as_wide_as_its_column_and_holds_all_its_words(name: str, width: str) -> None:
    backend = pytest.importorskip("matplotlib.backends.backend_agg")
    figure = FIGURES[name](width=width)
    assert figure.get_figwidth() == {"single": 3.3, "double": 7.0}[width]
    canvas = backend.FigureCanvasAgg(figure)
    canvas.draw()
    words = figure.get_tightbbox(canvas.get_renderer())
    assert words.x0 > 0
    assert words.y0 > 0
    assert words.x1 < figure.get_figwidth()
    assert words.y1 < figure.get_figheight()


@pytest.mark.parametrize("suffix", [".pdf", ".svg", ".png"])
def test_the_same_result_gives_the_same_bytes_whatever_the_settings(
    suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = save_figure(draw_resilience(*CURVES), tmp_path / f"a{suffix}").read_bytes()
    settings = dict(matplotlib.rcParams)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    with matplotlib.rc_context({"font.size": 20, "pdf.fonttype": 3, "svg.hashsalt": None, "axes.grid": True}):
        again = save_figure(draw_resilience(*CURVES), tmp_path / f"b{suffix}").read_bytes()
        assert matplotlib.rcParams["font.size"] == 20
    assert again == before
    assert dict(matplotlib.rcParams) == settings
    assert b"1970" not in again


def test_a_pdf_has_its_letters_as_text_of_truetype_fonts(tmp_path: Path) -> None:
    pdf = save_figure(draw_resilience(*CURVES), tmp_path / "curve.PDF").read_bytes()
    assert b"/FontFile2" in pdf
    assert b"/Type3" not in pdf
    assert b"CreationDate" not in pdf


NOTHING = [
    (lambda: draw_rank_intervals(EMPTY.rank_intervals("degree", n=2)), "no member has a value of degree"),
    (lambda: draw_evolution(EVOLUTION.head(1)), "there are 1 windows"),
    (lambda: draw_tie_survival(EMPTY.tie_survival()), "no tie with a year"),
    (lambda: draw_resilience(), "no curve"),
    (lambda: draw_resilience(EMPTY.resilience()), "no curve"),
    (lambda: draw_brokerage(EMPTY.brokerage()), "nobody is a broker"),
    (lambda: draw_brokerage(NET.brokerage(between=("BE", "LU"))), "coordinator"),
    (lambda: draw_communities(EMPTY.community_stability(n=1)), "no communities"),
    (lambda: draw_partner_matrix(from_works(SMALL).partner_matrix()), "no two members"),
    (lambda: draw_rank_intervals(RANKS, top=0), "top is 0"),
    (lambda: draw_rank_intervals(RANKS, width="narrow"), "no width 'narrow'"),
    (lambda: save_figure(draw_evolution(EVOLUTION), "a.tiff"), "a.tiff"),
    (lambda: save_figure(draw_evolution(EVOLUTION), "/nowhere/at/all.png"), "there is no folder /nowhere/at"),
]


@pytest.mark.parametrize(("draw", "said"), NOTHING)
def test_what_cannot_be_drawn_says_why(draw: Callable[[], object], said: str) -> None:
    with pytest.raises(AvgraphError, match=said) as caught:
        draw()
    assert caught.value.hint


def test_a_prediction_test_without_intervals_has_dots_alone() -> None:
    from dataclasses import replace

    none = {name: pl.lit(None, pl.Float64) for name in ("auc_low", "auc_high", "gain_low", "gain_high")}
    (axes,) = draw_prediction_test(replace(TEST, table=TEST.table.with_columns(**none))).axes
    assert line(axes, 2)[0] == TEST.table["auc"].to_list()
    assert all(" to " not in said for said in at_right(axes))


def test_without_matplotlib_the_error_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "import polars as pl\n"
        "from avgraph.errors import AvgraphError\n"
        "from avgraph.network import draw_tie_survival\n"
        "table = pl.DataFrame({'years': [0], 'at_risk': [1], 'ended': [1], 'censored': [0], 'survival': [0.0],\n"
        "                      'low': [None], 'high': [None]})\n"
        "try:\n    draw_tie_survival(table)\nexcept AvgraphError as error:\n    print(error.message, error.hint)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "needs Matplotlib" in done.stdout
    assert "avgraph[plot]" in done.stdout
