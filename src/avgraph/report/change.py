"""How the networks changed: windows of years, as tables and as small charts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from avgraph.network import Network
from avgraph.report.charts import bars, lines
from avgraph.report.parts import Column, Part, Row, Section, Table, members

__all__ = ["change_section", "window_width"]

#: Width of a window [1]_, and the years from which on it is that wide.
#:
#: .. [1] S. Juhász, G. Tóth and B. Lengyel, "Brokering the core and the periphery", PLOS ONE 15(2), e0229436 (2020).
_WIDTH, _LONG = 7, 14
#: More windows than this are not shown; they then begin several years apart.
_WINDOWS = 24
_SHOWN = ("nodes", "edges", "works", "born", "revived", "persisting", "dissolved", "newcomers", "leavers")
_HEADINGS = ("Members", "Ties", "Works", "Born", "Revived", "Kept", "Dissolved", "Newcomers", "Leavers")


def window_width(n_years: int) -> int:
    """Return how many years wide windows are where so many years are observed: seven, or a third of a short span.

    >>> window_width(22), window_width(13), window_width(6), window_width(2)
    (7, 4, 2, 1)
    """
    return _WIDTH if n_years >= _LONG else max(1, n_years // 3)


def change_section(networks: dict[str, Network]) -> Section:
    """Return the section on what comes, stays and goes from one window of years to the next."""
    note = (
        "Each window of years is a network of its own. Ties are born where the two never worked together before, "
        "revived where they did but not in the window before, kept, or dissolved; newcomers were in no earlier window, "
        "leavers are of the one before and gone. Members and ties of the first years may be older than the data."
    )
    return Section("change", "How the networks changed", note, [_part(kind, net) for kind, net in networks.items()])


def _part(kind: str, net: Network) -> Part:
    title = members(kind).capitalize()
    if net.covered is None:
        return Part(title, ("Left out: no work has a year.",))
    first, last = net.covered
    n_years = last - first + 1
    if n_years < 2:
        return Part(title, (f"Left out: all works are of {first}.",))
    width = window_width(n_years)
    step = min(width, -(-(n_years - width + 1) // _WINDOWS))
    table = list(net.evolution(width, step).iter_rows(named=True))
    names = [_years(row) for row in table]
    often = "each year" if step == 1 else f"every {step} years"
    every = f"windows of {width} year{'s' if width > 1 else ''}, one beginning {often}"
    undated = f" Rows without a year, in none of them: {net.n_undated:,}." if net.n_undated else ""
    rows = [
        Row((name, *("–" if row[column] is None else f"{row[column]:,}" for column in _SHOWN)))
        for name, row in zip(names, table, strict=True)
    ]
    columns = (Column("Years"), *(Column(heading, "num") for heading in _HEADINGS))
    charts = (
        lines(
            f"Members, ties and newcomers of the {kind} network by window", names,
            {"ties": _column(table, "edges"), "members": _column(table, "nodes"),
             "newcomers": _column(table, "newcomers")},
        ),
        bars(
            f"Ties born and dissolved in the {kind} network by window", names[1:], ("born", "dissolved"),
            [row["born"] for row in table[1:]], [row["dissolved"] for row in table[1:]],
        ),
    )  # fmt: skip
    # With one window alone there is no change to draw.
    shown = charts if len(table) > 1 else ()
    read = " Below the charts stands the last year of a window." if shown and width > 1 else ""
    caption = f"The {kind} network from window to window"
    note = f"{first} to {last}: {every}.{undated}{read}"
    return Part(title, (note,), shown, (Table(caption, columns, rows, scrolls=True),))


def _column(table: Sequence[dict[str, Any]], name: str) -> list[int | None]:
    return [row[name] for row in table]


def _years(row: dict[str, Any]) -> str:
    first, last = row["first_year"], row["last_year"]
    return str(last) if first == last else f"{first}–{last}"
