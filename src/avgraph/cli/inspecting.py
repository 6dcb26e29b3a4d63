"""``inspect``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from avgraph.cli.output import echo_json, echo_table, is_terminal, issue_lines, json_option
from avgraph.errors import AvgraphError
from avgraph.text import escaped, single_line

if TYPE_CHECKING:
    from avgraph.sources.inspection import Inspection

__all__ = ["inspect"]

_MAX_ISSUES = 10


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False))
@click.option(
    "--mapping", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="TOML",
    help="Read the files with this mapping or format, whatever they look like.",
)  # fmt: skip
@click.option("--all", "whole", is_flag=True, help="Read all rows; without it the first megabyte of large files.")
@click.option("--claims", "n_claims", type=click.IntRange(min=0), default=5, show_default=True, metavar="N",
              help="How many claims to show.")  # fmt: skip
@click.option("--suggest", is_flag=True, help="Print a mapping to begin with (TOML) and nothing else.")
@json_option
def inspect(
    files: tuple[Path, ...], mapping: Path | None, whole: bool, n_claims: int, suggest: bool, as_json: bool
) -> None:
    """Show what a build sees of record files: how they are opened, their columns, who reads them, the first claims.

    FILES are tables or records (.csv .tsv .xlsx .ods .jsonl .parquet …, perhaps .gz) or .zip archives of them, in a
    workspace or anywhere. Formats are recognised by their columns (docs/formats.md); a mapping beside the file wins.
    For a file that nothing reads, the columns that the nearest formats miss are told, and a mapping is drafted from
    the headers. The exit code is 1 if nothing reads a file.

    \b
    avgraph inspect title.basics.tsv.gz
    avgraph inspect films.xlsx --suggest > films.toml
    avgraph inspect films.xlsx --mapping films.toml --all --json
    """  # noqa: D301 - \b keeps click from joining the lines
    from avgraph.build.inspecting import inspect_file
    from avgraph.sources.inspection import Inspection

    if suggest and (len(files) > 1 or as_json):
        raise click.UsageError("--suggest takes one file and prints TOML: leave out the others, and --json.")
    found: list[Inspection] = []
    for path in files:
        try:
            for seen in inspect_file(path, mapping, whole=whole, n_claims=n_claims):
                found.append(seen)
                if not (suggest or as_json):
                    _echo(seen)
        except AvgraphError as error:
            found.append(Inspection(str(path), issues=error.issues(str(path))))
            if not (suggest or as_json):
                _echo(found[-1])
    if as_json:
        echo_json([seen.to_json() for seen in found])
    elif suggest:
        _suggest(found)
        return
    if not all(seen.is_read for seen in found):
        raise SystemExit(1)


def _suggest(found: list[Inspection]) -> None:
    """Print the draft, or say on stderr why there is none."""
    drafts = [seen.draft for seen in found if seen.draft]
    if len(drafts) == 1:
        click.echo(drafts[0], nl=False)
        return
    for seen in found:
        if seen.reader is not None:
            click.echo(f"{escaped(seen.name)} is read already: {seen.reader}", err=True)
        for line in issue_lines(seen.issues):
            click.echo(line, err=True)
    raise SystemExit(1)


def _echo(seen: Inspection) -> None:
    """Print one file's inspection."""
    click.secho(escaped(seen.name), bold=True)
    if seen.container is not None:
        click.echo(f"  opened as  {_opened(seen)}")
        part = "" if seen.whole else " (the first of the file; --all reads all)"
        books = f"{seen.n_read:,} read = {seen.n_accepted:,} accepted + {seen.n_quarantined:,} quarantined"
        click.echo(f"  rows       {books}{part}")
    if seen.reader is not None:
        at = f" ({escaped(seen.reader_where)})" if seen.reader_where not in (None, seen.reader) else ""
        click.echo(f"  read by    {seen.reader}{at}")
        if seen.reference:
            click.echo(f"  see        {seen.reference}")
        mapped = sum(bool(c.uses) for c in seen.columns)
        click.echo(f"  columns    {len(seen.columns)}, {mapped} of them mapped")
    elif seen.columns:
        click.echo("  read by    nothing")
    if seen.columns:
        click.echo()
        rows = [
            (escaped(c.name), c.type, f"{c.filled:.0%}", escaped(" · ".join(c.samples)), ", ".join(c.uses))
            for c in seen.columns
        ]
        echo_table(("column", "type", "filled", "samples", "mapped by"), rows)
    if seen.n_claims:
        kinds = ", ".join(f"{n:,} {kind}" for kind, n in sorted(seen.n_claims.items(), key=lambda k: (-k[1], k[0])))
        click.echo(f"\n  claims     {kinds}")
    for claim in seen.claims:
        roles = [f"{role}: {' + '.join(names)}" for role, names in claim.roles.items()]
        values = [f"{key}: {value}" for key, value in claim.attributes.items()]
        status = "" if claim.status == "asserted" else f" ({claim.status})"
        click.echo(f"  {claim.kind}{status}: {escaped(single_line('; '.join([*roles, *values])))}")
        click.echo(click.style(f"      {seen.row_word} {claim.row}: {escaped(single_line(claim.quote))}", dim=True))
    for near in seen.near:
        click.echo(f"  nearest    {near.format.name}: lacks {', '.join(near.missing)}")
    for line in list(issue_lines(seen.issues))[:_MAX_ISSUES]:
        click.echo(f"  {line}")
    if len(seen.issues) > _MAX_ISSUES:
        click.echo(f"  … and {len(seen.issues) - _MAX_ISSUES:,} more (--json lists them)")
    if seen.draft and is_terminal(sys.stdout):
        click.echo(f"\nA mapping to begin with; --suggest prints it alone:\n\n{seen.draft}", nl=False)
    click.echo()


def _opened(seen: Inspection) -> str:
    marks = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "bar"}
    parts = [seen.container or "", seen.encoding or ""]
    if seen.delimiter:
        parts.append(f"delimiter {marks.get(seen.delimiter, seen.delimiter)}")
    return ", ".join(p for p in parts if p)
