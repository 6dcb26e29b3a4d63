"""Facts that a work's own mention states: the series of a season, what a described work is based on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from avgraph.extraction.mentions import Mention
from avgraph.extraction.relations.context import Candidate, Context
from avgraph.extraction.status import status_of

__all__ = ["run_works"]

_HIS = re.compile(r"\b(?:his|her|son|sa|ses)\b|\b(?:another|one) of (?:his|her)\b")


def run_works(context: Context) -> None:
    """Add part_of_series facts for seasons and based_on facts for described works."""
    seen: set[str] = set()
    for segment, group in zip(context.segments, context.mentions, strict=True):
        for m in group:
            if m.kind != "W":
                continue
            sentence = segment.sentence_at(m.start)
            if "season" in m.attributes and "named" in m.attributes and m.name not in seen:
                seen.add(m.name)
                series = Mention("W", segment.index, m.start, m.end, m.attributes["series"], True)
                season = {"season": m.attributes["season"]}
                context.add([Candidate(m, "part_of_series", series, segment.index, sentence.start, sentence.end,
                                       "season-of-series", season, "asserted")])  # fmt: skip
            if "basis" in m.attributes:
                context.add(_basis(context, m))


def _basis(context: Context, work: Mention) -> Iterator[Candidate]:
    """Resolve "the universe of the sculptor" and "another of his characters" to the person meant."""
    segment, basis = context.segments[work.segment], work.attributes["basis"]
    sentence = segment.sentence_at(work.start)
    until = work.end + len(basis) + 1
    here = [m for m in context.mentions[work.segment] if work.end <= m.start < until and m.kind in "PW"]
    people = [m for g in context.mentions[: work.segment] for m in g if m.kind == "P" and "iso" not in m.attributes]
    local = [
        m for m in context.mentions[work.segment] if m.kind == "P" and m.end <= work.start and "iso" not in m.attributes
    ]
    source: Mention | None = here[0] if here else None
    role = f"{work.attributes['how']} {basis}".strip()
    if source is None and _HIS.search(basis):
        source = next(reversed(local or people), None)
    if source is None:
        source = _by_profession(context, basis, work)
    if source is None:
        return
    status = status_of(segment.text[sentence.start : sentence.end], work.start - sentence.start,
                       work.end - sentence.start, context.lexicon)  # fmt: skip
    yield Candidate(work, "based_on", source, work.segment, sentence.start, sentence.end, "described-basis",
                    {"role": role}, status)  # fmt: skip


def _by_profession(context: Context, basis: str, work: Mention) -> Mention | None:
    """Return the person introduced earlier with the profession that `basis` names ("the sculptor")."""
    nouns = context.lexicon.group("person_nouns")
    match = re.search(rf"\b(?:the|le|la|l'|du) ?({nouns})\b", basis)
    if not match:
        return None
    found = None
    for segment, group in zip(context.segments[: work.segment + 1], context.mentions, strict=False):
        for m in group:
            before = segment.text[max(0, m.start - len(match[1]) - 2) : m.start]
            if m.kind == "P" and re.search(rf"\b{re.escape(match[1])},? $", before):
                found = m
    return found
