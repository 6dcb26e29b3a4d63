"""Folding, slugs and hashes of text: the same everywhere names are compared or turned into IRIs."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from itertools import filterfalse

__all__ = ["content_hash", "escaped", "fold", "name_tokens", "single_line", "slug"]

# Letters that NFKD leaves whole; the replacements are those of the ALA-LC tables.
_WHOLE = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_ACRONYM = re.compile(r"\b(?:[^\W\d_]\.){2,}")


def fold(text: str) -> str:
    """Return `text` without case, accents and compatibility forms.

    >>> fold("Mélusine PRODUCTIONS")
    'melusine productions'
    >>> fold("Sœur Sourire")
    'soeur sourire'
    """
    if text.isascii():
        return text.casefold()
    lowered = unicodedata.normalize("NFKD", text).casefold().translate(_WHOLE)
    decomposed = unicodedata.normalize("NFKD", lowered).casefold()
    return "".join(filterfalse(unicodedata.combining, decomposed))


def name_tokens(text: str) -> list[str]:
    """Return the folded words of a name, acronyms with dots as one word.

    >>> name_tokens("C.C.A.")
    ['cca']
    >>> name_tokens("La Fabrique d’Images")
    ['la', 'fabrique', 'd', 'images']
    """
    if "." in text:
        text = _ACRONYM.sub(lambda m: m.group().replace(".", "") + " ", text)
    return _WORD.findall(fold(text))


def slug(text: str, max_length: int = 60) -> str:
    """Return a readable ASCII-safe IRI segment; scripts that do not fold to ASCII are kept.

    >>> slug("Unité 42")
    'unite-42'
    >>> slug("Панк")
    'панк'
    """
    words = "-".join(name_tokens(text))
    if len(words) > max_length:
        words = words[:max_length].rsplit("-", 1)[0]
    return words or "unnamed"


def content_hash(*parts: str, n_hex: int = 24) -> str:
    """Return a stable hexadecimal hash of `parts` (BLAKE2b), the same on every machine."""
    digest = hashlib.blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=n_hex // 2)
    return digest.hexdigest()


def single_line(text: str) -> str:
    """Return `text` with every run of white space as one space."""
    return " ".join(text.split())


def escaped(text: str) -> str:
    r"""Return `text` with line breaks and other control characters as escapes: a file's name on one line.

    >>> print(escaped("two\nlines"))
    two\nlines
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
