"""The methods of a network that tell how its members stand to each other: brokers, core, dependence, backbone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avgraph.network.methods import Methods

if TYPE_CHECKING:
    import polars as pl

    from avgraph.network.collaboration import Network
    from avgraph.network.coreness import Coreness
    from avgraph.network.groups import By
    from avgraph.network.inward import EIIndex

__all__ = ["Standing"]


class Standing(Methods):
    """Part of :class:`~avgraph.network.Network`, kept apart for its length."""

    def brokerage(self, by: By = "country", *, between: tuple[str, str] | None = None) -> pl.DataFrame:
        """Return who stands between members that are not tied, in the roles of Gould and Fernandez [1]_.

        See :mod:`avgraph.network.brokerage` for the roles. Members of unknown group are left out.

        Parameters
        ----------
        by
            A column of `nodes`, or the group of each member by IRI.
        between
            Count only open triads that lead from the one group to the other, as ``("BE", "LU")``.

        Returns
        -------
        polars.DataFrame
            `node`, `label`, `group`, `triads` (open triads), the number of them in each role, and for each role
            `…_expected` and `…_z`: its exact expectation, and the distance from that in standard deviations, where
            the groups are dealt out to the members at random (z is null where the number cannot vary). Or, between
            two groups, one row for each broker (of known group or not): `node`, `label`, `group`, `role`, `triads`,
            `first_partners` and `second_partners` of either group, `works` and `claims` of the ties to them (lists of
            IRIs, sorted). Most triads first, then by node.

        Raises
        ------
        AvgraphError
            If there are no such groups.

        References
        ----------
        .. [1] R. V. Gould and R. M. Fernandez, "Structures of mediation: a formal approach to brokerage in
               transaction networks", Sociological Methodology 19, 89-126 (1989).
        """
        from avgraph.network.brokerage import brokerage, brokers_between

        return brokerage(self._network, by) if between is None else brokers_between(self._network, *between, by)

    def ei_index(self, by: By = "country", *, permutations: int = 999, seed: int = 7) -> EIIndex:
        """Return the E-I index [1]_ of the network, its groups and members, with a permutation test.

        Parameters
        ----------
        by
            A column of `nodes`, or the group of each member by IRI. Ties of members of unknown group do not count.
        permutations, seed
            How many times the groups are dealt out to the members at random, and how.

        Raises
        ------
        AvgraphError
            If there are no such groups, or no permutations.

        References
        ----------
        .. [1] D. Krackhardt and R. N. Stern, "Informal networks and organizational crises: an experimental
               simulation", Social Psychology Quarterly 51, 123-140 (1988).
        """
        from avgraph.network.inward import ei_index

        return ei_index(self._network, by, permutations=permutations, seed=seed)

    def partner_matrix(self, by: By = "country") -> pl.DataFrame:
        """Return how many works the members of each two groups have in common.

        Parameters
        ----------
        by
            A column of `nodes`, or the group of each member by IRI. Members of unknown group are left out.

        Returns
        -------
        polars.DataFrame
            `group`, `partner` (not before `group` in the alphabet; the same where two of its members share a work),
            `n_works` (works with a member of either). Most works first, then by the groups.

        Raises
        ------
        AvgraphError
            If there are no such groups.
        """
        from avgraph.network.groups import partner_matrix

        return partner_matrix(self._network, by)

    def coreness(self) -> Coreness:
        """Return how near each member is to the core, by the continuous model of Borgatti and Everett (2000).

        See :func:`avgraph.network.coreness.fit_core` for how it is found.
        """
        from avgraph.network.coreness import coreness

        return coreness(self._network)

    def concentration(self) -> pl.DataFrame:
        """Return how far each member leans on few partners, and how often on the lead of others.

        Returns
        -------
        polars.DataFrame
            `node`, `label`, `country`, `n_partners`; `hhi`, the sum of the squared shares of its partners in its
            strength [1]_, above 0 up to 1; `hhi_normalised`, 0 for equal shares and 1 for a single one (null below
            two partners); `effective_partners` (1/HHI); `largest_partner` and `largest_share`, 0 to 1. Of joint works
            where it is known who leads: `n_stated`, `n_minority` where another has a larger share, and their ratio
            `minority_ratio`, 0 to 1. Shares count where all members of the work have one; else the roles: `majority`,
            `delegate` and `parity` lead, `minority` does not, nor does `co-producer` where another leads. Null where
            nothing can be said; the most concentrated first, then by node.

        References
        ----------
        .. [1] A. O. Hirschman, "The paternity of an index", American Economic Review 54, 761-762 (1964).
        """
        from avgraph.network.concentration import concentration

        return concentration(self._network)

    def dependence(self) -> pl.DataFrame:
        """Return how unequally the two ends of each tie depend on it.

        Returns
        -------
        polars.DataFrame
            `member` (of the two the one of less strength) and `partner` with their labels, `weight`, `n_works`,
            `share` of the partner in the member's strength, `partner_share` of the member in the partner's, and
            `asymmetry`, their difference, from 0 to 1. The most asymmetric first, then by member and partner.
        """
        from avgraph.network.concentration import dependence

        return dependence(self._network)

    def disparity(self) -> pl.DataFrame:
        """Return how significant each tie is for its two ends.

        Returns
        -------
        polars.DataFrame
            `source`, `target`, `weight`, `n_works`, `alpha_source` and `alpha_target`: the probability, 0 to 1, that
            one of k ties holds so large a share p of a member's strength if that is divided at random, (1-p)^(k-1);
            null where k is 1. `alpha` is the smaller of the two, null between two members who have only each other.
            The most significant first, then by source and target.
        """
        from avgraph.network.disparity import disparity

        return disparity(self._network)

    def backbone(self, alpha: float = 0.05) -> Network:
        """Return the same members with those ties alone that are significant for either end: the disparity filter [1]_.

        Parameters
        ----------
        alpha
            Level of significance, above 0 and up to 1. A member with one tie keeps it only where it is significant
            for the other end. Of a network that is a backbone already, the ties it has are judged again.

        Raises
        ------
        AvgraphError
            If alpha is not such a number.

        References
        ----------
        .. [1] M. Á. Serrano, M. Boguñá and A. Vespignani, "Extracting the multiscale backbone of complex weighted
               networks", PNAS 106, 6483-6488 (2009).
        """
        from avgraph.network.disparity import backbone

        return backbone(self._network, alpha)
