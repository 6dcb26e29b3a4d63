"""``extract``, ``evaluate``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from avgraph.cli.output import echo_json, echo_table, issue_lines, jobs_option, json_option
from avgraph.errors import AvgraphError
from avgraph.text import escaped
from avgraph.workspace import ARTICLE_SUFFIXES

if TYPE_CHECKING:
    from avgraph.extraction import Extraction
    from avgraph.model import Document, Fact

__all__ = ["evaluate", "extract"]


_confidence_option = click.option(
    "--min-confidence", type=click.FloatRange(0, 1), help="Leave out less certain facts than this."
)
_recall_option = click.option(
    "--recall", is_flag=True, help="Keep less certain facts too: more are found, more of them are wrong."
)


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--language", help="ISO 639-1 code, where the file does not say and it is not recognised.")
@click.option("--date", help="Publication date (2014, 2014-03 or 2014-03-05), where the file does not say.")
@_confidence_option
@_recall_option
@click.option(
    "--llm", metavar="URL", help="Ask a language model instead: an OpenAI-compatible endpoint, such as "
    "http://localhost:11434/v1. The articles are sent there."
)  # fmt: skip
@click.option("--llm-model", metavar="NAME", help="What the endpoint calls the model.")
@click.option(
    "--llm-key-env", metavar="VAR", help="Environment variable with the endpoint's key (default: AVGRAPH_LLM_KEY)."
)
@click.option(
    "--llm-timeout", type=click.FloatRange(0, min_open=True), metavar="S", help="Seconds that one answer may take."
)
@jobs_option
@json_option
def extract(
    files: tuple[Path, ...], language: str | None, date: str | None, min_confidence: float | None, recall: bool,
    llm: str | None, llm_model: str | None, llm_key_env: str | None, llm_timeout: float | None, jobs: int | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Show the facts that articles state, each with the words it stands in; - reads text from standard input.

    FILES are .html, .txt or .md. With --json one fact per line: subject, relation, object, qualifiers, evidence,
    certainty, offsets. The exit code is 1 if a file cannot be read as an article; the others are read.

    Nothing is sent anywhere unless --llm says so. Then the facts are those of the language model alone, as far as the
    article bears them out; its other claims are listed as warnings. The exit code is 1 if an article gets no answer
    that can be used, 3 if the endpoint cannot be asked.

    \b
    avgraph extract article.html
    avgraph extract articles/*.txt --json --min-confidence 0.7 > facts.jsonl
    echo '“Gutland” was directed by Govinda Van Maele.' | avgraph extract - --language en
    avgraph extract article.html --llm http://localhost:11434/v1 --llm-model llama3.1
    """  # noqa: D301 - \b keeps click from joining the lines
    from avgraph.dates import is_partial_date
    from avgraph.extraction import Extractor, extract_many

    if date is not None and not is_partial_date(date):
        raise click.BadParameter(f"{date!r} is not a date such as 2014, 2014-03 or 2014-03-05", param_hint="--date")
    if language is not None and not (len(language) == 2 and language.isalpha()):
        raise click.BadParameter(f"{language!r} is not a two-letter code such as en or fr", param_hint="--language")
    for path in files:
        _check_article(path)
    if llm is None and not (llm_model is None and llm_key_env is None and llm_timeout is None):
        raise click.UsageError("--llm-model, --llm-key-env and --llm-timeout need --llm URL.")
    if llm is not None and (min_confidence is not None or recall):
        raise click.UsageError(
            "Facts of a language model have one confidence: leave out --min-confidence and --recall."
        )
    ask = None if llm is None else _asker(llm, llm_model, llm_key_env, llm_timeout)
    articles = [_read(path) for path in files]
    documents = (
        replace(document, language=language or document.language, date=date or document.date)
        for document in articles
        if not isinstance(document, AvgraphError)
    )
    found: Iterator[Extraction] = (
        extract_many(documents, jobs, extractor=Extractor(min_confidence, recall=recall))
        if ask is None
        else map(ask, documents)
    )
    failed = False
    for path, document in zip(files, articles, strict=True):
        if isinstance(document, AvgraphError):
            click.echo(f"error: {document}", err=True)
            failed = True
            continue
        extraction = next(found)
        failed |= any(issue.severity == "error" for issue in extraction.issues)
        for line in issue_lines(extraction.issues):
            click.echo(line, err=True)
        if as_json:
            for fact in extraction.facts:
                click.echo(json.dumps(fact.to_json(), ensure_ascii=False))
        else:
            _echo_facts(path, extraction.facts)
    if failed:
        raise SystemExit(1)


def _asker(
    address: str, model: str | None, key_env: str | None, timeout_s: float | None
) -> Callable[[Document], Extraction]:
    """Return what asks a language model about an article."""
    from avgraph.endpoints import address_fault, model_fault
    from avgraph.extraction.llm import TIMEOUT_S, ChatEndpoint, LlmExtractor

    if model is None:
        raise click.UsageError("--llm needs --llm-model NAME: what the endpoint calls the model.")
    if fault := address_fault(address):
        raise click.BadParameter(f"the address {fault}; give one like http://localhost:11434/v1", param_hint="--llm")
    if fault := model_fault(model):
        raise click.BadParameter(f"the name {fault}", param_hint="--llm-model")
    return LlmExtractor(ChatEndpoint(address, model, key_env=key_env, timeout_s=timeout_s or TIMEOUT_S)).extract


def _check_article(path: Path) -> None:
    """Refuse what is no article file before anything is read."""
    if str(path) == "-":
        return
    if not path.is_file():
        fault = "is no file" if path.exists() else "does not exist"
    elif path.suffix.lower() not in ARTICLE_SUFFIXES:
        fault = f"is not an article format; save its text as one of {' '.join(ARTICLE_SUFFIXES)}"
    else:
        return
    raise click.BadParameter(f"{str(path)!r} {fault}", param_hint="FILES")


def _read(path: Path) -> Document | AvgraphError:
    """Return the document, or why there is none."""
    from avgraph.sources import read_article, read_text

    try:
        if str(path) == "-":
            return read_text(sys.stdin.buffer.read(), "standard input").document
        return read_article(path, str(path)).document
    except AvgraphError as error:
        return error


def _echo_facts(path: Path, facts: tuple[Fact, ...]) -> None:
    click.secho(f"{escaped(str(path))}: {len(facts)} facts", bold=True)
    for fact in facts:
        said = ", ".join(f"{k}: {v}" for k, v in fact.qualifiers.items())
        click.echo(f"  {fact.subject} — {fact.relation} → {fact.object}" + (f"  ({said})" if said else ""))
        click.echo(click.style(f"      “{' '.join(fact.evidence.split())}”", dim=True))
        click.echo(
            click.style(
                f"      [{fact.start}:{fact.end}] {fact.certainty}, {fact.confidence:.2f}, {fact.rule}", dim=True
            )
        )


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--floors",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="TOML of figures that must be reached.",
)
@click.option(
    "--show", default=0, type=click.IntRange(min=0), metavar="N", help="List the first N wrong and missed facts."
)
@_confidence_option
@_recall_option
@json_option
def evaluate(
    folders: tuple[Path, ...], floors: Path | None, show: int, min_confidence: float | None, recall: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Score extraction against annotated texts: FOLDERS with NAME.txt and NAME.jsonl.

    The exit code is 1 if a figure of --floors is not reached.

    \b
    avgraph evaluate annotated --show 10
    avgraph evaluate annotated --floors floors.toml --json
    """  # noqa: D301 - \b keeps click from joining the lines
    from avgraph.evaluation import below_floors, evaluate_folders, read_floors
    from avgraph.extraction import Extractor

    wanted = read_floors(floors) if floors else None
    evaluation = evaluate_folders(folders, Extractor(min_confidence, recall=recall))
    if as_json:
        echo_json(evaluation.to_json())
    else:
        echo_table(*evaluation.table())
        for line in evaluation.summary_lines(show):
            click.echo(line)
    if wanted is not None and (missed := below_floors(evaluation, wanted)):
        for line in missed:
            click.echo(f"below the floor: {line}", err=True)
        raise SystemExit(1)
