"""A bar chart as SVG, in the colours of the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

__all__ = ["bar_chart"]

_WIDE, _ROW, _NUMBERS = 720, 22, 80
_LETTERS = 34
_LETTER = 6.8


def bar_chart(title: str, bars: Sequence[tuple[str, float]], marked: Callable[[str], str] = str) -> str:
    """Return a chart of bars from left to right, each with its name and number; the table beside it tells the same.

    Parameters
    ----------
    title
        What is shown, read out by screen readers.
    bars
        Names and numbers, drawn in this order; numbers below zero have no bar.
    marked
        Gives a number its marks, written as ``1,234.5``.
    """
    most = max((number for _, number in bars), default=0) or 1
    left = 16 + _LETTER * min(_LETTERS, max((len(name) for name, _ in bars), default=0))
    high = _ROW * len(bars) + 8
    said = escape(title)
    parts = [
        f'<svg class="chart" viewBox="0 0 {_WIDE} {high}" role="img" aria-label="{said}"><title>{said}</title>',
    ]
    for place, (name, number) in enumerate(bars):
        y = place * _ROW + 4
        wide = max(0.0, number) / most * (_WIDE - left - _NUMBERS)
        short = name if len(name) <= _LETTERS else name[: _LETTERS - 1] + "…"
        parts.append(
            f'<text x="{left - 8:.1f}" y="{y + 14}" text-anchor="end">{escape(short)}</text>'
            f'<rect x="{left:.1f}" y="{y + 2}" width="{wide:.1f}" height="{_ROW - 6}">'
            f"<title>{escape(name)}</title></rect>"
            f'<text x="{left + wide + 6:.1f}" y="{y + 14}">{marked(f"{number:,.10g}")}</text>'
        )
    return "".join([*parts, "</svg>"])
