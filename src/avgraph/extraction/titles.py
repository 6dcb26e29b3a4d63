"""Titles and prizes by their form: quotation marks, the person behind a title, "best actress"."""

from __future__ import annotations

import re
from functools import lru_cache

from avgraph.extraction.lexicon import Lexicon, choice, first_names, names, word_set
from avgraph.extraction.lexicon import lexicon as read_lexicon

__all__ = ["category_pattern", "opening_titles", "quoted_titles", "titles_before_people"]

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


#: What stands between a title and what is said of it: brackets, and other names (", also known as …,").
_ASIDE = (
    r"(?:\s?\([^()\n]{0,200}(?:\([^()\n]*\)[^()\n]*)*\)|,? (?:also |better |simply |originally |later )?"
    r"(?:known|released|titled|called|subtitled|stylized|styled) [^;\n]{1,120}?,|,)*"
)


@lru_cache(maxsize=4)
def _opening(language: str) -> re.Pattern[str]:
    """Return what tells that the words before it are the title of a work; a weak verb may stand behind a person too."""
    words = read_lexicon(language)
    works = words.group("work_nouns", "title_nouns")
    others, verbs, weak = (words.choice(name) for name in ("not_title_nouns", "title_verbs", "weak_title_verbs"))
    copula, article, between = words.pieces["title_copula"]
    described = (
        rf"{copula}\s+{article}\s+(?:(?!{between}\b)[\w'’./&-]+,?\s+){{0,9}}?{works}\b"
        rf"(?!'s\b|-)(?!(?: {works})* {others})"
    )
    return re.compile(rf"{_ASIDE} (?:(?P<described>{described})|{verbs}|(?P<weak>{weak}))")


@lru_cache(maxsize=1024)
def opening_titles(text: str, start: int, end: int, language: str) -> tuple[int, int] | None:
    """Return the unmarked title that opens a sentence, told by what is said of it.

    Every word but small ones has a capital: "The Night of the Otter (Danish: Odderens nat) is a 2013 drama film".
    A phrase before it is passed over: "Set in Ghent, The Long Quay stars …".

    Parameters
    ----------
    text
        Of the segment; the sentence is ``text[start:end]``.
    language
        One of :data:`avgraph.extraction.lexicon.RULED`.
    """
    openers = word_set("phrase_openers")
    for match in _opening(language).finditer(text, start, end):
        first = text[start : match.start()].split(" ", 1)[0]
        commas = [m.end() for m in re.finditer(r", ", text[start : match.start()])]
        begins = [start + comma for comma in reversed(commas)] if first in openers and commas else [start]
        sure = bool(match["described"]) or (begins != [start] and first in word_set("work_openers"))
        for begin in begins:
            name = text[begin : match.start()]
            if _like_title(name, language) and (sure or not _like_person(name)):
                if match["weak"] and not sure and not _weakly(name, language):
                    continue
                return begin, match.start()
    return None


def _like_title(name: str, language: str) -> bool:
    words = name.split()
    if not words or len(words) > 12 or not re.match(r"[A-ZÀ-Þ\d¡¿#]", name) or re.search(r"[“”«»\"()\n]", name):
        return False
    if not all(
        w[:1].isupper() or not w[:1].isalpha() or w.casefold().strip(",") in word_set("small_words") for w in words
    ):
        return False
    bare = [w.strip(",:!?.") for w in words]
    if (words[-1].casefold() in word_set("small_words") - {"in", "up", "on", "off", "out"} and len(words) < 4) or name[
        -1
    ] in ",;:":
        return False
    if bare[0].casefold() in word_set("pronouns") and len(words) < 3:
        return False
    known = names()
    if words[-1] in known.event_heads | known.award_heads | known.company_suffixes or name in known.organizations:
        return False
    stop = read_lexicon(language).words["not_names"]
    return not all(w in stop or w.casefold() in word_set("small_words") for w in bare)


def _like_person(name: str) -> bool:
    words = name.split()
    return 1 < len(words) <= 4 and words[0] in first_names() and not set(words) & {"&", "and", "the", "et"}


def _weakly(name: str, language: str) -> bool:
    """Tell whether a name has a small word or an article in it, and none of an institution."""
    words = name.split()
    small = [w for w in words if w.casefold() in word_set("small_words") - word_set("particles") | {"of", "the"}]
    return bool(small) and len(words) > 1 and not any(w in names().organization_heads for w in words)


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
        named = rf"(?i:{what})(?: Film)?(?= (?:went|goes|was|were|has gone)\b)"
        return re.compile(
            r"\b(?:the (?:prize|award|prizes|awards) for )?"
            rf"[Bb]est (?:(?!for\b|of\b|in\b|film by)[A-Za-z-]+ ){{0,3}}?(?:{what}|{named})\b(?!:)"
        )
    return re.compile(
        rf"\b(?:[Pp]rix d[ue](?: la| l')? ?)?[Mm]eilleure?s? (?:[a-zé-]+ ){{0,2}}?{what}\b(?! :)"
        r"|\b[Pp]rix (?:du public|du jury|d'interprétation(?: féminine| masculine)?|du scénario|de la mise en scène"
        r"|de la critique|spécial du jury)"
    )
