"""Capitalised spans: where a name may begin and end."""

from __future__ import annotations

import re
from functools import lru_cache

from avgraph.extraction.lexicon import Lexicon, names, word_set
from avgraph.extraction.lexicon import lexicon as lexicon_of

__all__ = ["is_institution", "name_spans"]

_TOKEN = re.compile(
    r"(?P<elision>\b[dDlLnNsSjJmMtTcC]['’](?=[^\W\d_])|\b(?:qu|Qu|jusqu|lorsqu|puisqu)['’])"
    r"|(?P<word>[^\W_](?:[\w.&+@]|[-'’](?=[^\W_]))*\+?)|(?P<space>\s+)|(?P<other>.)",
    re.DOTALL,
)


@lru_cache(maxsize=1)
def _dotted() -> frozenset[str]:
    return names().company_suffixes | word_set("dotted")


@lru_cache(maxsize=4)
def _joints(language: str, *, institution: bool) -> frozenset[str]:
    """Return the small words that may join two capitals."""
    if institution:
        return frozenset(lexicon_of(language).words["name_joints"])
    particles = word_set("particles") | word_set("particles_in_text")
    return particles - (
        {"of", "the", "i", "e", "y", "de", "du", "la", "le"} if language == "fr" else {"of", "the", "i", "e"}
    )


def _tokens(text: str, language: str) -> list[tuple[int, int, str]]:
    """Return (start, end, token) of words, elided articles and signs; white space is left out."""
    found = []
    for match in _TOKEN.finditer(text):
        if match.lastgroup == "space":
            continue
        start, end, token = match.start(), match.end(), match.group()
        if match.lastgroup == "elision" and language == "en" and token[0].isupper():
            tail = _TOKEN.match(text, end)
            if tail and tail.lastgroup == "word":
                continue
        if match.lastgroup == "word":
            while token and token[-1] in "." and not (re.fullmatch(r"(?:\w\.)+", token) or token in _dotted()):
                token = token[:-1]
            if language == "en" and re.search(r"['’]s$", token):
                cut = len(token) - 2
                found.append((start, start + cut, token[:cut]))
                found.append((start + cut, start + len(token), "'s"))
                continue
            end = start + len(token)
        found.append((start, end, token))
    return found


def _capital(token: str) -> bool:
    return token[:1].isupper() or (token[:3] in ("al-", "el-") and token[3:4].isupper())


@lru_cache(maxsize=4)
def _stop_words(language: str) -> frozenset[str]:
    words = lexicon_of(language).words
    return frozenset((*words["not_names"], *words["months"], *words["weekdays"]))


@lru_cache(maxsize=1024)
def _spans(text: str, language: str) -> tuple[tuple[int, int], ...]:
    return tuple(_find_spans(text, lexicon_of(language)))


def name_spans(text: str, lexicon: Lexicon) -> list[tuple[int, int]]:
    """Return the (start, end) of the capitalised spans of `text`.

    Small words join two capitals where the span so far begins like an institution's name ("Ministry of Culture") or
    the small word is a particle of surnames ("Van der Borght").
    """
    return list(_spans(text, lexicon.language))


def _find_spans(text: str, lexicon: Lexicon) -> list[tuple[int, int]]:
    tokens = _tokens(text, lexicon.language)
    stop = _stop_words(lexicon.language)
    spans: list[tuple[int, int]] = []
    i = 0
    while i < len(tokens):
        start, _, token = tokens[i]
        if not _capital(token) or not any(c.isalpha() for c in token):
            i += 1
            continue
        j, last = i, i
        while j + 1 < len(tokens):
            step = _joins(text, tokens, i, last, j + 1, lexicon)
            if not step:
                break
            j = last = step
        before = start
        while before and text[before - 1].isspace():
            before -= 1
        opens_sentence = not before or text[before - 1] in '.!?…:;–—-•*|“«"'
        span_tokens = tokens[i : last + 1]
        if opens_sentence:
            span_tokens = _trim(span_tokens, stop)
        elif len(span_tokens) == 1 and span_tokens[0][2] in stop and span_tokens[0][2] not in names().organizations:
            span_tokens = []
        if span_tokens:
            spans.append((span_tokens[0][0], span_tokens[-1][1]))
        i = max(last, i) + 1
    return spans


def _trim(tokens: list[tuple[int, int, str]], stop: frozenset[str]) -> list[tuple[int, int, str]]:
    """Drop the sentence's first word where it is only capitalised for standing first."""
    known = names().organization_heads
    if len(tokens) == 1:
        return [] if tokens[0][2].rstrip("'’") in stop else tokens
    first = tokens[0][2].rstrip("'’")
    keeps = first in word_set("name_openers")
    if first in stop and not (keeps and _capital(tokens[1][2])) and first not in known:
        rest = tokens[1:]
        while rest and not _capital(rest[0][2]):
            rest = rest[1:]
        return _trim(rest, stop) if rest and rest[0][2] in stop else rest
    return tokens


def _joins(
    text: str, tokens: list[tuple[int, int, str]], first: int, last: int, nxt: int, lexicon: Lexicon
) -> int | None:
    """Return the index of the token that continues the span, or None."""
    language = lexicon.language
    _, end, _ = tokens[last]
    start, stop, token = tokens[nxt]
    gap = text[end:start]
    if len(gap) > 1 or "\t" in gap or tokens[last][2].endswith(("-based", "-born")):
        return None
    if _capital(token) and any(c.isalpha() for c in token):
        return nxt
    if (
        token[0].isdigit()
        and gap == " "
        and re.fullmatch(r"\d{1,3}", token)
        and not re.match(r"\s?(?:%|per|x|×|'|min|h\b|million|€|/|[a-zéûà])", text[stop : stop + 20])
    ):
        return nxt
    if token in ("&", "+") and nxt + 1 < len(tokens) and _capital(tokens[nxt + 1][2]):
        return nxt + 1
    if (
        token == "&"
        and nxt + 2 < len(tokens)
        and tokens[nxt + 1][2] in ("the", "a", "his", "her", "le", "la", "les", "l'")
        and _capital(tokens[nxt + 2][2])
    ):
        return nxt + 2
    if token == "'s" and language == "en" and nxt + 1 < len(tokens) and _capital(tokens[nxt + 1][2]):
        return nxt + 1
    institution = any(t[2] in names().institutions for t in tokens[first : last + 1])
    subject = token == "and" and tokens[last][2] in names().subjects
    allowed = _joints(language, institution=institution or subject)
    k = nxt
    while k < len(tokens) and k < nxt + 3 and tokens[k][2] in allowed:
        k += 1
    if k == nxt or k >= len(tokens) or not _capital(tokens[k][2]):
        return None
    if text[end : tokens[k][0]].count(",") or not any(c.isalpha() for c in tokens[k][2]):
        return None
    joint = [t[2] for t in tokens[nxt:k]]
    if (
        joint == ["and"]
        and tokens[last][2] in names().subjects
        and any(t[2] in names().institutions for t in tokens[k : k + 3] if _capital(t[2]))
    ):
        return k
    if joint[0] in ("and", "&", "et", "y", "und", "e", "i") and not (
        institution and _tail_needs_and(text, tokens, first, last, k, lexicon)
    ):
        return None
    return k


def _tail_needs_and(
    text: str, tokens: list[tuple[int, int, str]], first: int, last: int, k: int, lexicon: Lexicon
) -> bool:
    """Tell whether "and" belongs to a name such as "Ministry of Culture and Tourism"."""
    before = [t[2] for t in tokens[first : last + 1]]
    if (
        before[0] in ("Ministry", "Ministère", "Department", "Office", "Federation", "Institute", "Secretariat")
        and len(before) > 1
    ):
        return tokens[k][2] in names().subjects
    return False


def is_institution(name: str) -> bool:
    """Tell whether a name holds a word of institutions ("Ministry", "Fonds", "Institute")."""
    return any(word in names().institutions for word in name.split())
