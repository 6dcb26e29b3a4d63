"""Small networks from films with years."""

from __future__ import annotations

import polars as pl

from avgraph.network import Network, project


def network_of(films: list[tuple[str, int | None, str]], **options: object) -> Network:
    """Return the network of films given as title, year and members, a letter each."""
    rows = [(work, member, year) for work, year, members in films for member in members]
    table = pl.DataFrame(rows, {"work": pl.String, "member": pl.String, "year": pl.Int64}, orient="row")
    return project(table, **options)  # type: ignore[arg-type]
