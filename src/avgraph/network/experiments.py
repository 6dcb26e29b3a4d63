"""What is asked of a network by experiment: two-mode figures, null networks, and what is left without some members."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from avgraph.network.methods import Methods

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network
    from avgraph.network.cutpoints import CutPoints
    from avgraph.network.nullmodels import Null
    from avgraph.network.removal import Removal
    from avgraph.network.resilience import Resilience
    from avgraph.network.smallworld import SmallWorld
    from avgraph.network.twomodemeasures import TwoMode

__all__ = ["Experiments"]


class Experiments(Methods):
    """The methods of a :class:`~avgraph.network.Network` that lead here; not to be used by itself."""

    def two_mode(self) -> TwoMode:
        """Return clustering [1]_, [2]_, four-cycles and redundancy of members and works together, before projection.

        Which ties were left out by `min_weight` does not matter. Members without a share are not counted where shares
        weigh. Equal to NetworkX's `robins_alexander_clustering`, `latapy_clustering` and `node_redundancy`, but that
        what a member has too few works or partners for is null.

        References
        ----------
        .. [1] G. Robins and M. Alexander, "Small worlds among interlocking directors: network structure and distance
               in bipartite graphs", Computational & Mathematical Organization Theory 10, 69-94 (2004).
        .. [2] M. Latapy, C. Magnien and N. Del Vecchio, "Basic notions for the analysis of large two-mode networks",
               Social Networks 30, 31-48 (2008).
        """
        from avgraph.network.twomodemeasures import two_mode

        return two_mode(self._network)

    def null(self, *, seed: int = 7, n_rounds: int = 100) -> Network:
        """Return a network of the same works and members, shuffled: each keeps its number of members and of works.

        Parameters
        ----------
        seed
            Seed of the trades; one seed, one network.
        n_rounds
            Rounds of curveball trades, in each of which every work trades with one other; see
            :mod:`avgraph.network.nullmodels`.

        Returns
        -------
        Network
            Projected as this one. It has no roles, claims or shares: works are divided equally where shares weigh.

        Raises
        ------
        AvgraphError
            If `n_rounds` is below 1.
        """
        from avgraph.network.nullmodels import null_network

        return null_network(self._network, seed=seed, n_rounds=n_rounds)

    def small_world(
        self,
        *,
        n_nulls: int = 100,
        null: Null = "two-mode",
        level: float = 0.95,
        k: int | None = None,
        seed: int = 7,
    ) -> SmallWorld:
        """Compare clustering and path length of the largest component with null networks; Uzzi and Spiro's Q [1]_.

        Parameters
        ----------
        n_nulls
            How many null networks are drawn; intervals need some hundred.
        null
            ``"two-mode"`` keeps the works of each member and the members of each work [2]_, ``"one-mode"`` only the
            number of partners, which makes nearly every projection a small world.
        level
            Share of the nulls that an interval holds, 0 to 1.
        k
            Sources that steps are counted from. None: in the network as in :meth:`summary`; in nulls all, or 256 where
            members times ties times nulls are many. The result says which it was.
        seed
            Seed of nulls and sources.

        Raises
        ------
        AvgraphError
            If an argument makes no sense, or ties below a `min_weight` were left out of the network.

        References
        ----------
        .. [1] B. Uzzi and J. Spiro, "Collaboration and creativity: the small world problem", American Journal of
               Sociology 111, 447-504 (2005).
        .. [2] M. E. J. Newman, S. H. Strogatz and D. J. Watts, "Random graphs with arbitrary degree distributions and
               their applications", Physical Review E 64, 026118 (2001).
        """
        from avgraph.network.smallworld import small_world

        return small_world(self._network, n_nulls=n_nulls, null=null, level=level, k=k, seed=seed)

    def resilience(
        self, by: str = "random", *, recalculate: bool = False, step: int | None = None, n_runs: int = 20,
        level: float = 0.95, k: int | None = None, seed: int = 7,
    ) -> Resilience:  # fmt: skip
        """Return how the largest component shrinks while members are removed [1]_, and the robustness R [2]_.

        Parameters
        ----------
        by
            ``"random"``, or a measure of :meth:`rank`: the highest goes first; of equals the one with more partners,
            then by IRI.
        recalculate
            Calculate the measure again as members go.
        step
            Members removed between two calculations. None: 1 for degree and strength (up to 200,000 members), else a
            hundredth of the members.
        n_runs, level, seed
            Random orders, the share of them that an interval holds, and their seed.
        k
            Sources that betweenness and closeness are estimated from, as in :meth:`rank`.

        Raises
        ------
        AvgraphError
            If there is no such measure, or a number makes no sense.

        References
        ----------
        .. [1] R. Albert, H. Jeong and A.-L. Barabási, "Error and attack tolerance of complex networks", Nature 406,
               378-382 (2000).
        .. [2] C. M. Schneider et al., "Mitigation of malicious attacks on networks", PNAS 108, 3838-3841 (2011).
        """
        from avgraph.network.resilience import resilience

        return resilience(
            self._network, by, recalculate=recalculate, step=step, n_runs=n_runs, level=level, k=k, seed=seed
        )

    def cut_points(self) -> CutPoints:
        """Return the members (articulation points) and ties (bridges) without which a component falls apart.

        Exact and in linear time (Hopcroft and Tarjan 1973), with how many members each cuts off.
        """
        from avgraph.network.cutpoints import cut_points

        return cut_points(self._network)

    def without(
        self, members: str | Collection[str] = (), *, works: str | Collection[str] = (),
        roles: str | Collection[str] = (), with_works: bool = False, seed: int = 7,
    ) -> Removal:  # fmt: skip
        """Compare the network with what it would be without some members, works or roles.

        Parameters
        ----------
        members, works
            By IRI or, where it is unique, by label.
        roles
            Rows of these roles are taken out; members stay in their other roles.
        with_works
            Take out all works of the `members`, too: what if a fund stops, and its films are not made?
        seed
            Of the sources that steps are counted from in large networks.

        Raises
        ------
        AvgraphError
            If nothing is to be taken out.
        NotFoundError
            If there is no such member, work or role.
        """
        from avgraph.network.removal import without

        return without(self._network, members, works=works, roles=roles, with_works=with_works, seed=seed)
