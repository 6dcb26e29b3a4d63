"""The quads that differ between two states of a snapshot's tables, found by their rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import polars as pl

from avgraph.graph.quads import Naming, table_lines
from avgraph.graph.storing import StoreChange
from avgraph.model import KINDS, ClaimKind, Role

__all__ = ["Difference"]

_KIND_OF = {kind.table: kind for kind in KINDS.values()}
#: Table → columns that tell its rows; those of claims are told by ``claim``.
_KEYS: dict[str, tuple[str, ...]] = {
    "sources": ("source",), "mentions": ("ref",), "entities": ("entity",),
    "matches": ("left_ref", "right_ref", "verdict", "decided_by"), "conflicts": ("conflict",),
    "sides": ("conflict", "side"), "agreements": ("agreement",), "quarantined": ("claim", "shape"),
    "documents": ("source",),
}  # fmt: skip
#: Where claims stand: those of one place have one evidence.
_PLACE = ["source", "row", "start", "end"]


class Difference:
    """Gathers old and new rows, and tells the quads that go and come.

    Parameters
    ----------
    naming, naming_before
        What quads are called by, and what old quads were called by.
    """

    def __init__(self, naming: Naming, naming_before: Naming) -> None:
        self._naming = naming
        self._naming_before = naming_before
        self._old: dict[str, list[pl.DataFrame]] = defaultdict(list)
        self._new: dict[str, list[pl.DataFrame]] = defaultdict(list)
        self._rows: dict[str, tuple[pl.DataFrame, pl.DataFrame]] | None = None

    def put(self, table: str, rows: pl.DataFrame) -> None:
        """Take new rows."""
        self._new[table].append(rows)

    def take_out(self, table: str, rows: pl.DataFrame) -> None:
        """Take old rows."""
        self._old[table].append(rows)

    @property
    def n_rows(self) -> int:
        """How many rows differ, old and new ones."""
        return sum(gone.height + come.height for gone, come in self._changed().values())

    def change(self) -> StoreChange:
        """Return the quads that go and come.

        Several rows may say one quad: those of one place its evidence, those about the same entities a shortcut. A
        quad that goes with one row stays if another says it.
        """
        changed = self._changed()
        gone, come, stay = (
            _unique(line for table, rows in part.items() for line in table_lines(table, rows, naming))
            for part, naming in (
                ({table: rows for table, (rows, _) in changed.items()}, self._naming_before),
                ({table: rows for table, (_, rows) in changed.items()}, self._naming),
                (dict(self._sharing(changed)), self._naming),
            )
        )
        return StoreChange(_without(_without(gone, come), stay), _without(come, gone))

    def _changed(self) -> dict[str, tuple[pl.DataFrame, pl.DataFrame]]:
        """Return table → rows that are old only, and new only."""
        if self._rows is None:
            self._rows = {}
            for table in dict.fromkeys([*self._old, *self._new]):
                parts = [*self._old[table], *self._new[table]]
                old, new = (pl.concat([parts[0].clear(), *rows]) for rows in (self._old[table], self._new[table]))
                keys = _KEYS.get(table, ("claim",))
                self._rows[table] = _only(old, new, keys), _only(new, old, keys)
        return self._rows

    def _sharing(self, changed: dict[str, tuple[pl.DataFrame, pl.DataFrame]]) -> Iterator[tuple[str, pl.DataFrame]]:
        """Yield table and new rows that may say a quad of a row that goes."""
        gone = {table: rows for table, (rows, _) in changed.items() if rows.height}
        claims = [(_KIND_OF[table], rows) for table, rows in gone.items() if table in _KIND_OF]
        places = pl.concat([rows.select(_PLACE) for _, rows in claims]) if claims else None
        entities = [_values(rows, role) for kind, rows in claims for role in kind.roles]
        about = pl.concat(entities).drop_nulls().unique() if entities else None
        for table, parts in self._new.items():
            for rows in parts:
                if table in _KIND_OF and places is not None and about is not None:
                    yield table, _near(_KIND_OF[table], rows, places, about)
                elif table == "matches" and table in gone:
                    yield table, rows.filter(pl.col("verdict") == "possiblySame")
                elif table == "quarantined" and table in gone:
                    yield table, rows


def _values(rows: pl.DataFrame, role: Role) -> pl.Series:
    return (rows[role.name].explode() if role.many else rows[role.name]).rename("entity")


def _near(kind: ClaimKind, rows: pl.DataFrame, places: pl.DataFrame, entities: pl.Series) -> pl.DataFrame:
    """Return the claims that stand at one of the places or are about one of the entities."""
    rows = rows.with_row_index("\x00row")
    found = [rows.join(places, on=_PLACE, how="semi", nulls_equal=True)["\x00row"]]
    for role in kind.roles:
        items = rows.select("\x00row", role.name)
        if role.many:
            items = items.filter(pl.col(role.name).list.len() > 0).explode(role.name)
        found.append(items.filter(pl.col(role.name).is_in(entities.implode()))["\x00row"])
    return rows.filter(pl.col("\x00row").is_in(pl.concat(found).unique().implode())).drop("\x00row")


def _only(rows: pl.DataFrame, others: pl.DataFrame, keys: Iterable[str]) -> pl.DataFrame:
    """Return the rows that `others` do not have as they are."""
    on = [*keys, "\x00hash"]
    marked, known = (frame.with_columns(frame.hash_rows().alias("\x00hash")) for frame in (rows, others))
    return marked.join(known.select(on), on=on, how="anti", maintain_order="left", nulls_equal=True).drop("\x00hash")


def _unique(lines: Iterable[pl.Series]) -> pl.Series:
    parts = [part.rename("line") for part in lines if part.len()]
    return pl.concat([pl.Series("line", [], dtype=pl.String()), *parts]).unique(maintain_order=True)


def _without(lines: pl.Series, others: pl.Series) -> pl.Series:
    return lines.to_frame().join(others.to_frame(), on="line", how="anti", maintain_order="left")["line"]
