"""What several pages show: claims with those who say them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from avgraph.knowledge.entity import Claim

__all__ = ["KIND_TITLES", "Statement", "statements"]

#: What the claims of a kind are called together.
KIND_TITLES = {
    "Credit": "Credits", "Participation": "Production", "Support": "Support", "Broadcast": "Broadcasts",
    "Distribution": "Distribution", "AwardOutcome": "Awards", "Screening": "Screenings", "Partnership": "Partnerships",
    "Affiliation": "Affiliations", "PlaceRelation": "Places", "WorkRelation": "Related works", "WorkFact": "Facts",
    "Statistic": "Figures",
}  # fmt: skip


@dataclass(frozen=True)
class Statement:
    """Claims that say the same, with their evidence one by one.

    Attributes
    ----------
    text
        In words of `language`.
    status
        Of all of them.
    claims
        At least one.
    language
        Of the page.
    """

    text: str
    status: str
    claims: tuple[Claim, ...]
    language: str

    @property
    def parts(self) -> list[tuple[str, str | None]]:
        """The text in pieces, each with the IRI of the entity that it names, or None."""
        return _parts(self.text, self.claims[0], self.language)

    @property
    def year(self) -> str:
        """Year or date that the claims give, empty where they give none."""
        first = self.claims[0].attributes
        return str(first.get("year") or first.get("date") or first.get("period") or "")[:4]


def _parts(text: str, claim: Claim, language: str) -> list[tuple[str, str | None]]:
    iris = [iri for members in claim.roles.values() for iri in members if claim.labels.get(iri)]
    named = {claim.label(iri, language): iri for iri in iris}
    if not named:
        return [(text, None)]
    pattern = "|".join(re.escape(label) for label in sorted(named, key=len, reverse=True))
    return [(part, named.get(part)) for part in re.split(f"({pattern})", text) if part]


def statements(claims: Iterable[Claim], language: str) -> list[Statement]:
    """Return claims that say the same as one statement each, in the order of the first of each."""
    found: dict[tuple[str, str], list[Claim]] = {}
    for claim in claims:
        found.setdefault((claim.words(language), claim.status), []).append(claim)
    return [Statement(text, status, tuple(said), language) for (text, status), said in found.items()]
