"""What the columns of a table mean, told by their names: which kind of thing its rows are, and what is said of them.

Case, accents, spaces, underscores and signs of a column's name do not count, and capitals part words:
``original_title``, ``Original Title`` and ``originalTitle`` are one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from avgraph.identity.lexicon import words
from avgraph.text import name_tokens

__all__ = ["KINDS", "KNOWN", "Guess", "Layout", "guess_kind", "lay_out", "meaning"]

#: Kind → type of the entities.
KINDS = {"works": "Work", "people": "Person", "companies": "Organization"}

#: Meaning → what a column may be called, without qualifiers. The manual lists them.
KNOWN: dict[str, tuple[str, ...]] = {
    "label": ("id", "identifier", "key", "ref", "record id", "row id", "no", "nr", "number"),
    "title": ("title", "titles", "titel", "titre", "titres", "titolo", "titulo", "originaltitel"),
    "work": ("film", "films", "movie", "movies", "work", "works", "show", "shows", "series", "programme", "project",
             "known for", "known for titles", "filmography", "filmographie", "oeuvre", "werk"),
    "name": ("name", "names", "nom", "naam", "label", "item label", "also known as"),
    "alias": ("alias", "aliases", "aka", "akas", "alternative labels", "alt labels"),
    "given name": ("first name", "given name", "given names", "forename", "prenom", "vorname", "voornaam"),
    "family name": ("last name", "surname", "family name", "nom de famille", "nachname", "achternaam"),
    "year": ("year", "annee", "jahr", "jaar", "anno", "ano", "date", "release", "released", "premiere", "sortie"),
    "birth year": ("birth year", "year of birth", "born", "birth date", "birthdate", "birthyear", "date of birth",
                   "dob", "birth", "birthday", "geburtsjahr", "geburtsdatum", "naissance", "date de naissance"),
    "founding year": ("founded", "year founded", "founded year", "founding year", "founding date", "inception",
                      "foundation year", "date founded", "date of foundation", "established"),
    "director": ("director", "directors", "directed by", "realisateur", "realisateurs", "realisatrice", "realisation",
                 "regie", "regisseur", "regisseurs", "regia"),
    "writer": ("writer", "writers", "written by", "screenwriter", "screenwriters", "screenplay", "scenariste",
               "scenaristes", "drehbuch"),
    "producer": ("producer", "producers", "produced by", "producteur", "producteurs", "produzent", "producent"),
    "actor": ("actor", "actors", "actress", "actresses", "cast", "star", "stars", "starring", "acteur", "acteurs",
              "interpretes", "darsteller", "besetzung"),
    "composer": ("composer", "composers", "music", "musique", "musik"),
    "creator": ("creator", "creators", "created by", "showrunner", "showrunners"),
    "other": ("person", "persons", "people", "crew", "talent", "collaborator", "collaborators", "partner", "partners",
              "founder", "founders", "executive", "executives"),
    "country": ("country", "countries", "pays", "land", "lander", "laender", "landen", "nationality", "nationalities",
                "nationalite", "nationalitat", "citizenship", "origin"),
    "company": ("company", "companies", "organisation", "organisations", "organization", "organizations", "studio",
                "studios", "societe", "societes", "produktionsfirma", "production house"),
    "role": ("role", "roles", "profession", "professions", "occupation", "occupations", "job", "department"),
    "subtype": ("type", "title type", "subtype", "work type", "media type"),
}  # fmt: skip
#: Meanings that name people around a work, which are roles of credits.
PEOPLE = ("director", "writer", "producer", "actor", "composer", "creator", "other")
_SCHEMES = {"imdb": "imdb", "tconst": "imdb", "nconst": "imdb", "wikidata": "wikidata", "qid": "wikidata",
            "eidr": "eidr", "isan": "isan", "tmdb": "tmdb", "themoviedb": "tmdb"}  # fmt: skip
_ID_WORDS = {"id", "ids", "identifier", "url", "link", "iri", "code", "number", "no", "party", "title", "film", "movie",
             "work", "series", "show", "person", "name", "company", "item", "entity"}  # fmt: skip
#: Words before or after a title word that leave it a title; of names all others do, but for those of _OTHER_NAMES.
_OF_TITLES = {
    "original", "originale", "originele", "originaler", "english", "englisch", "anglais", "french", "francais",
    "franzosisch", "german", "allemand", "deutscher", "deutsch", "dutch", "spanish", "italian", "national",
    "international", "alternative", "alternate", "other", "local", "working", "primary", "main", "translated", "full",
    "short", "release", "native", "romanized", "en", "fr", "de", "nl", "film", "movie", "work", "series", "show", "tv",
    "programme", "aka", "alt",
}  # fmt: skip
_OTHER_NAMES = {
    "file", "user", "host", "character", "role", "column", "sheet", "dataset", "source", "festival", "award",
    "category", "prize", "event", "city", "place", "region", "language", "genre", "season", "episode", "field", "table",
}  # fmt: skip
_OF_YEARS = {"release", "production", "start", "premiere", "film", "movie", "first", "original", "publication", "work",
             "title", "of", "theatrical", "de", "sortie", "produktions", "debut"}  # fmt: skip
_OF_COUNTRIES = {"of", "origin", "production", "producing", "code", "codes", "name", "names", "iso", "main", "co",
                 "coproduction", "de", "residence", "film", "company", "primary"}  # fmt: skip
_OF_COMPANIES = {"production", "producing", "prod", "film", "main", "name", "names", "co", "coproduction", "delegate"}
#: Words that tell of whom a table with a mere ``name`` speaks.
_TELLING = {
    "people": {"gender", "sex", "profession", "professions", "occupation", "occupations", "nationality",
               "nationalities", "citizenship", "birthplace", "death", "died", "deathyear", "role", "roles", "job"},
    "companies": {"headquarters", "hq", "industry", "website", "legal", "employees", "subsidiary", "parent", "siren",
                  "vat", "turnover", "ceo"},
    "works": {"genre", "genres", "runtime", "duration", "rating", "ratings", "votes", "plot", "synopsis", "language",
              "languages", "budget", "gross", "episodes", "seasons", "certificate", "director", "directors"},
}  # fmt: skip
_EXACT = {called: meant for meant, names in KNOWN.items() for called in names}
_CAPITALS = re.compile(r"(?<=[a-z])(?=[A-Z])")
#: Of names that are a company's so many share a word of kind or a legal form.
_COMPANY_SHARE = 0.15
_PEOPLE_SHARE = 0.75


@dataclass(frozen=True)
class Layout:
    """Which column is what, where the rows are of one kind.

    Attributes
    ----------
    names
        Columns with names, the main one first.
    parts
        Columns of given name and family name, which are a name together; empty without.
    label
        The column by which a row is called; None where rows are called by their number.
    years, countries
        Columns with them; of years the first that is known counts.
    ids
        Scheme and column of external ids.
    around
        Meaning and column of what stands around the row's entity: people by role, ``company``, ``work``.
    active
        Columns with years in which a person or company was active.
    role
        Column that tells what people do.
    subtype
        Column that tells films from series.
    unused
        Columns that are not looked at, with why where that is not plain.
    """

    names: tuple[str, ...]
    parts: tuple[str, ...] = ()
    label: str | None = None
    years: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    ids: tuple[tuple[str, str], ...] = ()
    around: tuple[tuple[str, str], ...] = ()
    active: tuple[str, ...] = ()
    role: str | None = None
    subtype: str | None = None
    unused: tuple[str, ...] = ()


@dataclass(frozen=True)
class Guess:
    """What kind the rows of a table are; None where nothing tells. `sure` where columns tell, not the cells."""

    kind: str | None
    why: str
    sure: bool = True


def _key(column: str) -> list[str]:
    """Return the words of a column's name."""
    tokens = name_tokens(_CAPITALS.sub(" ", column.replace("_", " ")))
    return tokens[:-1] if len(tokens) > 1 and tokens[-1] in ("s", "e") else tokens


def meaning(column: str) -> str | None:
    """Return what a column holds by its name: a key of :data:`KNOWN`, ``id:`` and a scheme, or None.

    >>> [meaning(c) for c in ("Original_Title", "primaryTitle", "Director(s)", "imdb_id", "imdb rating")]
    ['title', 'title', 'director', 'id:imdb', None]
    >>> [meaning(c) for c in ("Release Year", "year_of_birth", "end year", "Production companies", "file name")]
    ['year', 'birth year', None, 'company', None]
    """
    tokens = _key(column)
    text, all_ = " ".join(tokens), set(tokens)
    if schemes := {_SCHEMES[t] for t in tokens if t in _SCHEMES}:
        others = all_ - set(_SCHEMES)
        return f"id:{schemes.pop()}" if len(schemes) == 1 and others <= _ID_WORDS else None
    if text in _EXACT:
        return _EXACT[text]
    if not tokens:
        return None
    last, before = tokens[-1], set(tokens[:-1])
    if last in KNOWN["name"] or last in KNOWN["alias"]:
        if (of := _EXACT.get(" ".join(tokens[:-1]))) is not None and of not in ("label", "alias", "year"):
            return "title" if of == "work" else of
        if before & _OTHER_NAMES:
            return None
        return "company" if before & set(KNOWN["company"]) else _EXACT[last]
    for meant, allowed in (("title", _OF_TITLES), ("year", _OF_YEARS), ("country", _OF_COUNTRIES),
                           ("company", _OF_COMPANIES)):  # fmt: skip
        of_meaning = {word for name in KNOWN[meant] for word in name.split()}
        if (hit := all_ & of_meaning) and all_ - hit <= allowed:
            return meant
    return None


def _of_kind(column: str, kind: str) -> bool | None:
    """Tell whether an id is that of a thing of a kind, by what it is called; None where its name does not say.

    >>> [_of_kind(column, "works") for column in ("film_id", "imdb_title_id", "company_id", "row_id")]
    [True, True, False, None]
    """
    of = {_EXACT.get(t) for t in _key(column)} - {"label", None}
    own = {"works": {"title", "work"}, "people": {"name", *PEOPLE}, "companies": {"company", "name"}}[kind]
    return of <= own if of else None


def _is_label(column: str, kind: str, unique: Collection[str]) -> bool:
    """Tell whether a column numbers the rows: ``film_id`` does so for works, ``x_id`` if no value is twice."""
    tokens = _key(column)
    if len(tokens) < 2 or "id" not in (tokens[0], tokens[-1]):
        return False
    own = _of_kind(column, kind)
    return column in unique if own is None else own


def guess_kind(columns: Sequence[str], names: Mapping[str, Iterable[str]]) -> Guess:
    """Return what the rows of a table are, told by its columns, or else by the names in it.

    Parameters
    ----------
    columns
        Of the table.
    names
        Column → some of its cells.
    """
    means = {c: meaning(c) for c in columns}
    first = {meant: column for column, meant in reversed(means.items()) if meant is not None}
    telling = {kind: next((c for c in columns if set(_key(c)) & own), None) for kind, own in _TELLING.items()}
    born = first.get("birth year") or first.get("family name")
    if born is not None and ("name" in first or "family name" in first):
        return Guess("people", f"column {born!r}")
    if "title" in first:
        return Guess("works", f"column {first['title']!r}")
    if "name" not in first:
        order = [(c, m) for c, m in means.items() if m in ("work", "company", *PEOPLE)]
        for column, meant in order:
            kind = {"work": "works", "company": "companies"}.get(str(meant), "people")
            return Guess(kind, f"column {column!r}")
        return Guess(None, "")
    if "founding year" in first:
        return Guess("companies", f"column {first['founding year']!r}")
    if "work" not in first:
        for kind in ("works", "people", "companies"):
            if telling[kind] is not None:
                return Guess(kind, f"columns {first['name']!r} and {telling[kind]!r}")
        if acting := next((c for c, m in means.items() if m in ("actor", "writer")), None):
            return Guess("works", f"columns {first['name']!r} and {acting!r}")
    for kind in ("people", "companies"):
        if telling[kind] is not None:
            return Guess(kind, f"columns {first['name']!r} and {telling[kind]!r}")
    return _by_names(first["name"], names.get(first["name"], ()))


def _by_names(column: str, cells: Iterable[str]) -> Guess:
    """Return what names look like: those of companies have words of kind, those of people two to four words."""
    marks = words("legal") | words("organization_kinds") | {f"{w}s" for w in words("organization_kinds")}
    tokens = [found for cell in cells if (found := name_tokens(cell))]
    if not tokens:
        return Guess(None, "")
    if sum(bool(marks & set(t[1:])) for t in tokens) >= _COMPANY_SHARE * len(tokens):
        return Guess("companies", f"the names in column {column!r}", sure=False)
    plain = words("articles") | words("connectors")
    people = sum(1 < len(t) < 5 and t[0] not in plain and not any(w.isdigit() for w in t) for t in tokens)
    kind = "people" if people >= _PEOPLE_SHARE * len(tokens) else "works"
    return Guess(kind, f"the names in column {column!r}", sure=False)


def lay_out(columns: Sequence[str], kind: str, unique: Collection[str] = ()) -> Layout | None:
    """Return which column is what in a table of a kind, None where none holds names.

    Parameters
    ----------
    columns
        Of the table.
    kind
        What its rows are.
    unique
        Columns that hold no value twice, and one in each row.

    Examples
    --------

    >>> lay_out(["id", "title", "original_title", "year", "budget"], "works")
    Layout(names=('title', 'original_title'), parts=(), label='id', years=('year',), countries=(), ids=(), around=(), \
active=(), role=None, subtype=None, unused=('budget',))
    """
    found: dict[str, list[str]] = {}
    for column in columns:
        found.setdefault(meaning(column) or "", []).append(column)
    names = _names(found, kind)
    parts = (found.get("given name", [])[:1] + found.get("family name", [])[:1]) if kind == "people" else []
    if not names and len(parts) < 2:
        return None
    labels = [*found.get("label", []), *(c for c in columns if meaning(c) is None and _is_label(c, kind, unique))]
    ids = tuple((m.partition(":")[2], c) for m, own in found.items() if m.startswith("id:") for c in own)
    ids = tuple((scheme, c) for scheme, c in ids if _of_kind(c, kind) is not False)
    labels += [column for _, column in ids]
    years = found.get({"works": "year", "people": "birth year", "companies": "founding year"}[kind], [])
    years = sorted(years, key=lambda c: (len(_key(c)) > 1, "date" in _key(c)))
    around = [(m, c) for m in PEOPLE for c in found.get(m, ()) if c not in names]
    around += [("company", c) for c in found.get("company", ()) if c not in names and kind != "companies"]
    if kind != "works":
        around += [("work", c) for m in ("work", "title") for c in found.get(m, ()) if c not in names]
    subtype = found["subtype"][0] if kind == "works" and "subtype" in found else None
    role = found["role"][0] if kind == "people" and "role" in found else None
    active = found.get("year", []) if kind != "works" else []
    countries = found.get("country", [])
    used = {*names, *parts, *labels[:1], *years, *countries, *active, *(c for _, c in (*ids, *around)), subtype, role}
    return Layout(
        tuple(names), tuple(parts) if len(parts) == 2 else (), labels[0] if labels else None, tuple(years),
        tuple(countries), ids, tuple(around), tuple(active), role, subtype, tuple(c for c in columns if c not in used),
    )  # fmt: skip


def _names(found: Mapping[str, Sequence[str]], kind: str) -> list[str]:
    """Return the columns that name the rows, the main one first."""
    if kind == "works":
        names = list(found.get("title", ())) or list(found.get("name", ())) or list(found.get("work", ()))[:1]
    elif kind == "people":
        names = list(found.get("name", ()))
        if not names and not found.get("family name"):
            names = [c for m in ("other", *PEOPLE) for c in found.get(m, ())][:1]
    else:
        names = list(found.get("name", ())) or list(found.get("company", ()))
    if names or found.get("family name"):
        names = sorted(names, key=lambda c: len(_key(c)) > 1) + list(found.get("alias", ()))
    return names
