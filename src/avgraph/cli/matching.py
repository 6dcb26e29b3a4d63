"""``match``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from avgraph.cli.output import Number, echo_json, echo_table, is_terminal, issue_lines, json_option, progress_bars
from avgraph.text import escaped, single_line

if TYPE_CHECKING:
    from avgraph.matching import MatchResult

__all__ = ["match"]

_KINDS = ("works", "people", "companies")
_TOML = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@click.argument("left", type=click.Path(path_type=Path))
@click.argument("right", type=click.Path(path_type=Path))
@click.option("--kind", type=click.Choice(_KINDS), help="What the rows are (default: told by columns or names).")
@click.option("--threshold", type=Number(0, 1), metavar="SCORE",
              help="Print pairs that score so much or more (default: what a build joins on its own).")  # fmt: skip
@click.option(
    "--one-to-one", is_flag=True, help="Use each row at most once: the pairs with the greatest sum of scores."
)
@click.option("--mapping", type=_TOML, metavar="TOML", help="Read both tables through this mapping.")
@click.option("--left-mapping", type=_TOML, metavar="TOML", help="Read the left table through this mapping.")
@click.option("--right-mapping", type=_TOML, metavar="TOML", help="Read the right table through this mapping.")
@json_option
def match(
    left: Path, right: Path, kind: str | None, threshold: float | None, one_to_one: bool, mapping: Path | None,
    left_mapping: Path | None, right_mapping: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Link two tables: print which rows of LEFT and RIGHT are the same work, person or company, with score and reasons.

    LEFT and RIGHT are files (.csv .tsv .xlsx .ods .json .jsonl .parquet …, perhaps .gz) whose first row names the
    columns: id, title and *_title, name and *_name, alias, year, director, actors and other people, country, company,
    ids of IMDb, Wikidata, EIDR, ISAN, TMDb. docs/matching.md lists all names; other columns are not looked at, and told
    on stderr. Several values in a cell are parted by |. A mapping (docs/mapping.md) reads any other table.

    --json prints an array of objects: left, right (the values of the id columns, or "row 2" without one), score (0 to
    1), features (the reasons, each with the two values that were compared). A row that cannot be used is told with its
    line, and the exit code is then 1.

    \b
    avgraph match ours.csv theirs.xlsx
    avgraph match ours.csv theirs.csv --one-to-one --threshold 0.7 --json
    avgraph match studios.csv wikidata.csv --kind companies
    """  # noqa: D301 - \b keeps click from joining the lines
    from avgraph.identity import MERGE
    from avgraph.matching import match as match_tables

    threshold = MERGE if threshold is None else threshold
    with progress_bars() as progress:
        result = match_tables(
            left, right, kind=kind, threshold=threshold, one_to_one=one_to_one, mapping=mapping,
            left_mapping=left_mapping, right_mapping=right_mapping, progress=progress,
        )  # fmt: skip
    for line in issue_lines(result.issues):
        click.echo(line, err=True)
    for line in _told(result):
        click.echo(line, err=True)
    if as_json:
        echo_json(result.to_json())
    elif is_terminal():
        _echo_pairs(result)
    else:
        columns = ("left", "right", "score", "left_name", "right_name", "reasons")
        rows = result.pairs.select("left", "right", "score", "left_name", "right_name", "features").iter_rows()
        echo_table(columns, ((*row[:-1], _reasons(row[-1])) for row in rows))
    if any(i.severity == "error" for i in result.issues):
        raise SystemExit(1)


def _told(result: MatchResult) -> list[str]:
    """Return what was read and found, for people."""
    lines = [f"matching {result.kind} ({escaped(result.why)})"]
    for table in result.tables:
        books = f"{table.n_read:,} rows read = {table.n_used:,} used + {table.n_quarantined:,} quarantined"
        lines.append(f"{escaped(table.name)}: {books}; {escaped('; '.join(table.about))}")
    n = f"{len(result):,} pair{'' if len(result) == 1 else 's'}"
    return [*lines, f"{n} with a score of {result.threshold:g} or more"]


def _echo_pairs(result: MatchResult) -> None:
    """Print the pairs for a person, the reasons below each."""
    columns = ("left", "right", "score", "left_name", "right_name", "features")
    rows = list(result.pairs.select(columns).iter_rows())
    widths = [max((len(_shown(row[at])) for row in rows), default=0) for at in (0, 1)]
    for left, right, score, left_name, right_name, features in rows:
        ids = f"{_shown(left):<{widths[0]}}  {_shown(right):<{widths[1]}}"
        click.secho(f"{score:.2f}  {ids}  {_shown(left_name)} ~ {_shown(right_name)}", bold=True)
        click.echo(click.style(f"      {_reasons(features)}", dim=True))


def _shown(text: str) -> str:
    return escaped(single_line(text))


def _reasons(features: list[dict[str, Any]]) -> str:
    """Return the features of a pair in words, each with what it counts and the two values."""
    return "; ".join(
        f"{f['feature']} {f['score']:+.2f} ({_shown(f['left'])} ~ {_shown(f['right'])}: {_shown(f['detail'])})"
        for f in features
    )
