"""Who might work together next, and how far that may be believed."""

from __future__ import annotations

from avgraph.errors import AvgraphError
from avgraph.knowledge import KnowledgeGraph
from avgraph.network import Network, Prediction, PredictionTest
from avgraph.network.linkscores import BASELINE
from avgraph.report.evidence import words_behind
from avgraph.report.parts import Column, Part, Row, Section, Table, listed, members, percent, within

__all__ = ["prospects_section"]

_TOP = 10
_PARTNERS = 2
#: With fewer new ties in the years held out an area under the curve says nothing.
_LEAST_TIES = 10
#: Shares of the years that are held out, the next where new ties are too few.
_HELD_OUT = (0.2, 1 / 3)
_METHODS = ("combined", "adamic_adar", BASELINE)
_CALLED = {
    "combined": "all signs together (learnt)", "adamic_adar": "common partners (Adamic and Adar)",
    BASELINE: "popularity (the baseline)",
}  # fmt: skip


def prospects_section(kg: KnowledgeGraph, networks: dict[str, Network]) -> Section:
    """Return the section on pairs that have no tie yet and might come to be tied."""
    note = (
        "Pairs that never worked together, ranked by what speaks for a tie. The method was tested on the last years of "
        "each network: it saw the years before, and ranked the pairs of members active before and within them."
    )
    return Section(
        "next", "Who might work together next", note,
        [_part(kg, kind, networks.get(kind)) for kind in ("company", "person")],
    )  # fmt: skip


def _part(kg: KnowledgeGraph, kind: str, net: Network | None) -> Part:
    title = members(kind).capitalize()
    if net is None:
        return Part(title, (f"Left out: no two {members(kind)} have a joint work.",))
    test, too_little = _test(net)
    if test is None:
        # Without a test no probability is told.
        found = net.predict(_TOP, "adamic_adar")
        notes = [f"{too_little} So no probability is given: the pairs are those with most in common."]
    else:
        found = net.predict(_TOP)
        notes = [_verdict(test), _horizon(found)]
    tables = [*_pairs(kg, kind, found, tested=test is not None), *([_trust(kind, test)] if test else [])]
    if not tables:
        notes.append(f"No two {members(kind)} without a tie have a common partner.")
    return Part(title, notes, tables=tables)


def _test(net: Network) -> tuple[PredictionTest | None, str]:
    """Return the test on years held out, or why there is none."""
    if net.covered is None:
        return None, "How far this can be trusted was not tested: no work has a year."
    said = "How far this can be trusted was not tested: the years are too few, or nobody known before found new partners."
    for share in _HELD_OUT:
        try:
            test = net.evaluate_prediction(share, _METHODS)
        except AvgraphError:
            continue
        if test.n_positive >= _LEAST_TIES and test.model is not None:
            return test, ""
        said = (
            f"How far this can be trusted cannot be told: {test.n_positive} new ties came in {_span(test.held_out)} between "
            f"members active before and then, too few for a test."
        )
    return None, said


def _verdict(test: PredictionTest) -> str:
    """Return in words what the test says."""
    row = next(row for row in test.table.iter_rows(named=True) if row["method"] == "combined")
    auc = within(*(f"{row[name]:.2f}" for name in ("auc", "auc_low", "auc_high")))
    if row["auc_low"] <= 0.5:
        trust = "It is not shown to be better than chance here: do not rely on the ranks below."
    elif row["gain_low"] <= 0:
        trust = "It is better than chance, but not shown to be better than popularity alone."
    else:
        trust = "It is better than chance and than popularity alone; most of the pairs below will still not come true."
    return (
        f"Of {test.n_pairs:,} pairs known by {test.known[1]}, {test.n_positive:,} came to be tied in "
        f"{_span(test.held_out)}. In {auc} of the cases such a pair was ranked before one that was not tied (0.5 is chance, "
        f"interval of {test.level:.0%}). {trust}"
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


def _pairs(kg: KnowledgeGraph, kind: str, found: Prediction, *, tested: bool) -> list[Table]:
    """Return the table of the first pairs, with reasons and the words behind the ties with common partners."""
    shown = [row for row in found.table.iter_rows(named=True) if row["reasons"] and row["score"] > 0]
    reasons = [found.why(row["source"], row["target"]) for row in shown]
    quotes = words_behind(
        kg,
        [(why.claims, (why.source_label, why.target_label, *why.partners["label"].head(_PARTNERS))) for why in reasons],
        2,
    )
    rows = [
        Row((
            f"{row['source_label']} and {row['target_label']}", *([percent(row["score"])] if tested else []),
            "; ".join(row["reasons"]),
            listed(sorted({*why.partners["source_works"].explode().drop_nulls(),
                           *why.partners["target_works"].explode().drop_nulls()}), 3) or "none",
        ), words)
        for row, why, words in zip(shown, reasons, quotes, strict=True)
    ]  # fmt: skip
    columns = (
        Column("Pair", "text"), *([Column("Probability", "num")] if tested else []), Column("What speaks for it", "text"),
        Column("Works with common partners", "text"),
    )  # fmt: skip
    return [Table(f"Pairs of {members(kind)} that might work together", columns, rows)] if rows else []


def _trust(kind: str, test: PredictionTest) -> Table:
    rows = []
    for row in test.table.iter_rows(named=True):
        auc = within(*(f"{row[name]:.2f}" for name in ("auc", "auc_low", "auc_high")))
        gain = "–"
        if row["method"] != BASELINE:
            gain = within(*(f"{row[name]:+.2f}" for name in ("gain", "gain_low", "gain_high")))
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
