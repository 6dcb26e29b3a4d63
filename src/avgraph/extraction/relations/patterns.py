"""The pattern engine: rules of ``lexicon/rules_<language>.toml`` over masked sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from avgraph.extraction.layout import Segment, Sentence
from avgraph.extraction.lexicon import alternatives, rules_data
from avgraph.extraction.lexicon import lexicon as read_lexicon
from avgraph.extraction.masking import Masked, expand, mask, required_slots, slots_filled
from avgraph.extraction.mentions import Mention
from avgraph.extraction.relations.context import Candidate, Context
from avgraph.extraction.status import status_of

__all__ = ["Rule", "run_patterns"]

#: Slot letter of a group → kind it votes for.
_VOTES = {"W": "W", "P": "P", "O": "O", "A": "A", "E": "E", "L": "L"}


_QUALIFIERS = frozenset(("role", "scope", "section", "category", "period", "share", "edition"))


@dataclass(frozen=True)
class Rule:
    """One pattern with the facts it states.

    Attributes
    ----------
    facts
        (subject group, relation, object group) with groups named as in the pattern; ``T`` is the segment's topic.
        A relation ``a/b`` is `a` for a person and `b` for an organisation.
    qualifiers
        Qualifier → ``=text``, a group (its words) or ``year:GROUP``.
    needs, slots
        What a sentence must have for the pattern to be tried, and to be compiled at all.
    apposed
        Whether it reads an apposition or a clause of its own, which the verb of the sentence does not govern: then
        its own words alone tell the status.
    """

    id: str
    source: str
    facts: tuple[tuple[str, str, str], ...]
    qualifiers: Mapping[str, str]
    status: str | None
    needs: re.Pattern[str] | None
    slots: frozenset[str]
    apposed: bool

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The compiled pattern; compiling all at once would take seconds, and an article needs few."""
        return re.compile(self.source)


@lru_cache(maxsize=4)
def _rules(language: str) -> tuple[Rule, ...]:
    data, words = rules_data(language), read_lexicon(language)
    macros = dict(data["macros"])
    for name in ("work_nouns", "org_nouns", "person_nouns", "job_titles", "ordinals", "numbers", "months"):
        macros[name] = alternatives(words.words[name])
    items = {kind: (pair[0], pair[1]) for kind, pair in data["items"].items()}
    rules = []
    for entry in data["rule"]:
        facts = tuple((s, r, o) for s, r, o in (fact.split() for fact in entry["facts"]))
        source = expand(entry["find"], macros, _items(items, macros), macros["sep"])
        rules.append(
            Rule(
                id=f"{language}.{entry['id']}",
                source=source,
                facts=facts,
                qualifiers=entry.get("with", {}),
                status=entry.get("status"),
                needs=re.compile(entry["needs"]) if "needs" in entry else None,
                slots=required_slots(entry["find"]),
                apposed=entry.get("apposed", False),
            )
        )
    return tuple(rules)


def _items(items: Mapping[str, tuple[str, str]], macros: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Expand the macros inside what surrounds the items of a list."""
    return {k: (expand(a, macros, {}, ""), expand(b, macros, {}, "")) for k, (a, b) in items.items()}


def run_patterns(context: Context) -> None:
    """Add the facts of every pattern that matches a sentence of prose."""
    rules = _rules(context.lexicon.language)
    for segment in context.segments:
        if segment.index in context.structured:
            continue
        for sentence in segment.sentences:
            masked = mask(segment.text, sentence.start, sentence.end, context.mentions[segment.index])
            if not masked.mentions:
                continue
            for rule in rules:
                if not slots_filled(rule.slots, masked.blocks) or (rule.needs and not rule.needs.search(masked.text)):
                    continue
                for match in rule.pattern.finditer(masked.text):
                    context.add(_facts(rule, match, masked, segment, sentence, context))


def _facts(
    rule: Rule, match: re.Match[str], masked: Masked, segment: Segment, sentence: Sentence, context: Context
) -> Iterator[Candidate]:
    groups: dict[str, list[Mention]] = {}
    for name, value in match.groupdict().items():
        if value is None or name.islower():
            continue
        held = masked.within(*match.span(name))
        groups.setdefault(name.split("_")[0], []).extend(held)
        if kind := _VOTES.get(name[0]):
            for mention in held:
                if kind != "W" or segment.text[mention.start - 1 : mention.start] != "(":
                    context.vote(mention, kind)
    topic = context.topics[segment.index]
    if topic:
        groups["T"] = [topic]
    if context.funder:
        groups["F"] = [context.funder]
    trigger = (masked.offsets[match.start()], masked.offsets[match.end()])
    around = trigger if rule.apposed else (sentence.start, sentence.end)
    status = rule.status or status_of(segment.text[slice(*around)], trigger[0] - around[0], trigger[1] - around[0],
                                      context.lexicon)  # fmt: skip
    for subject_group, relation, object_group in rule.facts:
        for subject in groups.get(subject_group, ()):
            for object_ in groups.get(object_group, ()):
                label = relation
                if "/" in relation:
                    label = relation.split("/")[0 if subject.kind == "P" and subject.strong else 1]
                prize = object_
                if "category" in object_.attributes and context.ceremony is not None:
                    prize = context.ceremony
                yield Candidate(
                    subject=subject, relation=label, object=prize, segment=segment.index,
                    start=sentence.start, end=sentence.end, rule=rule.id,
                    qualifiers=_qualifiers(rule, match, masked, segment, groups, subject, object_),
                    status=status, trigger=trigger,
                )  # fmt: skip


def _qualifiers(
    rule: Rule,
    match: re.Match[str],
    masked: Masked,
    segment: Segment,
    groups: Mapping[str, list[Mention]],
    subject: Mention,
    object_: Mention,
) -> dict[str, str]:
    """Return the qualifiers: named lower-case groups, those the rule lists, and the season of a work."""
    found: dict[str, str] = {}
    for name, value in match.groupdict().items():
        qualifier = name.removesuffix("_2")  # in the second branch of a pattern
        if name.islower() and value and qualifier in _QUALIFIERS:
            words = segment.text[masked.offsets[match.start(name)] : masked.offsets[match.end(name)]]
            found[qualifier] = words.strip(" ,")
    for name, source in rule.qualifiers.items():
        if source.startswith("="):
            found[name] = source[1:]
        elif source.startswith("year:"):
            years = [y[0] for m in groups.get(source[5:], ()) if (y := re.search(r"(?:19|20)\d\d", m.surface))]
            if years:
                found[name] = years[0]
        elif groups.get(source):
            found[name] = groups[source][0].name
    for mention in (subject, object_):
        for key in ("season", "scope", "category"):
            if key in mention.attributes:
                found[key] = mention.attributes[key]
    return found
