"""Small bar charts as SVG text; the numbers stand on the bars, so colour and hover are never needed."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

__all__ = ["Bars", "bar_chart", "column_chart"]

Bars = Sequence[tuple[str, float]]


def column_chart(bars: Bars, title: str, *, width: int = 720, height: int = 220) -> str:
    """Return upright bars, for a series over years.

    Parameters
    ----------
    bars
        Label and value, in the order shown; values are 0 or more.
    title
        Read out by screen readers.
    width, height
        Pixels of the view box; the picture scales with the page.
    """
    if not bars:
        return ""
    top = max(value for _, value in bars) or 1
    step = width / len(bars)
    base = height - 22
    skip = -(-len(bars) * 34 // width)
    parts = []
    for i, (label, value) in enumerate(bars):
        x, tall = i * step, (base - 18) * value / top
        parts.append(_bar(x + step * 0.12, base - tall, step * 0.76, tall))
        if value:
            parts.append(f'<text class="n" x="{x + step / 2:.1f}" y="{base - tall - 4:.1f}">{value:g}</text>')
        if i % skip == 0:
            parts.append(f'<text class="l" x="{x + step / 2:.1f}" y="{height - 6}">{escape(label)}</text>')
    parts.append(f'<line class="axis" x1="0" x2="{width}" y1="{base}" y2="{base}"/>')
    return _svg(width, height, title, parts)


def bar_chart(bars: Bars, title: str, *, width: int = 720, unit: str = "") -> str:
    """Return lying bars with their labels on the left, for a ranking."""
    if not bars:
        return ""
    top = max(value for _, value in bars) or 1
    row, left = 24, 200
    parts = []
    for i, (label, value) in enumerate(bars):
        y, wide = i * row, (width - left - 60) * value / top
        short = label if len(label) <= 30 else label[:29] + "…"
        parts.append(f'<text class="e" x="{left - 8}" y="{y + 16}">{escape(short)}</text>')
        parts.append(_bar(left, y + 4, wide, row - 8))
        parts.append(f'<text class="s" x="{left + wide + 6:.1f}" y="{y + 16}">{value:.4g}{escape(unit)}</text>')
    return _svg(width, len(bars) * row, title, parts)


def _bar(x: float, y: float, width: float, height: float) -> str:
    return f'<rect class="bar" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"/>'


def _svg(width: int, height: int, title: str, parts: Sequence[str]) -> str:
    head = f'<svg class="chart" viewBox="0 0 {width} {height}" role="img" aria-label={quoteattr(title)}>'
    return head + "".join(parts) + "</svg>"
