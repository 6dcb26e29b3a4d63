"""``demo``: the example workspace, built and asked."""

from __future__ import annotations

import shutil
from pathlib import Path
from urllib.parse import quote

import click

from avgraph.cli.output import progress_bars
from avgraph.errors import WorkspaceError
from avgraph.knowledge import Claim, KnowledgeGraph, open_graph
from avgraph.resources import resource
from avgraph.workspace import Workspace

__all__ = ["demo"]


@click.command()
@click.argument("folder", default="avgraph-demo", type=click.Path(path_type=Path))
def demo(folder: Path) -> None:
    """Copy the example workspace into FOLDER, build it, and show what can be asked of it.

    The folder may be kept and changed; a second run builds it again.
    """
    from avgraph.build import build_workspace

    if not (folder / "avgraph.toml").exists():
        if folder.exists() and any(folder.iterdir()):
            raise WorkspaceError(f"{folder} is not empty and not a workspace", "name another folder: avgraph demo NAME")
        shutil.copytree(resource("examples", "belgium-luxembourg"), folder, dirs_exist_ok=True)
    with progress_bars() as progress:
        report = build_workspace(Workspace.load(folder), progress)
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


def _said(claim: Claim) -> None:
    click.echo(f"  {claim.text}")
    click.echo(f"      “{' '.join((claim.quote or '').split())}”  — {claim.place}")


def _unite_42(kg: KnowledgeGraph) -> None:
    _title("Who directed Unité 42, and which part of it? Who co-produced, and who took part?")
    series = kg.entity("Unité 42", "Work")
    parts = [c.roles["work"][0] for c in series.claims if c.kind == "WorkRelation"]
    said = [c for work in dict.fromkeys([*parts, series.iri]) for c in kg.claims(work)]
    for wanted in (_directed, _took_part):
        for claim in {c.text: c for c in said if wanted(c)}.values():
            _said(claim)


def _directed(claim: Claim) -> bool:
    return claim.kind == "Credit" and claim.attributes["role"] == "director"


def _took_part(claim: Claim) -> bool:
    return claim.kind in ("Participation", "Support")


def _oscar(kg: KnowledgeGraph) -> None:
    _title("What did Stéphane Halleux receive, and what do the records say?")
    for claim in kg.entity("Stéphane Halleux").claims:
        if claim.kind == "AwardOutcome":
            _said(claim)
    for conflict in kg.conflicts("contradicted"):
        if conflict.rule == "award-recipients":
            _conflict(conflict.explanation)


def _how_many(kg: KnowledgeGraph) -> None:
    _title("About 60 Belgian-Luxembourg films in ten years?")
    for conflict in kg.conflicts():
        if conflict.rule == "counted-statement":
            _conflict(f"[{conflict.outcome}] {conflict.explanation}")
            for side in conflict.sides[:1]:
                click.echo(f"      “{' '.join((side.quote or '').split())}”")
    others = [c for c in kg.conflicts("contradicted") if c.rule not in ("award-recipients", "counted-statement")]
    _title(f"Other disagreements ({len(others)})")
    for conflict in others:
        _conflict(conflict.explanation)


def _conflict(text: str) -> None:
    click.echo(f"  ! {text}")


def _networks(kg: KnowledgeGraph) -> None:
    for kind, years in (("company", None), ("country", (2009, 2018))):
        net = kg.network(kind, years=years)
        summary = net.summary().to_dict()
        span = f" {years[0]}–{years[1]}" if years else ""
        _title(f"The {kind} network{span}")
        click.echo(
            f"  {summary['n_nodes']} nodes, {summary['n_edges']} ties, {summary['n_components']} components, "
            f"giant component {summary['giant_share']:.0%}, density {summary['density']:.3f}"
        )
        for row in net.rank("strength", top=5).iter_rows(named=True):
            click.echo(f"  {row['rank']}. {row['label']}: {row['value']:.2f}")


def _next_steps(kg: KnowledgeGraph, folder: Path) -> None:
    from avgraph.report import write_report

    written = write_report(kg, folder / "report.html").resolve()
    _title("The report")
    click.echo(f"  {written}  (file://{quote(str(written))})")
    _title("Go on")
    click.echo(f"  avgraph query --list; avgraph query coproductions-per-year -g {folder}")
    click.echo(f"  avgraph show 'Unité 42' -g {folder}; avgraph explain 'Samsa Film' -g {folder}")
