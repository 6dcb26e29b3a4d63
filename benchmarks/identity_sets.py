"""The evaluation sets of identity that come of real tables, each with what is known of who is who.

``oscars``
    The Academy Awards, a source for each ceremony and class of awards: people, films, companies by their IMDb ids.
``agec``
    AGE-C's tables of films, countries, genres, roles and people: films by their number. Its people have no ids; one
    name in these tables is one person (except names that the table of people has twice), and so are the spellings of
    ``identity_hard/people-checked.csv``, checked by hand (of a name without another nobody knows whose it is).
``agec-titles``
    AGE-C's films as two lists, one with the national titles, one with the English ones where they are others.
``films``
    The Academy Awards since 2012, AGE-C and the Belgian-Luxembourgish co-productions. One film in two of them is one by
    ``identity_hard/films-checked.csv``, and a person is one where both credit the name with such a film.
``wikidata``
    Companies by Wikidata's labels, and by the titles of their English Wikipedia articles. Wikidata has many twins, of
    lists that were imported as they were: of items with one name (but for words of kind, legal forms and brackets), or
    with one IMDb or EIDR id, the first counts, and those that have other IMDb ids or articles of their own (EIDR gives
    one company several ids); of the rest nobody knows, except what ``identity_hard/companies-checked.csv``, checked by
    hand, says.
``studios``
    The companies of the Academy Awards and Wikidata's, by their IMDb ids.
``hard-people``, ``hard-works``, ``hard-companies``
    Facts in the tables of ``identity_hard``, each row a source of its own: namesakes, remakes, sequels, translations,
    transliterations, branches in other countries, renamings; `reference` says where a fact can be checked.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from urllib.parse import unquote

from identity_data import EvaluationSet, Truth, hidden, parted, read_part, with_keys

from avgraph.countries import country_code
from avgraph.model import SourceTables
from avgraph.sources import formats
from avgraph.text import fold, name_tokens

__all__ = ["HARD_SETS", "REAL_SETS", "MissingError", "cases"]

_HERE = Path(__file__).resolve().parent
_FORMATS = Path(formats.__file__).parent
_OSCARS, _AGEC = "oscars/oscars.csv", "agec/TheBeast2018-2023_20250305-{}.csv"
_AGEC_FILMS = "agec/The-Beast-2018-2023-main-v4.csv"
_COPRODUCTIONS, _WIKIDATA = "belgium_luxembourg/films.csv", "wikidata_companies/{}.csv"
_IMDB = {"Person": ("imdb",), "Work": ("imdb", "agec"), "Organization": ("imdb", "case")}


#: Words, without a plural's s, by which companies of one name are told apart badly.
_OF_NO_NAME = set(
    """film picture production producer company co corp corporation inc ltd limited llc plc pty gmbh kg ag srl spa sa
    sarl bv nv ab oy studio group the le la of and for de et entertainment media"""
    .replace("\n", " ").split()
)  # fmt: skip


class MissingError(Exception):
    """A file that a set is made of is not there."""


def cases(name: str) -> list[dict[str, str]]:
    """Return the rows of a table of ``identity_hard``."""
    with (_HERE / "identity_hard" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _oscars(data: Path, since: int = 0) -> SourceTables:
    """Return the Academy Awards, each ceremony and class a source of its own."""
    mapping = (_FORMATS / "oscars.toml").read_text(encoding="utf-8")
    head, *lines = _present(data / _OSCARS).read_text(encoding="utf-8").splitlines()
    rows = {place: line.split("\t") for place, line in enumerate(lines, 2)}
    kept = {place: cells for place, cells in rows.items() if int(cells[1][:4]) >= since}
    text = "\n".join([head, *("\t".join(cells) for cells in kept.values())]) + "\n"
    parts = {place: f"oscars/{int(c[0]):02d}-{c[2]}.csv" for place, c in enumerate(kept.values(), 2)}
    return parted(read_part(with_keys(mapping, "{Ceremony}-{Class}"), text, "oscars.csv"), parts)


def _agec(data: Path, names: Sequence[str]) -> list[SourceTables]:
    paths = {n: _present(data / (_AGEC_FILMS if n == "main" else _AGEC.format(n))) for n in names}
    return [
        read_part(with_keys((_FORMATS / f"agec-{n}.toml").read_text(encoding="utf-8")), path, f"agec/{n}.csv")
        for n, path in paths.items()
    ]


def _agec_films(data: Path) -> dict[str, tuple[str, str, str]]:
    """Return AGE-C's films: number → national title, English title, directors."""
    with _present(data / _AGEC_FILMS).open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream, delimiter=";"))[2:]
    return {row[0]: (row[1].strip(), row[2].strip(), row[3]) for row in rows if len(row) > 3}


def _agec_truth(data: Path) -> Truth:
    """Return what AGE-C's mentions are.

    In the other tables some rows have another film's title beside a film's number, or one whose number was counted up
    when cells were filled: of those nobody knows which film is meant.
    """
    films = _agec_films(data)
    titles: dict[str, set[str]] = defaultdict(set)
    for number, (national, english, _) in films.items():
        for title in filter(None, (national, english)):
            titles[_letters(title)].add(number)
    digits = re.compile(r"\d+")
    n_rows: defaultdict[str, int] = defaultdict(int)
    with _present(data / _AGEC.format("biog")).open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream):
            n_rows[_plain(row["person_name"])] += 1
    same = {_plain(row["name"]): _plain(row["same_as"]) for row in cases("people-checked")}

    def truth(type_: str, name: str, id_: str | None) -> str | None:
        if type_ == "Person":
            plain = _plain(name)
            plain = same.get(plain, plain)
            return f"agec:{plain}" if plain and n_rows[plain] < 2 else None
        if id_ is None or type_ != "Work":
            return None
        film = films.get(id_.partition(":")[2])
        if film is None:
            return None
        own = {_letters(title) for title in film[:2]}
        if _letters(name) not in own:
            counted_up = digits.sub("", name) == digits.sub("", film[0])
            if counted_up or titles[_letters(name)]:
                return None
        return id_

    return truth


def _checked_companies() -> dict[str | None, str]:
    """Return what ids of companies stand for, empty where nobody knows: IMDb, too, has several for some."""
    return {row["item"]: row["same_as"] for row in cases("companies-checked")}


def oscars(data: Path) -> EvaluationSet:
    checked = _checked_companies()
    return EvaluationSet.of(
        "oscars", *hidden([_oscars(data)], _IMDB, lambda _type, _name, id_: checked.get(id_, id_) or None)
    )


def agec(data: Path) -> EvaluationSet:
    tables = _agec(data, ("main", "nat", "genre", "role", "biog", "biognat"))
    return EvaluationSet.of("agec", *hidden(tables, _IMDB, _agec_truth(data)))


def agec_titles(data: Path) -> EvaluationSet:
    """National titles against English ones; year and directors are all that both lists have."""
    mapping = (_HERE / "mappings" / "identity-work.toml").read_text(encoding="utf-8")
    lists: list[list[dict[str, str]]] = [[], []]
    for number, (national, english, directors) in _agec_films(data).items():
        if english and _letters(english) != _letters(national) and directors:
            more = {"id": number, "subtype": "film", "year": number[2:6], "director": "|".join(_directors(directors))}
            for rows, title in zip(lists, (national, english), strict=True):
                rows.append({"title": title, "role": "director", **more})
    tables = [
        read_part(with_keys(mapping), _csv(rows), f"agec/{name}.csv")
        for name, rows in zip(("national titles", "English titles"), lists, strict=True)
    ]
    return EvaluationSet.of("agec-titles", *hidden(tables, {"Work": ("case",)}))


def films(data: Path) -> EvaluationSet:
    """Return films and people of three sources that have no ids in common."""
    aligned = cases("films-checked")
    awards = _oscars(data, since=2012)
    mapping = (_HERE / "mappings" / "identity-work.toml").read_text(encoding="utf-8")
    rows = []
    with _present(data / _COPRODUCTIONS).open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            number = f"{row['title']} {row['year']}"
            rows.append({"id": number, "title": row["title"], "year": row["year"], "countries": row["countries"],
                         "director": row["directors"], "subtype": "film", "role": "director"})  # fmt: skip
    coproductions = read_part(with_keys(mapping), _csv(rows), "belgium-luxembourg/films.csv")
    tables = [*_agec(data, ("main", "nat", "role")), coproductions]
    both = [(scheme, row) for row in aligned for scheme in ("agec", "case") if row[scheme]]
    same = {f"{scheme}:{row[scheme]}": f"imdb:{row['id']}" for scheme, row in both}
    people = _people_in_both(awards, tables, same)
    agec_truth = _agec_truth(data)
    names = {_plain(name) for name in awards.mentions.filter(type="Person")["name"]}

    def truth(type_: str, name: str, id_: str | None) -> str | None:
        if type_ == "Person":
            plain = _plain(name)
            found = id_ or people.get(plain)
            return found if found or plain in names else agec_truth(type_, name, None)
        if id_ and id_.startswith("agec:"):
            id_ = agec_truth(type_, name, id_)
        return same.get(id_, id_) if id_ else None

    schemes = {**_IMDB, "Work": ("imdb", "agec", "case")}
    return EvaluationSet.of("films", *hidden([awards, *tables], schemes, truth))


def _people_in_both(awards: SourceTables, others: Iterable[SourceTables], same: dict[str, str]) -> dict[str, str]:
    """Return the names that two sources credit with one film: plain name → IMDb id."""
    by_film: dict[str, dict[str, str]] = defaultdict(dict)
    of = {ref: (name, ids) for ref, name, ids in awards.mentions.select("ref", "name", "ids").iter_rows()}
    for work, recipients in awards.claims["AwardOutcome"].select("work", "recipients").drop_nulls().iter_rows():
        for name, ids in (of[ref] for ref in recipients):
            for film in of[work][1]:
                by_film[film].update((_plain(name), i) for i in ids if i.startswith("imdb:nm"))
    found: dict[str, str] = {}
    for table in others:
        known = {ref: (name, ids) for ref, name, ids in table.mentions.select("ref", "name", "ids").iter_rows()}
        credits = table.claims.get("Credit")
        for work, agent in credits.select("work", "agent").iter_rows() if credits is not None else ():
            for id_ in known[work][1]:
                plain = _plain(known[agent][0])
                if id_ in same and plain in by_film[same[id_]]:
                    found[plain] = by_film[same[id_]][plain]
    return found


class _Companies:
    """Wikidata's companies: names by item, and which items are one."""

    def __init__(self, data: Path) -> None:
        names = ("P31_company_details", "P17_country", "P345_imdb", "P12142_eidr_party")
        tables = {name: self._rows(data, name) for name in names}
        self.countries: dict[str, set[str]] = defaultdict(set)
        for row in tables["P17_country"]:
            if code := country_code(row["country"]):
                self.countries[row["QID"]].add(code)
        self.ids: dict[str, dict[str, set[str]]] = {"imdb": defaultdict(set), "eidr": defaultdict(set)}
        groups: dict[str, set[str]] = defaultdict(set)
        for scheme, table, column in (("imdb", "P345_imdb", "imdb"), ("eidr", "P12142_eidr_party", "eidrparty")):
            for row in tables[table]:
                self.ids[scheme][row["QID"]].add(row[column])
                groups[row[column]].add(row["QID"])
        details = tables["P31_company_details"]
        self.labels = {row["QID"]: row["itemLabel"] for row in details if row["itemLabel"] != row["QID"]}
        self.articles = {
            row["QID"]: re.sub(r" \([^()]*\)$", "", unquote(row["article"].rpartition("/wiki/")[2]).replace("_", " "))
            for row in details
            if row["article"] != "NA"
        }
        for names in (self.labels, self.articles):
            for item, name in names.items():
                bare = _bare(name)
                groups["name " + "".join(bare)].add(item)
                groups["name " + " ".join(sorted(bare))].add(item)
        self.same = {item: item for item in {*self.labels, *self.articles}}
        for items in groups.values():
            known: list[str] = []
            for item in sorted(items, key=lambda item: int(item[1:])):
                if all(self._told_apart(item, other) for other in known):
                    known.append(item)
                else:
                    self.same[item] = ""
        self.same.update(_checked_companies())

    @staticmethod
    def _rows(data: Path, name: str) -> list[dict[str, str]]:
        with _present(data / _WIKIDATA.format(name)).open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))

    def _told_apart(self, item: str, other: str) -> bool:
        """Tell whether two items have different IMDb ids, or articles of their own, and no id in common."""
        if any(ids[item] & ids[other] for ids in self.ids.values()):
            return False
        named = item in self.articles and other in self.articles
        return named or bool(self.ids["imdb"][item] and self.ids["imdb"][other])

    def truth(self, type_: str, _name: str, id_: str | None) -> str | None:
        """Return the item that an item truly is."""
        return self.same.get(id_.partition(":")[2]) or None if type_ == "Organization" and id_ else None

    def tables(self, *, with_imdb_only: bool = False) -> list[SourceTables]:
        """Return labels and titles of articles as two sources."""
        mapping = (_HERE / "mappings" / "identity-company.toml").read_text(encoding="utf-8")
        read = []
        for source, names in (("labels", self.labels), ("articles", self.articles)):
            rows = [
                {"id": item, "name": name,
                 "country": "|".join(sorted(self.countries[item])) if source == "labels" else ""}
                for item, name in names.items()
                if self.ids["imdb"][item] or not with_imdb_only
            ]  # fmt: skip
            read.append(read_part(with_keys(mapping), _csv(rows), f"wikidata/{source}.csv"))
        return read


def wikidata(data: Path) -> EvaluationSet:
    companies = _Companies(data)
    return EvaluationSet.of("wikidata", *hidden(companies.tables(), _IMDB, companies.truth))


def studios(data: Path) -> EvaluationSet:
    companies = _Companies(data)
    item_of = {f"imdb:{id_}": item for item, ids in sorted(companies.ids["imdb"].items()) for id_ in sorted(ids)}

    checked = _checked_companies()

    def truth(type_: str, name: str, id_: str | None) -> str | None:
        if id_ and type_ == "Organization" and id_.startswith("imdb:"):
            known = checked.get(id_, id_)
            item = item_of.get(known, known)
            return companies.same.get(item, item) or None
        return companies.truth(type_, name, id_)

    awards = _oscars(data)
    tables = [awards, *companies.tables(with_imdb_only=True)]
    return EvaluationSet.of("studios", *hidden(tables, _IMDB, truth))


def _hard(name: str, mapping: str, type_: str, _data: Path) -> EvaluationSet:
    """Return a table of ``identity_hard``, each row a source of its own."""
    rows = [{"case": f"{number:03d}", **row} for number, row in enumerate(cases(name), 1)]
    text = (_HERE / "mappings" / f"{mapping}.toml").read_text(encoding="utf-8")
    tables = read_part(with_keys(text, "{case}"), _csv(rows), name)
    if tables.issues:
        raise ValueError(f"identity_hard/{name}.csv: {tables.issues[0]}")
    parts = {place: f"{name}/{row['case']}" for place, row in enumerate(rows, 2)}
    return EvaluationSet.of(f"hard-{name}", *hidden([parted(tables, parts)], {type_: ("case",)}))


REAL_SETS: dict[str, Callable[[Path], EvaluationSet]] = {
    "oscars": oscars, "agec": agec, "agec-titles": agec_titles, "films": films, "wikidata": wikidata,
    "studios": studios,
}  # fmt: skip
HARD_SETS: dict[str, Callable[[Path], EvaluationSet]] = {
    "hard-people": partial(_hard, "people", "identity-person", "Person"),
    "hard-works": partial(_hard, "works", "identity-work", "Work"),
    "hard-companies": partial(_hard, "companies", "identity-company", "Organization"),
}


def _present(path: Path) -> Path:
    if not path.exists():
        raise MissingError(f"{path.name} is not there")
    return path


def _directors(text: str) -> list[str]:
    return [name.strip() for name in re.split(", | and ", text) if name.strip()]


def _letters(text: str) -> str:
    return "".join(name_tokens(text)) or fold(text).strip()


def _plain(name: str) -> str:
    return " ".join(name_tokens(name))


def _bare(name: str) -> list[str]:
    """Return the words of a company's name without brackets, legal forms and words of kind."""
    tokens = name_tokens(re.sub(r"[(\[].*?[)\]]", " ", name))
    apart = re.sub(r"(?<=\w)films?\b", " ", " ".join(tokens)).split()
    return [t for t in apart if t.removesuffix("s") not in _OF_NO_NAME] or tokens or [name]


def _csv(rows: Sequence[dict[str, str]]) -> str:
    stream = io.StringIO()
    columns = list(dict.fromkeys(column for row in rows for column in row))
    writer = csv.DictWriter(stream, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()
