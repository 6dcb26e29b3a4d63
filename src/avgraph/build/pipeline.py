"""Files → documents and rows → claims → entities → conflicts → snapshot."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from textwrap import shorten

import polars as pl

from avgraph._version import __version__
from avgraph.build.asking import Asking
from avgraph.build.cache import Cache, KeptTables, kept_mentions, kept_quarantine
from avgraph.build.identifying import identify
from avgraph.build.reading import SourceReader
from avgraph.build.units import UNIT_SCHEMAS, make_units
from avgraph.errors import Issue
from avgraph.extraction import EMPTY, Extraction, Extractor, Gazetteer, extract_many
from avgraph.extraction.llm import Asked
from avgraph.graph.conflict_rules import read_rules
from avgraph.graph.conflicts import Comparison, compare_claims
from avgraph.graph.snapshot import Snapshot, build_lock, current_snapshot
from avgraph.graph.writing import Dataset, Scan, write_snapshot
from avgraph.identity import read_decisions
from avgraph.model import KINDS, MENTION_SCHEMA, SOURCE_SCHEMA, Document, SourceTables
from avgraph.progress import Progress, silent
from avgraph.text import content_hash
from avgraph.workspace import Workspace

__all__ = ["BuildReport", "build_workspace"]

#: Claims of one source with one fault that are told one by one, and the letters of a quote that are shown.
_MAX_TOLD = 20
_QUOTED = 80


@dataclass(frozen=True)
class BuildReport:
    """What a build did.

    Attributes
    ----------
    snapshot
        The snapshot now current.
    changed
        Whether its content differs from the one before.
    issues
        All problems, by source and place.
    sources
        One row per source with ``n_read == n_accepted + n_quarantined``.
    n_claims, n_by_status
        Claims by kind and by status.
    n_entities, n_conflicts, n_quarantined, n_quads
        Sizes of the result.
    n_reused
        How many sources were taken from the cache.
    seconds
        Wall time.
    """

    snapshot: Snapshot
    changed: bool
    issues: tuple[Issue, ...]
    sources: pl.DataFrame
    n_claims: dict[str, int]
    n_by_status: dict[str, int]
    n_entities: int
    n_conflicts: int
    n_quarantined: int
    n_quads: int
    n_reused: int
    seconds: float


def build_workspace(
    workspace: Workspace, progress: Progress | None = None, *, force: bool = False, n_jobs: int | None = None
) -> BuildReport:
    """Read everything in `workspace` and make it the current snapshot.

    Parameters
    ----------
    workspace
        The folder to build.
    progress
        Told of every step.
    force
        Read all sources again, whatever the cache holds.
    n_jobs
        How many processes read articles, see :func:`avgraph.extraction.extract_many`, which also says how many do so
        by default. The result does not depend on it.

    Raises
    ------
    StoreError
        If another build is running, or the folder cannot be written.
    WorkspaceError
        If the rules in ``conflicts.toml`` are not what they should be.
    """
    with build_lock(workspace.build_dir):
        return _Build(workspace, progress or silent, force, n_jobs).run()


@dataclass(frozen=True)
class _Article:
    """An article on its way: None as document where it cannot be read, as tables where it must be read."""

    name: str
    sha256: str
    document: Document | None = None
    names: Gazetteer = EMPTY
    key: str = ""
    kept: KeptTables | None = None
    asked: Asked | None = None


class _Build:
    def __init__(self, workspace: Workspace, progress: Progress, force: bool, n_jobs: int | None) -> None:
        self.workspace = workspace
        self.progress = progress
        self.rules = read_rules(workspace.conflicts_path)
        self.cache = Cache(workspace.build_dir / "cache", fresh=force)
        self.reader = SourceReader(workspace, self.cache, progress)
        self.issues: list[Issue] = []
        self.documents: list[Document] = []
        self.n_jobs = n_jobs
        self.force = force
        self.n_extracted = 0

    def run(self) -> BuildReport:
        started = time.perf_counter()
        before = current_snapshot(self.workspace.build_dir)
        parts = [tables for tables in self.reader.tables() if isinstance(tables, KeptTables)]
        parts += list(self._articles(parts))
        parts.sort(key=lambda part: part.name)
        self.issues += self.reader.issues
        data = self._dataset(parts)
        inputs = {part.name: str(part.source["sha256"] or "") for part in parts}
        snapshot = write_snapshot(
            self.workspace.build_dir, data, self.workspace.name, inputs, afresh=self.force, progress=self.progress
        )
        self.cache.close()
        statuses: Counter[str] = Counter()
        n_rows = {name: about["rows"] for name, about in snapshot.manifest["tables"].items()}
        for kind in KINDS.values():
            counts = snapshot.scan(kind.table).group_by("status").agg(pl.len()).collect()
            statuses.update(dict(counts.iter_rows()))
        return BuildReport(
            snapshot,
            before is None or before.manifest["content"] != snapshot.manifest["content"],
            tuple(sorted(self.issues, key=lambda i: (i.source, i.severity))),
            data.sources,
            {name: n_rows[kind.table] for name, kind in KINDS.items() if n_rows[kind.table]},
            dict(sorted(statuses.items())),
            n_rows["entities"],
            n_rows["conflicts"],
            data.quarantined["claim"].n_unique(),
            snapshot.manifest["quads"]["count"],
            self.cache.n_reused,
            time.perf_counter() - started,
        )

    def _articles(self, records: list[KeptTables]) -> Iterator[KeptTables]:
        extractor = Extractor(recall=self.workspace.recall)
        asking = Asking(self.workspace)
        articles = list(self._found(extractor, records, asking))
        new = [article for article in articles if article.document is not None and article.kept is None]
        unread = ((article.document, article.names) for article in new if article.document is not None)
        with closing(extract_many(unread, self.n_jobs, extractor=extractor)) as found:
            for article in articles:
                tables = article.kept
                if article.document is None:
                    tables = self._unread(article)
                elif tables is None:
                    tables = self._extracted(article, next(found), asking)
                    self.n_extracted += 1
                    self.progress("extracting facts", self.n_extracted, len(new))
                self.issues += (*tables.issues, *(article.asked.issues if article.asked else ()))
                yield tables
        self.issues += asking.issues

    def _found(self, extractor: Extractor, records: list[KeptTables], asking: Asking) -> Iterator[_Article]:
        """Yield each article with what the cache holds of it, and what a language model answered."""
        read = list(self.reader.articles())
        texts = [article.document.text for article in read if article.document is not None]
        gazetteer = Gazetteer.from_mentions(kept_mentions(records), texts) if texts else EMPTY
        for article in read:
            document, sha256 = article.document, article.sha256 or ""
            if document is None:
                yield _Article(article.name, sha256)
                continue
            self.documents.append(document)
            names = gazetteer.occurring(document.text)
            # The key holds the document's own fields too: language and date may come from the reader's version.
            about = repr((document.language, document.date, document.title))
            how = repr((__version__, extractor.version, extractor.minimum_confidence))
            asked = asking.ask(document)
            said = () if asked is None else (*asking.key, asked.key)
            key = content_hash("article", how, article.name, sha256, about, names.key, *said)
            yield _Article(article.name, sha256, document, names, key, self.cache.find(key), asked)

    def _extracted(self, article: _Article, extraction: Extraction, asking: Asking) -> KeptTables:
        """Return the claims of an article; one that could not be read to its end is not kept for the next build."""
        if any(issue.severity == "error" for issue in extraction.issues):
            return self._unread(article, extraction.issues)
        if article.asked is not None and article.document is not None:
            extraction = extraction.beside(asking.judge(article.document, article.asked))
        return self.cache.keep(article.key, extraction.tables(article.sha256))

    def _unread(self, article: _Article, issues: tuple[Issue, ...] = ()) -> KeptTables:
        """Return what a build notes of an article that gives nothing."""
        source = dict.fromkeys(SOURCE_SCHEMA) | {"source": article.name, "kind": "article"}
        source |= {
            "sha256": article.sha256 or None,
            "reader": "article",
            "n_read": 1,
            "n_accepted": 0,
            "n_quarantined": 1,
        }
        nothing = SourceTables(source, pl.DataFrame(schema=MENTION_SCHEMA), {}, issues)
        return self.cache.keep(content_hash("unread", article.name, article.sha256, repr(issues)), nothing)

    def _dataset(self, parts: list[KeptTables]) -> Dataset:
        base_iri = self.workspace.base_iri
        self.progress("deciding identity", 0, 1)
        quarantined = kept_quarantine(parts)
        self.issues += _refused(quarantined)
        decisions, issues = read_decisions(self.workspace.decisions_path, self.workspace.decisions_path.name)
        self.issues += issues
        found = identify(parts, decisions, base_iri, self.workspace.precedence, self.cache)
        self.issues += found.issues
        self.progress("deciding identity", 1, 1)
        sources = pl.DataFrame([part.source for part in parts], schema=SOURCE_SCHEMA)
        sources = sources.with_columns(
            iri=pl.Series([self.workspace.source_iri(s) for s in sources["source"]], dtype=pl.String)
        )

        def compare(scan: Scan) -> Comparison:
            self.progress("comparing sources", 0, 1)
            compared = compare_claims(scan, found.entities, sources, self.workspace.rank, base_iri, self.rules)
            self.progress("comparing sources", 1, 1)
            return compared

        return Dataset(
            base_iri,
            UNIT_SCHEMAS,
            sources,
            make_units(parts, self.documents, found.assignment, base_iri),
            found.entities,
            found.matches,
            quarantined.with_columns(claim=base_iri + pl.col("claim")),
            compare,
        )


def _refused(quarantined: pl.DataFrame) -> Iterator[Issue]:
    """Yield what the shapes refuse, claim by claim; of many claims of a source with one fault the first.

    An article says what it says, so that its claims are warnings; the values of a row can be mended.
    """
    for (source, _), rows in quarantined.sort("source", "start", "row").group_by(
        "source", "shape", maintain_order=True
    ):
        for row in rows.head(_MAX_TOLD).iter_rows(named=True):
            if row["row"] is not None:
                message = f"a {row['kind']} claim of this row is quarantined"
                yield Issue(row["source"], f"line {row['row']}", message, row["message"])
                continue
            quote = shorten(row["quote"] or "", _QUOTED, placeholder=" …")
            message = f"a {row['kind']} claim from “{quote}” is quarantined"
            hint = f"{row['message'].rstrip('.')}; a table of records/ can state the fact so"
            yield Issue(row["source"], f"characters {row['start']} to {row['end']}", message, hint, "warning")
        if rows.height > _MAX_TOLD:
            message = f"{rows.height - _MAX_TOLD:,} more claims are quarantined: {rows['message'][0]}"
            severity = "error" if rows["row"].count() else "warning"
            yield Issue(str(source), "", message, "they have the same fault", severity)
