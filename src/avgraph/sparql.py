"""Keywords of a SPARQL query, told from strings, IRIs, names and comments without parsing it."""

from __future__ import annotations

import re

__all__ = ["WORDLESS", "may_use"]

#: Pattern of the tokens in which a word is only text: IRIs, strings, comments (SPARQL 1.1, sections 19.4 and 19.8).
WORDLESS = (
    r"""<[^<>"{}|^`\\\s]*>|\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''"""
    r"""|"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*'|\#[^\n\r]*"""
)
# Variables, language tags, and names after their prefix: the prefix stays, for SERVICE:x may mean SERVICE :x.
_NAMES = r"""|[?$]\w+|@[A-Za-z][A-Za-z0-9-]*|:(?:[\w.:%-]|\\[^\w\s])*"""
_TOKEN = re.compile(WORDLESS + _NAMES, re.DOTALL)
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
    """
    wanted = re.compile(re.escape(keyword), re.IGNORECASE)
    for text in {sparql, _ESCAPE.sub(_character, sparql)}:
        bare = text if _DOUBTFUL.search(text) else _TOKEN.sub(" ", text)
        if wanted.search(bare):
            return True
    return False


def _character(escape: re.Match[str]) -> str:
    code = int(escape[1] or escape[2], 16)
    return chr(code) if code < 0x110000 else escape.group()
