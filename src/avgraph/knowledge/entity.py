"""Entities, claims and conflicts as users hold them."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from avgraph.knowledge.words import claim_words, is_place, place_words

if TYPE_CHECKING:
    from avgraph.knowledge.graph import KnowledgeGraph

__all__ = ["Claim", "Conflict", "ConflictSide", "Entity", "Link"]


@dataclass(frozen=True)
class Claim:
    """One claim with its evidence.

    Attributes
    ----------
    iri
        Its IRI.
    kind
        ``Credit``, ``Participation`` …
    roles
        Role → IRIs of its entities.
    attributes
        Column → value; closed values in plain words (``"director"``).
    labels
        IRI → label of every entity in `roles`.
    status
        ``asserted|planned|reported|negated``.
    confidence
        0..1.
    method
        Rule or mapping, with its version.
    source, source_title
        Path of the file in the workspace, and its title.
    quote
        The words of the article, or the cells of the row.
    start, end
        Half-open code-point offsets in the document, for articles.
    row
        Line number, for records.
    observed
        When the source was published.
    """

    iri: str
    kind: str
    roles: Mapping[str, tuple[str, ...]]
    attributes: Mapping[str, Any]
    labels: Mapping[str, str]
    status: str
    confidence: float
    method: str
    source: str
    source_title: str | None = None
    quote: str | None = None
    start: int | None = None
    end: int | None = None
    row: int | None = None
    observed: str | None = None

    @property
    def text(self) -> str:
        """The claim in plain English words."""
        return self.words("en")

    def words(self, language: str) -> str:
        """Return the claim in plain words of a language, ``"en"`` or ``"fr"``.

        Raises
        ------
        ValueError
            If there are no words of that language.
        """
        named = {role: [self.labels.get(iri, iri) for iri in iris] for role, iris in self.roles.items()}
        places = {label for iri, label in self.labels.items() if is_place(iri)}
        return claim_words(self.kind, named, self.attributes, self.status, language, places)

    def label(self, iri: str, language: str) -> str:
        """Return what an entity of the claim is called in its words in a language."""
        label = self.labels.get(iri, iri)
        return place_words(label, language) if is_place(iri) else label

    @property
    def place(self) -> str:
        """Where it stands: file and line, or file and offsets."""
        if self.row is not None:
            return f"{self.source} line {self.row}"
        return f"{self.source} [{self.start}:{self.end}]" if self.start is not None else self.source

    def to_json(self) -> dict[str, Any]:
        """Return the claim as a JSON object."""
        roles = {r: [{"iri": i, "label": self.labels.get(i)} for i in iris] for r, iris in self.roles.items()}
        return {
            "claim": self.iri, "kind": self.kind, "text": self.text, "status": self.status,
            "confidence": self.confidence, "method": self.method,
            "roles": roles,
            "attributes": dict(self.attributes), "source": self.source, "source_title": self.source_title,
            "quote": self.quote, "start": self.start, "end": self.end, "row": self.row, "observed": self.observed,
        }  # fmt: skip

    def __repr__(self) -> str:
        return f"<Claim {self.text!r} from {self.place}>"


@dataclass(frozen=True)
class Entity:
    """A person, organization, work, award, event, place or agreement.

    Attributes
    ----------
    iri, label, type, subtype
        ``type`` is one of Person, Organization, Work, Award, Event, Place, Agreement.
    names
        All spellings.
    ids
        External ids, ``"imdb:tt3043542"``.
    countries
        ISO 3166-1 alpha-2 codes.
    year
        Year of a work, or None.
    homonyms
        Other entities of the same name, as ``(iri, type)``.
    """

    iri: str
    label: str
    type: str
    subtype: str | None
    names: tuple[str, ...]
    ids: tuple[str, ...]
    countries: tuple[str, ...]
    year: int | None
    homonyms: tuple[tuple[str, str], ...] = ()
    _graph: KnowledgeGraph | None = field(default=None, repr=False, compare=False)

    @property
    def claims(self) -> list[Claim]:
        """Every claim that names the entity, by kind, status and source."""
        return self._graph.claims(self.iri) if self._graph else []

    @property
    def matches(self) -> list[Link]:
        """Why the names behind this entity are one, and which others it may be."""
        return self._graph.explain(self.iri) if self._graph else []

    def to_json(self) -> dict[str, Any]:
        """Return the entity with its claims as a JSON object."""
        return {
            "entity": self.iri, "label": self.label, "type": self.type, "subtype": self.subtype,
            "names": list(self.names), "ids": list(self.ids), "countries": list(self.countries), "year": self.year,
            "homonyms": [{"entity": i, "type": t} for i, t in self.homonyms],
            "claims": [c.to_json() for c in self.claims],
        }  # fmt: skip

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{html.escape(c.text)}</td><td><q>{html.escape(c.quote or '')}</q></td>"
            f"<td>{html.escape(c.place)}</td><td>{html.escape(c.status)}</td></tr>"
            for c in self.claims
        )
        about = ", ".join(
            [self.subtype or self.type, *self.countries, *([str(self.year)] if self.year else []), *self.ids]
        )
        return (
            f"<h4>{html.escape(self.label)}</h4><p>{html.escape(about)}</p><table><thead><tr><th>claim</th><th>quote</th>"
            f"<th>source</th><th>status</th></tr></thead><tbody>{rows}</tbody></table>"
        )


@dataclass(frozen=True)
class Link:
    """A decision about two names: same, possibly same, or different.

    Attributes
    ----------
    left, right
        The two names, each with its source.
    verdict
        ``"same"``, ``"possibly same"`` or ``"different"``.
    score
        0..1.
    decided_by
        Rule, or ``"curator"``.
    reason
        Features with their scores and the two values that matched.
    left_entity, right_entity
        IRIs.
    """

    left: str
    left_source: str
    right: str
    right_source: str
    verdict: str
    score: float
    decided_by: str
    reason: str
    left_entity: str
    right_entity: str


@dataclass(frozen=True)
class ConflictSide:
    """One version of a disputed fact.

    Attributes
    ----------
    value
        In words.
    sources
        Who says so; empty for what no source says, such as a release that is not known.
    preferred
        Whether this side is the preferred one.
    claims
        IRIs.
    n_independent
        How many of the sources are independent: copies of one text, and the files of one provider, count once.
    quote
        Words of one of the claims.
    """

    value: str
    sources: tuple[str, ...]
    preferred: bool
    claims: tuple[str, ...]
    n_independent: int = 0
    quote: str | None = None

    @property
    def source(self) -> str | None:
        """The first of the sources, None where there is none."""
        return self.sources[0] if self.sources else None


@dataclass(frozen=True)
class Conflict:
    """A disagreement between sources, or a counted statement held against the records.

    Attributes
    ----------
    iri, rule, property
        Which rule found it and what it is about.
    subject, subject_label
        The entity concerned.
    outcome
        ``contradicted``, ``unconfirmed``, ``consistent`` or ``not comparable``.
    explanation
        In plain words, with the side preferred and why.
    preferred_by
        What decided: ``primary``, ``precedence``, ``independent`` or ``recency``; None where no side is preferred.
    settled_by
        What would settle it, None where the rule does not say.
    sides
        The preferred one first, then by the trust in their sources.
    """

    iri: str
    rule: str
    subject: str
    subject_label: str
    property: str
    outcome: str
    explanation: str
    preferred_by: str | None
    settled_by: str | None
    sides: tuple[ConflictSide, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the conflict as a JSON object."""
        sides = [
            {"value": s.value, "source": s.source, "sources": list(s.sources), "independent": s.n_independent,
             "preferred": s.preferred, "quote": s.quote, "claims": list(s.claims)}
            for s in self.sides
        ]  # fmt: skip
        return {
            "conflict": self.iri, "rule": self.rule, "subject": self.subject, "subject_label": self.subject_label,
            "property": self.property, "outcome": self.outcome, "explanation": self.explanation,
            "preferred_by": self.preferred_by, "settled_by": self.settled_by, "sides": sides,
        }  # fmt: skip

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{'✓ ' if s.preferred else ''}{html.escape(s.value)}</td>"
            f"<td>{html.escape(', '.join(s.sources))}</td><td><q>{html.escape(s.quote or '')}</q></td></tr>"
            for s in self.sides
        )
        return f"<p><b>{html.escape(self.outcome)}</b>: {html.escape(self.explanation)}</p><table>{rows}</table>"
