"""Small random networks with countries, and slow ways to count in them."""

from __future__ import annotations

import polars as pl
from hypothesis import strategies as st

from avgraph.network import Network, project

MEMBERS = [f"m{i}" for i in range(9)]


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Give a network of up to nine members with ties of whole weights, and countries of which some are unknown."""
    pair = st.tuples(st.sampled_from(MEMBERS), st.sampled_from(MEMBERS))
    pairs = draw(st.lists(pair, min_size=1, max_size=24))
    rows = [(f"w{i}", member) for i, ends in enumerate(pairs) for member in ends]
    countries = draw(st.lists(st.sampled_from([None, "BE", "LU", "FR"]), min_size=9, max_size=9))
    nodes = pl.DataFrame(
        {"member": MEMBERS, "countries": [[c] if c else [] for c in countries]},
        schema={"member": pl.String, "countries": pl.List(pl.String)},
    )
    return project(pl.DataFrame(rows, schema=["work", "member"], orient="row"), nodes)
