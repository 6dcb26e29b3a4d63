"""Annotated texts: a folder with ``<name>.txt`` beside ``<name>.jsonl``, one fact per line.

The text begins with lines ``key: value`` (``language``, ``origin``, perhaps ``layout``) and a line ``---``.  A fact has
the fields that ``avgraph extract --json`` prints, and perhaps ``optional``, ``alt_relations`` and ``id``;
docs/evaluation.md describes them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from avgraph.errors import Issue, SourceError
from avgraph.evaluation.matching import GoldFact
from avgraph.model import DETAILS, ENTITY_TYPES, QUALIFIERS, RELATIONS, STATUSES, Fact
from avgraph.text import single_line

__all__ = ["GoldText", "read_aliases", "read_gold"]

#: File of name aliases in a folder of annotated texts: a JSON list of lists of names.
ALIASES_FILE = "aliases.json"

_REQUIRED = ("subject", "subject_type", "relation", "object", "object_type", "evidence", "certainty")
_TYPES = (*ENTITY_TYPES, "Quantity", "Date", "Genre", "Character", "Subject")
_RELATIONS = (*RELATIONS, *DETAILS)
#: What ``extract --json`` prints beside them is allowed, and not read.
_KEYS = (*_REQUIRED, "qualifiers", "optional", "alt_relations", "subject_mention", "object_mention", "id",
         "source", "start", "end", "confidence", "rule")  # fmt: skip
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
        Errors for lines that could not be used; warnings for what is kept and looks like a slip: evidence that is not
        in the text, a fact given twice, an unknown key.
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
        raise SourceError(f"not JSON: {error.msg}", hint="a list of lists of names is wanted",
                          where=f"{path}, line {error.lineno}, column {error.colno}") from error  # fmt: skip
    except RecursionError:
        groups = None
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
    places: dict[str, str] = {}
    for number, line in enumerate(_text_of(gold_path).split("\n"), 1):
        if not line.strip():
            continue
        place = f"line {number}"
        try:
            record = _record(line)
        except _UnusableError as fault:
            issues.append(Issue(gold_path.name, place, fault.message, fault.hint, n_rows=1))
            continue
        slips = list(_slips(record))
        if single_line(record["evidence"]) not in flat:
            slips.append((f"the evidence is not in {document_path.name}", "copy it letter by letter"))
        elif ("start" in record or "end" in record) and not _offsets_fit(record, body):
            offsets = f"start {record.get('start')!r} and end {record.get('end')!r}"
            slips.append((f"{offsets} do not hold the evidence", "leave them out: they are not needed"))
        said = json.dumps([record[key] for key in _SAYING] + [record.get("qualifiers")], sort_keys=True)
        if (first := places.setdefault(said, place)) != place:
            slips.append((f"the same fact as {first}, counted once", "delete one of the two"))
        else:
            facts.append(_fact(record, body))
        if "id" in record and (first := places.setdefault(f"id {record['id']}", place)) != place:
            slips.append((f"the id {record['id']!r} is that of {first}", "give each fact an id of its own, or none"))
        issues += [Issue(gold_path.name, place, *slip, severity="warning") for slip in slips]
    if not places and not issues:
        issues.append(Issue(gold_path.name, "", "no fact is annotated: every fact found here counts as wrong",
                            "delete the file if the text is not annotated yet", severity="warning"))  # fmt: skip
    return GoldText(gold_path.stem, document_path, header.get("language") or "und", tuple(facts), body,
                    header.get("origin") or "unknown", header.get("layout"), tuple(issues))  # fmt: skip


class _UnusableError(Exception):
    """A line that is no fact: what is wrong, and the remedy."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def _record(line: str) -> dict[str, Any]:
    """Return the fact of a line, checked."""
    try:
        record = json.loads(line, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise _UnusableError(f"not JSON: {error.msg} at column {error.colno}", _ONE_OBJECT) from error
    except RecursionError:
        raise _UnusableError("not JSON that can be read: nested too deep", _ONE_OBJECT) from None
    if not isinstance(record, dict):
        raise _UnusableError(f"a JSON {type(record).__name__}, not an object", _ONE_OBJECT)
    for key in _REQUIRED:
        if not isinstance(record.get(key), str) or not record[key].strip():
            raise _UnusableError(f"{key} is missing or no text", f"every fact needs {', '.join(_REQUIRED)}")
    for key, values in _CLOSED.items():
        if record[key] not in values:
            raise _UnusableError(f"{key} {record[key]!r} is unknown", f"write one of {', '.join(values)}")
    qualifiers = record.get("qualifiers", {})
    if not isinstance(qualifiers, dict) or not all(
        isinstance(v, str | int | float) and not isinstance(v, bool) for v in qualifiers.values()
    ):
        hint = 'write "qualifiers": {"year": "2019"}, or {} for none'
        raise _UnusableError("qualifiers is no object of texts and numbers", hint)
    alternatives = record.get("alt_relations", [])
    if not isinstance(alternatives, list) or not set(map(str, alternatives)) <= set(_RELATIONS):
        hint = f"choose from {', '.join(_RELATIONS)}"
        raise _UnusableError(f"alt_relations {alternatives!r} is no list of relations", hint)
    if not isinstance(record.get("optional", False), bool):
        raise _UnusableError(f"optional {record['optional']!r} is not true or false", "write it without quotes")
    return record


_ONE_OBJECT = "one complete JSON object per line"
#: What makes two lines one fact, with the qualifiers.
_SAYING = ("subject", "relation", "object", "certainty")


def _no_number(name: str) -> None:
    raise _UnusableError(f"not JSON: {name} is no number", "write a number, a text, or leave it out")


def _slips(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is kept but not used as its writer may think, and the remedy."""
    if unknown := sorted(set(record) - set(_KEYS)):
        yield f"unknown and not read: {', '.join(unknown)}", f"the keys are {', '.join(_KEYS)}"
    if unknown := sorted(set(record.get("qualifiers", {})) - set(QUALIFIERS)):
        yield f"unknown and not scored: the qualifier {', '.join(unknown)}", f"known: {', '.join(QUALIFIERS)}"


def _offsets_fit(record: Mapping[str, Any], body: str) -> bool:
    """Tell whether the offsets hold the evidence; an article begins at its first line that is not blank."""
    start, end = record.get("start"), record.get("end")
    if type(start) is not int or type(end) is not int or start < 0:
        return False
    return any(text[start:end] == record["evidence"] for text in (body, body.lstrip("\n")))


def _fact(record: Mapping[str, Any], body: str) -> GoldFact:
    start = body.find(record["evidence"])
    fact = Fact(
        **{key: record[key] for key in _REQUIRED},
        start=max(start, 0),
        end=start + len(record["evidence"]) if start >= 0 else 0,
        qualifiers={key: str(value) for key, value in record.get("qualifiers", {}).items()},
        subject_mention=record.get("subject_mention"),
        object_mention=record.get("object_mention"),
    )
    return GoldFact(fact, record.get("optional", False), tuple(record.get("alt_relations", ())))


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
