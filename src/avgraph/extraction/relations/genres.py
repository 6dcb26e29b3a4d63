"""The genre of a work: words of a list in a description that stands beside its title or after "the film is"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from avgraph.extraction.lexicon import RULED, alternatives, details_data, genres, lexicon
from avgraph.extraction.mentions import Mention

__all__ = ["genre_phrases"]

_ASIDE = r"(?:\s?\([^()\n]{0,200}(?:\([^()\n]*\)[^()\n]*)*\)|[\"”»“]|,? [^.;,]{1,80},)*"


@lru_cache(maxsize=4)
def _patterns(language: str) -> dict[str, re.Pattern[str]]:
    words = details_data()["words"]
    copula, determiner, stop, generic = (words[f"{language}_{k}"] for k in ("copula", "determiner", "stop", "generic"))
    works = lexicon(language).words["work_nouns"] if language in RULED else tuple(words[f"{language}_works"])
    gap = r"['’]|\s" if language == "fr" else r"\s"
    return {
        "genre": re.compile(rf"(?<![\w-])(?=(?P<word>(?:{alternatives(genres(language))[3:-1]})(?:s|s')?)(?![\w-]))",
                            re.I if language != "de" else 0),
        "work": re.compile(rf"\b{alternatives(works)}\b", re.I if language != "de" else 0),
        "phrase": re.compile(
            rf"\b(?i:{determiner})(?:{gap})+(?P<np>(?:(?!(?:{stop}|{copula})(?:\b|(?<=-)))"
            rf"(?:[^\s.;:()“”«»„\"]|\.(?=\d))+,?(?:\s+|$|(?=[.;:()“”«»„\"]))){{1,12}})",
            re.I if language == "nl" else 0,
        ),
        "after": re.compile(
            rf"{_ASIDE},?\s*(?:(?:n['’])?(?:{copula})(?: (?:also|not|aussi|pas|auch|nicht|ook|niet))?\s+)?(?:one of )?$"
        ),
        "generic": re.compile(rf"(?:^|[.;] |, )(?:{generic})\s?(?:{copula})\s+$"),
    }  # fmt: skip


def genre_phrases(
    text: str, works: Sequence[Mention], topic: Mention | None, language: str
) -> Iterator[tuple[int, int, str, str, Mention]]:
    """Yield (start, end, genre, its words, work) of each genre that a sentence states of a work.

    Parameters
    ----------
    text
        The sentence.
    works
        Its works, with offsets into it.
    topic
        The work of the sentences before, for "the film is a black comedy".
    language
        One of :data:`avgraph.extraction.lexicon.LANGUAGES`; the genre is named in it.
    """
    patterns, known = _patterns(language), genres(language)
    folded = {word.casefold(): entry for word, entry in known.items()}
    for phrase in patterns["phrase"].finditer(text):
        start, words = phrase.start("np"), phrase["np"]
        work = _work(text, phrase.start(), phrase.end(), works, topic, patterns)
        if work is None:
            continue
        inside = next((m.start for m in works if start <= m.start < phrase.end()), phrase.end())
        words = words[: inside - start]
        found = list(_genres(words, patterns["genre"], folded))
        if not any(entry[2] for _, _, entry in found) and not patterns["work"].search(words):
            continue
        for begin, end, entry in found:
            yield start + begin, start + end, entry[0], words[begin:end], work


def _genres(
    words: str, pattern: re.Pattern[str], known: Mapping[str, tuple[str, str, bool]]
) -> Iterator[tuple[int, int, tuple[str, str, bool]]]:
    """Yield the genres of a description, the longest at each word: "black comedy horror" holds two."""
    last = 0
    for match in pattern.finditer(words):
        start, end = match.span("word")
        word = match["word"].casefold()
        entry = known.get(word) or known.get(re.sub(r"s'?$", "", word))
        if entry and end > last:
            yield start, end, entry
            last = end


def _work(
    text: str, start: int, end: int, works: Sequence[Mention], topic: Mention | None,
    patterns: dict[str, re.Pattern[str]],
) -> Mention | None:  # fmt: skip
    """Return the work that a description belongs to: right before it, right behind it, or "the film"."""
    before = [m for m in works if m.end <= start]
    if before and patterns["after"].fullmatch(text[before[-1].end : start]):
        return before[-1]
    behind = next((m for m in works if m.start >= start), None)
    if behind is not None and behind.start <= end + 2 and not re.search(r"[.;,]", text[end : behind.start]):
        return behind
    if patterns["generic"].search(text[:start]):
        return before[0] if before else topic
    return None
