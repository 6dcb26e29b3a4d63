"""From candidates to facts: types checked, duplicates merged, confidence set, evidence cut from the document."""

from __future__ import annotations

import re
from collections.abc import Mapping

from avgraph.extraction.mentions import TYPES, Mention
from avgraph.extraction.relations.context import Candidate, Context
from avgraph.extraction.status import status_of
from avgraph.model import RELATIONS, Document, Fact
from avgraph.text import fold

__all__ = ["facts"]

#: Confidence of a rule that was never measured.
_UNMEASURED = 0.7


def facts(
    context: Context, document: Document, confidence: Mapping[str, float], minimum: float, version: str
) -> tuple[Fact, ...]:
    """Return the facts of the candidates that are typed rightly and sure enough, in the order of the text."""
    best: dict[tuple[str, ...], Fact] = {}
    for candidate in context.candidates:
        score = confidence.get(candidate.rule, _UNMEASURED)
        if score < minimum:
            continue
        fact = _fact(candidate, context, document, score, version)
        if fact is None:
            continue
        key = _key(fact)
        if key not in best or (-fact.confidence, fact.start, fact.rule) < (
            -best[key].confidence,
            best[key].start,
            best[key].rule,
        ):
            best[key] = fact
    return tuple(
        sorted(
            _without_lesser(list(best.values())),
            key=lambda f: (f.start, f.end, f.relation, f.subject, f.object, f.rule),
        )
    )


def _type(mention: Mention, allowed: tuple[str, ...]) -> str | None:
    """Return the entity type of a mention in a slot that allows `allowed`; an untyped name takes the slot's."""
    type_ = TYPES[mention.kind]
    if mention.kind == "U" or (not mention.strong and type_ not in allowed and type_ != "Place"):
        return allowed[0] if allowed[0] not in ("Date", "Quantity") else None
    if type_ == "Event" and "Event" not in allowed and "Organization" in allowed:
        return "Organization"
    return type_ if type_ in allowed else None


def _fact(c: Candidate, context: Context, document: Document, score: float, version: str) -> Fact | None:
    subject_types, object_types = RELATIONS[c.relation]
    subject_type, object_type = _type(c.subject, subject_types), _type(c.object, object_types)
    if subject_type is None or object_type is None or not c.subject.name.strip() or not c.object.name.strip():
        return None
    segment = context.segments[c.segment]
    start, end = segment.span(c.start, c.end)
    while end > start and document.text[end - 1].isspace():
        end -= 1
    status = c.status or status_of(segment.text[c.start : c.end], 0, c.end - c.start, context.lexicon)
    return Fact(
        subject=_clean(c.subject.name), subject_type=subject_type, relation=c.relation, object=_clean(c.object.name),
        object_type=object_type, evidence=document.text[start:end], start=start, end=end,
        qualifiers={k: v for k, v in c.qualifiers.items() if v}, certainty=status, confidence=score,
        rule=f"{c.rule}@{version}", subject_mention=c.subject.surface, object_mention=c.object.surface,
    )  # fmt: skip


def _clean(name: str) -> str:
    return re.sub(r"\s+", " ", name).strip(" ,;:")


def _key(fact: Fact) -> tuple[str, ...]:
    sides = [fold(fact.subject), fold(fact.object)]
    if fact.relation == "partner_of":
        sides.sort()
    extra = [fold(fact.qualifiers.get(q, "")) for q in ("season", "category", "for_work", "scope")]
    if fact.relation == "count_statistic":
        extra.append(fold(fact.qualifiers.get("role", "")))
    return (fact.relation, *sides, *extra, (fact.certainty == "negated" and "negated") or "")


#: A fact of the first relation says more than the same two names in the second.
_MORE = {
    ("co_produced", "produced_by_company"),
    ("supported", "co_produced"),
    ("nominated_for", "received_award"),
    ("born_in", "nationality"),
}


def _without_lesser(found: list[Fact]) -> list[Fact]:
    """Leave out facts that another one on the same names says better, and asserted ones that the text denies."""
    said = {(f.relation, fold(f.subject), fold(f.object)) for f in found}
    denied = {(f.relation, fold(f.subject), fold(f.object), f.start) for f in found if f.certainty == "negated"}
    detailed = {
        (f.relation, fold(f.subject), fold(f.object), f.start)
        for f in found
        if f.qualifiers.keys() & {"for_work", "category"}
    }
    kept = []
    for f in found:
        vague = f.relation in ("received_award", "nominated_for") and not f.qualifiers.keys() & {"for_work", "category"}
        if vague and (f.relation, fold(f.subject), fold(f.object), f.start) in detailed:
            continue
        pair = fold(f.subject), fold(f.object)
        if any(weak == f.relation and (strong, *pair) in said for strong, weak in _MORE):
            continue
        if f.certainty != "negated" and (f.relation, *pair, f.start) in denied:
            continue
        kept.append(f)
    return kept
