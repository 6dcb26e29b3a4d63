"""Small charts as SVG; their colours are those of the page, and shape tells as much as colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil

__all__ = ["bars", "lines"]

_WIDE, _HIGH = 340.0, 190.0
_RIGHT, _TOP, _BOTTOM = 10.0, 26.0, 24.0
#: The room left of the field, where the numbers need no more of it; and what a letter needs.
_LEFT, _LETTER = 40.0, 6.8
_LABELS = 5
_LOOKS = (("bar", ""), ("warn", "5 3"), ("soft", "1.5 2.5"))


def lines(title: str, names: Sequence[str], series: Mapping[str, Sequence[int | None]]) -> str:
    """Return a chart of up to three lines over the windows `names`; unknown values are not drawn."""
    top = _nice(max((value for values in series.values() for value in values if value is not None), default=0))
    field = _Field(0, top, names)
    parts = field.axes()
    at = field.left
    for (name, values), (colour, dash) in zip(series.items(), _LOOKS, strict=False):
        known = [(field.x(i), field.y(value)) for i, value in enumerate(values) if value is not None]
        stroke = f'stroke="var(--{colour})" stroke-width="2"' + (f' stroke-dasharray="{dash}"' if dash else "")
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in known)
        parts.append(f'<polyline points="{points}" fill="none" {stroke}/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.4" fill="var(--{colour})"/>' for x, y in known]
        parts.append(f'<line x1="{at:.0f}" x2="{at + 22:.0f}" y1="10" y2="10" {stroke}/>{_text(at + 27, 14, name)}')
        at += 42 + _LETTER * len(name)
    return _svg(title, parts)


def bars(title: str, names: Sequence[str], called: tuple[str, str], up: Sequence[int], down: Sequence[int]) -> str:
    """Return a chart of bars: over the windows `names` what comes goes up, and what goes goes down."""
    top = _nice(max([*up, *down], default=0))
    field = _Field(-top, top, names)
    parts = field.axes()
    wide = min(26.0, 0.7 * (_WIDE - field.left - _RIGHT) / max(1, len(names)))
    for i, (came, went) in enumerate(zip(up, down, strict=True)):
        x = field.x(i) - wide / 2
        for value, look in (
            (came, 'fill="var(--bar)"'),
            (-went, 'fill="none" stroke="var(--warn)" stroke-width="1.5"'),
        ):
            y = sorted((field.y(value), field.y(0)))
            parts.append(f'<rect x="{x:.1f}" y="{y[0]:.1f}" width="{wide:.1f}" height="{y[1] - y[0]:.1f}" {look}/>')
    legend = ((called[0], 'fill="var(--bar)"'), (called[1], 'fill="none" stroke="var(--warn)" stroke-width="1.5"'))
    for place, (name, look) in enumerate(legend):
        at = field.left + 90 * place
        parts.append(f'<rect x="{at:.0f}" y="5" width="10" height="10" {look}/>{_text(at + 15, 14, name)}')
    return _svg(title, parts)


@dataclass(frozen=True, slots=True)
class _Field:
    """Where values from `low` to `high` lie, over windows with these names."""

    low: float
    high: float
    names: Sequence[str]

    @property
    def left(self) -> float:
        return max(_LEFT, 9 + _LETTER * len(_number(self.high)))

    def x(self, place: int) -> float:
        return self.left + (_WIDE - self.left - _RIGHT) * (place + 0.5) / max(1, len(self.names))

    def y(self, value: float) -> float:
        return _TOP + (_HIGH - _TOP - _BOTTOM) * (self.high - value) / (self.high - self.low)

    def axes(self) -> list[str]:
        """Return lines across with their numbers, and the last years of some windows, the last one always among them.

        The lines are at the ends and in the middle.
        """
        parts = []
        for value in (self.low, (self.low + self.high) / 2, self.high):
            y = self.y(value)
            parts.append(f'<line x1="{self.left:.1f}" x2="{_WIDE - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" ')
            parts.append(f'stroke="var(--line)"/>{_text(self.left - 5, y + 4, _number(value), "end")}')
        every = -(-len(self.names) // _LABELS)
        parts += [
            _text(self.x(i), _HIGH - 6, name.rpartition("–")[2], "middle")
            for i, name in enumerate(self.names)
            if (len(self.names) - 1 - i) % every == 0
        ]
        return parts


def _svg(title: str, parts: Sequence[str]) -> str:
    said = escape(title)
    return (
        f'<svg class="chart" viewBox="0 0 {_WIDE:.0f} {_HIGH:.0f}" role="img" aria-label="{said}"><title>{said}</title>'
        f"{''.join(parts)}</svg>"
    )


def _number(value: float) -> str:
    return f"{abs(value):,.10g}"


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _nice(value: float) -> float:
    """Return the least of 2, 4, 6, 8, 10, 20, 40 … that is not below a value.

    >>> _nice(0), _nice(5), _nice(42), _nice(100.5)
    (2.0, 6.0, 60.0, 200.0)
    """
    step = 2.0
    while 5 * step < value:
        step *= 10
    return max(1, ceil(value / step)) * step
