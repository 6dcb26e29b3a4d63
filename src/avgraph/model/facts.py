"""Facts: one claim of an article in plain words, as annotated corpora write them and ``extract --json`` prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["DETAILS", "QUALIFIERS", "RELATIONS", "Fact", "Rejected"]

#: relation -> (subject types, object types)
RELATIONS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "directed": (("Person",), ("Work",)),
    "wrote": (("Person",), ("Work",)),
    "produced": (("Person",), ("Work",)),
    "acted_in": (("Person",), ("Work",)),
    "composed_music_for": (("Person", "Organization"), ("Work",)),
    "created": (("Person", "Organization"), ("Work",)),
    "founded": (("Person", "Organization"), ("Organization", "Agreement", "Event", "Date")),
    "works_for": (("Person",), ("Organization", "Place", "Event", "Person")),
    "born_in": (("Person",), ("Place",)),
    "nationality": (("Person",), ("Place",)),
    "co_produced": (("Organization",), ("Work",)),
    "produced_by_company": (("Organization",), ("Work",)),
    "supported": (("Organization", "Agreement", "Place"), ("Work", "Organization", "Agreement", "Event", "Person")),
    "broadcast": (("Organization",), ("Work", "Award")),
    "distributed": (("Organization",), ("Work",)),
    "partner_of": (
        ("Organization", "Person", "Place", "Event", "Agreement"),
        ("Organization", "Person", "Place", "Event", "Agreement"),
    ),
    "member_or_part_of": (
        ("Organization", "Person", "Place", "Event", "Agreement"),
        ("Organization", "Agreement", "Event", "Place"),
    ),
    "located_in": (("Organization", "Event", "Award"), ("Place",)),
    "received_award": (("Work", "Person", "Organization"), ("Award",)),
    "nominated_for": (("Work", "Person", "Organization"), ("Award",)),
    "screened_at": (("Work", "Organization", "Person"), ("Event", "Place")),
    "part_of_series": (("Work",), ("Work",)),
    "based_on": (("Work",), ("Work", "Person")),
    "country_of": (("Work",), ("Place",)),
    "release_or_date": (("Work", "Agreement", "Event", "Organization"), ("Date",)),
    "count_statistic": (("Organization", "Work", "Event", "Place", "Agreement", "Person", "Award"), ("Quantity",)),
}

#: What may be said of a fact beside its two names.
QUALIFIERS = (
    "role", "date", "year", "period", "amount", "share", "for_work", "category", "event", "section", "edition",
    "scheme", "season", "episode", "scope", "territory", "author", "parties", "actor",
)  # fmt: skip

#: The same for what rules alone read, beyond the relations that the model knows.
DETAILS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "genre": (("Work",), ("Genre",)),
    "has_character": (("Work",), ("Character",)),
    "filmed_in": (("Work",), ("Place",)),
    "set_in": (("Work",), ("Place",)),
    "about": (("Work",), ("Subject",)),
    "budget": (("Work",), ("Quantity",)),
    "running_time": (("Work",), ("Quantity",)),
}


@dataclass(frozen=True)
class Fact:
    """One fact with the words it stands in.

    Attributes
    ----------
    subject, object
        Names in the fullest form of the text.
    subject_type, object_type
        ``Person|Organization|Work|Award|Place|Event|Agreement|Quantity|Date|Genre|Character|Subject``; the last three
        are words, no entities.
    relation
        A key of :data:`RELATIONS` or :data:`DETAILS`.
    qualifiers
        Name, of :data:`QUALIFIERS`, → text.
    start, end
        Half-open code-point offsets of the evidence in the document's text.
    evidence
        ``text[start:end]``.
    certainty
        ``asserted|planned|reported|negated``.
    confidence
        0..1.
    rule
        Id of the rule or model that found it, with its version.
    subject_mention, object_mention
        The surface forms where they differ from the names.
    """

    subject: str
    subject_type: str
    relation: str
    object: str
    object_type: str
    evidence: str
    start: int
    end: int
    qualifiers: Mapping[str, str] = field(default_factory=dict)
    certainty: str = "asserted"
    confidence: float = 1.0
    rule: str = ""
    subject_mention: str | None = None
    object_mention: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the fact as a JSON object in the corpus's field order."""
        return {
            "subject": self.subject,
            "subject_type": self.subject_type,
            "relation": self.relation,
            "object": self.object,
            "object_type": self.object_type,
            "qualifiers": dict(self.qualifiers),
            "evidence": self.evidence,
            "certainty": self.certainty,
            "confidence": round(self.confidence, 3),
            "start": self.start,
            "end": self.end,
            "rule": self.rule,
            "subject_mention": self.subject_mention or self.subject,
            "object_mention": self.object_mention or self.object,
        }


@dataclass(frozen=True)
class Rejected:
    """A claim of a language model that was not kept.

    Attributes
    ----------
    reason
        Why not, in words.
    claim
        What the model gave: any JSON value.
    """

    reason: str
    claim: Any
