r"""Templates: text with ``{column}`` fields and filters, and conditions on them.

A field is ``{column}``, or ``{column|filter|filter:argument}``; ``{#}`` is the position of a piece in a split
cell, ``{#NAME}`` that of entity NAME.  ``{{`` and ``}}`` are braces, and inside a field ``\|``, ``\}`` and
``\:`` stand for themselves.  A template with an unknown field is unknown as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

__all__ = [
    "COLUMN_FILTERS",
    "FILTERS",
    "LIST_SEPARATOR",
    "Condition",
    "Field",
    "Filter",
    "Template",
    "TemplateError",
    "parse_condition",
    "parse_template",
]  # fmt: skip

#: What parts the values of a list cell (JSON arrays, Parquet lists) while it travels as text.
LIST_SEPARATOR = "\x1f"

_PARTS = re.compile(r"(\{\{|\}\}|\{(?:\\.|[^{}\\])*\}|[{}])")
_OPERATOR = re.compile(r"\s(==|!=|in)(?:\s|$)")


class TemplateError(ValueError):
    """A template that cannot be read; the mapping reader turns it into a message with a key path."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter and its argument."""

    name: str
    argument: str | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a template: a column with filters, or the position of a piece (`position`)."""

    column: str
    filters: tuple[Filter, ...] = ()
    position: bool = False

    @property
    def is_list(self) -> bool:
        """Whether the field gives several values (an open ``split``)."""
        return bool(self.filters) and self.filters[-1].name == "split"

    @property
    def columns(self) -> tuple[str, ...]:
        """The column and those that its filters bring in."""
        return (self.column, *(f.argument or "" for f in self.filters if f.name in COLUMN_FILTERS))

    def renamed(self, names: Mapping[str, str]) -> Field:
        """Return the field with its columns called otherwise."""
        filters = tuple(
            Filter(f.name, names.get(f.argument or "", f.argument)) if f.name in COLUMN_FILTERS else f
            for f in self.filters
        )
        return self if self.position else Field(names.get(self.column, self.column), filters)


@dataclass(frozen=True, slots=True)
class _Rule:
    """What a filter takes: an argument or not, and which."""

    argument: str  # "none", "optional", "required"
    pattern: str = ".*"
    expected: str = ""


#: Filters whose argument is another column.
COLUMN_FILTERS = ("or", "and")
#: Filters by name.
FILTERS: dict[str, _Rule] = {
    "upper": _Rule("none"),
    "lower": _Rule("none"),
    "map": _Rule("required", expected="the name of a [map.NAME] table"),
    "default": _Rule("required"),
    "split": _Rule("required", ".+", "a separator"),
    "first": _Rule("none"),
    "last": _Rule("none"),
    "left": _Rule("required", r"[1-9]\d*", "a number of characters"),
    "before": _Rule("required", ".+", "a text"),
    "after": _Rule("required", ".+", "a text"),
    "year": _Rule("none"),
    "date": _Rule("optional", "(?:dmy|mdy)(?:1[0-9]|20)?", "dmy or mdy, perhaps with a century: dmy20"),
    "number": _Rule("optional", "[.,]", "the decimal mark, . or ,"),
    "percent": _Rule("none"),
    "duration": _Rule("none"),
    "regex": _Rule("required", ".+", "a regular expression"),
    "replace": _Rule("required", ".+=.*", "OLD=NEW"),
    "country": _Rule("none"),
    "or": _Rule("required", ".+", "a column"),
    "and": _Rule("required", ".+", "a column"),
    "header": _Rule("none"),
}


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template."""

    parts: tuple[str | Field, ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields, in order."""
        return tuple(p for p in self.parts if isinstance(p, Field))

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns used, each once, in order."""
        return tuple(dict.fromkeys(c for f in self.fields if not f.position for c in f.columns))

    @property
    def constant(self) -> str | None:
        """The text of a template without fields, else None."""
        return None if self.fields else "".join(p for p in self.parts if isinstance(p, str))

    @property
    def is_number(self) -> bool:
        """Whether the template's value comes out of a filter that reads numbers, or out of the mapping itself."""
        last = [f.filters[-1].name for f in self.fields if f.filters]
        reads_numbers = not {"number", "percent", "duration"}.isdisjoint(last)
        return not self.fields or any(f.position for f in self.fields) or reads_numbers

    def renamed(self, names: Mapping[str, str]) -> Template:
        """Return the template with its columns called otherwise."""
        return Template(tuple(p.renamed(names) if isinstance(p, Field) else p for p in self.parts))

    @property
    def final_map(self) -> str | None:
        """Name of the value map that decides the template's values, else None."""
        if len(self.parts) == 1 and isinstance(field := self.parts[0], Field) and field.filters:
            last = field.filters[-1]
            return last.argument if last.name == "map" else None
        return None


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on a row: ``TEMPLATE``, ``TEMPLATE == text``, ``!= text`` or ``in text|text``."""

    template: Template
    operator: str = ""
    values: tuple[str, ...] = ()


def parse_template(text: str) -> Template:
    """Return the parsed template.

    Raises
    ------
    TemplateError
        On unbalanced braces, unknown filters and wrong arguments.

    >>> parse_template("{title} ({year|year})").columns
    ('title', 'year')
    """
    parts: list[str | Field] = []
    for token in _PARTS.split(text):
        if not token:
            continue
        if token in ("{{", "}}"):
            parts.append(token[0])
        elif token in ("{", "}"):
            raise TemplateError(f"a brace stands alone in {text!r}", "write {column}, or {{ and }} for braces")
        elif _PARTS.fullmatch(token):
            parts.append(_parse_field(token[1:-1]))
        else:
            parts.append(token)
    return Template(tuple(_joined(parts)))


def parse_condition(text: str) -> Condition:
    """Return the parsed condition.

    >>> c = parse_condition("{winner|map:result} in won|shortlisted")
    >>> c.operator, c.values
    ('in', ('won', 'shortlisted'))
    """
    masked = _PARTS.sub(lambda m: "x" * len(m.group()), text + " ")
    match = _OPERATOR.search(masked)
    if match is None:
        template = parse_template(text.strip())
        if not template.fields:
            raise TemplateError(f"{text!r} names no column", "write {column}, {column} == text or {column} in a|b")
        return Condition(template)
    template = parse_template(text[: match.start()].strip())
    if not template.fields:
        raise TemplateError(f"{text!r} names no column", "the column stands on the left: {column} == text")
    right = text[match.end() :].strip()
    if right[:1] in "\"'" and right[-1:] == right[:1] and len(right) > 1:
        right = right[1:-1]
    values = tuple(v.strip() for v in right.split("|")) if match[1] == "in" else (right,)
    return Condition(template, match[1], values)


def _parse_field(text: str) -> Field:
    name, *filters = _split_unescaped(text, "|")
    name = name.strip()
    if not name:
        raise TemplateError("a field has no column", "write {column}")
    if name.startswith("#"):
        if filters:
            raise TemplateError("{#} takes no filters")
        return Field(name[1:].strip(), position=True)
    parsed = tuple(_parse_filter(f) for f in filters)
    for previous, current in zip((None, *parsed), parsed, strict=False):
        if (current.name in ("first", "last")) != (previous is not None and previous.name == "split"):
            raise TemplateError("split is followed by first or last, and these only follow split",
                                "write {column|split:;|first}")  # fmt: skip
    return Field(name, parsed)


def _parse_filter(text: str) -> Filter:
    name, *rest = _split_unescaped(text, ":", limit=1)
    name = name.strip()
    rule = FILTERS.get(name)
    if rule is None:
        from rapidfuzz.process import extractOne

        near = extractOne(name, list(FILTERS), score_cutoff=60)
        raise TemplateError(
            f"there is no filter {name!r}", f"did you mean {near[0]}?" if near else f"filters: {', '.join(FILTERS)}"
        )
    argument = rest[0] if rest else None
    if (argument is None and rule.argument == "required") or (argument is not None and rule.argument == "none"):
        needs = "takes no argument" if rule.argument == "none" else f"needs {rule.expected or 'a text'}"
        raise TemplateError(f"filter {name} {needs}", "arguments follow a colon, as in {column|default:text}")
    if argument is not None and not re.fullmatch(rule.pattern, argument, re.DOTALL):
        raise TemplateError(f"filter {name} takes {rule.expected}, not {argument!r}")
    if name == "regex":
        _check_pattern(argument or "")
    return Filter(name, argument.strip() if argument and name in COLUMN_FILTERS else argument)


def _check_pattern(pattern: str) -> None:
    """Refuse a regular expression that Polars, which runs it, cannot read."""
    import polars as pl

    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.PolarsError as error:
        reason = next((x for x in str(error).splitlines() if x.startswith("error: ")), "error").removeprefix("error: ")
        raise TemplateError(
            f"{pattern!r} is no regular expression: {reason}", "look-around and back-references are not known"
        ) from error


def _split_unescaped(text: str, mark: str, limit: int = 0) -> list[str]:
    """Split at `mark`, then resolve escapes of that mark; deeper escapes stay for the next split."""
    pieces = re.split(rf"(?<!\\){re.escape(mark)}", text, maxsplit=limit)
    escaped = r"\\([|])" if mark == "|" else r"\\([}:{\\])"
    return [re.sub(escaped, r"\1", piece) for piece in pieces]


def _joined(parts: list[str | Field]) -> Iterator[str | Field]:
    """Yield the parts with neighbouring texts as one."""
    text = ""
    for part in parts:
        if isinstance(part, str):
            text += part
            continue
        if text:
            yield text
        text = ""
        yield part
    if text or not parts:
        yield text
