"""Codes of languages, as pages, tables, options and callers write them."""

from __future__ import annotations

import re

__all__ = ["language_code"]

_NAMES = {
    "english": "en", "anglais": "en", "french": "fr", "français": "fr", "francais": "fr", "german": "de",
    "deutsch": "de", "allemand": "de", "dutch": "nl", "nederlands": "nl", "néerlandais": "nl",
    "eng": "en", "fra": "fr", "fre": "fr", "deu": "de", "ger": "de", "nld": "nl", "dut": "nl",
}  # fmt: skip


def language_code(tag: str | None) -> str | None:
    """Return the ISO 639-1 code of a language tag or name, or None.

    >>> language_code("fr-BE"), language_code("Dutch"), language_code("?")
    ('fr', 'nl', None)
    """
    tag = (tag or "").strip().lower()
    if re.fullmatch(r"[a-z]{2}(?:[-_][a-z0-9_-]+)?", tag):
        return tag[:2]
    return _NAMES.get(tag)
