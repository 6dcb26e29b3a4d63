"""The extractor: from a document to facts with their evidence, stage by stage."""

from __future__ import annotations

from dataclasses import dataclass, field

from avgraph.errors import Issue
from avgraph.extraction.claims import facts_to_tables
from avgraph.extraction.coreference import link_names, refer, spread
from avgraph.extraction.gazetteer import EMPTY, Gazetteer
from avgraph.extraction.layout import publication_date, segments
from avgraph.extraction.lexicon import LANGUAGES, lexicon, rule_confidence
from avgraph.extraction.mentions import Mention, find_mentions
from avgraph.extraction.nlp import ModelMissingError, entities
from avgraph.extraction.ranking import facts
from avgraph.extraction.relations.agreements import run_agreements
from avgraph.extraction.relations.context import Context
from avgraph.extraction.relations.credits import run_credits
from avgraph.extraction.relations.items import run_items
from avgraph.extraction.relations.patterns import run_patterns
from avgraph.extraction.relations.works import run_works
from avgraph.extraction.works import add_described_works, add_episodes, add_seasons
from avgraph.model import Document, Fact, SourceTables

__all__ = ["Extraction", "Extractor"]

_VERSION = "1"


@dataclass(frozen=True)
class Extraction:
    """What one article says.

    Attributes
    ----------
    document
        The article; its `date` filled in where the text itself carries it.
    facts
        In the order of their evidence; ``document.text[fact.start:fact.end] == fact.evidence``.
    issues
        Warnings, such as a language without rules.
    """

    document: Document
    facts: tuple[Fact, ...] = ()
    issues: tuple[Issue, ...] = ()
    method: str = ""
    aliases: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def tables(self, sha256: str = "") -> SourceTables:
        """Return the facts as claims of the thirteen kinds, with their mentions.

        Parameters
        ----------
        sha256
            Hash of the article's file, kept in the source row.
        """
        return facts_to_tables(self.document, self.facts, self.issues, sha256, self.aliases)


class Extractor:
    """Reads facts from articles in English and French by rules over spaCy's named entities.

    The language models load on first use.

    Parameters
    ----------
    minimum_confidence
        Facts of rules below this confidence (0..1) are left out.

    Examples
    --------
    >>> from avgraph.model import Document
    >>> text = "“Cargo” is directed by Gilles Coulier and produced by De Wereldvrede Films."
    >>> extraction = Extractor().extract(Document("a.txt", text, language="en"))
    >>> [(f.subject, f.relation, f.object) for f in extraction.facts][0]
    ('Gilles Coulier', 'directed', 'Cargo')
    """

    def __init__(self, minimum_confidence: float = 0.5) -> None:
        self.minimum_confidence = minimum_confidence

    @property
    def version(self) -> str:
        """Version of the rules; a new one means that articles must be read again."""
        return f"rules-{_VERSION}"

    def extract(self, document: Document, gazetteer: Gazetteer = EMPTY) -> Extraction:
        """Return the facts of an article.

        Parameters
        ----------
        document
            With its language; without blocks, blank lines and line breaks make them.
        gazetteer
            Names of the records' entities; only those occurring in the text matter.

        Returns
        -------
        Extraction
            Without facts and with one warning where the language is unknown, without rules or without its model.
        """
        language = document.language
        if language not in LANGUAGES:
            known = " and ".join(LANGUAGES)
            message = f"no facts read: there are rules for {known}, not for {language or 'an unknown language'}"
            return self._nothing(document, message, f"if it is in {known.replace('and', 'or')}, state so in the file")
        words = lexicon(language)
        found = segments(document, words)
        try:
            guesses = entities([segment.text for segment in found], language)
        except ModelMissingError as error:
            return self._nothing(document, f"no facts read: {error.message}", error.hint or "")
        mentions = [find_mentions(s, words, g, gazetteer) for s, g in zip(found, guesses, strict=True)]
        context = Context(found, mentions, words, publication_date(document, found))
        self._prepare(context)
        _relate(context)
        if _retype(context):
            context.candidates.clear()
            context.structured.clear()
            self._prepare(context)
            _relate(context)
        kept = facts(context, document, rule_confidence(), self.minimum_confidence, self.version)
        return Extraction(_dated(document, context.date), kept, (), self.version, _aliases(context.mentions))

    def _prepare(self, context: Context) -> None:
        """Link, complete and refer the mentions, and settle what each segment is about."""
        for group in context.mentions:
            group[:] = [m for m in group if m.attributes.get("by") != "reference"]
        link_names(context.segments, context.mentions)
        spread(context.segments, context.mentions)
        link_names(context.segments, context.mentions)
        add_seasons(context.segments, context.mentions, context.lexicon)
        add_described_works(context.segments, context.mentions, context.lexicon)
        add_episodes(context.segments, context.mentions, context.lexicon)
        refer(context.segments, context.mentions, context.lexicon)
        context.topics = _topics(context)

    def _nothing(self, document: Document, message: str, hint: str = "") -> Extraction:
        issue = Issue(document.path, "", message, hint, severity="warning")
        return Extraction(document, (), (issue,), self.version)


def _relate(context: Context) -> None:
    run_credits(context)
    run_items(context)
    run_patterns(context)
    run_works(context)
    run_agreements(context)


def _retype(context: Context) -> bool:
    """Give names of unknown kind the kind that the patterns' slots saw; tell whether anything changed."""
    changed = False
    for m in (m for group in context.mentions for m in group):
        if m.strong or m.kind not in "UPOWL" or m.surface not in context.votes:
            continue
        votes = context.votes[m.surface]
        best = max(sorted(votes), key=lambda k: votes[k])
        if (m.kind == "U" or votes[best] > 1 or m.kind == best) and not m.strong:
            changed = changed or m.kind != best
            m.kind, m.strong = best, True
    return changed


def _topics(context: Context) -> list[Mention | None]:
    """Return, for each segment, the first sure work it names, else the one of the segment before."""
    topics: list[Mention | None] = []
    last: Mention | None = None
    for group in context.mentions:
        works = [m for m in group if m.kind == "W" and m.strong and not m.generic and "scope" not in m.attributes]
        last = works[0] if works else last
        topics.append(last)
    return topics


def _dated(document: Document, date: str | None) -> Document:
    if document.date == date:
        return document
    return Document(document.path, document.text, document.blocks, document.title, document.publisher, date,
                    document.language, document.url)  # fmt: skip


def _aliases(mentions: list[list[Mention]]) -> dict[str, tuple[str, ...]]:
    """Return name → its other surface forms in the text."""
    forms: dict[str, set[str]] = {}
    for m in (m for group in mentions for m in group):
        if (
            m.kind in "WPOEAG"
            and m.attributes.get("by") != "reference"
            and not m.generic
            and "season" not in m.attributes
        ):
            forms.setdefault(m.name, set()).add(m.surface.strip("\"“”«»‘’' "))
    return {name: tuple(sorted(found - {name})) for name, found in sorted(forms.items())}
