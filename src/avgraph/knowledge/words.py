"""Claims in plain words, in English and French."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from avgraph.knowledge.phrases import Phrases, phrases
from avgraph.model import KINDS
from avgraph.text import name_tokens

__all__ = ["claim_words", "date_words", "is_place", "place_words", "value_words"]

#: Attribute of a kind that decides its sentence.
_KEYS = {
    "Credit": "role", "Participation": "role", "Broadcast": "role", "AwardOutcome": "result", "Screening": "screening",
    "Affiliation": "role", "PlaceRelation": "relation", "WorkRelation": "relation", "WorkFact": "property",
}  # fmt: skip


def claim_words(
    kind: str, roles: Mapping[str, Sequence[str]], attributes: Mapping[str, object], status: str,
    language: str = "en", places: Collection[str] = (),
) -> str:  # fmt: skip
    """Return a claim as one short sentence without a full stop.

    Parameters
    ----------
    kind
        Name of the claim kind.
    roles
        Role → labels of its entities.
    attributes
        Attribute → value.
    status
        Anything but ``asserted`` is said, by the verb or around the sentence.
    language
        ``"en"`` or ``"fr"``.
    places
        Labels that are of places, where the role alone does not tell.

    >>> roles = {"work": ["Gutland"], "agent": ["Govinda Van Maele"]}
    >>> claim_words("Credit", roles, {"role": "director"}, "asserted")
    'Govinda Van Maele directed Gutland'
    >>> claim_words("Credit", roles, {"role": "director"}, "asserted", "fr")
    'Govinda Van Maele a réalisé Gutland'
    """
    said = phrases(language)
    nobody = said.names((), "", ())
    slots = {
        role.name: said.names(labels, role.name, [role.types == ("Place",) or label in places for label in labels])
        for role in KINDS[kind].roles
        for labels in [roles.get(role.name, ())]
    }
    value = attributes.get

    def named(attribute: str) -> str:
        return value_words(kind, attribute, attributes, language)

    key = str(value(_KEYS.get(kind, "")) or "")
    subject, tail = nobody, False
    filled: dict[str, object] = {"key": named(_KEYS.get(kind, ""))}
    details: list[object]
    match kind:
        case "Credit":
            details = [value("character"), named("scope")]
        case "Participation":
            subject = slots["organization"] or slots["country"]
            where = slots["country"] if slots["organization"] else None
            details = [where, named("standing"), named("share"), named("scope")]
        case "Support":
            filled["what"] = slots["work"] or slots["organization"]
            money = _quantity(said, named("amount"), value("currency")) if value("amount") is not None else None
            details = [money, named("stage"), value("scheme"), named("date")]
        case "Broadcast":
            details = [slots["territories"], named("date"), named("scope")]
        case "Distribution":
            how = named("distribution") if value("distribution") != "any" else None
            details = [how, slots["territories"], named("date")]
        case "AwardOutcome":
            subject = slots["recipients"] or slots["work"]
            tail = bool(slots["work"]) and slots["work"].names != subject.names
            details = [value("category"), value("year")]
        case "Screening":
            details = [value("section"), value("year"), named("date")]
        case "Partnership":
            tail = bool(slots["work"])
            details = [named("purpose"), named("partnership"), value("period")]
        case "Affiliation":
            details = [named("job_title"), value("period"), named("valid_from")]
        case "PlaceRelation":
            details = [named("standing")]
        case "WorkRelation":
            season = said.detail("season", value("season")) if value("season") else None
            details = [season, named("detail")]
        case "WorkFact":
            filled["value"] = _quantity(said, named("value"), value("unit"))
            details = [slots["territories"], named("scope")]
        case _:
            key, quantity = _measured(said, attributes)
            filled |= {"measure": named("measure"), "value": quantity}
            details = [value("period"), slots["parties"], named("scope")]
    sentence, around = said.sentence(kind, key, status, len(subject.names) > 1)
    filled |= slots | {"who": subject}
    text = sentence.format_map(filled) + _bracket(details)
    if tail:
        text += said.tail(kind).format_map(filled)
    return around.format(said.begun(text, [name for names in slots.values() for name in names.names]))


def value_words(kind: str, attribute: str, attributes: Mapping[str, object], language: str = "en") -> str:
    """Return the value of an attribute as a page shows it; empty where there is none.

    >>> value_words("Participation", "standing", {"standing": "minority"}, "fr")
    'minoritaire'
    >>> value_words("Support", "amount", {"amount": 1500000.0}, "en")
    '1,500,000'
    """
    value, said = attributes.get(attribute), phrases(language)
    if value is None or value == "":
        return ""
    if (kind, attribute) == ("WorkFact", "value"):
        return _fact(said, str(value), attributes)
    about = next((a for a in KINDS[kind].attributes if a.name == attribute), None)
    if attribute == "share":
        return said.share(value)
    match about.dtype if about else "date":  # only dates are common to all kinds
        case "decimal":
            return said.number(value)
        case "boolean":
            return said.mark("yes" if value is True else "no")
        case "date":
            return said.date(value)
        case _:
            return said.value((about and about.scheme) or attribute, value)


def date_words(date: str, language: str) -> str:
    """Return a date, or what stands in its place, as a language writes it.

    >>> date_words("2014-03-02", "fr"), date_words("2014-03-02", "en")
    ('2 mars 2014', '2014-03-02')
    """
    return phrases(language).date(date)


def is_place(iri: str) -> bool:
    """Tell whether an IRI of an entity is that of a place.

    >>> is_place("https://w3id.org/avgraph/id/place/belgium-be"), is_place("https://example.org/work/place")
    (True, False)
    """
    return iri.split("/")[-2:-1] == ["place"]


def place_words(label: str, language: str) -> str:
    """Return what a place is called.

    >>> place_words("Belgium", "fr"), place_words("Wiltz", "fr")
    ('Belgique', 'Wiltz')
    """
    return phrases(language).place(label)


def _fact(said: Phrases, value: str, attributes: Mapping[str, object]) -> str:
    """Return the value of a fact: a date, a number of some unit, or words."""
    what = str(attributes.get("property") or "")
    if what.endswith("date"):
        return said.date(value)
    if attributes.get("unit") and value.replace(".", "", 1).isdecimal():
        return said.number(value)
    return said.value(what, value)


def _measured(said: Phrases, attributes: Mapping[str, object]) -> tuple[str, str]:
    """Return which sentence a statistic takes, and its number with the unit; what is counted is not said twice."""
    value, unit = attributes.get("value"), attributes.get("unit")
    number = said.number(value) if value is not None else ""
    quantity = _quantity(said, said.mark("about", number) if number and attributes.get("approximate") else number, unit)
    measure = str(attributes.get("measure") or "")
    names = ((str(unit), measure), (said.value("unit", unit), said.value("measure", measure)))
    if number and unit and any(name_tokens(one)[-1:] == name_tokens(other) for one, other in names):
        return "counted", quantity
    return "*" if quantity else "bare", quantity


def _quantity(said: Phrases, number: str, unit: object) -> str:
    """Return a number, or what stands in its place, with its unit."""
    return said.joined(number, said.value("unit", unit) if unit else "")


def _bracket(parts: Sequence[object]) -> str:
    said = [text for part in parts if (text := format(part or ""))]
    return f" ({', '.join(said)})" if said else ""
