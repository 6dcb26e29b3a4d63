"""What sections of the report are made of, and how figures are written in them."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, field

__all__ = [
    "Column",
    "Part",
    "Quote",
    "Row",
    "Section",
    "Table",
    "figure",
    "left_out",
    "listed",
    "members",
    "percent",
    "signed",
    "within",
]

#: What a member of each kind of network is called, one and several.
_CALLED = {"company": ("company", "companies"), "person": ("person", "people"), "country": ("country", "countries")}


@dataclass(frozen=True, slots=True)
class Quote:
    """The words behind a figure, and where they stand."""

    words: str
    place: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, and ``"num"`` (a number), ``"text"`` (may break into lines) or neither."""

    title: str
    form: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row, the first of which names it, and what stands behind them."""

    cells: Sequence[str]
    quotes: Sequence[Quote] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption; on a phone its cells are stacked, or it scrolls in a frame."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    scrolls: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a section: notes stand above its charts (SVG), these above its tables."""

    title: str
    notes: Sequence[str] = ()
    charts: Sequence[str] = ()
    tables: Sequence[Table] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A section with a heading to link to."""

    name: str
    title: str
    note: str
    parts: Sequence[Part] = field(default=())


def figure(value: object) -> str:
    """Return a figure as it is shown: three significant digits of a fraction, thousands apart.

    >>> figure(None), figure(12345), figure(0.00004), figure(0.7), figure(17.0), figure(4321.5)
    ('unknown', '12,345', '< 0.001', '0.700', '17', '4,322')
    """
    if value is None:
        return "unknown"
    if isinstance(value, int):
        return f"{value:,}"
    if not isinstance(value, float):
        return str(value)
    if 0 < value < 0.001:
        return "< 0.001"
    if value.is_integer() or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:#.3g}"


def percent(share: float) -> str:
    """Return a share, 0 to 1, in percent.

    >>> percent(0.0044), percent(0.08), percent(0.0999), percent(0.5), percent(1.0), percent(0.0)
    ('0.44 %', '8.0 %', '10 %', '50 %', '100 %', '0 %')
    """
    value = 100 * share
    return f"{value:.0f} %" if value >= 9.95 or value == 0 else f"{value:#.2g} %"


def signed(value: float) -> str:
    """Return a difference with its sign; what is 0 to two places has none.

    >>> signed(0.271), signed(-0.0312), signed(-0.0004)
    ('+0.27', '-0.03', '0.00')
    """
    text = f"{value:+.2f}"
    return text[1:] if text[1:] == "0.00" else text


def within(value: str, low: str, high: str) -> str:
    """Return a value with its interval.

    >>> within("7.1 %", "3.5 %", "14 %"), within("0.62", "0.39", "0.85"), within("0.00", "-0.1", "+0.3")
    ('7.1 % (3.5–14 %)', '0.62 (0.39–0.85)', '0.00 (-0.1 to +0.3)')
    """
    if low[:1] in "+-" or high[:1] in "+-":
        return f"{value} ({low} to {high})"
    return f"{value} ({low.removesuffix(' %')}–{high})"


def listed(names: Sequence[str], most: int) -> str:
    """Return names in one line, and how many are left out.

    >>> listed(["A", "B", "C"], 2), listed(["A"], 2)
    ('A, B and 1 more', 'A')
    """
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def members(kind: str, n: int = 2) -> str:
    """Return what `n` members of a kind of network are called."""
    return _CALLED[kind][n != 1]


def left_out(kinds: Sequence[str], known: Container[str]) -> str:
    """Return what a section says of the kinds of network that are not known, after a space; nothing where all are.

    >>> left_out(("company", "person"), {"person"}), left_out(("company",), {"company"})
    (' Companies are left out: no two are known to have a joint work.', '')
    """
    missing = [members(kind) for kind in kinds if kind not in known]
    if not missing:
        return ""
    return f" {' and '.join(missing).capitalize()} are left out: no two are known to have a joint work."
