"""Tables whose first row names their columns, separated by tabs or bars."""

from __future__ import annotations

import re

from avgraph.extraction.layout import Segment
from avgraph.extraction.mentions import Mention
from avgraph.extraction.relations.context import Context
from avgraph.extraction.relations.credits import credit_facts
from avgraph.extraction.relations.lines import label_of, list_candidate, mention_of, trim

__all__ = ["run_tables"]


def _cells(text: str) -> list[tuple[int, int]]:
    """Return the cells of a row separated by tabs or bars."""
    sign = "\t" if "\t" in text else "|"
    if text.count(sign) < 1:
        return []
    cells, begin = [], 0
    for match in re.finditer(re.escape(sign) + ("+" if sign == "\t" else ""), text + sign):
        cells.append(trim(text, begin, min(match.start(), len(text))))
        begin = match.end()
    return [c for c in cells if c[0] <= c[1]]


def run_tables(context: Context) -> None:
    """Read tables whose first row names its columns."""
    columns: list[str | None] = []
    funder = context.funder
    for segment in context.segments:
        cells = _cells(segment.text)
        if len(cells) < 2:
            columns = []
            continue
        labels = [label_of(segment.text[a:b], context) for a, b in cells]
        if sum(label is not None for label in labels) >= max(2, len(cells) - 1) and not any(
            ":" in segment.text[a:b] for a, b in cells
        ):
            columns = labels
            context.structured.add(segment.index)
            continue
        if len(cells) == len(columns):
            _row(context, segment, cells, columns, funder)


def _row(
    context: Context, segment: Segment, cells: list[tuple[int, int]], columns: list[str | None], funder: Mention | None
) -> None:
    at = columns.index("title") if "title" in columns else 0
    a, b = cells[at]
    if a >= b:
        return
    bracket = segment.text.find(" (", a, b)
    work = mention_of(context, segment, "W", a, bracket if bracket > a else b)
    context.structured.add(segment.index)
    context.topics[segment.index] = work
    for (start, end), label in zip(cells, columns, strict=True):
        if label in (None, "title") or start >= end:
            continue
        if label == "amount":
            sums = [m for m in context.mentions[segment.index] if m.kind == "M" and start <= m.start < end]
            if sums and funder is not None:
                context.add(
                    [list_candidate(segment, funder, "supported", work, "table-grant", {"amount": sums[0].surface})]
                )
            continue
        context.add(credit_facts(context, segment, work, label, label, start, end))
