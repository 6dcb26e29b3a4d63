"""Blocks of an article: composing them with exact offsets, and telling headings and page furniture from prose."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from avgraph.model import Block
from avgraph.text import fold, single_line

__all__ = ["BlockWriter", "block_kind", "is_boilerplate"]

_MAX_HEADING_CHARACTERS = 110
_MAX_HEADING_WORDS = 16
_MAX_BOILERPLATE_CHARACTERS = 240

# Folded beginnings of blocks that belong to the page and not to the article.
_FURNITURE_PHRASES = (
    # English
    r"(?:read|see|find out|more on|learn) (?:also|more|next)\b", r"also read\b", r"more on [^:]{1,30}:",
    r"related (?:articles?|stories|content|news)\b", r"(?:please )?(?:subscribe|sign (?:up|in)|log in|register)\b",
    r"share (?:this|on|via|page)\b", r"print this\b", r"follow us\b", r"(?:(?:our|daily|weekly|free) )?newsletter\b",
    r"unsubscribe\b", r"all rights reserved\b", r"©", r"\(c\) ", r"copyright\b",
    r"(?:this (?:web)?site uses )?cookies?\b", r"(?:accept|we use) (?:all )?cookies", r"advertisement\b",
    r"(?:press|media) contact\b", r"back to top\b", r"skip to (?:main )?content",
    # French
    r"(?:a )?lire (?:aussi|egalement|plus)\b", r"voir aussi\b", r"sur le meme (?:sujet|theme)\b", r"a lire sur\b",
    r"(?:abonnez|inscrivez|connectez)-vous\b", r"reserve aux abonnes\b", r"partager (?:sur|cet|cette|la|l')\b",
    r"suivez-nous\b", r"se desinscrire\b", r"tous droits reserves\b", r"mentions legales\b", r"publicite\b",
    r"credits? photos?\b", r"photo non contractuelle", r"diaporama (?:precedent|suivant)\b", r"contact presse\b",
    # Dutch
    r"lees (?:ook|meer|verder)\b", r"meer over\s?:", r"schrijf (?:je|u) in\b", r"deel (?:dit|op|via)\b",
    r"volg ons\b", r"alle rechten\b", r"abonneer ", r"perscontact\b",
    # German
    r"lesen sie (?:auch|mehr)\b", r"mehr (?:zum thema|dazu)\b", r"weiterlesen\b", r"jetzt (?:abonnieren|anmelden)\b",
    r"teilen auf\b", r"folgen sie uns\b", r"alle rechte vorbehalten\b", r"anzeige$", r"pressekontakt\b",
)  # fmt: skip
_FURNITURE = re.compile("|".join(_FURNITURE_PHRASES))
_LABEL = re.compile(r"[^:]{1,60}\s?:\s+\S")
_SENTENCE_END = re.compile(r"[.;,:…][\"'”’»)\]]*$")


@dataclass
class BlockWriter:
    """Composes a document's text block by block; offsets are exact by construction.

    >>> w = BlockWriter()
    >>> w.add("headline", "Unité 42")
    >>> w.add("paragraph", "Deux saisons.")
    >>> [w.text[b.start:b.end] for b in w.blocks]
    ['Unité 42', 'Deux saisons.']
    """

    _parts: list[str] = field(default_factory=list)
    _blocks: list[Block] = field(default_factory=list)
    _length: int = 0

    def add(self, kind: str, text: str) -> None:
        """Append a block; list items, table rows and lines of one run stand closer together than paragraphs."""
        text = text.strip()
        if not text:
            return
        if self._blocks:
            close = kind in ("list-item", "table-row") and self._blocks[-1].kind == kind
            gap = "\n" if close else "\n\n"
            self._parts.append(gap)
            self._length += len(gap)
        self._parts.append(text)
        self._blocks.append(Block(kind, self._length, self._length + len(text)))
        self._length += len(text)

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self._parts)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks so far."""
        return tuple(self._blocks)


def is_boilerplate(text: str) -> bool:
    """Tell whether a block is page furniture: teasers, menus, newsletter and rights lines.

    >>> is_boilerplate("Lire aussi : les fonds régionaux"), is_boilerplate("La Trêve revient.")
    (True, False)
    """
    return len(text) <= _MAX_BOILERPLATE_CHARACTERS and _FURNITURE.match(fold(text).lstrip(" >*[(—–-")) is not None


def block_kind(text: str, *, alone: bool = True, title: str | None = None, first: bool = False) -> str:
    """Return the kind of a block of running text that carries no markup.

    Parameters
    ----------
    text
        The block.
    alone
        Whether white space lines stand around it; a line inside a run is a heading only in capitals.
    title
        Title of the document where its header names one.
    first
        Whether it opens the document.

    >>> block_kind("60 films in 10 years"), block_kind("Regie: Jan Kowalski"), block_kind("It rained.")
    ('heading', 'paragraph', 'paragraph')
    """
    if is_boilerplate(text):
        return "boilerplate"
    line = single_line(text)
    n_words = len(line.split())
    if first and (
        (title and _same_title(line, title))
        or (len(line) <= 2 * _MAX_HEADING_CHARACTERS and not _SENTENCE_END.search(line) and n_words > 1)
    ):
        return "headline"
    if "\t" in text.strip() or line.count(" | ") >= 2:
        return "table-row"
    if len(line) > _MAX_HEADING_CHARACTERS or n_words > _MAX_HEADING_WORDS or "\n" in text:
        return "paragraph"
    if line.isupper() and any(c.isalpha() for c in line) and not _LABEL.match(line) and not _SENTENCE_END.search(line):
        return "heading"
    if not alone or _SENTENCE_END.search(line) or _LABEL.match(line) or not any(c.isalpha() for c in line):
        return "paragraph"
    return "heading"


def _same_title(line: str, title: str) -> bool:
    """Tell whether a line is the title, perhaps with a date glued to it."""
    left, right = (re.sub(r"\W+", "", fold(t)) for t in (line, title))
    return bool(right) and left.startswith(right) and len(left) - len(right) <= 16
