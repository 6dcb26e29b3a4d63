"""Keywords of a SPARQL query, told from strings, IRIs, names and comments without parsing it."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["WORDLESS", "chooses_graphs", "is_iri", "may_use", "with_using"]

#: Pattern of the tokens in which a word is only text: IRIs, strings, comments (SPARQL 1.1, sections 19.4 and 19.8).
WORDLESS = (
    r"""<[^<>"{}|^`\\\s]*>|\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''"""
    r"""|"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*'|\#[^\n\r]*"""
)
# A name after its prefix: it begins with no point and no dash, so that x:.SERVICE is x: and a point.
_LOCAL = r":(?:(?:[\w:%]|\\[^\w\s])(?:[\w.:%-]|\\[^\w\s])*)?"
# Variables, language tags, and names: the prefix stays, for SERVICE:x may mean SERVICE :x.
_TOKEN = re.compile(WORDLESS + r"|[?$]\w+|@[A-Za-z][A-Za-z0-9-]*|" + _LOCAL, re.DOTALL)
_NAMED = WORDLESS + r"|[?$]\w+|@[A-Za-z][A-Za-z0-9-]*|[\w.-]*" + _LOCAL
_WITH_PREFIX = re.compile(_NAMED, re.DOTALL)
_WORDS = re.compile(_NAMED + r"|(?P<brace>[{}])|(?P<word>[A-Za-z]+)", re.DOTALL)
# Controls, private use, non-characters (RFC 3987, section 2.2, but for the query).
_NO_LETTER = re.compile(r"[\x7f-\x9f\ud800-\uf8ff\ufdd0-\ufdef\ufff0-\uffff\U000e0000-\U0010ffff]")
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^<>\"{}|\\^`\x00-\x20]*")
# To an engine "a <b#c> d" may be an IRI, or "less than" and a comment; a line may end at a carriage return or not.
_DOUBTFUL = re.compile(r"""<(?![A-Za-z][A-Za-z0-9+.-]*://)[^<>"{}|^`\\\s]*[#'][^<>"{}|^`\\\s]*>|\r(?!\n)""")
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


def may_use(sparql: str, keyword: str) -> bool:
    r"""Return whether a query may use a keyword; where engines could read it in two ways, it may.

    Some engines resolve ``\uXXXX`` before they read a query and some do not (section 19.2): both readings count.

    Parameters
    ----------
    sparql
        The query.
    keyword
        Such as ``"SERVICE"``, in any case.

    >>> may_use('SELECT ?service { ?s x:service <x:service> , "service" } # service', "SERVICE")
    False
    >>> may_use("SELECT * { ?s ?p 1service<https://example.org/>{ ?s ?p ?o } }", "SERVICE")
    True
    >>> may_use("SELECT * { ?s ?p x:.SERVICE<https://example.org/>{ ?s ?p ?o } }", "SERVICE")
    True
    """
    wanted = re.compile(re.escape(keyword), re.IGNORECASE)
    for text in {sparql, _ESCAPE.sub(_character, sparql)}:
        bare = text if _DOUBTFUL.search(text) else _TOKEN.sub(" ", text)
        if wanted.search(bare):
            return True
    return False


def chooses_graphs(sparql: str) -> bool:
    """Return whether a query has a dataset clause (FROM), read as the specification reads it (section 19.8).

    >>> chooses_graphs("SELECT * FROM <https://example.org/g> { ?s ?p ?o }")
    True
    >>> chooses_graphs("PREFIX from: <https://example.org/> SELECT ?from { ?from from:x 'from' } # from")
    False
    """
    return re.search(r"\bFROM\b", _WITH_PREFIX.sub(" ", sparql), re.IGNORECASE) is not None


def is_iri(text: str) -> bool:
    """Return whether a text is an absolute IRI as far as SPARQL's grammar tells, of letters that IRIs may hold.

    >>> is_iri("https://example.org/панк"), is_iri("https://example.org/a b"), is_iri("https://example.org/\U000f47cf")
    (True, False, False)
    """
    return _IRI.fullmatch(text) is not None and (text.isascii() or _NO_LETTER.search(text) is None)


def with_using(update: str, default: Sequence[str], named: Sequence[str]) -> str:
    """Return an update whose patterns are matched in the graphs that a request names (SPARQL 1.1 Protocol, 2.2.3).

    Raises
    ------
    ValueError
        If the update names graphs itself (USING, WITH), or a name is no IRI.

    >>> with_using("DELETE { ?s ?p 1 } WHERE { ?s ?p 1 }", ["https://example.org/g"], [])
    'DELETE { ?s ?p 1 } USING <https://example.org/g> WHERE { ?s ?p 1 }'
    """
    for iri in (*default, *named):
        if not is_iri(iri):
            raise ValueError(f"{iri!r} names no graph: it is no absolute IRI")
    clause = "".join(f"USING <{iri}> " for iri in default) + "".join(f"USING NAMED <{iri}> " for iri in named)
    tokens = list(_WORDS.finditer(update))
    parts, done, depth, before = [], 0, 0, ""
    for place, token in enumerate(tokens):
        if token["brace"]:
            depth += 1 if token["brace"] == "{" else -1
        word = (token["word"] or "").upper()
        if depth == 0 and word in ("USING", "WITH"):
            raise ValueError(f"the update names graphs by {word}, and so does the request")
        if depth == 0 and word == "WHERE":
            pattern = _group(update, tokens[place + 1 :]) + " " if before == "DELETE" else ""
            parts += [update[done : token.start()], pattern, clause]
            done = token.start()
        if token["brace"] or token["word"]:
            before = word
    return "".join([*parts, update[done:]])


def _group(text: str, tokens: Sequence[re.Match[str]]) -> str:
    """Return the first group in braces, empty where it does not end."""
    depth, start = 0, None
    for token in tokens:
        if token["brace"] == "{":
            start = token.start() if start is None else start
            depth += 1
        elif token["brace"] == "}":
            depth -= 1
            if depth == 0 and start is not None:
                return text[start : token.end()]
    return ""


def _character(escape: re.Match[str]) -> str:
    code = int(escape[1] or escape[2], 16)
    return chr(code) if code < 0x110000 else escape.group()
