"""Claims in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

__all__ = ["claim_words"]

_CREDIT = {
    "director": "directed",
    "writer": "wrote",
    "producer": "produced",
    "executive producer": "executive-produced",
    "co-producer": "co-produced",
    "actor": "acted in",
    "voice": "voiced a part in",
    "composer": "composed the music for",
    "creator": "created",
    "character creator": "created the characters of",
    "editor": "edited",
    "cinematographer": "photographed",
    "self": "appeared in",
    "other": "worked on",
}
_PARTICIPATION = {
    "delegate": "produced",
    "co-producer": "co-produced",
    "executive": "was executive producer of",
    "service": "gave services to",
    "producer": "produced",
}
_BROADCAST = {"airs": "broadcasts", "commissions": "commissioned", "pre-buys": "pre-bought"}
_RESULT = {
    "won": "won",
    "nominated": "was nominated for",
    "shortlisted": "was shortlisted for",
    "special mention": "received a special mention at",
}
_AFFILIATION = {
    "founder": "founded",
    "owner": "owns",
    "employee": "works for",
    "member": "is a member of",
    "part of": "is part of",
}
_PLACE = {
    "nationality": "has the nationality of",
    "born in": "was born in",
    "located in": "is located in",
    "country of origin": "is a work of",
    "filmed in": "was filmed in",
    "set in": "is set in",
}
_PREFIX = {"planned": "planned: ", "reported": "reported: ", "negated": "denied: "}


def claim_words(kind: str, roles: Mapping[str, Sequence[str]], attributes: Mapping[str, object], status: str) -> str:
    """Return a claim as one short English sentence without a full stop.

    Parameters
    ----------
    kind
        Name of the claim kind.
    roles
        Role → labels of its entities.
    attributes
        Attribute → value.
    status
        Anything but ``asserted`` is said in front.

    >>> claim_words("Credit", {"work": ["Gutland"], "agent": ["Govinda Van Maele"]}, {"role": "director"}, "asserted")
    'Govinda Van Maele directed Gutland'
    """

    def one(role: str) -> str:
        return _listed(roles.get(role, ()))

    value = attributes.get
    relation = str(value("relation") or value("role") or "")
    match kind:
        case "Credit":
            text = f"{one('agent')} {_CREDIT.get(relation, relation)} {one('work')}"
            text += _bracket(value("character"), value("scope"))
        case "Participation":
            who = one("organization") or one("country")
            share = f"{_number(100 * float(str(value('share'))))} %" if value("share") is not None else None
            text = f"{who} {_PARTICIPATION.get(relation, relation)} {one('work')}"
            where = one("country") if one("organization") else None
            text += _bracket(where, value("standing"), share, value("scope"))
        case "Support":
            text = f"{one('funder')} supported {one('work') or one('organization')}"
            money = (
                f"{_number(value('amount'))} {value('currency') or ''}".strip() if value("amount") is not None else None
            )
            text += _bracket(money, value("stage"), value("scheme"), value("date"))
        case "Broadcast":
            text = f"{one('broadcaster')} {_BROADCAST.get(relation, relation)} {one('work')}"
            text += _bracket(one("territories"), value("date"), value("scope"))
        case "Distribution":
            text = f"{one('company')} distributes {one('work')}"
            text += _bracket(value("distribution"), one("territories"), value("date"))
        case "AwardOutcome":
            who = one("recipients") or one("work")
            text = f"{who} {_RESULT.get(str(value('result')), '')} {one('award')}"
            text += _bracket(value("category"), value("year"))
            if one("work") and one("work") != who:
                text += f" for {one('work')}"
        case "Screening":
            shown = "premiered" if value("screening") == "premiere" else "was shown"
            text = f"{one('work')} {shown} at {one('event')}" + _bracket(value("section"), value("year"), value("date"))
        case "Partnership":
            text = f"{one('parties')} are partners" + _bracket(value("purpose"), value("partnership"), value("period"))
            if one("work"):
                text += f" in {one('work')}"
        case "Affiliation":
            text = f"{one('agent')} {_AFFILIATION.get(relation, relation)} {one('organization')}"
            text += _bracket(value("job_title"), value("period"), value("valid_from"))
        case "PlaceRelation":
            text = f"{one('entity')} {_PLACE.get(relation, relation)} {one('place')}" + _bracket(value("standing"))
        case "WorkRelation":
            verb = {
                "season of": "is a season of",
                "episode of": "is an episode of",
                "part of": "is part of",
                "inspired by": "is inspired by",
                "based on": "is based on",
            }.get(relation, f"is a {relation}")
            text = f"{one('work')} {verb} {one('other')}" + _bracket(value("season"), value("detail"))
        case "WorkFact":
            text = f"{value('property')} of {one('work')}: {value('value')} {value('unit') or ''}".rstrip()
            text += _bracket(one("territories"), value("scope"))
        case _:
            about = "about " if value("approximate") else ""
            number = _number(value("value")) if value("value") is not None else ""
            text = f"{one('subject')}: {value('measure')} {about}{number} {value('unit') or ''}".rstrip()
            text += _bracket(value("period"), one("parties"), value("scope"))
    return _PREFIX.get(status, "") + text


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else " and ".join([", ".join(names[:-1]), names[-1]]) if names else ""


def _bracket(*parts: object) -> str:
    said = [str(p) for p in parts if p not in (None, "", "any")]
    return f" ({', '.join(said)})" if said else ""


def _number(value: object) -> str:
    number = float(str(value))
    return f"{number:,.0f}" if number.is_integer() else f"{number:,.2f}"
