"""Award lines: "Best film: 'Title' by X (Company)", "Best actor: X for Title"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from avgraph.extraction.layout import Segment
from avgraph.extraction.lexicon import award_crafts, choice
from avgraph.extraction.mentions import Mention
from avgraph.extraction.relations.context import Candidate, Context
from avgraph.extraction.relations.lines import (
    field_names,
    list_candidate,
    mention_of,
    people_like,
    plausible_title,
    title_of,
)

__all__ = ["CATEGORY_LINE", "award_label", "award_line", "award_year", "category_behind", "find_ceremony"]

#: Reads the fields behind a title: (context, segment, work, start, funder) -> candidates.
ItemReader = Callable[[Context, Segment, Mention, int, Mention | None], Iterator[Candidate]]


@lru_cache(maxsize=1)
def award_label() -> re.Pattern[str]:
    """Return the pattern of a line that begins with a prize: groups ``label`` and ``rest``."""
    return re.compile(
        rf"^\s*(?:[-–—•*·]\s*)?(?P<label>(?:[^:]{{0,40}}\b)?{choice('award_labels')}\b[^:]{{0,70}}?)"
        r"\s?(?::|\s[–—-]\s)\s?(?P<rest>\S.*)$"
    )


CATEGORY_LINE = re.compile(r"^\s*[-–—•*·]\s*(?P<c>(?:[Bb]est|[Mm]eilleure?s?|[Pp]rix|[Gg]rand)\b[^:.]{3,70})$")


def award_year(context: Context) -> dict[str, str]:
    """Return the qualifier of the document's year, if it has a date."""
    return {"year": context.date[:4]} if context.date else {}


def find_ceremony(context: Context) -> Mention | None:
    """Return the award that the document is about: the first one named as a ceremony."""
    for group in context.mentions[:4]:
        for m in group:
            if (
                m.kind == "A"
                and m.strong
                and "category" not in m.attributes
                and m.name.split()[0] not in ("Best", "Prix", "Grand", "Special")
            ):
                return m
    return None


#: "for Best Supporting Actor", "du meilleur film", "für die beste Regie", "voor beste scenario"; a small word ends it.
_CATEGORY_BEHIND = re.compile(
    r"(?:['’]s?)? (?:for (?:the |its |her |his |their )?|d[ue](?: la)? |pour (?:le |la )?|für (?:d(?:ie|en|as) )?"
    r"|voor (?:de |het )?)(?P<category>(?:[Bb]est|[Mm]eilleure?s?|[Bb]este[nrs]?)(?: (?!(?:at|for|from|went|goes|to|by"
    r"|with|und|et|and|as|a|au|aux|à|lors|pour|für|voor|bei|beim|tijdens|was|is|est|wins?|won|ist)\b"
    r"|(?:after|before|during|last|this|that|which|who|when|while|had|has|have|will|qui|que|dans|sur|die|der|dat)\b"
    r"|(?:in|en|am|op) [\dA-ZÀ-Þ]|on (?:\d|\w+day\b))[^\W\d][\w'’-]*){1,6})"
)


def category_behind(text: str, end: int) -> dict[str, str]:
    """Return the qualifier of the category that is named right behind an award, which ends at `end`, if any.

    >>> category_behind("the Oscar for Best Animated Short at the gala", 9)
    {'category': 'Best Animated Short'}
    >>> category_behind("the Oscar for Best Film on Other Issues as well as a Bafta", 9)
    {'category': 'Best Film on Other Issues'}
    >>> category_behind("the Oscar for best animated short on Sunday night", 9)
    {'category': 'best animated short'}
    >>> category_behind("le Magritte du meilleur film à Namur", 11)
    {'category': 'meilleur film'}
    """
    match = _CATEGORY_BEHIND.match(text, end)
    return {"category": match["category"]} if match else {}


_FOR = re.compile(r"\s(?:for|in|pour|dans|with)\s(?:(?:the|his|her|their|son|sa|le|la|les)\s)?")


def award_line(
    context: Context, segment: Segment, label: re.Match[str], ceremony: Mention | None, item_facts: ItemReader
) -> Iterator[Candidate]:
    """Read "Best film: 'Title' by X (Company)" and "Best actor: X for Title"."""
    text = segment.text
    category = re.sub(r"\s*\([^)]*\)$", "", label["label"].strip(" -–•"))
    start = label.start("rest")
    award = ceremony or Mention("A", segment.index, label.start("label"), label.end("label"), category, True)
    qualifiers = {"category": category} | (award_year(context) if ceremony else {})
    split = _FOR.search(text, start)
    head = text[start : split.start()] if split else ""
    first = re.split(r",\s", head)[0]
    if split and all(people_like(part, context) for part in re.split(r"\s(?:and|et|&)\s", first)):
        title = title_of(segment, context, split.end())
        if title is None:
            return
        work = mention_of(context, segment, "W", *title)
        for name in field_names(segment, context, start, start + len(first)):
            person = mention_of(context, segment, "P", name.start, name.end)
            yield list_candidate(
                segment, person, "received_award", award, "award-person", {**qualifiers, "for_work": work.name}
            )
            if relation := _craft(category):
                yield list_candidate(segment, person, relation, work, "award-person-craft")
        return
    title = title_of(segment, context, start)
    if title is None or not plausible_title(text[slice(*title)], context):
        return
    surface = text[slice(*title)]
    strong = any(m.kind == "W" and m.start <= title[0] and title[1] <= m.end for m in context.mentions[segment.index])
    if not strong and people_like(surface, context) and _person_prize().search(category):
        person = mention_of(context, segment, "P", *title)
        yield list_candidate(segment, person, "received_award", award, "award-person-alone", qualifiers)
        rest = re.search(r"[(,–-]\s?(?=[\"“«‘']?[A-ZÀ-Þ0-9])", text[title[1] :])
        if rest and (other := title_of(segment, context, title[1] + rest.end())):
            work = mention_of(context, segment, "W", *other)
            if relation := _craft(category):
                yield list_candidate(segment, person, relation, work, "award-person-craft")
        return
    work = mention_of(context, segment, "W", *title)
    context.topics[segment.index] = work
    yield list_candidate(segment, work, "received_award", award, "award-work", qualifiers)
    yield from item_facts(context, segment, work, title[1], None)


@lru_cache(maxsize=1)
def _person_prize() -> re.Pattern[str]:
    return re.compile(rf"(?i){choice('person_prizes')}")


def _craft(category: str) -> str | None:
    return next((relation for relation, words in award_crafts().items() if words.search(category)), None)
