"""What pages say, in the language of the one who asks: texts, names of places, values, numbers and dates."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from avgraph.countries import country_name
from avgraph.knowledge.entity import Claim
from avgraph.knowledge.phrases import phrases, unbroken
from avgraph.knowledge.words import is_place, place_words, value_words
from avgraph.model.kinds import SCHEMES
from avgraph.network.saying import Say, written

__all__ = ["ASPECTS", "FILTERS", "GLOBALS", "name_in", "sayer", "words"]

#: What a build calls conflicts about something that has a name.
ASPECTS = ("share of {name}", "recipients of {name}", "winner of {name}", "title of {name}",
            "rank of {name} as a partner", "{name} ({details})")  # fmt: skip


@cache
def words(language: str) -> Mapping[str, str]:
    """Return English text → text in a language; empty for English.

    What values of the model are called comes from the phrases of claims; a page may call them otherwise.
    """
    if language == "en":
        return {}
    told: dict[str, str] = {}
    for scheme in SCHEMES:
        told |= phrases(language).values[scheme]
    for name in ("values", "words"):
        text = files("avgraph.web.pages").joinpath(f"{name}.{language}.toml").read_text(encoding="utf-8")
        told |= tomllib.loads(text)
    return {text: unbroken(said) for text, said in told.items()}


def name_in(label: str, iri: str, language: str) -> str:
    """Return what an entity is called in a language: names of places differ."""
    return place_words(label, language) if is_place(iri) else label


@cache
def sayer(language: str) -> Say:
    """Return what says the words of a drawing in a language."""
    told, marked = words(language), phrases(language).marked

    def say(text: str, /, **places: object) -> str:
        shown = {k: v if isinstance(v, str) else marked(written(v)) for k, v in places.items()}
        return told.get(text, text).format(**shown) if places else told.get(text, text)

    return say


@pass_context
def _translated(context: Context, text: str, /, **values: object) -> str:
    """Return a text in the language of the page, its `{places}` filled."""
    found = words(context["asked"].language).get(text, text)
    return found.format(**values) if values else found


@pass_context
def _english(context: Context) -> Markup:
    """Return the attribute that marks English words on a page of another language."""
    return Markup("") if context["asked"].language == "en" else Markup(' lang="en"')


@pass_context
def _value(context: Context, claim: Claim, attribute: str) -> str:
    return value_words(claim.kind, attribute, claim.attributes, context["asked"].language)


@pass_context
def _aspect(context: Context, text: str) -> str:
    """Return what a conflict is about, where it is one of the things that conflicts are about."""
    told, text = words(context["asked"].language), text.replace("_", " ")
    if text in told:
        return told[text]
    for pattern in ASPECTS:
        names = {name: f"(?P<{name}>.+)" for name in ("name", "details")}
        found = re.fullmatch(re.escape(pattern).replace(r"\{", "{").replace(r"\}", "}").format(**names), text)
        if found and pattern in told:
            places = found.groupdict()
            return told[pattern].format(**places | {"name": told.get(places["name"], places["name"])})
    return text


@pass_context
def _named(context: Context, label: str, iri: str) -> str:
    return name_in(label, iri, context["asked"].language)


@pass_context
def _country(context: Context, code: str) -> str:
    return country_name(code, context["asked"].language) or code


@pass_context
def _number(context: Context, value: float, form: str = ",") -> str:
    """Return a number, written by a format such as ``".2f"``, with the marks of the language."""
    return phrases(context["asked"].language).marked(format(value, form))


@pass_context
def _date(context: Context, value: str) -> str:
    return phrases(context["asked"].language).date(value)


GLOBALS: dict[str, Callable[..., Any]] = {"_": _translated, "english": _english, "value_of": _value}
FILTERS: dict[str, Callable[..., Any]] = {"named": _named, "country": _country, "number": _number, "date": _date,
                                           "aspect": _aspect}  # fmt: skip
