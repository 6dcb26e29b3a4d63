"""HTML articles: trafilatura finds the article in the page, this module turns its XML into text and blocks."""

from __future__ import annotations

import email.utils
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from avgraph.dates import parse_partial_date
from avgraph.errors import SourceError
from avgraph.languages import language_code
from avgraph.sources.blocks import BlockWriter, is_boilerplate
from avgraph.text import single_line

__all__ = ["WebPage", "read_webpage"]

# Pages with more tags than this are read by the plain reader: the full one may need minutes.
_MAX_TAGS = 100_000
_MAX_DEPTH = 200
# libxml2 gives up on a page whose tags nest deeper than this, and drops all that follows.
_PARSED_DEPTH = 256
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_PLAIN_TAGS = (*_HEADINGS, "p", "li", "tr", "figcaption", "blockquote", "dd", "dt")
_OUTSIDE = {"nav", "footer", "aside", "script", "style", "noscript", "template", "form", "head", "button", "select"}
_LEAD_CLASS = re.compile(
    r"(?<![a-z])(?:chapo|chapeau|lead|lede|standfirst|intro|teaser-text|article__summary)(?![a-z])", re.I
)
_DATE_META = (
    "article:published_time", "og:article:published_time", "datepublished", "date", "dc.date", "dc.date.issued",
    "dcterms.date", "dcterms.issued", "dcterms.created", "pubdate", "publishdate", "publish-date", "publication_date",
    "sailthru.date", "parsely-pub-date", "citation_publication_date", "citation_date",
)  # fmt: skip
_ISO_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?(?=[T\s]|$)")
_URL_DATE = re.compile(r"/((?:19|20)\d{2})[/-](\d{2})[/-](\d{2})(?=[/-])")


@dataclass(frozen=True, slots=True)
class WebPage:
    """What a page says, and what it says of itself; `cut` tells that its tags nest too deep to be read to the end."""

    writer: BlockWriter
    title: str | None
    publisher: str | None
    date: str | None
    language: str | None
    url: str | None
    cut: bool = False


def read_webpage(html: str, where: str) -> WebPage:
    """Return the article of a page.

    The date keeps the precision the page gives it: it is read from the page's metadata (JSON-LD, ``<meta>``,
    ``<time>``, the address) and never completed.

    Raises
    ------
    SourceError
        If the page holds no text, or trafilatura is not installed.
    """
    try:
        import trafilatura
    except ImportError as error:
        raise SourceError(
            "HTML articles need the extra 'articles'", hint="pip install 'avgraph[articles]'", where=where
        ) from error
    try:
        tree = trafilatura.load_html(html)
    except RecursionError:
        tree = None
    if tree is None:
        raise SourceError("no HTML page can be made of this file", hint=_SAVE_AS_TEXT, where=where)
    depth = _depth(tree)
    readable = html.count("<") <= _MAX_TAGS and depth <= _MAX_DEPTH
    arranged = readable and _open_layout_tables(tree)
    captions, leads = _mark(tree)
    meta = _meta(tree)
    main = None
    if readable:
        main = _extract(trafilatura, tree)
    title = _title(main, tree, meta)
    pieces = list(_xml_pieces(main.find("main"))) if main is not None and not arranged else []
    if not pieces:
        pieces = list(_plain_pieces(tree))
    writer = _write(pieces, title, captions, leads)
    if not writer.blocks:
        fault = f"the page is nested too deep to be read: {_PARSED_DEPTH} tags, one inside the other, or more"
        message = fault if depth >= _PARSED_DEPTH else "the page holds no text"
        raise SourceError(message, hint=_SAVE_AS_TEXT, where=where)
    url = _url(tree, meta)
    publisher = meta.get("og:site_name") or (main.get("sitename") if main is not None else None)
    declared = tree.get("lang") or meta.get("content-language") or meta.get("og:locale")
    date = _date(tree, meta, url)
    cut = depth >= _PARSED_DEPTH
    return WebPage(writer, title, publisher or None, date, language_code(declared), url, cut)


_SAVE_AS_TEXT = "open the page in a browser and save its text as a .txt file"


def _extract(trafilatura: Any, tree: Any) -> ET.Element | None:
    """Return trafilatura's XML of the page, or None where it finds no article."""
    try:
        xml = trafilatura.extract(
            tree, output_format="xml", with_metadata=True, include_comments=False, include_tables=True,
            include_formatting=False, favor_recall=True, date_extraction_params={"extensive_search": False},
        )  # fmt: skip
    except (RecursionError, ValueError, TypeError, AttributeError):
        return None  # pages broken beyond what the extractor foresees; the plain reader takes them
    if not xml:
        return None
    try:
        return ET.fromstring(xml)
    except ET.ParseError:
        return None


_BLOCKS_INSIDE = "|".join(f".//{tag}" for tag in ("p", "div", "ul", "ol", "table", *_HEADINGS))


def _open_layout_tables(tree: Any) -> bool:
    """Make plain blocks of tables that only arrange a page: newsletters set headings and lists in their cells.

    Return whether there are any.
    """
    tables = [table for table in tree.iter("table") if _arranges(table)]
    for table in tables:
        for part in [p for p in table.iter("thead", "tbody", "tfoot", "tr", "td", "th") if _table_of(p) is table]:
            if part.tag in ("td", "th") and not part.xpath(_BLOCKS_INSIDE):
                part.tag = "p"
                continue
            part.tag = "div"
            for at, child in reversed(list(enumerate(part))):
                if child.tail and child.tail.strip():
                    part.insert(at + 1, _paragraph(part, child.tail))
                    child.tail = None
            if part.text and part.text.strip():
                part.insert(0, _paragraph(part, part.text))
                part.text = None
        table.tag = "div"
    return bool(tables)


def _table_of(part: Any) -> Any:
    return next((e for e in part.iterancestors("table")), None)


def _paragraph(parent: Any, text: str) -> Any:
    paragraph = parent.makeelement("p")
    paragraph.text = text
    return paragraph


def _arranges(table: Any) -> bool:
    """Tell whether a table arranges a page: a cell holds a table or a heading over blocks, or it is a column of those.

    A heading alone may name the row of a table of data.
    """
    cells = [cell for cell in table.iter("td", "th") if _table_of(cell) is table]
    alone = all(len(row.xpath("./td|./th")) < 2 for row in table.iter("tr") if _table_of(row) is table)
    headings = "|".join(f".//{tag}" for tag in _HEADINGS)
    return any(
        cell.xpath(".//table")
        or (cell.xpath(headings) and (alone or cell.xpath(".//ul|.//ol|.//p")))
        or (alone and (cell.xpath(".//ul|.//ol") or len(cell.xpath(".//p")) > 1))
        for cell in cells
    )


def _mark(tree: Any) -> tuple[set[str], set[str]]:
    """Return the texts of captions and leads; captions become paragraphs so that extraction keeps them."""
    captions, leads = set(), set()
    for element in list(tree.iter("figcaption", "figure", "p", "div", "h2")):
        if element.tag == "figcaption":
            captions.add(single_line(element.text_content()))
            element.tag = "p"
        elif element.tag == "figure":
            element.tag = "div"
        elif _LEAD_CLASS.search(element.get("class") or ""):
            leads.add(single_line(element.text_content()))
    return captions - {""}, leads - {""}


def _xml_pieces(element: ET.Element | None) -> Iterator[tuple[str, str]]:
    """Yield (kind, text) of the blocks under an element of trafilatura's XML."""
    for child in element if element is not None else ():
        if child.tag == "head":
            yield ("h1" if child.get("rend") == "h1" else "heading"), _flat(child)
        elif child.tag == "list":
            yield from _list_pieces(child)
        elif child.tag == "table":
            for row in child.iter("row"):
                yield "table-row", " | ".join(_flat(cell) for cell in row.iter("cell"))
        elif child.tag == "quote" and len(child) and child.find("p") is not None:
            yield from _xml_pieces(child)
        elif child.tag in ("p", "quote", "code", "ab", "hi", "ref", "del"):
            for line in _text(child).split("\n"):
                yield "paragraph", line
        elif child.tag in ("div", "section"):
            yield from _xml_pieces(child)
        if child.tail and child.tail.strip():
            yield "paragraph", single_line(child.tail)


def _list_pieces(element: ET.Element) -> Iterator[tuple[str, str]]:
    """Yield the items of a list, those of inner lists after the item they stand in."""
    for item in element:
        inner = [child for child in item if child.tag == "list"]
        yield "list-item", single_line(_text(item, skip="list"))
        for child in inner:
            yield from _list_pieces(child)


def _text(element: ET.Element, skip: str = "") -> str:
    """Return an element's text: white space as in a browser, a line break for each ``<lb/>``."""
    parts: list[str] = []

    def walk(node: ET.Element) -> None:
        parts.append(re.sub(r"\s+", " ", node.text or ""))
        for child in node:
            if child.tag == "lb":
                parts.append("\n")
            elif child.tag != skip:
                walk(child)
            parts.append(re.sub(r"\s+", " ", child.tail or ""))

    walk(element)
    return "\n".join(single_line(line) for line in "".join(parts).split("\n"))


def _flat(element: ET.Element) -> str:
    return single_line(_text(element))


def _plain_pieces(tree: Any) -> Iterator[tuple[str, str]]:
    """Yield the blocks of a page without looking for the article: every paragraph, heading, item and row."""
    for element in list(tree.iter("script", "style", "noscript", "template")):
        element.drop_tree()
    skipped: Any = None
    for event, element in _events(tree):
        if skipped is not None:
            skipped = None if event == "end" and element is skipped else skipped
        elif event == "start" and element.tag in _OUTSIDE:
            skipped = element
        elif event == "start" and element.tag in _PLAIN_TAGS:
            if element.tag == "tr":
                yield "table-row", " | ".join(single_line(cell.text_content()) for cell in element.iter("td", "th"))
            else:
                kind = {"h1": "h1", "li": "list-item"}.get(element.tag, "paragraph")
                yield ("heading" if element.tag in _HEADINGS[1:] else kind), single_line(element.text_content())
            skipped = element
    # A page without any of these tags still has its text.
    if tree.find(".//p") is None and tree.find(".//li") is None and tree.find(".//tr") is None:
        body = tree.find("body")
        for line in (tree if body is None else body).text_content().split("\n"):
            yield "paragraph", single_line(line)


def _events(tree: Any) -> Iterator[tuple[str, Any]]:
    """Walk a tree without recursion."""
    stack: list[tuple[str, Any]] = [("start", tree)]
    while stack:
        event, element = stack.pop()
        if not isinstance(element.tag, str):
            continue
        yield event, element
        if event == "start":
            stack.append(("end", element))
            stack.extend(("start", child) for child in reversed(element))


def _write(pieces: Iterable[tuple[str, str]], title: str | None, captions: set[str], leads: set[str]) -> BlockWriter:
    """Return the pieces as blocks: one headline, the lead after it, page furniture marked."""
    pieces = [(kind, text.strip()) for kind, text in pieces if text.strip()]
    same = single_line(title or "").casefold()
    first = next(
        (i for i, (kind, text) in enumerate(pieces) if kind == "h1" or (same and text.casefold() == same)), None
    )
    if first is None and title:
        pieces.insert(0, ("headline", title))
        first = 0
    writer = BlockWriter()
    lead_due = False
    for index, (kind, text) in enumerate(pieces):
        if index == first:
            kind, lead_due = "headline", True
        elif kind == "h1":
            kind = "heading"
        elif text in captions:
            kind = "caption"
        elif kind in ("paragraph", "list-item") and is_boilerplate(text):
            kind = "boilerplate"
        elif kind == "paragraph" and (lead_due or text in leads):
            kind, lead_due = "lead", False
        elif kind != "headline":
            lead_due = False
        writer.add(kind, text)
    return writer


def _meta(tree: Any) -> dict[str, str]:
    """Return the page's ``<meta>`` values by lower-case name; the first of a name wins."""
    values: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        content = (element.get("content") or "").strip()
        if name and content:
            values.setdefault(name.strip().lower(), content)
    return values


def _title(main: ET.Element | None, tree: Any, meta: dict[str, str]) -> str | None:
    found = (main.get("title") if main is not None else None) or meta.get("og:title") or tree.findtext(".//title")
    return single_line(found or "") or None


def _url(tree: Any, meta: dict[str, str]) -> str | None:
    links = [e.get("href") for e in tree.iter("link") if (e.get("rel") or "").lower() == "canonical"]
    return next((u for u in (*links, meta.get("og:url")) if u and u.startswith(("http://", "https://"))), None)


def _date(tree: Any, meta: dict[str, str], url: str | None) -> str | None:
    """Return the publication date as precise as the page gives it."""
    candidates: list[str] = []
    for script in tree.iter("script"):
        if (script.get("type") or "").lower() == "application/ld+json":
            candidates += _json_dates(script.text or "")
    candidates += [meta[name] for name in _DATE_META if name in meta]
    candidates += [e.get("datetime") for e in tree.iter("time") if e.get("datetime")]
    if url and (match := _URL_DATE.search(url)):
        candidates.append("-".join(match.groups()))
    return next((date for raw in candidates if (date := _parse_date(raw))), None)


def _json_dates(text: str) -> list[str]:
    """Return the values of ``datePublished`` in a JSON-LD block, outermost first."""
    try:
        queue = [json.loads(text)]
    except (ValueError, RecursionError):
        return []
    found: list[str] = []
    while queue:
        node = queue.pop(0)
        if isinstance(node, dict):
            if isinstance(node.get("datePublished"), str):
                found.append(node["datePublished"])
            queue += node.values()
        elif isinstance(node, list):
            queue += node
    return found


def _parse_date(raw: str) -> str | None:
    raw = raw.strip()
    if match := _ISO_DATE.match(raw):
        return parse_partial_date(match.group())
    if (date := parse_partial_date(raw)) is not None:
        return date
    try:
        return email.utils.parsedate_to_datetime(raw).date().isoformat()
    except (ValueError, TypeError, IndexError):
        return None


def _depth(tree: Any) -> int:
    """Return how deep the tags of a page nest."""
    depth = deepest = 0
    for event, _ in _events(tree):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest
