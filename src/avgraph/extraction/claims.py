"""Facts as claims of the thirteen kinds: what each relation's qualifiers become in the claim tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from avgraph.dates import is_partial_date, year_of
from avgraph.errors import Issue
from avgraph.extraction.lexicon import LANGUAGES, Place, choice, genres, places
from avgraph.extraction.values import count_value, money_value, partial_date
from avgraph.model import Collector, Document, Fact, SourceTables
from avgraph.text import name_tokens, slug

__all__ = ["facts_to_tables"]

_CREDITS = {"directed": "director", "wrote": "writer", "acted_in": "actor", "composed_music_for": "composer"}
_PLACES = {
    "nationality": "nationality",
    "born_in": "born in",
    "located_in": "located in",
    "country_of": "country of origin",
    "filmed_in": "filmed in",
    "set_in": "set in",
}
_PROPERTIES = {"genre": "genre", "has_character": "character", "about": "subject", "budget": "budget",
               "running_time": "runtime"}  # fmt: skip


def facts_to_tables(
    document: Document,
    facts: Iterable[Fact],
    issues: Iterable[Issue] = (),
    sha256: str = "",
    aliases: Mapping[str, tuple[str, ...]] | None = None,
) -> SourceTables:
    """Return the claim tables of one article.

    Parameters
    ----------
    document
        Where the facts stand; its date becomes ``observed``.
    facts
        As the extractor or another reader found them.
    issues, sha256
        Passed on to the result's issues and source row.
    aliases
        Name → its other forms in the text.
    """
    writer = _Writer(document, tuple(facts), aliases or {})
    for fact in writer.facts:
        writer.write(fact)
    source = {
        "source": document.path, "kind": "article", "title": document.title, "publisher": document.publisher,
        "date": document.date, "language": document.language, "url": document.url, "reference": None,
        "sha256": sha256 or None, "n_read": 1, "n_accepted": 1, "n_quarantined": 0,
    }  # fmt: skip
    return writer.collector.tables(source, issues)


_BARE_SEASON = re.compile(r"(.+) (?:season|saison) (\d+)")


class _Writer:
    """Writes one article's facts into a collector."""

    def __init__(self, document: Document, facts: tuple[Fact, ...], aliases: Mapping[str, tuple[str, ...]]) -> None:
        self.document, self.facts, self.aliases = document, facts, aliases
        self.language = document.language if document.language in LANGUAGES else "en"
        self.collector = Collector(document.path, observed=document.date)
        self._straight = document.text.translate({0x2019: "'", 0x2018: "'", 0xA0: " ", 0x202F: " "})
        self.seasons = {f.subject for f in facts if f.relation == "part_of_series" and "season" in f.qualifiers}
        self.series = {f.object for f in facts if f.relation == "part_of_series"}
        self.countries: dict[str, set[str]] = {}
        for f in facts:
            place = self._place(f.object) if f.relation in ("located_in", "country_of", "nationality") else None
            if place and f.certainty == "asserted":
                self.countries.setdefault(f.subject, set()).add(place.country)

    def write(self, fact: Fact) -> None:
        """Write one fact as one claim."""
        if fact.relation in _PLACES:
            self._place_relation(fact)
        else:
            _WRITERS[fact.relation](self, fact)

    def _place(self, name: str) -> Place | None:
        for language in (self.language, *LANGUAGES):
            nouns, adjectives = places(language)
            if found := nouns.get(name) or adjectives.get(name):
                return found
        return None

    def ref(self, name: str, type_: str, fact: Fact | None = None, surface: str | None = None) -> str:
        """Return the mention of a name, made once per name and type."""
        more: dict[str, Any] = {"names": list(self.aliases.get(name, ()))}
        place = self._place(name) if type_ == "Place" else None
        if type_ == "Work":
            if fact is not None and name not in self.seasons and (bare := _BARE_SEASON.fullmatch(name)):
                self.seasons.add(name)
                self.series.add(bare[1])
                implied = replace(fact, subject=name, subject_type="Work", relation="part_of_series",
                                  object=bare[1], object_type="Work", qualifiers={"season": bare[2]},
                                  certainty="asserted", object_mention=None)  # fmt: skip
                self.write(implied)
            more["subtype"] = "season" if name in self.seasons else "series" if name in self.series else None
            more["generic"] = bool(re.match(r"(?:an?|une?) ", name))
            more["language"] = self.document.language
        elif type_ == "Person" and place is None and self._place(name):
            more |= {"subtype": "group", "generic": True}
        elif type_ == "Agreement":
            more["generic"] = bool(re.match(r"(?i)(?:the|this|le|la|l'|ce|cette) ?\w+$", name))
        if place and place.is_country:
            more |= {"subtype": "country", "ids": [f"iso3166:{place.country}"]}
        more["countries"] = [place.country] if place else sorted(self.countries.get(name, ()))
        if fact is not None:
            at = self._straight.find(surface or name, fact.start, fact.end)
            if at >= 0:
                more |= {"start": at, "end": at + len(surface or name)}
        return self.collector.mention(f"{type_.lower()}/{slug(name)}", type_, name, **more)

    def subject(self, fact: Fact, type_: str | None = None) -> str:
        return self.ref(fact.subject, type_ or fact.subject_type, fact, fact.subject_mention)

    def object(self, fact: Fact, type_: str | None = None) -> str:
        return self.ref(fact.object, type_ or fact.object_type, fact, fact.object_mention)

    def territories(self, fact: Fact) -> list[str]:
        return [self.ref(fact.qualifiers["territory"], "Place", fact)] if "territory" in fact.qualifiers else []

    def claim(self, kind: str, fact: Fact, **columns: Any) -> None:
        """Add a claim with the fact's evidence; dates among the qualifiers bound its validity."""
        start, end = self._validity(fact)
        self.collector.claim(
            kind, status=fact.certainty, confidence=fact.confidence, method=fact.rule, quote=fact.evidence,
            start=fact.start, end=fact.end, valid_from=start, valid_to=end, **columns,
        )  # fmt: skip

    def date(self, text: str | None) -> str | None:
        """Return the ISO form of a date qualifier, or None where it is not certain."""
        found = partial_date(text, self.language) if text else None
        return found if found and is_partial_date(found) else None

    def _validity(self, fact: Fact) -> tuple[str | None, str | None]:
        period = fact.qualifiers.get("period", "")
        if fact.relation == "count_statistic" and period:
            return _period(period, year_of(self.document.date))
        if fact.relation in ("founded", "partner_of", "works_for", "member_or_part_of"):
            return self.date(fact.qualifiers.get("date")), None
        return None, None

    def _place_relation(self, fact: Fact) -> None:
        self.claim(
            "PlaceRelation", fact, entity=self.subject(fact), place=self.object(fact), relation=_PLACES[fact.relation]
        )


def _period(period: str, year: int | None) -> tuple[str | None, str | None]:
    """Return the (first, last) year of a period; relative ones are the whole years before the document's.

    >>> _period("past decade", 2019), _period("2012", 2019), _period("past five years", 2019)
    (('2009', '2018'), ('2012', '2012'), ('2014', '2018'))
    """
    years = re.findall(r"(?:19|20)\d\d", period)
    if years:
        return years[0], years[-1]
    if year is None:
        return None, None
    if re.search(r"\bdecade\b|\bdécennie\b", period):
        return str(year - 10), str(year - 1)
    if re.search(r"\b(?:years?|ans|années)\b", period):
        n = count_value(period)
        return (str(year - int(n)), str(year - 1)) if n else (None, None)
    return None, None


def _credit(writer: _Writer, fact: Fact) -> None:
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


def _participation(writer: _Writer, fact: Fact) -> None:
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


def _support(writer: _Writer, fact: Fact) -> None:
    amount, currency = money_value(fact.qualifiers.get("amount", ""))
    note = f"{fact.qualifiers.get('scheme', '')} {fact.qualifiers.get('role', '')}".casefold()
    stages = (("writing", "writ|écritur"), ("development", "develop|développ"), ("distribution", "distribut"),
              ("promotion", "promot"), ("operation", "manag|gère|gest"), ("production", "product"))  # fmt: skip
    target = {"work": writer.object(fact)} if fact.object_type == "Work" else {"organization": writer.object(fact)}
    writer.claim("Support", fact, funder=writer.subject(fact), scheme=fact.qualifiers.get("scheme"),
                 stage=next((stage for stage, words in stages if re.search(words, note)), None), amount=amount,
                 currency=currency, date=writer.date(fact.qualifiers.get("date")),
                 purpose=fact.qualifiers.get("role"), **target)  # fmt: skip


def _broadcast(writer: _Writer, fact: Fact) -> None:
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


def _distribution(writer: _Writer, fact: Fact) -> None:
    note = fact.qualifiers.get("role", "").casefold()
    kinds = (("world sales", "sales|ventes|international|rights|world"), ("theatrical", "theatr|cinema|salle|release"),
             ("streaming", "stream|platform|plateforme"), ("video", "video|vidéo|dvd"))  # fmt: skip
    kind = next((kind for kind, words in kinds if re.search(words, note)), "any")
    writer.claim("Distribution", fact, company=writer.subject(fact), work=writer.object(fact), distribution=kind,
                 territories=writer.territories(fact), date=writer.date(fact.qualifiers.get("date")))  # fmt: skip


def _award(writer: _Writer, fact: Fact) -> None:
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


def _screening(writer: _Writer, fact: Fact) -> None:
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


def _partnership(writer: _Writer, fact: Fact) -> None:
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


def _affiliation(writer: _Writer, fact: Fact) -> None:
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


def _work_relation(writer: _Writer, fact: Fact) -> None:
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


def _work_fact(writer: _Writer, fact: Fact) -> None:
    note = fact.qualifiers.get("role", "").casefold()
    kinds = (
        ("shoot date", "shoot|shot|film(?:ing|ed)|tourn"),
        ("broadcast date", "broadcast|diffus|air"),
        ("production date", "product|deliver|complet|livr"),
    )
    writer.claim("WorkFact", fact, work=writer.subject(fact),
                 property=next((kind for kind, words in kinds if re.search(words, note)), "release date"),
                 value=writer.date(fact.object) or fact.object, territories=writer.territories(fact),
                 scope=fact.qualifiers.get("scope"))  # fmt: skip


def _detail(writer: _Writer, fact: Fact) -> None:
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


def _statistic(writer: _Writer, fact: Fact) -> None:
    amount, currency = money_value(fact.object)
    value = amount if currency else count_value(fact.object)
    words = [w for w in name_tokens(fact.object) if not w.isdigit()]
    unit = currency or " ".join(re.sub(r"[\d.,]+", " ", _about().sub("", fact.object)).split()[-2:]) or None
    types = {n: t for f in writer.facts for n, t in ((f.subject, f.subject_type), (f.object, f.object_type))}
    names = [n for n in fact.qualifiers.get("parties", "").split(" | ") if n]
    subject, parties = writer.subject(fact), [writer.ref(n, types.get(n, "Organization")) for n in names]
    writer.claim("Statistic", fact, subject=subject, parties=parties,
                 measure=fact.qualifiers.get("role") or (words[-1] if words else "count"), value=value, unit=unit,
                 approximate=bool(_about().match(fact.object)), period=fact.qualifiers.get("period"),
                 scope=fact.qualifiers.get("scope"))  # fmt: skip


@lru_cache(maxsize=1)
def _about() -> re.Pattern[str]:
    return re.compile(rf"(?i){choice('approximate')}\b")


_WRITERS: dict[str, Callable[[_Writer, Fact], None]] = {
    "directed": _credit, "wrote": _credit, "produced": _credit, "acted_in": _credit, "composed_music_for": _credit,
    "created": _credit, "founded": _affiliation, "works_for": _affiliation, "member_or_part_of": _affiliation,
    "co_produced": _participation, "produced_by_company": _participation, "supported": _support,
    "broadcast": _broadcast, "distributed": _distribution, "partner_of": _partnership, "received_award": _award,
    "nominated_for": _award, "screened_at": _screening, "part_of_series": _work_relation, "based_on": _work_relation,
    "release_or_date": _work_fact, "count_statistic": _statistic, **dict.fromkeys(_PROPERTIES, _detail),
}  # fmt: skip
