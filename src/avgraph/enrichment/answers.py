"""Answers kept on disk, key by key, so that nothing is asked twice and a cut connection costs one batch."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from avgraph.enrichment.asking import Question
from avgraph.errors import cannot_write
from avgraph.graph.polite import Binding, PoliteEndpoint, SlowAnswerError
from avgraph.progress import Progress
from avgraph.text import content_hash

__all__ = ["Answer", "AnswerStore", "batches"]


@dataclass(frozen=True)
class Answer:
    """What is known of one key.

    Attributes
    ----------
    asked
        Day of the question, ISO (UTC).
    rows
        Rows of the answer without ``?key``, in an order of their own.
    """

    asked: str
    rows: tuple[Binding, ...]


class AnswerStore:
    """Asks an endpoint in batches and keeps each answer under its key.

    One file of JSON lines for each question and endpoint; a line is written when its batch is answered, and a later
    line takes the place of an earlier one. A line that a crash cut short is not read.

    Parameters
    ----------
    folder
        Where answers are kept.
    endpoint
        Whom to ask.
    today
        The day of asking, ISO.
    refresh
        Ask again, whatever is kept.

    Attributes
    ----------
    n_reused
        How many keys were answered from disk.
    unanswered
        Keys on which the endpoint gave up, each asked alone.
    """

    def __init__(self, folder: Path, endpoint: PoliteEndpoint, today: str, *, refresh: bool = False) -> None:
        self.n_reused = 0
        self.unanswered: list[str] = []
        self._folder = folder
        self._endpoint = endpoint
        self._today = today
        self._refresh = refresh

    def missing(self, question: Question, keys: Iterable[str]) -> list[str]:
        """Return the keys that have to be asked, sorted."""
        kept = {} if self._refresh else self._read(self._path(question))
        return sorted(set(keys) - kept.keys())

    def ask(self, question: Question, keys: Iterable[str], progress: Progress) -> dict[str, Answer]:
        """Return the answers for `keys`; those on which the endpoint gave up are missing.

        Raises
        ------
        StoreError
            If the endpoint fails for good; what it answered before is kept.
        """
        wanted = sorted(set(keys))
        path = self._path(question)
        kept = self._read(path)
        unknown = self.missing(question, wanted)
        self.n_reused += len(wanted) - len(unknown)
        waiting = batches(unknown, question.batch_size)[::-1]
        done = 0
        progress(question.name, done, len(unknown))
        while waiting:
            batch = waiting.pop()
            try:
                bindings = self._endpoint.select(question.sparql(batch))
            except SlowAnswerError:
                if len(batch) == 1:
                    self.unanswered.append(batch[0])
                    done += 1
                else:
                    middle = len(batch) // 2
                    waiting += [batch[middle:], batch[:middle]]
                continue
            answers = self._sorted_out(batch, bindings)
            self._write(path, answers)
            kept |= answers
            done += len(batch)
            progress(question.name, done, len(unknown))
        return {key: kept[key] for key in wanted if key in kept}

    def _sorted_out(self, batch: Sequence[str], bindings: Iterable[Binding]) -> dict[str, Answer]:
        rows: dict[str, list[Binding]] = {key: [] for key in batch}
        for binding in bindings:
            key = binding.pop("key")["value"]
            key = key if key in rows else key.rsplit("/", 1)[-1]
            if key in rows:
                rows[key].append(binding)
        return {
            key: Answer(self._today, tuple(sorted(found, key=lambda row: json.dumps(row, sort_keys=True))))
            for key, found in rows.items()
        }

    def _path(self, question: Question) -> Path:
        return self._folder / f"{content_hash(self._endpoint.location, question.template, n_hex=16)}.jsonl"

    def _read(self, path: Path) -> dict[str, Answer]:
        kept: dict[str, Answer] = {}
        try:
            lines = path.read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError):
            return kept
        for line in lines:
            try:
                entry: dict[str, Any] = json.loads(line)
                kept[entry["key"]] = Answer(entry["asked"], tuple(entry["rows"]))
            except (ValueError, KeyError, TypeError):
                continue
        return kept

    def _write(self, path: Path, answers: dict[str, Answer]) -> None:
        lines = (
            json.dumps({"key": key, "asked": answer.asked, "rows": answer.rows}, ensure_ascii=False, sort_keys=True)
            for key, answer in answers.items()
        )
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a+b") as out:
                # What a killed run left half-written ends here.
                torn = out.tell() > 0 and _last_byte(path) != b"\n"
                out.write((b"\n" if torn else b"") + "".join(f"{line}\n" for line in lines).encode())
        except OSError as error:
            raise cannot_write(path, error) from error


def batches(keys: Sequence[str], size: int) -> list[list[str]]:
    """Return the keys in pieces of at most `size`.

    >>> batches(["a", "b", "c"], 2)
    [['a', 'b'], ['c']]
    """
    return [list(keys[at : at + size]) for at in range(0, len(keys), size)]


def _last_byte(path: Path) -> bytes:
    with path.open("rb") as handle:
        handle.seek(-1, 2)
        return handle.read(1)
