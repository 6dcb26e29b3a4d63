"""Titles and prizes by their form: quotation marks, the person behind a title, "best actress"."""

from __future__ import annotations

import re
from functools import lru_cache

from avgraph.extraction.lexicon import Lexicon, first_names

__all__ = ["category_pattern", "quoted_titles", "titles_before_people"]

_QUOTES = re.compile(
    r"“\s?(?P<a>[^“”\n]{1,90}?)\s?”|«\s?(?P<b>[^«»\n]{1,90}?)\s?»|\"(?P<c>[^\"\n]{1,90}?)\"|‘(?P<d>[^‘’\n]{1,90}?)’"
    r"|(?<![\w’'])'(?P<e>[^'\n]{1,80}(?:'[a-z][^'\n]{0,60})?)'(?!\w)|„(?P<f>[^“”„\n]{1,90}?)[“”]"
)


_BEFORE_PERSON = {
    "en": re.compile(r"(?:^[\s•*–-]*|[:;] |, |\b(?:and|include|includes|including|were|are|is|film|drama|comedy|documentary|series|feature|with) )(?P<t>[A-ZÀ-Þ\d][^,;:.()“”\"«»\n]{2,60}?)(?:,? (?:directed )?by | \()(?P<p>[^\W\d_][\w'’-]+) (?=[A-ZÀ-Þ])"),  # noqa: E501
    "fr": re.compile(r"(?:^[\s•*–-]*|[:;] |, |\b(?:et|film|série|documentaire|comédie|avec|notamment|dont) )(?P<t>[A-ZÀ-Þ\d][^,;:.()“”\"«»\n]{2,60}?)(?:,? (?:de |d'|signée? |réalisée? par )| \()(?P<p>[^\W\d_][\w'’-]+) (?=[A-ZÀ-Þ])"),  # noqa: E501
}  # fmt: skip


def titles_before_people(text: str, language: str) -> list[tuple[int, int]]:
    """Return unquoted titles with small words inside, told by the person after them: "Looking for Venera by Norika Sefa"."""  # noqa: E501
    found = []
    for match in _BEFORE_PERSON[language].finditer(text):
        words = match["t"].split()
        small = [w for w in words[1:] if w[:1].islower()]
        if match["p"] not in first_names() or not 1 <= len(small) <= len(words) - 1 or len(words) > 8:
            continue
        if _PROSE.search(match["t"]) or match["t"].split()[0] in ("It", "He", "She", "They", "Il", "Elle", "Ils"):
            continue
        if not (words[-1][:1].isupper() or words[-1][:1].isdigit()) and len(small) > 3:
            continue
        found.append((match.start("t"), match.end("t")))
    return found


_PROSE = re.compile(
    r"\b(?:films?|series|drama|comedy|documentary|directed|produced|written|supported|founded|created|won|will|was|were|has|have|which|who|company|studio|fund|screenplay|music|score|award|prize|festival|season"
    r"|réalisée?|produite?|écrite?|série|comédie|documentaire|société|scénario|musique|prix|sera|sont|ont|été|dont|qui|que|saison|métrage|production|soutien|aide|roman|adaptation|coproduction)\b"
)


def quoted_titles(text: str, lexicon: Lexicon) -> list[tuple[int, int, str, str]]:
    """Return (start, end, inner text, kind) of quoted titles; speech and scare quotes are left to prose."""
    found = []
    for match in _QUOTES.finditer(text):
        inner = next(g for g in match.groups() if g is not None).strip()
        bare = inner.rstrip(",.").strip()
        if not bare or not any(c.isalnum() for c in bare):
            continue
        words = bare.split()
        speech = len(words) > 9 or (
            len(words) > 4 and inner.endswith(".") and bare[-1].islower() and text[match.end() :].strip() == ""
        )
        before = text[max(0, match.start() - 22) : match.start()].casefold()
        if speech or (
            re.search(r"(?:sa(?:id|ys)|told|added|déclar\w+|dit|explique\w*|:)\s*$", before) and len(words) > 5
        ):
            continue
        kind = "W"
        if (
            re.search(r"\b(?:fund|fonds|scheme|programme|label|agreement|initiative)\b", bare.casefold())
            and bare[0].islower()
        ):
            kind = "G"
        elif bare[0].islower() and not bare[0].isdigit():
            continue
        elif re.search(r"\b(?:section|sélection|sidebar|strand|competition)\s(?:\w+\s)?$", before):
            kind = "U"
        found.append((match.start(), match.end(), bare, kind))
    return found


@lru_cache(maxsize=4)
def category_pattern(language: str) -> re.Pattern[str]:
    """Prizes named by their category alone: "best actress", "le prix du meilleur scénario"."""
    if language == "en":
        what = "film|picture|feature|actor|actress|director|screenplay|script|documentary|series|short|score|music|cinematography|animation|newcomer|debut|performance|drama|comedy|co-production|editing|animated feature|animated film|short film|original score|first feature"  # noqa: E501
        return re.compile(
            rf"\b(?:the (?:prize|award|prizes|awards) for )?[Bb]est (?:(?!for\b|of\b|in\b|film by)[A-Za-z-]+ ){{0,3}}?(?:{what})\b(?!:)"  # noqa: E501
        )
    what = "film|actrice|acteur|réalisat(?:eur|rice|ion)|scénario|documentaire|série|court métrage|long métrage|musique|premier film|interprétation|espoir|adaptation|montage|coproduction|film d'animation|second rôle|photographie|comédien|comédienne|mise en scène"  # noqa: E501
    return re.compile(
        rf"\b(?:[Pp]rix d[ue](?: la| l')? ?)?[Mm]eilleure?s? (?:[a-zé-]+ ){{0,2}}?(?:{what})\b(?! :)|\b[Pp]rix (?:du public|du jury|d'interprétation(?: féminine| masculine)?|du scénario|de la mise en scène|de la critique|spécial du jury)"  # noqa: E501
    )
