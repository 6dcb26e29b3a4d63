"""Coreference: acronyms, surnames, shortened names, and definite noun phrases such as "the film" or "the Fund".

The rules are conservative: a phrase without a clear antecedent is no mention at all.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from avgraph.extraction.layout import Segment
from avgraph.extraction.lexicon import Lexicon, choice, names
from avgraph.extraction.lexicon import lexicon as read_lexicon
from avgraph.extraction.mentions import Mention
from avgraph.text import fold, name_tokens

__all__ = ["link_names", "refer", "spread", "without_genitives"]

_STRENGTH = {"W": 3, "P": 2, "O": 2, "E": 2, "A": 2, "L": 1, "G": 2}
_NAMED = "WPOEAGUL"
#: Longer names have no short form of so many words.
_MOST_WORDS = 30


@lru_cache(maxsize=65536)
def _key(name: str) -> str:
    words = name_tokens(name)
    while len(words) > 1 and words[0] in ("the", "le", "la", "les", "l"):
        words = words[1:]
    return " ".join(words)


def link_names(segments: list[Segment], mentions: list[list[Mention]]) -> None:
    """Give each name the kind and the fullest form it has anywhere in the document."""
    _unify_kinds(mentions)
    aliases = _bracketed_acronyms(segments, mentions)
    full: dict[tuple[str, str], str] = {}
    longer = (
        _Longer(m.name for group in mentions for m in group if m.kind == "P" and not m.generic),
        _Longer(m.name for group in mentions for m in group if m.kind == "O" and not m.generic),
    )
    for m in (m for group in mentions for m in group):
        if m.generic or m.kind not in _NAMED:
            continue
        key = _key(m.surface)
        if key in aliases:
            m.name, m.kind, m.strong = aliases[key][0], aliases[key][1], True
            continue
        cached = full.get((m.kind, key))
        if cached is None:
            cached = _fullest(m, *longer)
            full[m.kind, key] = cached or ""
        if cached:
            m.kind, m.name = cached[0], cached[1:]
            m.strong = True


def _unify_kinds(mentions: list[list[Mention]]) -> None:
    """One name, one kind: the certain mentions decide, else the majority of the guesses."""
    votes: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for m in (m for group in mentions for m in group):
        if m.kind in _NAMED and not m.generic and "iso" not in m.attributes:
            votes[_key(m.surface)][m.kind] += 5 if m.strong else 1 if m.kind != "U" else 0.1
    for m in (m for group in mentions for m in group):
        if m.kind in _NAMED and not m.generic and "iso" not in m.attributes:
            kinds = votes[_key(m.surface)]
            best = max(sorted(kinds), key=lambda k: (kinds[k], _STRENGTH.get(k, 0)))
            if best != m.kind or kinds[best] >= 5:
                m.kind, m.strong = best, m.strong or kinds[best] >= 5


class _Longer:
    """Names of several words, found by their last words or their first ones."""

    def __init__(self, names: Iterable[str]) -> None:
        self.ending: dict[str, set[str]] = defaultdict(set)
        self.following: dict[str, set[str]] = defaultdict(set)
        self.beginning: dict[str, set[str]] = defaultdict(set)
        for name in dict.fromkeys(names):
            words = _key(name).split()
            if len(words) > 1:
                self.ending[words[-1]].add(name)
                self.following[" ".join(words[1:])].add(name)
                for n in range(1, min(len(words), _MOST_WORDS)):
                    self.beginning[" ".join(words[:n])].add(name)


def _fullest(m: Mention, people: _Longer, organizations: _Longer) -> str | None:
    """Return kind + fullest name for a shortened one: a surname, or the first words of a company's name."""
    key = _key(m.surface)
    n_words = len(key.split())
    if m.kind in "PULO" and n_words == 1 and not m.attributes.get("iso") and (m.kind != "O" or not m.strong):
        found = people.ending.get(key, set()) | people.following.get(key, set())
        if len(found) == 1:
            return "P" + min(found)
    if m.kind == "P" and n_words > 1:
        found = people.following.get(key, set())
        if len(found) == 1:
            return "P" + min(found)
    if m.kind in "OUL" and n_words and not m.attributes.get("iso") and m.surface not in names().organizations:
        found = organizations.beginning.get(key, set())
        if len(found) == 1:
            return "O" + min(found)
    return None


_BRACKET = re.compile(r"\s?\((?:the |le |la |l')?[\"“«]?\s?((?:[^\W\d_]\.?){2,10})\s?[\"”»]?\)")


def _bracketed_acronyms(segments: list[Segment], mentions: list[list[Mention]]) -> dict[str, tuple[str, str]]:
    """Return acronym → (full name, kind) from "Film and Audio-visual Centre (C.C.A.)"."""
    found: dict[str, tuple[str, str]] = {}
    for segment, group in zip(segments, mentions, strict=True):
        for m in group:
            if m.kind not in "OUEA" or len(m.name.split()) < 2:
                continue
            match = _BRACKET.match(segment.text, m.end)
            if not match:
                continue
            letters = match[1].replace(".", "")
            if letters.isupper() and len(letters) >= 2 and _abbreviates(letters, m.name):
                found.setdefault(_key(match[1]), (m.name, "O" if m.kind == "U" else m.kind))
    return found


def _abbreviates(letters: str, name: str) -> bool:
    """Tell whether `letters` can stand for `name`; a translated acronym shares all but two of them."""
    initials = [word[0] for word in name_tokens(name)]
    folded = fold(letters)
    position = hits = 0
    for letter in folded:
        if letter in initials[position:]:
            position = initials.index(letter, position) + 1
            hits += 1
    return hits >= max(1, len(folded) - 2)


def spread(segments: list[Segment], mentions: list[list[Mention]]) -> None:
    """Mark every further occurrence of a title or name that some place of the document made certain."""
    certain: dict[str, Mention] = {}
    for m in (m for group in mentions for m in group):
        if (
            m.strong
            and not m.generic
            and m.kind in "WPOEA"
            and len(m.surface) > 3
            and m.surface[:1].isupper() | m.surface[:1].isdigit()
        ):
            certain.setdefault(m.surface, m)
    if not certain:
        return
    ordered = sorted(certain, key=lambda name: (-len(name), name))
    pattern = re.compile(r"(?<!\w)(?:" + "|".join(re.escape(n) for n in ordered) + r")(?!\w)")
    for segment, group in zip(segments, mentions, strict=True):
        added = []
        longest = max((m.end - m.start for m in group), default=0)
        for match in pattern.finditer(segment.text):
            first = bisect_left(group, match.start() - longest, key=lambda m: m.start)
            last = bisect_left(group, match.end(), key=lambda m: m.start)
            over = [m for m in group[first:last] if match.start() < m.end]
            if any(m.start <= match.start() and match.end() <= m.end for m in over) or any(
                m.start < match.start() or m.end > match.end() for m in over
            ):
                continue
            source = certain[match.group()]
            if source.kind != "W" and over:
                continue
            for m in over:
                group.remove(m)
            added.append(Mention(source.kind, segment.index, match.start(), match.end(), source.name, True,
                                 surface=match.group(), attributes=dict(source.attributes)))  # fmt: skip
        group.extend(added)
        group.sort(key=lambda m: m.start)


@lru_cache(maxsize=4)
def _phrases(language: str) -> dict[str, re.Pattern[str]]:
    """Return what refers to a work, fund, company, person, tool or event named before."""
    choice = read_lexicon(language).choice
    works, after = choice("works_meant"), choice("works_not_meant")
    funds, companies, tools = choice("funds_meant"), choice("companies_meant"), choice("tools_meant")
    if language == "en":
        found = {
            "works": rf"\b(?:[Tt]he|[Tt]his) (?:[\w-]+ ){{0,2}}?{works}\b(?! ?[\"“«‘'A-Z\d])(?! {after})(?!'s director)"
            rf"|^It\b(?= {choice('it_verbs')})",
            "funds": rf"\b[Tt]he {funds}\b(?! (?:of|for)\b)(?! [A-Z])",
            "companies": rf"\b[Tt]he {companies}\b(?! (?:of|behind|that)\b)(?! [A-Z])",
            "people": r"(?:^|(?<=\. ))(?:He|She)\b",
            "tools": rf"\b[Tt]his (?:[a-z-]+ ){{0,3}}?{tools}\b",
            "events": rf"\b[Tt]he {choice('events_meant')}\b(?! (?:of|for)\b)(?! [A-Z])",
        }
    else:
        named = r"(?! (?:[\w'-]+ )?[«A-ZÉÀ])"
        feminine, soon = choice("works_meant_feminine"), r"(?! (?:[\w'-]+ ){0,2}[A-ZÉÀ«])"
        found = {
            "works": rf"\b(?:[Ll]e|[Cc]e|[Dd]u) {works}\b(?! {after}\b){named}"
            rf"|\b(?:[Ll]a|[Cc]ette|[Ll]') ?{feminine}\b(?! (?:de|d'|du|des|qui|sur|où)\b){named}",
            "funds": rf"\b(?:[Ll]e|[Ll]a|[Ll]'|[Dd]u) ?{funds}\b(?! (?:de|d'|du|des)\b){soon}",
            "companies": rf"\b[Ll](?:a|e) {companies}\b(?! (?:de|d'|du|des|qui)\b){soon}",
            "tools": rf"\b(?:[Cc]et|[Cc]ette|[Cc]e) (?:[a-zéè-]+ ){{0,2}}?{tools}\b",
            "events": rf"\b(?:[Ll]e|[Cc]e|[Dd]u) festival\b(?! (?:de|d'|du|des|international)\b){soon}",
        }
    return {name: re.compile(pattern) for name, pattern in found.items()}


#: Phrase → kind letter of what it stands for ("V": an organisation or agreement of an earlier sentence).
_MEANT = {"works": "W", "funds": "O", "companies": "O", "people": "P", "tools": "V", "events": "E"}
#: "X is the first series …" says something of X and refers to nothing; "the first film" is one among others.
_PREDICATE = re.compile(r"\b(?:is|was|are|were|be|been|become|becomes|became|as|est|sont|était|sera|devient|comme) $")
_RANKED = re.compile(r"\b(?:first|second|third|fourth|fifth|last|latest|next|only|other|new|best)\b")


@lru_cache(maxsize=1)
def _fund_names() -> re.Pattern[str]:
    return re.compile(rf"(?i)\b{choice('fund_names')}\b")


def refer(segments: list[Segment], mentions: list[list[Mention]], lexicon: Lexicon) -> None:
    """Add mentions for definite phrases and pronouns, named after their antecedents."""
    phrases = _phrases(lexicon.language)
    seen: list[Mention] = []
    for segment, group in zip(segments, mentions, strict=True):
        added: list[Mention] = []
        for sentence in segment.sentences:
            text = segment.text[sentence.start : sentence.end]
            first, last = (bisect_left(group, at, key=lambda m: m.start) for at in (sentence.start, sentence.end))
            local = group[first:last]
            for m in local:
                m.sentence = sentence.start
            for phrase, pattern in phrases.items():
                kind = _MEANT[phrase]
                for match in pattern.finditer(text):
                    start, end = sentence.start + match.start(), sentence.start + match.end()
                    if kind == "W" and (_PREDICATE.search(text[: match.start()]) or _RANKED.search(match.group())):
                        continue
                    if any(m.start < end and start < m.end for m in group + added):
                        continue
                    earlier = seen + [m for m in local if m.end <= start]
                    found = _antecedent(kind, earlier, phrase == "funds", len(earlier) - len(seen))
                    if found and "series" in found.attributes and re.search(r"(?:show|series|série)$", match.group()):
                        found = Mention("W", found.segment, found.start, found.end, found.attributes["series"], True)
                    if found:
                        attributes = {**found.attributes, "by": "reference"}
                        added.append(Mention(found.kind, segment.index, start, end, found.name, True, found.generic,
                                             match.group(), attributes=attributes))  # fmt: skip
            seen.extend(local)
        group.extend(added)
        group.sort(key=lambda m: m.start)


def _antecedent(kind: str, earlier: list[Mention], is_fund: bool, n_local: int) -> Mention | None:
    """Return the latest fitting mention; for works the one its sentence began with."""
    if kind == "V":
        named = [m for m in earlier[: len(earlier) - n_local] if m.kind in "OG"]
        return next((m for m in named if m.segment == named[-1].segment and m.sentence == named[-1].sentence), None)
    fitting = [m for m in earlier if m.kind == kind and (m.strong or kind != "W")]
    if is_fund:
        fitting = [m for m in fitting if _fund_names().search(m.name) or m.name in names().funds]
        return fitting[-1] if fitting else None
    if kind == "O":
        fitting = [m for m in fitting if m.name not in names().funds]
    if not fitting:
        return None
    last = fitting[-1]
    if kind == "W":
        same = [m for m in fitting if m.segment == last.segment and last.start - m.start < 220]
        return same[0] if len({m.name for m in same}) > 1 else last
    return last


def without_genitives(mentions: Iterable[Mention]) -> None:
    """Name "Kesslers" after Anna Kessler, or "Maren Ades" after Maren Ade, where the text has the name without the s.

    German and Dutch write the genitive of a name without an apostrophe.
    """
    people = [m for m in mentions if m.kind == "P" and "by" not in m.attributes]
    fullest: dict[str, str] = {}
    for m in people:
        for form in (m.name, m.name.split()[-1] if m.name else ""):
            if len(m.name) > len(fullest.get(form, "")):
                fullest[form] = m.name
    for m in people:
        if m.name.endswith("s") and (named := fullest.get(m.name[:-1])):
            m.name = named
