"""Folds of texts for cross-validation."""

from __future__ import annotations

import hashlib

__all__ = ["N_FOLDS", "fold_of"]

#: Each text is read by the weights that were trained without its fold, of so many, for figures and calibration.
N_FOLDS = 5


def fold_of(name: str, n_folds: int) -> int:
    """Return the fold of a text, by its name alone, so that it stays when texts are added."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % n_folds
