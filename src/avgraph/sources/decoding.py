"""Bytes to text, with the encoding that was used and how sure that is."""

from __future__ import annotations

import codecs
import re

__all__ = ["BINARY_SIGNATURES", "binary_kind", "decode", "suggest_encoding"]

#: First bytes of files that are no text, and what they are.
BINARY_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive (DOCX, ODT, EPUB or XLSX)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"{\\rtf", "an RTF document"),
    (b"\x7fELF", "a program"),
)

_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(
    rb"""<(?:meta[^>]{0,300}?charset|\?xml[^>]{0,100}?encoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.I
)
_WESTERN = frozenset("àâäáãåæçéèêëíìîïñóòôöõøœúùûüÿßÀÂÄÁÅÆÇÉÈÊËÍÎÏÑÓÔÖØŒÚÙÛÜ’‘“”„«»–—…•·°€£©®§\xa0")
_WESTERN_SHARE = 0.95
_SAMPLE_BYTES = 200_000


def bom_encoding(data: bytes) -> str | None:
    """Return the codec that the byte order mark of `data` names, or None without one."""
    return next((name for mark, name in _BOMS if data.startswith(mark)), None)


def binary_kind(data: bytes) -> str | None:
    """Return what kind of binary file `data` begins, or None for text.

    >>> binary_kind(b"%PDF-1.7"), binary_kind("Unité 42".encode())
    ('a PDF', None)
    """
    for signature, kind in BINARY_SIGNATURES:
        if data.startswith(signature):
            return kind
    if bom_encoding(data) is None and b"\0" in data:
        return "a binary file (it has NUL bytes)"
    return None


def decode(data: bytes, *, html: bool = False) -> tuple[str, str, bool]:
    """Return the text of `data`, the encoding used, and whether that was a guess.

    In this order: byte order mark, UTF-8, the charset an HTML page declares, the best guess of
    charset-normalizer (Windows-1252 where it has none).  Bytes that the encoding lacks become U+FFFD.

    >>> decode("Unité".encode("utf-8"))
    ('Unité', 'utf-8', False)
    >>> decode('<meta charset="iso-8859-1">Unité'.encode("latin-1"), html=True)[1:]
    ('windows-1252', False)
    """
    if (name := bom_encoding(data)) is not None:
        return data.decode(name, errors="replace").removeprefix("\ufeff"), name, False
    try:
        return data.decode("utf-8"), "utf-8", False
    except UnicodeDecodeError:
        pass
    if html and (match := _DECLARED.search(data[:4096])) and (name := _web_codec(match[1].decode("ascii"))):
        # A page that declares UTF-8 and is not: some bytes are broken, most are what it says.
        return data.decode(name, errors="replace"), name, name == "utf-8"
    name = suggest_encoding(data)
    return data.decode(name, errors="replace"), name, True


def suggest_encoding(data: bytes) -> str:
    """Return the most likely encoding of bytes that are not UTF-8.

    Windows-1252 where nearly all it gives are letters and marks of Western European texts: statistics over a
    few accents are worse than that.  Otherwise what charset-normalizer finds.
    """
    western = data[:_SAMPLE_BYTES].decode("windows-1252", errors="replace")
    foreign = [c for c in western if not c.isascii()]
    if sum(c in _WESTERN for c in foreign) >= _WESTERN_SHARE * len(foreign):
        return "windows-1252"
    from charset_normalizer import from_bytes

    best = from_bytes(
        data[:_SAMPLE_BYTES],
        cp_isolation=["cp1252", "cp1250", "cp1251", "iso8859_15", "mac_roman", "utf_16", "big5", "shift_jis"],
    ).best()
    return "windows-1252" if best is None or best.encoding in ("cp1252", "iso8859_15") else best.encoding


def _web_codec(label: str) -> str | None:
    """Return the codec of an HTML charset label; as browsers do, Latin-1 means Windows-1252."""
    try:
        name = codecs.lookup(label).name
    except LookupError:
        return None
    return "windows-1252" if name in ("iso8859-1", "ascii", "cp1252") else name
