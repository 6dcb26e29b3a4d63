"""What ``avgraph network --show`` can show: one function per analysis, from a network to a table and its figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from avgraph import network
from avgraph.errors import AvgraphError

if TYPE_CHECKING:
    import polars as pl
    from matplotlib.figure import Figure

    from avgraph.network import Network
    from avgraph.network.measures import Measure
    from avgraph.network.uncertainty import Resampled

__all__ = ["ANALYSES", "LISTED", "Analysis", "Choice", "Findings"]

LISTED = 15
_MEASURE: Measure = "betweenness"
#: Resamples, and those of brokers where there are many ties, since counting open triads takes long there.
_DRAWS, _FEW_DRAWS = 200, 20
_MANY_TIES = 30_000
#: A curve is shown at so many places at most.
_CURVE_MARKS = 101


@dataclass(frozen=True)
class Choice:
    """What was asked for; None: the analysis decides.

    Attributes
    ----------
    measure, top, seed, by, between, width, step, silence_years, draws, method, partner_of, since, hold_out, without,
    with_works
        The options of the verb.
    """

    measure: Measure | None = None
    top: int | None = None
    seed: int = 7
    by: str = "country"
    between: tuple[str, str] | None = None
    width: int = 7
    step: int = 1
    silence_years: int = 5
    draws: int | None = None
    method: str = "combined"
    partner_of: str | None = None
    since: int | None = None
    hold_out: tuple[int, int] | None = None
    without: tuple[str, ...] = ()
    with_works: bool = False

    @property
    def n_listed(self) -> int:
        """How many rows of a list are wanted."""
        return self.top or LISTED


@dataclass(frozen=True)
class Findings:
    """What an analysis found.

    Attributes
    ----------
    table
        All its rows, or at least as many as are to be shown.
    note
        One sentence on what was done and what came of it; empty where the table says all.
    figures
        Single values by name, as JSON can hold them.
    draw
        Draws it; None where there is no drawing of it.
    """

    table: pl.DataFrame
    note: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)
    draw: Callable[[], Figure] | None = None


@dataclass(frozen=True)
class Analysis:
    """One that can be shown.

    Attributes
    ----------
    run
        The function.
    about
        What it answers, for the help.
    options
        Names of the parameters that it heeds, beside those that make the network.
    is_series
        Whether all rows are shown where no number is asked for, as of years and figures; else the first are.
    """

    run: Callable[[Network, Choice], Findings]
    about: str
    options: frozenset[str] = frozenset()
    is_series: bool = False


def _ranking(net: Network, choice: Choice) -> Findings:
    measure = choice.measure or _MEASURE
    ranking = net.rank(measure, seed=choice.seed)
    return Findings(ranking, net.note(measure, seed=choice.seed), draw=lambda: network.draw(net))


def _intervals(net: Network, choice: Choice) -> Findings:
    found = net.rank_intervals(
        choice.measure or _MEASURE, choice.draws or _DRAWS, top=min(10, choice.n_listed), seed=choice.seed
    )
    return Findings(
        found.table, str(found), _resampled(found), lambda: network.draw_rank_intervals(found, choice.n_listed)
    )


def _resampled(found: Resampled) -> dict[str, Any]:
    return {"resamples": found.n, "level": found.level, "doubted_claims": found.n_doubted, "first_ranks": found.top}


def _communities(net: Network, choice: Choice) -> Findings:
    found = net.communities(seed=choice.seed)
    note = "modularity: " + ("unknown" if found.modularity is None else f"{found.modularity:.4f}")
    return Findings(found.table, note)


def _stability(net: Network, choice: Choice) -> Findings:
    import polars as pl

    found = net.community_stability(choice.draws or 20, seed=choice.seed)
    names = ("nmi", "ari", "ami", "nmi_country", "ari_country", "ami_country", "p_country", "n_country", "n")
    figures = {name: getattr(found, name) for name in names}
    low, mean, high = found.modularity or (None, None, None)
    figures |= {"modularity_low": low, "modularity_mean": mean, "modularity_high": high}
    groups = found.groups.filter(pl.col("n_nodes") > 1)
    return Findings(groups, str(found), figures, lambda: network.draw_communities(found))


def _brokers(net: Network, choice: Choice) -> Findings:
    n_draws = choice.draws or (_DRAWS if net.edges.height <= _MANY_TIES else _FEW_DRAWS)
    found = net.brokerage_intervals(
        choice.by, n_draws, between=choice.between, top=min(10, choice.n_listed), seed=choice.seed
    )
    figures = _resampled(found)
    how = f"{found}; a resample has fewer different works, so read the ranks"
    if choice.between is None:
        note = "open triads in each role, their exact expectation, and the distance from it in standard deviations"
        return Findings(
            found.table, f"{note}; {how}", figures, lambda: network.draw_brokerage(found.table, choice.top or 8)
        )
    first, second = choice.between
    table = found.table
    for column in ("first_partners", "second_partners"):
        table = _lists_named(table, column, net.nodes.select("node", "label"))
    table = _lists_named(table, "works", net.works.select("work", "label"))
    return Findings(table, f"{table.height:,} members stand between {first} and {second}; {how}", figures)


def _openness(net: Network, choice: Choice) -> Findings:
    found = net.ei_index(choice.by, seed=choice.seed)
    figures = {name: getattr(found, name) for name in ("value", "expected", "p", "internal", "external")}
    return Findings(found.groups, _said(found), figures)


def _partners(net: Network, choice: Choice) -> Findings:
    found = net.partner_matrix(choice.by)
    note = "works with a member of either group"
    return Findings(found, note, draw=lambda: network.draw_partner_matrix(found))


def _concentration(net: Network, choice: Choice) -> Findings:
    found = net.concentration()
    labels = net.nodes.select("node", "label")
    named = found.join(labels, left_on="largest_partner", right_on="node", how="left", maintain_order="left")
    return Findings(named.with_columns(largest_partner="label_right").drop("label_right"))


def _dependence(net: Network, choice: Choice) -> Findings:
    return Findings(net.dependence())


def _two_mode(net: Network, choice: Choice) -> Findings:
    found = net.two_mode()
    table = found.table.sort("n_works", "node", descending=[True, False])
    return Findings(table, _said(found), found.to_dict())


def _small_world(net: Network, choice: Choice) -> Findings:
    found = net.small_world(n_nulls=choice.draws or 100, seed=choice.seed)
    names = ("quotient", "quotient_low", "quotient_high", "clustering_ratio", "path_ratio", "n_nulls", "path_error")
    return Findings(found.table, _said(found), {name: getattr(found, name) for name in names})


def _resilience(net: Network, choice: Choice) -> Findings:
    import numpy as np
    import polars as pl

    attack = net.resilience(choice.measure or "degree", recalculate=True)
    chance = net.resilience("random", n_runs=choice.draws or 20, seed=choice.seed)
    curve = attack.table.select("n_removed", "removed_share", "giant_share", "node").join(
        chance.table.select("n_removed", random="giant_share", random_low="low", random_high="high"),
        on="n_removed", how="left", maintain_order="left",
    )  # fmt: skip
    labels = net.nodes.select("node", "label")
    curve = curve.join(labels, on="node", how="left", maintain_order="left")
    marks = np.unique(np.linspace(0, curve.height - 1, min(curve.height, _CURVE_MARKS)).round().astype(np.int64))
    figures = {
        "robustness": attack.robustness,
        "half": attack.half,
        "random_robustness": chance.robustness,
        "random_robustness_low": chance.robustness_low,
        "random_robustness_high": chance.robustness_high,
    }
    table = curve[marks].select(pl.exclude("node"))
    return Findings(
        table, f"{_said(attack)}; {_said(chance)}", figures, lambda: network.draw_resilience(attack, chance)
    )


def _cut_points(net: Network, choice: Choice) -> Findings:
    found = net.cut_points()
    ties = found.ties.head(choice.n_listed).to_dicts()
    note = f"{found.members.height:,} articulation points, {found.ties.height:,} bridges"
    return Findings(found.members, note, {"bridges": ties})


def _removal(net: Network, choice: Choice) -> Findings:
    if not choice.without:
        raise AvgraphError("nothing is to be taken out", "name members: --without NAME (may be given again)")
    found = net.without(choice.without, with_works=choice.with_works, seed=choice.seed)
    figures = {
        "lost_members": found.lost_members["label"].to_list(),
        "lost_ties": found.lost_ties.height,
    }
    left = f"left: {found.after.nodes.height:,} members, {found.after.edges.height:,} ties"
    note = f"{left}; {found.lost_members.height:,} other members and {found.lost_ties.height:,} ties of others are gone"
    return Findings(found.table, note, figures)


def _evolution(net: Network, choice: Choice) -> Findings:
    changes = net.evolution(choice.width, choice.step)
    shown = changes.tail(choice.top) if choice.top else changes
    return Findings(shown, draw=lambda: network.draw_evolution(changes))


def _ties(net: Network, choice: Choice) -> Findings:
    from avgraph.network.membership import labelled_ends

    lives = net.tie_lives(silence_years=choice.silence_years)
    return Findings(labelled_ends(lives, net.nodes))


def _repeats(net: Network, choice: Choice) -> Findings:
    found = net.repeats()
    return Findings(found, "per_year: probability of a joint work in a year, with its interval")


def _survival(net: Network, choice: Choice) -> Findings:
    found = net.tie_survival(silence_years=choice.silence_years)
    return Findings(found, draw=lambda: network.draw_tie_survival(found))


def _careers(net: Network, choice: Choice) -> Findings:
    return Findings(net.careers())


def _cohorts(net: Network, choice: Choice) -> Findings:
    return Findings(net.cohorts())


def _success(net: Network, choice: Choice) -> Findings:
    found = net.success(choice.measure or _MEASURE, width=choice.width, step=choice.step, seed=choice.seed)
    figures = {name: value for name, value in found.to_dict().items() if name != "table"}
    return Findings(found.table, str(found), figures)


def _next(net: Network, choice: Choice) -> Findings:
    import polars as pl

    found = net.predict(choice.n_listed, choice.method, choice.partner_of, since=choice.since, seed=choice.seed)
    columns = ("rank", "source", "target", "source_label", "target_label", "score")
    table = found.table.select(*columns, pl.col("reasons").list.join("; "))
    return Findings(table, _said(found), {"candidates": found.n_candidates, "method": found.method})


def _prediction_test(net: Network, choice: Choice) -> Findings:
    found = net.evaluate_prediction(choice.hold_out or 0.2, seed=choice.seed)
    figures = {name: value for name, value in found.to_dict().items() if name != "methods"}
    return Findings(found.table, str(found), figures, lambda: network.draw_prediction_test(found))


def _lists_named(table: pl.DataFrame, column: str, labels: pl.DataFrame) -> pl.DataFrame:
    """Return the table with names in place of the IRIs in a column of lists; `labels` has IRI and name."""
    import polars as pl

    names = pl.element().replace_strict(labels.to_series(0), labels.to_series(1))
    return table.with_columns(pl.col(column).list.eval(names))


def _said(result: object) -> str:
    """Return what a result tells of itself, without the name of its class."""
    return repr(result).strip("<>").partition(": ")[2]


def _of(*options: Literal[
    "measure", "by", "between", "width", "step", "silence_years", "draws", "method", "partner_of", "since", "hold_out",
    "without", "with_works",
]) -> frozenset[str]:  # fmt: skip
    return frozenset(options)


ANALYSES: dict[str, Analysis] = {
    "ranking": Analysis(_ranking, "members by a measure", _of("measure")),
    "intervals": Analysis(_intervals, "the same, with intervals from resampled claims and works",
                          _of("measure", "draws")),
    "communities": Analysis(_communities, "which community each member is in", is_series=True),
    "stability": Analysis(_stability, "communities that many runs agree on, and their agreement with countries",
                          _of("draws")),
    "brokers": Analysis(_brokers, "who stands between groups, or between two of them, with intervals",
                        _of("by", "between", "draws")),
    "openness": Analysis(_openness, "how far ties lead out of each group (E-I index)", _of("by"), is_series=True),
    "partners": Analysis(_partners, "how many works each two groups have in common", _of("by")),
    "concentration": Analysis(_concentration, "how far members lean on few partners, and on their lead"),
    "dependence": Analysis(_dependence, "who of two partners leans more on the other"),
    "two-mode": Analysis(_two_mode, "members and works together: clustering, redundancy"),
    "small-world": Analysis(_small_world, "clustering and path length against chance", _of("draws"), is_series=True),
    "resilience": Analysis(_resilience, "what is left as members go, by a measure and at random",
                           _of("measure", "draws"), is_series=True),
    "cut-points": Analysis(_cut_points, "without whom a component falls apart"),
    "removal": Analysis(_removal, "what the network would be without some members",
                        _of("without", "with_works"), is_series=True),
    "evolution": Analysis(_evolution, "what comes, stays and goes, by windows of years",
                          _of("width", "step"), is_series=True),
    "ties": Analysis(_ties, "partnerships that recur: years, gaps, whether they go on", _of("silence_years")),
    "repeats": Analysis(_repeats, "how probable another joint work is after 1, 2, 3 …"),
    "survival": Analysis(_survival, "how long ties live", _of("silence_years"), is_series=True),
    "careers": Analysis(_careers, "when and how much members were active"),
    "cohorts": Analysis(_cohorts, "of those who began in a year, who is still active", is_series=True),
    "success": Analysis(_success, "whether position goes with later works",
                        _of("measure", "width", "step"), is_series=True),
    "next": Analysis(_next, "who might work together next, and why", _of("method", "partner_of", "since")),
    "prediction-test": Analysis(_prediction_test, "how well each method foretells the last years",
                                _of("hold_out"), is_series=True),
}  # fmt: skip
