"""The language of a text."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

__all__ = ["LANGUAGES", "detect_language", "language_code"]

#: Languages that detection chooses from.
LANGUAGES = ("de", "en", "fr", "nl")

_NAMES = {
    "english": "en", "anglais": "en", "french": "fr", "français": "fr", "francais": "fr", "german": "de",
    "deutsch": "de", "allemand": "de", "dutch": "nl", "nederlands": "nl", "néerlandais": "nl",
    "eng": "en", "fra": "fr", "fre": "fr", "deu": "de", "ger": "de", "nld": "nl", "dut": "nl",
}  # fmt: skip
_MIN_LETTERS = 30
_MIN_PROBABILITY = 0.9
_SAMPLE_CHARACTERS = 20_000


def language_code(tag: str | None) -> str | None:
    """Return the ISO 639-1 code of a language tag or name, or None.

    >>> language_code("fr-BE"), language_code("Dutch"), language_code("?")
    ('fr', 'nl', None)
    """
    tag = (tag or "").strip().lower()
    if re.fullmatch(r"[a-z]{2}(?:[-_][a-z0-9_-]+)?", tag):
        return tag[:2]
    return _NAMES.get(tag)


def detect_language(text: str) -> str | None:
    """Return which of :data:`LANGUAGES` `text` is written in, or None where it is too short or uncertain.

    Uses the langid model of Lui and Baldwin (ACL 2012) with normalised probabilities.

    >>> detect_language("Le film a été coproduit par deux sociétés belges et une société française.")
    'fr'
    >>> detect_language("OK")
    """
    sample = text[:_SAMPLE_CHARACTERS]
    if sum(c.isalpha() for c in sample) < _MIN_LETTERS:
        return None
    language, probability = _identifier().classify(sample)
    return str(language) if probability >= _MIN_PROBABILITY and language in LANGUAGES else None


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(LANGUAGES))
    return identifier
