"""A mapping to begin with: what the headers and cells of a table suggest, as TOML that can be read at once."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from avgraph.countries import country_codes
from avgraph.sources.readers import ROW, format_of
from avgraph.sources.rules import TableOptions
from avgraph.sources.templates import LIST_SEPARATOR, TemplateError, parse_template
from avgraph.text import name_tokens

__all__ = ["draft_mapping"]

_HEAD = """\
# A draft made from the column names: check every line, correct it, and fill in what the source is.
# docs/mapping.md explains all keys.
"""
_N_CELLS = 1_000
#: A separator is taken where it stands in so many of the known cells.
_SPLIT_SHARE = 0.02
_SEPARATORS = (LIST_SEPARATOR, "|", ";", " / ")

_TITLES = ("title", "titel", "titre", "titolo", "titulo", "film", "films", "movie", "work", "series", "programme",
           "show", "oeuvre", "werk", "serie", "project", "projet", "name", "nom", "naam")  # fmt: skip
_ORIGINALS = ("original", "originaltitel", "originale", "originele", "alternative", "english", "french", "german",
              "international", "aka")  # fmt: skip
_YEARS = ("year", "annee", "jahr", "jaar", "anno", "ano", "startyear", "productionyear", "produktionsjahr",
          "releaseyear")  # fmt: skip
_COUNTRIES = ("country", "countries", "pays", "land", "lander", "laender", "landen", "nationality", "nationalite",
              "nationalitat", "territory", "origin")  # fmt: skip
#: Credit role → words of headers.
_PEOPLE = {
    "director": ("director", "directors", "realisateur", "realisateurs", "realisatrice", "realisation", "regie",
                 "regisseur", "regisseurs", "regisseuse", "instruktor", "regia", "direction", "directed"),
    "writer": ("writer", "writers", "screenwriter", "screenwriters", "screenplay", "script", "scenariste",
               "scenaristes", "scenario", "drehbuch", "scenarist", "manuskriptforfatter", "author", "auteur"),
    "producer": ("producer", "producers", "producteur", "producteurs", "productrice", "produzent", "produzenten",
                 "producent", "producenten"),
    "actor": ("actor", "actors", "cast", "acteur", "acteurs", "interpretes", "darsteller", "besetzung", "actress"),
    "composer": ("composer", "composers", "music", "compositeur", "musique", "musik", "komponist", "componist"),
    "cinematographer": ("cinematographer", "photography", "photographie", "kamera", "camera", "dop"),
    "editor": ("editor", "editing", "montage", "schnitt", "monteur", "monteuse"),
}  # fmt: skip
_COMPANIES = ("company", "companies", "societe", "societes", "production", "produktion", "productie", "coproduction",
              "coproducer", "coproducers", "produktionsfirma", "studio", "studios")  # fmt: skip
_BROADCASTERS = ("broadcaster", "broadcasters", "diffuseur", "diffuseurs", "sender", "channel", "network", "omroep",
                 "zender", "chaine")  # fmt: skip
_DISTRIBUTORS = ("distributor", "distributors", "distribution", "distributeur", "verleih", "distributie")
_FUNDS = ("fund", "funder", "funders", "fonds", "fund's", "support", "supported", "soutien", "forderung", "grant")
_AMOUNTS = ("amount", "amounts", "montant", "betrag", "bedrag", "sum", "eur", "euro", "euros", "grant")
_SHARES = ("share", "shares", "part", "anteil", "percentage", "pourcentage", "percent", "quote")
#: Property of a work → words of headers, and the filter that reads it.
_FACTS = {
    "genre": (("genre", "genres", "genre(s)"), ""),
    "language": (("language", "languages", "langue", "langues", "sprache", "taal"), ""),
    "runtime": (("runtime", "duration", "duree", "laufzeit", "lange", "duur", "minutes", "mins"), ""),
    "release date": (("release", "released", "sortie", "kinostart", "premiere"), "|date"),
    "budget": (("budget",), ""),
}
_YEAR = r"^(?:18[89]|19\d|20\d)\d$"
_IDS = {
    "imdb": r"^\s*(?:https?://\S*/)?tt\d{7,10}/?\s*$",
    "wikidata": r"^\s*(?:wd:|https?://\S*/)?Q[1-9]\d*\s*$",
    "eidr": r"^\s*10\.5240/(?:[0-9A-F]{4}-){5}[0-9A-Z]\s*$",
}


@dataclass
class _Draft:
    """The table, and what is left to be guessed."""

    frame: pl.DataFrame
    left: list[str]

    def take(self, words: Iterable[str]) -> str | None:
        """Take the column whose name has one of `words`, words in their order."""
        for word in words:
            for column in self.left:
                if word in name_tokens(column):
                    self.left.remove(column)
                    return column
        return None

    def take_like(self, pattern: str) -> str | None:
        """Take the column whose known cells are all like `pattern`."""
        for column in self.left:
            cells = self.cells(column)
            if cells.len() and cells.str.contains(pattern).all():
                self.left.remove(column)
                return column
        return None

    def take_countries(self) -> str | None:
        """Take the column whose known cells are lists of countries, by code or name."""
        for column in self.left:
            cells = self.cells(column).unique()
            if cells.len() and all(country_codes(cell.replace(LIST_SEPARATOR, "|")) is not None for cell in cells):
                self.left.remove(column)
                return column
        return None

    def cells(self, column: str) -> pl.Series:
        """Return the first known cells."""
        cells = self.frame[column].drop_nulls().str.strip_chars()
        return cells.filter(cells != "").head(_N_CELLS)

    def separator(self, column: str, more: Iterable[str] = ()) -> str | None:
        """Return what parts several values in a cell, None where nothing does."""
        cells = self.cells(column)
        for mark in (*_SEPARATORS, *more):
            if cells.len() and cells.str.contains(mark, literal=True).mean() >= _SPLIT_SHARE:  # type: ignore[operator]
                return mark
        return None


def draft_mapping(file_name: str, frame: pl.DataFrame, options: TableOptions) -> str:
    """Return a mapping for a table that none names, as TOML.

    The work, its year, ids and countries, people and companies by role, broadcasters, distributors, funds and facts are
    guessed from the headers, in English, French, German and Dutch, and separators from the cells.

    Parameters
    ----------
    file_name
        Of the data file.
    frame
        Its first rows, as :func:`avgraph.sources.readers.read_raw` gives them.
    options
        How it was opened.

    Examples
    --------
    >>> frame = pl.DataFrame({ROW: [2], "Titre": ["Deux"], "Pays": ["FR|LU"]})
    >>> print(draft_mapping("films.csv", frame, TableOptions("csv")))  # doctest: +ELLIPSIS
    # A draft ...
    [entity.work]
    type = "Work"
    subtype = "film"
    name = "{Titre}"
    ...
    """
    named = [c for c in frame.columns if c != ROW and _field(c) is not None]
    draft = _Draft(frame, list(named))
    table = ["[table]", f"title = {_toml(Path(file_name).stem)}"]
    if format_of(Path(file_name)) != options.format:
        table.append(f'format = "{options.format}"')
    ids = [(scheme, column) for scheme, pattern in _IDS.items() if (column := draft.take_like(pattern))]
    original = next((c for c in draft.left if set(name_tokens(c)) & set(_ORIGINALS) and _is_title(c)), None)
    if original is not None:
        draft.left.remove(original)
    year = draft.take(_YEARS) or draft.take_like(_YEAR)
    people = [(role, column) for role, words in _PEOPLE.items() if (column := draft.take(words))]
    country = draft.take(_COUNTRIES)
    share, amount = draft.take(_SHARES), draft.take(_AMOUNTS)
    facts = [(name, column, end) for name, (words, end) in _FACTS.items() if (column := draft.take(words))]
    organizations = [
        (name, column)
        for name, words in (("company", _COMPANIES), ("broadcaster", _BROADCASTERS), ("distributor", _DISTRIBUTORS),
                            ("fund", _FUNDS))
        if (column := draft.take(words))
    ]  # fmt: skip
    country = country or draft.take_countries()
    title = draft.take(_TITLES) or original or (draft.left.pop(0) if draft.left and not ids else None)
    entities = [_work(title, original, year, ids)] if title or ids else []
    claims: list[list[str]] = []
    if not entities:
        return "\n".join([_HEAD.rstrip(), "# No column names a work, a person or a company.", "", *table, ""])
    if country is not None:
        entities.append(_split_entity(draft, "country", "Place", country, (",", "/", "-"), ('subtype = "country"',)))
        claims.append(['kind = "PlaceRelation"', 'entity = "work"', 'place = "country"',
                       'relation = "country of origin"'])  # fmt: skip
    for role, column in people:
        entities.append(_split_entity(draft, role, "Person", column, (",", " & "), ()))
        claims.append(['kind = "Credit"', 'work = "work"', f'agent = "{role}"', f'role = "{role}"'])
    for name, column in organizations:
        entities.append(_split_entity(draft, name, "Organization", column, (), ()))
        claims.append(_organization_claim(name, amount, share, draft))
    for name, column, end in facts:
        claims.append(['kind = "WorkFact"', 'work = "work"', f'property = "{name}"', f"value = {_value(column, end)}"])
        if (mark := draft.separator(column, (",",))) is not None and not end:
            claims[-1].append(_split(mark))
    unused = [c for c in (amount, share) if c is not None and not any(f"{{{_field(c)}" in " ".join(x) for x in claims)]
    unmapped = [*draft.left, *unused, *(c for c in frame.columns if c != ROW and c not in named)]
    lines = [*_HEAD.splitlines(), *table, ""]
    for entity in entities:
        lines += [*entity, ""]
    for claim in claims:
        lines += ["[[claim]]", *claim, ""]
    if unmapped:
        lines += [f"# not mapped: {', '.join(_comment(c) for c in unmapped)}", ""]
    return "\n".join(lines)


def _is_title(column: str) -> bool:
    return bool(set(name_tokens(column)) & set(_TITLES)) or "originaltitel" in name_tokens(column)


def _work(title: str | None, original: str | None, year: str | None, ids: list[tuple[str, str]]) -> list[str]:
    """Return the section of the work."""
    lines = ["[entity.work]", 'type = "Work"', 'subtype = "film"']
    if title is not None:
        lines.append(f"name = {_value(title)}")
    if original is not None and original != title:
        lines.append(f"names = [{_value(original)}]")
    if year is not None:
        lines.append(f"year = {_value(year, '|year')}")
    return lines + [f"ids.{scheme} = {_value(column)}" for scheme, column in ids]


def _split_entity(
    draft: _Draft, name: str, type_: str, column: str, more: Iterable[str], extra: Iterable[str]
) -> list[str]:
    """Return the section of an entity of which a cell may name several."""
    key = "ids.iso3166" if type_ == "Place" else "name"
    lines = [f"[entity.{name}]", f'type = "{type_}"', *extra, f"{key} = {_value(column)}"]
    if type_ == "Place" and not draft.cells(column).str.contains(r"^[A-Z]{2}(?:[^A-Za-z].*)?$").all():
        lines[-1] = f"name = {_value(column)}"
    mark = draft.separator(column, more)
    if mark is not None:
        lines.append(_split(mark))
    return lines


def _split(mark: str) -> str:
    return "split = true" if mark == LIST_SEPARATOR else f"split = {_toml(mark)}"


def _organization_claim(name: str, amount: str | None, share: str | None, draft: _Draft) -> list[str]:
    """Return the claim that a column of organisations makes."""
    if name == "company":
        lines = ['kind = "Participation"', 'work = "work"', 'organization = "company"', 'role = "producer"']
        if share is not None and draft.cells(share).str.contains(r"^\d+(?:[.,]\d+)?\s?%$").all():
            lines.append(f"share = {_value(share, '|percent')}")
        return lines
    if name == "broadcaster":
        return ['kind = "Broadcast"', 'broadcaster = "broadcaster"', 'work = "work"', 'role = "airs"']
    if name == "distributor":
        return ['kind = "Distribution"', 'company = "distributor"', 'work = "work"', 'distribution = "any"']
    lines = ['kind = "Support"', 'funder = "fund"', 'work = "work"']
    return lines if amount is None else [*lines, f"amount = {_value(amount, '|number')}", 'currency = "EUR"']


def _field(column: str) -> str | None:
    """Return a column as the inside of a template's field, None where no template can name it."""
    inside = column.replace("|", "\\|")
    try:
        return inside if parse_template("{" + inside + "}").columns == (column,) else None
    except TemplateError:
        return None


def _value(column: str, filters: str = "") -> str:
    return _toml("{" + (_field(column) or "") + filters + "}")


def _toml(text: str) -> str:
    """Return a TOML string: JSON's escapes are TOML's, but for one character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)
