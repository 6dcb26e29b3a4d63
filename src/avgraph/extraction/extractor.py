"""The extractor: from a document to facts with their evidence, stage by stage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import accumulate

from avgraph.errors import Issue
from avgraph.extraction.calibration import calibration
from avgraph.extraction.claims import facts_to_tables
from avgraph.extraction.coreference import link_names, refer, spread
from avgraph.extraction.gazetteer import EMPTY, Gazetteer
from avgraph.extraction.layout import Segment, publication_date, segments
from avgraph.extraction.lexicon import LANGUAGES, RULED, Lexicon, lexicon
from avgraph.extraction.mentions import Mention, find_mentions
from avgraph.extraction.neural import ModelMissingError, Reader, Reading, default_reader
from avgraph.extraction.ranking import Proposal, facts, proposals
from avgraph.extraction.relations.agreements import run_agreements
from avgraph.extraction.relations.amounts import give_amounts, with_own_amounts
from avgraph.extraction.relations.context import Context
from avgraph.extraction.relations.credits import run_credits
from avgraph.extraction.relations.details import detail_facts, with_characters
from avgraph.extraction.relations.items import run_items
from avgraph.extraction.relations.learned import learned_mentions, score_pairs
from avgraph.extraction.relations.patterns import run_patterns
from avgraph.extraction.relations.works import run_works
from avgraph.extraction.works import add_described_works, add_episodes, add_seasons
from avgraph.model import Document, Fact, Rejected, SourceTables

__all__ = ["Extraction", "Extractor", "language_issue"]

_VERSION = "5"
#: Pairs that the model finds less probable than this are not looked at.
_LEAST_LOGIT = -3.5


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
    method
        Version of what found the facts.
    aliases
        Name → its other forms in the text.
    rejected
        Claims of a language model that the text does not bear out, each also a warning among the issues.
    """

    document: Document
    facts: tuple[Fact, ...] = ()
    issues: tuple[Issue, ...] = ()
    method: str = ""
    aliases: dict[str, tuple[str, ...]] = field(default_factory=dict)
    rejected: tuple[Rejected, ...] = ()

    def beside(self, other: Extraction) -> Extraction:
        """Return these facts with those that another extractor read in the same article, each under its own rule."""
        return replace(
            self, facts=self.facts + other.facts, issues=self.issues + other.issues,
            rejected=self.rejected + other.rejected,
        )  # fmt: skip

    def tables(self, sha256: str = "") -> SourceTables:
        """Return the facts as claims of the thirteen kinds, with their mentions.

        Parameters
        ----------
        sha256
            Hash of the article's file, kept in the source row.
        """
        return facts_to_tables(self.document, self.facts, self.issues, sha256, self.aliases)


class Extractor:
    """Reads facts from articles: a small model tags names and relates them; rules do so beside it (English, French).

    The model loads on first use.

    Parameters
    ----------
    minimum_confidence
        Facts below this confidence (0..1) are left out; by default as measured to serve precision.
    recall
        By default leave out only what serves neither precision nor recall (the highest F1).
    rules
        Whether rules relate the names, too, in the languages that have them.
    reader
        Gives the model, by default the one that the package ships.

    Raises
    ------
    TypeError, ValueError
        If `minimum_confidence` is no number, or none from 0 to 1.

    Examples
    --------
    >>> from avgraph.model import Document
    >>> text = "“Cargo” is directed by Gilles Coulier and produced by De Wereldvrede Films."
    >>> extraction = Extractor().extract(Document("a.txt", text, language="en"))
    >>> [(f.subject, f.relation, f.object) for f in extraction.facts][0]
    ('Gilles Coulier', 'directed', 'Cargo')
    """

    def __init__(
        self, minimum_confidence: float | None = None, *, recall: bool = False, rules: bool = True,
        reader: Callable[[], Reader] = default_reader,
    ) -> None:  # fmt: skip
        if minimum_confidence is None:
            minimum_confidence = calibration().recall if recall else calibration().precise
        if isinstance(minimum_confidence, bool) or not isinstance(minimum_confidence, int | float):
            raise TypeError(f"minimum_confidence must be a number, not {type(minimum_confidence).__name__}")
        if not 0 <= minimum_confidence <= 1:
            raise ValueError(f"minimum_confidence must be from 0 to 1, not {minimum_confidence}")
        self.minimum_confidence = minimum_confidence
        self.rules = rules
        self._reader = reader

    @property
    def version(self) -> str:
        """Version of model and rules; a new one means that articles must be read again."""
        return f"rules-{_VERSION}" if self.rules else f"model-{_VERSION}"

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
            Without facts and with one warning where the language is none of
            :data:`avgraph.extraction.lexicon.LANGUAGES`, or where onnxruntime is not installed.
        """
        if not isinstance(document, Document):
            raise TypeError(f"document must be an avgraph.model.Document, not {type(document).__name__}")
        if not isinstance(gazetteer, Gazetteer):
            raise TypeError(f"gazetteer must be made by Gazetteer.from_names, not {type(gazetteer).__name__}")
        if (issue := language_issue(document)) is not None:
            return Extraction(document, (), (issue,), self.version)
        try:
            context, found = self._propose(document, gazetteer)
        except ModelMissingError as error:
            issue = Issue(document.path, "", f"no facts read: {error.message}", error.hint or "", severity="warning")
            return Extraction(document, (), (issue,), self.version)
        details = detail_facts(context, document, document.language or "", self.version)
        sure = [fact for fact in details if fact.confidence >= self.minimum_confidence]
        found = calibration().settled(document, found)
        confidences = calibration().confidences(document, found)
        kept = with_characters(facts(found, confidences, self.minimum_confidence), sure)
        kept = tuple(sorted((*kept, *sure), key=lambda f: (f.start, f.end, f.relation, f.subject, f.object, f.rule)))
        return Extraction(_dated(document, context.date), kept, (), self.version, _aliases(context.mentions))

    def propose(self, document: Document, gazetteer: Gazetteer = EMPTY) -> list[Proposal]:
        """Return every fact that could be stated, sure or not, with what speaks for it."""
        return self._propose(document, gazetteer)[1]

    def _propose(self, document: Document, gazetteer: Gazetteer) -> tuple[Context, list[Proposal]]:
        found = segments(document)
        language = document.language or ""
        known, date = _known(found, gazetteer), publication_date(document, found)
        reading = self._reader().read(found, known)
        learned = learned_mentions(reading, found, language)
        scores = with_own_amounts(score_pairs(learned, _LEAST_LOGIT), found, learned.by_segment)
        if self.rules and language in RULED:
            context = self._by_rules(lexicon(language), found, _guesses(reading, found), date, gazetteer)
        else:
            context = Context(found, learned.by_segment, lexicon("en"), date)
        return context, proposals(context, scores, document, self.version, calibration().rules)

    def _by_rules(
        self, words: Lexicon, found: list[Segment], guesses: list[list[tuple[int, int, str]]], date: str | None,
        gazetteer: Gazetteer,
    ) -> Context:  # fmt: skip
        """Return what the rules of a language find over the model's mentions."""
        mentions = [find_mentions(s, words, g, gazetteer) for s, g in zip(found, guesses, strict=True)]
        context = Context(found, mentions, words, date)
        self._prepare(context)
        _relate(context)
        if _retype(context):
            context.candidates.clear()
            context.structured.clear()
            self._prepare(context)
            _relate(context)
        return context

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


def language_issue(document: Document) -> Issue | None:
    """Return the warning that an article is in no language that is read; None where it is."""
    if document.language in LANGUAGES:
        return None
    known = ", ".join(LANGUAGES)
    message = "no facts read: the language is neither stated nor recognised"
    if document.language:
        message = f"no facts read: articles are read in {known}, not in {document.language}"
    hint = (
        f'if it is one of {known}, state it: lang="en" in a page, the lines "language: en" and "---" above a text, '
        "or --language en of avgraph extract"
    )
    return Issue(document.path, "", message, hint, severity="warning")


#: Tag of the model → kind letter of a mention.
_KINDS = {"Person": "P", "Organization": "O", "Work": "W", "Place": "L", "Award": "A", "Event": "E"}


def _guesses(reading: Reading, found: list[Segment]) -> list[list[tuple[int, int, str]]]:
    """Return for each segment (start, end, kind) of the names that the model tags in it."""
    starts = list(accumulate((len(segment.text) + 1 for segment in found), initial=0))
    guesses: list[list[tuple[int, int, str]]] = [[] for _ in found]
    words = reading.words
    for mention in reading.mentions:
        if mention.tag in _KINDS:
            line = int(words.lines[mention.first])
            start, end = int(words.starts[mention.first]), int(words.ends[mention.last])
            guesses[line].append((start - starts[line], end - starts[line], _KINDS[mention.tag]))
    return guesses


def _known(found: list[Segment], gazetteer: Gazetteer) -> dict[tuple[int, int], str]:
    """Return where the gazetteer's names stand in the joined text of the segments."""
    known: dict[tuple[int, int], str] = {}
    at = 0
    for segment in found:
        known |= {(at + start, at + end): type_ for start, end, (_, type_) in gazetteer.find(segment.text)}
        at += len(segment.text) + 1
    return known


def _relate(context: Context) -> None:
    run_credits(context)
    run_items(context)
    run_patterns(context)
    run_works(context)
    run_agreements(context)
    give_amounts(context)


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
