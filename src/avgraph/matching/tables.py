"""Matching two tables: reading both, telling what they hold, scoring, choosing."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import polars as pl

from avgraph.errors import AvgraphError, SourceError
from avgraph.identity import MERGE
from avgraph.identity.resolve import reasons_column
from avgraph.matching.assignment import best_assignment
from avgraph.matching.columns import KINDS, Guess, guess_kind, lay_out, meaning
from avgraph.matching.opening import OpenTable, as_file, open_table
from avgraph.matching.pairs import Pair, scored_pairs
from avgraph.matching.result import PAIR_SCHEMA, MatchResult, MatchTable
from avgraph.matching.sides import Side, mapped_kind, side_by_mapping, side_of
from avgraph.progress import Progress, silent
from avgraph.sources.readers import ROW

__all__ = ["match"]

_N_NAMES = 2_000
_N_COLUMNS = 20


def match(
    left: str | Path | pl.DataFrame,
    right: str | Path | pl.DataFrame,
    *,
    kind: str | None = None,
    threshold: float = MERGE,
    one_to_one: bool = False,
    mapping: str | Path | None = None,
    left_mapping: str | Path | None = None,
    right_mapping: str | Path | None = None,
    progress: Progress | None = None,
) -> MatchResult:
    """Link two tables: which rows of one and of the other are the same work, person or company.

    Parameters
    ----------
    left, right
        Files (CSV, TSV, XLSX, ODS, JSON, JSON Lines, Parquet …, perhaps gzipped) or Polars data frames, each with
        columns of known names (docs/matching.md lists them).
    kind
        ``works``, ``people`` or ``companies``; by default the columns tell, or else the names.
    threshold
        Pairs that score so much or more are given; by default those that a build would join on its own.
    one_to_one
        Give each row at most once: the pairs with the greatest sum of scores.
    mapping, left_mapping, right_mapping
        Mapping files (docs/mapping.md) to read both tables or one of them by; of what it names, the first work, person
        or company is matched.
    progress
        Told how many pairs have been compared.

    Raises
    ------
    SourceError
        If a table cannot be read, or no column of it is known.
    AvgraphError
        If nothing tells the kind, the tables are of two kinds, or `kind` or `threshold` is none.

    Examples
    --------
    >>> left = pl.DataFrame({"id": ["a"], "title": ["Le Tout Nouveau Testament"], "year": [2015]})
    >>> titles = "The Brand New Testament|Le tout nouveau testament"
    >>> right = pl.DataFrame({"id": [7], "title": [titles], "year": [2015]})
    >>> match(left, right).pairs.select("left", "right").rows()
    [('a', '7')]
    """
    if kind is not None and kind not in KINDS:
        raise AvgraphError(f"no kind {kind!r}", f"kinds: {', '.join(KINDS)}")
    if not 0 <= threshold <= 1:
        raise AvgraphError(f"the threshold must be within 0..1: {threshold:g}", f"{MERGE:g} is that of a build")
    with ExitStack() as stack:
        readers = [
            _Reader(*stack.enter_context(as_file(table, side)), own or mapping)
            for side, table, own in (("left", left, left_mapping), ("right", right, right_mapping))
        ]
        kind, why = (kind, "as asked") if kind is not None else _agreed(readers)
        one, two = (reader.side(kind) for reader in readers)
    if one.tag == two.tag:
        two = two.renamed(f"{two.tag}'")
    pairs = scored_pairs(one, two, KINDS[kind], threshold, progress or silent)
    if one_to_one:
        pairs = best_assignment(pairs)
    tables = tuple(MatchTable(side.name, side.n_read, side.n_used, side.about) for side in (one, two))
    return MatchResult(
        _table(pairs, one, two), kind, why, threshold, (tables[0], tables[1]), (*one.issues, *two.issues)
    )


class _Reader:
    """A table before its kind is known."""

    def __init__(self, path: Path, name: str, mapping: str | Path | None) -> None:
        self.name = name
        self._path = path
        self._mapping = Path(mapping) if mapping is not None else None
        if not path.is_file():
            hint = "name a file in it" if path.is_dir() else "check the path"
            raise SourceError("a folder, no file" if path.is_dir() else "there is no such file", hint, name)
        self._table: OpenTable | None = open_table(path, name) if self._mapping is None else None

    @property
    def columns(self) -> list[str]:
        """Columns of the table."""
        return [c for c in self._table.raw.frame.columns if c != ROW] if self._table is not None else []

    def guess(self) -> Guess:
        """Return what kind the rows are."""
        if self._mapping is not None:
            return Guess(mapped_kind(self._mapping, self._path), f"mapping {self._mapping}")
        frame = self._table.raw.frame if self._table is not None else pl.DataFrame()
        names = {c: frame[c].drop_nulls().head(_N_NAMES).to_list() for c in self.columns if meaning(c) == "name"}
        return guess_kind(self.columns, names)

    def side(self, kind: str) -> Side:
        """Return the table as mentions and claims."""
        if self._mapping is not None:
            return side_by_mapping(self._mapping, self._path, self.name, kind)
        if self._table is None:
            raise self.nameless(kind)
        frame = self._table.raw.frame
        unique = [c for c in self.columns if not frame[c].null_count() and frame[c].is_unique().all()]
        layout = lay_out(self.columns, kind, unique)
        if layout is None:
            raise self.nameless(kind)
        return side_of(self._table, layout, kind)

    def nameless(self, kind: str | None) -> SourceError:
        """Return the error of a table without a column that names its rows."""
        listed = ", ".join(self.columns[:_N_COLUMNS]) + (" …" if len(self.columns) > _N_COLUMNS else "")
        what = kind or "works, people or companies"
        hint = "rename one to title (works) or name (people, companies), or give a mapping with --mapping"
        return SourceError(f"no column names {what}; its columns are: {listed}", hint, self.name)


def _agreed(readers: list[_Reader]) -> tuple[str, str]:
    """Return the kind of both tables, and what told so."""
    guesses = [reader.guess() for reader in readers]
    for reader, guess in zip(readers, guesses, strict=True):
        if guess.kind is None and lay_out(reader.columns, "works") is None:
            raise reader.nameless(None)
    told = [(g, r) for g, r in zip(guesses, readers, strict=True) if g.kind is not None]
    sure = [(g, r) for g, r in told if g.sure] or told
    kinds = list(dict.fromkeys(str(g.kind) for g, _ in sure))
    why = "; ".join(f"{r.name}: {g.why}" for g, r in sure)
    if len(kinds) == 1:
        return kinds[0], why
    if not kinds:
        raise AvgraphError("nothing tells what the tables hold", f"say so: --kind {' or --kind '.join(KINDS)}")
    raise AvgraphError(f"the tables seem to hold {' and '.join(kinds)} ({why})", "say what to match with --kind")


def _table(pairs: list[Pair], left: Side, right: Side) -> pl.DataFrame:
    """Return the table of pairs."""
    columns: dict[str, pl.Series] = {}
    of_sides = (("left", [p.left for p in pairs], left.rows), ("right", [p.right for p in pairs], right.rows))
    for side, places, rows in of_sides:
        found = rows[places] if places else rows.clear()
        columns |= {side: found["label"], f"{side}_name": found["name"], f"{side}_row": found["row"]}
    columns |= {"score": pl.Series([p.score for p in pairs], dtype=pl.Float64())}
    columns |= {"features": reasons_column([p.features for p in pairs])}
    return pl.DataFrame({name: columns[name] for name in PAIR_SCHEMA}, schema=PAIR_SCHEMA)
