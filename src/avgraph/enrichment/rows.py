"""Answers → rows: one for each statement, name and external id of an item, with where and when it was seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from avgraph.dates import is_partial_date
from avgraph.enrichment.answers import Answer
from avgraph.enrichment.asking import item_number, local_id
from avgraph.enrichment.properties import (
    AGENT_GROUPS,
    HUMAN,
    ID_PROPERTIES,
    QUALIFIERS,
    SUBTYPES,
    TMDB_ADDRESSES,
    properties_of,
)
from avgraph.graph.polite import Binding
from avgraph.text import single_line

__all__ = ["COLUMNS", "LIST_MARK", "About", "Row", "item_rows", "linked_items"]

Row = dict[str, str]
#: Parts the values of a cell.
LIST_MARK = "|"
#: Columns of every file, in order.
COLUMNS = (
    "item", "name", "kind", "property", "property_id", "value", "value_name", "value_names", "value_type",
    "value_subtype", "value_imdb", "country", "text", "date", "year", "minutes", "character", "billing", "season",
    "episode", "since", "until", "for_work", "for_work_name", "recipients", "recipient_names", "recipient_types",
    "territories", "alias", "language", "wikidata", *dict.fromkeys(ID_PROPERTIES.values()), "rank", "statement",
    "reference", "observed",
)  # fmt: skip
_ENTITY = "http://www.wikidata.org/entity/"
#: Units of duration → minutes.
_MINUTES = {"Q7727": 1.0, "Q25235": 60.0, "Q11574": 1 / 60}
_MONTH, _YEAR = 10, 9  # precisions of Wikibase; 11 is a day


@dataclass(frozen=True)
class About:
    """What an item is.

    Attributes
    ----------
    item
        Q id.
    languages
        Languages of names, the preferred first.
    answer
        Of :func:`avgraph.enrichment.asking.about_question`.
    """

    item: str
    languages: Sequence[str]
    answer: Answer

    @cached_property
    def _values(self) -> dict[str, list[dict[str, str]]]:
        found: dict[str, list[dict[str, str]]] = defaultdict(list)
        for row in self.answer.rows:
            what = row["what"]["value"].replace("#", "/").rsplit("/", 1)[-1]
            found[what].append(row["value"])
        return found

    @cached_property
    def labels(self) -> dict[str, str]:
        """Language → label; ``mul`` is that of all languages."""
        return {term["xml:lang"]: single_line(term["value"]) for term in self._values["label"] if term.get("xml:lang")}

    @property
    def name(self) -> str:
        """The label in the first language that has one; empty where none has."""
        return next((self.labels[code] for code in (*self.languages, "mul") if self.labels.get(code)), "")

    @property
    def names(self) -> list[tuple[str, str]]:
        """Every other label and alias with its language, each once."""
        aliases = [(single_line(t["value"]), t.get("xml:lang", "")) for t in self._values["altLabel"]]
        ordered = sorted({(text, code) for code, text in self.labels.items()}) + sorted(aliases)
        first: dict[str, str] = {}
        for text, code in ordered:
            if text and text != self.name:
                first.setdefault(text, code)
        return list(first.items())

    @property
    def classes(self) -> list[str]:
        """What it is an instance of, by number."""
        return sorted({c for term in self._values["P31"] if (c := local_id(term))}, key=item_number)

    @property
    def type(self) -> tuple[str, str]:
        """Type and subtype as an agent: a person, a group of persons, or else an organization."""
        if not self.classes or HUMAN in self.classes:
            return "Person", ""
        return ("Person", "group") if AGENT_GROUPS.intersection(self.classes) else ("Organization", "")

    @property
    def subtype(self) -> str:
        """Subtype as a work; empty where its classes do not tell."""
        return next((subtype for item, subtype in SUBTYPES.items() if item in self.classes), "")

    @property
    def country(self) -> str:
        """ISO 3166-1 code; empty where it is no country of today."""
        return next(iter(sorted(t["value"] for t in self._values["P297"] if t["type"] == "literal")), "")

    @property
    def imdb(self) -> str:
        """IMDb id, where it has one only."""
        ids = {t["value"] for t in self._values["P345"]}
        return next(iter(ids)) if len(ids) == 1 else ""

    @property
    def target(self) -> str | None:
        """The item that it was merged into, if it was."""
        return next((item for term in self._values["sameAs"] if (item := local_id(term))), None)


@dataclass
class _Statement:
    """A statement with its qualifiers gathered from the rows of the answer."""

    property: str
    id: str
    rank: str
    value: dict[str, str]
    about: str
    qualifiers: dict[str, list[tuple[dict[str, str], int | None]]] = field(default_factory=lambda: defaultdict(list))

    def items(self, *columns: str) -> list[str]:
        """Return the items that qualifiers of these columns name, each once."""
        found = (local_id(term) for c in columns for term, _ in self.qualifiers.get(c, ()))
        return list(dict.fromkeys(item for item in found if item))

    def date(self, column: str) -> str:
        """Return the date of a qualifier; empty where there is none, or several."""
        dates = {_date(term, precision) for term, precision in self.qualifiers.get(column, ())}
        return next(iter(dates)) or "" if len(dates) == 1 else ""


def _statements(answer: Answer) -> list[_Statement]:
    found: dict[str, _Statement] = {}
    for row in answer.rows:
        id_ = row["statement"]["value"].rsplit("/", 1)[-1]
        about = row.get("about", {}).get("value", "").rsplit("/", 1)[-1]
        rank = row["rank"]["value"].rsplit("#", 1)[-1].removesuffix("Rank").lower()
        statement = found.setdefault(id_, _Statement(row["property"]["value"], id_, rank, row["value"], about))
        if "of" in row:
            precision = row.get("precision", {}).get("value")
            qualifier = (row["of"], int(precision) if precision else None)
            column = QUALIFIERS[row["qualifier"]["value"]]
            if qualifier not in statement.qualifiers[column]:
                statement.qualifiers[column].append(qualifier)
    return list(found.values())


def linked_items(kind: str, answers: Iterable[Answer]) -> set[str]:
    """Return the items that statements name as values or in qualifiers."""
    named: set[str] = set()
    for answer in answers:
        for statement in _statements(answer):
            if item := local_id(statement.value):
                named.add(item)
            named.update(statement.items(*set(QUALIFIERS.values())))
    return named


def item_rows(
    kind: str,
    about: About,
    statements: Answer,
    ids: Answer,
    linked: Mapping[str, About],
    former: Iterable[str] = (),
    subtype: str = "",
) -> Iterator[Row]:
    """Yield the rows of an item.

    Parameters
    ----------
    kind
        ``"works"``, ``"people"`` or ``"companies"``.
    about, statements, ids
        What was answered of it.
    linked
        Item → what it is, of every item that its statements name.
    former
        Items that were merged into this one and that the workspace still knows.
    subtype
        Of the work, where its classes do not tell.
    """
    head = {"item": about.item, "name": about.name, "reference": _ENTITY + about.item}
    if kind == "works":
        head["kind"] = about.subtype or subtype
    seen = head | {"observed": about.answer.asked}
    for item in (about.item, *sorted(former, key=item_number)):
        yield seen | {"property": "Wikidata item", "wikidata": item}
    for text, language in about.names:
        yield seen | {"property": "also known as", "alias": text, "language": language}
    for row in sorted(ids.rows, key=lambda r: (item_number(local_id(r["property"]) or "P0"), r["value"]["value"])):
        yield head | {"observed": ids.asked} | _external_id(row)
    order = {id_: number for number, id_ in enumerate(properties_of(kind))}
    made = []
    for statement in _statements(statements):
        cells = _cells(kind, head.get("kind", ""), about.item, statement, linked)
        if cells is not None:
            end = {"rank": statement.rank, "statement": statement.id, "observed": statements.asked}
            made.append((order[statement.property], statement.id, head | cells | end))
    yield from (row for _, _, row in sorted(made, key=lambda m: m[:2]))


def _external_id(row: Binding) -> Row:
    property_ = local_id(row["property"]) or ""
    value = single_line(row["value"]["value"])
    cells = {"property": "external id", "property_id": property_, "text": value}
    if scheme := ID_PROPERTIES.get(property_):
        cells |= {"property": f"{scheme} id", scheme: TMDB_ADDRESSES.get(property_, "") + value}
    return cells


def _cells(kind: str, subtype: str, item: str, statement: _Statement, linked: Mapping[str, About]) -> Row | None:
    """Return what a statement says; None where its value is unknown."""
    prop = properties_of(kind)[statement.property]
    cells = {"property": prop.name, "property_id": prop.id}
    if prop.value == "time":
        date = _date(statement.value, int(statement.about) if statement.about.isdecimal() else None)
        if date is None:
            return None
        cells |= {"date": date, "year": date[:4]}
    elif prop.value == "quantity":
        minutes = _amount(statement.value) * _MINUTES.get(statement.about, 0.0)
        if not minutes:
            return None
        cells["minutes"] = f"{minutes:g}"
    elif prop.value == "text":
        if statement.value["type"] == "bnode" or "xml:lang" not in statement.value:
            return None
        cells |= {"alias": single_line(statement.value["value"]), "language": statement.value["xml:lang"]}
    else:
        value = local_id(statement.value)
        if value is None:
            return None
        cells |= _value_cells(value, linked)
    return cells | _qualifier_cells(kind, subtype, item, statement, linked)


def _value_cells(value: str, linked: Mapping[str, About]) -> Row:
    about = linked.get(value)
    if about is None:
        return {"value": value}
    type_, subtype = about.type
    others = dict.fromkeys(about.labels[code] for code in (*about.languages, "mul") if code in about.labels)
    return {
        "value": value, "value_name": about.name, "value_type": type_, "value_subtype": subtype,
        "value_names": _listed(name for name in others if name != about.name), "value_imdb": about.imdb,
        "country": about.country,
    }  # fmt: skip


def _qualifier_cells(kind: str, subtype: str, item: str, statement: _Statement, linked: Mapping[str, About]) -> Row:
    cells: Row = {}

    def name(other: str) -> str:
        return linked[other].name if other in linked else ""

    characters = [term["value"] for term, _ in statement.qualifiers.get("character", ()) if term["type"] == "literal"]
    characters += [name(other) for other in statement.items("character")]
    cells["character"] = " / ".join(single_line(c) for c in characters if c)
    ordinals = {term["value"] for term, _ in statement.qualifiers.get("ordinal", ()) if term["value"].isdecimal()}
    if len(ordinals) == 1:
        column = {"P161": "billing", "P725": "billing"}.get(statement.property)
        if statement.property in ("P179", "P4908"):
            column = {"season": "season", "episode": "episode"}.get(subtype)
        if column:
            cells[column] = ordinals.pop()
    cells |= {"since": statement.date("since"), "until": statement.date("until")}
    if statement.property in ("P166", "P1411"):
        cells["year"] = statement.date("when")[:4]
        recipients = statement.items("recipients")
        if kind == "works":
            cells |= {"for_work": "", "for_work_name": ""}
        else:
            recipients = list(dict.fromkeys([item, *recipients]))
            works = statement.items("for_work")
            if len(works) == 1:
                cells |= {"for_work": works[0], "for_work_name": name(works[0])}
        if recipients:
            types = [_recipient_type(kind, other, item, linked) for other in recipients]
            cells["recipients"] = LIST_MARK.join(recipients)
            cells["recipient_names"] = _listed(name(other) or "?" for other in recipients)
            cells["recipient_types"] = LIST_MARK.join(types)
    territories = [linked[other].country for other in statement.items("territories") if other in linked]
    cells["territories"] = LIST_MARK.join(sorted({code for code in territories if code}))
    return cells


def _recipient_type(kind: str, other: str, item: str, linked: Mapping[str, About]) -> str:
    if other == item:
        return "Person" if kind == "people" else "Organization"
    return linked[other].type[0] if other in linked else "Person"


def _listed(texts: Iterable[str]) -> str:
    """Return texts as one cell; a bar in a text becomes a slash."""
    return LIST_MARK.join(text.replace(LIST_MARK, "/") for text in texts)


def _date(term: Mapping[str, str], precision: int | None) -> str | None:
    """Return a time value at its precision; None for decades and wider, unknown values, and years before 1000."""
    if precision is None or precision < _YEAR or term["type"] != "literal":
        return None
    text = term["value"].lstrip("+")
    n_letters = 4 if precision == _YEAR else 7 if precision == _MONTH else 10
    date = text[:n_letters]
    return date if is_partial_date(date) else None


def _amount(term: Mapping[str, str]) -> float:
    try:
        return float(term["value"]) if term["type"] == "literal" else 0.0
    except ValueError:
        return 0.0
