"""Whole documents of mutated pieces of real texts: what web pages, scanners and converters make of an article."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

from avgraph.extraction import Gazetteer
from avgraph.model import BLOCK_KINDS, Block, Document

__all__ = ["GAZETTEER", "junk_document"]

ROOT = Path(__file__).resolve().parents[2]
GAZETTEER = Gazetteer.from_names([("Salt Wind", "Work"), ("Dune Films", "Organization"), ("Anna Novak", "Person")])
_SPACES = "\u00a0\u202f\u2009\u3000\u200b\u2028\u2029\x0b\x0c\x85\t"
_MARKS = "\u200e\u200f\u202a\u202e\u202c\u2066\u2069\ufeff\u00ad\u200d\u2060"
_ACCENTS = "\u0300\u0301\u0308\u0327\u20d7\u0332"
_ODD = ("🎬", "👩‍🎤", "🇧🇪", "\ue000", "\uf8ff", "\ufffd", "\x00", "\x07", "\x1b[31m", "ﬁ", "Ǆ", "ß", "İ", "ı", "½", "²",
        "𝓕𝓲𝓵𝓶", "漢字", "كتاب", "Ελ", "١٢٣", "⁂", "…", "‐", "−", "\U0010ffff")  # fmt: skip
_SIGNS = "“”«»‘’„\"'()[]{}<>|:;,.!?–—-•*/&+=%€$#@_~^`´…"


@lru_cache(maxsize=1)
def _lines() -> tuple[str, ...]:
    files = sorted((ROOT / "tests" / "data" / "press").glob("*.txt"))
    lines = (line.strip() for path in files for line in path.read_text("utf-8").split("\n"))
    return tuple(line for line in lines if line)


def _decompose(text: str, rng: random.Random) -> str:
    return unicodedata.normalize(rng.choice(("NFD", "NFKD", "NFKC")), text)


def _sprinkle(text: str, rng: random.Random) -> str:
    """Put odd characters between those of the text."""
    kind = rng.choice((_SPACES, _MARKS, _ACCENTS, _SIGNS, _ODD))
    chars = list(text)
    for _ in range(rng.randint(1, 1 + len(chars) // 8)):
        chars.insert(rng.randrange(len(chars) + 1), rng.choice(kind))
    return "".join(chars)


def _respace(text: str, rng: random.Random) -> str:
    return text.replace(" ", rng.choice(("\u00a0", "\t", "  ", " | ", "\r\n", "", " \u200f", "\n\n", ", ", " – ", "/")))


def _case(text: str, rng: random.Random) -> str:
    return rng.choice((str.upper, str.lower, str.title, str.swapcase))(text)


def _cut(text: str, rng: random.Random) -> str:
    start = rng.randrange(len(text) + 1)
    return text[start : rng.randint(start, len(text))]


def _repeat(text: str, rng: random.Random) -> str:
    return rng.choice(("", " ", "\n", ", ", "\t", " | ", "; ")).join([text] * rng.randint(2, 30))


def _nest(text: str, rng: random.Random) -> str:
    opened, closed = rng.choice(("()", "[]", "“”", "«»", "‘’", '""', "''", "„“", "<>"))
    n = rng.choice((1, 3, 20, 300))
    return opened * n + text + closed * rng.choice((n, n - 1, 0))


def _signs(text: str, rng: random.Random) -> str:
    """Put a run of one or several signs behind the text."""
    chosen = "".join(rng.choices(_SIGNS + " ", k=rng.choice((1, 2, 5))))
    return text + chosen * rng.choice((1, 10, 400))


def _shuffle(text: str, rng: random.Random) -> str:
    words = text.split(" ")
    rng.shuffle(words)
    return " ".join(words)


def _mojibake(text: str, rng: random.Random) -> str:
    return text.encode("utf-8").decode(rng.choice(("cp1252", "latin-1")), "replace")


_CHANGES: tuple[Callable[[str, random.Random], str], ...] = (
    _decompose, _sprinkle, _sprinkle, _respace, _case, _cut, _repeat, _nest, _signs, _shuffle, _mojibake,
)  # fmt: skip


def _piece(rng: random.Random) -> str:
    lines = _lines()
    made = rng.random()
    if made < 0.1:
        return "".join(rng.choices(_SIGNS + " \n", k=rng.randint(1, 200)))
    if made < 0.15:
        return rng.choice(("x", "A", "é", "1", "Ab ", "a.", "“", "1,000 ", "A-")) * rng.randint(1, 800)
    text = rng.choice(lines)
    if made < 0.25:
        text = " ".join([text, *rng.choices(lines, k=rng.randint(1, 6))])
    for _ in range(rng.choice((0, 0, 1, 1, 2, 3))):
        text = rng.choice(_CHANGES)(text, rng)
    return text[:4000]


def _blocks(text: str, rng: random.Random) -> tuple[Block, ...]:
    """Return blocks of several kinds that lie in order and anywhere, even inside a word."""
    edges = sorted(rng.randrange(len(text) + 1) for _ in range(2 * rng.randint(1, 6)))
    kinds = rng.choices(BLOCK_KINDS, k=len(edges) // 2)
    return tuple(Block(k, a, b) for k, a, b in zip(kinds, edges[::2], edges[1::2], strict=True) if a < b)


def junk_document(rng: random.Random, languages: Sequence[str] = ("en", "fr", "de", "nl"), most: int = 12) -> Document:
    """Return a document of up to `most` pieces of the test texts, most of them mutated."""
    pieces = [_piece(rng) for _ in range(rng.randint(1, most))]
    if rng.random() < 0.2:
        pieces = [part for piece in pieces for part in (pieces[0], piece)]
    text = "".join(piece + rng.choice(("\n", "\n\n", "\r\n", " ", "")) for piece in pieces)
    # Files hold no lone surrogates.
    text = text.encode("utf-8", "replace").decode("utf-8")
    date = rng.choice((None, "2019", "2019-05-06"))
    blocks = _blocks(text, rng) if text and rng.random() < 0.2 else ()
    return Document("junk.txt", text, blocks, date=date, language=rng.choice(languages))
