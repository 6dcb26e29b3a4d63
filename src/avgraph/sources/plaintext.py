"""Plain text and Markdown articles: front matter, then blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from avgraph.model import Block
from avgraph.sources.blocks import BlockWriter, block_kind, is_boilerplate

__all__ = ["FRONT_MATTER_KEYS", "markdown_blocks", "split_front_matter", "text_blocks"]

FRONT_MATTER_KEYS = ("title", "publisher", "date", "language", "url")

_KEY_LINE = re.compile(r"([A-Za-z][\w -]{0,30}?)\s*:(?:\s+(.*))?$")
_MAX_HEADER_LINES = 60
_ITEM = re.compile(r"[ \t]*(?:[-–—•·*‣▪►●○>+]|\d{1,2}[.)]|[a-z]\))[ \t]+(?=\S)")
_RUN = re.compile(r"[^\n]*\S[^\n]*(?:\n[^\n]*\S[^\n]*)*")
_LINE = re.compile(r"[^\n]+")

_IMAGE = re.compile(r"!\[([^\]\n]*)\]\([^)\n]*\)")
_LINK = re.compile(r"\[([^\]\n]+)\]\((?:[^()\n]|\([^()\n]*\))*\)")
_REFERENCE = re.compile(r"\[([^\]\n]+)\]\[[^\]\n]*\]")
_EMPHASIS = re.compile(
    r"(?<![\w\\])(\*{1,3}|_{1,3})(?=\S)([^*_\n]+?)(?<=\S)\1(?!\w)|(?<!\\)(\*{2,3})(?=\S)([^\n]+?)(?<=\S)\3"
)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,300}>")


def split_front_matter(text: str) -> tuple[dict[str, str], str]:
    r"""Return the values of a document's header and the rest.

    Two forms are read: lines ``key: value`` between two lines ``---`` (or ``---`` and ``...``), or such lines
    from the first line on, ended by a line ``---``.  Other keys than :data:`FRONT_MATTER_KEYS` are left out;
    a text without a header comes back whole.

    >>> split_front_matter("title: Unité 42\nlanguage: fr\n---\nLa série …")
    ({'title': 'Unité 42', 'language': 'fr'}, 'La série …')
    """
    lines = text.split("\n", _MAX_HEADER_LINES + 1)[: _MAX_HEADER_LINES + 1]
    fenced = lines[0].rstrip() == "---"
    values: dict[str, str] = {}
    n_keys = 0
    for number, line in enumerate(lines[1:] if fenced else lines, start=1 if fenced else 0):
        if line.rstrip() == "---" or (fenced and line.rstrip() == "..."):
            if n_keys == 0:
                return {}, text
            return values, text.split("\n", number + 1)[number + 1] if text.count("\n") > number else ""
        match = _KEY_LINE.fullmatch(line.rstrip())
        if match is None:
            # YAML lists, nested keys and comments may stand in a fenced header; the simple form has keys alone.
            if fenced and (not line.strip() or line[0] in " \t#-"):
                continue
            return {}, text
        n_keys += 1
        key, value = match[1].strip().lower(), _unquote((match[2] or "").strip())
        if key in FRONT_MATTER_KEYS and value:
            values.setdefault(key, value)
    return {}, text


def text_blocks(text: str, title: str | None = None) -> tuple[Block, ...]:
    """Return the blocks of a plain text; offsets refer to `text` itself.

    Blank lines part blocks.  Inside a run of lines every line is a block of its own (lists of titles, credits,
    prizes), unless the run is prose wrapped at a column.  The marker of a list item is part of its block.
    """
    blocks: list[Block] = []
    for run in _RUN.finditer(text):
        for start, end, alone in _pieces(run.group(), run.start()):
            kind = _kind(text[start:end], alone, title, first=not blocks)
            if _ITEM.match(text, start, end) and kind != "boilerplate":
                kind = "list-item"
            start, end = _trim(text, start, end)
            blocks.append(Block(kind, start, end))
    return tuple(_with_lead(blocks))


def markdown_blocks(text: str, title: str | None = None) -> tuple[str, tuple[Block, ...]]:
    """Return the reading text of a Markdown document and its blocks; markup is taken out of the text."""
    writer = BlockWriter()
    runs = list(_markdown_runs(_COMMENT.sub("", text)))
    if title and not any(kind in ("headline", "h1") for kind, _ in runs):
        runs.insert(0, ("headline", title))
    has_headline = False
    for kind, raw in runs:
        plain = raw if kind == "boilerplate" else _inline(raw)
        if kind in ("h1", "headline"):
            kind, has_headline = ("heading" if has_headline else "headline"), True
        elif kind != "table-row" and is_boilerplate(plain):
            kind = "boilerplate"
        writer.add(kind, plain)
    return writer.text, tuple(_with_lead(list(writer.blocks)))


def _markdown_runs(text: str) -> Iterator[tuple[str, str]]:
    """Yield (kind, raw text) of the blocks of a Markdown document."""
    paragraph: list[str] = []
    kind, fence = "paragraph", ""

    def flush() -> Iterator[tuple[str, str]]:
        nonlocal kind
        if paragraph:
            yield kind, "\n".join(paragraph)
        paragraph.clear()
        kind = "paragraph"

    for line in text.split("\n"):
        stripped = line.strip()
        if fence:
            fence = "" if stripped.startswith(fence) else fence
        elif stripped.startswith(("```", "~~~")):
            yield from flush()
            fence = stripped[:3]
        elif not stripped:
            yield from flush()
        elif match := re.match(r"(#{1,6})\s+(.*?)\s*#*$", stripped):
            yield from flush()
            yield ("h1" if len(match[1]) == 1 else "heading"), match[2]
        elif paragraph and kind == "paragraph" and re.fullmatch(r"=+|-{2,}", stripped):
            kind = "h1" if stripped[0] == "=" else "heading"
            yield from flush()
        elif re.fullmatch(r"(?:[-*_]\s*){3,}", stripped):
            yield from flush()
        elif stripped.startswith("|"):
            yield from flush()
            if not re.fullmatch(r"[|:\s-]+", stripped):
                yield "table-row", " | ".join(c.strip() for c in stripped.strip("|").split("|"))
        elif match := re.fullmatch(r"!\[([^\]]*)\]\([^)]*\)", stripped):
            yield from flush()
            yield "caption", match[1]
        elif (match := _ITEM.match(line)) and not stripped.startswith(">"):
            yield from flush()
            kind = "list-item"
            paragraph.append(line[match.end() :])
        else:
            paragraph.append(re.sub(r"^(?:>\s?)+", "", stripped))
    yield from flush()


def _inline(raw: str) -> str:
    """Return a block's text without inline markup."""
    plain = _IMAGE.sub("", raw)
    plain = _REFERENCE.sub(r"\1", _LINK.sub(r"\1", plain))
    plain = _TAG.sub("", plain.replace("<br>", "\n"))
    for _ in range(2):  # emphasis inside emphasis
        plain = _EMPHASIS.sub(lambda m: m[2] or m[4], plain)
    plain = plain.replace("`", "")
    return re.sub(r"[ \t]+\n", "\n", _ESCAPED.sub(r"\1", plain))


def _pieces(run: str, offset: int) -> Iterator[tuple[int, int, bool]]:
    """Yield (start, end, alone) for each block of a run of lines."""
    lines = [(m.start() + offset, m.end() + offset, m.group()) for m in _LINE.finditer(run)]
    if len(lines) == 1 or _is_wrapped([line for _, _, line in lines]):
        yield lines[0][0], lines[-1][1], True
        return
    for start, end, _ in lines:
        yield start, end, False


def _is_wrapped(lines: list[str]) -> bool:
    """Tell whether the lines of a run are one paragraph wrapped at a column."""
    *body, _ = (len(line.rstrip()) for line in lines)
    width = max(body)
    if not 40 <= width <= 100 or min(body) < 0.7 * width or any(_ITEM.match(line) for line in lines):
        return False
    return any(
        below.lstrip()[:1].islower() and not above.rstrip().endswith((".", ":", ";", "!", "?"))
        for above, below in pairwise(lines)
    )


def _kind(piece: str, alone: bool, title: str | None, first: bool) -> str:
    return block_kind(piece.strip(), alone=alone, title=title, first=first)


def _with_lead(blocks: list[Block]) -> list[Block]:
    """Return the blocks with the paragraph right after the headline as the lead."""
    if len(blocks) > 1 and blocks[0].kind == "headline" and blocks[1].kind == "paragraph":
        blocks[1] = Block("lead", blocks[1].start, blocks[1].end)
    return blocks


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())


def _unquote(value: str) -> str:
    return value[1:-1].strip() if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'" else value
