"""Collaboration networks: projection of works onto their members, measures, communities, drawings, exports.

Everything here starts from a membership table (who took part in which work) and every edge leads back to
the works and claims it was counted from.  Importing this package is cheap: NetworkX, SciPy and Matplotlib
are imported when a function first needs them.

>>> import polars as pl
>>> from avgraph.network import project
>>> network = project(pl.DataFrame({"work": ["w1", "w1", "w2", "w2"], "member": ["a", "b", "a", "b"]}))
>>> network.edges.row(0, named=True)["weight"]
2.0
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from avgraph.network.agreement import (
        adjusted_mutual_information,
        adjusted_rand_index,
        normalized_mutual_information,
    )
    from avgraph.network.brokerintervals import BrokerageIntervals
    from avgraph.network.collaboration import Network
    from avgraph.network.communities import Communities
    from avgraph.network.coreness import Coreness
    from avgraph.network.cutpoints import CutPoints
    from avgraph.network.drawing import svg
    from avgraph.network.figures.change import (
        draw_evolution,
        draw_prediction_test,
        draw_resilience,
        draw_tie_survival,
    )
    from avgraph.network.figures.members import (
        draw_brokerage,
        draw_communities,
        draw_partner_matrix,
        draw_rank_intervals,
    )
    from avgraph.network.figures.paper import save_figure
    from avgraph.network.holdout import PredictionTest
    from avgraph.network.inward import EIIndex
    from avgraph.network.measures import MEASURES
    from avgraph.network.membership import MEMBERSHIP_SCHEMA, NODE_SCHEMA
    from avgraph.network.plot import draw
    from avgraph.network.positions import layout
    from avgraph.network.prediction import Prediction
    from avgraph.network.projection import project
    from avgraph.network.reading import read_membership
    from avgraph.network.removal import Removal
    from avgraph.network.resilience import Resilience
    from avgraph.network.smallworld import SmallWorld
    from avgraph.network.stability import CommunityStability
    from avgraph.network.success import Association
    from avgraph.network.summary import NetworkSummary
    from avgraph.network.tie import Tie
    from avgraph.network.twomode import bipartite
    from avgraph.network.twomodemeasures import TwoMode
    from avgraph.network.uncertainty import RankIntervals

_HOMES = {
    "MEASURES": "measures",
    "MEMBERSHIP_SCHEMA": "membership",
    "NODE_SCHEMA": "membership",
    "Association": "success",
    "BrokerageIntervals": "brokerintervals",
    "Communities": "communities",
    "CommunityStability": "stability",
    "Coreness": "coreness",
    "CutPoints": "cutpoints",
    "EIIndex": "inward",
    "Network": "collaboration",
    "NetworkSummary": "summary",
    "Prediction": "prediction",
    "PredictionTest": "holdout",
    "RankIntervals": "uncertainty",
    "Removal": "removal",
    "Resilience": "resilience",
    "SmallWorld": "smallworld",
    "Tie": "tie",
    "TwoMode": "twomodemeasures",
    "adjusted_mutual_information": "agreement",
    "adjusted_rand_index": "agreement",
    "bipartite": "twomode",
    "draw": "plot",
    "draw_brokerage": "figures.members",
    "draw_communities": "figures.members",
    "draw_evolution": "figures.change",
    "draw_partner_matrix": "figures.members",
    "draw_prediction_test": "figures.change",
    "draw_rank_intervals": "figures.members",
    "draw_resilience": "figures.change",
    "draw_tie_survival": "figures.change",
    "layout": "positions",
    "normalized_mutual_information": "agreement",
    "project": "projection",
    "read_membership": "reading",
    "save_figure": "figures.paper",
    "svg": "drawing",
}

__all__ = [
    "MEASURES",
    "MEMBERSHIP_SCHEMA",
    "NODE_SCHEMA",
    "Association",
    "BrokerageIntervals",
    "Communities",
    "CommunityStability",
    "Coreness",
    "CutPoints",
    "EIIndex",
    "Network",
    "NetworkSummary",
    "Prediction",
    "PredictionTest",
    "RankIntervals",
    "Removal",
    "Resilience",
    "SmallWorld",
    "Tie",
    "TwoMode",
    "adjusted_mutual_information",
    "adjusted_rand_index",
    "bipartite",
    "draw",
    "draw_brokerage",
    "draw_communities",
    "draw_evolution",
    "draw_partner_matrix",
    "draw_prediction_test",
    "draw_rank_intervals",
    "draw_resilience",
    "draw_tie_survival",
    "layout",
    "normalized_mutual_information",
    "project",
    "read_membership",
    "save_figure",
    "svg",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # No module may be called like a public name: importing it would put the module in the name's place.
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
