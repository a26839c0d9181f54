"""The best of m trials drawn from many: which it is, and how good, without drawing any."""

import numpy as np


def best_probability(errors: np.ndarray, draws: int, weights: np.ndarray | None = None) -> np.ndarray:
    """Probability that each trial is the best of `draws` trials drawn with replacement.

    A trial is the best if none of the draws is better and not all are worse. With n equally likely trials the one of
    rank i has ((n - i + 1)^m - (n - i)^m) / n^m: the exact limit of the empirical bootstrap of Radosavovic et al. (CVPR
    2020, section 3.1) for endlessly many repeats. Trials with equal errors share their probability.

    Args:
        errors: n errors, none of them NaN.
        draws: m, at least 1.
        weights: n probabilities of a draw; they add up to 1. Equal by default.

    Returns:
        n probabilities that add up to 1.
    """
    weights = np.full(len(errors), 1 / len(errors)) if weights is None else weights
    level, rank = np.unique(errors, return_inverse=True)
    drawn = np.bincount(rank, weights=weights, minlength=len(level))
    no_better = np.clip(np.cumsum(drawn[::-1])[::-1], 0, 1)
    worse = np.append(no_better[1:], 0.0)
    best = no_better**draws - worse**draws
    share = np.divide(weights, drawn[rank], out=np.zeros(len(errors)), where=drawn[rank] > 0)
    probability: np.ndarray = best[rank] * share
    return probability / probability.sum()


def expected_best(errors: np.ndarray, draws: int, weights: np.ndarray | None = None) -> float:
    """Expected error of the best of `draws` trials drawn with replacement; arguments as in `best_probability`."""
    return float(errors @ best_probability(errors, draws, weights))
