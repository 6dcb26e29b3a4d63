"""The command group: verbs load when called, so that ``--version`` and ``--help`` are quick."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from importlib import import_module
from keyword import iskeyword
from typing import Any

import click

from avgraph._version import __version__
from avgraph.errors import AvgraphError

__all__ = ["main"]

# verb -> (module, short help); the help stands here so that listing it loads nothing.
_VERBS: dict[str, tuple[str, str]] = {
    "init": ("making", "Create an empty workspace."),
    "demo": ("demo", "Copy, build and tour the example workspace."),
    "build": ("making", "Read articles and records into a new snapshot."),
    "inspect": ("inspecting", "Show what a reader sees of a record file."),
    "extract": ("reading", "Show the facts that articles state, with their evidence."),
    "query": ("asking", "Ask a named query or SPARQL."),
    "show": ("asking", "Show an entity: every claim with its sentence or row."),
    "explain": ("asking", "Explain why two names are one entity, or are not."),
    "review": ("reviewing", "Decide pairs that are possibly the same, one key each."),
    "conflicts": ("asking", "List where sources disagree."),
    "match": ("matching", "Link two tables: which rows are the same work, person or company."),
    "network": ("analysing", "Measure or export a collaboration network."),
    "report": ("analysing", "Write a self-contained HTML report."),
    "serve": ("serving", "Serve the graph: pages, SPARQL endpoint, linked data."),
    "export": ("exchanging", "Write the graph as RDF, or the claims as tables."),
    "import": ("exchanging", "Import RDF files or exported tables as a graph to ask."),
    "push": ("stores", "Make the graphs of a SPARQL server those of a build."),
    "pull": ("stores", "Copy the graphs of a SPARQL server, or fetch facts from Wikidata."),
    "validate": ("making", "Check a workspace and its graph without building."),
    "evaluate": ("reading", "Score extraction against annotated texts."),
}
_EPILOG = """\
Begin with: avgraph demo. Each command has its own --help, with examples.

Exit codes: 0 ok, 1 data issues, 2 usage, 3 store, 4 query (its name, file, text or parameters), 70 a fault of
avgraph itself.
"""
_INTERNAL = 70  # EX_SOFTWARE of sysexits.h


class _Verbs(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # The reader went away (``| head``): nothing more to say, and no complaint when stdout is flushed at exit.
            _drop_output()
            return 0

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _VERBS:
            return None
        module = import_module(f"avgraph.cli.{_VERBS[cmd_name][0]}")
        # "import" is a word of Python's own.
        command: click.Command = getattr(module, cmd_name + "_" * iskeyword(cmd_name))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(verb, text) for verb, (_, text) in _VERBS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _VERBS and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], _VERBS, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            ctx.fail(f"No such command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)


@click.group(cls=_Verbs, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="avgraph")
def _app() -> None:
    """Press articles and industry records about film and television → a knowledge graph with evidence."""


def main() -> None:
    """Run the command line; no traceback reaches a user (``AVGRAPH_DEBUG=1`` shows it).

    Raises
    ------
    KeyboardInterrupt
        On Ctrl-C, see :func:`avgraph.cli.main`.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Pipes and files get UTF-8 everywhere; a terminal that lacks a letter shows a question mark.
            stream.reconfigure(encoding=stream.encoding if stream.isatty() else "utf-8", errors="replace")
    sys.exit(_run())


def _run() -> int:
    """Run the verb and return the exit code."""
    try:
        code = _app(prog_name="avgraph", standalone_mode=False) or 0
        sys.stdout.flush()
        return code
    except click.exceptions.Abort:
        raise KeyboardInterrupt from None
    except click.ClickException as error:
        error.show()
        return 2
    except AvgraphError as error:
        _complain(error.message, error.location, error.hint)
        return error.exit_code
    except OSError as error:
        try:
            sys.stdout.flush()
        except OSError:
            _drop_output()
        _complain(error.strerror or str(error), error.filename, "check the path, its permissions and the free space")
        return 2
    except MemoryError:
        _complain("out of memory", None, "build fewer sources at a time, or use a larger machine")
        return 3
    except Exception as error:  # the outermost frame: below it a fault is never swallowed
        if os.environ.get("AVGRAPH_DEBUG"):
            raise
        hint = "this is a fault of avgraph; set AVGRAPH_DEBUG=1 to see where it lies, and report it"
        _complain(f"{type(error).__name__}: {error}", None, hint)
        return _INTERNAL


def _drop_output() -> None:
    """Give up what standard output still holds, or Python would fail on it at exit."""
    with suppress(OSError, ValueError):  # a stream without a file has nothing to fail
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(message: str, where: object, hint: str | None) -> None:
    click.echo(f"error: {message}", err=True)
    if where:
        click.echo(f"  at: {where}", err=True)
    if hint:
        click.echo(f"  hint: {hint}", err=True)
