"""Finding again in a text what somebody copied from it: white space and typography may differ, nothing else."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left

__all__ = ["LooseText"]

_SAME = dict.fromkeys("“”„‟«»″", '"') | dict.fromkeys("’‘‚‛ʼ`´′‹›", "'") | dict.fromkeys("‐‑‒–—―−", "-")
_NO_WIDTH = "\u200b\u2060\ufeff"


class LooseText:
    r"""A text in which white space, quotation marks, apostrophes and dashes count as what they are, not how they look.

    Runs of white space count as one space, beside a double quotation mark as none; zero-width spaces do not count.
    Canonically equivalent letters (one code point, or a letter and its accents) are the same letter.

    Parameters
    ----------
    text
        What offsets refer to.

    Examples
    --------
    >>> text = LooseText("He made « L’Été\xa0» – in  Liège.")
    >>> start, end = text.find('made "L\'Été" - in')
    >>> text.source[start:end]
    'made « L’Été\xa0» – in'
    """

    def __init__(self, text: str) -> None:
        self.source = text
        self.text, self._starts, self._ends = _normalised(text)
        self._lowered = _lowered(self.text)

    def find(
        self, wanted: str, start: int = 0, end: int | None = None, *, words: bool = False, any_case: bool = False
    ) -> tuple[int, int] | None:
        """Return where `wanted` first stands.

        Parameters
        ----------
        wanted
            The words; without letters, digits or signs they stand nowhere.
        start, end
            Half-open offsets into the text between which it is to stand.
        words
            Whether it must not begin or end inside a word.
        any_case
            Whether capitals count as small letters.

        Returns
        -------
        tuple of int, or None
            Half-open code-point offsets into the text.
        """
        needle = _normalised(wanted.strip())[0].strip()
        if not needle:
            return None
        text, needle = (self._lowered, _lowered(needle)) if any_case else (self.text, needle)
        stop = len(text) if end is None else bisect_left(self._starts, end)
        at = text.find(needle, bisect_left(self._starts, start), stop)
        while at >= 0:
            after = at + len(needle)
            if (
                self._is_edge(at)
                and self._is_edge(after)
                and not (words and (_joined(text, at) or _joined(text, after)))
            ):
                return self._starts[at], self._ends[after - 1]
            at = text.find(needle, at + 1, stop)
        return None

    def _is_edge(self, at: int) -> bool:
        """Tell whether a place lies between letters, not between a letter and its accent."""
        return at in (0, len(self._starts)) or self._starts[at] != self._starts[at - 1]


def _normalised(text: str) -> tuple[str, list[int], list[int]]:
    """Return the comparable form of a text, and for each of its characters the span that it stands for."""
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at, length = 0, len(text)
    while at < length:
        after = at + 1
        while after < length and unicodedata.combining(text[after]):
            after += 1
        char = text[at]
        if char.isspace():
            if chars and chars[-1] not in ' "':
                chars.append(" ")
                starts.append(at)
                ends.append(after)
        elif char not in _NO_WIDTH:
            written = unicodedata.normalize("NFC", text[at:after]) if after > at + 1 or not char.isascii() else char
            written = _SAME.get(written, written)
            if written == '"' and chars and chars[-1] == " ":
                chars.pop()
                starts.pop()
                ends.pop()
            chars += written
            starts += [at] * len(written)
            ends += [after] * len(written)
        at = after
    return "".join(chars), starts, ends


def _lowered(text: str) -> str:
    """Return `text` in small letters, each at its place."""
    return "".join(low if len(low := c.lower()) == 1 else c for c in text)


def _joined(text: str, at: int) -> bool:
    """Tell whether a word goes on across a place; scripts that write no spaces have no such places."""
    pair = text[max(0, at - 1) : at + 1]
    return at > 0 and len(pair) == 2 and pair.isalnum() and not any(_is_spaceless(c) for c in pair)


def _is_spaceless(char: str) -> bool:
    return "\u0e00" <= char <= "\u0eff" or "\u1000" <= char <= "\u109f" or "\u1780" <= char <= "\u17ff" or (
        "\u2e80" <= char <= "\ud7ff" or "\uf900" <= char <= "\ufaff" or char >= "\U00020000"
    )  # fmt: skip
