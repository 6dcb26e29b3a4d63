"""Asking the language model of a workspace about its articles: each article once, for its answers are kept."""

from __future__ import annotations

import os
from pathlib import Path

from avgraph.errors import EndpointError, Issue
from avgraph.extraction import Extraction
from avgraph.extraction.llm import Asked, ChatEndpoint, LlmExtractor
from avgraph.model import Document
from avgraph.workspace import CONFIG_NAME, Workspace

__all__ = ["Asking", "KeptAnswers"]


class KeptAnswers:
    """A folder of answers, one file each.

    Unlike the cache it is never cleared by a build: an answer costs money and cannot be had again. Without the folder
    everything is asked anew.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, key: str) -> str | None:
        """Return what is kept under a key."""
        try:
            return self._path(key).read_text(encoding="utf-8")
        except (OSError, ValueError):
            return None

    def put(self, key: str, value: str) -> None:
        """Keep a text under a key; a killed build leaves no half file."""
        self._folder.mkdir(parents=True, exist_ok=True)
        work = self._folder / f".{key}-{os.getpid()}"
        work.write_text(value, encoding="utf-8")
        work.replace(self._path(key))

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.json"


class Asking:
    """The language model of a workspace; without one nothing is asked.

    An endpoint that cannot be asked costs its own facts only. It is then left alone; answers kept from earlier builds
    still count.

    Parameters
    ----------
    workspace
        With its settings.

    Attributes
    ----------
    key
        What an extraction depends on beside the answers: endpoint, model and version.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._extractor: LlmExtractor | None = None
        self._failure: EndpointError | None = None
        self._n_left_out = 0
        self.key: tuple[str, ...] = ()
        if workspace.llm is not None:
            endpoint = ChatEndpoint(workspace.llm.endpoint, workspace.llm.model, key_env=workspace.llm.key_env)
            self._extractor = LlmExtractor(endpoint, KeptAnswers(workspace.build_dir / "answers"))
            self.key = (endpoint.address, endpoint.model, self._extractor.version)

    @property
    def issues(self) -> tuple[Issue, ...]:
        """One error where the endpoint could not be asked."""
        if self._failure is None:
            return ()
        left_out = f"{self._n_left_out} article{'s' if self._n_left_out > 1 else ''}"
        message = f"the language model has not read {left_out}: {self._failure.message} (at {self._failure.where})"
        return (Issue(CONFIG_NAME, "articles.llm", message, self._failure.hint or ""),)

    def ask(self, document: Document) -> Asked | None:
        """Return the answers about an article; None without a model, or where it cannot be asked."""
        if self._extractor is None:
            return None
        try:
            return self._extractor.ask(document)
        except EndpointError as error:
            self._failure = self._failure or error
            self._n_left_out += 1
            return None

    def judge(self, document: Document, asked: Asked) -> Extraction:
        """Return what the article bears out of the answers about it."""
        if self._extractor is None:
            return Extraction(document)
        return self._extractor.judge(document, asked)
