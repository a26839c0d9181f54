"""Bands of similar cost, so that networks are compared with their like."""

import numpy as np

MOST = 4


def bands(log_cost: np.ndarray, per_band: int) -> np.ndarray:
    """The bounds that divide costs into at most four bands of equally many trials, and of `per_band` at the least."""
    count = max(1, min(MOST, len(log_cost) // per_band))
    inner: np.ndarray = np.quantile(log_cost, np.linspace(0, 1, count + 1)[1:-1]) if len(log_cost) else np.empty(0)
    return inner


def band_of(log_cost: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    """The band of each cost, from 0 on; costs beyond all trials belong to the outermost bands."""
    found: np.ndarray = np.searchsorted(bounds, log_cost, side="right")
    return found
