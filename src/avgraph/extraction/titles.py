"""Titles and prizes by their form: quotation marks, the person behind a title, "best actress"."""

from __future__ import annotations

import re
from functools import lru_cache

from avgraph.extraction.lexicon import Lexicon, choice, first_names
from avgraph.extraction.lexicon import lexicon as read_lexicon

__all__ = ["category_pattern", "quoted_titles", "titles_before_people"]

_QUOTES = re.compile(
    r"“\s?(?P<a>[^“”\n]{1,90}?)\s?”|«\s?(?P<b>[^«»\n]{1,90}?)\s?»|\"(?P<c>[^\"\n]{1,90}?)\"|‘(?P<d>[^‘’\n]{1,90}?)’"
    r"|(?<![\w’'])'(?P<e>[^'\n]{1,80}(?:'[a-z][^'\n]{0,60})?)'(?!\w)|„(?P<f>[^“”„\n]{1,90}?)[“”]"
)


@lru_cache(maxsize=4)
def _before_person(language: str) -> re.Pattern[str]:
    by = {
        "en": r"(?:,? (?:directed )?by | \()",
        "fr": r"(?:,? (?:de |d'|signée? |réalisée? par )| \()",
    }
    return re.compile(
        rf"(?:^[\s•*–-]*|[:;] |, |\b{read_lexicon(language).choice('before_titles')} )"
        rf"(?P<t>[A-ZÀ-Þ\d][^,;:.()“”\"«»\n]{{2,60}}?){by[language]}(?P<p>[^\W\d_][\w'’-]+) (?=[A-ZÀ-Þ])"
    )


def titles_before_people(text: str, language: str) -> list[tuple[int, int]]:
    """Return unquoted titles with small words inside, told by the person after them.

    "Looking for Venera by Norika Sefa" holds one.
    """
    found = []
    for match in _before_person(language).finditer(text):
        words = match["t"].split()
        small = [w for w in words[1:] if w[:1].islower()]
        if match["p"] not in first_names() or not 1 <= len(small) <= len(words) - 1 or len(words) > 8:
            continue
        if _prose().search(match["t"]) or match["t"].split()[0] in ("It", "He", "She", "They", "Il", "Elle", "Ils"):
            continue
        if not (words[-1][:1].isupper() or words[-1][:1].isdigit()) and len(small) > 3:
            continue
        found.append((match.start("t"), match.end("t")))
    return found


@lru_cache(maxsize=1)
def _prose() -> re.Pattern[str]:
    return re.compile(rf"\b{choice('prose')}\b")


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
    what = read_lexicon(language).choice("award_categories")
    if language == "en":
        return re.compile(
            r"\b(?:the (?:prize|award|prizes|awards) for )?"
            rf"[Bb]est (?:(?!for\b|of\b|in\b|film by)[A-Za-z-]+ ){{0,3}}?{what}\b(?!:)"
        )
    return re.compile(
        rf"\b(?:[Pp]rix d[ue](?: la| l')? ?)?[Mm]eilleure?s? (?:[a-zé-]+ ){{0,2}}?{what}\b(?! :)"
        r"|\b[Pp]rix (?:du public|du jury|d'interprétation(?: féminine| masculine)?|du scénario|de la mise en scène"
        r"|de la critique|spécial du jury)"
    )
