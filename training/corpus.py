"""Annotated texts → labelled words: mentions with their entities, and the facts between entities.

A text is ``NAME.txt`` (header lines, ``---``, body) beside ``NAME.jsonl`` (one fact a line).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from avgraph.extraction.layout import segments
from avgraph.extraction.lexicon import word_set
from avgraph.extraction.neural.labels import GENERIC, TAGGED
from avgraph.model import Document

__all__ = ["Labelled", "Span", "corpus_hash", "read_corpus"]

_DETERMINER = re.compile(
    r"^(?:the|a|an|le|la|les|un|une|de|het|een|der|die|das|den|dem|ein|eine)\s+(?=\S)|^l['’]", re.IGNORECASE
)
_GERMAN_PHRASE = re.compile(
    r"(?:d(?:er|ie|as|en|em|es)|(?:ein|dies|sein|ihr|jen|beid)\w*) (?:[a-zäöü-]+ )*[A-ZÄÖÜ][\w-]*$"
)
_POSSESSIVE = re.compile(r"['’]s?$")
_EDGE = " \t\n\"“”«»„‘’'.,;:()[]"


@dataclass(frozen=True)
class Span:
    """A mention: half-open offsets into the text, its tag, and its entity (type, name)."""

    start: int
    end: int
    tag: str
    entity: tuple[str, str]


@dataclass
class Labelled:
    """A text with its mentions and facts.

    Attributes
    ----------
    text
        The joined text of its segments.
    gaps
        Whether a blank line stands before each.
    evidence
        Where the evidence of each fact stands in `text`.
    """

    name: str
    language: str
    text: str
    gaps: list[bool]
    spans: list[Span]
    facts: list[dict[str, object]] = field(default_factory=list)
    evidence: list[tuple[int, int] | None] = field(default_factory=list)


def read_corpus(folders: Iterable[Path]) -> list[Labelled]:
    """Return the labelled texts of the folders, by name."""
    paths = sorted((p for folder in folders for p in Path(folder).glob("*.txt")), key=lambda p: p.name)
    return [_read(path) for path in paths if path.with_suffix(".jsonl").exists()]


def corpus_hash(folder: Path) -> str:
    """Return the SHA-256 over the names and bytes of a folder's texts and annotations."""
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("*.txt"), *folder.glob("*.jsonl")], key=lambda p: p.name):
        digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _read(path: Path) -> Labelled:
    head, body = path.read_text("utf-8").split("\n---\n", 1)
    header = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
    language = header["language"].strip()
    facts = [json.loads(line) for line in path.with_suffix(".jsonl").read_text("utf-8").splitlines() if line.strip()]
    document = Document(path.name, body, title=header.get("title"), date=header.get("date"), language=language)
    found = segments(document)
    text = "\n".join(segment.text for segment in found)
    evidence = [next(iter(_find(text, str(fact["evidence"]), [(0, len(text))])), None) for fact in facts]
    spans = label_spans(text, facts, language)
    return Labelled(path.stem, language, text, [s.gap for s in found], spans, facts, evidence)


def _loose(phrase: str) -> str:
    """Return a pattern for a phrase whatever its white space and apostrophes."""
    escaped = re.escape(" ".join(phrase.split()))
    return re.sub(r"['’‘]", "['’‘]", re.sub(r"\\ ", r"\\s+", escaped))


def _find(text: str, phrase: str, ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    pattern = re.compile(rf"(?<!\w){_loose(phrase)}(?!\w)")
    return [m.span() for a, b in ranges for m in pattern.finditer(text, a, b)]


def _is_name(phrase: str, type_: str, name: str, language: str) -> bool:
    bare = _DETERMINER.sub("", phrase)
    if phrase != name and phrase.casefold() in word_set("pronouns"):
        return False
    if language == "de" and phrase != name and _GERMAN_PHRASE.match(phrase) and type_ in GENERIC:
        return False  # "das Drama": nouns all begin with a capital
    return bool(re.search(r"[A-ZÀ-Þ\d]", bare)) or (type_ in ("Quantity", "Date"))


def label_spans(text: str, facts: Sequence[dict[str, object]], language: str) -> list[Span]:
    """Return the mentions that the facts name, in order and without overlap; longer ones first win."""
    whole = [(0, len(text))]
    wanted: dict[tuple[str, str], Counter[tuple[str, str]]] = defaultdict(Counter)  # (phrase, tag) → entity votes
    where: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for fact in facts:
        evidence = _find(text, str(fact["evidence"]), whole)[:1] or whole
        for side in ("subject", "object"):
            type_, name = str(fact[f"{side}_type"]), str(fact[side]).strip()
            entity = (type_, name)
            surface = str(fact.get(f"{side}_mention") or "").strip(_EDGE if type_ not in ("Quantity",) else " ")
            local = type_ in ("Quantity", "Date") or (type_ == "Award" and surface.islower())
            for phrase, weight in ((name.strip(), 3), (surface, 2)):
                phrase = _POSSESSIVE.sub("", phrase)
                if not 2 <= len(phrase) <= 110 or "\n" in phrase:
                    continue
                named = _is_name(phrase, type_, name, language)
                if not named and not (type_ in ("Place", "Award") and phrase == surface):
                    if type_ in GENERIC and phrase == surface and len(phrase.split()) <= 6 and evidence is not whole:
                        key = (phrase, GENERIC[type_])
                        wanted[key][entity] += weight
                        where.setdefault(key, []).extend(evidence)
                    continue
                if weight == 2 and type_ in ("Work", "Organization", "Award", "Event", "Person") and phrase != name:
                    more = set(re.findall(r"\w+", phrase.lower())) - set(re.findall(r"\w+", name.lower()))
                    if len(more) > 1 and len(phrase.split()) > 4:
                        continue  # a description that holds more than the name
                tag = "Place" if type_ == "Place" else type_
                key = (phrase, tag)
                wanted[key][entity] += weight
                if local:
                    where.setdefault(key, []).extend(evidence)
            if type_ == "Person" and len(name.split()) > 1:
                wanted[name.split()[-1], "Person"][entity] += 1
        for kind, tag in (("category", "Category"), ("role", "Role"), ("amount", "Quantity"), ("share", "Quantity")):
            value = (fact.get("qualifiers") or {}).get(kind)  # type: ignore[union-attr]
            if value and kind == "role" and fact["relation"] != "works_for":
                continue
            if value and evidence is not whole and 1 < len(str(value)) < 80:
                key = (str(value).strip(), tag)
                wanted[key]["Quantity" if tag == "Quantity" else "Value", str(value).strip()] += 1
                where.setdefault(key, []).extend(evidence)
    spans: list[Span] = []
    taken = bytearray(len(text))
    order = sorted(wanted, key=lambda k: (k[1] in GENERIC.values(), k[1] in ("Category", "Role"), -len(k[0]), k))
    for phrase, tag in order:
        entity = max(sorted(wanted[phrase, tag]), key=lambda e: wanted[phrase, tag][e])
        forms = [phrase]
        if (
            (bare := _DETERMINER.sub("", phrase)) != phrase
            and len(bare) > 2
            and tag in ("Organization", "Event", "Award")
        ):
            forms.append(bare)
        if tag in ("Work", "Person", "Organization") and len(phrase) > 3:
            forms.append(phrase.upper())
        for form in forms:
            for start, end in _find(text, form, where.get((phrase, tag), whole)):
                if not any(taken[start:end]):
                    taken[start:end] = b"\x01" * (end - start)
                    spans.append(Span(start, end, tag, entity))
    assert all(span.tag in TAGGED for span in spans)
    return sorted(spans, key=lambda s: s.start)
