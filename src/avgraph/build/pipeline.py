"""Files → documents and rows → claims → entities → conflicts → snapshot."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import polars as pl

from avgraph._version import __version__
from avgraph.build.asking import Asking
from avgraph.build.cache import Cache
from avgraph.build.reading import Progress, SourceReader
from avgraph.errors import Issue
from avgraph.extraction import Extractor, Gazetteer
from avgraph.extraction.llm import Asked
from avgraph.graph.conflicts import find_conflicts
from avgraph.graph.quads import Dataset
from avgraph.graph.shapes import check_claims
from avgraph.graph.snapshot import Snapshot, build_lock, current_snapshot, write_snapshot
from avgraph.identity import Resolution, read_decisions, resolve
from avgraph.model import KINDS, MENTION_SCHEMA, SOURCE_SCHEMA, ClaimTables, Document, SourceTables, concat_claims
from avgraph.text import content_hash
from avgraph.workspace import Workspace

__all__ = ["BuildReport", "build_workspace"]

DOCUMENT_SCHEMA = {
    "source": pl.String(),
    "text": pl.String(),
    "blocks": pl.List(pl.Struct({"kind": pl.String(), "start": pl.Int64(), "end": pl.Int64()})),
}


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


def build_workspace(workspace: Workspace, progress: Progress | None = None, *, force: bool = False) -> BuildReport:
    """Read everything in `workspace` and make it the current snapshot.

    Parameters
    ----------
    workspace
        The folder to build.
    progress
        Told of every step.
    force
        Read all sources again, whatever the cache holds.

    Raises
    ------
    StoreError
        If another build is running, or the folder cannot be written.
    """
    with build_lock(workspace.build_dir):
        return _Build(workspace, progress or (lambda stage, done, total: None), force).run()


class _Build:
    def __init__(self, workspace: Workspace, progress: Progress, force: bool) -> None:
        self.workspace = workspace
        self.progress = progress
        self.cache = Cache(workspace.build_dir / "cache", fresh=force)
        self.reader = SourceReader(workspace, self.cache, progress)
        self.issues: list[Issue] = []
        self.documents: list[Document] = []

    def run(self) -> BuildReport:
        started = time.perf_counter()
        before = current_snapshot(self.workspace.build_dir)
        parts = list(self.reader.tables())
        parts += list(self._articles(Gazetteer.from_mentions(_concat_mentions(parts))))
        self.cache.close()
        self.issues += self.reader.issues
        data = self._dataset(parts)
        self.progress("writing the graph", 0, 1)
        inputs = {str(part.source["source"]): str(part.source["sha256"] or "") for part in parts}
        snapshot = write_snapshot(self.workspace.build_dir, data, self.workspace.name, inputs)
        self.progress("writing the graph", 1, 1)
        statuses: Counter[str] = Counter()
        for table in data.claims.values():
            statuses.update(table["status"])
        return BuildReport(
            snapshot,
            before is None or before.manifest["content"] != snapshot.manifest["content"],
            tuple(sorted(self.issues, key=lambda i: (i.source, i.severity))),
            data.sources,
            {kind: table.height for kind, table in data.claims.items() if table.height},
            dict(sorted(statuses.items())),
            data.entities.height,
            data.conflicts.height,
            data.quarantined["claim"].n_unique(),
            snapshot.manifest["quads"]["count"],
            self.cache.n_reused,
            time.perf_counter() - started,
        )

    def _articles(self, gazetteer: Gazetteer) -> Iterator[SourceTables]:
        extractor = Extractor(recall=self.workspace.recall)
        asking = Asking(self.workspace)
        for article in self.reader.articles():
            document = article.document
            if document is None:
                source = dict.fromkeys(SOURCE_SCHEMA) | {"source": article.name, "kind": "article"}
                counts = {"sha256": article.sha256, "n_read": 1, "n_accepted": 0, "n_quarantined": 1}
                yield SourceTables(source | counts, pl.DataFrame(schema=MENTION_SCHEMA), {})
                continue
            self.documents.append(document)
            sha256 = article.sha256 or ""
            names = gazetteer.occurring(document.text)
            # The key holds the document's own fields too: language and date may come from the reader's version.
            about = repr((document.language, document.date, document.title))
            how = repr((__version__, extractor.version, extractor.minimum_confidence))
            asked = asking.ask(document)
            said = () if asked is None else (*asking.key, asked.key)
            key = content_hash("article", how, article.name, sha256, about, names.key, *said)
            tables = self.cache.tables(key, partial(_extract, extractor, document, names, sha256, asking, asked))
            self.issues += (*tables.issues, *(asked.issues if asked else ()))
            yield tables
        self.issues += asking.issues

    def _dataset(self, parts: list[SourceTables]) -> Dataset:
        base_iri = self.workspace.base_iri
        self.progress("deciding identity", 0, 1)
        mentions = _concat_mentions(parts)
        claims, quarantined = check_claims(concat_claims(part.claims for part in parts))
        decisions, issues = read_decisions(self.workspace.decisions_path, self.workspace.decisions_path.name)
        self.issues += issues
        resolution = resolve(mentions, claims, decisions, base_iri, self.workspace.precedence)
        self.issues += resolution.issues
        self.progress("deciding identity", 1, 1)
        claims = _about_entities(claims, resolution, base_iri)
        quarantined = quarantined.with_columns(claim=base_iri + pl.col("claim"))
        sources = pl.DataFrame([part.source for part in parts], schema=SOURCE_SCHEMA).sort("source")
        sources = sources.with_columns(
            iri=pl.Series([self.workspace.source_iri(s) for s in sources["source"]], dtype=pl.String)
        )
        kinds = dict(zip(sources["source"], sources["kind"], strict=True))
        self.progress("comparing sources", 0, 1)
        conflicts, sides = find_conflicts(claims, resolution.entities, kinds, self.workspace.rank, base_iri)
        self.progress("comparing sources", 1, 1)
        return Dataset(
            claims,
            resolution.entities,
            mentions.join(resolution.assignment, on="ref", how="left", maintain_order="left"),
            resolution.matches,
            conflicts,
            sides,
            quarantined,
            sources,
            _document_table(self.documents),
            base_iri,
        )


def _extract(
    extractor: Extractor, document: Document, gazetteer: Gazetteer, sha256: str, asking: Asking, asked: Asked | None
) -> SourceTables:
    extraction = extractor.extract(document, gazetteer)
    return (extraction if asked is None else extraction.beside(asking.judge(document, asked))).tables(sha256)


def _concat_mentions(parts: list[SourceTables]) -> pl.DataFrame:
    return pl.concat([pl.DataFrame(schema=MENTION_SCHEMA), *(part.mentions for part in parts)])


def _document_table(documents: list[Document]) -> pl.DataFrame:
    rows = [
        {
            "source": d.path,
            "text": d.text,
            "blocks": [{"kind": b.kind, "start": b.start, "end": b.end} for b in d.blocks],
        }
        for d in documents
    ]
    return pl.DataFrame(rows, schema=DOCUMENT_SCHEMA).sort("source")


def _about_entities(claims: ClaimTables, resolution: Resolution, base_iri: str) -> ClaimTables:
    """Replace mention references by entities, and make claim ids IRIs."""
    entity_of = resolution.assignment
    done = {}
    for name, kind in KINDS.items():
        table = claims[name]
        order = table.columns
        table = table.with_columns(claim=base_iri + pl.col("claim"))
        for role in kind.roles:
            if role.many:
                table = _replace_lists(table, role.name, entity_of)
            else:
                renamed = entity_of.rename({"ref": role.name, "entity": "_entity"})
                table = table.join(renamed, on=role.name, how="left", maintain_order="left")
                table = table.with_columns(pl.col("_entity").alias(role.name)).drop("_entity")
        done[name] = table.select(order)
    return done


def _replace_lists(table: pl.DataFrame, column: str, entity_of: pl.DataFrame) -> pl.DataFrame:
    items = (
        table.select("claim", pl.col(column).alias("ref"))
        .filter(pl.col("ref").list.len() > 0)
        .explode("ref", empty_as_null=True)
        .join(entity_of, on="ref", how="left", maintain_order="left")
        .group_by("claim", maintain_order=True)
        .agg(pl.col("entity").unique(maintain_order=True).alias("_entities"))
    )
    joined = table.drop(column).join(items, on="claim", how="left", maintain_order="left")
    return joined.rename({"_entities": column})
