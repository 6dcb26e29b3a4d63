"""The curator's verdicts: one SSSOM TSV file in the user's folder, which always wins.

The format is `SSSOM/TSV <https://mapping-commons.github.io/sssom/>`_: metadata lines that begin with ``#``, a header,
one mapping a line.  Read are ``subject_id``, ``predicate_id``, ``object_id``, ``predicate_modifier``, ``author_id`` (or
``author_label``), ``comment`` and ``confidence``; other columns are kept in the file and not looked at.

An id is an entity IRI as a build wrote it, a mention reference (``articles/a.txt#p1``), an external id
(``imdb:nm0000123``), or a prefixed name whose prefix the ``curie_map`` of the metadata explains.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from avgraph.errors import Issue, SourceError
from avgraph.text import single_line
from avgraph.vocabulary import AV, OWL, SKOS

__all__ = ["VERDICTS", "Decision", "Decisions", "append_decision", "read_decisions", "remove_decision"]

VERDICTS = ("same", "different", "unsure")
_PREDICATES = {
    "skos:exactMatch": "same", SKOS + "exactMatch": "same", "owl:sameAs": "same", OWL + "sameAs": "same",
    "owl:differentFrom": "different", OWL + "differentFrom": "different",
    "av:unsure": "unsure", AV + "unsure": "unsure",
}  # fmt: skip
_WRITTEN = {"same": "skos:exactMatch", "different": "owl:differentFrom", "unsure": "av:unsure"}
_REQUIRED = ("subject_id", "predicate_id", "object_id")
_HEADER = (
    "subject_id", "subject_label", "predicate_id", "object_id", "object_label", "mapping_justification", "author_label",
    "mapping_date", "confidence", "comment",
)  # fmt: skip
_METADATA = f"""\
#mapping_set_title: Verdicts on which mentions are one entity
#curie_map:
#  av: {AV}
#  owl: {OWL}
#  semapv: https://w3id.org/semapv/vocab/
#  skos: {SKOS}
"""
_BUILT_IN = ("skos", "owl", "av")


@dataclass(frozen=True, slots=True)
class Decision:
    """One verdict: `subject` and `object` are the `verdict` (one of :data:`VERDICTS`); `line` counts from 1."""

    subject: str
    object: str
    verdict: str
    line: int
    author: str = ""
    comment: str = ""
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Decisions:
    """The verdicts of one file, in its order; `name` is the file's name for messages."""

    rows: tuple[Decision, ...] = ()
    name: str = "decisions.sssom.tsv"


def read_decisions(path: Path, name: str) -> tuple[Decisions, tuple[Issue, ...]]:
    """Read the verdicts of a file; a file that does not exist holds none.

    Parameters
    ----------
    path
        The SSSOM TSV file, UTF-8.
    name
        What messages call it.

    Returns
    -------
    decisions
        The lines that could be used.
    issues
        One for each line that could not, or that a later line overrules; one alone where the file cannot be read, is
        not UTF-8, or has no header with the required columns.
    """
    if not path.exists():
        return Decisions(name=name), ()
    try:
        lines = _lines(path, name)
        header, first, curies = _header(lines, name)
    except SourceError as error:
        place = (error.where or "").removeprefix(name).strip()
        return Decisions(name=name), (Issue(name, place, f"no verdict is used: {error.message}", error.hint or ""),)
    issues: list[Issue] = []
    rows: list[Decision] = []
    for number, line in enumerate(lines[first:], start=first + 1):
        if not line.strip() or line.startswith("#"):
            continue
        found = _decision(_cells(line), header, number, curies)
        if isinstance(found, Decision):
            rows.append(found)
        else:
            issues.append(Issue(name, f"line {number}", found[0], found[1], "error", 1))
    kept, overruled = _last_wins(rows, name)
    return Decisions(kept, name), tuple(sorted([*issues, *overruled], key=lambda i: int(i.where.split()[1])))


def _lines(path: Path, name: str) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise SourceError(f"not UTF-8 (byte {error.start})", "save the file as UTF-8", name) from error
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", "check the path and its permissions", name) from error


def _header(lines: Sequence[str], name: str) -> tuple[list[str], int, dict[str, str]]:
    """Return the columns, the position of the first row, and the prefixes of the metadata."""
    curies: dict[str, str] = {}
    in_map = False
    for position, line in enumerate(lines):
        if line.startswith("#"):
            text = line[1:].rstrip()
            in_map = text.strip() == "curie_map:" or (in_map and text.startswith(" "))
            prefix, colon, iri = text.strip().partition(":")
            if in_map and colon and iri.strip():
                curies[prefix.strip()] = iri.strip().strip("\"'")
        elif line.strip():
            columns = _cells(line)
            if missing := [c for c in _REQUIRED if c not in columns]:
                raise SourceError(
                    f"the header lacks {', '.join(missing)}",
                    f"its columns, between tabs, are: {' '.join(_HEADER)}",
                    f"{name} line {position + 1}",
                )
            return columns, position + 1, curies
    return list(_HEADER), len(lines), curies


def _cells(line: str) -> list[str]:
    """Split a line at tabs; quotes never reach beyond their cell, so that one stray quote costs one line at most."""
    cells = [c.strip() for c in line.split("\t")]
    return [c[1:-1].replace('""', '"') if len(c) > 1 and c[0] == c[-1] == '"' else c for c in cells]


def _decision(
    cells: Sequence[str], header: Sequence[str], line: int, curies: Mapping[str, str]
) -> Decision | tuple[str, str]:
    """Return the verdict of a line, or what is wrong and what to do."""
    if len(cells) != len(header):
        return (
            f"{len(cells)} cells where the header has {len(header)}",
            "put one tab between cells, empty cells included",
        )
    row = dict(zip(header, cells, strict=True))
    for column in ("subject_id", "object_id"):
        if not row[column]:
            return f"{column} is empty", "give an entity IRI, a mention reference or an external id"
    verdict = _PREDICATES.get(row["predicate_id"])
    if verdict is None:
        return f"not a predicate of verdicts: {row['predicate_id']!r}", f"use one of {', '.join(_WRITTEN.values())}"
    modifier = row.get("predicate_modifier", "")
    if modifier and (modifier != "Not" or verdict != "same"):
        return (
            f"predicate_modifier {modifier!r} with {row['predicate_id']}",
            "only Not with skos:exactMatch is understood",
        )
    if modifier:
        verdict = "different"
    subject, object_ = (_expanded(row[c], curies) for c in ("subject_id", "object_id"))
    if subject == object_:
        return "a verdict on one thing alone", "subject_id and object_id must differ"
    confidence = row.get("confidence", "")
    try:
        value = float(confidence) if confidence else None
    except ValueError:
        return f"confidence is not a number: {confidence!r}", "give a number from 0 to 1, or nothing"
    if value is not None and not 0 <= value <= 1:
        return f"confidence is not within 0..1: {confidence}", "give a number from 0 to 1, or nothing"
    author = row.get("author_label") or row.get("author_id") or row.get("author") or ""
    return Decision(subject, object_, verdict, line, author, row.get("comment", ""), value)


def _expanded(text: str, curies: Mapping[str, str]) -> str:
    prefix, colon, local = text.partition(":")
    if colon and prefix in curies and prefix not in _BUILT_IN and not local.startswith("//"):
        return curies[prefix] + local
    return text


def _last_wins(rows: Sequence[Decision], name: str) -> tuple[tuple[Decision, ...], list[Issue]]:
    """Keep the last verdict on each pair; an issue for each earlier one that says something else."""
    last: dict[frozenset[str], Decision] = {}
    issues: list[Issue] = []
    for row in rows:
        pair = frozenset((row.subject, row.object))
        earlier = last.pop(pair, None)
        if earlier is not None and earlier.verdict != row.verdict:
            message = f"says {earlier.verdict!r}, but line {row.line} says {row.verdict!r} of the same two"
            hint = "the later line counts; delete the other"
            issues.append(Issue(name, f"line {earlier.line}", message, hint, "warning"))
        last[pair] = row
    return tuple(sorted(last.values(), key=lambda r: r.line)), issues


def append_decision(
    path: Path,
    subject: str,
    verdict: str,
    object_: str,
    *,
    subject_label: str = "",
    object_label: str = "",
    author: str = "",
    date: str = "",
    comment: str = "",
    confidence: float | None = None,
) -> int:
    """Add one verdict to the end of a file, which is made with metadata and header where it does not exist.

    A file has the columns that it has: a date that none is for goes into the comment.

    Returns
    -------
    int
        The line it stands on, from 1.

    Raises
    ------
    ValueError
        If `verdict` is none of :data:`VERDICTS`, an id is empty, both are one, or `confidence` is outside 0..1.
    SourceError
        If the existing file cannot be read or has no usable header.
    """
    if verdict not in VERDICTS:
        raise ValueError(f"not a verdict: {verdict!r}; one of {', '.join(VERDICTS)}")
    subject, object_ = single_line(subject), single_line(object_)
    if not subject or not object_ or subject == object_:
        raise ValueError("a verdict needs two different ids")
    if confidence is not None and not 0 <= confidence <= 1:
        raise ValueError(f"confidence must be within 0..1: {confidence}")
    values = {
        "subject_id": subject, "subject_label": subject_label, "predicate_id": _WRITTEN[verdict], "object_id": object_,
        "object_label": object_label, "mapping_justification": "semapv:ManualMappingCuration", "author_label": author,
        "mapping_date": date, "confidence": "" if confidence is None else f"{confidence:g}", "comment": comment,
    }  # fmt: skip
    lines = _lines(path, path.name) if path.exists() else []
    new = not any(line.strip() and not line.startswith("#") for line in lines)
    columns = list(_HEADER) if new else _header(lines, path.name)[0]
    if date and "mapping_date" not in columns:
        values["comment"] = f"{comment} ({date})".strip()
    text = ""
    if lines and not path.read_bytes().endswith((b"\n", b"\r")):
        text = "\n"
    if new:
        head = ("" if lines else _METADATA) + "\t".join(_HEADER) + "\n"
        text += head
    text += "\t".join(single_line(values.get(c, "")) for c in columns) + "\n"
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(text)
    return len(lines) + text.lstrip("\n").count("\n")


def remove_decision(path: Path, line: bytes) -> None:
    """Delete the last line of a file that is exactly `line` (without its end); all others stay as they are.

    Raises
    ------
    SourceError
        If there is none any more, or the file cannot be changed.
    """
    try:
        with path.open("r+b") as file:
            lines = file.read().splitlines(keepends=True)
            found = [place for place, text in enumerate(lines) if text.rstrip(b"\r\n") == line]
            if not found:
                raise SourceError("the verdict is not there any more", "somebody changed the file", str(path))
            file.seek(sum(map(len, lines[: found[-1]])))
            file.writelines(lines[found[-1] + 1 :])
            file.truncate()
    except OSError as error:
        raise SourceError(f"cannot be changed: {error.strerror}", "check its permissions", str(path)) from error
