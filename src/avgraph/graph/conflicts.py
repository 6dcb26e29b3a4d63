"""Where sources disagree, and where they agree: each comparison with its sides and which one is preferred, and why.

Rules (:mod:`avgraph.graph.conflict_rules`) look at claims about decided entities. A side is preferred because a primary
source holds it, because the workspace trusts its source most, because more independent sources say so, or because
it is the latest. It never erases the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from avgraph.graph.agreement import AGREEMENT_SCHEMA, find_agreements
from avgraph.graph.conflict_awards import award_recipients, award_winners
from avgraph.graph.conflict_columns import exclusive_values, sets_of_values, single_values
from avgraph.graph.conflict_counts import counted_ranks, counted_statements
from avgraph.graph.conflict_facts import Facts, Found, Side
from avgraph.graph.conflict_foundings import founding_dates
from avgraph.graph.conflict_names import names_of_an_id
from avgraph.graph.conflict_rules import Rule, RuleSet, read_rules
from avgraph.graph.conflict_shares import differing_plans, differing_shares, several_majorities, share_sums
from avgraph.graph.conflict_statuses import announced_only, denied_claims
from avgraph.graph.independence import Origins
from avgraph.model import KINDS
from avgraph.text import content_hash

__all__ = ["AGREEMENT_SCHEMA", "CONFLICT_SCHEMA", "SIDE_SCHEMA", "Comparison", "compare_claims"]

CONFLICT_SCHEMA = {
    "conflict": pl.String(), "rule": pl.String(), "subject": pl.String(), "property": pl.String(),
    "outcome": pl.String(), "explanation": pl.String(), "preferred_by": pl.String(), "settled_by": pl.String(),
}  # fmt: skip
#: ``outweighed``: another side of a contradiction is preferred.
SIDE_SCHEMA = {
    "conflict": pl.String(), "side": pl.Int64(), "value": pl.String(), "sources": pl.List(pl.String()),
    "claims": pl.List(pl.String()), "n_independent": pl.Int64(), "preferred": pl.Boolean(),
    "disputed": pl.Boolean(), "outweighed": pl.Boolean(),
}  # fmt: skip

_COMPARE: Mapping[str, Callable[[Facts, Rule], None]] = {
    "single": single_values, "sets": sets_of_values, "exclusive": exclusive_values,
    "award recipients": award_recipients, "award winners": award_winners, "share sums": share_sums,
    "plans": differing_plans, "shares": differing_shares, "majorities": several_majorities, "denied": denied_claims,
    "announced": announced_only, "counts": counted_statements, "ranks": counted_ranks,
    "names": names_of_an_id, "foundings": founding_dates,
}  # fmt: skip


@dataclass(frozen=True)
class Comparison:
    """What comes of comparing claims.

    Attributes
    ----------
    conflicts, sides
        :data:`CONFLICT_SCHEMA` and :data:`SIDE_SCHEMA`.
    agreements
        :data:`avgraph.graph.agreement.AGREEMENT_SCHEMA`.
    """

    conflicts: pl.DataFrame
    sides: pl.DataFrame
    agreements: pl.DataFrame


def compare_claims(
    scan: Callable[[str], pl.LazyFrame],
    entities: pl.LazyFrame,
    sources: pl.DataFrame,
    rank: Callable[[str], int],
    base_iri: str,
    rules: RuleSet | None = None,
) -> Comparison:
    """Return where claims contradict each other and where independent sources say the same.

    Parameters
    ----------
    scan
        Gives a claim table by its name, such as ``"credit"``, and ``"documents"``; roles hold entity IRIs.
    entities
        With columns ``entity``, ``label``, ``type``, ``subtype``, ``countries``, ``generic``.
    sources
        With columns ``source``, ``kind`` (``"article"`` or ``"record"``), ``publisher``.
    rank
        Trust of a source; less is more.
    base_iri
        Conflicts get IRIs below it.
    rules
        Those that ship with avgraph if none are given.
    """
    rules = rules or read_rules()
    facts = Facts.about(scan, entities, sources, rules, rank)
    for rule in rules.rules:
        _COMPARE[rule.compare](facts, rule)
    origins = Origins(sources, rules, scan)
    said = {claim for found in facts.found for side in found.sides for claim in side.claims}
    weighing = _Weighing(facts, rules, origins, *_evidence(scan, said))
    heads, sides = [], []
    for found in sorted(facts.found, key=lambda f: (f.rule.name, f.subject, f.aspect, f.text)):
        head, versions = weighing.tables(found, base_iri)
        heads.append(head)
        sides += versions
    return Comparison(
        pl.DataFrame(heads, schema=CONFLICT_SCHEMA, orient="row"),
        pl.DataFrame(sides, schema=SIDE_SCHEMA, orient="row"),
        find_agreements(scan, entities, origins, base_iri),
    )


def _evidence(scan: Callable[[str], pl.LazyFrame], claims: set[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return claim → its words, and claim → when its source was published."""
    quotes: dict[str, str] = {}
    dates: dict[str, str] = {}
    wanted = pl.LazyFrame({"claim": sorted(claims)}, schema={"claim": pl.String})
    for kind in KINDS.values() if claims else ():
        rows = scan(kind.table).select("claim", "quote", "observed").join(wanted, on="claim", how="semi")
        for claim, quote, observed in rows.collect().iter_rows():
            if quote:
                quotes[claim] = quote
            if observed:
                dates[claim] = observed
    return quotes, dates


@dataclass(frozen=True)
class _Weighing:
    """Decides which side of a conflict is preferred."""

    facts: Facts
    rules: RuleSet
    origins: Origins
    quotes: Mapping[str, str]
    dates: Mapping[str, str]

    def tables(self, found: Found, base_iri: str) -> tuple[tuple[object, ...], list[tuple[object, ...]]]:
        """Return the row of a conflict and those of its sides, the preferred one first."""
        sides = self.facts.ordered(found.sides)
        weighed = found.versions and found.outcome == "contradicted" and len(sides) > 1
        best, criterion, why = self._preference(found.rule, sides) if weighed else (None, None, "")
        if best is not None:
            sides = [best, *(side for side in sides if side is not best)]
        key = content_hash(found.rule.name, found.subject, found.aspect, *(f"{s.value}\x1e{c}" for s in sides
                                                                         for c in s.claims or ("",)))  # fmt: skip
        conflict = f"{base_iri}conflict/{key}"
        disputed = found.outcome == "contradicted"
        text = f"{found.text.rstrip()} {why}".rstrip()
        head = (conflict, found.rule.name, found.subject, found.aspect, found.outcome, text, criterion,
                found.rule.settle or None)  # fmt: skip
        rows: list[tuple[object, ...]] = [
            (conflict, number, side.value, list(side.sources), list(side.claims), self._n_independent(side),
             side is best, disputed, best is not None and side is not best)
            for number, side in enumerate(sides, 1)
        ]  # fmt: skip
        return head, rows

    def _n_independent(self, side: Side) -> int:
        return self.origins.n_independent(side.said, self.quotes)

    def _preference(self, rule: Rule, sides: Sequence[Side]) -> tuple[Side | None, str | None, str]:
        """Return the preferred side, the criterion that decided, and both in words."""
        if len({source for side in sides for source in side.sources}) == 1:
            return None, None, "One source says all of it."
        for criterion in rule.prefer:
            best = self._best(criterion, rule, sides)
            if best is not None:
                return best, criterion, self._why(criterion, rule, best)
        return None, None, "No side is preferred: nothing that the workspace goes by tells these sources apart."

    def _best(self, criterion: str, rule: Rule, sides: Sequence[Side]) -> Side | None:
        """Return the one side that is best by a criterion, None where two are alike."""
        match criterion:
            case "primary":
                scores: list[Any] = [
                    any(self.rules.is_primary(source, rule.name) for source in side.sources) for side in sides
                ]
            case "precedence":
                scores = [-min(self.facts.rank(source) for source in side.sources) for side in sides]
            case "independent":
                scores = [self._n_independent(side) for side in sides]
            case _:
                scores = [self._latest(side.claims) for side in sides]
                if not all(scores):
                    return None  # a source without a date may be older or later
        top = max(scores)
        return sides[scores.index(top)] if scores.count(top) == 1 else None

    def _latest(self, claims: Iterable[str]) -> str:
        return max((self.dates[claim] for claim in claims if claim in self.dates), default="")

    def _why(self, criterion: str, rule: Rule, best: Side) -> str:
        trusted = min(best.sources, key=lambda source: (self.facts.rank(source), source))
        match criterion:
            case "primary":
                primary = next(s for s in best.sources if self.rules.is_primary(s, rule.name))
                return f"Preferred: {primary}, which the workspace calls a primary source for this."
            case "precedence":
                return f"Preferred: {trusted}, which the workspace's precedence puts first."
            case "independent":
                n = self._n_independent(best)
                return f"Preferred: {best.value}, which {n} independent sources say, more than any other."
        return f"Preferred: {best.value}, the latest word ({self._latest(best.claims)}, {trusted})."
