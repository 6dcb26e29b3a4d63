"""Many articles by several processes; the result is the same as by one."""

from __future__ import annotations

import itertools
import multiprocessing
import os
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Protocol

from avgraph.errors import AvgraphError
from avgraph.extraction.extractor import Extraction, Extractor
from avgraph.extraction.gazetteer import EMPTY, Gazetteer
from avgraph.model import Document
from avgraph.workers import WorkerError, begin_worker, interrupts_held

__all__ = ["ArticleExtractor", "WorkerError", "extract_many", "usable_cpus"]

#: Articles handed out per process: enough that none waits, few enough that a long list is never held at once.
_AHEAD = 4
#: Fewer articles per process than this are not worth its start, which takes as long as reading some.
_WORTH = 4


class ArticleExtractor(Protocol):
    """Anything that reads facts from an article, such as :class:`avgraph.extraction.Extractor`."""

    @property
    def version(self) -> str:
        """Version of what it reads by."""

    def extract(self, document: Document, gazetteer: Gazetteer = EMPTY) -> Extraction:
        """Return the facts of an article."""


def usable_cpus() -> int:
    """Return how many CPUs this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def extract_many(
    documents: Iterable[Document | tuple[Document, Gazetteer]],
    n_processes: int | None = None,
    *,
    extractor: ArticleExtractor | None = None,
    start_method: str = "spawn",
) -> Generator[Extraction, None, None]:
    """Yield the facts of many articles, in their order, read by several processes.

    Parameters
    ----------
    documents
        Articles, each alone or with the names of the records that occur in it. They are taken as they are needed.
    n_processes
        How many processes read, each on one thread with its own copy of the model (about 200 MB), and never more
        than there are articles; by default one for each CPU, and for at least four articles each, because a process
        takes about a second to start. With 1 this process reads.
    extractor
        What reads; by default ``Extractor()``. With several processes it must be picklable.
    start_method
        How processes start: ``"spawn"`` works everywhere, but a script must then guard its own work by
        ``if __name__ == "__main__":``; ``"fork"`` is quicker, where it exists and no other thread runs.

    Yields
    ------
    Extraction
        The same, bit by bit, for every number of processes. An article whose reading raises an
        :class:`~avgraph.errors.AvgraphError` gives no facts and the error as an issue; the others are read.

    Raises
    ------
    WorkerError
        If the processes cannot start, or one was ended from outside.
    TypeError
        If `n_processes` is no whole number, or an item is no document, alone or with a gazetteer.
    ValueError
        If `n_processes` is below 1.

    Examples
    --------
    >>> from avgraph.model import Document
    >>> texts = ("“Cargo” is directed by Gilles Coulier.", "Un film di Anna Novak.")
    >>> documents = [Document(f"{i}.txt", text, language="en") for i, text in enumerate(texts)]
    >>> [extraction.document.path for extraction in extract_many(documents, n_processes=1)]
    ['0.txt', '1.txt']
    """
    if n_processes is not None and (isinstance(n_processes, bool) or not isinstance(n_processes, int)):
        raise TypeError(f"n_processes must be a whole number or None, not {n_processes!r}")
    if n_processes is not None and n_processes < 1:
        raise ValueError(f"n_processes must be 1 or more, not {n_processes}")
    return _extract_many(documents, n_processes, extractor or Extractor(), start_method)


def _extract_many(
    documents: Iterable[Document | tuple[Document, Gazetteer]], n_processes: int | None, extractor: ArticleExtractor,
    start_method: str,
) -> Generator[Extraction, None, None]:  # fmt: skip
    rest = map(_task, documents)
    first = list(itertools.islice(rest, n_processes or usable_cpus() * _WORTH))
    n_processes = len(first) if n_processes else len(first) // _WORTH
    tasks = itertools.chain(first, rest)
    if n_processes < 2:
        for document, gazetteer in tasks:
            yield _read(extractor, document, gazetteer)
        return
    context = multiprocessing.get_context(start_method)
    begun = context.Event()
    pool = ProcessPoolExecutor(n_processes, context, initializer=_begin, initargs=(extractor, begun))
    waiting: deque[tuple[Document, Future[Extraction]]] = deque()

    def hand_out() -> None:
        for document, gazetteer in itertools.islice(tasks, _AHEAD * n_processes - len(waiting)):
            with interrupts_held():
                waiting.append((document, pool.submit(_read_by_worker, document, gazetteer)))

    try:
        hand_out()
        while waiting:
            document, future = waiting.popleft()
            extraction = future.result()
            hand_out()
            if not waiting:
                pool.shutdown()  # now: who zips this with the documents never comes back after the last
            yield extraction
    except BrokenProcessPool as error:
        if not begun.is_set():
            raise WorkerError(
                "the processes that read articles cannot start",
                'a script must do its work below if __name__ == "__main__":, or read with n_processes=1',
            ) from error
        raise WorkerError(
            "a process that reads articles was ended from outside",
            "perhaps memory ran out: read with fewer processes (--jobs 1)",
            document.path,
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _task(item: Document | tuple[Document, Gazetteer]) -> tuple[Document, Gazetteer]:
    match item:
        case Document():
            return item, EMPTY
        case (Document() as document, Gazetteer() as gazetteer):
            return document, gazetteer
    raise TypeError(f"extract_many reads Documents, or pairs of a Document and a Gazetteer, not {item!r:.60}")


def _read(extractor: ArticleExtractor, document: Document, gazetteer: Gazetteer) -> Extraction:
    try:
        return extractor.extract(document, gazetteer)
    except AvgraphError as error:
        return Extraction(document, (), error.issues(document.path), extractor.version)


_extractor: ArticleExtractor | None = None


def _begin(extractor: ArticleExtractor, begun: Any) -> None:
    global _extractor
    _extractor = extractor
    begin_worker(begun)


def _read_by_worker(document: Document, gazetteer: Gazetteer) -> Extraction:
    assert _extractor is not None
    return _read(_extractor, document, gazetteer)
