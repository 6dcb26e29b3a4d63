"""What a network says beyond what is in it: who may be tied next, and how sure rankings and communities are."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from avgraph.network.methods import Methods

if TYPE_CHECKING:
    from avgraph.network.brokerintervals import BrokerageIntervals
    from avgraph.network.groups import By
    from avgraph.network.holdout import PredictionTest
    from avgraph.network.measures import Measure
    from avgraph.network.prediction import Prediction
    from avgraph.network.stability import CommunityStability
    from avgraph.network.uncertainty import Of, RankIntervals

__all__ = ["Inference"]


class Inference(Methods):
    """The methods of :class:`~avgraph.network.Network` that infer; they stand apart so that files stay short."""

    def community_stability(
        self, n: int = 20, *, seed: int = 7, resolution: float = 1.0, n_permutations: int = 999
    ) -> CommunityStability:
        """Search for communities `n` times, with other seeds and node orders, and return what the runs agree on.

        Parameters
        ----------
        n
            Number of runs of the Leiden method.
        seed
            Seed of the first run, of the orders and of the permutations.
        resolution
            Above 1, smaller communities are favoured.
        n_permutations
            Shuffles of the countries that the p-value of their agreement with the communities is counted from.
        """
        from avgraph.network.stability import community_stability

        return community_stability(self._network, n, seed=seed, resolution=resolution, n_permutations=n_permutations)

    def rank_intervals(
        self,
        measure: Measure,
        n: int = 200,
        level: float = 0.95,
        *,
        of: Of = "both",
        top: int = 10,
        k: int | None = None,
        seed: int = 7,
    ) -> RankIntervals:
        """Rank the members by a measure, with intervals from `n` resamples of the claims and works.

        A resample of works holds 63 of 100 different ones on average: counts of partners come out lower there than
        they are, for all members alike, so it is the ranks that are to be read. Members are nodes in each resample.

        Parameters
        ----------
        measure
            As in :meth:`rank`.
        n, level
            Number of resamples, and the share of them within an interval.
        of
            ``"claims"``: each claim is kept with the probability that it is right (its confidence; always, where it has
            none), all its rows together. ``"works"``: as many works as there are, drawn with replacement. ``"both"``.
        top
            Number of first ranks that `share_top` of the table looks at.
        k
            Sources of betweenness and closeness, as in :meth:`rank`.
        seed
            Seed of the draws.

        Raises
        ------
        AvgraphError
            If there is no such measure, or an argument makes no sense.

        References
        ----------
        .. [1] B. Efron, "Bootstrap methods: another look at the jackknife", Annals of Statistics 7, 1-26 (1979).
        .. [2] T. A. B. Snijders and S. P. Borgatti, "Non-parametric standard errors and tests for network statistics",
               Connections 22(2), 161-170 (1999).
        """
        from avgraph.network.uncertainty import rank_intervals

        return rank_intervals(self._network, measure, n, level, of=of, top=top, k=k, seed=seed)

    def brokerage_intervals(
        self,
        by: By = "country",
        n: int = 200,
        level: float = 0.95,
        *,
        between: tuple[str, str] | None = None,
        of: Of = "both",
        top: int = 10,
        seed: int = 7,
    ) -> BrokerageIntervals:
        """Count the open triads of brokers [1]_, with intervals from `n` resamples of the claims and works [2]_.

        An open triad needs two ties, and a resample of works holds 63 of 100 different ones on average: counts come out
        lower there than they are, for all members alike. Of ``"works"`` and ``"both"`` read the ranks; the interval of
        ``"claims"`` says how far a count hangs on doubted claims. Members keep their groups in each resample.

        Parameters
        ----------
        by, between
            As in :meth:`brokerage`.
        n, level, of, top, seed
            As in :meth:`rank_intervals`.

        Raises
        ------
        AvgraphError
            If there are no such groups, or an argument makes no sense.

        References
        ----------
        .. [1] R. V. Gould and R. M. Fernandez, "Structures of mediation: a formal approach to brokerage in
               transaction networks", Sociological Methodology 19, 89-126 (1989).
        .. [2] B. Efron, "Bootstrap methods: another look at the jackknife", Annals of Statistics 7, 1-26 (1979).
        """
        from avgraph.network.brokerintervals import brokerage_intervals

        return brokerage_intervals(self._network, by, n, level, between=between, of=of, top=top, seed=seed)

    def predict(
        self,
        top: int | None = 20,
        method: str = "combined",
        member: str | None = None,
        *,
        since: int | None = None,
        horizon: int | None = None,
        seed: int = 7,
    ) -> Prediction:
        """Rank the pairs that have no tie yet by what speaks for one.

        Looked at are all pairs with a common partner, a sample of 1,000 others, and all pairs of the 64 members with
        most partners; with `member`, all pairs of that member.

        Parameters
        ----------
        top
            Return only so many pairs; None: all that are looked at.
        method
            A score of :mod:`avgraph.network.linkscores`, such as ``"adamic_adar"``, or ``"combined"``: a logistic
            regression on all of them and on countries, roles, kinds and years of work, learnt from which pairs known
            earlier came to be tied in the last years. It needs years.
        member
            Only pairs of this member, by IRI or label.
        since
            Also pairs whose last joint work is earlier than this year; None: only pairs never tied.
        horizon
            Number of last years whose new ties the combination learns from; None: a fifth of the years.
        seed
            Seed of the samples of pairs.

        Raises
        ------
        NotFoundError
            If there is no such member.
        AvgraphError
            If there is no such method, or nothing can be learnt; an argument makes no sense.

        References
        ----------
        .. [1] D. Liben-Nowell and J. Kleinberg, "The link-prediction problem for social networks", Journal of the
               American Society for Information Science and Technology 58, 1019-1031 (2007).
        """
        from avgraph.network.prediction import predict

        return predict(self._network, top, method, member, since=since, horizon=horizon, seed=seed)

    def evaluate_prediction(
        self,
        hold_out: tuple[int, int] | float = 0.2,
        methods: Collection[str] | None = None,
        *,
        core: int = 1,
        k: int | None = None,
        max_pairs: int = 1_000_000,
        level: float = 0.95,
        seed: int = 7,
    ) -> PredictionTest:
        """Hold out the last years and measure how well each method foretells the new ties in them.

        Intervals are DeLong's for the AUC and those of 500 resamples of pairs for the precision. Both take pairs as
        independent; pairs that share a member are not, so they are somewhat too short.

        Parameters
        ----------
        hold_out
            First and last year held out, or the share of the years, counted from the end.
        methods
            Those of :meth:`predict`; None: all.
        core
            Only pairs of members with so many ties before and within the held-out years [1]_; 0: pairs of all members
            known before, as :meth:`predict` has them.
        k
            First pairs that precision looks at; None: as many as new ties came.
        max_pairs
            From more pairs, those that did not come to be tied are drawn at random, so many; precision is then an
            estimate.
        level, seed
            Level of the intervals, and seed of the samples.

        Raises
        ------
        AvgraphError
            If the years cannot be held out, no new tie came in them, or an argument makes no sense.

        References
        ----------
        .. [1] D. Liben-Nowell and J. Kleinberg, "The link-prediction problem for social networks", Journal of the
               American Society for Information Science and Technology 58, 1019-1031 (2007).
        """
        from avgraph.network.holdout import evaluate_prediction

        return evaluate_prediction(
            self._network, hold_out, methods, core=core, k=k, max_pairs=max_pairs, level=level, seed=seed
        )
