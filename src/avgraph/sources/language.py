"""The language of a text."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

__all__ = ["LANGUAGES", "detect_language"]

#: Languages that detection finds.
LANGUAGES = ("de", "en", "fr", "nl")

# Languages that a text may be in instead; without them an Italian text would be called French.
_OTHERS = (
    "af", "ar", "bg", "bs", "ca", "cs", "cy", "da", "el", "eo", "es", "et", "eu", "fa", "fi", "fo", "fy", "ga", "gd",
    "gl", "he", "hi", "hr", "hu", "id", "is", "it", "ja", "ko", "la", "lb", "lt", "lv", "mk", "mt", "nn", "no", "oc",
    "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "tr", "uk", "vi", "wa", "zh",
)  # fmt: skip
_MIN_LETTERS = 20
#: How many times as probable as the next of LANGUAGES a language must be.
_LEAST_RATIO = 5.0
_SAMPLE_CHARACTERS = 20_000
_SMALL_WORD = re.compile(r"(?<![^\W_])[^\W\d_A-ZÀ-Þ][^\W\d_]*(?:['’][^\W\d_]+)*")


def detect_language(text: str) -> str | None:
    """Return which of :data:`LANGUAGES` `text` is written in, or None where it is too short or uncertain.

    Uses the langid model of Lui and Baldwin (ACL 2012) with normalised probabilities. Words without a capital count
    twice: in a short text the names and titles, which may be of any language, would outweigh them.

    >>> detect_language("Le film a été coproduit par deux sociétés belges et une société française.")
    'fr'
    >>> detect_language("De film “Close” van Lukas Dhont won de Grand Prix in Cannes.")
    'nl'
    >>> detect_language("Il film è diretto da Matteo Garrone."), detect_language("OK")
    (None, None)
    """
    sample = text[:_SAMPLE_CHARACTERS]
    if sum(c.isalpha() for c in sample) < _MIN_LETTERS:
        return None
    ranked = _identifier().rank(f"{sample}\n{' '.join(_SMALL_WORD.findall(sample))}")
    (best, probability), (_, next_probability) = [row for row in ranked if row[0] in LANGUAGES][:2]
    if best != ranked[0][0] or probability < _LEAST_RATIO * next_probability:
        return None
    return str(best)


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([*LANGUAGES, *_OTHERS])
    return identifier
