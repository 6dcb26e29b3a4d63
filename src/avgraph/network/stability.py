"""How stable communities are: over seeds and orders of the nodes, with the division most runs agree on."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from avgraph.errors import AvgraphError
from avgraph.network.agreement import (
    adjusted_mutual_information,
    adjusted_rand_index,
    normalized_mutual_information,
)
from avgraph.network.communities import Communities, communities_of
from avgraph.network.engine import Engine
from avgraph.network.html import html_table
from avgraph.network.matrix import Ints, component_labels

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network

__all__ = ["CommunityStability", "community_stability"]

# Ties whose ends are together in fewer of the runs do not count for the consensus.
_THRESHOLD = 0.5
# Runs on the consensus of runs are alike after two or three rounds.
_ROUNDS = 10
_NAMED = 3


@dataclass(frozen=True, eq=False)
class CommunityStability:
    """How far many runs of the search for communities agree, and the division they agree on.

    Attributes
    ----------
    consensus
        The division that most runs agree on, as :meth:`Network.communities` returns one.
    table
        `node`, `label`, `country`, `community` (of the consensus), `stays`: share of the runs in which the member is in
        the group that holds most of its community; `together`: mean share of the rest of its community that is with it
        in a run; both 0 to 1, null for a community of one; `inside`: sum of the weights of its ties within its
        community. Sorted by node.
    groups
        One row per community: `community`, `name` (its most typical members: those with most weight inside), `n_nodes`,
        `stays` and `together` (means over its members), `countries` (the first five, with counts), `members` (the
        five most typical).
    nmi, ari, ami
        Mean agreement of two runs over the members with ties: normalized mutual information, adjusted Rand index,
        adjusted mutual information; None with one run or no tie.
    modularity
        Lowest, mean and highest modularity of the runs; None without ties.
    n_communities
        Fewest and most communities of a run, members without ties among them.
    nmi_country, ari_country, ami_country
        Agreement of the consensus with the first country of the members where it is known; None below two of them.
    p_country
        Share of `n_permutations` shuffles of the countries among these members (and the division itself) that agree as
        well or better: small where communities follow countries; None where nothing is compared.
    n_country
        Number of members whose country is known.
    n, seed, resolution, n_permutations
        How it was done.
    n_rounds
        Rounds after which the runs agreed on the consensus.
    """

    consensus: Communities
    table: pl.DataFrame
    groups: pl.DataFrame
    nmi: float | None
    ari: float | None
    ami: float | None
    modularity: tuple[float, float, float] | None
    n_communities: tuple[int, int]
    nmi_country: float | None
    ari_country: float | None
    ami_country: float | None
    p_country: float | None
    n_country: int
    n: int
    seed: int
    resolution: float
    n_permutations: int
    n_rounds: int

    def __str__(self) -> str:
        parts = [f"{len(self.consensus)} communities on which {self.n} runs agree (Leiden, seeds from {self.seed})"]
        if self.nmi is not None:
            parts.append(f"two runs agree: NMI {self.nmi:.3f}, ARI {self.ari:.3f}, AMI {self.ami:.3f}")
        if self.p_country is not None:
            parts.append(
                f"agreement with country: NMI {self.nmi_country:.3f}, ARI {self.ari_country:.3f}, "
                f"AMI {self.ami_country:.3f} (p = {self.p_country:.3g})"
            )
        return "; ".join(parts)

    def __repr__(self) -> str:
        return f"<CommunityStability: {self}>"

    def _repr_html_(self) -> str:
        return html_table(self.groups.select("name", "n_nodes", "stays", "together", "countries"), str(self))


def community_stability(
    network: Network, n: int = 20, *, seed: int = 7, resolution: float = 1.0, n_permutations: int = 999
) -> CommunityStability:
    """Return the stability of :meth:`Network.community_stability <avgraph.network.Network.community_stability>`."""
    if n < 1 or n_permutations < 1:
        raise AvgraphError(f"n is {n} and n_permutations is {n_permutations}", "give numbers of at least 1")
    if not resolution > 0:
        raise AvgraphError(f"the resolution is {resolution}", "give a number above 0; 1 is the usual one")
    matrix = network.matrix
    runs = _runs(matrix, n, seed, resolution)
    found, n_rounds = _consensus(matrix, runs, seed, resolution)
    consensus = communities_of(network, found, seed, resolution)
    tied = np.flatnonzero(np.diff(matrix.indptr))
    pairs = [(a[tied], b[tied]) for a, b in combinations(runs, 2)] if len(tied) else []
    values = [communities_of(network, run, seed, resolution).modularity for run in runs]
    known = [value for value in values if value is not None]
    sizes = [len(np.unique(run)) for run in runs]
    table = _members(network, consensus, runs)
    p_country, ami_country = _countries(table, seed, n_permutations)
    return CommunityStability(
        consensus=consensus, table=table, groups=_groups(consensus, table),
        nmi=_mean([normalized_mutual_information(*pair) for pair in pairs]),
        ari=_mean([adjusted_rand_index(*pair) for pair in pairs]),
        ami=_mean([adjusted_mutual_information(*pair) for pair in pairs]),
        modularity=(min(known), sum(known) / len(known), max(known)) if known else None,
        n_communities=(min(sizes), max(sizes)),
        nmi_country=consensus.nmi_country, ari_country=consensus.ari_country, ami_country=ami_country,
        p_country=p_country, n_country=consensus.n_country, n=n, seed=seed, resolution=resolution,
        n_permutations=n_permutations, n_rounds=n_rounds,
    )  # fmt: skip


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _runs(matrix: Any, n: int, seed: int, resolution: float) -> list[Ints]:
    """Return the group of each node in `n` runs, each with a seed and an order of the nodes of its own."""
    rng = np.random.default_rng(seed)
    runs = []
    for run in range(n):
        order = rng.permutation(matrix.shape[0])
        shuffled = csr_array(matrix[order][:, order])
        shuffled.sort_indices()
        group = np.empty(len(order), dtype=np.int64)
        group[order] = Engine(shuffled).leiden(seed + run, resolution)
        runs.append(group)
    return runs


def _consensus(matrix: Any, runs: list[Ints], seed: int, resolution: float) -> tuple[Ints, int]:
    """Return the division that most runs agree on, and after how many rounds they did.

    A tie is weighed by the share of the runs in which its ends are together, and dropped below one half; communities
    are searched for again in that network, until all runs say the same of every tie.  Only ties are looked at, never
    all pairs, so that it takes no more memory than the network.

    References
    ----------
    .. [1] A. Lancichinetti and S. Fortunato, "Consensus clustering in complex networks", Scientific Reports 2, 336
           (2012).
    .. [2] A. Tandon, A. Albeshri, V. Thayananthan, W. Alhalabi and S. Fortunato, "Fast consensus clustering in complex
           networks", Physical Review E 99, 042301 (2019).
    """
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    column = matrix.indices
    for n_round in range(1, _ROUNDS + 1):
        share = sum((run[row] == run[column]).astype(np.float64) for run in runs) / len(runs)
        share = np.asarray(share, dtype=np.float64)
        kept = share >= _THRESHOLD
        agreed = csr_array((share[kept], (row[kept], column[kept])), shape=matrix.shape)
        agreed.sort_indices()
        if ((share == 0) | (share == 1)).all():
            break
        runs = _runs(agreed, len(runs), seed + n_round * len(runs), resolution)
    return component_labels(agreed), n_round


def _members(network: Network, consensus: Communities, runs: list[Ints]) -> pl.DataFrame:
    """Return the table of members of :class:`CommunityStability`."""
    community = consensus.table["community"].to_numpy()
    matrix = network.matrix
    n = len(community)
    size = np.bincount(community, minlength=1)[community] if n else np.zeros(0, dtype=np.int64)
    stays, together = np.zeros(n), np.zeros(n)
    for run in runs:
        # How many of each community each group of the run holds.
        cell, where, count = np.unique(community * (n + 1) + run, return_inverse=True, return_counts=True)
        most = np.zeros(n, dtype=np.int64)
        np.maximum.at(most, cell // (n + 1), count)
        stays += count[where] == most[community]
        together += np.divide(count[where] - 1, size - 1, out=np.zeros(n), where=size > 1)
    row = np.repeat(np.arange(n), np.diff(matrix.indptr))
    same = community[row] == community[matrix.indices]
    inside = np.bincount(row[same], matrix.data[same], n).astype(np.float64)
    alone = pl.Series("alone", size < 2, pl.Boolean)
    shares = [
        pl.Series("stays", stays / len(runs), pl.Float64),
        pl.Series("together", together / len(runs), pl.Float64),
    ]
    return consensus.table.with_columns(
        *(pl.when(~alone).then(share).alias(share.name) for share in shares), pl.Series("inside", inside, pl.Float64)
    )


def _groups(consensus: Communities, table: pl.DataFrame) -> pl.DataFrame:
    """Return the table of communities of :class:`CommunityStability`."""
    typical = table.sort(pl.col("inside").round_sig_figs(12), "node", descending=[True, False])
    said = typical.group_by("community").agg(
        pl.col("label").head(_NAMED).str.join(", ").alias("name"), pl.col("label").head(5).alias("members"),
        pl.mean("stays"), pl.mean("together"),
    )  # fmt: skip
    overview = consensus.overview().drop("members").join(said, on="community", how="left").sort("community")
    return overview.select("community", "name", "n_nodes", "stays", "together", "countries", "members")


def _countries(table: pl.DataFrame, seed: int, n_permutations: int) -> tuple[float | None, float | None]:
    """Return the permutation p-value of the agreement with the countries, and the adjusted mutual information.

    Shuffling keeps the sizes of the groups, so mutual information, however normalized, falls exactly where the entropy
    of both together rises.

    References
    ----------
    .. [1] B. Phipson and G. K. Smyth, "Permutation p-values should never be zero", Statistical Applications in
           Genetics and Molecular Biology 9, 39 (2010).
    """
    known = table.drop_nulls("country").select("community", pl.col("country").rank("dense").cast(pl.Int64))
    if known.height < 2:
        return None, None
    community, country = known["community"].to_numpy(), known["country"].to_numpy()
    width = int(country.max()) + 1

    def information(labels: Ints) -> float:
        count = np.unique(community * width + labels, return_counts=True)[1]
        return float(np.sort(count * np.log(count)).sum())

    rng = np.random.default_rng(seed)
    # A hair of tolerance: the same counts in another order must not count as worse.
    least = information(country) - 1e-9
    better = sum(information(rng.permutation(country)) >= least for _ in range(n_permutations))
    return (better + 1) / (n_permutations + 1), adjusted_mutual_information(community, country)
