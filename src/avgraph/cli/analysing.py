"""``network``, ``report``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click
from click.core import ParameterSource

from avgraph.cli.analyses import ANALYSES, LISTED, Choice
from avgraph.cli.output import Number, echo_json, echo_table, graph_option, json_option
from avgraph.errors import cannot_write

if TYPE_CHECKING:
    from avgraph.knowledge import KnowledgeGraph
    from avgraph.network import Network

__all__ = ["network", "report"]

_KINDS = ("person", "company", "country", "funder", "broadcaster", "distributor", "partner")
_MEASURES = ("degree", "strength", "betweenness", "closeness", "pagerank", "clustering", "core", "coreness",
             "constraint", "effective size")  # fmt: skip
_WRITERS = {
    ".graphml": "write_graphml", ".gexf": "write_gexf", ".parquet": "write_edges", ".csv": "write_edges",
    ".html": "write_html",
}  # fmt: skip
_FIGURES = (".pdf", ".svg", ".png")
_WIDEST = max(map(len, ANALYSES))
_ANALYSES_HELP = "\b\nAnalyses (--show):\n" + "\n".join(
    f"  {name:<{_WIDEST}}  {analysis.about}" for name, analysis in ANALYSES.items()
)


def _pair(context: click.Context, option: click.Parameter, value: str | None) -> tuple[str, str] | None:
    """Return two things that have a comma between them, or fail as click does."""
    if value is None:
        return None
    first, _, second = (part.strip() for part in value.partition(","))
    if not first or not second or "," in second:
        raise click.BadParameter(f"{value!r} is not two things with a comma between them.", context, option)
    return first, second


def _years(context: click.Context, option: click.Parameter, value: str | None) -> tuple[int, int] | None:
    """Return a first and a last year, or fail as click does."""
    both = _pair(context, option, value)
    try:
        return both and (int(both[0]), int(both[1]))
    except ValueError:
        raise click.BadParameter(f"{value!r} is not two years with a comma between them.", context, option) from None


@click.command(epilog=_ANALYSES_HELP)
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
    "--backbone",
    type=Number(min=0, max=1, min_open=True),
    metavar="ALPHA",
    help="Keep the ties that are significant for either end at this level (disparity filter).",
)
@click.option("--work", metavar="COLUMN", help="For a table: the column of works.")
@click.option("--member", metavar="COLUMN", help="For a table: the column of members.")
@click.option("--year", metavar="COLUMN", help="For a table: the column of years.")
@click.option("--role-column", metavar="COLUMN", help="For a table: the column of roles.")
@click.option(
    "--show",
    type=click.Choice(list(ANALYSES)),
    default="ranking",
    show_default=True,
    metavar="ANALYSIS",
    help="What to show; see below.",
)
@click.option("--top", type=click.IntRange(min=1), help="How many rows (default: 15 of a list, all of a series).")
@click.option("--seed", default=7, type=click.IntRange(min=0), show_default=True, help="Of whatever is drawn by lot.")
@click.option(
    "--rank",
    "measure",
    type=click.Choice(_MEASURES),
    help="The measure (default: betweenness; for resilience degree).",
)
@click.option("--draws", type=click.IntRange(min=1), metavar="N", help="How many resamples, runs, or nulls.")
@click.option("--by", default="country", show_default=True, metavar="COLUMN", help="What groups the members.")
@click.option("--between", callback=_pair, metavar="A,B", help="Brokers between these two groups only, as BE,LU.")
@click.option("--width", default=7, show_default=True, type=click.IntRange(min=1), help="Years of a window.")
@click.option(
    "--step", default=1, show_default=True, type=click.IntRange(min=1), help="Years from one window to the next."
)
@click.option(
    "--silence",
    "silence_years",
    default=5,
    show_default=True,
    type=click.IntRange(min=1),
    metavar="YEARS",
    help="Years without a joint work that end a tie.",
)
@click.option("--method", default="combined", show_default=True, help="What foretells a tie: adamic_adar, katz …")
@click.option("--partner-of", metavar="NAME", help="Only next partners of this member.")
@click.option("--since", type=int, metavar="YEAR", help="A tie whose last work is earlier may come again.")
@click.option("--hold-out", callback=_years, metavar="FIRST,LAST", help="Years to foretell (default: the last fifth).")
@click.option("--without", multiple=True, metavar="NAME", help="Take this member out (may be given again).")
@click.option("--with-works", is_flag=True, help="… and all works it has a part in: what if a fund stops?")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Write .graphml, .gexf, .parquet or .csv (edges), .html (a page to look around in), or a figure of what is "
    "shown: .pdf, .svg or .png.",
)
@graph_option
@json_option
@click.pass_context
def network(
    context: click.Context, /, kind: str, first: int | None, last: int | None, roles: tuple[str, ...],
    weight: Literal["newman", "count", "share"], half_life: float | None, work_kinds: tuple[str, ...],
    min_weight: float, backbone: float | None, work: str | None, member: str | None, year: str | None,
    role_column: str | None, show: str, output: Path | None, graph: str, as_json: bool, **asked: Any,
) -> None:  # fmt: skip
    """Measure the network of KIND, or of a table (CSV, TSV, Parquet).

    KIND is person, company, country, funder, broadcaster, distributor, or partner: every organization with a part in a
    work.

    What is shown goes to standard output, what it means and the figures of the whole network to standard error.

    \b
    avgraph network company --from 2009 --to 2018 --rank betweenness
    avgraph network company --show brokers --between BE,LU
    avgraph network person --role director --role producer -o people.gexf
    avgraph network company --half-life 5 -o companies.html
    avgraph network members.csv --work film --member person --year year --show evolution
    """  # noqa: D301 - \b keeps click from joining the lines
    if output and output.suffix.lower() not in (*_WRITERS, *_FIGURES):
        known = " ".join((*_WRITERS, *_FIGURES))
        raise click.UsageError(f"No network format has the suffix {output.suffix!r}; use {known}.")
    _check_heeded(context, show)
    analysis, choice = ANALYSES[show], Choice(**asked)
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
    if backbone is not None:
        net = net.backbone(backbone)
    if output and output.suffix.lower() in _WRITERS:
        _write(net, output, kg)
    summary = net.summary(seed=choice.seed).to_dict()
    if net.nodes.is_empty():
        click.echo(f"the network is empty: {_why_empty(net)}", err=True)
    found = analysis.run(net, choice)
    table = found.table.head(choice.top or (found.table.height if analysis.is_series else LISTED))
    if output and output.suffix.lower() in _FIGURES:
        if not found.draw:
            raise click.UsageError(f"There is no figure of --show {show}.")
        from avgraph.network import save_figure

        save_figure(found.draw(), output)
        click.echo(f"written: {output}", err=True)
    if as_json:
        rows = table.to_dicts()
        if show == "ranking":
            shown: dict[str, Any] = {"measure": choice.measure or "betweenness", "ranking": rows}
        else:
            shown = {"show": show, "note": found.note, "figures": dict(found.figures), "rows": rows}
        echo_json(summary | shown)
        return
    for name, figure in summary.items():
        value = f"{figure:.4g}" if isinstance(figure, float) else figure
        click.echo(f"{name.replace('_', ' ')}: {'unknown' if value is None else value}", err=True)
    if found.note:
        click.echo(found.note, err=True)
    title = f"{net.name}, {choice.measure or 'betweenness'}" if show == "ranking" else f"{net.name}, {show}"
    table = table.drop("claims", strict=False)  # hundreds of IRIs: --json has them
    echo_table(table.columns, table.iter_rows(), title=title)


def _check_heeded(context: click.Context, show: str) -> None:
    """Refuse an option that has no say in what is shown.

    Raises
    ------
    click.UsageError
        If there is one.
    """
    users: dict[str, list[str]] = {}
    for name, analysis in ANALYSES.items():
        for option in analysis.options:
            users.setdefault(option, []).append(name)
    for parameter in context.command.params:
        given = context.get_parameter_source(parameter.name or "") == ParameterSource.COMMANDLINE
        if given and show not in users.get(parameter.name or "", [show]):
            of = " or ".join(f"--show {name}" for name in users[parameter.name or ""])
            raise click.UsageError(f"{parameter.opts[0]} has no say in --show {show}; it goes with {of}.")


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
