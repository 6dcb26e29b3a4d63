"""How a name sounds, whatever the alphabet it was transliterated from."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["sound"]

#: Spellings of one sound, in order; longer ones first.
_SPELLINGS = (
    (r"sch|tch|tsch|sh|ch|cz|zh|sz", "s"), (r"ph", "f"), (r"ck|kh|qu|q", "k"), (r"th", "t"), (r"dh", "d"),
    (r"g[uh](?=[eiy])", "g"), (r"c(?=[eiy])", "s"), (r"c", "k"), (r"x", "ks"), (r"z", "s"), (r"w|ou(?=[aeiy])", "v"),
    (r"dj|j|y|ij|iy", "i"),
)  # fmt: skip
_COMPILED = tuple((re.compile(pattern), sound) for pattern, sound in _SPELLINGS)
_LATER_VOWELS = re.compile(r"(?<=.)[aeiouh]+")
_DOUBLED = re.compile(r"(.)\1+")


@lru_cache(maxsize=1 << 17)
def sound(word: str) -> str:
    """Return the consonants of a folded word, and its first letter, in one spelling.

    >>> sound("tarkovsky") == sound("tarkowskij"), sound("chahine") == sound("shahin"), sound("luc") == sound("jean")
    (True, True, False)
    """
    for pattern, spelt in _COMPILED:
        word = pattern.sub(spelt, word)
    return _DOUBLED.sub(r"\1", _LATER_VOWELS.sub("", word))
