"""``push``, ``pull``."""

from __future__ import annotations

import re
import shlex
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from avgraph.cli.output import echo_json, echo_table, json_option, progress_bars

if TYPE_CHECKING:
    from avgraph.graph.push import Verify

__all__ = ["pull", "pull_graph", "push"]

_store_option = click.option(
    "--graph-store", metavar="URL", help="Where the Graph Store Protocol is spoken; none: do without (default: guess)."
)


@click.command()
@click.argument("url")
@click.option("-g", "--graph", default=".", show_default=True, metavar="TARGET", help="Workspace or snapshot folder.")
@click.option("--update", metavar="URL", help="Where SPARQL Updates are taken (default: guess).")
@_store_option
@click.option(
    "--verify", type=click.Choice(["auto", "counts", "digests", "none"]), default="auto", show_default=True,
    help="Count what was written; read it back and compare it; auto: read back graphs of up to 200,000 statements.",
)  # fmt: skip
@click.option("--replace", is_flag=True, help="Take over graphs of the same names that were not pushed from here.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@json_option
def push(
    url: str, graph: str, update: str | None, graph_store: str | None, verify: Verify, replace: bool, dry_run: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Make the graphs of a SPARQL server those of a local build; URL is its query endpoint.

    Graphs are sent one by one, and only those that changed since the last push; graphs that left the build are
    removed, and graphs of anybody else are not touched. Each graph written is counted and, up to 200,000 statements,
    read back and compared. If the connection is cut, the same command goes on where it stopped.

    Credentials come from the environment: AVGRAPH_USER and AVGRAPH_PASSWORD (with AVGRAPH_AUTH=digest where the
    server wants digest authentication, as Virtuoso does), or AVGRAPH_TOKEN. They are never printed.

    \b
    avgraph push http://localhost:7878/query -g my-graph
    avgraph push http://localhost:8890/sparql -g my-graph --dry-run
    """  # noqa: D301 - \b keeps click from joining the lines
    from avgraph.knowledge import open_graph

    kg = open_graph(graph)
    if kg.snapshot is None:
        raise click.UsageError("Only a local build is pushed; build a workspace first.")
    with progress_bars() as progress:
        report = kg.push(
            url, update=update, graph_store=graph_store, verify=verify, dry_run=dry_run, replace=replace,
            progress=progress,
        )  # fmt: skip
    if as_json:
        echo_json(report.to_json())
        return
    changed = [change for change in report.changes if change.action != "keep"]
    if dry_run:
        rows = ((change.action, change.reason, change.n_quads, change.graph) for change in changed)
        echo_table(("action", "reason", "statements", "graph"), rows)
    figures = report.to_json()
    would = "would be " if dry_run else ""
    click.echo(
        f"{figures['written']} graphs {would}written ({figures['quads_written']} statements), "
        f"{figures['removed']} {would}removed, {figures['kept']} unchanged",
        err=dry_run,
    )
    if not dry_run and changed:
        n_digest, n_count = figures["verified_by_digest"], figures["verified_by_count"]
        click.echo(f"verified: {n_digest} graphs statement by statement, {n_count} by their number of statements")
    click.echo(f"{report.make} server, by {report.how}: {report.server}", err=dry_run)


class _Sources(click.Group):
    """What can be pulled; an address alone means the graph there."""

    #: subcommand → module of this package, and the function in it.
    places = {"graph": ("stores", "pull_graph"), "wikidata": ("wikidata", "wikidata")}  # noqa: RUF012 - read only

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.places:
            return None
        module, function = self.places[cmd_name]
        command: click.Command = getattr(import_module(f"avgraph.cli.{module}"), function)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and re.match(r"\w+://", args[0]):
            args = ["graph", *args]
        return super().resolve_command(ctx, args)


@click.group(cls=_Sources)
def pull() -> None:
    """Bring data from elsewhere: the graphs of a SPARQL server, or facts about what a workspace knows.

    \b
    avgraph pull wikidata --works all -g my-graph
    avgraph pull graph http://localhost:7878/query -o my-copy
    avgraph pull http://localhost:7878/query -o graph.nq
    """  # noqa: D301 - \b keeps click from joining the lines


@click.command("graph")
@click.argument("url")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="Folder or file to write.")
@click.option("--under", default="", metavar="IRI", help="Only graphs of which the IRI begins so.")
@_store_option
@json_option
def pull_graph(url: str, output: Path, under: str, graph_store: str | None, as_json: bool) -> None:
    """Copy the graphs of the SPARQL server at URL (its query endpoint) into a folder or a file.

    A folder holds a store, for -g of the other commands; a file with the suffix .nq .trig .jsonld keeps the named
    graphs, .ttl .nt .rdf hold their union. Where graphs were pushed, those are copied and compared with what was
    pushed; else all, and counted. A folder pulled before is brought up to date: only what changed is fetched. If the
    connection is cut, the same command goes on where it stopped.

    Credentials come from the environment: AVGRAPH_USER and AVGRAPH_PASSWORD (with AVGRAPH_AUTH=digest where the
    server wants digest authentication, as Virtuoso does), or AVGRAPH_TOKEN. They are never printed.

    \b
    avgraph pull graph http://localhost:7878/query -o my-copy
    avgraph query coproductions -g my-copy
    """  # noqa: D301 - \b keeps click from joining the lines
    from avgraph.graph.pull import pull_graphs
    from avgraph.graph.sparql_server import SparqlServer

    with progress_bars() as progress:
        report = pull_graphs(SparqlServer(url, graph_store=graph_store), output, under=under, progress=progress)
    if as_json:
        echo_json(report.to_json())
        return
    click.echo(
        f"{len(report.fetched)} graphs fetched, {len(report.kept)} unchanged, {len(report.removed)} removed: "
        f"{report.n_quads} statements in {report.output}"
    )
    click.echo(f"verified: {'statement by statement' if report.verified else 'by the number of statements'}")
    if not output.suffix:
        click.echo(f"ask it: avgraph query --list -g {shlex.quote(str(output))}", err=True)
