"""From proposals of rules and model to facts: types checked, duplicates merged, one calibrated confidence for each."""

from __future__ import annotations

import json
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from avgraph.extraction.layout import Segment
from avgraph.extraction.mentions import TYPES, Mention
from avgraph.extraction.neural import WEIGHTS
from avgraph.extraction.relations.context import Candidate, Context
from avgraph.extraction.relations.learned import Scored
from avgraph.extraction.status import status_of
from avgraph.model import RELATIONS, Document, Fact
from avgraph.text import fold, name_tokens

__all__ = ["Calibration", "Proposal", "calibration", "facts", "proposals"]

#: Confidence of a rule that was never measured.
_UNMEASURED = 0.7
#: Logit of a pair that the model never saw together.
_UNSEEN = -6.0


@dataclass(frozen=True)
class Proposal:
    """A fact with what speaks for it.

    Attributes
    ----------
    fact
        Its confidence is not set yet.
    logit
        The model's score, None where a rule alone states it.
    rule
        The surest rule that states it, None where none does.
    """

    fact: Fact
    logit: float | None
    rule: str | None


@dataclass(frozen=True)
class Calibration:
    """How probably a proposal is right: a rule's precision, and a logistic model of what the reader scores.

    Attributes
    ----------
    rules
        Rule → its precision (0..1) on texts it was not written for.
    weights
        Name of a feature → weight.
    """

    rules: Mapping[str, float]
    weights: Mapping[str, float]

    def features(self, proposal: Proposal) -> dict[str, float]:
        """Return name → value of what the confidence of a scored proposal depends on: score, relation, status."""
        relation = proposal.fact.relation
        logit = max(_UNSEEN, min(8.0, _UNSEEN if proposal.logit is None else proposal.logit))
        found = {
            "bias": 1.0, "model only": 1.0, f"model only: {relation}": 1.0,
            "logit": logit, "logit above 0": max(0.0, logit), f"logit: {relation}": logit,
        }  # fmt: skip
        if proposal.fact.certainty != "asserted":
            found[proposal.fact.certainty] = 1.0
        return found

    def confidence(self, proposal: Proposal) -> float:
        """Return the probability, rounded so that processors that add in another order agree."""
        if proposal.logit is None:
            return self.rules.get(proposal.rule or "", _UNMEASURED)
        z = sum(self.weights.get(name, 0.0) * value for name, value in self.features(proposal).items())
        return round(1 / (1 + math.exp(-max(-30.0, min(30.0, z)))), 3)


@lru_cache(maxsize=1)
def calibration() -> Calibration:
    """Return the calibration that the package ships."""
    data = json.loads((WEIGHTS / "calibration.json").read_text("utf-8"))
    return Calibration(data["rules"], data["weights"])


def proposals(
    context: Context, scored: Iterable[Scored], document: Document, version: str, precision: Mapping[str, float]
) -> list[Proposal]:
    """Return the facts that rules or model propose, each once; of several rules as the most precise one states it."""
    by_model: dict[tuple[str, ...], list[Fact]] = defaultdict(list)
    logits: dict[tuple[str, ...], float] = {}
    for pair in scored:
        for fact in _model_facts(pair, context, document, version):
            by_model[_pair(fact)].append(fact)
            logits[_pair(fact)] = max(pair.logit, logits.get(_pair(fact), -math.inf))
    by_rule: dict[tuple[str, ...], tuple[Fact, float, str]] = {}
    for candidate in context.candidates:
        score = precision.get(candidate.rule, _UNMEASURED)
        stated = _rule_fact(candidate, context, document, version)
        if stated is None:
            continue
        key = _key(stated)
        known = by_rule.get(key)
        if known is None or (-score, stated.start, stated.rule) < (-known[1], known[0].start, known[0].rule):
            by_rule[key] = (stated, score, candidate.rule)
    found = [Proposal(fact, None, rule) for fact, _, rule in by_rule.values()]
    return found + [Proposal(fact, logits[key], None) for key, stated in by_model.items() for fact in stated]


def facts(found: Iterable[Proposal], calibration: Calibration, minimum: float) -> tuple[Fact, ...]:
    """Return the facts that are sure enough, in the order of the text."""
    rated = (replace(p.fact, confidence=calibration.confidence(p)) for p in found)
    kept = _without_lesser([fact for fact in rated if fact.confidence >= minimum])
    return tuple(sorted(kept, key=lambda f: (f.start, f.end, f.relation, f.subject, f.object, f.rule)))


def _type(mention: Mention, allowed: tuple[str, ...]) -> str | None:
    """Return the entity type of a mention in a slot that allows `allowed`; an untyped name takes the slot's."""
    type_ = TYPES.get(mention.kind)
    if mention.kind == "U" or (not mention.strong and type_ not in allowed and type_ != "Place"):
        return allowed[0] if allowed[0] not in ("Date", "Quantity") else None
    if type_ == "Event" and "Event" not in allowed and "Organization" in allowed:
        return "Organization"
    return type_ if type_ in allowed else None


def _rule_fact(c: Candidate, context: Context, document: Document, version: str) -> Fact | None:
    segment = context.segments[c.segment]
    status = c.status or status_of(segment.text[c.start : c.end], 0, c.end - c.start, context.lexicon)
    return _fact(
        c.subject, c.relation, c.object, segment, (c.start, c.end), document, certainty=status,
        qualifiers={k: v for k, v in c.qualifiers.items() if v}, rule=f"{c.rule}@{version}",
    )  # fmt: skip


def _model_facts(pair: Scored, context: Context, document: Document, version: str) -> Iterator[Fact]:
    segment, span = _evidence(pair, context)
    for category in pair.categories or (None,):
        qualifiers = dict(pair.qualifiers)
        if category is not None:
            qualifiers["category"] = category
        for mention in (pair.subject, pair.object):
            qualifiers |= {key: mention.attributes[key] for key in ("season", "scope") if key in mention.attributes}
        fact = _fact(
            pair.subject, pair.relation, pair.object, segment, span, document, certainty=pair.status,
            qualifiers=qualifiers, rule=f"model@{version}",
        )  # fmt: skip
        if fact is not None:
            yield fact


def _evidence(pair: Scored, context: Context) -> tuple[Segment, tuple[int, int]]:
    """Return the sentences from one mention to the other; of mentions in two lines the later one's sentence."""
    first, last = sorted((pair.subject, pair.object), key=lambda m: (m.segment, m.start))
    segment = context.segments[last.segment]
    end = segment.sentence_at(max(last.start, last.end - 1)).end
    start = segment.sentence_at(last.start).start
    if first.segment == last.segment:
        begin = segment.sentence_at(first.start).start
        between = sum(begin <= s.start < start for s in segment.sentences)
        start = begin if between <= 1 else start
    return segment, (start, end)


def _fact(
    subject: Mention, relation: str, object_: Mention, segment: Segment, span: tuple[int, int], document: Document, *,
    certainty: str, qualifiers: dict[str, str], rule: str,
) -> Fact | None:  # fmt: skip
    subject_types, object_types = RELATIONS[relation]
    subject_type, object_type = _type(subject, subject_types), _type(object_, object_types)
    if subject_type is None or object_type is None or not subject.name.strip() or not object_.name.strip():
        return None
    start, end = segment.span(*span)
    while end > start and document.text[end - 1].isspace():
        end -= 1
    return Fact(
        subject=_clean(subject.name), subject_type=subject_type, relation=relation, object=_clean(object_.name),
        object_type=object_type, evidence=document.text[start:end], start=start, end=end, qualifiers=qualifiers,
        certainty=certainty, rule=rule, subject_mention=subject.surface, object_mention=object_.surface,
    )  # fmt: skip


def _clean(name: str) -> str:
    return re.sub(r"\s+", " ", name).strip(" ,;:")


_ARTICLES = frozenset(("the", "a", "an", "le", "la", "les", "l", "de", "het", "een", "der", "die", "das"))


def _loose(name: str) -> str:
    words = name_tokens(name)
    while len(words) > 1 and words[0] in _ARTICLES:
        words = words[1:]
    return " ".join(words) or fold(name)


def _pair(fact: Fact) -> tuple[str, ...]:
    sides = [_loose(fact.subject), _loose(fact.object)]
    if fact.relation == "partner_of":
        sides.sort()
    return (fact.relation, *sides)


def _key(fact: Fact) -> tuple[str, ...]:
    extra = [fold(fact.qualifiers.get(q, "")) for q in ("season", "category", "for_work", "scope")]
    if fact.relation == "count_statistic":
        extra.append(fold(fact.qualifiers.get("role", "")))
    return (*_pair(fact), *extra, (fact.certainty == "negated" and "negated") or "")


#: A fact of the first relation says more than the same two names in the second.
_MORE = {
    ("co_produced", "produced_by_company"),
    ("supported", "co_produced"),
    ("nominated_for", "received_award"),
    ("born_in", "nationality"),
}


def _without_lesser(found: list[Fact]) -> list[Fact]:
    """Leave out facts that another one on the same names says better, and asserted ones that the text denies."""
    sure = {(f.relation, fold(f.subject), fold(f.object)): f.confidence for f in found}
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
        if any(weak == f.relation and sure.get((strong, *pair), 0.0) >= f.confidence for strong, weak in _MORE):
            continue
        if f.certainty != "negated" and (f.relation, *pair, f.start) in denied:
            continue
        kept.append(f)
    return kept
