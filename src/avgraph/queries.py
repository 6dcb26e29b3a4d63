"""Named queries: ``queries/*.rq`` files after the grlc convention, bound as typed terms.

A file starts with ``#+`` lines (YAML): ``summary``, ``description``, ``competency`` (number of the question it
answers) and ``defaults``.  Its parameters are the variables ``?_name``: the end of the name gives the type
(``_iri``, ``_integer``, ``_date``, ``_country``), else it is a plain string.  A parameter is replaced by an RDF term,
never by pasted text; a country, given by name or code, by its ISO 3166 code.

grlc: https://grlc.readthedocs.io (Meroño-Peñuela & Hoekstra 2016).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from avgraph.countries import country_code, nearest_country
from avgraph.dates import is_partial_date
from avgraph.errors import QueryError
from avgraph.resources import resource
from avgraph.sparql import WORDLESS

__all__ = ["NamedQuery", "Parameter", "load_query", "named_queries", "read_query"]

_TYPES = ("iri", "integer", "date", "country")
_TOKEN = re.compile(WORDLESS + r"|\?_(?P<name>\w+)", re.DOTALL)
_XSD = "http://www.w3.org/2001/XMLSchema#"


@dataclass(frozen=True)
class Parameter:
    """A parameter of a named query: the name users give, its type and its default."""

    name: str
    variable: str
    type: str
    default: Any = None


@dataclass(frozen=True)
class NamedQuery:
    """A query of the library.

    Attributes
    ----------
    name
        File name without suffix.
    summary, description
        What it answers.
    competency
        Number of the competency question, None for others.
    parameters
        In order of first use.
    text
        The SPARQL with ``?_name`` variables.
    """

    name: str
    summary: str
    description: str
    competency: int | None
    parameters: tuple[Parameter, ...]
    text: str

    def bind(self, values: Mapping[str, Any]) -> str:
        """Return the SPARQL with every parameter replaced by its term.

        Raises
        ------
        QueryError
            If a value is missing, of the wrong type, or for no parameter of this query.
        """
        known = {p.name for p in self.parameters}
        if unknown := sorted(set(values) - known):
            raise QueryError(
                f"query {self.name!r} has no parameter {unknown[0]!r}",
                f"it has: {', '.join(sorted(known)) or 'none'}",
            )
        terms = {}
        for parameter in self.parameters:
            value = values.get(parameter.name, parameter.default)
            if value is None:
                raise QueryError(
                    f"query {self.name!r} needs a value for {parameter.name!r} ({parameter.type})",
                    f"give it: {parameter.name}=…",
                )
            terms[parameter.variable] = _term(parameter, value)

        def replace(match: re.Match[str]) -> str:
            name = match.group("name")
            return terms[name] if name else match.group()

        return _TOKEN.sub(replace, self.text)


def _term(parameter: Parameter, value: Any) -> str:
    text = str(value).strip()
    if parameter.type == "integer":
        if isinstance(value, bool) or not re.fullmatch(r"[+-]?\d+", text):
            raise QueryError(f"{parameter.name} must be a whole number, not {value!r}", f"such as {parameter.default}")
        return str(int(text))
    if parameter.type == "date":
        if not is_partial_date(text) or text.endswith("~"):
            raise QueryError(f"{parameter.name} must be a date, not {value!r}", "such as 2014, 2014-03 or 2014-03-05")
        datatype = {4: "gYear", 7: "gYearMonth", 10: "date"}[len(text)]
        return f'"{text}"^^<{_XSD}{datatype}>'
    if parameter.type == "country":
        return f'"{_country(parameter, text)}"'
    if parameter.type == "iri":
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[^<>\"{}|\\^`\x00-\x20]+", text):
            raise QueryError(f"{parameter.name} must be an IRI, not {value!r}", "name an entity of the graph")
        return f"<{text}>"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'


def _country(parameter: Parameter, text: str) -> str:
    """Return the code of a country; no text at all where the default is none."""
    if not text and parameter.default == "":
        return ""
    code = country_code(text)
    if code is None:
        near = nearest_country(text)
        hint = f"did you mean {near!r}?" if near else "give an ISO 3166 code such as BE, or a name such as Belgium"
        raise QueryError(f"{parameter.name} must be a country, not {text!r}", hint)
    return code


def read_query(path: Path) -> NamedQuery | str:
    """Read a ``.rq`` file: with ``#+`` lines a query with parameters, without them SPARQL as it stands.

    Raises
    ------
    QueryError
        If it cannot be read.
    """
    text = _text(path)
    return load_query(path) if text.startswith("#+") else text


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise QueryError(f"the query cannot be read: {error.strerror or error}", "check the path", str(path)) from error
    except UnicodeDecodeError as error:
        raise QueryError("the query is not UTF-8", "save the file as UTF-8", str(path)) from error


def load_query(path: Path) -> NamedQuery:
    """Read one ``.rq`` file.

    Raises
    ------
    QueryError
        If it cannot be read, or its ``#+`` lines are not YAML or lack a summary.
    """
    import yaml

    text = _text(path)
    header = "\n".join(line[2:].removeprefix(" ") for line in text.splitlines() if line.startswith("#+"))
    try:
        meta = yaml.safe_load(header) or {}
    except yaml.YAMLError as error:
        raise QueryError(f"the #+ lines are not YAML: {error}", "see grlc's decorators", str(path)) from error
    if not isinstance(meta, dict) or not meta.get("summary"):
        raise QueryError("the #+ lines have no summary", "add: #+ summary: what the query answers", str(path))
    body = "\n".join(line for line in text.splitlines() if not line.startswith("#+")).strip() + "\n"
    defaults = {k: v for item in meta.get("defaults") or [] for k, v in item.items()}
    variables = dict.fromkeys(m.group("name") for m in _TOKEN.finditer(body) if m.group("name"))
    return NamedQuery(
        path.stem,
        str(meta["summary"]),
        str(meta.get("description", "")),
        meta.get("competency"),
        tuple(_parameter(v, defaults) for v in variables),
        body,
    )


def _parameter(variable: str, defaults: Mapping[str, Any]) -> Parameter:
    stem, _, suffix = variable.rpartition("_")
    name, type_ = (stem or variable, suffix) if suffix in _TYPES else (variable, "string")
    return Parameter(name, variable, type_, defaults.get(name))


@cache
def _library() -> dict[str, NamedQuery]:
    return {path.stem: load_query(path) for path in sorted(resource("queries").glob("*.rq"))}


def named_queries(name: str | None = None) -> tuple[NamedQuery, ...]:
    """Return the queries that ship with avgraph, or only the one called `name`.

    Raises
    ------
    QueryError
        If there is none of that name.
    """
    library = _library()
    if name is None:
        return tuple(library.values())
    if name not in library:
        near = _nearest(name, library)
        raise QueryError(f"no named query {name!r}", f"did you mean {near!r}?" if near else "see: avgraph query --list")
    return (library[name],)


def _nearest(name: str, known: Iterable[str]) -> str | None:
    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)), None)
