"""Documents: the text of one article with its blocks and what is known of its publication."""

from __future__ import annotations

from dataclasses import dataclass

from avgraph.languages import language_code

__all__ = ["BLOCK_KINDS", "Block", "Document"]

BLOCK_KINDS = ("headline", "lead", "heading", "paragraph", "list-item", "table-row", "caption", "boilerplate")


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a document that stands by itself: no sentence crosses its ends.

    Attributes
    ----------
    kind
        One of :data:`BLOCK_KINDS`; boilerplate (teasers, menus, newsletter lines) is never read for claims.
    start, end
        Half-open code-point offsets into :attr:`Document.text`.
    """

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """One article.

    Attributes
    ----------
    path
        Workspace-relative path, ``/`` as separator: the id of the source.
    text
        The text that all offsets refer to.
    blocks
        In order, without overlap; what lies between them is white space.
    language
        ISO 639-1 code (``"en"``, ``"fr"``), or None where unknown; given as ``"EN"``, ``"en-GB"`` or ``"English"``, it
        becomes ``"en"``.
    date
        Publication date, see :mod:`avgraph.dates`.

    Raises
    ------
    TypeError
        If path or text is no text.

    Examples
    --------
    >>> Document("a.txt", "“Gutland” was directed by Govinda Van Maele.", language="en-GB").language
    'en'
    """

    path: str
    text: str
    blocks: tuple[Block, ...] = ()
    title: str | None = None
    publisher: str | None = None
    date: str | None = None
    language: str | None = None
    url: str | None = None

    def __post_init__(self) -> None:
        for name in ("path", "text"):
            if not isinstance(getattr(self, name), str):
                kind = type(getattr(self, name)).__name__
                raise TypeError(f"the {name} of a document must be a str, not {kind}")
        object.__setattr__(self, "language", language_code(self.language) or self.language)
