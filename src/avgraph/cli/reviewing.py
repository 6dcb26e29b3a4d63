"""``review``."""

from __future__ import annotations

import getpass
import io
import os
import shlex
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from avgraph.cli.output import echo_json, is_terminal, issue_lines, json_option
from avgraph.errors import SourceError
from avgraph.text import escaped, single_line
from avgraph.workspace import Workspace

if TYPE_CHECKING:
    from avgraph.knowledge import Doubt, DoubtSide, KnowledgeGraph

__all__ = ["review"]

_TYPES = {
    "people": "Person", "companies": "Organization", "works": "Work", "awards": "Award", "events": "Event",
    "places": "Place", "agreements": "Agreement",
}  # fmt: skip
_VERDICTS = {"s": "same", "d": "different", "u": "unsure"}
_KEYS = """\
  s  same: one entity from the next build on
  d  different: never joined
  u  unsure: looked at, left open, and not asked again
  k  skip: asked again next time
  b  back to the pair before; its verdict, if it got one here, is deleted
  c  write a comment that goes with the next verdict
  q  quit; every verdict is in the file already
"""
#: Claims shown of either side.
_N_CLAIMS = 6
_N_NAMES = 8


class _Answer(NamedTuple):
    """A key, and the comment that came with it."""

    key: str
    comment: str = ""


@click.command()
@click.option(
    "-g", "--graph", "workspace", default=".", show_default=True, type=click.Path(path_type=Path), metavar="WORKSPACE",
    help="Workspace folder with a build.",
)  # fmt: skip
@click.option("--kind", type=click.Choice(list(_TYPES)), help="Only these.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the first N pairs.")
@click.option("--author", help="Who decides (default: AVGRAPH_AUTHOR, or the name you are logged in by).")
@click.option("--comment", default="", help="A comment for every verdict; c writes one for the next.")
@json_option
def review(
    workspace: Path, kind: str | None, limit: int | None, author: str | None, comment: str, as_json: bool
) -> None:
    """Decide pairs of entities that a build left open as possibly the same: one key for each.

    Both sides are shown with their claims, each with its sentence or row, and what was compared. Keys: s same,
    d different, u unsure, k skip, b back (undo), c comment, q quit, ? help. Each verdict is one line at the end of the
    workspace's decisions.sssom.tsv at once; avgraph build applies it, and deleting the line undoes it.

    The pairs come first of which the most claims may stand at the wrong entity: the score times the claims of the
    smaller of the two. What the file rules already is not asked. Where standard input is no terminal, each line of it
    is a key, perhaps followed by a comment.

    \b
    avgraph review -g my-graph
    avgraph review -g my-graph --kind people --limit 20 --author "A. Archivist"
    avgraph review -g my-graph --json | jq '.[0]'
    printf 's\\nd two sisters\\nq\\n' | avgraph review -g my-graph
    """  # noqa: D301 - \b keeps click from joining the lines
    from avgraph.identity import read_decisions
    from avgraph.knowledge import open_graph, review_queue

    space = Workspace.load(workspace)
    decisions, issues = read_decisions(space.decisions_path, space.decisions_path.name)
    kg = open_graph(space.root)
    queue = review_queue(kg, decisions, _TYPES[kind] if kind else None)[:limit]
    if as_json:
        echo_json([doubt.to_json() for doubt in queue])
        return
    for line in issue_lines(issues):
        click.echo(line, err=True)
    if not queue:
        click.echo(f"nothing to review: no {kind or 'pair'} is left open")
        return
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    session = _Session(kg, queue, space.decisions_path, author if author is not None else _own_name(), comment)
    try:
        session.run()
    except (KeyboardInterrupt, EOFError, click.Abort):
        click.echo()
    click.echo(session.summary(f"avgraph build {shlex.quote(str(workspace))}"))


def _own_name() -> str:
    """Return who sits there, empty where nothing tells."""
    try:
        return os.environ.get("AVGRAPH_AUTHOR") or getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


class _Session:
    """The pairs one after the other, and the verdicts given here."""

    def __init__(self, kg: KnowledgeGraph, queue: list[Doubt], path: Path, author: str, comment: str) -> None:
        self._kg = kg
        self._queue = queue
        self._path = path
        self._author = author
        self._comment = comment
        #: Place in the queue → verdict, and its line in the file.
        self._given: dict[int, tuple[str, bytes]] = {}

    def run(self) -> None:
        """Ask until the queue is at its end, or the person has had enough."""
        at, shown, comment = 0, -1, self._comment
        while True:
            at_end = at == len(self._queue)
            if at_end:
                click.echo("\nthat was the last pair: b back, q quit")
            elif at != shown:
                _echo_doubt(self._kg, self._queue[at], at + 1, len(self._queue))
                shown = at
            answer = _answer("b q  " if at_end else "s d u k b c q ?  ")
            key, said = answer.key, answer.comment or comment
            if at_end and key not in ("b", "q"):
                continue
            if key in _VERDICTS:
                self._rule(at, _VERDICTS[key], said)
                at, comment = at + 1, self._comment
            elif key == "k":
                click.echo("skipped")
                at += 1
            elif key == "b":
                at, shown = self._back(at), -1
            elif key == "c":
                comment = answer.comment or (_line("comment: ") if is_terminal(sys.stdin) else "")
            elif key == "q":
                return
            else:
                if key != "?":
                    click.echo(f"no such key: {key!r}")
                click.echo(_KEYS, nl=False)

    def _rule(self, at: int, verdict: str, comment: str) -> None:
        from avgraph.knowledge import give_verdict

        left, right = self._queue[at].left, self._queue[at].right
        line, text = give_verdict(
            self._path, (left.reference, left.name), verdict, (right.reference, right.name), author=self._author,
            comment=comment,
        )  # fmt: skip
        self._given[at] = verdict, text
        click.echo(f"{verdict}: line {line} of {escaped(self._path.name)}")

    def _back(self, at: int) -> int:
        """Return the place before, and delete its verdict."""
        from avgraph.identity import remove_decision

        if at == 0:
            click.echo("this is the first pair")
            return at
        if (given := self._given.pop(at - 1, None)) is not None:
            try:
                remove_decision(self._path, given[1])
                click.echo(f"deleted: {given[0]}")
            except SourceError as error:
                click.echo(f"not deleted: {error}", err=True)
        return at - 1

    def summary(self, build: str) -> str:
        """Return how many verdicts were given, where they are, and what applies them."""
        counts = Counter(verdict for verdict, _ in self._given.values())
        if not counts:
            return "no verdicts"
        n = sum(counts.values())
        listed = ", ".join(f"{counts[v]} {v}" for v in _VERDICTS.values() if counts[v])
        return f"{n} verdict{'' if n == 1 else 's'} ({listed}) in {escaped(str(self._path))}; apply with: {build}"


def _answer(prompt: str) -> _Answer:
    """Return the next key; at the end of the input that is q."""
    if is_terminal(sys.stdin):
        click.echo(prompt, nl=False)
        key = click.getchar().lower()
        click.echo(key if key.isprintable() else "")
        if key in ("\x03", "\x04", ""):
            return _Answer("q")
        return _Answer(key)
    while True:
        line = sys.stdin.readline()
        if not line:
            return _Answer("q")
        if line.strip():
            key, _, comment = line.strip().partition(" ")
            return _Answer(key.lower(), comment.strip())


def _line(prompt: str) -> str:
    return str(click.prompt(prompt, default="", show_default=False, prompt_suffix=""))


def _echo_doubt(kg: KnowledgeGraph, doubt: Doubt, place: int, n_all: int) -> None:
    """Print both sides of a pair, and what was compared."""
    head = f"{place} of {n_all}  possibly the same {doubt.left.type.lower()}, score {doubt.score:.2f}"
    click.secho(f"\n{head} ({doubt.decided_by})", bold=True)
    for mark, side in (("A", doubt.left), ("B", doubt.right)):
        _echo_side(kg, mark, side)
    for feature in doubt.features:
        values = f"{_shown(feature['left'])} ~ {_shown(feature['right'])}"
        click.echo(f"  {feature['feature']} {feature['score']:+.2f}  {values}: {_shown(feature['detail'])}")


def _echo_side(kg: KnowledgeGraph, mark: str, side: DoubtSide) -> None:
    click.echo(f"  {click.style(f'{mark}  {_shown(side.name)}', bold=True)}  [{escaped(side.source)}]")
    about = [side.subtype or side.type, *([str(side.year)] if side.year else []), *side.countries, *side.ids]
    click.echo(f"     {', '.join(about)}\n     {side.entity}")
    if others := [n for n in side.names if n != side.name]:
        more = f" … {len(others) - _N_NAMES} more" if len(others) > _N_NAMES else ""
        click.echo(f"     also written: {', '.join(map(_shown, others[:_N_NAMES]))}{more}")
    claims = kg.claims(side.entity)
    # What the compared mention's own file says comes first.
    for claim in sorted(claims, key=lambda c: c.source != side.source)[:_N_CLAIMS]:
        click.echo(f"     · {_shown(claim.text)}")
        click.echo(click.style(f"         “{_shown(claim.quote)}” {escaped(claim.place)}", dim=True))
    if len(claims) > _N_CLAIMS:
        click.echo(f"     · {len(claims) - _N_CLAIMS} more: avgraph show {shlex.quote(side.entity)}")


def _shown(value: Any) -> str:
    return escaped(single_line(str(value or "")))
