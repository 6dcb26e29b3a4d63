"""``extract``, ``evaluate``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from avgraph.cli.output import Number, echo_json, echo_table, is_terminal, issue_lines, jobs_option, json_option
from avgraph.errors import AvgraphError, Issue, SourceError
from avgraph.languages import language_code
from avgraph.text import escaped
from avgraph.workspace import ARTICLE_SUFFIXES

if TYPE_CHECKING:
    from avgraph.extraction import Extraction
    from avgraph.model import Document, Fact
    from avgraph.sources import ArticleRead

__all__ = ["evaluate", "extract"]

#: Texts of more characters take so long (half a minute) that a person is told what is being read.
_LONG = 100_000

_confidence_option = click.option("--min-confidence", type=Number(0, 1), help="Leave out less certain facts than this.")
_recall_option = click.option(
    "--recall", is_flag=True, help="Keep less certain facts too: more are found, more of them are wrong."
)


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True, readable=False))
@click.option("--language", help="Language of all files (en, en-GB, English), whatever they say of themselves.")
@click.option("--date", help="Publication date of all files (2014, 2014-03 or 2014-03-05), whatever they say.")
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
@click.option("--llm-timeout", type=Number(0, min_open=True), metavar="S", help="Seconds that one answer may take.")
@jobs_option
@json_option
def extract(
    files: tuple[Path, ...], language: str | None, date: str | None, min_confidence: float | None, recall: bool,
    llm: str | None, llm_model: str | None, llm_key_env: str | None, llm_timeout: float | None, jobs: int | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Show the facts that articles state, each with the words it stands in; - reads text from standard input.

    FILES are .html, .txt or .md; a header above --- may state title, publisher, date, language and url. With --json
    one fact per line: source, subject, relation, object, qualifiers, evidence, certainty, and start and end in the
    article's text without markup and header. docs/extraction.md tells more of both. The exit code is 1 if a file
    cannot be read as an article; the others are read.

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
    if language is not None and (language := language_code(language)) is None:
        raise click.BadParameter("write a two-letter code such as en or fr", param_hint="--language")
    if llm is None and not (llm_model is None and llm_key_env is None and llm_timeout is None):
        raise click.UsageError("--llm-model, --llm-key-env and --llm-timeout need --llm URL.")
    if llm is not None and (min_confidence is not None or recall):
        raise click.UsageError(
            "Facts of a language model have one confidence: leave out --min-confidence and --recall."
        )
    if llm is not None and jobs is not None:
        raise click.UsageError("A language model is asked about one article after the other: leave out --jobs.")
    ask = None if llm is None else _asker(llm, llm_model, llm_key_env, llm_timeout)
    articles = [_read(path, language, date) for path in files]
    documents = (article.document for article in articles if not isinstance(article, AvgraphError))
    found: Generator[Extraction, None, None] = (
        extract_many(documents, jobs, extractor=Extractor(min_confidence, recall=recall))
        if ask is None
        else (ask(document) for document in documents)
    )
    failed = False
    with closing(found):
        for path, article in zip(files, articles, strict=True):
            if isinstance(article, AvgraphError):
                failed = True
                _echo_issues(article.issues(str(path)))
                continue
            _echo_issues(article.issues)
            if len(article.document.text) > _LONG and is_terminal(sys.stderr):
                click.echo(f"reading {escaped(str(path))}: {len(article.document.text):,} characters …", err=True)
            extraction = next(found)
            failed |= any(issue.severity == "error" for issue in extraction.issues)
            _echo_issues(extraction.issues)
            if as_json:
                for fact in extraction.facts:
                    record = {"source": article.document.path} | fact.to_json()
                    click.echo(json.dumps(record, ensure_ascii=False))
            else:
                _echo_facts(path, extraction.facts)
    if failed:
        raise SystemExit(1)


def _asker(
    address: str, model: str | None, key_env: str | None, timeout_s: float | None
) -> Callable[[Document], Extraction]:
    """Return what asks a language model about an article."""
    from avgraph.endpoints import address_fault, key_env_fault, model_fault
    from avgraph.extraction.llm import TIMEOUT_S, ChatEndpoint, LlmExtractor

    if model is None:
        raise click.UsageError("--llm needs --llm-model NAME: what the endpoint calls the model.")
    if fault := address_fault(address):
        raise click.BadParameter(f"the address {fault}; give one like http://localhost:11434/v1", param_hint="--llm")
    if fault := model_fault(model):
        raise click.BadParameter(f"the name {fault}", param_hint="--llm-model")
    if key_env is not None and (fault := key_env_fault(key_env)):
        raise click.BadParameter(f"this {fault}: give the name, not the key", param_hint="--llm-key-env")
    return LlmExtractor(ChatEndpoint(address, model, key_env=key_env, timeout_s=timeout_s or TIMEOUT_S)).extract


def _read(path: Path, language: str | None, date: str | None) -> ArticleRead | AvgraphError:
    """Return the article with the language and date that were given for it, or why there is none."""
    from avgraph.sources import read_article, read_text

    try:
        if str(path) == "-":
            article = read_text(sys.stdin.buffer.read(), "standard input")
        elif path.is_dir():
            raise SourceError("a folder, no file", f"name the articles in it: {path}/*.txt", str(path))
        elif path.exists() and path.suffix.lower() not in ARTICLE_SUFFIXES:
            hint = f"save its text as one of {' '.join(ARTICLE_SUFFIXES)}"
            raise SourceError("not an article format", hint, str(path))
        else:
            article = read_article(path, str(path))
    except AvgraphError as error:
        return error
    document = article.document
    document = replace(document, language=language or document.language, date=date or document.date)
    # What the file says wrongly does not matter where the option says it.
    settled = {key for key, value in (("language", language), ("date", date)) if value}
    return replace(article, document=document, issues=tuple(i for i in article.issues if i.where not in settled))


def _echo_issues(issues: Iterable[Issue]) -> None:
    for line in issue_lines(issues):
        click.echo(line, err=True)


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
    type=click.Path(path_type=Path, exists=True, dir_okay=False, readable=False),
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

    A line of NAME.jsonl is a fact as extract --json prints it, perhaps with "optional": true or "alt_relations": […];
    aliases.json holds groups of names of one thing. docs/evaluation.md tells the formats and the keys of floors.

    The exit code is 1 if a figure of --floors is not reached, or an annotation or a text cannot be used; such a line
    is left out of the figures.

    \b
    avgraph evaluate annotated --show 10
    avgraph evaluate annotated --floors floors.toml --json
    """  # noqa: D301 - \b keeps click from joining the lines
    from avgraph.evaluation import below_floors, evaluate_folders, read_floors
    from avgraph.extraction import Extractor

    wanted = read_floors(floors) if floors else ()
    evaluation = evaluate_folders(folders, Extractor(min_confidence, recall=recall))
    if as_json:
        echo_json(evaluation.to_json())
    else:
        echo_table(*evaluation.table())
        for line in evaluation.summary_lines(show):
            click.echo(line)
    _echo_issues(evaluation.issues)
    missed = below_floors(evaluation, wanted)
    for line in missed:
        click.echo(f"below the floor: {line}", err=True)
    if missed or any(issue.severity == "error" for issue in evaluation.issues):
        raise SystemExit(1)
