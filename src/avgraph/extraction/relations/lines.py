"""Reading structured lines: labels, fields, the names inside a field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from avgraph.extraction.layout import Segment
from avgraph.extraction.lexicon import Lexicon, choice, country_codes, names, places, word_set
from avgraph.extraction.mentions import Mention
from avgraph.extraction.relations.context import Candidate, Context
from avgraph.extraction.tokens import is_institution

__all__ = [
    "Name",
    "countries_only",
    "field_names",
    "label_of",
    "mention_of",
    "people_like",
    "place_in",
    "plausible_title",
    "split_outside",
    "title_of",
    "trim",
]

_BULLET = re.compile(r"^\s*(?:[-–—•*·▪►→]\s*|\(?\d{1,2}[.)]\s+|[a-z]\)\s+)")
_TITLE_END = re.compile(
    r"\s(?=\()|,\s|\s[–—|-]\s|\s?\t|\sby\s|\s?\|\s?|;\s|\s(?=de\s[A-ZÀ-Þ])|\s(?=d'[A-ZÀ-Þ])"
    r"|\s(?=directed\s)|:\s|\s(?=réalisée?\spar)|\s(?=signée?\s)"
)
_EDGE = ' \t,;:.–—-|"“”«»‘’•*'


@dataclass(frozen=True)
class Name:
    """One name of a field: the range of its own text and the text of its brackets."""

    start: int
    end: int
    bracket: str
    bracket_start: int


def label_of(text: str, context: Context) -> str | None:
    """Return the relation label of a label's words."""
    key = re.sub(r"[\W_]+", " ", re.sub(r"\([^)]*\)", "", text).casefold()).strip()
    return context.lexicon.labels.get(key)


def split_outside(
    text: str, start: int, end: int, pattern: re.Pattern[str], whole: Iterable[Mention] = ()
) -> Iterator[tuple[int, int]]:
    """Split ``text[start:end]`` at matches of `pattern` outside brackets, quotes and the names of `whole`."""
    inside = {i for m in whole for i in range(m.start, m.end)}
    depth, begin, position = 0, start, start
    while position < end:
        char = text[position]
        depth += char in "([“«"
        depth -= char in ")]”»"
        match = pattern.match(text, position, end) if depth <= 0 and position not in inside else None
        if match and match.end() > position:
            yield begin, position
            position = begin = match.end()
            continue
        position += 1
    yield begin, end


_SEPARATOR = re.compile(
    r"\s*[,;]\s+(?:and |et |with |avec )?|\s+(?:and|et|&(?! Co\b)|ainsi que|avec)\s+(?=[^a-z])"
    r"|\s*/\s*|\s+·\s+|\s+\+\s+|\s*\|\s*|\t+"
)


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the range without spaces and separators at its edges."""
    while start < end and text[start] in _EDGE:
        start += 1
    while (
        end > start
        and text[end - 1] in _EDGE
        and not (text[end - 1] == "." and re.search(r"\b\w{1,3}\.$|\.\w\.$", text[start:end]))
    ):
        end -= 1
    return start, end


def field_names(segment: Segment, context: Context, start: int, end: int) -> list[Name]:
    """Return the names that a field lists, each with what follows it in brackets."""
    text, found = segment.text, []
    whole = [m for m in context.mentions[segment.index] if m.kind == "O" and m.strong and m.surface.count("/") == 0]
    for begin, stop in split_outside(text, start, end, _SEPARATOR, whole):
        bracket = re.search(r"\(([^()]*)\)", text[begin:stop])
        inner, at = (bracket[1], begin + bracket.start(1)) if bracket else ("", stop)
        a, b = trim(text, begin, begin + bracket.start() if bracket else stop)
        if (
            a < b
            and any(c.isalpha() for c in text[a:b])
            and (text[a].isupper() or text[a].isdigit() or "_" in text[a:b])
        ):
            found.append(Name(a, b, inner, at))
    return found


def people_like(name: str, context: Context) -> bool:
    """Tell whether a name can be a person's: two to five capitalised words, none of them of a company."""
    known = names()
    words = name.split()
    if not 2 <= len(words) <= 5 or any(c.isdigit() for c in name) or "&" in name or is_institution(name):
        return False
    if (
        name in known.organizations
        or words[-1].strip(".,") in known.company_suffixes
        or words[-1] in known.company_suffixes
    ):
        return False
    if any(w in known.organization_heads for w in words):
        return False
    nouns, _ = places(context.lexicon.language)
    if name in nouns or words[0] in ("The", "Les", "La", "Le", "A", "Un", "Une", "Studio"):
        return False
    return (
        all(w[0].isupper() or w in word_set("particles") or w.startswith(("d'", "al-", "el-")) for w in words)
        and words[-1][0].isupper()
    )


def mention_of(context: Context, segment: Segment, kind: str, start: int, end: int) -> Mention:
    """Return the mention of a field's name: the one found there already, with its full form, or a new one."""
    text = segment.text[start:end]
    for m in context.mentions[segment.index]:
        if m.start <= start and end <= m.end and m.end - m.start <= end - start + 4 and m.kind == kind:
            return m
    context.vote(Mention(kind, segment.index, start, end, text), kind, 3.0)
    return Mention(kind, segment.index, start, end, text, True)


def place_in(context: Context, text: str) -> list[str]:
    """Return the places that a bracket lists, if it lists nothing else: "BE/LU", "Belgium, France", "Ghent"."""
    language = context.lexicon.language
    nouns, _ = places(language)
    others, _ = places("fr" if language == "en" else "en")
    found = []
    for part in re.split(r"\s*[/,;+&–-]\s*|\s+(?:and|et)\s+|\s-\s", text.strip()):
        part = re.sub(r"^(?:the|la|le|les|l')\s?", "", part.strip())
        place = nouns.get(part) or others.get(part) or country_codes().get(part)
        if not place:
            return []
        found.append(place.name[language])
    return found


def countries_only(found: list[str], context: Context) -> bool:
    """Tell whether all places are countries or parts that make films of their own (Québec, Flanders, Scotland)."""
    nouns, _ = places(context.lexicon.language)
    return all(name in word_set("film_regions") or (name in nouns and nouns[name].is_country) for name in found)


@lru_cache(maxsize=4)
def _label_words(lexicon: Lexicon) -> frozenset[str]:
    lists = ("work_nouns", "org_nouns", "person_nouns", "job_titles")
    words = [w for name in lists for phrase in lexicon.words[name] for w in phrase.casefold().split()]
    words += [w for label in lexicon.labels for w in label.split()]
    return word_set("label_words").union(words)


@lru_cache(maxsize=1)
def _openers() -> re.Pattern[str]:
    return re.compile(rf"{choice('line_openers')}\b")


def plausible_title(title: str, context: Context) -> bool:
    """Tell whether words can be a work's title: more than labels, and no broken-off phrase."""
    words = re.findall(r"[^\W_]+", title.casefold())
    if not words or all(w in _label_words(context.lexicon) or (w.isdigit() and len(words) > 1) for w in words):
        return False
    if _openers().match(title) or words[-1] in word_set("broken_off"):
        return False
    return label_of(title, context) is None and not re.fullmatch(r"[\d\s:.,€$%-]+", title)


def title_of(segment: Segment, context: Context, start: int = 0) -> tuple[int, int] | None:
    """Return the range of the title that a heading or list line begins with."""
    text = segment.text
    bullet = _BULLET.match(text, start) if start == 0 else None
    begin = bullet.end() if bullet else start
    for m in context.mentions[segment.index]:
        if m.kind == "W" and m.strong and begin <= m.start <= begin + 2 and text[m.start : m.start + 1] in "\"“«‘'„":
            return m.start, m.end
    end = _TITLE_END.search(text, begin)
    a, b = trim(text, begin, end.start() if end else len(text))
    if a >= b or not (text[a].isupper() or text[a].isdigit()) or b - a > 70 or len(text[a:b].split()) > 9:
        return None
    return a, b


def list_candidate(
    segment: Segment,
    subject: Mention,
    relation: str,
    object_: Mention,
    rule: str,
    qualifiers: dict[str, str] | None = None,
) -> Candidate:
    """Return the candidate of a structured line: the line is its evidence, and it asserts."""
    return Candidate(
        subject, relation, object_, segment.index, 0, len(segment.text), rule, qualifiers or {}, "asserted"
    )
