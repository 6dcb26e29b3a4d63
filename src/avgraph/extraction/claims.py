"""Facts as claims of the thirteen kinds: what each relation's qualifiers become in the claim tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from avgraph.dates import is_partial_date, year_of
from avgraph.errors import Issue
from avgraph.extraction.claim_kinds import WRITERS
from avgraph.extraction.lexicon import LANGUAGES, Place, places
from avgraph.extraction.values import count_value, partial_date, relative_date
from avgraph.model import Collector, Document, Fact, SourceTables
from avgraph.text import slug

__all__ = ["Writer", "facts_to_tables"]

_PLACES = {
    "nationality": "nationality",
    "born_in": "born in",
    "located_in": "located in",
    "country_of": "country of origin",
    "filmed_in": "filmed in",
    "set_in": "set in",
}


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
    writer = Writer(document, tuple(facts), aliases or {})
    for fact in writer.facts:
        writer.write(fact)
    source = {
        "source": document.path, "kind": "article", "title": document.title, "publisher": document.publisher,
        "date": document.date, "language": document.language, "url": document.url, "reference": None,
        "sha256": sha256 or None, "reader": "article", "n_read": 1, "n_accepted": 1, "n_quarantined": 0,
    }  # fmt: skip
    return writer.collector.tables(source, issues)


_BARE_SEASON = re.compile(r"(.+) (?:season|saison) (\d+)")


class Writer:
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
            WRITERS[fact.relation](self, fact)

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
        """Return the mention of the fact's subject."""
        return self.ref(fact.subject, type_ or fact.subject_type, fact, fact.subject_mention)

    def object(self, fact: Fact, type_: str | None = None) -> str:
        """Return the mention of the fact's object."""
        return self.ref(fact.object, type_ or fact.object_type, fact, fact.object_mention)

    def territories(self, fact: Fact) -> list[str]:
        """Return the mention of the territory that the fact is limited to."""
        return [self.ref(fact.qualifiers["territory"], "Place", fact)] if "territory" in fact.qualifiers else []

    def claim(self, kind: str, fact: Fact, **columns: Any) -> None:
        """Add a claim with the fact's evidence; dates among the qualifiers bound its validity."""
        start, end = self._validity(fact)
        self.collector.claim(
            kind, status=fact.certainty, confidence=fact.confidence, method=fact.rule, quote=fact.evidence,
            start=fact.start, end=fact.end, valid_from=start, valid_to=end, **columns,
        )  # fmt: skip

    def date(self, text: str | None, *, planned: bool = False) -> str | None:
        """Return the ISO form of a date, one without a year from the article's, or None where it is not certain."""
        if not text:
            return None
        found = partial_date(text, self.language) or relative_date(
            text, self.language, self.document.date, planned=planned
        )
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
