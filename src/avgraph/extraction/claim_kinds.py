"""What each relation's qualifiers become in the claim tables: one function for each kind of claim."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from avgraph.dates import year_of
from avgraph.extraction.lexicon import alternatives, choice, genres, number_words
from avgraph.extraction.values import count_value, money_value
from avgraph.model import Fact
from avgraph.text import name_tokens

if TYPE_CHECKING:
    from avgraph.extraction.claims import Writer

__all__ = ["WRITERS"]

_CREDITS = {"directed": "director", "wrote": "writer", "acted_in": "actor", "composed_music_for": "composer"}
_PROPERTIES = {"genre": "genre", "has_character": "character", "about": "subject", "budget": "budget",
               "running_time": "runtime"}  # fmt: skip


def _credit(writer: Writer, fact: Fact) -> None:
    role, note = _CREDITS.get(fact.relation, ""), fact.qualifiers.get("role", "")
    if fact.relation == "produced":
        role = (
            "executive producer"
            if re.search(r"(?i)ex[eé]cuti", note)
            else "co-producer"
            if re.search(r"(?i)\bco-?produ", note)
            else "producer"
        )
    elif fact.relation == "created":
        role = "character creator" if re.search(r"(?i)charact|personnage", f"{fact.object} {note}") else "creator"
    writer.claim("Credit", fact, work=writer.object(fact), agent=writer.subject(fact), role=role,
                 character=note or None if fact.relation == "acted_in" else None,
                 job_title=note or None if fact.relation != "acted_in" else None,
                 scope=fact.qualifiers.get("scope"))  # fmt: skip


def _participation(writer: Writer, fact: Fact) -> None:
    note = fact.qualifiers.get("role", "").casefold()
    role = "co-producer" if fact.relation == "co_produced" else "producer"
    for words, value in (
        ("délég|delegate|main|lead", "delegate"),
        ("ex[eé]cuti", "executive"),
        ("service|postprod|post-prod", "service"),
    ):
        if re.search(words, note):
            role = value
    standing = next(
        (s for s, w in (("minority", "minorit"), ("majority", "majorit"), ("financial", "financi")) if w in note), None
    )
    share = re.search(r"(\d+(?:[.,]\d+)?)\s?(?:%|per ?cent|pour ?cent)", fact.qualifiers.get("share", ""))
    writer.claim("Participation", fact, work=writer.object(fact), organization=writer.subject(fact), role=role,
                 standing=standing, share=float(share[1].replace(",", ".")) / 100 if share else None,
                 scope=fact.qualifiers.get("scope"))  # fmt: skip


def _support(writer: Writer, fact: Fact) -> None:
    amount, currency = money_value(fact.qualifiers.get("amount", ""))
    note = f"{fact.qualifiers.get('scheme', '')} {fact.qualifiers.get('role', '')}".casefold()
    stages = (("writing", "writ|écritur"), ("development", "develop|développ"), ("distribution", "distribut"),
              ("promotion", "promot"), ("operation", "manag|gère|gest"), ("production", "product"))  # fmt: skip
    target = {"work": writer.object(fact)} if fact.object_type == "Work" else {"organization": writer.object(fact)}
    writer.claim("Support", fact, funder=writer.subject(fact), scheme=fact.qualifiers.get("scheme"),
                 stage=next((stage for stage, words in stages if re.search(words, note)), None), amount=amount,
                 currency=currency, date=writer.date(fact.qualifiers.get("date")),
                 purpose=fact.qualifiers.get("role"), **target)  # fmt: skip


def _broadcast(writer: Writer, fact: Fact) -> None:
    rule = "" if fact.rule.startswith("llm:") else fact.rule  # a model's name says nothing of the fact
    note = f"{fact.qualifiers.get('role', '')} {rule}".casefold()
    role = (
        "pre-buys"
        if re.search("pre-b|préach", note)
        else "commissions"
        if re.search("commission|order|command", note)
        else "airs"
    )
    writer.claim("Broadcast", fact, broadcaster=writer.subject(fact), work=writer.object(fact, "Work"), role=role,
                 territories=writer.territories(fact), date=writer.date(fact.qualifiers.get("date")),
                 scope=fact.qualifiers.get("scope"))  # fmt: skip


def _distribution(writer: Writer, fact: Fact) -> None:
    note = fact.qualifiers.get("role", "").casefold()
    kinds = (("world sales", "sales|ventes|international|rights|world"), ("theatrical", "theatr|cinema|salle|release"),
             ("streaming", "stream|platform|plateforme"), ("video", "video|vidéo|dvd"))  # fmt: skip
    kind = next((kind for kind, words in kinds if re.search(words, note)), "any")
    writer.claim("Distribution", fact, company=writer.subject(fact), work=writer.object(fact), distribution=kind,
                 territories=writer.territories(fact), date=writer.date(fact.qualifiers.get("date")))  # fmt: skip


def _award(writer: Writer, fact: Fact) -> None:
    words = f"{fact.object} {fact.qualifiers.get('category', '')}".casefold()
    result = "nominated" if fact.relation == "nominated_for" else "special mention" if "mention" in words else "won"
    work = fact.qualifiers.get("for_work")
    columns: dict[str, Any] = {"work": writer.subject(fact), "recipients": []}
    if fact.subject_type != "Work":
        columns = {"work": writer.ref(work, "Work", fact) if work else None, "recipients": [writer.subject(fact)]}
    event = fact.qualifiers.get("event")
    writer.claim("AwardOutcome", fact, award=writer.object(fact),
                 event=writer.ref(event, "Event", fact) if event else None,
                 category=fact.qualifiers.get("category"), edition=fact.qualifiers.get("edition"),
                 year=year_of(fact.qualifiers.get("year")), result=result, **columns)  # fmt: skip


def _screening(writer: Writer, fact: Fact) -> None:
    if fact.subject_type != "Work":
        writer.claim("Affiliation", fact, agent=writer.subject(fact), organization=writer.object(fact, "Event"),
                     role="member",
                     job_title=fact.qualifiers.get("role"))  # fmt: skip
        return
    note = f"{fact.qualifiers.get('section', '')} {fact.qualifiers.get('role', '')}".casefold()
    kinds = (
        ("premiere", "premi"),
        ("out of competition", "out of comp|hors comp"),
        ("competition", "compet|compét"),
        ("project", "project|projet|pitch|progress"),
    )
    writer.claim("Screening", fact, work=writer.subject(fact), event=writer.object(fact, "Event"),
                 screening=next((kind for kind, words in kinds if re.search(words, note)), "screening"),
                 section=fact.qualifiers.get("section"), edition=fact.qualifiers.get("edition"),
                 year=year_of(fact.qualifiers.get("year")), date=writer.date(fact.qualifiers.get("date")))  # fmt: skip


def _partnership(writer: Writer, fact: Fact) -> None:
    role = fact.qualifiers.get("role", "")
    kinds = (("co-management", "co-manag|cogér|co-gér"),
             ("treaty", "treat|traité|accord de coproduction|co-production agreement"),
             ("joint fund", r"\bfund\b|\bfonds\b"), ("mandate", "mandat"))  # fmt: skip
    instrument = next((f for f in writer.facts for n, t in ((f.subject, f.subject_type), (f.object, f.object_type))
                       if t == "Agreement" and n == role), None)  # fmt: skip
    writer.claim("Partnership", fact, parties=[writer.subject(fact), writer.object(fact)],
                 partnership=next((k for k, words in kinds if re.search(words, role.casefold())), "collaboration"),
                 instrument=writer.ref(role, "Agreement", instrument) if instrument else None,
                 work=writer.ref(fact.qualifiers["for_work"], "Work", fact) if "for_work" in fact.qualifiers else None,
                 purpose=role or None, period=fact.qualifiers.get("period"))  # fmt: skip


def _affiliation(writer: Writer, fact: Fact) -> None:
    note = fact.qualifiers.get("role", "")
    role = {"founded": "founder", "works_for": "employee", "member_or_part_of": "part of"}[fact.relation]
    if fact.relation == "founded" and fact.object_type == "Date":
        writer.claim(
            "Statistic", fact, subject=writer.subject(fact), measure="founding date", period=fact.object, parties=[]
        )
        return
    if fact.relation == "works_for" and re.search(r"(?i)\bowner\b|propriétaire", note):
        role = "owner"
    if fact.relation == "member_or_part_of" and (fact.object_type == "Agreement" or re.search(r"(?i)\bmembe?r", note)):
        role = "member"
    writer.claim("Affiliation", fact, agent=writer.subject(fact), organization=writer.object(fact), role=role,
                 job_title=note or None, period=fact.qualifiers.get("period"))  # fmt: skip


def _work_relation(writer: Writer, fact: Fact) -> None:
    note = fact.qualifiers.get("role", "")
    season, episode = (_integer(fact.qualifiers.get(key)) for key in ("season", "episode"))
    if fact.relation == "part_of_series":
        relation = (
            "season of"
            if season is not None
            else "episode of"
            if re.search(r"(?i)épisode|episode", f"{note} {fact.subject}")
            else "part of"
        )
    else:
        relation = (
            "inspired by"
            if re.search(r"(?i)inspir", note)
            else "remake of"
            if "remake" in note.casefold()
            else "based on"
        )
    writer.claim("WorkRelation", fact, work=writer.subject(fact), other=writer.object(fact),
                 relation=relation, season=season,
                 episode=episode, detail=note or None)  # fmt: skip


def _integer(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 10 else None


def _work_fact(writer: Writer, fact: Fact) -> None:
    note = fact.qualifiers.get("role", "").casefold()
    kinds = (
        ("shoot date", "shoot|shot|film(?:ing|ed)|tourn"),
        ("broadcast date", "broadcast|diffus|air"),
        ("production date", "product|deliver|complet|livr"),
    )
    kind = next((kind for kind, words in kinds if re.search(words, note)), "release date")
    date = writer.date(fact.object, planned=fact.certainty == "planned")
    if date is None:  # no date that can be compared: the words alone are kept
        writer.claim("Statistic", fact, subject=writer.subject(fact), measure=kind, period=fact.object, parties=[])
        return
    writer.claim("WorkFact", fact, work=writer.subject(fact), property=kind, value=date,
                 territories=writer.territories(fact), scope=fact.qualifiers.get("scope"))  # fmt: skip


def _detail(writer: Writer, fact: Fact) -> None:
    """Write a value of a work: a genre by its English name in every language, sums and minutes as numbers."""
    value, unit = fact.object, None
    if fact.relation == "genre":
        value = next((english for name, english, _ in genres(writer.language).values() if name == value), value)
    elif fact.relation == "budget":
        amount, unit = money_value(fact.object)
        value = f"{amount:.0f}" if amount else value
    elif fact.relation == "running_time":
        minutes = _minutes(fact.object)
        value, unit = (str(minutes), "min") if minutes else (value, None)
    writer.claim("WorkFact", fact, work=writer.subject(fact), property=_PROPERTIES[fact.relation], value=value,
                 unit=unit, territories=[])  # fmt: skip


def _minutes(text: str) -> int | None:
    """Return a running time in minutes.

    >>> _minutes("98 min."), _minutes("1 hour and 52 minutes"), _minutes("1h30")
    (98, 112, 90)
    """
    hours = re.match(r"(\d{1,2}) ?(?:h\b|h(?=\d)|hours?|heures?|Stunden?|uur)\D{0,5}(\d{1,2})?", text)
    if hours:
        return int(hours[1]) * 60 + int(hours[2] or 0)
    number = re.search(r"\d{1,3}", text)
    return int(number.group()) if number else None


def _statistic(writer: Writer, fact: Fact) -> None:
    amount, currency = money_value(fact.object)
    if currency and any(f.relation == "budget" and f.subject == fact.subject and money_value(f.object)[0] == amount
                        for f in writer.facts):  # fmt: skip
        return  # the work's budget, which a claim of its own states
    value = amount if currency else count_value(fact.object)
    counted = [w for w in _about().sub("", fact.object).split() if not _number().fullmatch(w)]
    unit = currency or " ".join(counted[-2:]) or None
    last = name_tokens(counted[-1]) if counted else []
    measure = "amount" if currency else last[-1] if last else "count"
    types = {n: t for f in writer.facts for n, t in ((f.subject, f.subject_type), (f.object, f.object_type))}
    names = [n for n in fact.qualifiers.get("parties", "").split(" | ") if n]
    subject, parties = writer.subject(fact), [writer.ref(n, types.get(n, "Organization")) for n in names]
    writer.claim("Statistic", fact, subject=subject, parties=parties,
                 measure=fact.qualifiers.get("role") or measure, value=value, unit=unit,
                 approximate=bool(_about().match(fact.object)), period=fact.qualifiers.get("period"),
                 scope=fact.qualifiers.get("scope"))  # fmt: skip


@lru_cache(maxsize=1)
def _number() -> re.Pattern[str]:
    """Return the pattern of a word that tells how many and not of what."""
    words = alternatives(word for number in number_words() for word in number.split())
    return re.compile(rf"(?i)[\d.,'’–-]+%?|{words}|millions?|milliards?|milliarden|miljoen|miljard|billion|de|d['’]")


@lru_cache(maxsize=1)
def _about() -> re.Pattern[str]:
    return re.compile(rf"(?i){choice('approximate')}\b")


WRITERS: dict[str, Callable[[Writer, Fact], None]] = {
    "directed": _credit, "wrote": _credit, "produced": _credit, "acted_in": _credit, "composed_music_for": _credit,
    "created": _credit, "founded": _affiliation, "works_for": _affiliation, "member_or_part_of": _affiliation,
    "co_produced": _participation, "produced_by_company": _participation, "supported": _support,
    "broadcast": _broadcast, "distributed": _distribution, "partner_of": _partnership, "received_award": _award,
    "nominated_for": _award, "screened_at": _screening, "part_of_series": _work_relation, "based_on": _work_relation,
    "release_or_date": _work_fact, "count_statistic": _statistic, **dict.fromkeys(_PROPERTIES, _detail),
}  # fmt: skip
