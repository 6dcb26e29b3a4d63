"""``query``, ``show``, ``explain``, ``conflicts``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from avgraph.cli.output import echo_json, echo_table, graph_option, is_terminal, json_option
from avgraph.errors import QueryError

if TYPE_CHECKING:
    from avgraph.knowledge import Claim, Entity
    from avgraph.queries import NamedQuery

__all__ = ["conflicts", "explain", "query", "show"]

_ENTITY_TYPES = ("Person", "Organization", "Work", "Award", "Event", "Place", "Agreement")
_OUTCOMES = ("contradicted", "unconfirmed", "consistent", "not comparable")


@click.command()
@click.argument("query", required=False)
@click.option("-p", "--param", "params", multiple=True, metavar="NAME=VALUE", help="A parameter of a named query.")
@click.option("--list", "list_", is_flag=True, help="List the named queries and their parameters.")
@click.option("--sparql", is_flag=True, help="Print the SPARQL, parameters filled in, instead of asking it.")
@click.option("--iris", is_flag=True, help="Show IRIs instead of names.")
@graph_option
@json_option
def query(
    query: str | None, params: tuple[str, ...], list_: bool, sparql: bool, iris: bool, graph: str, as_json: bool
) -> None:
    """Ask QUERY: the name of a query, SPARQL text, a .rq file, or - for standard input.

    SPARQL needs no PREFIX lines for the usual vocabularies. CONSTRUCT and DESCRIBE print N-Triples. A .rq file of
    your own takes parameters (?_name) if it begins with "#+ summary: ...", as those of the list do. Countries may be
    given by code or name.

    A local graph is asked as a whole and without the network: SERVICE and FROM are refused. The exit code is 4 if
    something is wrong with the query: its name, its file, its text or a parameter.

    \b
    avgraph query --list
    avgraph query coproductions-with -p country=Luxembourg -p since=2010
    avgraph query who-directed -p work='Unité 42' --json
    avgraph query 'SELECT ?film WHERE { ?film av:supportedBy ?fund } LIMIT 5'
    """  # noqa: D301 - \b keeps click from joining the lines
    if list_:
        _list_queries(as_json)
        return
    if not query or not query.strip():
        raise click.UsageError("Give a query, or --list for the named ones.")
    question = _question(query)
    text = question if isinstance(question, str) else question.text
    values = dict(_pair(p) for p in params)
    from avgraph.knowledge import open_graph

    kg = open_graph(graph)
    if sparql:
        click.echo(kg.sparql(question, **values).rstrip())
    elif _is_form(text, "ASK"):
        answer = kg.ask(text)
        echo_json(answer) if as_json else click.echo("yes" if answer else "no")
    elif _is_form(text, "CONSTRUCT") or _is_form(text, "DESCRIBE"):
        click.echo(kg.construct(text).decode(), nl=False)
    else:
        result = kg.query(question, **values)
        if as_json:
            click.echo(result.to_json())
            return
        rows = ([v if iris or not isinstance(v, str) else result.shown(v) for v in row] for row in result.table.rows)
        echo_table(result.columns, rows)
        if is_terminal() or not len(result):
            click.echo(f"{len(result)} rows", err=True)


def _question(query: str) -> str | NamedQuery:
    """Return what to ask: standard input, a file (with ``#+`` lines a query with parameters), or the argument."""
    if query.endswith(".rq"):
        from avgraph.queries import read_query

        return read_query(Path(query))
    if query != "-":
        return query
    try:
        return sys.stdin.read()
    except UnicodeDecodeError as error:
        raise QueryError("the query is not UTF-8", "send UTF-8", "standard input") from error


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(f"{text!r} is not NAME=VALUE", param_hint="--param")
    return name, value


def _is_form(text: str, form: str) -> bool:
    import re

    bare = re.sub(r"#[^\n]*|PREFIX\s+[\w-]*:\s*<[^>]*>|BASE\s*<[^>]*>", " ", text, flags=re.IGNORECASE)
    return bare.strip().upper().startswith(form)


def _list_queries(as_json: bool) -> None:
    from avgraph.queries import named_queries

    rows: list[dict[str, Any]] = [
        {
            "name": q.name,
            "summary": q.summary,
            "question": q.competency,
            "parameters": [{"name": p.name, "type": p.type, "default": p.default} for p in q.parameters],
        }
        for q in named_queries()
    ]
    if as_json:
        echo_json(rows)
        return
    shown = ((r["name"], r["summary"], ", ".join(_parameter(p) for p in r["parameters"])) for r in rows)
    echo_table(("name", "answers", "parameters"), shown)


def _parameter(parameter: dict[str, Any]) -> str:
    default = parameter["default"]
    return f"{parameter['name']}:{parameter['type']}" + (f"={default}" if default not in (None, "") else "")


@click.command()
@click.argument("name", required=False)
@click.option("--type", "type_", type=click.Choice(_ENTITY_TYPES, case_sensitive=False), help="Of several so named.")
@click.option("--search", metavar="TEXT", help="List the entities of which a name contains TEXT.")
@click.option("--claim", "claim_iri", metavar="IRI", help="Show one claim with all it rests on.")
@graph_option
@json_option
def show(
    name: str | None, type_: str | None, search: str | None, claim_iri: str | None, graph: str, as_json: bool
) -> None:
    """Show the entity NAME (a name, an IRI or an id like imdb:tt3043542): each claim with its sentence or row.

    \b
    avgraph show 'Mr. Hublot'
    avgraph show --search fund
    avgraph show Luxembourg --type Place --json
    """  # noqa: D301 - \b keeps click from joining the lines
    if not (name or search or claim_iri):
        raise click.UsageError("Give a name, --search TEXT or --claim IRI.")
    from avgraph.knowledge import open_graph

    kg = open_graph(graph)
    if search:
        found = kg.search(search)
        if as_json:
            echo_json([{"entity": e.iri, "label": e.label, "type": e.type, "subtype": e.subtype} for e in found])
        else:
            echo_table(("name", "type", "year", "iri"), ((e.label, e.subtype or e.type, e.year, e.iri) for e in found))
        if not found:
            click.echo(f"no name contains {search!r}", err=True)
    elif claim_iri:
        claim = kg.claim(claim_iri)
        echo_json(claim.to_json()) if as_json else _echo_claim(claim, full=True)
    else:
        entity = kg.entity(str(name), type_)
        echo_json(entity.to_json()) if as_json else _echo_entity(entity)


def _echo_entity(entity: Entity) -> None:
    about = [
        entity.subtype or entity.type,
        *entity.countries,
        *([str(entity.year)] if entity.year else []),
        *entity.ids,
    ]
    click.secho(entity.label, bold=True)
    click.echo(f"  {', '.join(about)}\n  {entity.iri}")
    if others := [n for n in entity.names if n != entity.label]:
        click.echo(f"  also written: {', '.join(others)}")
    for iri, type_ in entity.homonyms:
        click.echo(f"  another {type_} has this name: {iri}")
    kind = None
    for claim in entity.claims:
        if claim.kind != kind:
            kind = claim.kind
            click.secho(f"\n{kind}", bold=True)
        _echo_claim(claim)


def _echo_claim(claim: Claim, *, full: bool = False) -> None:
    click.echo(f"  {claim.text}")
    click.echo(click.style(f"      “{claim.quote or ''}”", dim=True))
    click.echo(click.style(f"      {claim.place}, {claim.status}, confidence {claim.confidence:.2f}", dim=True))
    if full:
        click.echo(f"      {claim.iri}\n      {claim.method}")


@click.command()
@click.argument("left")
@click.argument("right", required=False)
@graph_option
@json_option
def explain(left: str, right: str | None, graph: str, as_json: bool) -> None:
    """Explain why the names behind LEFT are one entity; with RIGHT, why the two are or are not the same.

    \b
    avgraph explain 'Film Fund Luxembourg'
    avgraph explain 'Samsa Film' 'Samsa'
    """  # noqa: D301 - \b keeps click from joining the lines
    from avgraph.knowledge import open_graph

    kg = open_graph(graph)
    links = kg.explain(left, right)
    if as_json:
        echo_json([vars(link) if hasattr(link, "__dict__") else link for link in links])
        return
    one = kg.entity(left)
    if right:
        two = kg.entity(right)
        if one.iri == two.iri:
            click.echo(f"Same: {left} and {right} are {one.iri}")
        elif not links:
            both = f"{one.label} ({one.type}) and {two.label} ({two.type})"
            click.echo(f"Not the same, and never compared: {both} share no name key.")
    elif not links:
        click.echo(f"{one.label} stands under this name in one source only; nothing was matched.")
    for link in links:
        pair = f"{link.left} [{link.left_source}] ~ {link.right} [{link.right_source}]"
        click.echo(f"{link.verdict} ({link.score:.2f}, {link.decided_by}): {pair}")
        click.echo(click.style(f"    {link.reason}", dim=True))


@click.command()
@click.option("--outcome", type=click.Choice(_OUTCOMES), help="Only these.")
@click.option("--entity", metavar="NAME", help="Only those about this entity, or with a claim that names it.")
@click.option("--rule", metavar="RULE", help="Only those that this rule found; docs/conflicts.md lists the rules.")
@graph_option
@json_option
def conflicts(outcome: str | None, entity: str | None, rule: str | None, graph: str, as_json: bool) -> None:
    """List where sources disagree, and counted statements held against the records.

    \b
    avgraph conflicts --outcome contradicted
    avgraph conflicts --entity 'Mr. Hublot'
    avgraph conflicts --rule release-date
    avgraph conflicts --json | jq '.[].explanation'
    """  # noqa: D301 - \b keeps click from joining the lines
    from avgraph.knowledge import open_graph

    found = open_graph(graph).conflicts(outcome, entity=entity, rule=rule)
    if as_json:
        echo_json([c.to_json() for c in found])
        return
    if not is_terminal():
        rows = ((c.outcome, c.rule, c.subject_label, c.property, c.explanation) for c in found)
        echo_table(("outcome", "rule", "subject", "property", "explanation"), rows)
        return
    for conflict in found:
        click.secho(f"{conflict.outcome}: {conflict.subject_label}, {conflict.property}", bold=True)
        click.echo(f"  {conflict.explanation}")
        for side in conflict.sides:
            sources = ", ".join(side.sources)
            if side.n_independent < len(side.sources):
                sources += f"; {side.n_independent} independent"
            click.echo(f"  {'✓' if side.preferred else '·'} {side.value}  [{sources}]")
            if side.quote:
                click.echo(click.style(f"      “{side.quote}”", dim=True))
        if conflict.settled_by and conflict.outcome != "consistent":
            click.echo(click.style(f"  To settle it: {conflict.settled_by}", dim=True))
    click.echo(f"{len(found)} found", err=True)
