"""Spearman's rank correlation and how far it would move if other trials had been drawn."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import t

from analysis.bootstrap import LEVEL, Interval

FEWEST = 12
_BOOTSTRAP = 300
_MOST_ROWS = 1000
_ALMOST_ONE = 1 - 1e-9  # Fisher's z of 1 is infinite


@dataclass(frozen=True)
class RankCorrelation:
    """rho with its 95 % interval."""

    rho: float
    ci95: Interval


def rank_correlation(x: np.ndarray, y: np.ndarray, *, seed: int = 0) -> RankCorrelation | None:
    """Spearman's rho of two columns of n numbers without NaN; None below 12 trials or where either is constant.

    The interval is rho +- t times its bootstrap standard error on the scale of Fisher's z = atanh(rho). It holds where
    the percentile interval is too short (rho near 1), and where the formula for normal data (Bonett and Wright 2000,
    Psychometrika 65:23) is (a spread that changes with x). Every resample is ranked anew. Of more than 1,000 trials,
    1,000 are resampled to the size of all: the "little bootstrap" of Kleiner et al. 2014, JRSS B 76:795.
    """
    n = len(x)
    if n < FEWEST or np.ptp(x) == 0 or np.ptp(y) == 0:
        return None
    rng = np.random.default_rng(seed)
    rho = float(_weighted_rho(x, y, np.ones((1, n)))[0])
    rows = rng.permutation(n)[:_MOST_ROWS]
    drawn = rng.multinomial(n, np.full(len(rows), 1 / len(rows)), size=_BOOTSTRAP).astype(float)
    half = t.ppf((1 + LEVEL) / 2, n - 2) * np.nanstd(_fisher(_weighted_rho(x[rows], y[rows], drawn)), ddof=1)
    low, high = np.tanh(_fisher(rho) + np.array([-half, half]))
    return RankCorrelation(rho, (float(low), float(high)))


def _fisher(rho: np.ndarray | float) -> np.ndarray:
    return np.arctanh(np.clip(rho, -_ALMOST_ONE, _ALMOST_ONE))


def _weighted_rho(x: np.ndarray, y: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """rho of each resample; NaN where it is constant.

    Args:
        counts: resamples x n, how often each row was drawn.
    """
    x_ranks, y_ranks = (_centred_ranks(values, counts) for values in (x, y))
    weighted = counts * x_ranks
    products = (weighted * y_ranks).sum(axis=1)
    squares = (weighted * x_ranks).sum(axis=1) * (counts * y_ranks**2).sum(axis=1)
    return np.divide(products, np.sqrt(squares), out=np.full(len(counts), np.nan), where=squares > 0)


def _centred_ranks(values: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Of each row in each resample, its rank less the mean rank; equal values share the mean of their ranks."""
    distinct, code = np.unique(values, return_inverse=True)
    order = np.argsort(code, kind="stable")
    starts = np.searchsorted(code[order], np.arange(len(distinct)))
    ties = np.add.reduceat(counts[:, order], starts, axis=1)
    ranks = np.cumsum(ties, axis=1) - (ties - 1) / 2
    return ranks[:, code] - (counts.sum(axis=1, keepdims=True) + 1) / 2
