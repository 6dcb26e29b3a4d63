"""Who might work together next: pairs of members without a tie, ranked by what speaks for one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from avgraph.errors import AvgraphError
from avgraph.network.html import html_table
from avgraph.network.linkfeatures import FEATURES, PairFeatures, design
from avgraph.network.linkmodel import (
    LinkModel,
    dated_span,
    far_pairs,
    is_in,
    late_years,
    recent_pairs,
    train,
    untied_pairs,
)
from avgraph.network.linkscores import SCORES
from avgraph.network.matrix import Floats, Ints
from avgraph.network.membership import nearest

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network

__all__ = ["METHODS", "Prediction", "Reasons", "check_method", "predict"]

#: What pairs may be ranked by.
METHODS: tuple[str, ...] = (*SCORES, "combined")
#: Share of the years of a network that are held out where nobody says how many.
HELD_OUT = 0.2

# Pairs without a common partner that are looked at, and the members with most partners whose pairs all are.
_FAR = 1_000
_POPULAR = 64
_NAMED = 3


@dataclass(frozen=True, eq=False)
class Reasons:
    """What speaks for a tie of two members.

    Attributes
    ----------
    source, target
        IRIs of the two, in sorted order.
    source_label, target_label
        What they are called.
    method, score
        The score of the pair, as in :attr:`Prediction.table`.
    features
        `feature`, `value`, and `adds`: what it adds to the log-odds over the mean pair learnt from, null where nothing
        was learnt. Those that add most come first.
    partners
        The common partners, those with the fewest partners first: `node`, `label`, `country`, `degree`, and for either
        member the joint works with the partner and their claims: `source_works`, `source_claims`, `target_works`,
        `target_claims` (lists; works by label, the earliest first).
    """

    source: str
    target: str
    source_label: str
    target_label: str
    method: str
    score: float
    features: pl.DataFrame
    partners: pl.DataFrame

    @property
    def claims(self) -> tuple[str, ...]:
        """IRIs of all claims behind the ties with the common partners, sorted."""
        lists = [self.partners[column].explode() for column in ("source_claims", "target_claims")]
        return tuple(pl.concat(lists).drop_nulls().unique().sort())

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values that JSON can hold."""
        names = ["source", "target", "source_label", "target_label", "method", "score"]
        tables = {"features": self.features.to_dicts(), "partners": self.partners.to_dicts()}
        return {name: getattr(self, name) for name in names} | tables

    def _repr_html_(self) -> str:
        title = f"{self.source_label} – {self.target_label}: {self.method.replace('_', ' ')} {self.score:.3g}"
        shown = self.partners.select(
            pl.col("label").alias("common partner"), "country", pl.col("degree").alias("partners"),
            pl.col("source_works").list.join(", ").alias("works with the first"),
            pl.col("target_works").list.join(", ").alias("works with the second"),
        )  # fmt: skip
        return html_table(shown, title)


@dataclass(frozen=True, eq=False)
class Prediction:
    """Pairs that might be tied next, the likeliest first.

    Attributes
    ----------
    table
        `rank` (equal scores share the better rank), `source`, `target`, `source_label`, `target_label`, `score`,
        the scores and features of the pair (see :mod:`avgraph.network.linkscores`, and ``CONTENT`` in
        :mod:`avgraph.network.linkfeatures`), and `reasons`: texts that say what speaks for it.
    method
        What `score` is. ``"combined"`` is a probability, 0 to 1, of a tie within as many years as `model` learnt from.
    since
        Pairs whose last joint work is earlier count as not tied; None: no pair that ever was tied is here.
    n_candidates
        Number of pairs that were scored: all with a common partner, and a sample of the others.
    model
        What was learnt; None for all methods but ``"combined"``.
    """

    table: pl.DataFrame
    method: str
    since: int | None
    n_candidates: int
    model: LinkModel | None
    network: Network = field(repr=False)

    def why(self, a: str, b: str) -> Reasons:
        """Return what speaks for a tie of two members: features, common partners, and the works and claims behind.

        Parameters
        ----------
        a, b
            Members by IRI or label; any two, whether the pair is in the table or not.

        Raises
        ------
        NotFoundError
            If one is not a member.
        AvgraphError
            If both are the same.
        """
        return _why(self, a, b)

    def __repr__(self) -> str:
        return f"<Prediction: {self.table.height} of {self.n_candidates:,} pairs by {self.method}>"

    def _repr_html_(self) -> str:
        shown = self.table.select(
            "rank", pl.col("source_label").alias("member"), pl.col("target_label").alias("partner"), "score",
            pl.col("reasons").list.join("; "),
        )  # fmt: skip
        title = f"{self.table.height} of {self.n_candidates:,} pairs by {self.method.replace('_', ' ')}"
        return html_table(shown, title)


def check_method(method: str) -> None:
    """Raise an error if there is no such method."""
    if method not in METHODS:
        raise AvgraphError(f"there is no method {method!r}", nearest(method, METHODS))


def predict(
    network: Network,
    top: int | None = 20,
    method: str = "combined",
    member: str | None = None,
    *,
    since: int | None = None,
    horizon: int | None = None,
    seed: int = 7,
) -> Prediction:
    """Return the prediction of :meth:`Network.predict <avgraph.network.Network.predict>`."""
    check_method(method)
    if top is not None and top < 1:
        raise AvgraphError(f"top is {top}", "give the number of pairs to return, at least 1")
    if horizon is not None and horizon < 1:
        raise AvgraphError(f"the horizon is {horizon}", "give a number of years, at least 1")
    center = None if member is None else network.find(member)
    model = None
    if method == "combined":
        span = dated_span(network)
        window = None if since is None else span[1] - since + 1
        model = train(network, late_years(span, HELD_OUT) if horizon is None else horizon, window, 0, seed)
    features = PairFeatures(network)
    best, n_candidates = _Best(top), 0
    for u, v in _candidates(features, network, center, since, seed):
        n_candidates += len(u)
        best.add(u, v, score_pairs(features, u, v, method, model))
    u, v, score = best.sorted()
    return Prediction(
        table=_table(network, features, u, v, score, since),
        method=method, since=since, n_candidates=n_candidates, model=model, network=network,
    )  # fmt: skip


def score_pairs(features: PairFeatures, u: Ints, v: Ints, method: str, model: LinkModel | None) -> Floats:
    """Return the score of each pair, to 12 significant digits so that noise does not part pairs that are alike."""
    if method == "combined" and model is not None:
        values = model.probability(features, u, v)
    else:
        values = features.scores(u, v, (method,))[method]
    return pl.Series(values).cast(pl.Float64).round_sig_figs(12).to_numpy()


class _Best:
    """The pairs of highest score seen so far; equal ones in the order of their members."""

    def __init__(self, top: int | None) -> None:
        self._top = top
        self._kept: list[tuple[Ints, Ints, Floats]] = []

    def add(self, u: Ints, v: Ints, score: Floats) -> None:
        self._kept.append((u, v, score))
        if self._top is not None and sum(len(part[0]) for part in self._kept) > 4 * self._top:
            self._kept = [self.sorted()]

    def sorted(self) -> tuple[Ints, Ints, Floats]:
        u, v, score = (np.concatenate(parts) for parts in zip(*self._kept, strict=True))
        if self._top is not None and len(score) > self._top:
            # Only what is not below the last of the first so many is worth sorting.
            kept = score >= -np.partition(-score, self._top - 1)[self._top - 1]
            u, v, score = u[kept], v[kept], score[kept]
        order = np.lexsort((v, u, -score))[: self._top]
        return u[order], v[order], score[order]


def _candidates(
    features: PairFeatures, network: Network, center: str | None, since: int | None, seed: int
) -> Iterator[tuple[Ints, Ints]]:
    """Yield the pairs that may be ranked, each once, sorted within each part."""
    n = network.nodes.height
    stands = recent_pairs(network, since)
    if center is not None:
        # All pairs of one member are few.
        one, others = _place(network, center), np.arange(n)
        others = others[others != one]
        keys = np.minimum(one, others) * n + np.maximum(one, others)
        keys = np.sort(keys[~is_in(keys, stands)])
        yield keys // n, keys % n
        return
    yield from untied_pairs(features.links, network, since)
    u, v = far_pairs(features.links, network, np.arange(n), _FAR, seed)
    popular = np.sort(np.argsort(-features.links.degree, kind="stable")[:_POPULAR])
    i, j = np.triu_indices(len(popular), 1)
    keys = popular[i] * n + popular[j]
    keys = keys[~is_in(keys, recent_pairs(network, None))]
    keys = keys[features.scores(keys // n, keys % n, ("common_neighbours",))["common_neighbours"] == 0]
    keys = np.union1d(keys, u * n + v)
    yield keys // n, keys % n


def _place(network: Network, node: str) -> int:
    """Return the place of a member among the nodes."""
    return int(network.nodes["node"].search_sorted(node))


def _table(
    network: Network, features: PairFeatures, u: Ints, v: Ints, score: Floats, since: int | None
) -> pl.DataFrame:
    nodes = network.nodes
    order = np.lexsort((v, u))
    back = np.argsort(order)
    columns = {**features.scores(u[order], v[order]), **features.content(u[order], v[order])}
    table = pl.DataFrame({
        "source": nodes["node"].gather(u), "target": nodes["node"].gather(v),
        "source_label": nodes["label"].gather(u), "target_label": nodes["label"].gather(v), "score": score,
    }).with_columns(pl.Series(name, values[back], pl.Float64) for name, values in columns.items())  # fmt: skip
    reasons = [_reasons(network, features, *pair, since) for pair in zip(u.tolist(), v.tolist(), strict=True)]
    rank = pl.col("score").rank("min", descending=True).cast(pl.Int64).alias("rank")
    counts = pl.col("common_neighbours", "preferential_attachment", "worked_before", "years_apart", "years_idle")
    return table.select(
        rank, pl.all().exclude("works"), pl.Series("reasons", reasons, pl.List(pl.String))
    ).with_columns(counts.cast(pl.Int64))  # fmt: skip


def _common(features: PairFeatures, u: int, v: int) -> Ints:
    """Return the common partners of two members, those with the fewest partners first."""
    ties = features.links.ties
    rows = [ties.indices[ties.indptr[node] : ties.indptr[node + 1]] for node in (u, v)]
    shared = np.intersect1d(*rows)
    result: Ints = shared[np.lexsort((shared, features.links.degree[shared]))].astype(np.int64)
    return result


def _reasons(network: Network, features: PairFeatures, u: int, v: int, since: int | None) -> list[str]:
    """Return in words what speaks for a tie of two members."""
    nodes, says = network.nodes, []
    if len(shared := _common(features, u, v)):
        names = ", ".join(nodes["label"].gather(shared[:_NAMED]))
        more = ", …" if len(shared) > _NAMED else ""
        says.append(f"{len(shared)} common partner{'s' if len(shared) > 1 else ''}: {names}{more}")
    one, other = (nodes.row(node, named=True) for node in (u, v))
    if since is not None:
        tie = network.edges.filter((pl.col("source") == one["node"]) & (pl.col("target") == other["node"]))
        if tie.height:
            says.append(f"worked together until {tie['last_year'].item()}")
    if both := sorted(set(one["countries"]) & set(other["countries"])):
        says.append("both " + ", ".join(both))
    if both := sorted(set(one["roles"] or []) & set(other["roles"] or [])):
        says.append("both " + ", ".join(both))
    return says


def _why(prediction: Prediction, a: str, b: str) -> Reasons:
    network = prediction.network
    source, target = sorted((network.find(a), network.find(b)))
    if source == target:
        raise AvgraphError(f"{a!r} and {b!r} are the same member", "give two members")
    nodes = network.nodes
    features = PairFeatures(network)
    codes = [_place(network, node) for node in (source, target)]
    u, v = (np.array([code], dtype=np.int64) for code in codes)
    scores, content = features.scores(u, v), features.content(u, v)
    adds: list[float | None] = [None] * len(FEATURES)
    if prediction.model is not None:
        adds = prediction.model.regression.parts(design(scores, content))[0].tolist()
    values = {**scores, **content}
    table = pl.DataFrame(
        {"feature": FEATURES, "value": [float(values[name][0]) for name in FEATURES], "adds": adds},
        schema={"feature": pl.String(), "value": pl.Float64(), "adds": pl.Float64()},
    )
    score = score_pairs(features, u, v, prediction.method, prediction.model)
    rows = []
    for node in nodes["node"].gather(_common(features, int(u[0]), int(v[0]))):
        row: dict[str, Any] = {"node": node}
        for end, member in (("source", source), ("target", target)):
            tie = network.edge(member, node)
            row |= {f"{end}_works": tie.works["label"].to_list(), f"{end}_claims": list(tie.claims)}
        rows.append(row)
    texts = pl.List(pl.String())
    partners = pl.DataFrame(
        rows,
        schema={"node": pl.String(), "source_works": texts, "source_claims": texts, "target_works": texts,
                "target_claims": texts},
    )  # fmt: skip
    partners = partners.join(nodes.select("node", "label", "country", "degree"), on="node", maintain_order="left")
    labels = nodes["label"].gather(codes)
    return Reasons(
        source, target, labels[0], labels[1], prediction.method, float(score[0]),
        table if prediction.model is None else table.sort("adds", "feature", descending=[True, False]),
        partners.select("node", "label", "country", "degree", "source_works", "source_claims", "target_works",
                        "target_claims"),
    )  # fmt: skip
