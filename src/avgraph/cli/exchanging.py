"""``export``, ``import``."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from avgraph.cli.output import echo_table, progress_bars
from avgraph.workspace import CONFIG_NAME, Workspace

if TYPE_CHECKING:
    from avgraph.graph.describe import Publication
    from avgraph.graph.snapshot import Snapshot

__all__ = ["export", "import_"]

#: What ``--all`` writes beside the tables: every named graph in three notations.
_DUMPS = ("graph.nq", "graph.trig", "graph.jsonld")
_DESCRIPTION = "void.ttl"


@click.command()
@click.argument("output", type=click.Path(path_type=Path))
@click.option(
    "-g", "--graph", "-w", "--workspace", "graph", default=".", show_default=True, metavar="TARGET",
    help="Workspace or snapshot folder.",
)  # fmt: skip
@click.option("--tables", type=click.Choice(["parquet", "csv"]), help="Write the claim tables into the folder OUTPUT.")
@click.option("--describe", is_flag=True, help="Write a description for catalogues (VoID and DCAT, Turtle) to OUTPUT.")
@click.option("--all", "all_", is_flag=True, help="Write RDF, tables and their description into the folder OUTPUT.")
def export(output: Path, graph: str, tables: str | None, describe: bool, all_: bool) -> None:
    """Write the graph to OUTPUT: .nq .trig .jsonld keep the named graphs, .ttl .nt .rdf hold their union.

    With .gz behind it the file is compressed. The same graph gives the same bytes. What is exported comes back with
    avgraph import, and RDF files and tables can be asked as they are (-g graph.nq). The licence and the publisher in a
    description are those of avgraph.toml.

    \b
    avgraph export graph.trig -g my-graph
    avgraph export tables --tables csv -g my-graph
    avgraph export void.ttl --describe -g my-graph
    avgraph export publication --all -g my-graph
    """  # noqa: D301 - \b keeps click from joining the lines
    from avgraph.graph.describe import export_description
    from avgraph.graph.export import RDF_SUFFIXES, export_rdf, rdf_format_of
    from avgraph.graph.tables import export_tables
    from avgraph.knowledge import open_graph

    if (tables is not None) + describe + all_ > 1:
        raise click.UsageError("Give one of --tables, --describe and --all.")
    known = " ".join(RDF_SUFFIXES)
    if describe and output.suffix.lower() != ".ttl":
        raise click.UsageError("A description is Turtle: give OUTPUT the suffix .ttl.")
    if not (tables or all_) and rdf_format_of(output) is None:
        raise click.UsageError(f"No RDF format has the suffix {output.suffix!r}; use {known}.")
    snapshot = open_graph(graph).snapshot
    if snapshot is None:
        raise click.UsageError("Only a local build is exported; ask an endpoint with avgraph query 'CONSTRUCT ...'.")
    if all_:
        _export_all(snapshot, output, graph)
    elif tables:
        written = export_tables(snapshot, output, tables)
        echo_table(("table", "rows"), ((p.name, snapshot.manifest["tables"][p.stem]["rows"]) for p in written))
    elif describe:
        click.echo(f"{export_description(snapshot, output, _publication(graph))} statements written to {output}")
    else:
        click.echo(f"{export_rdf(snapshot, output)} statements written to {output}")


def _export_all(snapshot: Snapshot, folder: Path, graph: str) -> None:
    from avgraph.errors import cannot_write
    from avgraph.graph.describe import export_description
    from avgraph.graph.export import export_rdf
    from avgraph.graph.tables import TABLE_FORMATS, TABLES_NAME, export_tables

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    steps = [*_DUMPS, *TABLE_FORMATS, _DESCRIPTION]
    files: list[Path] = []
    with progress_bars() as progress:
        for done, step in enumerate(steps):
            progress("exporting", done, len(steps))
            if step in _DUMPS:
                export_rdf(snapshot, folder / step)
                files.append(folder / step)
            elif step in TABLE_FORMATS:
                files += [*export_tables(snapshot, folder / step, step), folder / step / TABLES_NAME]
            else:
                export_description(snapshot, folder / step, _publication(graph, files))
                files.append(folder / step)
        progress("exporting", len(steps), len(steps))
    echo_table(("file", "bytes"), ((f.relative_to(folder).as_posix(), f.stat().st_size) for f in files))


def _publication(graph: str, files: list[Path] | None = None) -> Publication:
    """Return what the workspace says of its publication; a snapshot of none says nothing."""
    from avgraph.graph.describe import Publication

    folder = Path(graph).expanduser()
    if not (folder / CONFIG_NAME).is_file():
        return Publication(files=files or ())
    workspace = Workspace.load(folder)
    return Publication(workspace.licence, workspace.publisher, files or ())


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FOLDER",
              help="Where to (default: the name of the first file, without its suffix).")  # fmt: skip
def import_(files: tuple[Path, ...], output: Path | None) -> None:
    """Import FILES, RDF or one folder of exported tables, into a folder that every -g takes.

    A graph of any size then opens at once. Small RDF files and tables can be asked as they are: -g graph.trig. The
    named graphs of .nq .trig .jsonld are kept; files without (.ttl .nt .rdf) share one.

    \b
    avgraph import graph.nq.gz -o graph
    avgraph import tables -o from-tables
    avgraph query coproductions-per-year -g graph
    """  # noqa: D301 - \b keeps click from joining the lines
    from avgraph.graph.files import import_graph

    for path in files:
        if not path.exists():
            raise click.UsageError(f"There is no file {path}.")
    folder = output or Path(files[0].name.split(".")[0])
    if output is None and folder.exists() and folder.resolve() in {path.resolve() for path in files}:
        raise click.UsageError(f"Say where to: -o FOLDER ({folder} is what is imported).")
    with progress_bars() as progress:
        progress("importing", 0, 1)
        n_quads = import_graph(files, folder)
    click.echo(f"{n_quads} statements imported; ask them with: avgraph query --graph {shlex.quote(str(folder))}")
