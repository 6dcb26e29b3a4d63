"""What articles say of a work beyond its makers: characters, places, subject, budget, running time, genre.

The patterns stand in ``lexicon/details.toml``; they are looked for in each sentence's own text, and the mentions of the
context tell what a name in a slot can be.  No model has a say here: a fact's confidence is its pattern's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from avgraph.extraction.lexicon import RULED, alternatives, details_data, lexicon, month_names
from avgraph.extraction.mentions import Mention
from avgraph.extraction.relations.context import Context
from avgraph.extraction.relations.genres import genre_phrases
from avgraph.extraction.status import status_of
from avgraph.extraction.values import money_spans
from avgraph.model import DETAILS, Document, Fact
from avgraph.text import fold

__all__ = ["detail_facts", "with_characters"]

_CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w'’.-]*"
_NAME = rf"{_CAPITAL}(?: (?:(?:of|the|de|la|le|von|van|der|den|du|di|el|al|bin) ){{0,2}}{_CAPITAL}){{0,4}}"
_PLACE = (
    r"[A-ZÀ-ÖØ-Þ][\w'’-]*(?:[ -](?:(?:of|de|la|le|sur|am|an|der|do|del|upon|los|das) ){0,2}[A-ZÀ-ÖØ-Þ][\w'’-]*){0,3}"
)
_LISTED = (
    rf"{_PLACE}(?:(?:,? (?:and|et|und|en|as well as|ainsi qu['e]) |, |/)"
    rf"(?:in |at |à |en |au |aux |op |the |la |le |der |l['’])*{_PLACE})*"
)
_BETWEEN = re.compile(
    r"(,? (?:and|et|und|en|as well as|ainsi qu['e]) |, |/)(?:(?:in|at|à|en|au|aux|op|the|la|le|der) |l['’])*"
)
_TOPICAL = (
    r"(?!(?:how|what|why|two|three|four|his|her|their|its|people|being|life|one|some|someone|something|men|women|"
    r"deux|trois|une?|des|comment)\b)[a-zà-ÿ][a-zà-ÿ-]{3,}(?: [a-zà-ÿ][a-zà-ÿ-]{2,}){0,1}"
    r"(?=[.,;)]|$| (?:in|by|directed|during|from|and|with|en|par|dans|pendant)\b)"
)
_GENRE = 0.92
#: A fact whose work stands in an earlier sentence is a little less sure.
_BY_TOPIC = 0.92
#: Kinds that bar a name from a slot; a weakly typed mention bars nothing but a date, sum, award or adjective.
_NO_PLACE, _NO_PERSON = "DNAMEPOGQ", "DNAMELEGQOW"
_OTHER_BUDGET = re.compile(
    r"(?i)annual|yearly|fund'?s?\b|festival|fonds|annuel|marketing|scheme|per year|par an\b|agency|institut|ministry|"
    r"ministère|centre|jährlich|jaarlijks|box office"
)
_OTHER_WORK = re.compile(
    r"(?i)\b(?:novel|book|play|roman|livre|by|de|from|of|than|like|after|on|sur|über|over|buch|boek)\W*$"
)


@dataclass(frozen=True)
class _Rule:
    """A pattern of ``details.toml``."""

    id: str
    relation: str
    pattern: re.Pattern[str]
    needs: re.Pattern[str] | None
    without: re.Pattern[str] | None
    by_topic: bool
    confidence: float


@lru_cache(maxsize=4)
def _rules(language: str) -> tuple[_Rule, ...]:
    adverbs = ("primarily|mainly|mostly|entirely|largely|partly|partially|principally|exclusively|also|again|almost|"
               "principalement|essentiellement|entièrement|en partie|notamment|également|surtout")  # fmt: skip
    macros = {
        "name": _NAME, "first": _CAPITAL, "places": _LISTED, "places1": _LISTED, "adverb": f"(?:{adverbs})",
        "month": alternatives(month_names()[language]), "subject": f"(?:{_NAME}|{_TOPICAL})",
        "money": money_spans(),
    }  # fmt: skip
    found = []
    for entry in details_data()[language]:
        source = re.sub(r"\{([a-z]\w*)\}", lambda m: f"(?:{macros[m[1]]})", entry["find"])
        needs, without = (re.compile(entry[key]) if key in entry else None for key in ("needs", "without"))
        found.append(_Rule(f"{language}.{entry['id']}", entry["relation"], re.compile(source), needs, without,
                           entry.get("start") == "topic", entry["confidence"]))  # fmt: skip
    return tuple(found)


def detail_facts(context: Context, document: Document, language: str, version: str) -> tuple[Fact, ...]:
    """Return the facts of :data:`avgraph.model.DETAILS` that a document states, each once.

    Parameters
    ----------
    context
        With the mentions of every segment, phrases such as "the film" among them.
    language
        One of :data:`avgraph.extraction.lexicon.LANGUAGES`.
    version
        Of the extractor, for the facts' rule.
    """
    best: dict[tuple[str, ...], Fact] = {}
    topic: Mention | None = None
    unnamed = re.compile(details_data()["words"][f"{language}_generic"])
    for segment in context.segments:
        for sentence in segment.sentences:
            here = [replace(m, start=m.start - sentence.start, end=m.end - sentence.start)
                    for m in context.mentions[segment.index] if sentence.start <= m.start < sentence.end]  # fmt: skip
            works = [m for m in here if m.kind == "W" and not m.generic and not unnamed.fullmatch(m.name)]
            for fact in _in_sentence(segment.text[sentence.start : sentence.end], here, works, topic, language):
                start, end = segment.span(sentence.start, sentence.end)
                while end > start and document.text[end - 1].isspace():
                    end -= 1
                placed = replace(fact, start=start, end=end, evidence=document.text[start:end],
                                 rule=f"{fact.rule}@{version}")  # fmt: skip
                key = placed.relation, fold(placed.subject), fold(placed.object), placed.certainty
                if key not in best or placed.confidence > best[key].confidence:
                    best[key] = placed
            topic = next((m for m in works if m.strong), topic)
    return tuple(best.values())


def _in_sentence(
    text: str, here: list[Mention], own: list[Mention], topic: Mention | None, language: str
) -> Iterator[Fact]:
    for start, end, name, surface, work in genre_phrases(text, own, topic, language):
        # Beside a title a description asserts; what follows "is" may be denied or planned.
        left = work.end if work in own else 0
        said = text[left:end] if left <= start else ""
        confidence = _GENRE * (1 if work in own else _BY_TOPIC)
        status = _status(said, 0, len(said), language)
        yield _fact(work, "genre", name, surface, f"{language}.genre", confidence, status)
    for rule in _rules(language):
        if (rule.needs and not rule.needs.search(text)) or (rule.without and rule.without.search(text)):
            continue
        for match in rule.pattern.finditer(text):
            subject = _subject(text, match, own) or (topic if rule.by_topic or not own else None)
            if subject is None or (rule.relation == "budget" and not _of_a_work(text, match)):
                continue
            confidence = rule.confidence * (1 if subject in own else _BY_TOPIC)
            status = _status(text, match.start(), match.end(), language)
            actor = match.groupdict().get("actor")
            if actor:
                if not _may_be(here, match.start("actor"), match.end("actor"), _NO_PERSON):
                    continue
                actor = _person(here, *match.span("actor")) or _tidy(actor)
            for name, surface in _objects(rule, match, here, language):
                if fold(name) not in (fold(subject.name), fold(actor or "")):
                    qualifiers = {"actor": actor} if actor else {}
                    yield replace(_fact(subject, rule.relation, name, surface, rule.id, confidence, status),
                                  qualifiers=qualifiers)  # fmt: skip


def _fact(work: Mention, relation: str, name: str, surface: str, rule: str, confidence: float, status: str) -> Fact:
    return Fact(subject=work.name.strip(" ,;:"), subject_type="Work", relation=relation, object=name,
                object_type=DETAILS[relation][1][0], evidence="", start=0, end=0, certainty=status, rule=rule,
                confidence=round(confidence, 3), subject_mention=work.surface, object_mention=surface)  # fmt: skip


def _subject(text: str, match: re.Match[str], works: list[Mention]) -> Mention | None:
    """Return the work that a sentence speaks of: the one close before the match, else the first, else the one in it."""
    before = [m for m in works if m.end <= match.start()]
    if before and match.start() - before[-1].end < 25 and "," not in text[before[-1].end : match.start()]:
        return before[-1]
    named = [m for m in works if not _OTHER_WORK.search(text[: m.start])] or works
    first = [m for m in named if m.end <= match.start("o")]
    return next(iter(first or named), None)


def _of_a_work(text: str, match: re.Match[str]) -> bool:
    """Tell whether a budget is not a fund's, festival's or year's."""
    around = text[max(0, match.start() - 50) : match.end() + 30]
    return not _OTHER_BUDGET.search(around)


def _status(text: str, start: int, end: int, language: str) -> str:
    if language in RULED:
        return status_of(text, start, end, lexicon(language))
    words = details_data()["status"]
    return next((s for s in ("negated", "planned") if re.search(words[f"{language}_{s}"], text)), "asserted")


def _may_be(here: Iterable[Mention], start: int, end: int, barred: str) -> bool:
    over = [m for m in here if m.start < end and start < m.end]
    return not any(m.kind in barred and (m.strong or m.kind in "DNAMQ") for m in over)


def _person(here: Iterable[Mention], start: int, end: int) -> str | None:
    """Return the fullest name of the person mentioned there: a slot also takes the capital before a name."""
    return next((m.name for m in here if m.kind == "P" and m.start < end and start < m.end), None)


def _tidy(name: str) -> str:
    return re.sub(r"(?:['’]s?|[.,])$", "", name.strip(" ,;:"))


def _objects(rule: _Rule, match: re.Match[str], here: list[Mention], language: str) -> Iterator[tuple[str, str]]:
    """Yield (name, surface) of what stands in a pattern's slot, if it can stand there."""
    start, words = match.start("o"), match["o"]
    if rule.relation in ("filmed_in", "set_in"):
        yield from _places(words, start, here, language)
    elif rule.relation == "has_character":
        name = _tidy(words)
        listed = details_data()["words"]["not_characters"]
        if _may_be(here, start, start + len(name), _NO_PERSON) and name.split()[0] not in listed and len(name) > 1:
            yield name, name
    elif rule.relation == "about":
        name = _tidy(words)
        barred = "DMAQ" if name[:1].isupper() else "DMAQLNPOEW"
        article = re.search(r"(?:\ban?|\bune?) $", match.string[:start]) and name[:1].islower()
        if _may_be(here, start, start + len(name), barred) and not article:
            yield name, name
    else:
        yield _tidy(words), words


def _places(words: str, start: int, here: list[Mention], language: str) -> Iterator[tuple[str, str]]:
    """Yield the places of a list; of "Ghent, Belgium" alone the first, since the second tells where it lies."""
    parts: list[tuple[int, int]] = []
    at, signs = 0, []
    for sign in _BETWEEN.finditer(words):
        parts.append((at, sign.start()))
        signs.append(sign[1])
        at = sign.end()
    parts.append((at, len(words)))
    if signs and not any(s.strip(" ,/") for s in signs) and len(parts) < 3 and "/" not in signs:
        parts = parts[:1]
    stop = set(lexicon(language).words["not_names"]) if language in RULED else set()
    stop |= {month.capitalize() for month in month_names()[language]}
    for a, b in parts:
        surface = _tidy(words[a:b])
        over = [m for m in here if m.start < start + b and start + a < m.end]
        place = next((m for m in over if m.kind == "L"), None)
        if place is None and (surface in stop or not _may_be(here, start + a, start + b, _NO_PLACE)):
            break
        exact = place is not None and (place.start, place.end) == (start + a, start + a + len(surface))
        yield (place.name if exact and place is not None else surface), surface


def with_characters(facts: Iterable[Fact], details: Iterable[Fact]) -> tuple[Fact, ...]:
    """Return the facts, and in ``acted_in`` the role where a detail tells whom the person plays."""
    roles = {(fold(d.qualifiers["actor"]), fold(d.subject)): d.object
             for d in details if d.relation == "has_character" and "actor" in d.qualifiers}  # fmt: skip
    done = []
    for fact in facts:
        role = roles.get((fold(fact.subject), fold(fact.object))) if fact.relation == "acted_in" else None
        if role and "role" not in fact.qualifiers:
            fact = replace(fact, qualifiers={**fact.qualifiers, "role": role})
        done.append(fact)
    return tuple(done)
