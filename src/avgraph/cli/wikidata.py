"""``pull wikidata``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from avgraph.cli.output import Number, echo_json, json_option, progress_bars
from avgraph.workspace import Workspace

if TYPE_CHECKING:
    from avgraph.enrichment import PullReport

__all__ = ["wikidata"]

_IDS = "all|ID,…|FILE"
#: Names of a long list that are shown.
_N_SHOWN = 5


def _languages(ctx: click.Context, param: click.Parameter, value: str) -> list[str]:
    import re

    codes = [code.strip().lower() for code in value.split(",") if code.strip()]
    if not codes or not all(re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{1,8})*", code) for code in codes):
        raise click.BadParameter(f"{value!r} is no list of language codes such as en,fr.")
    return codes


@click.command()
@click.option("-g", "--graph", "-w", "--workspace", "workspace", default=".", show_default=True, metavar="WORKSPACE",
              type=click.Path(path_type=Path), help="Workspace folder.")  # fmt: skip
@click.option("--works", multiple=True, metavar=_IDS, help="Works to ask about.")
@click.option("--people", multiple=True, metavar=_IDS, help="People to ask about.")
@click.option("--companies", multiple=True, metavar=_IDS, help="Companies and other organizations to ask about.")
@click.option("--endpoint", metavar="URL", help="Another SPARQL endpoint of Wikidata's shape.")
@click.option("--output", type=click.Path(path_type=Path), metavar="FOLDER",
              help="Where to write (default: records/wikidata in the workspace).")  # fmt: skip
@click.option("--language", "languages", default="en,fr,de,nl", show_default=True, callback=_languages,
              metavar="CODES", help="Languages of names, the preferred first.")  # fmt: skip
@click.option("--contact", envvar="AVGRAPH_CONTACT", metavar="TEXT",
              help="Your mail address or page, sent with every request (or AVGRAPH_CONTACT).")  # fmt: skip
@click.option("--pause", default=1.0, show_default=True, type=Number(min=0), metavar="SECONDS",
              help="Least time between two requests.")  # fmt: skip
@click.option("--timeout", default=70, show_default=True, type=click.IntRange(min=1), metavar="SECONDS",
              help="How long an answer is waited for.")  # fmt: skip
@click.option("--refresh", is_flag=True, help="Ask again what was answered before.")
@click.option("--dry-run", is_flag=True, help="Ask nothing: print the first query and the number of requests.")
@json_option
def wikidata(
    workspace: Path, works: tuple[str, ...], people: tuple[str, ...], companies: tuple[str, ...],
    endpoint: str | None, output: Path | None, languages: list[str], contact: str | None, pause: float, timeout: int,
    refresh: bool, dry_run: bool, as_json: bool,
) -> None:  # fmt: skip
    """Ask Wikidata about what the workspace knows, and write its statements as records.

    Entities are found by their ids (Wikidata, IMDb, EIDR, ISAN, TMDb), never by name. Each statement becomes a row of
    records/wikidata/, with a mapping beside it; the next avgraph build reads them like any record. Deprecated
    statements and unknown values are left out.

    One request at a time, a pause after each, longer waits when the endpoint asks for them. Answers are kept in
    .avgraph/wikidata: after Ctrl-C or a cut connection the same command goes on where it was. The exit code is 1 if
    the endpoint gave up on some ids; the same command asks about them again.

    \b
    avgraph pull wikidata --works all -g my-graph
    avgraph pull wikidata --works Q16960083,tt3043542 --companies ids.txt -g my-graph
    avgraph pull wikidata --people all --language lb,fr,de --contact me@example.org
    avgraph pull wikidata --works all --dry-run
    """  # noqa: D301 - \b keeps click from joining the lines
    given = {"works": works, "people": people, "companies": companies}
    if not any(given.values()):
        raise click.UsageError("Say what to ask about: --works all, --people all or --companies all.")
    from avgraph import enrichment
    from avgraph.graph.polite import PoliteEndpoint

    space = Workspace.load(workspace)
    asked = PoliteEndpoint(endpoint or enrichment.ENDPOINT, contact, pause_s=pause, timeout_s=timeout)
    wanted = {kind: enrichment.wanted_ids(space, kind, ids) for kind, ids in given.items() if ids}
    if dry_run:
        store = enrichment.AnswerStore(space.build_dir / enrichment.CACHE_NAME, asked, "", refresh=refresh)
        for line in enrichment.plan_lines(wanted, languages, store):
            click.echo(line)
        return
    with progress_bars() as progress:
        report = enrichment.pull_wikidata(
            space, wanted, asked, languages=languages, output=output, refresh=refresh, progress=progress
        )
    if as_json:
        echo_json(asdict(report))
    else:
        _tell(report)
    if report.unanswered:
        raise SystemExit(1)


def _tell(report: PullReport) -> None:
    for kind, n_items in report.n_items.items():
        click.echo(f"{kind}: {n_items} items for {report.n_wanted[kind]} asked about")
    for name, n_rows in report.n_rows.items():
        click.echo(f"{n_rows} rows in {name}")
    click.echo(f"{report.n_requests} requests; {report.n_reused} answers were there already")
    for label, names in (
        ("no item has the ids of", report.not_found),
        ("several items have the ids of", report.ambiguous),
        ("the endpoint gave up on", report.unanswered),
        ("changed by you, and left as it is:", report.own_mappings),
    ):
        if names:
            more = f" and {len(names) - _N_SHOWN} more" if len(names) > _N_SHOWN else ""
            click.echo(f"{label} {', '.join(names[:_N_SHOWN])}{more}", err=True)
