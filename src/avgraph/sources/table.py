"""Reading a table of records through its mapping: rows become mentions and claims, column by column."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import polars as pl

from avgraph.errors import Issue, SourceError
from avgraph.model import KINDS, SOURCE_SCHEMA, ClaimTables, SourceTables, with_claim_ids
from avgraph.sources.binding import bind_columns
from avgraph.sources.claiming import Once, make_claims, refuse_nameless
from avgraph.sources.expressions import Check
from avgraph.sources.mapping import check_columns
from avgraph.sources.naming import REF, name_entities, reunite_mentions, unite_mentions
from avgraph.sources.problems import INDEX, RowProblems, Telling
from avgraph.sources.readers import ROW, RawTable, read_pieces
from avgraph.sources.rules import FILE_COLUMN, ClaimRule, TableMapping

__all__ = ["MAX_CELL_BYTES", "read_table"]

#: No name or value is longer; RDF parsers refuse terms of some megabytes.
MAX_CELL_BYTES = 100_000


def read_table(mapping: TableMapping, take: Callable[[ClaimTables], None] | None = None) -> SourceTables:
    r"""Read a data file through its mapping.

    Parameters
    ----------
    mapping
        The checked mapping.
    take
        Gets the claims piece by piece, so that a file of any size can be read; the tables returned then hold none.

    Returns
    -------
    SourceTables
        ``n_read == n_accepted + n_quarantined``; the ``n_rows`` of the issues add up to ``n_quarantined``.  A row
        with a wrong value gives nothing at all.

    Raises
    ------
    SourceError
        If the data file cannot be read at all.
    MappingError
        If the file lacks a column that the mapping names.

    Examples
    --------
    >>> import tempfile
    >>> from avgraph.sources import read_mapping
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "films.csv").write_text("title,director\nBarrage,Laura Schroeder\n", encoding="utf-8")
    >>> _ = (folder / "films.toml").write_text('''
    ... [entity.film]
    ... type = "Work"
    ... name = "{title}"
    ... [entity.director]
    ... type = "Person"
    ... name = "{director}"
    ... [[claim]]
    ... kind = "Credit"
    ... work = "film"
    ... agent = "director"
    ... role = "director"
    ... ''')
    >>> tables = read_table(read_mapping(folder / "films.toml", folder))
    >>> tables.claims["Credit"]["quote"].to_list()
    ['title: Barrage | director: Laura Schroeder']
    """
    try:
        sha256 = _sha256(mapping.data_path)
    except OSError as error:
        raise SourceError(f"the file cannot be read: {error.strerror or error}",
                          hint="check that it exists and may be read", where=mapping.name) from error  # fmt: skip
    gathered: list[ClaimTables] = []
    n_read, n_claims = 0, 0
    issues: list[Issue] = []
    telling = Telling(mapping.name)
    mentions: list[pl.DataFrame] = []
    once = Once()
    columns: dict[str, None] = {}
    for raw in read_pieces(mapping.data_path, mapping.options, mapping.name):
        columns.update(dict.fromkeys(raw.frame.columns[1:]))
        if columns:
            mapping = bind_columns(mapping, list(columns))
        problems = RowProblems()
        named, claims = _piece(mapping, raw, problems, once)
        telling.add([*raw.bad, *problems.rows()], raw.row_word)
        mentions.append(named)
        n_read += raw.n_read
        n_claims += sum(table.height for table in claims.values())
        issues += raw.issues
        (take or gathered.append)(claims)
    if columns:
        check_columns(mapping, columns)  # at the end: an object of JSON need not have all keys
    issues += telling.issues()
    n_accepted = n_read - telling.n_rows
    if mapping.claims and n_accepted and not n_claims:
        hint = "check the conditions (when) and the columns of the mapping"
        issues.append(Issue(mapping.name, "", f"no claim came of {n_accepted:,} rows", hint, severity="warning"))
    counts = {"n_read": n_read, "n_accepted": n_accepted, "n_quarantined": telling.n_rows}
    united = reunite_mentions(mentions, mapping.name)
    return SourceTables(_source(mapping, sha256, counts), united, _joined(gathered), tuple(issues))


def _piece(mapping: TableMapping, raw: RawTable, problems: RowProblems, once: Once) -> tuple[pl.DataFrame, ClaimTables]:
    """Return mentions and claims of one piece of the file."""
    base = _known_cells(raw.frame, mapping)
    problems.check(base, [_short_enough(c) for c in base.columns if c not in (INDEX, ROW)])
    return _tables(mapping, base, problems, once) if base.width > 2 else (unite_mentions([], mapping.name), {})


def _joined(parts: list[ClaimTables]) -> ClaimTables:
    return {kind: pl.concat([p[kind] for p in parts if kind in p]) for kind in KINDS if any(kind in p for p in parts)}


def _tables(
    mapping: TableMapping, base: pl.DataFrame, problems: RowProblems, once: Once
) -> tuple[pl.DataFrame, ClaimTables]:
    """Return mentions and claims of the rows without faults."""
    entities = {
        name: name_entities(rule, base, mapping.maps, mapping.name, mapping.options.null, problems)
        for name, rule in mapping.entities.items()
    }
    made: dict[str, list[tuple[ClaimRule, pl.DataFrame]]] = {}
    lacking: list[tuple[ClaimRule, pl.DataFrame]] = []
    for rule in mapping.claims:
        rows, short = make_claims(rule, base, entities, mapping, problems)
        made.setdefault(rule.kind.name, []).append((rule, rows))
        lacking.append((rule, short))
    _refuse_nameless(lacking, made, base, mapping, problems)
    wrong = problems.indices
    keep = ~pl.col(INDEX).is_in(wrong.implode())
    claims: ClaimTables = {}
    for kind in KINDS:
        if kind in made:
            parts = [(rule, rows.filter(keep) if len(wrong) else rows) for rule, rows in made[kind]]
            rows = pl.concat(once.first(rule, rows) if rule.once else rows for rule, rows in parts)
            rows = rows.sort(INDEX, maintain_order=True).drop(INDEX)
            claims[kind] = with_claim_ids(KINDS[kind], rows)
    named = [e.filter(pl.col(REF).is_not_null() & keep) if len(wrong) else e for e in entities.values()]
    return unite_mentions(named, mapping.name), claims


def _refuse_nameless(
    lacking: list[tuple[ClaimRule, pl.DataFrame]], made: dict[str, list[tuple[ClaimRule, pl.DataFrame]]],
    base: pl.DataFrame, mapping: TableMapping, problems: RowProblems,
) -> None:  # fmt: skip
    """Note the rows of which no claim came because the entity that it would be about is not named; not blank ones."""
    if all(rows.is_empty() for _, rows in lacking):
        return
    blank = base.filter(pl.all_horizontal(pl.exclude(INDEX, ROW).is_null()))[INDEX]
    well = pl.concat([blank, problems.indices, *(rows[INDEX] for parts in made.values() for _, rows in parts)]).unique()
    for rule, rows in lacking:
        refuse_nameless(rule, rows.filter(~pl.col(INDEX).is_in(well.implode())), mapping, problems)


def _known_cells(frame: pl.DataFrame, mapping: TableMapping) -> pl.DataFrame:
    """Return INDEX, ROW and the columns the mapping uses: outer white space gone, unknown cells null."""
    used = {column: None for _, column in mapping.column_uses()}
    absent = [c for c in used if c not in frame.columns] if frame.width > 1 else []  # optional ones
    name = pl.lit(mapping.data_path.name.partition(".")[0])
    frame = frame.with_columns((name if c == FILE_COLUMN else pl.lit(None, dtype=pl.String)).alias(c) for c in absent)
    columns = [c for c in frame.columns if c in used]
    null = ["", *mapping.options.null]
    cells = frame.select(ROW, *(pl.col(c).str.strip_chars() for c in columns))
    cells = cells.with_columns(pl.when(~pl.col(c).is_in(null)).then(pl.col(c)).alias(c) for c in columns)
    return cells.with_row_index(INDEX).with_columns(pl.col(INDEX).cast(pl.Int64))


def _short_enough(column: str) -> Check:
    """Refuse cells that hold half a file: a quote was left open, or it is no table."""
    text = pl.col(column)
    hint = "close the quote that was left open, or shorten the cell"
    limit = f"a cell of at most {MAX_CELL_BYTES:,} bytes"
    return Check(text.str.len_bytes() > MAX_CELL_BYTES, text.str.head(60), column, limit, hint)


def _source(mapping: TableMapping, sha256: str, counts: dict[str, int]) -> dict[str, object]:
    """Return the row of the source table."""
    values = {
        "source": mapping.name, "kind": "record", "title": mapping.data_path.name, "sha256": sha256,
        "reader": mapping.reader, **counts, **mapping.about,
    }  # fmt: skip
    return {column: values.get(column) for column in SOURCE_SCHEMA}


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
