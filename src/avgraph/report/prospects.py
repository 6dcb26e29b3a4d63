"""Who might work together next, and how far that may be believed."""

from __future__ import annotations

from typing import Any

from avgraph.errors import AvgraphError
from avgraph.knowledge import KnowledgeGraph
from avgraph.network import Network, Prediction, PredictionTest
from avgraph.network.linkscores import BASELINE
from avgraph.report.evidence import words_behind
from avgraph.report.parts import Column, Part, Row, Section, Table, left_out, listed, members, percent, signed, within

__all__ = ["prospects_section"]

_KINDS = ("company", "person")
_TOP = 10
#: With fewer new ties in the years held out an area under the curve says nothing.
_LEAST_TIES = 20
_METHODS = ("combined", "adamic_adar", BASELINE)
_CALLED = {
    "combined": "all signs together (learnt)", "adamic_adar": "common partners (Adamic and Adar)",
    BASELINE: "popularity (the baseline)",
}  # fmt: skip


def prospects_section(kg: KnowledgeGraph, networks: dict[str, Network]) -> Section:
    """Return the section on pairs that have no tie yet and might come to be tied."""
    note = (
        "Pairs that never worked together, ranked by what speaks for a tie. Where enough new ties came in the last "
        "years, the method was tested on them: it saw the years before, and ranked the pairs of members active before "
        "and then. Its intervals take pairs as independent, which makes them somewhat too short."
    )
    parts = [_part(kg, kind, networks[kind]) for kind in _KINDS if kind in networks]
    return Section("next", "Who might work together next", note + left_out(_KINDS, networks), parts)


def _part(kg: KnowledgeGraph, kind: str, net: Network) -> Part:
    title = members(kind).capitalize()
    test, notes = _test(net)
    # A probability is told only where the method was seen to foretell.
    foretells = test is not None and _combined(test)["auc_low"] > 0.5
    found = net.predict(_TOP, "combined" if foretells else "adamic_adar")
    notes.append(
        _horizon(found) if foretells else "So no probability is given: the pairs are those with most in common."
    )
    pairs = _pairs(kg, kind, found, foretells=foretells)
    if not pairs:
        notes.append(f"No two {members(kind)} without a tie have a common partner.")
    return Part(title, notes, tables=[*pairs, *([_trust(kind, test)] if test else [])])


def _test(net: Network) -> tuple[PredictionTest | None, list[str]]:
    """Return the test on the last years and what it says; or None, and why there is none."""
    if net.covered is None:
        return None, ["How far this can be trusted was not tested: no work has a year."]
    try:
        test = net.evaluate_prediction(methods=_METHODS)
    except AvgraphError:
        few = "the years are too few, or nobody known from the years before found a new partner in the last ones"
        return None, [f"How far this can be trusted was not tested: {few}."]
    if test.n_positive < _LEAST_TIES or test.model is None:
        return None, [
            f"How far this can be trusted cannot be told: the ties that came in {_span(test.held_out)} between members "
            f"active before and then are {test.n_positive:,}, too few for a test."
        ]
    return test, [_verdict(test)]


def _combined(test: PredictionTest) -> dict[str, Any]:
    return next(row for row in test.table.iter_rows(named=True) if row["method"] == "combined")


def _verdict(test: PredictionTest) -> str:
    """Return in words what the test says."""
    row = _combined(test)
    auc = within(*(f"{row[name]:.2f}" for name in ("auc", "auc_low", "auc_high")))
    if row["auc_low"] <= 0.5:
        trust = "It is not shown to be better than chance here."
    elif row["gain_low"] <= 0:
        trust = "It is better than chance, but not shown to be better than popularity alone."
    else:
        trust = "It is better than chance and than popularity alone; most of the pairs below will still not come true."
    return (
        f"Of {test.n_pairs:,} pairs known by {test.known[1]}, {test.n_positive:,} came to be tied in "
        f"{_span(test.held_out)}. The learnt method put such a pair before one that was not tied with a probability of "
        f"{auc} (0.5 is chance; interval of {percent(test.level)}). {trust}"
    )


def _horizon(found: Prediction) -> str:
    assert found.model is not None
    first, last = found.model.came
    years = last - first + 1
    return (
        f"The probability is that of a joint work within {years} year{'s' if years > 1 else ''}, learnt from the "
        f"{found.model.n_positive:,} new ties of {_span(found.model.came)}; it was not tested by itself."
    )


def _span(years: tuple[int, int]) -> str:
    return str(years[0]) if years[0] == years[1] else f"{years[0]} to {years[1]}"


def _pairs(kg: KnowledgeGraph, kind: str, found: Prediction, *, foretells: bool) -> list[Table]:
    """Return the table of the first pairs, with reasons and the words behind the ties with common partners."""
    shown = [row for row in found.table.iter_rows(named=True) if row["reasons"] and row["score"] > 0]
    reasons = [found.why(row["source"], row["target"]) for row in shown]
    # Of the common partners the one with fewest others, which speaks most for the pair.
    ties = [
        [
            found.network.edge(end, partner)
            for partner in why.partners["node"].head(1)
            for end in (why.source, why.target)
        ]
        for why in reasons
    ]
    quotes = words_behind(kg, ties)
    rows = [
        Row((
            f"{row['source_label']} and {row['target_label']}", *([percent(row["score"])] if foretells else []),
            "; ".join(row["reasons"]),
            listed(sorted({*why.partners["source_works"].explode().drop_nulls(),
                           *why.partners["target_works"].explode().drop_nulls()}), 3) or "none",
        ), words)
        for row, why, words in zip(shown, reasons, quotes, strict=True)
    ]  # fmt: skip
    columns = (
        Column("Pair", "text"), *([Column("Probability", "num")] if foretells else []),
        Column("What speaks for it", "text"), Column("Works with common partners", "text"),
    )  # fmt: skip
    return [Table(f"Pairs of {members(kind)} that might work together", columns, rows)] if rows else []


def _trust(kind: str, test: PredictionTest) -> Table:
    rows = []
    for row in test.table.iter_rows(named=True):
        auc = within(*(f"{row[name]:.2f}" for name in ("auc", "auc_low", "auc_high")))
        gain = "–"
        if row["method"] != BASELINE:
            gain = within(*(signed(row[name]) for name in ("gain", "gain_low", "gain_high")))
        first = within(*(percent(row[name]) for name in ("precision", "precision_low", "precision_high")))
        rows.append(Row((_CALLED[row["method"]], auc, gain, first)))
    columns = (
        Column("Ranked by", "text"), Column("AUC (95 %)", "num"), Column("Over popularity (95 %)", "num"),
        Column(f"Of the first {test.k:,} (95 %)", "num"),
    )  # fmt: skip
    caption = (
        f"Test on pairs of {members(kind)}: {_span(test.held_out)} held out; a draw of lots would find "
        f"{percent(test.base_rate)} of them"
    )
    return Table(caption, columns, rows)
