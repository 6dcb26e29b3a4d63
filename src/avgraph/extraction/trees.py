"""Boosted regression trees, as they are applied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Trees"]


@dataclass(frozen=True)
class Trees:
    """A sum of regression trees.

    Attributes
    ----------
    names
        The features that the columns hold.
    roots
        Where each tree begins among the nodes.
    feature, threshold, left, right
        Of each node: a row goes left if its feature is at most the threshold; a leaf has feature −1.
    value
        What a leaf adds.
    base
        What is there without any tree.
    depth
        Steps from a root to the farthest leaf.
    """

    names: tuple[str, ...]
    roots: NDArray[np.int32]
    feature: NDArray[np.int16]
    threshold: NDArray[np.float32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: NDArray[np.float32]
    base: float
    depth: int

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[np.generic]], name: str) -> Trees:
        """Return the trees stored under ``name.…`` in `arrays`, as :meth:`arrays` gives them."""
        feature = arrays[f"{name}.feature"].astype(np.int16)
        roots = arrays[f"{name}.roots"].astype(np.int32)
        own = np.repeat(roots, np.diff(roots, append=len(feature)))
        at = np.arange(len(feature), dtype=np.int32)
        # a leaf leads to itself
        sides = [
            np.where(feature < 0, at, own + arrays[f"{name}.{side}"].astype(np.int32)).astype(np.int32)
            for side in ("left", "right")
        ]
        stored = [arrays[f"{name}.{part}"].astype(np.float32) for part in ("threshold", "value")]
        scalars = arrays[f"{name}.base"].astype(float).ravel().tolist()
        return cls(
            tuple(bytes(arrays[f"{name}.names"].astype(np.uint8)).decode("utf-8").split("\n")), roots, feature,
            stored[0], sides[0], sides[1], stored[1], scalars[0], int(scalars[1]),
        )  # fmt: skip

    def arrays(self, name: str) -> dict[str, NDArray[np.generic]]:
        """Return what stores the trees under ``name.…``; children are counted from the root of their tree."""
        own = np.repeat(self.roots, np.diff(self.roots, append=len(self.feature)))
        leaf = self.feature < 0
        found: dict[str, NDArray[np.generic]] = {
            "names": np.frombuffer("\n".join(self.names).encode(), np.uint8),
            "roots": self.roots, "feature": self.feature, "threshold": self.threshold, "value": self.value,
            "left": np.where(leaf, 0, self.left - own).astype(np.int16),
            "right": np.where(leaf, 0, self.right - own).astype(np.int16),
            "base": np.array([self.base, self.depth]),
        }  # fmt: skip
        return {f"{name}.{part}": array for part, array in found.items()}

    def margin(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the sum of the trees for each row: shape (rows,).

        Parameters
        ----------
        rows
            Shape (rows, len(names)).
        """
        at = np.repeat(self.roots[None, :], len(rows), axis=0)
        across = np.arange(len(rows))[:, None]
        for _ in range(self.depth):
            goes_left = rows[across, self.feature[at]] <= self.threshold[at]
            at = np.where(goes_left, self.left[at], self.right[at])
        found: NDArray[np.float64] = self.base + self.value[at].sum(axis=1, dtype=np.float64)
        return found
