"""Small networks for tests: by hand, and grown in a way that is known."""

from __future__ import annotations

import networkx as nx
import numpy as np
import polars as pl

from avgraph.network import Network, project


def from_works(works: list[tuple[int | None, str]], countries: dict[str, str] | None = None) -> Network:
    """Return a network with a work for each year and its members, one letter each."""
    rows = [(f"w{i}", member, year, f"c{i}{member}") for i, (year, members) in enumerate(works) for member in members]
    schema = {"work": pl.String, "member": pl.String, "year": pl.Int64, "claim": pl.String}
    nodes = None
    if countries is not None:
        nodes = pl.DataFrame({"member": list(countries), "label": [f"Company {m}" for m in countries],
                              "countries": [c.split() for c in countries.values()]})  # fmt: skip
    return project(pl.DataFrame(rows, schema=schema, orient="row"), nodes)


# a and d share b and c; e hangs on c; f and g are apart.
SMALL = [(2001, "ab"), (2001, "ac"), (2002, "bd"), (2003, "cd"), (2004, "ce"), (2004, "fg")]


def grown(seed: int = 1, n: int = 40, years: int = 16) -> Network:
    """Return a network in which partners of partners from one country come to work together."""
    rng = np.random.default_rng(seed)
    country = np.array(["BE", "LU", "FR", "DE"])[rng.integers(0, 4, n)]
    ties = np.zeros((n, n))
    rows = []
    for year in range(2000, 2000 + years):
        for film in range(6):
            a = rng.integers(n)
            pull = (ties @ ties[a]) * 3 + 2 * (country == country[a]) + 0.02
            pull[a] = 0
            b = rng.choice(n, p=pull / pull.sum())
            ties[a, b] = ties[b, a] = 1
            rows += [(f"w{year}-{film}", f"m{x:02}", year) for x in (a, b)]
    nodes = pl.DataFrame({"member": [f"m{x:02}" for x in range(n)], "countries": [[c] for c in country]})
    return project(pl.DataFrame(rows, schema=["work", "member", "year"], orient="row"), nodes)


def from_graph(graph: nx.Graph) -> Network:
    """Return a network with a work for each edge, all weights 1, whose members are called n00, n01 …"""
    rows = [(f"w{u:02}-{v:02}", f"n{x:02}") for u, v in graph.edges for x in (u, v)]
    alone = [(f"w{u:02}", f"n{u:02}") for u in nx.isolates(graph)]
    return project(pl.DataFrame(rows + alone, schema=["work", "member"], orient="row"), weight="count")
