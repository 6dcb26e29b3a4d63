"""``pull``: what is fetched from elsewhere."""

from __future__ import annotations

import click

from avgraph.cli.wikidata import wikidata

__all__ = ["pull"]


@click.group(invoke_without_command=False)
def pull() -> None:
    """Fetch from elsewhere: facts about what a workspace knows.

    \b
    avgraph pull wikidata --works all -g my-graph
    """  # noqa: D301 - \b keeps click from joining the lines


pull.add_command(wikidata)
