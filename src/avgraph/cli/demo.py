"""``demo``: the example workspace, built and asked."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from avgraph.cli.output import issue_lines, progress_bars
from avgraph.errors import WorkspaceError
from avgraph.resources import resource
from avgraph.text import single_line
from avgraph.workspace import Workspace

if TYPE_CHECKING:
    from avgraph.knowledge import Claim, Conflict, KnowledgeGraph

__all__ = ["demo"]


@click.command()
@click.argument("folder", default="avgraph-demo", type=click.Path(path_type=Path))
def demo(folder: Path) -> None:
    """Copy the example workspace into FOLDER, build it, and show what can be asked of it.

    The folder may be kept and changed; a second run builds it again.

    \b
    avgraph demo
    avgraph demo my-copy
    """  # noqa: D301 - \b keeps click from joining the lines
    from avgraph.build import build_workspace
    from avgraph.knowledge import open_graph

    if not (folder / "avgraph.toml").exists():
        if folder.exists() and any(folder.iterdir()):
            raise WorkspaceError(f"{folder} is not empty and not a workspace", "name another folder: avgraph demo NAME")
        example = resource("examples", "belgium-luxembourg")
        shutil.copytree(example, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".avgraph"))
    with progress_bars() as progress:
        report = build_workspace(Workspace.load(folder), progress)
    for line in issue_lines(report.issues):
        click.echo(line, err=True)
    n_claims = sum(report.n_claims.values())
    _title("The workspace")
    click.echo(
        f"{folder}: {report.sources.height} sources, {n_claims} claims, {report.n_entities} entities, "
        f"{report.n_quads} quads, built in {report.seconds:.1f} s"
    )
    kg = open_graph(folder)
    _unite_42(kg)
    _oscar(kg)
    _how_many(kg)
    _networks(kg)
    _next_steps(kg, folder)


def _title(text: str) -> None:
    click.secho(f"\n{text}", bold=True)


def _said(claims: Iterable[Claim]) -> None:
    for claim in claims:
        click.echo(f"  {claim.text}")
        click.echo(click.style(f"      “{single_line(claim.quote or '')}”  — {claim.place}", dim=True))


def _unite_42(kg: KnowledgeGraph) -> None:
    _title("Who directed Unité 42, and which part of it?")
    _said(kg.claim(str(row["claim"])) for row in kg.query("who-directed", work="Unité 42"))
    for season in sorted({str(row["season"]) for row in kg.query("seasons-coproduced", partner="Luxembourg")}):
        entity = kg.entity(season)
        if not entity.label.startswith("Unité 42"):
            continue
        _title(f"Who co-produced {entity.label}, and who took part?")
        _said(claim for claim in entity.claims if claim.kind in ("Participation", "Support", "Partnership"))


def _oscar(kg: KnowledgeGraph) -> None:
    _title("What did Stéphane Halleux receive, and what do the records say?")
    _said(claim for claim in kg.entity("Stéphane Halleux").claims if claim.kind == "AwardOutcome")
    for conflict in kg.conflicts("contradicted"):
        if conflict.rule == "award-recipients":
            _conflict(conflict.explanation)
            _sides(conflict)


def _how_many(kg: KnowledgeGraph) -> None:
    _title("About 60 Belgian-Luxembourg films in ten years?")
    counted = [c for c in kg.conflicts() if c.rule == "counted-statement"]
    for conflict in counted:
        _conflict(f"[{conflict.outcome}] {conflict.explanation}")
        _sides(conflict)
    if not counted:
        click.echo("  No source states a number that the records can be held against.")
    others = [c for c in kg.conflicts("contradicted") if c.rule not in ("award-recipients", "counted-statement")]
    if others:
        _title(f"Other disagreements ({len(others)})")
    for conflict in others:
        _conflict(conflict.explanation)


def _conflict(text: str) -> None:
    click.echo(f"  ! {text}")


def _sides(conflict: Conflict) -> None:
    for side in conflict.sides:
        example = "" if len(side.claims) == 1 else f" (one of {len(side.claims)} claims)"
        quote = f"      {side.value}: “{single_line(side.quote or '')}”  — {side.source}{example}"
        click.echo(click.style(quote, dim=True))


def _networks(kg: KnowledgeGraph) -> None:
    for kind, years in (("company", None), ("country", (2009, 2018))):
        net = kg.network(kind, years=years)
        summary = net.summary().to_dict()
        span = f" {years[0]}–{years[1]}" if years else ""
        _title(f"The {kind} network{span}")
        click.echo(
            f"  {summary['nodes']} nodes, {summary['edges']} ties, {summary['components']} components, "
            f"giant component {summary['giant_share']:.0%}, density {summary['density']:.3f}"
        )
        click.echo("  Strongest (each joint work of n members adds 1/(n-1) to a tie):")
        for row in net.rank("strength", top=5).iter_rows(named=True):
            click.echo(f"  {row['rank']}. {row['label']}: {row['value']:.2f}")


def _next_steps(kg: KnowledgeGraph, folder: Path) -> None:
    from avgraph.report import write_report

    written = write_report(kg, folder / "report.html").resolve()
    _title("The report")
    click.echo(f"  {written}  ({written.as_uri()})")
    _title("Go on")
    target = shlex.quote(str(folder))
    avgraph = _command()
    click.echo(f"  {avgraph} query --list; {avgraph} query coproductions-per-year -g {target}")
    click.echo(f"  {avgraph} show 'Unité 42' -g {target}; {avgraph} explain 'Samsa Film' -g {target}")
    click.echo(f"  {avgraph} serve {target} --open")


def _command() -> str:
    """Return what a person types to run this program: its path where a shell would not find its name."""
    if shutil.which("avgraph"):
        return "avgraph"
    script = Path(sys.argv[0])
    return shlex.quote(str(script)) if script.stem == "avgraph" else f"{shlex.quote(sys.executable)} -m avgraph"
