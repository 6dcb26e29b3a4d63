"""The extractor that asks a language model, and keeps of its claims those that the article bears out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from avgraph.errors import EndpointError, Issue
from avgraph.extraction.extractor import Extraction
from avgraph.extraction.llm.checking import Checker, claims_of, merged
from avgraph.extraction.llm.endpoint import Answer
from avgraph.extraction.llm.prompt import Piece, answer_schema, messages, pieces
from avgraph.model import Document, Fact, Rejected
from avgraph.text import content_hash, escaped

__all__ = ["Answers", "Asked", "Endpoint", "LlmExtractor"]

#: Of the questions and the checks; a new one means that articles are asked about and judged again.
_VERSION = "1"
#: More claims than this are not looked at: no piece of an article states as many facts.
_MOST_CLAIMS = 500
_SHOWN = 300


class Endpoint(Protocol):
    """A language model, such as :class:`avgraph.extraction.llm.ChatEndpoint`."""

    address: str
    model: str
    location: str

    def ask(self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any]) -> Answer:
        """Return the model's answer; raise EndpointError where there is none."""


class Answers(Protocol):
    """Where answers are kept, so that nothing is asked twice."""

    def get(self, key: str) -> str | None:
        """Return what is kept under a key."""

    def put(self, key: str, value: str) -> None:
        """Keep a text under a key."""


@dataclass(frozen=True)
class Asked:
    """What a model answered about an article.

    Attributes
    ----------
    answers
        Each piece of the article with the answer about it.
    issues
        Errors, one for each piece without an answer.
    """

    answers: tuple[tuple[Piece, Answer], ...]
    issues: tuple[Issue, ...] = ()

    @property
    def key(self) -> str:
        """A hash of the answers."""
        return content_hash(*(part for p, a in self.answers for part in (str(p.start), a.text, str(a.cut_off))))


class LlmExtractor:
    """Reads facts from articles in any language by asking a language model about them.

    The first answer about an article is not reproducible; with `answers` it is kept and used again.

    Parameters
    ----------
    endpoint
        The model.
    answers
        Where its answers are kept, by default nowhere.
    """

    def __init__(self, endpoint: Endpoint, answers: Answers | None = None) -> None:
        self._endpoint = endpoint
        self._answers = answers

    @property
    def version(self) -> str:
        """The rule that its facts carry: the model, and the version of the questions and checks."""
        return f"llm:{self._endpoint.model}@{_VERSION}"

    def extract(self, document: Document) -> Extraction:
        """Return what the model says of an article and the article bears out.

        Raises
        ------
        EndpointError
            If the endpoint cannot be asked at all; a single answer that cannot be used is an issue.
        """
        asked = self.ask(document)
        extraction = self.judge(document, asked)
        return replace(extraction, issues=asked.issues + extraction.issues)

    def ask(self, document: Document) -> Asked:
        """Return the model's answers about the pieces of an article, kept ones without asking.

        Raises
        ------
        EndpointError
            If the endpoint cannot be asked at all.
        """
        answers: list[tuple[Piece, Answer]] = []
        issues: list[Issue] = []
        for piece in pieces(document):
            try:
                answers.append((piece, self._answer(document, piece)))
            except EndpointError as error:
                if error.lasting:
                    raise
                message = f"no facts read there: {error.message} (at {error.location})"
                issues.append(Issue(document.path, _place(piece), message, error.hint or ""))
        return Asked(tuple(answers), tuple(issues))

    def judge(self, document: Document, asked: Asked) -> Extraction:
        """Return the facts among the answers that the article bears out, and the claims that it does not."""
        checker = Checker(document, self.version)
        facts: list[Fact] = []
        rejected: list[Rejected] = []
        issues: list[Issue] = []
        for piece, answer in asked.answers:
            claims, complete = claims_of(answer.text)
            issues += _faults(document, piece, answer, len(claims), complete)
            for claim in claims[:_MOST_CLAIMS]:
                found = checker.check(claim, piece)
                if isinstance(found, Fact):
                    facts.append(found)
                elif found not in rejected:
                    rejected.append(found)
                    issues.append(_issue(document, piece, found))
        return Extraction(document, merged(facts), tuple(issues), self.version, rejected=tuple(rejected))

    def _answer(self, document: Document, piece: Piece) -> Answer:
        said, schema = messages(document, piece), answer_schema()
        question = json.dumps([said, schema])
        key = content_hash("answer", _VERSION, self._endpoint.address, self._endpoint.model, question)
        if self._answers is not None and (kept := _kept(self._answers.get(key))) is not None:
            return kept
        answer = self._endpoint.ask(said, schema)
        claims, complete = claims_of(answer.text)
        if self._answers is not None and (complete or claims):
            self._answers.put(key, json.dumps({"text": answer.text, "cut_off": answer.cut_off}))
        return answer


def _kept(text: str | None) -> Answer | None:
    """Return an answer as it was kept; None where there is none, or it was damaged."""
    try:
        data = json.loads(text or "null")
        return Answer(str(data["text"]), bool(data["cut_off"]))
    except (ValueError, TypeError, KeyError):
        return None


def _place(piece: Piece) -> str:
    return f"characters {piece.start} to {piece.end}"


def _faults(document: Document, piece: Piece, answer: Answer, n_claims: int, complete: bool) -> Iterator[Issue]:
    """Yield what is wrong with an answer as a whole."""
    if not complete and not n_claims:
        message = f"no facts read there: the model's answer has no list of facts: {_shown(answer.text)}"
        yield Issue(document.path, _place(piece), message, "ask again, or another model")
    elif not complete or answer.cut_off:
        message = f"the model's answer was cut off; {n_claims} claims stand before the cut"
        yield Issue(document.path, _place(piece), message, "let the endpoint write longer answers", "warning")
    if n_claims > _MOST_CLAIMS:
        message = (
            f"{n_claims - _MOST_CLAIMS} of {n_claims} claims were not looked at: no text of this length states so many"
        )
        yield Issue(document.path, _place(piece), message, "ask another model", "warning")


def _issue(document: Document, piece: Piece, rejected: Rejected) -> Issue:
    message = f"not kept: {rejected.reason}: {_shown(json.dumps(rejected.claim, ensure_ascii=False))}"
    return Issue(document.path, _place(piece), message, severity="warning")


def _shown(text: str) -> str:
    return escaped(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")
