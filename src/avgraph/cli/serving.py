"""``serve``."""

from __future__ import annotations

import os
import secrets
import webbrowser
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import click

from avgraph.cli.output import echo_json, json_option

__all__ = ["serve"]

_TOKEN = "AVGRAPH_TOKEN"


@click.command()
@click.argument("workspace", default=".", type=click.Path(path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at; 0.0.0.0: all of them.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="0: any that is free.")
@click.option("--open", "opens", is_flag=True, help="Open the browser.")
@click.option("--writable", is_flag=True, help="Let who knows the token write: updates, graphs, verdicts.")
@click.option("--address", metavar="URL", default="", help="Where the public finds the server, if behind a proxy.")
@click.option("--timeout", "timeout_s", default=30.0, show_default=True, type=click.FloatRange(0.1, 3600),
              help="Seconds a request may take.")  # fmt: skip
@click.option("--max-rows", default=1_000_000, show_default=True, type=click.IntRange(1), help="Rows of an answer.")
@click.option("--max-mib", default=64, show_default=True, type=click.IntRange(1), help="MiB of an answer.")
@click.option("--workers", "n_workers", type=click.IntRange(1, 256), help="Requests worked on at once (default: CPUs).")
@json_option
def serve(
    workspace: Path, host: str, port: int, opens: bool, writable: bool, address: str, timeout_s: float, max_rows: int,
    max_mib: int, n_workers: int | None, as_json: bool,
) -> None:  # fmt: skip
    """Serve the graph of WORKSPACE: pages, a SPARQL endpoint, linked data.

    It is read-only and safe to expose: queries have a time-out and are run apart, and reach out to nobody. A new build
    is served as soon as it lands. Ctrl-C ends it.

    With --writable, who knows the token may send SPARQL Updates and graphs, and give verdicts. The token is taken from
    AVGRAPH_TOKEN; where that is not set one is made and told. What is written is kept beside the builds; graphs of a
    build give way to those of the next.

    \b
    avgraph serve my-graph --open
    AVGRAPH_TOKEN=… avgraph serve my-graph --writable --host 0.0.0.0 --address https://films.example.org
    """  # noqa: D301 - \b keeps click from joining the lines
    from dataclasses import replace

    from avgraph.workers import copies

    copies("avgraph.web.preloaded")  # loads what workers need while this process loads what it needs itself
    from avgraph.web import Limits, Settings
    from avgraph.web import serve as listen

    if address and (urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).hostname):
        raise click.BadParameter("give it as https://films.example.org", param_hint="--address")
    limits = Limits(timeout_s=timeout_s, max_rows=max_rows, max_bytes=max_mib * 1024 * 1024)
    if n_workers is not None:
        limits = replace(limits, n_workers=n_workers)
    token = os.environ.get(_TOKEN) if writable else None
    if writable and not token:
        token = secrets.token_urlsafe(18)
        click.echo(f"token to write: {token}", err=True)

    def ready(where: str, listening: str) -> None:
        if as_json:
            echo_json({"address": where, "sparql": f"{where}sparql", "listening": listening})
        else:
            click.echo(f"serving {workspace} at {where} (SPARQL: {where}sparql); Ctrl-C ends it", err=True)
        if opens:
            webbrowser.open(where)

    with suppress(KeyboardInterrupt):
        listen(Settings(workspace, token, address.rstrip("/"), limits), host, port, ready)
