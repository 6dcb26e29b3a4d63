"""Templates, and what all pages share."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from avgraph._version import __version__
from avgraph.errors import AvgraphError
from avgraph.vocabulary import ID_BASE, compact
from avgraph.web.pages.asked import Asked, path_below
from avgraph.web.pages.shared import KIND_TITLES
from avgraph.web.pages.wording import FILTERS, GLOBALS
from avgraph.web.problems import ProblemError, Reply, problem_of
from avgraph.web.worker import Served

__all__ = ["base_iri_of", "environment", "give", "html_reply", "path_of", "render", "show", "static_files"]


def show(served: Served, page: str, asked: Asked, *more: object) -> Reply:
    """Return a page, or one that tells why there is none.

    A page is named by its module here and its function, ``"search.search"``: the server itself need not load them all.
    It gets what is served, what is asked, and `more`.
    """
    try:
        return give(served, page, asked, *more)
    except (AvgraphError, ProblemError) as error:
        problem = problem_of(error)
        return html_reply("problem.html", served, asked, status=problem.status, problem=problem)


def give(served: Served, page: str, asked: Asked, *more: object) -> Reply:
    """Return what a page is, for programs: errors are problems.

    Raises
    ------
    AvgraphError, ProblemError
        That the page raises.
    """
    module, _, name = page.partition(".")
    reply: Reply = getattr(import_module(f"avgraph.web.pages.{module}"), name)(served, asked, *more)
    return reply


def html_reply(template: str, served: Served, asked: Asked, status: int = 200, **values: Any) -> Reply:
    """Return a filled template as a reply."""
    body = render(template, served, asked, **values).encode("utf-8", "replace")
    return Reply(status, "text/html; charset=utf-8", body, (("Content-Language", asked.language),))


def render(template: str, served: Served, asked: Asked, **values: Any) -> str:
    """Return a filled template; it knows what is asked, and the name of the graph."""
    snapshot = served.graph.snapshot
    name = snapshot.manifest["name"] if snapshot is not None else served.path.name
    base_iri = base_iri_of(served)
    return environment().get_template(template).render(
        asked=asked, graph_name=name, version=__version__, base_iri=base_iri,
        content=snapshot.manifest["content"][:16] if snapshot is not None else "", **values,
    )  # fmt: skip


def base_iri_of(served: Served) -> str:
    """Return what the IRIs of entities begin with."""
    snapshot = served.graph.snapshot
    return str(snapshot.manifest["base_iri"]) if snapshot is not None else ID_BASE


@cache
def environment() -> Environment:
    """Return what fills the templates."""
    environment = Environment(
        loader=PackageLoader("avgraph.web.pages"), autoescape=True, trim_blocks=True, lstrip_blocks=True,
        undefined=StrictUndefined,
    )  # fmt: skip
    environment.globals |= GLOBALS | {"path": _path, "static": _static, "kind_titles": KIND_TITLES}
    environment.filters |= FILTERS | {"json": _json, "compact": compact, "code": _code}
    return environment


@pass_context
def _path(context: Context, iri: str) -> str:
    return path_of(iri, context["base_iri"])


def path_of(iri: str, base_iri: str) -> str:
    """Return the address of the page about an IRI: ours where it is one of ours."""
    below = path_below(iri, base_iri)
    if below is not None:
        return f"/page/{below}"
    return iri if iri.startswith(("http://", "https://")) else "#"


@cache
def static_files() -> Mapping[str, bytes]:
    """Return the files that pages load, by name."""
    found = {file.name: file.read_bytes() for file in files("avgraph.web").joinpath("static").iterdir()}
    return found | {"explorer.js": files("avgraph.network").joinpath("explorer.js").read_bytes()}


@cache
def _static(name: str) -> str:
    """Return the address of a file; it changes with the file."""
    return f"/static/{name}?v={hashlib.blake2b(static_files()[name], digest_size=6).hexdigest()}"


def _code(text: str) -> Markup:
    """Return a text with what stands between grave accents as code."""
    parts = str(text).split("`")
    return Markup("").join(Markup("<code>{}</code>").format(part) if i % 2 else part for i, part in enumerate(parts))


def _json(value: object) -> Markup:
    """Return a value for a script element of type application/json; nothing in it can end that element."""
    text = json.dumps(value, ensure_ascii=False)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))
