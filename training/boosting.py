"""Boosted trees on what speaks for proposals: fitted by LightGBM."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray

from avgraph.extraction.trees import Trees

#: One thread and no sampling: the same rows always give the same trees.
_SETTINGS = {
    "objective": "binary", "deterministic": True, "force_row_wise": True, "num_threads": 1, "verbosity": -1, "seed": 0,
    "min_data_in_leaf": 40, "lambda_l2": 10.0, "max_bin": 255, "feature_fraction": 1.0,
}  # fmt: skip


def fit_trees(
    names: Sequence[str],
    rows: NDArray[np.float32],
    labels: NDArray[np.bool_],
    *,
    n_trees: int,
    n_leaves: int,
    rate: float,
) -> Trees:
    """Return trees that give the logarithm of the odds of a label.

    Parameters
    ----------
    names
        The features.
    rows
        Shape (examples, features).
    labels
        Shape (examples,).
    n_trees, n_leaves, rate
        How many trees, of how many leaves at most, and how much each counts.
    """
    data = lightgbm.Dataset(rows.astype(np.float64), labels.astype(float))
    settings = {**_SETTINGS, "num_leaves": n_leaves, "learning_rate": rate}
    model = lightgbm.train(settings, data, num_boost_round=n_trees).dump_model()
    return Trees.of(_arrays([tree["tree_structure"] for tree in model["tree_info"]], names), "fitted")


def _arrays(structures: list[dict[str, Any]], names: Sequence[str]) -> dict[str, NDArray[Any]]:
    columns: dict[str, list[float]] = {part: [] for part in ("feature", "threshold", "left", "right", "value")}
    roots, depth = [], 0

    def add(node: dict[str, Any], root: int, level: int) -> int:
        nonlocal depth
        depth = max(depth, level)
        at = len(columns["feature"])
        for part in columns.values():
            part.append(0.0)
        if "split_feature" not in node:
            columns["feature"][at], columns["value"][at] = -1, node["leaf_value"]
            return at - root
        columns["feature"][at], columns["threshold"][at] = node["split_feature"], node["threshold"]
        columns["left"][at] = add(node["left_child"], root, level + 1)
        columns["right"][at] = add(node["right_child"], root, level + 1)
        return at - root

    for structure in structures:
        roots.append(len(columns["feature"]))
        add(structure, roots[-1], 0)
    found = {f"fitted.{part}": np.array(values) for part, values in columns.items()}
    found["fitted.names"] = np.frombuffer("\n".join(names).encode(), np.uint8)
    return found | {"fitted.roots": np.array(roots, np.int32), "fitted.base": np.array([0.0, depth])}
