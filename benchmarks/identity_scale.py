"""What avgraph takes for N invented names, in one process: ``python identity_scale.py N``.

Of five names three are people's, one is a work's, one a company's. Half of the names are an entity's first; the others
are the same or as other sources write it: without accents, with a misspelling, a person with an initial or with the
surname first, a work without its article, a company with its legal form. Half of the people have a year of birth,
works their year, companies a country. The names are all that is known: there are no claims.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence

import numpy as np
import polars as pl
from invented import below, company_names, person_names, uniform, work_titles
from measuring import own_peak_mib

from avgraph.evaluation import pairwise
from avgraph.identity import Decisions, resolve, stages
from avgraph.identity.nodes import Node
from avgraph.model import MENTION_SCHEMA
from avgraph.text import fold

__all__ = ["invented_mentions", "variant"]

_SEED = 5
_TYPES = ("Person", "Person", "Person", "Work", "Organization")
_COUNTRIES = ("BE", "LU", "FR", "DE", "NL", "GB", "US", "IT")
_N_SOURCES = 40


def invented_mentions(n_names: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return `n_names` mentions, and ref and truth of each."""
    at = np.arange(n_names)
    # Each name opens a new entity in half of all cases.
    entity = np.cumsum((uniform(_SEED, "new entity", at) < 0.5) | (at == 0)) - 1
    kind = np.array([_TYPES[k] for k in below(_SEED, "type", entity, len(_TYPES))])
    texts = np.select(
        [kind == "Person", kind == "Work"],
        [f(_SEED, entity).to_numpy() for f in (person_names, work_titles)],
        company_names(_SEED, entity).to_numpy(),
    )
    how = np.where(np.concatenate([[True], entity[1:] != entity[:-1]]), 0, below(_SEED, "variant", at, 8))
    place = uniform(_SEED, "letter", at)
    names = [variant(t, str(n), int(h), float(p)) for t, n, h, p in zip(kind, texts, how, place, strict=True)]
    born = uniform(_SEED, "has year", at) < 0.5
    years = np.where(kind == "Work", 1960 + below(_SEED, "year", entity, 65), 1920 + below(_SEED, "born", entity, 80))
    with_year = (kind == "Work") | ((kind == "Person") & born)
    countries = [
        [_COUNTRIES[c]] if k == "Organization" else []
        for k, c in zip(kind, below(_SEED, "country", entity, len(_COUNTRIES)), strict=True)
    ]
    # The sources of an entity's names are different ones.
    sources = [f"records/{s:02d}.csv" for s in (entity * 7 + at) % _N_SOURCES]
    refs = [f"{source}#{i}" for i, source in enumerate(sources)]
    mentions = pl.DataFrame(
        {
            "ref": refs, "source": sources, "type": kind, "name": names, "countries": countries,
            "year": [int(y) if w else None for y, w in zip(years, with_year, strict=True)],
        }
    ).with_columns(
        pl.lit(None).cast(MENTION_SCHEMA[c]).alias(c) for c in MENTION_SCHEMA if c not in
        ("ref", "source", "type", "name", "countries", "year")
    )  # fmt: skip
    mentions = mentions.with_columns(generic=pl.lit(False)).select(pl.col(c).cast(t) for c, t in MENTION_SCHEMA.items())
    return mentions, pl.DataFrame({"ref": refs, "truth": entity, "type": kind})


def variant(type_: str, name: str, how: int, place: float) -> str:
    """Return a name as another source writes it: `how` is 0 to 7, `place` (0..1) where a letter is wrong.

    >>> [variant("Person", "Zoë A. Lamov", how, 0.4) for how in (1, 2, 3, 4, 5)]
    ['Zoe A. Lamov', 'Zoë A Lamov', 'Zoë .A Lamov', 'Z. Lamov', 'Lamov, Zoë A.']
    """
    letter = 1 + int(place * (len(name) - 3)) if len(name) > 4 else 0
    if how == 1:
        return fold(name).title() if name.islower() else "".join(a if a.isascii() else fold(a) for a in name)
    if how == 2 and letter:
        return name[: letter + 1] + name[letter + 2 :]
    if how == 3 and letter:
        return name[:letter] + name[letter + 1] + name[letter] + name[letter + 2 :]
    words = name.split()
    if how == 4:
        if type_ == "Person":
            return f"{words[0][0]}. {words[-1]}"
        return name.removeprefix("The ") if type_ == "Work" else f"{name} GmbH"
    if how == 5:
        if type_ == "Person":
            return f"{words[-1]}, {' '.join(words[:-1])}"
        return name.upper() if type_ == "Work" else f"{name} Ltd."
    return name


def main() -> None:
    n_names = int(sys.argv[1])
    mentions, truth = invented_mentions(n_names)
    plain = stages.candidate_pairs
    told = {"candidates_s": 0.0, "n_pairs": 0}
    true = dict(truth.select("ref", "truth").iter_rows())
    n_both = 0

    def timed(nodes: Sequence[Node]) -> pl.DataFrame:
        nonlocal n_both
        started = time.process_time()
        pairs = plain(nodes)
        told["candidates_s"] += time.process_time() - started
        told["n_pairs"] += pairs.height
        entity = np.array([true[node.scene.mentions.refs[node.number]] for node in nodes], dtype=np.int64)
        n_both += int((entity[pairs["left"].to_numpy()] == entity[pairs["right"].to_numpy()]).sum())
        return pairs

    stages.candidate_pairs = timed
    started = time.process_time()
    resolution = resolve(mentions, {}, Decisions(), "https://example.org/id/")
    told["cpu_s"] = time.process_time() - started
    told["peak_mib"] = own_peak_mib()
    units = truth.join(resolution.assignment, on="ref", how="left", maintain_order="left")
    tally = pairwise(units["entity"], units["truth"])
    figures = {"precision": tally.precision, "recall": tally.recall, "f1": tally.f1}
    more = {"n_entities": truth["truth"].n_unique(), "candidate_recall": n_both / max(1, tally.n_required)}
    print(json.dumps({**told, **figures, **more}))


if __name__ == "__main__":
    main()
