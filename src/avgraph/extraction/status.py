"""Status of a claim: asserted, planned, reported or negated, by the words of the trigger's own clause."""

from __future__ import annotations

import re

from avgraph.extraction.lexicon import Lexicon

__all__ = ["clause", "status_of"]

_CLAUSE = {
    "en": re.compile(r"; |: |, (?:but|while|whereas|though|although|which|who|whose|and (?:it|he|she|they|the)\b)"
                     r"|(?:,)? but |\. | – | — "),
    "fr": re.compile(r" ; |; | : |, (?:mais|tandis qu|alors qu|qui|dont|lequel|laquelle|puis)|\. | – | — "),
}  # fmt: skip
_ORDER = ("negated", "reported", "planned")


def clause(text: str, start: int, end: int, language: str) -> tuple[int, int]:
    """Return the range of the clause around ``text[start:end]``.

    >>> text = "A made it, but B will not sell it."
    >>> text[slice(*clause(text, 15, 16, "en"))]
    ' B will not sell it.'
    """
    left, right = 0, len(text)
    for match in _CLAUSE[language].finditer(text):
        if match.end() <= start:
            left = match.end()
        elif match.start() >= end:
            right = match.start()
            break
    return left, right


def status_of(text: str, start: int, end: int, lexicon: Lexicon) -> str:
    """Return the status of what ``text[start:end]`` says: negation first, then hearsay, then the future."""
    left, right = clause(text, max(start, end - 1), end, lexicon.language)
    words = text[max(left, start - 60) if left < start else left : right]
    if lexicon.status["negated"].search(text[start:end]):
        return "negated"
    return next((status for status in _ORDER if lexicon.status[status].search(words)), "asserted")
