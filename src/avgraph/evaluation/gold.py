"""Annotated texts: a folder with ``<name>.txt`` beside ``<name>.jsonl``, one fact per line.

The text begins with lines ``key: value`` (``language``, ``origin``, perhaps ``layout``) and a line ``---``.  A fact has
the fields that ``avgraph extract --json`` prints, and perhaps ``optional`` and ``alt_relations``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from avgraph.errors import Issue, SourceError
from avgraph.evaluation.matching import GoldFact
from avgraph.model import DETAILS, ENTITY_TYPES, RELATIONS, STATUSES, Fact
from avgraph.text import single_line

__all__ = ["GoldText", "read_aliases", "read_gold"]

#: File of name aliases in a folder of annotated texts: a JSON list of lists of names.
ALIASES_FILE = "aliases.json"

_REQUIRED = ("subject", "subject_type", "relation", "object", "object_type", "evidence", "certainty")
_TYPES = (*ENTITY_TYPES, "Quantity", "Date", "Genre", "Character", "Subject")
_RELATIONS = (*RELATIONS, *DETAILS)
_CLOSED: dict[str, tuple[str, ...]] = {
    "subject_type": _TYPES, "object_type": _TYPES, "relation": _RELATIONS, "certainty": STATUSES,
}  # fmt: skip


@dataclass(frozen=True)
class GoldText:
    """One annotated text.

    Attributes
    ----------
    name
        File name without suffix.
    document_path
        The text's file.
    language
        ISO 639-1 code, ``"und"`` where the header states none.
    facts
        The annotated facts, in the order of the file.
    body
        The text below the header, as in the file.
    origin
        Where the text comes from, in one word.
    layout
        Kind of layout, None where the header states none.
    issues
        Lines that could not be used, and evidence that is not in the text.
    """

    name: str
    document_path: Path
    language: str
    facts: tuple[GoldFact, ...]
    body: str
    origin: str = "unknown"
    layout: str | None = None
    issues: tuple[Issue, ...] = ()


def read_gold(folder: Path) -> list[GoldText]:
    """Return the annotated texts of `folder`, by name.

    A malformed line becomes an issue of its text and leaves the other lines alone.

    Raises
    ------
    SourceError
        If the folder holds no ``.jsonl`` file, a text is missing beside its annotations, or a file is not UTF-8.
    """
    paths = sorted(Path(folder).glob("*.jsonl"))
    if not paths:
        raise SourceError("no annotated texts here", hint="it must hold NAME.txt and NAME.jsonl", where=str(folder))
    return [_read_text(path) for path in paths]


def read_aliases(folder: Path) -> list[list[str]]:
    """Return the alias groups of `folder` (``aliases.json``), none where it has no such file.

    Raises
    ------
    SourceError
        If the file is not a JSON list of lists of names.
    """
    path = Path(folder) / ALIASES_FILE
    if not path.exists():
        return []
    try:
        groups = json.loads(_text_of(path))
    except json.JSONDecodeError as error:
        raise _not_json(path, error) from error
    if not isinstance(groups, list) or not all(
        isinstance(group, list) and all(isinstance(name, str) for name in group) for group in groups
    ):
        raise SourceError("not a list of lists of names", hint='write [["Academy Award", "Oscar"], …]', where=str(path))
    return groups


def _read_text(gold_path: Path) -> GoldText:
    document_path = gold_path.with_suffix(".txt")
    if not document_path.exists():
        raise SourceError(
            f"{gold_path.name} has no text beside it", hint=f"add {document_path.name}", where=str(gold_path)
        )
    header, body = _split_header(_text_of(document_path))
    flat = single_line(body)
    facts: list[GoldFact] = []
    issues: list[Issue] = []
    for number, line in enumerate(_text_of(gold_path).split("\n"), 1):
        if not line.strip():
            continue
        place = f"line {number}"
        read = _read_fact(line, body)
        if isinstance(read, tuple):
            issues.append(Issue(gold_path.name, place, *read, n_rows=1))
            continue
        facts.append(read)
        if single_line(read.fact.evidence) not in flat:
            issues.append(Issue(gold_path.name, place, f"the evidence is not in {document_path.name}",
                                "copy it letter by letter", severity="warning"))  # fmt: skip
    return GoldText(gold_path.stem, document_path, header.get("language") or "und", tuple(facts), body,
                    header.get("origin") or "unknown", header.get("layout"), tuple(issues))  # fmt: skip


def _read_fact(line: str, body: str) -> GoldFact | tuple[str, str]:
    """Return the fact of a line, or what is wrong with it and the remedy."""
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        return f"not JSON: {error.msg} at column {error.colno}", "one complete JSON object per line"
    if not isinstance(record, dict):
        return f"a JSON {type(record).__name__}, not an object", "one JSON object per line"
    if problem := _problem(record):
        return problem
    start = body.find(record["evidence"])
    fact = Fact(
        **{key: record[key] for key in _REQUIRED},
        start=max(start, 0),
        end=start + len(record["evidence"]) if start >= 0 else 0,
        qualifiers={key: str(value) for key, value in record.get("qualifiers", {}).items()},
        subject_mention=record.get("subject_mention"),
        object_mention=record.get("object_mention"),
    )
    return GoldFact(fact, bool(record.get("optional")), tuple(record.get("alt_relations", ())))


def _problem(record: Mapping[str, Any]) -> tuple[str, str] | None:
    for key in _REQUIRED:
        if not isinstance(record.get(key), str) or not record[key].strip():
            return f"{key} is missing or no text", f"every fact needs {', '.join(_REQUIRED)}"
    for key, values in _CLOSED.items():
        if record[key] not in values:
            return f"{key} {record[key]!r} is unknown", f"write one of {', '.join(values)}"
    qualifiers = record.get("qualifiers", {})
    if not isinstance(qualifiers, dict) or not all(isinstance(v, str | int | float) for v in qualifiers.values()):
        return "qualifiers is no object of texts", 'write "qualifiers": {"year": "2019"}, or {} for none'
    alternatives = record.get("alt_relations", [])
    if not isinstance(alternatives, list) or not set(map(str, alternatives)) <= set(_RELATIONS):
        return f"alt_relations {alternatives!r} is no list of relations", f"choose from {', '.join(_RELATIONS)}"
    return None


def _split_header(text: str) -> tuple[dict[str, str], str]:
    head, line, body = text.partition("\n---\n")
    if not line:
        return {}, text
    pairs: Sequence[tuple[str, str, str]] = [row.partition(":") for row in head.split("\n")]
    return {key.strip().lower(): value.strip() for key, colon, value in pairs if colon and value.strip()}, body


def _text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise SourceError(f"not UTF-8 at byte {error.start}", hint="save it as UTF-8", where=str(path)) from error
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror or error}", where=str(path)) from error


def _not_json(path: Path, error: json.JSONDecodeError) -> SourceError:
    return SourceError(f"not JSON: {error.msg}", hint="a list of lists of names is wanted",
                       where=f"{path}, line {error.lineno}, column {error.colno}")  # fmt: skip
