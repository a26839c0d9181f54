"""The best rows of bootstrap resamples, drawn without the resamples."""

import numpy as np


def best_of_resamples(n: int, best: int, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Where among n ordered rows the `best` first of resamples of n out of n lie: draws x best, ascending from 0.

    A resample's rows are floor(n U) of n uniform numbers U, and its best are the smallest U: partial sums of
    exponentials over the sum of n + 1 of them (Renyi 1953). The others need not be drawn.

    Returns:
        n U, not rounded down.
    """
    sums = np.cumsum(rng.exponential(size=(draws, best)), axis=1)
    total = sums[:, -1:] + rng.gamma(n + 1 - best, size=(draws, 1))
    return n * (sums / total)


def smoothed_minimum(ordered: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Values at `places` (n U) between the ascending values `ordered`, and below the first of them.

    A resample never has less than its sample, so that the plain bootstrap makes a minimum look too certain. Row i
    stands at i + 1/2; below the first, values go on falling with the root of the place: between linearly, as where
    there is a hard floor, and with the logarithm, as in the tail of a normal distribution.
    """
    middles = np.arange(len(ordered)) + 0.5
    fall = (ordered[1] - ordered[0]) / (np.sqrt(middles[1]) - np.sqrt(middles[0]))
    beyond = ordered[0] - fall * (np.sqrt(middles[0]) - np.sqrt(places))
    return np.where(places < middles[0], beyond, np.interp(places, middles, ordered))
