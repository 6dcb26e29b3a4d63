"""What every relation family reads and writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from avgraph.extraction.layout import Segment
from avgraph.extraction.lexicon import Lexicon
from avgraph.extraction.mentions import Mention

__all__ = ["Candidate", "Context"]


@dataclass(frozen=True)
class Candidate:
    """A fact before it is worded: two mentions, a relation, and where it stands.

    Attributes
    ----------
    start, end
        Evidence, half-open offsets into the segment's text.
    status
        ``None`` lets the clause decide.
    """

    subject: Mention
    relation: str
    object: Mention
    segment: int
    start: int
    end: int
    rule: str
    qualifiers: Mapping[str, str] = field(default_factory=dict)
    status: str | None = None
    trigger: tuple[int, int] | None = None


@dataclass
class Context:
    """One document on its way through the relation families.

    Attributes
    ----------
    segments, mentions
        The segments and, for each, its mentions in order.
    topics
        For each segment, the work that it is about, if one stands out.
    ceremony, funder
        The award and the fund that the document is about, if any.
    votes
        Names that a family saw in a slot: surface → kind → weight.
    structured
        Segments that are credit lines or list items: their own family reads them.
    """

    segments: list[Segment]
    mentions: list[list[Mention]]
    lexicon: Lexicon
    date: str | None
    topics: list[Mention | None] = field(default_factory=list)
    ceremony: Mention | None = None
    funder: Mention | None = None
    votes: dict[str, dict[str, float]] = field(default_factory=dict)
    structured: set[int] = field(default_factory=set)
    candidates: list[Candidate] = field(default_factory=list)

    def vote(self, mention: Mention, kind: str, weight: float = 1.0) -> None:
        """Note that a pattern saw `mention` as a name of `kind`."""
        kinds = self.votes.setdefault(mention.surface, {})
        kinds[kind] = kinds.get(kind, 0.0) + weight

    def add(self, candidates: Iterable[Candidate]) -> None:
        """Take candidates whose two sides differ."""
        self.candidates.extend(c for c in candidates if c.subject.name.casefold() != c.object.name.casefold())
