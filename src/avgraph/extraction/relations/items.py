"""List items: "Title by Director (Company, BE/LU) – €90,000", award lines, and tables with a header row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from avgraph.extraction.layout import Segment
from avgraph.extraction.lexicon import choice, first_names, names
from avgraph.extraction.mentions import Mention
from avgraph.extraction.relations.awards import CATEGORY_LINE, award_label, award_line, award_year, find_ceremony
from avgraph.extraction.relations.context import Candidate, Context
from avgraph.extraction.relations.credits import labelled_fields
from avgraph.extraction.relations.lines import (
    Name,
    countries_only,
    field_names,
    list_candidate,
    mention_of,
    people_like,
    place_in,
    plausible_title,
    title_of,
    trim,
)
from avgraph.extraction.relations.tables import run_tables

__all__ = ["run_items"]

_BULLET = re.compile(r"^\s*(?:[-–—•*·▪►→]\s*|\(?\d{1,2}[.)]\s+)")
_BY = re.compile(
    r"^(?:,\s)?(?:by|de|d'|du|directed by|dir\.?|réal\.?|réalisée? par|signée?|un film de)\s?(?=[^a-z])", re.I
)
_PROD = re.compile(
    r"(?i)^(?:prod(?:uction)?s?\.?:?|produced by|produite? par|production déléguée:?|company:|producer:)\s?(?:of\s)?"
)
_COPROD = re.compile(
    r"(?i)^(?:co-?prod(?:uction)?s?\.?:?|co-?produced by|coproduite? par|with|avec|en coproduction avec"
    r"|co-production with)\s?(?=[^a-z])"
)
_FIELD = re.compile(r",\s|\s[–—|-]\s|;\s|\t+|\s(?=\()|(?<=\))\s?|\s?:\s")


@dataclass(frozen=True)
class _Field:
    start: int
    end: int
    bracketed: bool
    mark: str


def run_items(context: Context) -> None:
    """Add the facts of list items, award lines and tables."""
    context.ceremony, context.funder = ceremony, funder = find_ceremony(context), _funder(context)
    run_tables(context)
    work: Mention | None = None
    for segment in context.segments:
        if segment.index in context.structured:
            continue
        label = award_label().match(segment.text)
        if label and len(segment.text) < 260:
            facts = list(award_line(context, segment, label, ceremony, item_facts))
            if facts:
                context.structured.add(segment.index)
                context.add(facts)
                continue
        category = CATEGORY_LINE.match(segment.text)
        if category and work is not None and ceremony is not None:
            context.structured.add(segment.index)
            context.add(
                [
                    list_candidate(
                        segment,
                        work,
                        "received_award",
                        ceremony,
                        "award-bullet",
                        {"category": category["c"].strip()} | award_year(context),
                    )
                ]
            )
            continue
        if _is_item(context, segment):
            title = title_of(segment, context)
            if title is not None and _may_be_work(context, segment, title):
                target = mention_of(context, segment, "W", *title)
                facts = list(item_facts(context, segment, target, title[1], funder))
                if facts:
                    context.structured.add(segment.index)
                    work = target
                    context.topics[segment.index] = target
                    context.add(facts)


def _is_item(context: Context, segment: Segment) -> bool:
    """Tell whether a line is a list item: a bullet, or a short line without a sentence beside others like it."""
    text = segment.text
    if len(text) > 260 or len(text) < 8 or labelled_fields(segment, context):
        return False
    if _BULLET.match(text):
        return True
    return (
        len(text) < 160
        and not re.search(r"[.!?]$", text)
        and not re.search(r"\b(?:is|are|was|were|will|has|have|est|sont|sera|ont|a été)\b", text)
    )


@lru_cache(maxsize=1)
def _funding() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the words of a text that lists grants and of the names of those who give them."""
    return re.compile(rf"(?i){choice('grants')}"), re.compile(rf"(?i){choice('funders')}")


def _funder(context: Context) -> Mention | None:
    """Return the fund whose decisions the document lists."""
    known, (grants, funders) = names(), _funding()
    for segment, group in zip(context.segments[:3], context.mentions, strict=False):
        if not grants.search(segment.text):
            continue
        for m in group:
            if m.kind == "O" and (m.name in known.funds or funders.search(m.name)):
                return m
    return None


def _fields(text: str, start: int, end: int) -> list[_Field]:
    """Split the rest of an item into its fields; brackets are fields of their own."""
    fields: list[_Field] = []
    position, depth, begin, mark = start, 0, start, ""
    while position < end:
        char = text[position]
        if char == "(" and depth == 0:
            fields.append(_Field(*trim(text, begin, position), False, mark))
            close = text.find(")", position)
            close = end if close < 0 or close > end else close
            for a, b in _bracket_parts(text, position + 1, close):
                fields.append(_Field(*trim(text, a, b), True, "("))
            position, mark = min(close + 1, end), " "
            begin = position
            continue
        match = _FIELD.match(text, position, end)
        if match and match.end() > position and not match.group().startswith(" (") and match.group().strip():
            fields.append(_Field(*trim(text, begin, position), False, mark))
            position = begin = match.end()
            mark = match.group().strip()
            continue
        position += 1
    fields.append(_Field(*trim(text, begin, end), False, mark))
    return [f for f in fields if f.start < f.end]


def _bracket_parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Split brackets at semicolons: "(Ovidiu Marin-Castel; Cadru Film)"."""
    begin = start
    for match in re.finditer(r";\s", text[start:end]):
        yield begin, start + match.start()
        begin = start + match.end()
    yield begin, end


def item_facts(
    context: Context, segment: Segment, work: Mention, start: int, funder: Mention | None
) -> Iterator[Candidate]:
    """Read the fields behind an item's title: director, countries, companies, sums, years."""
    text = segment.text
    fields = _fields(text, start, len(text))
    company: Mention | None = None
    directed = False
    evidence = any(
        _BY.match(text[f.start : f.end]) or f.bracketed or f.mark in ("–", "—", "-", "|", ",") for f in fields
    )
    if not evidence:
        return
    for field in fields:
        words = text[field.start : field.end]
        values = [m for m in context.mentions[segment.index] if field.start <= m.start and m.end <= field.end]
        if found := place_in(context, re.sub(r",?\s*(?:19|20)\d\d$", "", words)):
            if company is None and not countries_only(found, context):
                continue
            for place in found:
                target = Mention("L", segment.index, field.start, field.end, place, True)
                if company is not None and (field.bracketed or field.mark == ","):
                    yield list_candidate(segment, company, "located_in", target, "item-company-place")
                else:
                    yield list_candidate(segment, work, "country_of", target, "item-countries")
            continue
        money = next((m for m in values if m.kind == "M"), None)
        if money is not None and money.end - money.start > 0.5 * len(words):
            if funder is not None:
                yield list_candidate(segment, funder, "supported", work, "item-grant", {"amount": money.surface})
            continue
        if by := _BY.match(words):
            for person in _people(context, segment, field.start + by.end(), field.end):
                directed = True
                yield list_candidate(segment, person, "directed", work, "item-by")
            continue
        prefix = _COPROD.match(words) or _PROD.match(words)
        if prefix:
            relation = "co_produced" if _COPROD.match(words) else "produced_by_company"
            for name in field_names(segment, context, field.start + prefix.end(), field.end):
                if not people_like(text[name.start : name.end], context) or relation == "produced_by_company":
                    company = mention_of(context, segment, "O", name.start, name.end)
                    yield list_candidate(segment, company, relation, work, "item-production")
            continue
        if not words[:1].isupper() or len(words.split()) > 7:
            continue
        if (
            not directed
            and not field.bracketed
            and field.mark in (",", "–", "—", "-", "|", "")
            and (people := list(_people(context, segment, field.start, field.end)))
        ):
            directed = True
            for person in people:
                yield list_candidate(segment, person, "directed", work, "item-person")
            continue
        listed = field_names(segment, context, field.start, field.end)
        sole = field.bracketed and not directed and not any(_is_company(context, segment, n) for n in listed)
        if sole and (people := list(_people(context, segment, field.start, field.end))):
            directed = True
            for person in people:
                yield list_candidate(segment, person, "directed", work, "item-bracket-person")
            continue
        for name in field_names(segment, context, field.start, field.end):
            surface = text[name.start : name.end]
            if (_is_company(context, segment, name) and (field.bracketed or directed)) or (
                field.bracketed
                and directed
                and not people_like(surface, context)
                and surface[0].isupper()
                and not re.search(r"\d", surface)
            ):
                company = mention_of(context, segment, "O", name.start, name.end)
                yield list_candidate(segment, company, "produced_by_company", work, "item-company")


def _may_be_work(context: Context, segment: Segment, title: tuple[int, int]) -> bool:
    """Tell whether a line's first words can be a title: not a label, and no known name of another kind."""
    if not plausible_title(segment.text[slice(*title)], context):
        return False
    return not any(
        m.strong
        and m.kind in "POEALN"
        and m.start <= title[0] + 1
        and m.end >= title[1] - 1
        and "category" not in m.attributes
        for m in context.mentions[segment.index]
    )


def _people(context: Context, segment: Segment, start: int, end: int) -> Iterator[Mention]:
    """Return the persons of a field, if it holds nothing else."""
    listed = field_names(segment, context, start, end)
    if not listed or not all(_is_person(context, segment, n) for n in listed):
        return
    family = segment.text[listed[-1].start : listed[-1].end].split()[-1]
    for name in listed:
        mention = mention_of(context, segment, "P", name.start, name.end)
        if len(mention.name.split()) == 1 and len(listed) > 1:
            mention = Mention("P", segment.index, name.start, name.end, f"{mention.name} {family}", True)
        yield mention


def _is_person(context: Context, segment: Segment, name: Name) -> bool:
    for m in context.mentions[segment.index]:
        if m.start <= name.start and name.end <= m.end and m.strong and m.kind in "PO":
            return m.kind == "P"
    surface = segment.text[name.start : name.end]
    guessed = any(
        m.start <= name.start and name.end <= m.end and m.kind == "P" for m in context.mentions[segment.index]
    )
    return people_like(surface, context) and (guessed or surface.split()[0] in first_names())


def _is_company(context: Context, segment: Segment, name: Name) -> bool:
    return any(
        m.start <= name.start and name.end <= m.end and m.kind == "O" and m.strong
        for m in context.mentions[segment.index]
    )
