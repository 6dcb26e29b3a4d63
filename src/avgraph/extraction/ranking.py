"""From what rules and model state to facts: types checked, duplicates merged, one confidence for each."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from avgraph.extraction.layout import Segment
from avgraph.extraction.mentions import TYPES, Mention
from avgraph.extraction.neural import PAIR_LABELS
from avgraph.extraction.relations.awards import category_behind
from avgraph.extraction.relations.context import Candidate, Context
from avgraph.extraction.relations.learned import Scored, Scores, loose_name
from avgraph.extraction.status import status_of
from avgraph.model import RELATIONS, Document, Fact
from avgraph.text import fold

__all__ = ["UNMEASURED", "Proposal", "facts", "proposals"]

#: Confidence of a rule that was never measured.
UNMEASURED = 0.7


@dataclass(frozen=True)
class Proposal:
    """A fact with what speaks for it.

    Attributes
    ----------
    fact
        Its confidence is not set yet.
    logit
        The model's score of the relation, None where it saw the two names nowhere together.
    rule
        The surest rule that states it, None where none does.
    scored
        Whether the model proposes it too, with its own mentions.
    names
        Logarithm of the probability that both names are what they are tagged as, ≤ 0; 0 where a rule alone states it.
    far
        Whether the two names stand in different sentences.
    by_phrase
        Whether a phrase such as "the film" stands for one of them.
    agreed
        Whether rule and model give it the same status.
    denial
        Logarithm of the odds that the text denies it, 0 where nobody has told yet.
    pair
        Logits of all labels and status from subject to object, None where the model saw them nowhere together.
    """

    fact: Fact
    logit: float | None
    rule: str | None
    scored: bool = False
    names: float = 0.0
    far: bool = False
    by_phrase: bool = False
    agreed: bool = False
    denial: float = 0.0
    pair: NDArray[np.float32] | None = field(default=None, repr=False, compare=False)


def proposals(
    context: Context, scores: Scores, document: Document, version: str, precision: Mapping[str, float]
) -> list[Proposal]:
    """Return the facts that rules or model propose, each once; of several rules as the most precise one states it.

    Where both state a relation between two names, the rule's fact stands, with what the model adds to it.
    """
    by_model: dict[tuple[str, ...], list[Proposal]] = defaultdict(list)
    for pair in scores.found:
        for proposal in _model_proposals(pair, context, document, version):
            by_model[_pair(proposal.fact)].append(proposal)
    found: list[Proposal] = []
    ruled: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for fact, rule, series, sure in _by_rule(context, document, version, precision):
        key = next((k for k in (_pair(fact), _pair(series)) if k in by_model), None)
        if key is None:
            seen = [x for f in (fact, series) if (x := scores.pair(f.subject, f.object)) is not None]
            label = PAIR_LABELS.index(fact.relation)
            found.append(Proposal(fact, max((float(x[label]) for x in seen), default=None), rule))
            continue
        ruled[key].add(_category(fact))
        best = max(by_model[key], key=_logit)
        added = {k: v for k, v in best.fact.qualifiers.items() if k in ("amount", "share", "role")}
        status = fact.certainty if sure else best.fact.certainty
        stated = replace(fact, qualifiers={**added, **fact.qualifiers}, certainty=status)
        found.append(replace(best, fact=stated, rule=rule, agreed=status == best.fact.certainty))
    for key, same in by_model.items():
        alone = [max(same, key=_logit)] if key[0] == "partner_of" else same
        told = ruled.get(key, set())
        found += [p for p in alone if not told or (_category(p.fact) and _category(p.fact) not in told)]
    return [replace(p, pair=scores.pair(p.fact.subject, p.fact.object)) for p in found]


def _logit(proposal: Proposal) -> float:
    return proposal.logit or 0.0


def _category(fact: Fact) -> str:
    return fold(fact.qualifiers.get("category", ""))


def _by_rule(
    context: Context, document: Document, version: str, precision: Mapping[str, float]
) -> Iterator[tuple[Fact, str, Fact, bool]]:
    """Yield each fact that the rules state, as the most precise of them does, with that rule.

    Then comes the same fact with series in place of their seasons, as the model names them, and whether its status is
    sure: a denial somewhere in the sentence may speak of something else.
    """
    best: dict[tuple[str, ...], tuple[Fact, float, str, Fact, bool]] = {}
    for candidate in context.candidates:
        score = precision.get(candidate.rule, UNMEASURED)
        stated = _rule_fact(candidate, context, document, version)
        if stated is None:
            continue
        key = _key(stated)
        known = best.get(key)
        if known is not None and (-score, stated.start, stated.rule) >= (-known[1], known[0].start, known[0].rule):
            best[key] = (_completed(known[0], stated), *known[1:])
            continue
        names = [m.attributes.get("series", m.name) for m in (candidate.subject, candidate.object)]
        series = replace(stated, subject=_clean(names[0]), object=_clean(names[1]))
        sure = stated.certainty != "negated" or _denied_between(candidate, context)
        complete = stated if known is None else _completed(stated, known[0])
        best[key] = (complete, score, candidate.rule, series, sure)
    for fact, _, rule, series, sure in best.values():
        yield fact, rule, series, sure


def _completed(fact: Fact, other: Fact) -> Fact:
    """Return a fact with when and where another rule says, in the same words, that it came about."""
    if not (fact.start < other.end and other.start < fact.end):
        return fact
    added = {k: v for k, v in other.qualifiers.items() if k in ("year", "date", "event")}
    return replace(fact, qualifiers={**added, **fact.qualifiers})


def _denied_between(c: Candidate, context: Context) -> bool:
    """Tell whether a word of denial stands between the two names, as in "was not directed by"."""
    first, last = sorted((c.subject, c.object), key=lambda m: (m.segment, m.start))
    if first.segment != last.segment:
        return False
    between = context.segments[first.segment].text[first.end : last.start]
    return context.lexicon.status["negated"].search(between) is not None


def facts(found: Iterable[Proposal], confidences: Iterable[float], minimum: float) -> tuple[Fact, ...]:
    """Return the facts that are sure enough, in the order of the text."""
    rated = [replace(p.fact, confidence=value) for p, value in zip(found, confidences, strict=True)]
    kept = _without_lesser([fact for fact in rated if fact.confidence >= minimum])
    kept = _without_rivals(_without_series(_without_idle_seasons(kept)))
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


def _model_proposals(pair: Scored, context: Context, document: Document, version: str) -> Iterator[Proposal]:
    segment, span, far = _evidence(pair, context)
    names = sum(math.log(max(1e-3, m.probability)) for m in (pair.subject, pair.object))
    by_phrase = any(m.attributes.get("by") == "reference" for m in (pair.subject, pair.object))
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
            yield Proposal(fact, pair.logit, None, True, names, far, by_phrase)


def _evidence(pair: Scored, context: Context) -> tuple[Segment, tuple[int, int], bool]:
    """Return the sentences from one mention to the other; of mentions in two lines the later one's sentence.

    Also tell whether the mentions stand in different sentences.
    """
    first, last = sorted((pair.subject, pair.object), key=lambda m: (m.segment, m.start))
    segment = context.segments[last.segment]
    end = segment.sentence_at(max(last.start, last.end - 1)).end
    start = segment.sentence_at(last.start).start
    far = first.segment != last.segment or first.start < start
    if first.segment == last.segment:
        begin = segment.sentence_at(first.start).start
        first_after, last_before = (bisect_left(segment.sentences, at, key=lambda s: s.start) for at in (begin, start))
        between = last_before - first_after
        start = begin if between <= 1 else start
    return segment, (start, end), far


def _fact(
    subject: Mention, relation: str, object_: Mention, segment: Segment, span: tuple[int, int], document: Document, *,
    certainty: str, qualifiers: dict[str, str], rule: str,
) -> Fact | None:  # fmt: skip
    subject_types, object_types = RELATIONS[relation]
    subject_type, object_type = _type(subject, subject_types), _type(object_, object_types)
    if subject_type is None or object_type is None or not subject.name.strip() or not object_.name.strip():
        return None
    if (
        relation in ("received_award", "nominated_for")
        and "category" not in qualifiers
        and object_.segment == segment.index
    ):
        qualifiers |= category_behind(segment.text, object_.end)
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


def _pair(fact: Fact) -> tuple[str, ...]:
    sides = [loose_name(fact.subject), loose_name(fact.object)]
    if fact.relation == "partner_of":
        sides.sort()
    return (fact.relation, *sides)


def _key(fact: Fact) -> tuple[str, ...]:
    extra = [fold(fact.qualifiers.get(q, "")) for q in ("season", "category", "for_work", "scope")]
    if fact.relation == "count_statistic":
        extra.append(fold(fact.qualifiers.get("role", "")))
    return (*_pair(fact), *extra, (fact.certainty == "negated" and "negated") or "")


def _by_model_alone(fact: Fact) -> bool:
    return fact.rule.startswith("model@")


#: Relations of which a sentence states one for the side named here; where a rule reads it, the model is not asked.
_SINGLE = {"located_in": "subject", "born_in": "subject", "founded": "object", "count_statistic": "object"}
#: Characters between two founders of one company, as in "founded by A and the editor B".
_TOGETHER = 40


def _without_rivals(found: list[Fact]) -> list[Fact]:
    """Leave out what the model alone states where a rule reads another value from the same words."""
    ruled = defaultdict(list)
    for f in found:
        if f.relation in _SINGLE and not _by_model_alone(f):
            ruled[f.relation, fold(getattr(f, _SINGLE[f.relation]))].append(f)
    return [
        f
        for f in found
        if not _by_model_alone(f)
        or f.relation not in _SINGLE
        or not any(
            r.start < f.end and f.start < r.end and not _founders(r, f)
            for r in ruled[f.relation, fold(getattr(f, _SINGLE[f.relation]))]
        )
    ]


def _founders(one: Fact, other: Fact) -> bool:
    """Tell whether two facts name founders of one company beside each other."""
    names = [f.subject_mention or f.subject for f in (one, other)]
    first, last = sorted((one.evidence.find(name), name) for name in names)
    return one.relation == "founded" and first[0] >= 0 and last[0] - first[0] - len(first[1]) <= _TOGETHER


def _without_series(found: list[Fact]) -> list[Fact]:
    """Leave out what the model says of a series where a rule says it of one season in the same words."""
    seasons = [f for f in found if "season" in f.qualifiers and not _by_model_alone(f)]
    return [
        f
        for f in found
        if not _by_model_alone(f)
        or not any(
            fold(s.subject) == fold(f.subject) and s.start < f.end and f.start < s.end
            and f.object != s.object and fold(f.object) in fold(s.object)
            for s in seasons
        )
    ]  # fmt: skip


def _without_idle_seasons(found: list[Fact]) -> list[Fact]:
    """Leave out that a season belongs to its series where nothing else is said of the season."""
    told = {fold(n) for f in found if not f.rule.startswith("season-of-series") for n in (f.subject, f.object)}
    return [f for f in found if not f.rule.startswith("season-of-series") or fold(f.subject) in told]


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
    categories = {(f.relation, fold(f.subject), c) for f in found if (c := _category(f)) and c != fold(f.object)}
    in_category: dict[tuple[str, str, int], list[tuple[str, str]]] = defaultdict(list)
    for f in found:
        if category := _category(f):
            in_category[f.relation, fold(f.subject), f.start].append((fold(f.object), category))
    kept = []
    for f in found:
        vague = f.relation in ("received_award", "nominated_for") and not f.qualifiers.keys() & {"for_work", "category"}
        if vague and (f.relation, fold(f.subject), fold(f.object), f.start) in detailed:
            continue
        named = in_category[f.relation, fold(f.subject), f.start] if vague else ()
        if any(award in fold(f.object) and category in fold(f.object) for award, category in named):
            continue  # "Oscar for Best Film" is an Oscar in a category
        if (f.relation, fold(f.subject), fold(f.object)) in categories:
            continue  # "Best actor" is the category of an award that another fact names
        pair = fold(f.subject), fold(f.object)
        if any(weak == f.relation and sure.get((strong, *pair), 0.0) >= f.confidence for strong, weak in _MORE):
            continue
        if f.certainty != "negated" and (f.relation, *pair, f.start) in denied:
            continue
        kept.append(f)
    return kept
