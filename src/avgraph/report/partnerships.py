"""Partnerships that recur: pairs with most joint works, and how probable another one is."""

from __future__ import annotations

import polars as pl

from avgraph.knowledge import KnowledgeGraph
from avgraph.network import Network, Tie, project
from avgraph.report.evidence import words_behind
from avgraph.report.parts import Column, Part, Row, Section, Table, left_out, listed, members, percent, within

__all__ = ["partnerships_section"]

_KINDS = ("company", "person")
_TOP = 10
_NAMED = 5
_SILENCE_YEARS = 5
_FORMER = 6
_SERIES = "SELECT DISTINCT ?part ?series WHERE { ?part schema:partOfSeries ?series }"


def partnerships_section(kg: KnowledgeGraph, networks: dict[str, Network]) -> Section:
    """Return the section on the pairs of companies and of people that work together again and again."""
    note = (
        "Pairs with two joint works or more, those with most first; a series and its seasons count as one work. A tie "
        f"is taken as ended after {_SILENCE_YEARS} years without a joint work. The probability of another joint work "
        "is that of a pair in one year, over the years lived through with so many (Wilson’s interval, as if years were "
        "independent); who came back will be more in the end."
    )
    series = {str(row["part"]): str(row["series"]) for row in kg.query(_SERIES)}
    parts = [_part(kg, kind, networks[kind], series) for kind in _KINDS if kind in networks]
    return Section("partnerships", "Partnerships that recur", note + left_out(_KINDS, networks), parts)


def _part(kg: KnowledgeGraph, kind: str, net: Network, series: dict[str, str]) -> Part:
    title = members(kind).capitalize()
    net = _whole_works(kg, net, series)
    lives = net.tie_lives(silence_years=_SILENCE_YEARS).filter(pl.col("n_works") > 1)
    if lives.is_empty():
        return Part(title, (f"No two of {net.nodes.height:,} {members(kind)} have two joint works.",))
    again = f"{lives.height:,} of {net.edges.height:,} pairs have two joint works or more"
    shown = lives.head(_TOP)
    ties = [net.edge(source, target) for source, target in shown.select("source", "target").iter_rows()]
    quotes = words_behind(kg, [[tie] for tie in ties])
    rows = [
        Row(_cells(tie, alive, net.covered), words)
        for tie, alive, words in zip(ties, shown["censored"], quotes, strict=True)
    ]
    columns = (
        Column("Pair", "text"),
        Column("Works", "num"),
        Column("Years"),
        Column("Tie"),
        Column("Joint works", "text"),
    )
    tables = [Table(f"Pairs of {members(kind)} with most joint works", columns, rows), *_repeats(kind, net)]
    first = f"; the first {len(rows)} are shown." if lives.height > len(rows) else "."
    notes = [again + first]
    if net.covered is None:
        notes.append("Which ties are alive, and how probable another joint work is, is left out: no work has a year.")
    elif net.covered[1] - net.covered[0] < _SILENCE_YEARS:
        notes.append(
            f"The years {net.covered[0]} to {net.covered[1]} are too few to tell of any tie that it has ended."
        )
    return Part(title, notes, tables=tables)


def _whole_works(kg: KnowledgeGraph, net: Network, series: dict[str, str]) -> Network:
    """Return the network with each season and episode taken for its series."""
    if not series.keys() & set(net.memberships["work"]):
        return net
    whole = {part: series.get(of, of) for part, of in series.items()}
    rows = net.memberships.with_columns(pl.col("work").replace(whole))
    nodes = net.nodes.select(pl.col("node").alias("member"), "label", "type", "countries")
    return project(rows, nodes, works=kg.labels(set(rows["work"])), name=net.name)


def _cells(tie: Tie, alive: bool | None, covered: tuple[int, int] | None) -> list[str]:
    years = "unknown"
    if tie.first_year is not None:
        years = str(tie.first_year) if tie.first_year == tie.last_year else f"{tie.first_year}–{tie.last_year}"
    state = "unknown" if alive is None or covered is None else "alive" if alive else "ended"
    return [
        f"{tie.source_label} and {tie.target_label}", str(tie.n_works), years, state,
        listed(tie.works["label"].to_list()[::-1], _NAMED),
    ]  # fmt: skip


def _repeats(kind: str, net: Network) -> list[Table]:
    """Return the table of how probable another joint work is, none where no year was seen after a first one."""
    found = net.repeats().filter(pl.col("pair_years") > 0).head(_FORMER)
    rows = [
        Row((
            f"{row['n_former']} joint work{'s' if row['n_former'] > 1 else ''}", f"{row['n_pairs']:,}",
            f"{row['n_again']:,} ({percent(row['again'])})",
            within(percent(row["per_year"]), percent(row["low"]), percent(row["high"])), f"{row['pair_years']:,}",
        ))
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    columns = (
        Column("After"), Column("Pairs", "num"), Column("Came back", "num"), Column("Per year", "num"),
        Column("Years seen", "num"),
    )  # fmt: skip
    caption = f"How probable another joint work of two {members(kind)} is in a year, with intervals of 95 %"
    return [Table(caption, columns, rows)] if rows else []
