"""``network``, ``report``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from avgraph.cli.output import Number, echo_json, echo_table, graph_option, json_option
from avgraph.errors import cannot_write

if TYPE_CHECKING:
    from avgraph.knowledge import KnowledgeGraph
    from avgraph.network import Network
    from avgraph.network.measures import Measure

__all__ = ["network", "report"]

_KINDS = ("person", "company", "country", "funder", "broadcaster", "distributor", "partner")
_MEASURES = ("degree", "strength", "betweenness", "closeness", "pagerank", "clustering", "core", "coreness",
             "constraint", "effective size")  # fmt: skip
_WRITERS = {
    ".graphml": "write_graphml", ".gexf": "write_gexf", ".parquet": "write_edges", ".csv": "write_edges",
    ".html": "write_html",
}  # fmt: skip


@click.command()
@click.argument("kind")
@click.option("--from", "first", type=int, metavar="YEAR", help="First year of the works.")
@click.option("--to", "last", type=int, metavar="YEAR", help="Last year of the works.")
@click.option("--role", "roles", multiple=True, help="Only members in this role (may be given again).")
@click.option(
    "--weight",
    type=click.Choice(["newman", "count", "share"]),
    default="newman",
    show_default=True,
    help="What a joint work of n members adds to a tie: 1/(n-1), 1, or the product of the two shares.",
)
@click.option("--half-life", type=Number(min=0, min_open=True), help="Years after which a joint work counts half.")
@click.option(
    "--of-kind", "work_kinds", multiple=True, help="Only works of this kind: film, series … (may be given again)."
)
@click.option("--min-weight", default=0.0, type=Number(min=0), help="Drop lighter ties.")
@click.option(
    "--rank", "measure", type=click.Choice(_MEASURES), default="betweenness", show_default=True, help="Rank by this."
)
@click.option("--top", default=15, type=click.IntRange(min=1), show_default=True, help="How many to list.")
@click.option("--communities", is_flag=True, help="List the communities instead.")
@click.option("--seed", default=7, type=click.IntRange(min=0), show_default=True, help="Of the community search.")
@click.option("--work", metavar="COLUMN", help="For a table: the column of works.")
@click.option("--member", metavar="COLUMN", help="For a table: the column of members.")
@click.option("--year", metavar="COLUMN", help="For a table: the column of years.")
@click.option("--role-column", metavar="COLUMN", help="For a table: the column of roles.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Write .graphml, .gexf, .parquet or .csv (edges), or .html (a page to look around in).",
)
@graph_option
@json_option
def network(
    kind: str, first: int | None, last: int | None, roles: tuple[str, ...], weight: Literal["newman", "count", "share"],
    half_life: float | None, work_kinds: tuple[str, ...], min_weight: float, measure: Measure, top: int,
    communities: bool, seed: int, work: str | None, member: str | None, year: str | None, role_column: str | None,
    output: Path | None, graph: str, as_json: bool,
) -> None:  # fmt: skip
    """Measure the network of KIND, or of a table (CSV, TSV, Parquet).

    KIND is person, company, country, funder, broadcaster, distributor, or partner: every organization with a part in a
    work.

    The ranking goes to standard output, the figures of the whole network to standard error.

    \b
    avgraph network company --from 2009 --to 2018 --rank betweenness
    avgraph network person --role director --role producer -o people.gexf
    avgraph network company --half-life 5 -o companies.html
    avgraph network members.csv --work film --member person --year year
    """  # noqa: D301 - \b keeps click from joining the lines
    if output and output.suffix.lower() not in _WRITERS:
        raise click.UsageError(f"No network format has the suffix {output.suffix!r}; use {' '.join(_WRITERS)}.")
    chosen: dict[str, Any] = {
        "years": (first, last) if first is not None or last is not None else None,
        "roles": set(roles) or None,
        "weight": weight,
        "half_life": half_life,
        "min_weight": min_weight,
    }
    kg = None
    if kind in _KINDS:
        if work or member or year or role_column:
            raise click.UsageError("--work, --member, --year and --role-column name columns of a table; see --from.")
        from avgraph.knowledge import open_graph

        kg = open_graph(graph)
        net = kg.network(kind, work_kinds=work_kinds or None, **chosen)
    elif Path(kind).is_file():
        if work_kinds:
            raise click.UsageError("--of-kind tells works of a graph apart; a table has no kinds of works.")
        if not work or not member:
            raise click.UsageError("A table needs --work COLUMN and --member COLUMN.")
        from avgraph.network import project, read_membership

        membership, nodes = read_membership(Path(kind), work=work, member=member, year=year, role=role_column)
        net = project(membership, nodes, name=kind, **chosen)
    else:
        raise click.BadParameter(f"{kind!r} is neither one of {', '.join(_KINDS)} nor a file", param_hint="KIND")
    if output:
        _write(net, output, kg)
    ranked = net.rank(measure, top=top)
    if as_json:
        value: dict[str, object] = {
            **net.summary(seed=seed).to_dict(),
            "measure": measure,
            "ranking": ranked.to_dicts(),
        }
        if communities:
            value["members"] = net.communities(seed=seed).table.to_dicts()
        echo_json(value)
        return
    if net.nodes.is_empty():
        click.echo(f"the network is empty: {_why_empty(net)}", err=True)
    for name, figure in net.summary(seed=seed).to_dict().items():
        shown = f"{figure:.4g}" if isinstance(figure, float) else figure
        click.echo(f"{name.replace('_', ' ')}: {'unknown' if shown is None else shown}", err=True)
    if communities:
        found = net.communities(seed=seed)
        click.echo(f"modularity: {'unknown' if found.modularity is None else f'{found.modularity:.4f}'}", err=True)
        echo_table(found.table.columns, found.table.head(top).iter_rows())
    else:
        echo_table(ranked.columns, ranked.iter_rows(), title=f"{net.name}, {measure}")


def _why_empty(net: Network) -> str:
    """Return why a network has no members: nothing to be one of, or no work in the years asked for."""
    if net.covered is None:
        return "no work with a year is known" if net.n_undated else "no claim names a member"
    first, last = net.covered
    undated = f"; {net.n_undated} memberships have no year" if net.n_undated else ""
    return f"the works are of the years {first} to {last}{undated}"


def _write(net: Network, output: Path, kg: KnowledgeGraph | None) -> None:
    try:
        if output.suffix.lower() == ".html":
            quotes = kg.quotes(net.memberships["claim"].drop_nulls().unique().sort()) if kg else None
            net.write_html(output, quotes)
        else:
            getattr(net, _WRITERS[output.suffix.lower()])(output)
    except OSError as error:
        raise cannot_write(output, error) from error
    click.echo(f"written: {output}", err=True)


@click.command()
@graph_option
@click.option(
    "-o", "--output", default="report.html", show_default=True, type=click.Path(path_type=Path), help="File to write."
)
@click.option("--title", help="Title of the page.")
@click.option(
    "--between",
    metavar="BE,LU",
    help="Two countries to look for brokers between, by code or name.  [default: those with most joint works]",
)
def report(graph: str, output: Path, title: str | None, between: str | None) -> None:
    """Write a self-contained HTML report: figures, conflicts, drawn networks, and the sources behind them.

    It tells who stands between two countries, which partnerships recur, how the networks changed, and who might work
    together next, with intervals and the words behind.

    \b
    avgraph report -g my-graph -o report.html
    avgraph report -g my-graph --title "Co-productions 2002-2023" --between BE,LU
    """  # noqa: D301 - \b keeps click from joining the lines
    from avgraph.knowledge import open_graph
    from avgraph.report import country_pair, write_report

    pair = country_pair(between) if between is not None else None
    written = write_report(open_graph(graph), output, title=title, between=pair)
    click.echo(f"written: {written}")
