"""Credit blocks: "Director: X", "Production: A (BE), B (LU)", also in tables and on one line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from avgraph.extraction.layout import Segment
from avgraph.extraction.lexicon import lexicon
from avgraph.extraction.mentions import Mention
from avgraph.extraction.relations.context import Candidate, Context
from avgraph.extraction.relations.lines import (
    Name,
    countries_only,
    field_names,
    label_of,
    mention_of,
    people_like,
    place_in,
    plausible_title,
    title_of,
    trim,
)

__all__ = ["credit_facts", "labelled_fields", "meta_line", "run_credits"]

#: Label → (relation for a person, relation for an organisation, role).
_RELATIONS: dict[str, tuple[str | None, str | None, str]] = {
    "director": ("directed", None, ""), "writer": ("wrote", None, ""), "cast": ("acted_in", None, ""),
    "music": ("composed_music_for", None, ""), "creator": ("created", None, ""),
    "producer": ("produced", "produced_by_company", ""), "production": ("produced", "produced_by_company", ""),
    "coproducer": ("produced", "co_produced", "co-producer"),
    "coproduction": ("produced", "co_produced", "co-producer"),
    "executive": ("produced", "produced_by_company", "executive producer"), "support": (None, "supported", ""),
    "broadcaster": (None, "broadcast", ""), "distributor": (None, "distributed", ""),
    "sales": (None, "distributed", "world sales"),
}  # fmt: skip
_DATES = {"year": "production", "release": "release", "broadcast_date": "broadcast", "shoot": "shoot"}


@lru_cache(maxsize=4)
def _label_pattern(language: str) -> re.Pattern[str]:
    words = sorted(lexicon(language).labels, key=lambda w: (-len(w), w))
    joined = "|".join(re.escape(w).replace(r"\ ", r"[\s/'’&-]{1,3}") for w in words)
    return re.compile(
        rf"(?:^|(?<=[.;|•–—\t(] )|(?<=[|\t;]))[\s•*–-]*(?P<label>(?:{joined}))(?:\(s\))?\s*"
        r"(?:\([^()]{1,40}\)\s*)?(?::\s*|\t+|\s?\.{3,}\s?|\s\|\s)",
        re.I,
    )


def labelled_fields(segment: Segment, context: Context) -> list[tuple[str, str, int, int]]:
    """Return (label, its words, start, end of the value) of the labelled fields of a line; none if it is prose."""
    text = segment.text
    marks = list(_label_pattern(context.lexicon.language).finditer(text))
    if not marks or marks[0].start() > 0:
        double = re.match(r"([^:\t|]{3,40}?)\s?:\s", text)
        labels = (
            [label_of(part, context) for part in re.split(r"\s*(?:/|,| and | & | et )\s*", double[1])] if double else []
        )
        if double and len(labels) > 1 and all(labels):
            return [(label, double[1], double.end(), len(text)) for label in labels if label]
        return []
    fields = []
    for i, mark in enumerate(marks):
        end = marks[i + 1].start() if i + 1 < len(marks) else len(text)
        label = label_of(mark["label"], context)
        if label:
            fields.append((label, mark["label"], mark.end(), end))
        if re.match(
            r"(?i)(?:written and directed by|réalisation et scénario|scénario et réalisation"
            r"|director and writer|writer director)",
            mark["label"],
        ):
            fields.append(("director" if label == "writer" else "writer", mark["label"], mark.end(), end))
    return fields


def run_credits(context: Context) -> None:
    """Add the facts of credit lines; the work is the title above them, or what a title label names."""
    work: Mention | None = None
    for segment in context.segments:
        fields = labelled_fields(segment, context)
        if not fields:
            if heading := _heading(segment, context):
                work = heading
            elif len(segment.text) > 140:
                work = context.topics[segment.index]
            if work and (meta := list(meta_line(segment, work, context))):
                context.structured.add(segment.index)
                context.add(meta)
            continue
        context.structured.add(segment.index)
        for label, words, start, end in fields:
            if label == "title":
                a, b = trim(segment.text, start, end)
                stop = re.search(r"\s\(|\s[–—/|]\s", segment.text[a:b])
                b = a + stop.start() if stop else b
                if a < b:
                    work = mention_of(context, segment, "W", a, b)
                    context.topics[segment.index :] = [work] * (len(context.topics) - segment.index)
            elif work or context.topics[segment.index]:
                target = work or context.topics[segment.index]
                if target:
                    context.add(credit_facts(context, segment, target, label, words, start, end))


def _heading(segment: Segment, context: Context) -> Mention | None:
    """Return the work that a heading above credit lines names."""
    following = context.segments[segment.index + 1 : segment.index + 4]
    n_credits = sum(bool(labelled_fields(s, context)) for s in following)
    text = segment.text
    if not n_credits or len(text) > 110 or (re.search(r"[.!?]$", text) and not text.isupper()):
        return None
    span = title_of(segment, context)
    if (
        span is None
        or text.startswith("(")
        or place_in(context, text[slice(*span)])
        or _all_values(segment, context, span)
    ):
        return None
    if not plausible_title(text[slice(*span)], context):
        return None
    if any(
        m.kind in "PO" and m.strong and m.start == span[0] and m.end == span[1] for m in context.mentions[segment.index]
    ):
        return None
    return mention_of(context, segment, "W", *span)


def _all_values(segment: Segment, context: Context, span: tuple[int, int]) -> bool:
    inside = [m for m in context.mentions[segment.index] if span[0] <= m.start and m.end <= span[1]]
    return sum(m.end - m.start for m in inside if m.kind in "LNDMQ") > 0.6 * (span[1] - span[0])


def meta_line(segment: Segment, work: Mention, context: Context) -> Iterator[Candidate]:
    """Read "Poland, Lithuania, Norway 2024, 104 min." below a title."""
    text = segment.text.strip(" ()")
    parts = re.split(r"\s*[,–—|/·•-]\s*|\s(?=\(?(?:19|20)\d\d)", text)
    first = place_in(context, parts[0])
    if len(segment.text) > 110 or not first or not countries_only(first, context):
        return
    if any(len(p.split()) > 6 for p in parts):
        return
    for part in parts:
        for place in place_in(context, part):
            at = segment.text.find(part)
            target = Mention("L", segment.index, max(at, 0), max(at, 0) + len(part), place, True)
            yield _candidate(context, segment, work, "country_of", target, "credit-countries")
    if year := re.search(r"(?:19|20)\d\d", segment.text):
        date = Mention("D", segment.index, year.start(), year.end(), year.group(), True)
        yield _candidate(context, segment, work, "release_or_date", date, "credit-year", {"role": "production"})


def _candidate(
    context: Context, segment: Segment, subject: Mention, relation: str, object_: Mention, rule: str,
    qualifiers: dict[str, str] | None = None,
) -> Candidate:  # fmt: skip
    extra = {k: v for m in (subject, object_) for k, v in m.attributes.items() if k in ("season", "scope")}
    return Candidate(
        subject,
        relation,
        object_,
        segment.index,
        0,
        len(segment.text),
        rule,
        {**(qualifiers or {}), **extra},
        "asserted",
    )


def credit_facts(
    context: Context, segment: Segment, work: Mention, label: str, words: str, start: int, end: int
) -> Iterator[Candidate]:
    """Return the facts of one labelled field about `work`."""
    text = segment.text
    rule = f"credit-{label.replace('_', '-')}"
    if label == "countries":
        for name in field_names(segment, context, start, end):
            found = place_in(context, text[name.start : name.end])
            for place in found if countries_only(found, context) else ():
                target = Mention("L", segment.index, name.start, name.end, place, True)
                yield _candidate(context, segment, work, "country_of", target, rule)
    elif label in _DATES:
        for m in context.mentions[segment.index]:
            if m.kind == "D" and start <= m.start < end:
                yield _candidate(context, segment, work, "release_or_date", m, rule, {"role": _DATES[label]})
                break
    elif label == "premiere":
        yield from _screenings(context, segment, work, start, end)
    elif label in _RELATIONS:
        yield from _people_and_companies(context, segment, work, label, words, start, end)


def _screenings(context: Context, segment: Segment, work: Mention, start: int, end: int) -> Iterator[Candidate]:
    for name in field_names(segment, context, start, end):
        words = re.sub(r"\s*(?:19|20)\d\d.*$|^\d+\w*\s", "", segment.text[name.start : name.end]).strip()
        year = re.search(r"(?:19|20)\d\d", segment.text[name.start : end])
        if words and words[0].isupper() and not _date_only(context, segment, name):
            event = Mention("E", segment.index, name.start, name.start + len(words), words, True)
            extra = {"section": name.bracket} if name.bracket and not name.bracket.isdigit() else {}
            if year:
                extra["year"] = year.group()
            yield _candidate(context, segment, work, "screened_at", event, "credit-premiere", extra)
        break


def _date_only(context: Context, segment: Segment, name: Name) -> bool:
    return any(
        m.kind == "D" and m.start <= name.start and m.end >= name.start + 3 for m in context.mentions[segment.index]
    )


def _people_and_companies(
    context: Context, segment: Segment, work: Mention, label: str, words: str, start: int, end: int
) -> Iterator[Candidate]:
    text, rule = segment.text, f"credit-{label}"
    person_relation, company_relation, role = _RELATIONS[label]
    territory = place_in(context, words.split()[-1]) if label in ("distributor", "release") else []
    qualifiers = {k: v for k, v in (("role", role), ("territory", territory[0] if territory else "")) if v}
    previous: Mention | None = None
    for begin, stop, after_dash in _by_dashes(text, start, end):
        for name in field_names(segment, context, begin, stop):
            surface = text[name.start : name.end]
            if re.match(r"(?i)(?:tbc|tba|n/?a|et al|various|autres)\b", surface) or place_in(context, surface):
                continue
            person = person_relation is not None and (
                company_relation is None or _is_person(context, segment, name, label)
            )
            relation = person_relation if person else company_relation
            if (
                relation is None
                or len(surface.split()) > (5 if person else 9)
                or (person and company_relation is None and not _can_be_person(surface))
            ):
                continue
            mention = mention_of(context, segment, "P" if person else "O", name.start, name.end)
            if after_dash and person and previous is not None and previous.kind == "O":
                yield _candidate(context, segment, mention, "works_for", previous, "credit-company-person")
            extra = dict(qualifiers)
            if label == "support" and (
                sum_ := re.search(r"(?:€|EUR|£|\$)\s?[\d.,]+\s?\w*|[\d.,\s]+\s?(?:€|euros?|EUR)", name.bracket)
            ):
                extra["amount"] = sum_.group().strip()
            elif label == "cast" and name.bracket:
                extra["role"] = name.bracket
            yield _candidate(context, segment, mention, relation, work, rule, extra)
            yield from bracket_facts(context, segment, mention, name, work, relation, label == "coproducer")
            previous = mention


def _by_dashes(text: str, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """Split a value at " – " and "; ", saying which parts follow a dash."""
    begin, dashed = start, False
    for match in re.finditer(r"\s[–—-]\s|;\s", text[start:end]):
        yield begin, start + match.start(), dashed
        begin, dashed = start + match.end(), ";" not in match.group()
    yield begin, end, dashed


def _can_be_person(surface: str) -> bool:
    return 1 <= len(surface.split()) <= 5 and not any(c.isdigit() for c in surface)


def _is_person(context: Context, segment: Segment, name: Name, label: str) -> bool:
    surface = segment.text[name.start : name.end]
    if place_in(context, name.bracket):
        return False
    for m in context.mentions[segment.index]:
        if m.start == name.start and m.end == name.end and m.kind in "PO" and m.strong:
            return m.kind == "P"
    if label in ("production", "coproduction", "support"):
        return False
    return people_like(surface, context)


def bracket_facts(
    context: Context,
    segment: Segment,
    mention: Mention,
    name: Name,
    work: Mention | None,
    relation: str,
    partner: bool = False,
) -> Iterator[Candidate]:
    """Read the brackets behind a name: a company's country or person, a person's company."""
    inner = name.bracket.strip()
    if not inner or not inner[0].isupper():
        return
    first = re.split(r"[,;–]", inner)[0].strip()
    end = name.bracket_start + len(first)
    spot = Mention("L", segment.index, name.bracket_start, end, first, True)
    if mention.kind == "O":
        if found := place_in(context, inner):
            for place in found:
                yield _candidate(
                    context,
                    segment,
                    mention,
                    "located_in",
                    Mention("L", segment.index, spot.start, spot.end, place, True),
                    "credit-company-place",
                )
        elif people_like(first, context):
            person = mention_of(context, segment, "P", name.bracket_start, end)
            yield _candidate(context, segment, person, "works_for", mention, "credit-company-person")
    elif relation == "produced" and not place_in(context, inner) and not inner.isdigit():
        company = mention_of(context, segment, "O", name.bracket_start, end)
        yield _candidate(context, segment, mention, "works_for", company, "credit-person-company", {"role": "producer"})
        if work is not None:
            kind = "co_produced" if partner else "produced_by_company"
            yield _candidate(context, segment, company, kind, work, "credit-person-company")
