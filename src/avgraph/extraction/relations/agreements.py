"""Programmes and partnerships as things: who set up "the 'series fund' of A and B", what "the partnership" led to."""

from __future__ import annotations

import re

from avgraph.extraction.masking import mask, slot_class
from avgraph.extraction.mentions import Mention
from avgraph.extraction.relations.context import Candidate, Context

__all__ = ["run_agreements"]

_G, _D, _Q, _O = (f"[{slot_class(letter)}]" for letter in "GDQO")
_OWNERS = {
    "en": re.compile(rf"(?P<g>{_G}) of (?:the )?(?P<a>{_O})(?: and (?:the )?(?P<b>{_O}))?"),
    "fr": re.compile(
        rf"(?P<g>{_G}) (?:de |du |de la |de l'|d')(?P<a>{_O})(?: et (?:de |du |de la |de l')?(?P<b>{_O}))?"
    ),
}
_SET_UP = {
    "en": re.compile(
        rf"(?P<g>{_G}) (?:was|had been|has been) (?:set up|created|launched|established|founded) in (?P<d>{_D})"
    ),
    "fr": re.compile(
        rf"(?P<g>{_G}),? (?:a été |avait été |fut )?(?:créé|lancé|mis sur pied|mis en place|fondé) en (?P<d>{_D})"
    ),
}
_RESULT = {
    "en": re.compile(
        rf"(?:\b(?:[Ii]n|[Oo]ver|[Dd]uring) the (?P<before>(?:past|last) (?:[a-z]+ )?(?:decade|years?)),? )?"
        r"(?P<s>\b[Tt]h(?:e|is) (?:partnership|collaboration|agreement|co-?operation|alliance|treaty)) "
        r"(?:has |have )?(?:already )?(?:resulted in|led to|produced|yielded|generated|given rise to) "
        rf"(?:the )?(?:(?:co-)?production of |making of )?(?P<q>{_Q})"
        r"(?: (?:in|over|during) the (?P<p>(?:past|last) (?:[a-z]+ )?(?:decade|years?|months)))?"
    ),
    "fr": re.compile(
        r"(?P<s>\b(?:[Ll]e partenariat|[Ll]a collaboration|[Ll]'accord|[Ll]a coopération|[Ll]e traité)) "
        r"(?:a |ont )?(?:déjà )?(?:donné lieu à|débouché sur|permis|produit|abouti à|donné naissance à) "
        rf"(?:la (?:co)?production (?:de |d')|(?:la )?réalisation (?:de |d'))?(?P<q>{_Q})"
        r"(?: (?:ces|au cours des|durant les|en) (?P<p>(?:dernières? |dix |cinq )+(?:années|ans|décennie)))?"
    ),
}  # fmt: skip


def run_agreements(context: Context) -> None:
    """Add founded facts of programmes with known owners, and the counts that partnerships led to."""
    language = context.lexicon.language
    owners: dict[str, list[Mention]] = {}
    for segment, group in zip(context.segments, context.mentions, strict=True):
        for sentence in segment.sentences:
            masked = mask(segment.text, sentence.start, sentence.end, group)
            for match in _OWNERS[language].finditer(masked.text):
                programme = masked.mentions[match.start("g")]
                owners[programme.name.casefold()] = [
                    masked.mentions[match.start(g)] for g in "ab" if match[g] is not None
                ]
    for segment, group in zip(context.segments, context.mentions, strict=True):
        for sentence in segment.sentences:
            masked = mask(segment.text, sentence.start, sentence.end, group)
            for match in _SET_UP[language].finditer(masked.text):
                programme, date = masked.mentions[match.start("g")], masked.mentions[match.start("d")]
                context.add(
                    Candidate(owner, "founded", programme, segment.index, sentence.start, sentence.end,
                              "programme-set-up", {"date": date.name})
                    for owner in owners.get(programme.name.casefold(), ())
                )  # fmt: skip
            for match in _RESULT[language].finditer(masked.text):
                start, end = masked.offsets[match.start("s")], masked.offsets[match.end("s")]
                subject = Mention("G", segment.index, start, end, segment.text[start:end], True, True)
                qualifiers = {}
                if said := [g for g in ("p", "before") if match.groupdict().get(g)]:
                    first, last = masked.offsets[match.start(said[0])], masked.offsets[match.end(said[0])]
                    qualifiers["period"] = segment.text[first:last]
                parties = _parties(context, segment.index, start)
                if parties:
                    qualifiers["parties"] = " | ".join(parties)
                context.add([Candidate(subject, "count_statistic", masked.mentions[match.start("q")], segment.index,
                                       sentence.start, sentence.end, "partnership-result", qualifiers)])  # fmt: skip


def _parties(context: Context, segment: int, start: int) -> list[str]:
    """Return the two sides of the latest partnership stated before this point."""
    earlier = [c for c in context.candidates if c.relation == "partner_of" and (c.segment, c.start) < (segment, start)]
    if not earlier:
        return []
    latest = max(earlier, key=lambda c: (c.segment, c.start))
    return sorted({latest.subject.name, latest.object.name})
