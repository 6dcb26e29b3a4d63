"""A network as one HTML page to look around in: drawing, tables, and the works and words behind each tie."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from avgraph._version import __version__
from avgraph.network.drawing import svg
from avgraph.network.html import cell_text
from avgraph.network.style import strongest
from avgraph.network.summary import IN_WORDS
from avgraph.network.tie import evidence

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network

__all__ = ["explorer_html", "write_explorer"]

_MOST_WORKS = 40
_MOST_QUOTES = 60


def explorer_html(
    network: Network, quotes: Mapping[str, tuple[str, str]] | None = None, *, max_nodes: int = 200, seed: int = 7
) -> str:
    """Return one HTML page of a network that needs nothing else; see :meth:`Network.write_html`."""
    from jinja2 import Environment, PackageLoader

    summary = network.summary(seed=seed).to_dict()
    environment = Environment(
        loader=PackageLoader("avgraph.network", "."), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    shown = strongest(network, max_nodes)
    members = network.nodes.filter(pl.col("node").is_in(shown.nodes["node"].to_list()))
    members = members.sort("strength", "node", descending=[True, False])
    place = {node: i for i, node in enumerate(members["node"])}
    ties = shown.edges.sort("weight", "source", "target", descending=[True, False, False])
    data = {"ties": _ties(network, ties, place, quotes or {}), "members": members["label"].to_list()}
    return environment.get_template("explorer.html").render(
        title=network.name or "Collaboration network",
        version=__version__,
        settings=str(network.settings),
        figures=[
            (words, _figure(name, summary[name])) for name, words in IN_WORDS.items() if summary[name] is not None
        ],
        members=members.to_dicts(),
        ties=[row | {"one": place[row["source"]], "other": place[row["target"]]} for row in ties.iter_rows(named=True)],
        countries=sorted(set(members["country"].drop_nulls())),
        years=_years(ties),
        n_all=(network.nodes.height, network.edges.height),
        # Within a script element, the one thing that could end it is "</".
        script=files("avgraph.network").joinpath("explorer.js").read_text(encoding="utf-8"),
        data=json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"),
        drawing=svg(network, max_nodes=max_nodes, seed=seed, marked=True),
    )


def write_explorer(
    network: Network, path: str | Path, quotes: Mapping[str, tuple[str, str]] | None = None, *, max_nodes: int = 200,
    seed: int = 7,
) -> Path:  # fmt: skip
    """Write :func:`explorer_html`; return the path."""
    path = Path(path)
    path.write_text(explorer_html(network, quotes, max_nodes=max_nodes, seed=seed), encoding="utf-8")
    return path


def _ties(
    network: Network, ties: pl.DataFrame, place: Mapping[str, int], quotes: Mapping[str, tuple[str, str]]
) -> list[dict[str, Any]]:
    """Return for each tie its ends, years, works (label, year) and what sources say (source, quote)."""
    behind = ties.join(evidence(network), on=["source", "target"], how="left", maintain_order="left")
    labels = dict(network.works.select("work", "label").iter_rows())
    years = dict(network.incidence.select("work", "first_year").iter_rows())
    found = []
    for row in behind.iter_rows(named=True):
        works = sorted(row["works"] or (), key=lambda work: (years.get(work) or 9999, labels[work]))
        said = sorted({quotes[claim] for claim in row["claims"] or () if claim in quotes})
        found.append({
            "a": place[row["source"]], "b": place[row["target"]], "w": row["weight"], "n": row["n_works"],
            "f": row["first_year"], "l": row["last_year"],
            "works": [[labels[work], years.get(work)] for work in works[:_MOST_WORKS]],
            "said": [list(pair) for pair in said[:_MOST_QUOTES]], "n_said": len(said),
        })  # fmt: skip
    return found


def _figure(name: str, value: object) -> str:
    return str(value) if name in ("first_year", "last_year") else cell_text(value)


def _years(ties: pl.DataFrame) -> tuple[int, int] | None:
    low, high = ties.select(pl.min("first_year"), pl.max("last_year")).row(0)
    return None if low is None else (low, high)
