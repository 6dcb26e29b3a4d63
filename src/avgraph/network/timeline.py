"""What can be asked of a network about time; the methods of :class:`~avgraph.network.Network` on years."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from avgraph.network.methods import Methods

if TYPE_CHECKING:
    import polars as pl

    from avgraph.network.collaboration import Network
    from avgraph.network.success import Association

__all__ = ["Timeline"]


class Timeline(Methods):
    """The methods of :class:`~avgraph.network.Network` that look at years.

    Rows without a year take part in none of them; the tables say how many there are.
    """

    def windows(self, width: int = 7, step: int = 1) -> Iterator[Network]:
        """Return the networks of rolling windows of years, the earliest first [1]_.

        Each is projected, as this network was, from the rows of its years; a work with rows of several years is in
        each window that has one of them. A half-life counts age from the end of the window.

        Parameters
        ----------
        width
            Years of a window.
        step
            Years from one window to the next, 1 to `width`. The last window ends with the last year; the first
            years may be in no window where `step` is above 1.

        Raises
        ------
        AvgraphError
            If no work has a year, no window fits, or `step` is not from 1 to `width`.

        References
        ----------
        .. [1] S. Juhász, G. Tóth and B. Lengyel, "Brokering the core and the periphery: creative success and
               collaboration networks in the film industry", PLOS ONE 15(2), e0229436 (2020).
        """
        from avgraph.network.evolution import windows

        return windows(self._network, width, step)

    def evolution(self, width: int = 7, step: int = 1, *, communities: bool = False, seed: int = 7) -> pl.DataFrame:
        """Return how the network changes from one window of years to the next.

        Parameters
        ----------
        width, step
            The windows, see :meth:`windows`; with a width of 1, single years.
        communities, seed
            Whether to look for communities in each window, and with which seed.

        Returns
        -------
        polars.DataFrame
            One row per window, the earliest first. What needs earlier years is null in the first window, whose
            members and ties may be older than the data.

            `first_year`, `last_year`, `nodes`, `edges`, `works`, `density`, `mean_degree`, `giant_share`,
            `transitivity`, `average_clustering`
                Of the window, as :meth:`~avgraph.network.Network.summary` defines them.
            `communities`, `modularity`
                Null if not asked for.
            `born`, `revived`, `persisting`, `dissolved`
                Ties that are in no earlier window; not in the one before but in an earlier one; also in the one
                before; and ties of the one before that are gone.
            `jaccard_ties`, `jaccard_members`
                Ties (members) of both this window and the one before over those of either, 0 to 1 [1]_.
            `newcomers`, `incumbents`, `leavers`
                Members that are in no earlier window; in an earlier one; and members of the one before that are gone.
            `links`
                Pairs of members in the works of the last `step` years of the window, each work counted.
            `newcomer_newcomer`, `newcomer_incumbent`, `incumbent_incumbent`, `repeated`
                Shares of those links, 0 to 1, adding up to 1: between two members without a work in earlier years,
                one of them, two who had worked but not together, and two who had worked together [2]_.

        Raises
        ------
        AvgraphError
            As :meth:`windows`.

        References
        ----------
        .. [1] T. A. B. Snijders, G. G. van de Bunt and C. E. G. Steglich, "Introduction to stochastic actor-based
               models for network dynamics", Social Networks 32, 44-60 (2010).
        .. [2] R. Guimerà, B. Uzzi, J. Spiro and L. A. N. Amaral, "Team assembly mechanisms determine collaboration
               network structure and team performance", Science 308, 697-702 (2005).
        """
        from avgraph.network.evolution import evolution

        return evolution(self._network, width, step, communities=communities, seed=seed)

    def tie_years(self) -> pl.DataFrame:
        """Return the years in which ties are active: `source`, `target`, `year`, `n_works`, `weight`; sorted.

        A work of several years gives each an equal part of its weight. Works without a year are left out.
        """
        from avgraph.network.activity import tie_years

        return tie_years(self._network)

    def tie_lives(self, *, silence_years: int = 5) -> pl.DataFrame:
        """Return when each tie was active, and whether it may yet go on.

        Parameters
        ----------
        silence_years
            Years without a joint work after which a tie is taken as ended.

        Returns
        -------
        polars.DataFrame
            Sorted by `n_works`, then the ends: `source`, `target`, `first_year`, `last_year`, `n_works`,
            `n_undated` (joint works without a year), `n_years` (active ones), `n_gaps` (runs of years without a
            joint work between two active years), `longest_gap` (its years, 0 without a gap), `censored` (the
            years observed end before `silence_years` of silence are over). Null where no year is known.
        """
        from avgraph.network.lives import tie_lives

        return tie_lives(self._network, silence_years=silence_years)

    def tie_survival(self, *, silence_years: int = 5, confidence: float = 0.95) -> pl.DataFrame:
        """Return how many ties still live a number of years after their first joint work [1]_.

        A tie lives from its first to its last joint work before a silence of `silence_years`; what comes after it is
        a new life, and not counted. The last `silence_years` years observed only serve to tell which ties have
        ended: a tie that still lives before them is censored there, and one that began in them is left out.

        Parameters
        ----------
        silence_years
            Years without a joint work that end a tie.
        confidence
            Of the interval, 0 to 1.

        Returns
        -------
        polars.DataFrame
            `years` (0, 1, … after the first joint work), `at_risk` (ties that live then), `ended` (ties that live
            no longer), `censored`, `survival` (probability to live longer than `years`, 0 to 1), `std_error`
            (Greenwood [2]_), `low` and `high` (its interval on the scale of log(-log)). The last three are null
            where the survival is 0 or 1.

        Raises
        ------
        AvgraphError
            If the years observed are too few for `silence_years`, or the confidence is not between 0 and 1.

        References
        ----------
        .. [1] E. L. Kaplan and P. Meier, "Nonparametric estimation from incomplete observations", Journal of the
               American Statistical Association 53, 457-481 (1958).
        .. [2] M. Greenwood, "The natural duration of cancer", Reports on Public Health and Medical Subjects 33,
               HMSO (1926).
        """
        from avgraph.network.lives import tie_survival

        return tie_survival(self._network, silence_years=silence_years, confidence=confidence)

    def repeats(self, *, confidence: float = 0.95) -> pl.DataFrame:
        """Return how often partners work together again, by the number of works they have in common [1]_.

        Works are dated by their first year.

        Parameters
        ----------
        confidence
            Of the interval, 0 to 1.

        Returns
        -------
        polars.DataFrame
            `n_former` (1, 2, …), `n_pairs` (pairs that came to have so many joint works), `n_again` (those among
            them with one more), `again` (their share, 0 to 1: too low, since some will come back after the last
            year), `pair_years` (years lived through by pairs with exactly `n_former` joint works before them),
            `repeats` (those with a joint work), `per_year` (their share, 0 to 1: the probability to work together in
            a year), `low`, `high` (Wilson's interval [2]_, which takes years as independent). Null where no such
            year was observed.

        References
        ----------
        .. [1] M. E. J. Newman, "Clustering and preferential attachment in growing networks", Physical Review E 64,
               025102 (2001).
        .. [2] E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the
               American Statistical Association 22, 209-212 (1927).
        """
        from avgraph.network.lives import repeats

        return repeats(self._network, confidence=confidence)

    def careers(self) -> pl.DataFrame:
        """Return when and how much each member was active.

        Returns
        -------
        polars.DataFrame
            Sorted by `n_works`, then `node`: `node`, `label`, `country`, `first_year`, `last_year`, `n_works`,
            `n_undated` (works without a year), `n_years` (with a work), `longest_gap` (most years in a row
            without a work between two works), `works_per_active_year` (dated works over `n_years`), `n_partners`,
            `new_partners_per_work` (partners over works). Null where no year is known.
        """
        from avgraph.network.careers import careers

        return careers(self._network)

    def career_years(self) -> pl.DataFrame:
        """Return the careers year by year.

        Returns
        -------
        polars.DataFrame
            One row per member and year with a work, sorted: `node`, `label`, `year`, `career_year` (0 is the
            first), `n_works`, `new_partners` (met in that year), `n_partners` (met so far), `roles` (sorted). Works
            and partners without a year are in none.
        """
        from avgraph.network.careers import career_years

        return career_years(self._network)

    def cohorts(self) -> pl.DataFrame:
        """Return, of the members who began in the same year, how many are still active later.

        Returns
        -------
        polars.DataFrame
            Sorted: `cohort` (first year), `n_members`, `years` (0, 1, … up to the last year observed), `n_active`
            (with a work in just that year), `n_remaining` (with a work in that year or later: too few near the last
            year, after which some come back), and both as a share of `n_members`, 0 to 1: `active`, `remaining`.
            Members without a year are in none.
        """
        from avgraph.network.careers import cohorts

        return cohorts(self._network)

    def success(
        self,
        measure: str | Callable[[Network], Any],
        outcomes: pl.DataFrame | None = None,
        *,
        width: int = 7,
        step: int = 1,
        active_only: bool = False,
        n_permutations: int = 999,
        seed: int = 7,
    ) -> Association:
        """Return how a measure of position goes together with what members achieve in the years after [1]_ [2]_.

        For each window of years, the members' values are compared with their outcomes in the `step` years after it,
        by Spearman's rank correlation; outcomes are shuffled among the members of a window for the test. A member is
        one observation in each window, and windows share works where `step` is below `width`: the p value then takes
        for independent what is not, and is too small.

        Parameters
        ----------
        measure
            A name that :meth:`~avgraph.network.Network.rank` knows, or a function of a network that returns one
            number per node, in the order of ``nodes``; members for whom that is None or NaN are left out.
        outcomes
            `member` (IRI), `year`, `value` (1 if there is no such column); added up over the years, 0 for members
            without a row. None: the number of works.
        width, step
            The windows, see :meth:`windows`.
        active_only
            Compare only members with a work in the years of the outcome.
        n_permutations, seed
            Of the test.

        Raises
        ------
        AvgraphError
            If the table of outcomes lacks a column or holds what is no number, the measure is unknown or does not give
            one number per node, or there are fewer than two windows.

        References
        ----------
        .. [1] G. Cattani and S. Ferriani, "A core/periphery perspective on individual creative performance: social
               networks and cinematic achievements in the Hollywood film industry", Organization Science 19, 824-844
               (2008).
        .. [2] S. Juhász, G. Tóth and B. Lengyel, "Brokering the core and the periphery: creative success and
               collaboration networks in the film industry", PLOS ONE 15(2), e0229436 (2020).
        """
        from avgraph.network.success import success

        return success(
            self._network, measure, outcomes, width=width, step=step, active_only=active_only,
            n_permutations=n_permutations, seed=seed,
        )  # fmt: skip
