"""Lists of lines in text files: each line is a row, cut into columns by patterns with named groups.

Lines that match a heading are no rows: what the heading's groups say holds for the lines below it, until a heading
of the same or a higher level.  Any other line is a row, and one that no pattern matches is kept out with its line.
"""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path
from typing import Any

from avgraph.sources.readers import RawTable
from avgraph.sources.records import Records
from avgraph.sources.rules import TableOptions

__all__ = ["compiled", "line_columns", "pattern_fault", "read_lines"]

_MAX_LINE_CHARACTERS = 5_000
_HEAD_LINES = 300
_GROUP = re.compile(r"\(\?<(?=[A-Za-z_])")


def compiled(pattern: str) -> re.Pattern[str]:
    """Return a pattern; named groups may be written ``(?<name>…)`` as well as ``(?P<name>…)``.

    Raises
    ------
    re.error
        If it is no pattern.

    >>> compiled(r"(?<title>.+) – (?<year>[0-9]{4})").fullmatch("Rust – 2010").groupdict()
    {'title': 'Rust', 'year': '2010'}
    """
    return re.compile(_GROUP.sub("(?P<", pattern))


def pattern_fault(pattern: str) -> str | None:
    """Return why a pattern cannot be used, None for a good one.

    A repeated group that itself holds a repetition without end may take longer than anybody waits.

    >>> pattern_fault("(a+)+b"), pattern_fault("(a"), pattern_fault("(?<a>.+) – (?<b>.+)")
    ('a repetition inside a repeated group can take for ever', 'missing ), unterminated subpattern', None)
    """
    import re._parser as parser  # type: ignore[import-not-found]

    try:
        compiled(pattern)
        tree = parser.parse(_GROUP.sub("(?P<", pattern))
    except re.error as error:
        return error.msg
    return "a repetition inside a repeated group can take for ever" if _explodes(tree, parser, False) else None


def _explodes(tree: Any, parser: Any, repeated: bool) -> bool:
    """Tell whether an endless repetition stands inside another; atomic and possessive ones give nothing back."""
    for operation, argument in tree:
        name = str(operation)
        if name in ("MAX_REPEAT", "MIN_REPEAT"):
            _, most, inner = argument
            endless = most == parser.MAXREPEAT
            if (endless and repeated) or _explodes(inner, parser, repeated or (endless and len(inner) > 0)):
                return True
        elif name in ("ATOMIC_GROUP", "POSSESSIVE_REPEAT"):
            continue
        else:
            parts = argument if isinstance(argument, (list, tuple)) else [argument]
            for part in parts:
                inner_trees = part if isinstance(part, list) else [part]
                for inner in inner_trees:
                    if isinstance(inner, parser.SubPattern) and _explodes(inner, parser, repeated):
                        return True
    return False


def line_columns(path: Path, options: TableOptions) -> list[str] | None:
    """Return the columns of a list of lines: the groups of headings and patterns, and ``line``, the whole.

    None where no pattern fits any of the first lines: it is another list.
    """
    from avgraph.sources.delimited import open_text

    patterns = [compiled(p) for p in options.pattern]
    stream, _ = open_text(path, options.encoding)
    with stream:
        head = (line.strip().removeprefix("\ufeff").strip() for line in islice(stream, options.skip_rows, _HEAD_LINES))
        if not any(len(line) <= _MAX_LINE_CHARACTERS and p.fullmatch(line) for line in head for p in patterns):
            return None
    return _columns(options)


def _columns(options: TableOptions) -> list[str]:
    groups = [g for p in (*options.heading, *options.pattern) for g in compiled(p).groupindex]
    return list(dict.fromkeys([*groups, "line"]))


def read_lines(path: Path, options: TableOptions, source: str) -> RawTable:
    """Read a list of lines; see :mod:`avgraph.sources.readers`."""
    from avgraph.sources.delimited import open_text

    headings = [compiled(p) for p in options.heading]
    patterns = [compiled(p) for p in options.pattern]
    ignored = [compiled(p) for p in options.ignore]
    records = Records(options, source, "line")
    records.columns.update(dict.fromkeys(_columns(options)))
    standing: list[dict[str, str | None]] = [{} for _ in headings]
    stream, _ = open_text(path, options.encoding)
    number = 0
    with stream:
        try:
            for number, raw in enumerate(stream, start=1):
                line = raw.strip().removeprefix("\ufeff").strip()
                if number <= options.skip_rows or not line:
                    continue
                if len(line) > _MAX_LINE_CHARACTERS:
                    records.refuse(number, "line too long", f"the line has more than {_MAX_LINE_CHARACTERS:,} "
                                   "characters", "part it into lines")  # fmt: skip
                    continue
                if any(p.fullmatch(line) for p in ignored):
                    continue
                found = next(((i, m) for i, p in enumerate(headings) if (m := p.fullmatch(line))), None)
                if found is not None:
                    level, match = found
                    standing[level:] = [match.groupdict(), *({} for _ in headings[level + 1 :])]
                    continue
                cells = next((m.groupdict() for p in patterns if (m := p.fullmatch(line))), None)
                if cells is None:
                    shown = line if len(line) <= 60 else line[:59] + "…"
                    records.refuse(number, "no pattern fits", f"no pattern fits {shown!r}",
                                   "correct the line, or add a pattern, a heading or an ignore to [table]")  # fmt: skip
                    continue
                above = {k: v for groups in standing for k, v in groups.items() if v is not None}
                own = {k: v for k, v in cells.items() if v is not None}
                records.add(number, {**above, **own, "line": line})
        except EOFError:
            records.cut(f"line {number}")
    return records.table()
