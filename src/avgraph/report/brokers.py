"""Who stands between two countries."""

from __future__ import annotations

from typing import Any

import polars as pl

from avgraph.countries import country_code, country_name, nearest_country
from avgraph.errors import AvgraphError
from avgraph.knowledge import KnowledgeGraph
from avgraph.network import BrokerageIntervals, Network
from avgraph.report.evidence import words_behind
from avgraph.report.networks import effort_of
from avgraph.report.parts import Column, Part, Row, Section, Table, left_out, listed, members, percent, within

__all__ = ["brokers_section", "country_pair"]

_KINDS = ("company", "person")
_TOP = 8
_NAMED = 4
_TITLE = "Brokers between two countries"


def country_pair(text: str) -> tuple[str, str]:
    """Return the codes of two countries, written as ``BE,LU``; names will do.

    Raises
    ------
    AvgraphError
        If there are not two, one is unknown, or both are the same.

    >>> country_pair("BE, Luxembourg")
    ('BE', 'LU')
    """
    names = [name.strip() for name in text.split(",")]
    if len(names) != 2 or not all(names):
        raise AvgraphError(f"{text!r} does not name two countries", "write two codes with a comma, such as BE,LU")
    codes = [country_code(name) for name in names]
    for name, code in zip(names, codes, strict=True):
        if code is None:
            near = nearest_country(name)
            raise AvgraphError(f"{name!r} is no country", f"did you mean {near!r}?" if near else "write codes: BE,LU")
    one, other = (str(code) for code in codes)
    if one == other:
        raise AvgraphError(f"{text!r} names one country twice", "name two different countries")
    return one, other


def brokers_section(kg: KnowledgeGraph, networks: dict[str, Network], between: tuple[str, str] | None) -> Section:
    """Return the section on who stands between two countries; without `between` those with most joint works.

    Raises
    ------
    AvgraphError
        If no company and no person of the graph is known to be of a country that was asked for.
    """
    countries = {kind: _countries(net) for kind, net in networks.items() if kind != "country"}
    if between:
        _check(between, countries)
    pair = between or _most_joint(networks.get("country"))
    if pair is None:
        return Section("brokers", _TITLE, "Left out: no work is known to be of two countries.")
    names = [country_name(code) or code for code in pair]
    note = (
        "A broker has partners on both sides who have no tie to each other. A gatekeeper is of one of the two "
        "countries, a liaison of a third one. The two are "
        + ("those asked for." if between else "those with most joint works (--between names others).")
        + " Ranks are taken anew as in the networks above."
    )
    parts = [_part(kg, kind, networks[kind], countries[kind], pair, names) for kind in _KINDS if kind in networks]
    title = f"Brokers between {names[0]} and {names[1]}"
    return Section("brokers", title, note + left_out(_KINDS, networks), parts)


def _most_joint(countries: Network | None) -> tuple[str, str] | None:
    """Return the codes of the two countries with most joint works, in alphabetical order."""
    if countries is None:
        return None
    code = dict(countries.nodes.select("node", "country").iter_rows())
    ties = countries.edges.sort("n_works", "source", "target", descending=[True, False, False])
    for source, target in ties.select("source", "target").iter_rows():
        one, other = sorted((code[source] or "", code[target] or ""))
        if one and one != other:
            return one, other
    return None


def _countries(net: Network) -> dict[str, list[str]]:
    """Return the countries of each member of whom any is known."""
    known = net.nodes.filter(pl.col("countries").list.len() > 0)
    return dict(known.select("node", "countries").iter_rows())


def _check(pair: tuple[str, str], countries: dict[str, dict[str, list[str]]]) -> None:
    known = {code for of_kind in countries.values() for codes in of_kind.values() for code in codes}
    for code in pair:
        if code not in known:
            there = ", ".join(sorted(known)) or "none"
            raise AvgraphError(
                f"no company and no person with a part in a work is known to be of {country_name(code)}",
                f"countries of companies and people in this graph: {there}",
            )


def _part(
    kg: KnowledgeGraph, kind: str, net: Network, countries: dict[str, list[str]], pair: tuple[str, str],
    names: list[str],
) -> Part:  # fmt: skip
    title = members(kind).capitalize()
    # Who is of several countries counts for one of the two where it can.
    groups = {member: next((code for code in codes if code in pair), codes[0]) for member, codes in countries.items()}
    for code, name in zip(pair, names, strict=True):
        if code not in groups.values():
            return Part(
                title, (f"Left out: of no {members(kind, 1)} with a part in a work it is known to be of {name}.",)
            )
    found, sure = _found(net, groups, pair)
    said = f"{len(groups):,} of {net.nodes.height:,} {members(kind)} are of known country. "
    if found.table.is_empty():
        return Part(title, (f"{said}None stands between {names[0]} and {names[1]}.",))
    shown = [_with_ties(net, row) for row in found.table.head(_TOP).iter_rows(named=True)]
    # Of each side the partner with most joint works.
    quotes = words_behind(kg, [[row["first_partners"][0], row["second_partners"][0]] for row in shown])
    titles = _titles(net, {work for row in shown for work in row["works"]})
    rows = [Row(_cells(row, titles, sure), words) for row, words in zip(shown, quotes, strict=True)]
    level = percent(found.level)
    columns = (
        Column("Broker", "text"), Column(f"Pairs ({level})" if sure else "Pairs", "num"),
        Column(f"Rank ({level})", "num"), Column(f"Partners, {names[0]}", "text"),
        Column(f"Partners, {names[1]}", "text"), Column("Joint works", "text"),
    )  # fmt: skip
    caption = (
        f"{title} between {names[0]} and {names[1]}: pairs of partners that have no tie but through the broker; ranks "
        f"from {found.n} resamples"
    )
    n = found.table.height
    first = f"the {len(shown)} between most pairs are shown." if n > len(shown) else "all are shown."
    return Part(
        title, (f"{said}{n:,} stand between the two; {first}", _doubted(found)), tables=(Table(caption, columns, rows),)
    )


def _found(
    net: Network, groups: dict[str, str], pair: tuple[str, str]
) -> tuple[BrokerageIntervals, dict[str, tuple[int, int]]]:
    """Return the brokers with intervals of their ranks, and the interval of the pairs of each.

    Pairs are fewer wherever works are drawn again, so their interval is that of doubted claims alone; there is none
    where no claim is doubted.
    """
    n_draws = effort_of(net).n_draws
    found = net.brokerage_intervals(groups, n_draws, between=pair, top=_TOP)
    if not found.n_doubted:
        return found, {}
    claims = net.brokerage_intervals(groups, n_draws, between=pair, of="claims", top=_TOP)
    return found, {node: (low, high) for node, low, high in claims.table.select("node", "low", "high").iter_rows()}


def _doubted(found: BrokerageIntervals) -> str:
    if not found.n_doubted:
        return "No claim of this network is doubted, so that the number of pairs has no interval."
    return (
        f"The interval of the pairs is that of {found.n} draws that keep each doubted claim ({found.n_doubted:,} in "
        "all) by its confidence."
    )


def _with_ties(net: Network, row: dict[str, Any]) -> dict[str, Any]:
    """Return a broker with its ties in place of its partners, those of most joint works first."""
    sides = {
        side: sorted((net.edge(row["node"], partner) for partner in row[side]), key=lambda tie: -tie.n_works)
        for side in ("first_partners", "second_partners")
    }
    return row | sides


def _cells(row: dict[str, Any], titles: dict[str, str], sure: dict[str, tuple[int, int]]) -> list[str]:
    who = f"{row['label']} ({row['group']}), {row['role']}" if row["group"] else f"{row['label']}, of unknown country"
    sides = [
        listed([tie.target_label if tie.source == row["node"] else tie.source_label for tie in row[side]], _NAMED)
        for side in ("first_partners", "second_partners")
    ]
    works = listed(sorted(titles[work] for work in row["works"]), _NAMED)
    pairs = f"{row['triads']:,}"
    if row["node"] in sure:
        pairs = within(pairs, *(f"{end:,}" for end in sure[row["node"]]))
    rank = within(*(f"{row[name]:,}" for name in ("rank", "rank_low", "rank_high")))
    return [who, pairs, rank, *sides, works]


def _titles(net: Network, works: set[str]) -> dict[str, str]:
    """Return what works are called, with the year where it is known."""
    years = net.incidence.filter(pl.col("work").is_in(works)).group_by("work").agg(pl.first("first_year"))
    rows = net.works.join(years, on="work").select("work", "label", "first_year").iter_rows()
    return {work: f"{label} ({year})" if year else label for work, label, year in rows}
