"""Masked sentences: each mention is one private-use character, so that patterns read "W is directed by P".

The character's block tells the mention's kind; :func:`expand` turns the slots of a pattern into character classes.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from avgraph.extraction.mentions import Mention

__all__ = ["Masked", "expand", "mask", "required_slots", "slot_class", "slots_filled"]

_BASE, _ROOM = 0xE000, 400
_BLOCKS = "WPOLNAEGMDQUwpol"  # lower case: weakly typed
#: Slot letter → blocks it takes. Upper case wants the kind; lower case takes untyped and weakly typed names too.
_SLOTS = {
    "W": "Ww", "w": "WwUlp", "P": "Pp", "p": "PpUol", "O": "Oo", "o": "OoUpwl", "X": "PpOoUlw", "x": "PpOoUlw",
    "L": "Ll", "l": "LlU", "N": "N", "A": "A", "a": "AUo", "E": "E", "e": "EULloO", "G": "G", "g": "GUoO",
    "M": "M", "D": "D", "Q": "Q", "U": "UlopwPOWLEAG", "Y": "OoLlGPp", "V": "OoGE", "Z": "PpOoWwU",
}  # fmt: skip


def _block(kind: str) -> str:
    first = _BASE + _BLOCKS.index(kind) * _ROOM
    return f"{chr(first)}-{chr(first + _ROOM - 1)}"


def slot_class(slot: str) -> str:
    """Return the character class of a slot letter, without brackets."""
    return "".join(_block(kind) for kind in _SLOTS[slot])


def slots_filled(slots: Iterable[str], blocks: Collection[str]) -> bool:
    """Return whether mentions of these blocks can fill every one of the slots."""
    return all(any(block in blocks for block in _SLOTS[slot]) for slot in slots)


#: Any mention.
ANY = f"{chr(_BASE)}-{chr(_BASE + _ROOM * len(_BLOCKS) - 1)}"


@dataclass(frozen=True)
class Masked:
    """A stretch of a segment with its mentions masked.

    Attributes
    ----------
    text
        The masked text.
    offsets
        For each masked character, its offset in the segment's text; one more for the end.
    mentions
        Position in `text` → mention.
    blocks
        The blocks that the mentions' characters are of.
    """

    text: str
    offsets: tuple[int, ...]
    mentions: Mapping[int, Mention]
    blocks: frozenset[str]

    def within(self, start: int, end: int) -> list[Mention]:
        """Return the mentions at masked positions ``start..end``, without those in brackets."""
        depth = 0
        outside: list[Mention] = []
        for i in range(start, end):
            depth += (self.text[i] == "(") - (self.text[i] == ")")
            if depth <= 0 and i in self.mentions:
                outside.append(self.mentions[i])
        return outside


def mask(text: str, start: int, end: int, mentions: list[Mention]) -> Masked:
    """Mask the mentions that lie inside ``text[start:end]``; they are in order of their starts."""
    chars: list[str] = []
    offsets: list[int] = []
    held: dict[int, Mention] = {}
    counts = dict.fromkeys(_BLOCKS, 0)
    at = start
    first, last = (bisect_left(mentions, at, key=lambda m: m.start) for at in (start, end))
    for mention in mentions[first:last]:
        block = mention.kind if mention.strong or mention.kind.lower() not in _BLOCKS else mention.kind.lower()
        if mention.start < at or mention.end > end or counts[block] >= _ROOM:
            continue
        chars.extend(text[at : mention.start])
        offsets.extend(range(at, mention.start))
        held[len(chars)] = mention
        chars.append(chr(_BASE + _BLOCKS.index(block) * _ROOM + counts[block]))
        offsets.append(mention.start)
        counts[block] += 1
        at = mention.end
    chars.extend(text[at:end])
    offsets.extend(range(at, end))
    offsets.append(end)
    return Masked("".join(chars), tuple(offsets), held, frozenset(block for block, n in counts.items() if n))


_SLOT = re.compile(r"(?P<sign>[@#])(?P<letter>[A-Za-z])(?P<digit>\d?)(?P<list>\+?)")
_MACRO = re.compile(r"~(\w+)~")
#: What may hide a slot or a bar: an escaped character, a class; and a group that holds no other.
_CLASS = re.compile(r"\\.|\[(?:\\.|[^\]\\])+\]")
_GROUP = re.compile(r"\([^()]*\)")
_SLOT_OR_BAR = re.compile(_SLOT.pattern + r"(?P<optional>[?*{]?)|\|")


def expand(pattern: str, macros: Mapping[str, str], items: Mapping[str, tuple[str, str]], separator: str) -> str:
    """Return the regular expression of a pattern.

    Parameters
    ----------
    pattern
        ``@W`` captures one mention as group ``W``, ``@o2`` as ``O2``; ``@P+`` captures a list of them; ``#L`` matches
        without capture; ``~name~`` stands for a macro; ``%W`` inside a character class stands for all works.
    macros
        Name → pattern.
    items
        Kind letter (upper case) → what may stand before and after an item of a list of that kind.
    separator
        What stands between the items of a list.

    A slot that stands twice (in two branches) becomes the groups ``M`` and ``M_2``.
    """
    while match := _MACRO.search(pattern):
        pattern = pattern[: match.start()] + f"(?:{macros[match[1]]})" + pattern[match.end() :]

    pattern = pattern.replace("%W", slot_class("W"))
    seen: dict[str, int] = {}

    def slot(match: re.Match[str]) -> str:
        letter, name = match["letter"], match["letter"].upper() + match["digit"]
        if match["sign"] == "@":
            seen[name] = seen.get(name, 0) + 1
            name += f"_{seen[name]}" if seen[name] > 1 else ""
        one = f"[{slot_class(letter)}]"
        if match["list"]:
            before, after = items.get(letter.upper(), ("", ""))
            more = f"[{slot_class(letter.lower() if letter in 'WOP' else letter)}]"
            one = f"{before}{one}{after}(?:{separator}{before}{more}{after})*"
        return f"(?P<{name}>{one})" if match["sign"] == "@" else f"(?:{one})"

    return _SLOT.sub(slot, pattern)


def required_slots(pattern: str) -> frozenset[str]:
    """Return the letters of slots without which a pattern, written as for :func:`expand`, cannot match.

    These are the slots outside all brackets that nothing makes optional.
    """
    found: set[str] = set()
    for part in _SLOT_OR_BAR.finditer(_flat(pattern)):
        if part[0] == "|":
            return frozenset()
        if part["letter"] and not part["optional"]:
            found.add(part["letter"])
    return frozenset(found)


def _flat(pattern: str) -> str:
    """Return the pattern without escapes, classes and all that stands in round brackets."""
    pattern = _CLASS.sub(" ", pattern)
    while (shorter := _GROUP.sub(" ", pattern)) != pattern:
        pattern = shorter
    return pattern
