r"""Articles: HTML, plain text and Markdown files become documents.

Characters stay as the file has them, so that a quote can be found again in it; only line ends become ``\\n``
(from ``\\r\\n`` and ``\\r``) and a byte order mark goes.  No Unicode normalisation takes place.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from avgraph.dates import parse_partial_date
from avgraph.errors import Issue, SourceError
from avgraph.languages import language_code
from avgraph.model import Block, Document
from avgraph.sources.decoding import binary_kind, decode
from avgraph.sources.language import detect_language
from avgraph.sources.plaintext import markdown_blocks, split_front_matter, text_blocks
from avgraph.sources.webpage import read_webpage

__all__ = ["MAX_ARTICLE_BYTES", "READER_VERSION", "ArticleRead", "read_article", "read_text"]

#: A new one means that files read before must be read again.
READER_VERSION = "2"

#: Larger files are no article.
MAX_ARTICLE_BYTES = 20_000_000

_HTML_SUFFIXES = (".html", ".htm", ".xhtml")
_MARKDOWN_SUFFIXES = (".md", ".markdown")
_HTML_START = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html)\b", re.I | re.S)


@dataclass(frozen=True, slots=True)
class ArticleRead:
    """One article as read.

    Attributes
    ----------
    document
        Text, blocks and what the file says of its publication.
    sha256
        Hash of the file's bytes.
    issues
        Warnings: a guessed encoding, an unreadable date, a page cut short.
    """

    document: Document
    sha256: str
    issues: tuple[Issue, ...] = ()


def read_article(path: Path, name: str) -> ArticleRead:
    """Read one article.

    Parameters
    ----------
    path
        The file: ``.html``/``.htm`` (needs the extra ``articles``), ``.md``, anything else is plain text.  A text
        file that begins as a page does is read as HTML.
    name
        Workspace-relative path, ``/`` as separator: the id of the source.

    Returns
    -------
    ArticleRead
        Offsets of all blocks refer to ``document.text``.

    Raises
    ------
    SourceError
        If the file is missing, over :data:`MAX_ARTICLE_BYTES`, empty, binary, or holds no text.
    """
    return read_text(_read_bytes(Path(path), name), name, Path(path).suffix)


def read_text(data: bytes, name: str, suffix: str = ".txt") -> ArticleRead:
    """Read one article from its bytes, such as those of standard input.

    Parameters
    ----------
    data
        The whole file.
    name
        The id of the source.
    suffix
        What the file's name would end in; see :func:`read_article`.

    Raises
    ------
    SourceError
        If it is empty, binary, or holds no text.
    """
    if (kind := binary_kind(data)) is not None:
        raise SourceError(f"the file is {kind}, not text", hint="save its text as .txt, .md or .html", where=name)
    html = suffix.lower() in _HTML_SUFFIXES
    text, encoding, guessed = decode(data, html=html)
    issues: list[Issue] = []
    if guessed:
        issues.append(_warning(name, "", f"the text is not UTF-8; it was read as {encoding}",
                               "look at the accents; if they are wrong, save the file as UTF-8"))  # fmt: skip
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise SourceError("the file is empty", hint="delete it or put the article's text into it", where=name)
    if html or _HTML_START.match(text):
        document = _html_document(text, name, issues)
    else:
        document = _text_document(text, name, suffix.lower() in _MARKDOWN_SUFFIXES, issues)
    return ArticleRead(document, hashlib.sha256(data).hexdigest(), tuple(issues))


def _read_bytes(path: Path, name: str) -> bytes:
    """Return the bytes of a file that can be an article."""
    try:
        n_bytes = path.stat().st_size
        if n_bytes > MAX_ARTICLE_BYTES:
            raise SourceError(
                f"the file has {n_bytes:,} bytes; an article may have {MAX_ARTICLE_BYTES:,}",
                hint="split it, or save only the article's text; tables belong in records/ with a mapping", where=name,
            )  # fmt: skip
        return path.read_bytes()
    except OSError as error:
        raise SourceError(
            f"the file cannot be read: {error.strerror or error}",
            hint="check that it exists and may be read",
            where=name,
        ) from error


def _html_document(html: str, name: str, issues: list[Issue]) -> Document:
    if html.rfind("<") > html.rfind(">"):
        issues.append(_warning(name, f"line {html.count(chr(10)) + 1}", "the page ends inside a tag: it was cut short",
                               "save the page again; what there is was read"))  # fmt: skip
    page = read_webpage(html, name)
    if page.cut:
        issues.append(_warning(name, "", "the page is nested too deep to be read to its end",
                               "what there is was read; to have all, save the page's text as a .txt file"))  # fmt: skip
    text = page.writer.text
    return Document(name, text, page.writer.blocks, page.title, page.publisher, page.date,
                    page.language or detect_language(text), page.url)  # fmt: skip


def _text_document(text: str, name: str, markdown: bool, issues: list[Issue]) -> Document:
    header, body = split_front_matter(text)
    body = body.strip("\n").rstrip()
    if not body:
        raise SourceError("the file has a header and no text", hint="put the article below the line ---", where=name)
    title = header.get("title")
    blocks: tuple[Block, ...]
    if markdown:
        body, blocks = markdown_blocks(body, title)
    else:
        blocks = text_blocks(body, title)
    date = language = None
    if raw := header.get("date"):
        date = parse_partial_date(raw)
        if date is None:
            issues.append(_warning(name, "date", f"{raw!r} is no date", "write 2019, 2019-10 or 2019-10-16"))
    if raw := header.get("language"):
        language = language_code(raw)
        if language is None:
            issues.append(_warning(name, "language", f"{raw!r} is no language code", "write en, fr, nl, de …"))
    if title is None and blocks and blocks[0].kind == "headline":
        title = body[blocks[0].start : blocks[0].end]
    return Document(name, body, blocks, title, header.get("publisher"), date,
                    language or detect_language(body), header.get("url"))  # fmt: skip


def _warning(source: str, where: str, message: str, hint: str) -> Issue:
    return Issue(source, where, message, hint, severity="warning")
