"""Pairs that a build left open: both sides with what is said of them, and a form for the verdict."""

from __future__ import annotations

from typing import Any

from avgraph.identity import read_decisions
from avgraph.knowledge import Doubt, review_queue
from avgraph.web.pages.asked import Asked
from avgraph.web.pages.rendering import html_reply
from avgraph.web.problems import Problem, ProblemError, Reply
from avgraph.web.worker import Served
from avgraph.workspace import CONFIG_NAME, Workspace

__all__ = ["login", "review"]

_EACH = 10
_CLAIMS = 4


def review(served: Served, asked: Asked, state: str, word: str) -> Reply:
    """Show the next pairs to be decided.

    Parameters
    ----------
    state
        Of the curator's file: another one is another page.
    word
        What a form must send along.

    Raises
    ------
    ProblemError
        If what is served is no workspace.
    """
    if not (served.path / CONFIG_NAME).is_file():
        raise ProblemError(Problem(404, "no-workspace", "There is nothing to review", "No workspace is served."))
    workspace = Workspace.load(served.path)
    decisions, issues = read_decisions(workspace.decisions_path, workspace.decisions_path.name)
    queue = review_queue(served.graph, decisions, asked.get("type") or None)
    page = asked.number("page", 1, 1, 100_000)
    part = queue[(page - 1) * _EACH : page * _EACH]
    return html_reply(
        "review.html", served, asked, pairs=[_shown(served, doubt) for doubt in part], n_pairs=len(queue), page=page,
        n_pages=-(-len(queue) // _EACH), issues=issues, n_given=len(decisions.rows), word=word,
        file=workspace.decisions_path.name, types=sorted({doubt.left.type for doubt in queue}),
    )  # fmt: skip


def _shown(served: Served, doubt: Doubt) -> dict[str, Any]:
    sides = [(side, served.graph.claims(side.entity, limit=_CLAIMS)) for side in (doubt.left, doubt.right)]
    return {"doubt": doubt, "sides": sides}


def login(served: Served, asked: Asked, wrong: bool) -> Reply:
    """Ask for the token."""
    return html_reply("login.html", served, asked, status=403 if wrong else 200, wrong=wrong)
