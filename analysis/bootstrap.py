"""Bootstrap: how far a figure would move if other trials had been drawn."""

from collections.abc import Iterator

import numpy as np

Interval = tuple[float, float]
LEVEL = 0.95


def resamples(n: int, draws: int, seed: int) -> Iterator[np.ndarray]:
    """Row numbers of `draws` samples of n out of n rows, with replacement."""
    rng = np.random.default_rng(seed)
    return (rng.integers(n, size=n) for _ in range(draws))


def percentile_interval(values: np.ndarray, *, level: float = LEVEL) -> Interval:
    """The middle `level` of resampled `values`; NaN among them, from resamples that tell nothing, are left out.

    NaN at both ends where nothing is left.
    """
    told = np.asarray(values, dtype=float)
    told = told[~np.isnan(told)]
    if not len(told):
        return float("nan"), float("nan")
    low, high = np.quantile(told, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
