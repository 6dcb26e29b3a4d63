"""Reading a table of records through its mapping: rows become mentions and claims, column by column."""

from __future__ import annotations

import hashlib
from pathlib import Path

import polars as pl

from avgraph.errors import Issue, SourceError
from avgraph.model import KINDS, SOURCE_SCHEMA, ClaimTables, SourceTables, with_claim_ids
from avgraph.sources.binding import bind_columns
from avgraph.sources.claiming import first_of_each, make_claims, refuse_nameless
from avgraph.sources.expressions import Check
from avgraph.sources.mapping import check_columns
from avgraph.sources.naming import REF, name_entities, unite_mentions
from avgraph.sources.problems import INDEX, RowProblems, tell
from avgraph.sources.readers import ROW, RawTable, read_raw
from avgraph.sources.rules import FILE_COLUMN, ClaimRule, TableMapping

__all__ = ["MAX_CELL_BYTES", "read_table"]

#: No name or value is longer; RDF parsers refuse terms of some megabytes.
MAX_CELL_BYTES = 100_000


def read_table(mapping: TableMapping) -> SourceTables:
    r"""Read a data file through its mapping.

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
    raw = read_raw(mapping.data_path, mapping.options, mapping.name)
    if raw.frame.width > 1:
        mapping = bind_columns(mapping, raw.frame.columns[1:])
        check_columns(mapping, raw.frame.columns[1:])
    problems = RowProblems()
    base = _known_cells(raw.frame, mapping)
    problems.check(base, [_short_enough(c) for c in base.columns if c not in (INDEX, ROW)])
    mentions, claims = pl.DataFrame(), ClaimTables()
    if base.width > 2:
        mentions, claims = _tables(mapping, base, problems)
    else:
        mentions = unite_mentions([], mapping.name)
    bad = [*raw.bad, *problems.rows()]
    issues = [*raw.issues, *tell(bad, mapping.name, raw.row_word)]
    n_accepted = raw.n_read - len(bad)
    if mapping.claims and n_accepted and not any(t.height for t in claims.values()):
        hint = "check the conditions (when) and the columns of the mapping"
        issues.append(Issue(mapping.name, "", f"no claim came of {n_accepted:,} rows", hint, severity="warning"))
    return SourceTables(_source(mapping, raw, sha256, len(bad)), mentions, claims, tuple(issues))


def _tables(mapping: TableMapping, base: pl.DataFrame, problems: RowProblems) -> tuple[pl.DataFrame, ClaimTables]:
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
            rows = pl.concat(first_of_each(rows) if rule.once else rows for rule, rows in parts)
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


def _source(mapping: TableMapping, raw: RawTable, sha256: str, n_quarantined: int) -> dict[str, object]:
    """Return the row of the source table."""
    values = {
        "source": mapping.name, "kind": "record", "title": mapping.data_path.name, "sha256": sha256,
        "reader": mapping.reader, "n_read": raw.n_read, "n_accepted": raw.n_read - n_quarantined,
        "n_quarantined": n_quarantined, **mapping.about,
    }  # fmt: skip
    return {column: values.get(column) for column in SOURCE_SCHEMA}


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
