"""Pulling what Wikidata, or an endpoint of its shape, states of the entities of a workspace."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import polars as pl

from avgraph.enrichment.answers import Answer, AnswerStore
from avgraph.enrichment.asking import (
    Question,
    about_question,
    ids_question,
    item_number,
    local_id,
    lookup_question,
    statements_question,
)
from avgraph.enrichment.properties import KINDS_OF_ITEM, lookup
from avgraph.enrichment.recordfiles import read_rows, write_mapping, write_rows
from avgraph.enrichment.rows import About, Row, item_rows, linked_items
from avgraph.errors import NotFoundError, StoreError
from avgraph.graph.polite import PoliteEndpoint
from avgraph.graph.snapshot import current_snapshot
from avgraph.progress import Progress, silent
from avgraph.workspace import Workspace

__all__ = ["CACHE_NAME", "ENDPOINT", "PullReport", "Wanted", "plan_lines", "pull_wikidata", "wanted_ids"]

#: Who is asked unless somebody else is named.
ENDPOINT = "https://query.wikidata.org/sparql"
#: Folder of the answers below ``.avgraph``; builds clear the one called ``cache``.
CACHE_NAME = "wikidata"
_SCHEMES = ("wikidata", "imdb", "eidr", "isan", "tmdb")
_BARE_IDS = (
    ("wikidata", r"Q[1-9]\d*"), ("imdb", r"(?:tt|nm|co)\d{7,10}"), ("eidr", r"10\.52(?:40|37|39)/\S+"),
)  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """Something to be asked about: its ids (scheme, value), and what the workspace knows of it.

    Attributes
    ----------
    label
        Name or id, for messages.
    ids
        External ids, the best first.
    subtype
        Of a work.
    """

    label: str
    ids: tuple[tuple[str, str], ...]
    subtype: str = ""


@dataclass
class PullReport:
    """What came of it.

    Attributes
    ----------
    n_wanted
        Kind → entities that were asked for.
    n_items
        Kind → items found for them.
    n_rows
        File (below the workspace) → its rows.
    own_mappings
        Mappings that somebody changed, and that were left as they are.
    not_found, ambiguous
        Labels of what no item, or several items, have the ids of.
    unanswered
        Keys on which the endpoint gave up; the next run asks them again.
    n_requests, n_reused
        Requests made; keys answered from disk.
    """

    n_wanted: dict[str, int] = field(default_factory=dict)
    n_items: dict[str, int] = field(default_factory=dict)
    n_rows: dict[str, int] = field(default_factory=dict)
    own_mappings: list[str] = field(default_factory=list)
    not_found: list[str] = field(default_factory=list)
    ambiguous: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    n_requests: int = 0
    n_reused: int = 0


def wanted_ids(workspace: Workspace, kind: str, given: Sequence[str]) -> list[Wanted]:
    """Return what is to be asked about.

    Parameters
    ----------
    workspace
        With a build, where ``all`` is given.
    kind
        ``"works"``, ``"people"`` or ``"companies"``.
    given
        ``all``, ids (``Q42``, ``tt0111161``, ``eidr:…``, ``tmdb:movie/550``; several parted by commas), and files with
        one id at the start of each line.

    Raises
    ------
    NotFoundError
        If one is neither an id nor a file.
    StoreError
        If ``all`` is given and nothing is built.
    """
    found: dict[tuple[tuple[str, str], ...], Wanted] = {}
    for text in given:
        if text == "all":
            entities = _entities(workspace, KINDS_OF_ITEM[kind])
            found |= {w.ids: w for w in entities}
            continue
        path = Path(text).expanduser()
        words = _first_words(path) if path.is_file() else [w for w in re.split(r"[,\s]+", text) if w]
        for word in words:
            id_ = _parsed(word)
            if id_ is None:
                where = str(path) if path.is_file() else None
                hint = "ids look like Q42, tt0111161, eidr:10.5240/… or tmdb:movie/550; all means those of the graph"
                raise NotFoundError(f"neither an id nor a file: {word!r}", hint, where)
            found.setdefault((id_,), Wanted(word, (id_,)))
    return list(found.values())


def _entities(workspace: Workspace, type_: str) -> list[Wanted]:
    snapshot = current_snapshot(workspace.build_dir)
    if snapshot is None:
        raise StoreError("nothing is built there yet", f"run: avgraph build {workspace.root}", str(workspace.root))
    table = snapshot.table("entities").filter((pl.col("type") == type_) & (pl.col("ids").list.len() > 0))
    found = []
    for label, ids, subtype in table.sort("entity").select("label", "ids", "subtype").iter_rows():
        known = [(s, v) for s, _, v in (i.partition(":") for i in ids) if s in _SCHEMES]
        if known:
            ordered = sorted(known, key=lambda i: (_SCHEMES.index(i[0]), i[1]))
            found.append(Wanted(label or ids[0], tuple(ordered), subtype or ""))
    return found


def _first_words(path: Path) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise NotFoundError("the list of ids cannot be read", "save it as UTF-8 text", str(path)) from error
    return [re.split(r"[,;\s]", line.strip())[0] for line in lines if line.strip() and not line.startswith("#")]


def _parsed(word: str) -> tuple[str, str] | None:
    scheme, colon, value = word.partition(":")
    if colon and scheme.lower() in _SCHEMES and value:
        return scheme.lower(), value
    return next(((s, word) for s, pattern in _BARE_IDS if re.fullmatch(pattern, word)), None)


def plan_lines(wanted: Mapping[str, Sequence[Wanted]], languages: Sequence[str], store: AnswerStore) -> list[str]:
    """Return what would be asked: the first query, and how many requests there are at least."""
    first = ""
    n_requests = n_waiting = 0
    for kind, all_of_kind in wanted.items():
        lookups, items = _known(kind, all_of_kind)
        asked = [(lookup_question(p), set(values)) for p, values in sorted(lookups.items())]
        asked += [(q, set(items)) for q in (about_question(languages), statements_question(kind), ids_question())]
        for question, keys in asked:
            missing = store.missing(question, keys)
            n_requests += -(-len(missing) // question.batch_size)
            if missing and not first:
                first = question.sparql(missing[: question.batch_size])
        n_waiting += len(all_of_kind) - len(items)
    lines = [first] if first else []
    lines.append(f"# {n_requests} requests are known of; what their answers name is asked about afterwards")
    if n_waiting:
        lines.append(f"# {n_waiting} entities have no Wikidata id: their other ids are looked up first")
    return lines


def _known(kind: str, wanted: Sequence[Wanted]) -> tuple[dict[str, dict[str, list[Wanted]]], dict[str, list[Wanted]]]:
    """Return the ids to look up (property → value → who has it), and the items that are known already."""
    lookups: dict[str, dict[str, list[Wanted]]] = defaultdict(lambda: defaultdict(list))
    items: dict[str, list[Wanted]] = defaultdict(list)
    for one in wanted:
        scheme, value = one.ids[0]
        if scheme == "wikidata" and re.fullmatch(r"[Qq][1-9]\d{0,17}", value):
            items[value.upper()].append(one)
            continue
        for scheme, value in one.ids:
            found = lookup(scheme, value, KINDS_OF_ITEM[kind], one.subtype or None)
            if found:
                lookups[found[0]][found[1]].append(one)
    return lookups, items


def pull_wikidata(
    workspace: Workspace,
    wanted: Mapping[str, Sequence[Wanted]],
    endpoint: PoliteEndpoint,
    *,
    languages: Sequence[str] = ("en", "fr", "de", "nl"),
    output: Path | None = None,
    refresh: bool = False,
    today: str | None = None,
    progress: Progress = silent,
) -> PullReport:
    """Ask about `wanted` and write what is stated as record files that the next build reads.

    Parameters
    ----------
    workspace
        Whose records they become.
    wanted
        Kind → what to ask about, see :func:`wanted_ids`.
    endpoint
        Whom to ask.
    languages
        Of names, the preferred first.
    output
        Folder of the files; ``records/wikidata`` unless given.
    refresh
        Ask again what was answered before.
    today
        Day of the questions, ISO; today (UTC) unless given.
    progress
        Told of every step.

    Returns
    -------
    PullReport
        Counts, and what remained open.

    Raises
    ------
    StoreError
        If the endpoint fails for good, or a file cannot be written; what was answered is kept.
    """
    folder = output or workspace.root / "records" / "wikidata"
    day = today or datetime.now(UTC).date().isoformat()
    store = AnswerStore(workspace.build_dir / CACHE_NAME, endpoint, day, refresh=refresh)
    report = PullReport()
    try:
        for kind, all_of_kind in wanted.items():
            report.n_wanted[kind] = len(all_of_kind)
            _Pull(kind, store, list(languages), progress, report).run(all_of_kind, folder, workspace)
    finally:
        report.n_requests, report.n_reused = endpoint.n_requests, store.n_reused
        report.unanswered = store.unanswered
    host = urlsplit(endpoint.location).hostname or ""
    publisher = "Wikidata" if host.endswith("wikidata.org") else endpoint.location
    for kind in wanted:
        path = folder / f"{kind}.toml"
        if not write_mapping(path, kind, publisher):
            report.own_mappings.append(_shown(path, workspace))
    return report


def _shown(path: Path, workspace: Workspace) -> str:
    try:
        return path.resolve().relative_to(workspace.root).as_posix()
    except ValueError:
        return str(path)


@dataclass
class _Pull:
    """One kind of items."""

    kind: str
    store: AnswerStore
    languages: list[str]
    progress: Progress
    report: PullReport

    def run(self, wanted: Sequence[Wanted], folder: Path, workspace: Workspace) -> None:
        path = folder / f"{self.kind}.tsv"
        kept = read_rows(path)
        holders = self._items(wanted)
        about = self._about(holders)
        former: dict[str, list[str]] = defaultdict(list)
        for item in list(holders):
            if item in about and (target := about[item].target):
                former[target].append(item)
                holders.setdefault(target, []).extend(holders.pop(item))
        about |= self._about(former)
        statements = self._ask(statements_question(self.kind), holders)
        ids = self._ask(ids_question(), holders)
        complete = sorted((holders.keys() & about.keys() & statements.keys() & ids.keys()), key=item_number)
        linked = self._about(linked_items(self.kind, (statements[item] for item in complete))) | about
        rows: list[Row] = []
        n_items = 0
        for item in complete:
            if not (about[item].answer.rows or statements[item].rows):
                self.report.not_found.append(item)
                continue
            n_items += 1
            subtype = next((one.subtype for one in holders[item] if one.subtype), "")
            rows += item_rows(
                self.kind, about[item], statements[item], ids[item], linked, former.get(item, ()), subtype
            )
        self.report.n_items[self.kind] = n_items
        replaced = {*complete, *(item for items in former.values() for item in items)}
        self.report.n_rows[_shown(path, workspace)] = write_rows(path, rows, kept, replaced)

    def _items(self, wanted: Sequence[Wanted]) -> dict[str, list[Wanted]]:
        """Return the item of each wanted thing; ids that lead nowhere or to several items are reported."""
        lookups, items = _known(self.kind, wanted)
        found: dict[Wanted, set[str]] = defaultdict(set)
        for property_id, values in sorted(lookups.items()):
            for value, answer in self._ask(lookup_question(property_id), values).items():
                ids = {item for row in answer.rows if (item := local_id(row["item"]))}
                for one in values[value]:
                    found[one] |= ids
        known = {one for holders in items.values() for one in holders}
        for one in wanted:
            if one in known:
                continue
            if len(found[one]) == 1:
                items[next(iter(found[one]))].append(one)
            else:
                (self.report.ambiguous if found[one] else self.report.not_found).append(one.label)
        return items

    def _about(self, items: Mapping[str, object] | set[str]) -> dict[str, About]:
        answers = self._ask(about_question(self.languages), items)
        return {item: About(item, self.languages, answer) for item, answer in answers.items()}

    def _ask(self, question: Question, keys: Mapping[str, object] | set[str]) -> dict[str, Answer]:
        return self.store.ask(question, keys, self.progress) if keys else {}
