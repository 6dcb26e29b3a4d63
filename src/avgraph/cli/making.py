"""``init``, ``build``, ``validate``."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from avgraph.cli.output import echo_json, is_terminal, issue_lines, jobs_option, json_option, progress_bars
from avgraph.errors import Issue, StoreError
from avgraph.text import escaped
from avgraph.workspace import Workspace, init_workspace

if TYPE_CHECKING:
    from avgraph.build import BuildReport

__all__ = ["build", "init", "validate"]

#: Of more record files it is not told one by one what read them; --json and the query source-coverage tell.
_MAX_READERS = 20

_workspace = click.argument("workspace", default=".", type=click.Path(path_type=Path))


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--name", help="What the workspace is called (default: the folder's name).")
def init(folder: Path, name: str | None) -> None:
    """Create an empty workspace in FOLDER: avgraph.toml, articles/ and records/.

    \b
    avgraph init my-graph
    avgraph init my-graph --name "Our co-productions"
    """  # noqa: D301 - \b keeps click from joining the lines
    workspace = init_workspace(folder, name)
    click.echo(f"Workspace {workspace.name!r} is ready in {workspace.root}")
    click.echo("Put articles (.html .txt .md) into articles/ and record files into records/, then run:")
    click.echo(f"  avgraph build {shlex.quote(str(folder))}")
    click.echo("A record file of a known format is recognised (docs/formats.md); any other needs a mapping beside it:")
    click.echo("  avgraph inspect FILE --suggest drafts one")


@click.command()
@_workspace
@click.option("--force", is_flag=True, help="Read every source again.")
@jobs_option
@json_option
def build(workspace: Path, force: bool, jobs: int | None, as_json: bool) -> None:
    """Read all articles and records of WORKSPACE into a new snapshot.

    A record file is read through the mapping beside it, or by the format that its columns tell; so are the members of
    .zip archives. What read which file is told on a terminal, and by --json.

    Unchanged sources are not read again. A bad row or file is listed with its place and remedy, and the rest is built;
    the exit code is then 1. So is a claim that the shapes refuse (it is quarantined); one of an article is a warning
    only. Snapshots lie in WORKSPACE/.avgraph; a build that fails leaves the last one in place.

    \b
    avgraph build my-graph
    avgraph build my-graph --json | jq .issues
    """  # noqa: D301 - \b keeps click from joining the lines
    from avgraph.build import build_workspace

    with progress_bars() as progress:
        report = build_workspace(Workspace.load(workspace), progress, force=force, n_jobs=jobs)
    errors = [i for i in report.issues if i.severity == "error"]
    if as_json:
        echo_json({
            "snapshot": str(report.snapshot.path), "content": report.snapshot.manifest["content"],
            "changed": report.changed, "claims": report.n_claims, "statuses": report.n_by_status,
            "entities": report.n_entities, "conflicts": report.n_conflicts, "quarantined_claims": report.n_quarantined,
            "quads": report.n_quads, "reused_sources": report.n_reused, "seconds": round(report.seconds, 2),
            "sources": report.sources.to_dicts(), "issues": [i.to_json() for i in report.issues],
        })  # fmt: skip
    else:
        for line in issue_lines(report.issues):
            click.echo(line, err=True)
        for line in _readers(report):
            click.echo(line)
        totals = report.sources.select("n_read", "n_accepted", "n_quarantined").sum().row(0)
        n_articles = report.sources.filter(kind="article").height
        n_claims = sum(report.n_claims.values())
        click.echo(
            f"{report.sources.height} sources ({n_articles} articles; {report.n_reused} unchanged), "
            f"{totals[0]} rows read = {totals[1]} accepted + {totals[2]} quarantined"
        )
        if n_claims:
            kinds = ", ".join(f"{n} {kind}" for kind, n in sorted(report.n_claims.items(), key=lambda k: (-k[1], k[0])))
            click.echo(f"{n_claims} claims ({kinds}), {report.n_quarantined} quarantined by the shapes")
            click.echo(f"status: {', '.join(f'{n} {s}' for s, n in report.n_by_status.items())}")
        else:
            click.echo(f"no claims: {_why_none(report)}", err=True)
        click.echo(
            f"{report.n_entities} entities, {report.n_conflicts} comparisons between sources, {report.n_quads} quads"
        )
        verb = "wrote" if report.changed else "nothing changed:"
        click.echo(f"{verb} {report.snapshot.path} in {report.seconds:.1f} s")
    if errors:
        raise SystemExit(1)


def _readers(report: BuildReport) -> Iterator[str]:
    """Yield which reader took which record file: a line each for a person, as long as they are few."""
    records = report.sources.filter(kind="record")
    if not is_terminal() or records.height > _MAX_READERS:
        return
    for source, reader, n_read, n_accepted in records.select("source", "reader", "n_read", "n_accepted").iter_rows():
        yield f"{escaped(source)}: {escaped(reader or '?')}, {n_accepted:,} of {n_read:,} rows"


def _why_none(report: BuildReport) -> str:
    """Return why a build made no claims."""
    see = "; see the issues above" if report.issues else ""
    if report.sources["n_accepted"].sum():
        return f"what was read states none{see}"
    if report.issues:
        return f"nothing could be read{see}"
    return "put articles into articles/, record files into records/"


@click.command()
@_workspace
@click.option("--graph", "with_graph", is_flag=True, help="Also run the SHACL shapes over the built graph (pySHACL).")
@json_option
def validate(workspace: Path, with_graph: bool, as_json: bool) -> None:
    """Check WORKSPACE: its settings, rules, mappings, rows, articles and verdicts; nothing is written.

    The exit code is 1 if anything would be left out of a build; warnings alone leave it 0.

    \b
    avgraph validate my-graph
    avgraph validate my-graph --graph --json
    """  # noqa: D301 - \b keeps click from joining the lines
    from avgraph.build import SourceReader
    from avgraph.extraction import language_issue
    from avgraph.graph.conflict_rules import read_rules
    from avgraph.identity import read_decisions

    space = Workspace.load(workspace)
    read_rules(space.conflicts_path)
    n_read = n_quarantined = 0
    unread: list[Issue] = []
    with progress_bars() as progress:
        reader = SourceReader(space, progress=progress)
        for tables in reader.tables():
            n_read += int(tables.source["n_read"])
            n_quarantined += int(tables.source["n_quarantined"])
        for article in reader.articles():
            n_read += 1
            n_quarantined += article.document is None
            if article.document is not None and (issue := language_issue(article.document)):
                unread.append(issue)
    issues = [*reader.issues, *unread, *read_decisions(space.decisions_path, space.decisions_path.name)[1]]
    if with_graph:
        issues += _shape_issues(space)
    if as_json:
        echo_json({"read": n_read, "quarantined": n_quarantined, "issues": [i.to_json() for i in issues]})
    else:
        for line in issue_lines(issues):
            click.echo(line)
        accepted = f"{n_read - n_quarantined} accepted + {n_quarantined} quarantined"
        click.echo(f"{n_read} rows read = {accepted}; {len(issues)} issues")
    if any(i.severity == "error" for i in issues):
        raise SystemExit(1)


def _shape_issues(space: Workspace) -> list[Issue]:
    from avgraph.graph.export import graph_text
    from avgraph.graph.shapes import validate_graph
    from avgraph.graph.snapshot import current_snapshot

    snapshot = current_snapshot(space.build_dir)
    if snapshot is None:
        raise StoreError("nothing is built there yet", f"run: avgraph build {space.root}", str(space.root))
    return [Issue("the graph", v.focus, v.message, v.path) for v in validate_graph(graph_text(snapshot), "nt")]
