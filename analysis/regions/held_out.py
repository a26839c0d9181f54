"""The check of a cut on trials that did not propose it."""

import numpy as np
from scipy.optimize import brentq
from scipy.stats import norm, rankdata

from analysis.bootstrap import LEVEL, Interval
from analysis.regions.review import Check

FEWEST = 5  # trials of each side
_MOST = 2000  # trials; as many tell enough
_PERMUTATIONS = 1000
_TINY = 1e-9


def check(below: np.ndarray, cut: np.ndarray, band: np.ndarray, *, seed: int = 0) -> Check | None:
    """Whether the distribution of kept trials dominates that of cut ones at equal cost; None with too few of a side.

    Both p-values are by permutation of the sides within each band, which keeps equal cost equal. The first is of the
    area between the two distribution functions, summed over the pairs of a band; the second of the greatest distance by
    which the function of the cut is above the other, the one-sided Kolmogorov-Smirnov statistic.

    Args:
        below: distances to the front of n trials drawn blindly, none of which took part in proposing.
        cut: which of them would be cut.
        band: of their cost, from 0 on.
    """
    rng = np.random.default_rng(seed)
    comparable = np.flatnonzero(np.isin(band, np.intersect1d(band[cut], band[~cut])))
    comparable = rng.permutation(comparable)[:_MOST]
    below, cut, band = below[comparable], cut[comparable], band[comparable]
    n_cut, n_kept = int(cut.sum()), int((~cut).sum())
    if min(n_cut, n_kept) < FEWEST:
        return None
    order = np.lexsort((below, band))
    below, cut, band = below[order], cut[order], band[order]
    sides = np.vstack([cut, _permuted(cut, band, rng)])
    wins, reverse = _wins(sides, below, band), _ahead(sides, below, band)
    superiority = float(wins[0] / _pairs(cut, band))
    return Check(
        n_cut=n_cut,
        n_kept=n_kept,
        superiority=superiority,
        ci95=superiority_interval(superiority, n_cut, n_kept),
        p_value=_share_at_least(wins),
        reverse_p_value=_share_at_least(reverse),
    )


def superiority_interval(superiority: float, n_cut: int, n_kept: int) -> Interval:
    """Of the probability that one of one group is ahead of one of another (Newcombe 2006, method 5).

    Statist. Med. 25:559-573. It keeps its coverage where all pairs agree, and a bootstrap would say 1 to 1.
    """
    half = (n_cut + n_kept) / 2 - 1
    z = float(norm.ppf((1 + LEVEL) / 2))

    def excess(theta: float) -> float:
        spread = 1 + half * ((1 - theta) / (2 - theta) + theta / (1 + theta))
        return (superiority - theta) ** 2 - z**2 * theta * (1 - theta) * spread / (n_cut * n_kept)

    between = min(max(superiority, _TINY), 1 - _TINY)  # both ends are roots of their own
    low = 0.0 if superiority == 0 else brentq(excess, 0.0, between)
    high = 1.0 if superiority == 1 else brentq(excess, between, 1.0)
    return float(low), float(high)


def _permuted(cut: np.ndarray, band: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Sides exchanged within each band; trials are sorted by band."""
    keys = rng.random((_PERMUTATIONS, len(cut))) + band
    shuffled: np.ndarray = cut[np.argsort(keys, axis=1)]
    return shuffled


def _wins(cut: np.ndarray, below: np.ndarray, band: np.ndarray) -> np.ndarray:
    """For each row of sides the pairs of a band in which the kept trial is nearer, ties as halves (Mann & Whitney)."""
    ranks = np.empty(len(below))
    fewest = 0.0
    for one in np.unique(band):
        own = band == one
        ranks[own] = rankdata(below[own])
        fewest += cut[0, own].sum() * (cut[0, own].sum() + 1) / 2
    wins: np.ndarray = cut @ ranks - fewest
    return wins


def _pairs(cut: np.ndarray, band: np.ndarray) -> int:
    """Pairs of a cut and a kept trial of the same band."""
    return sum(int(cut[band == one].sum() * (~cut[band == one]).sum()) for one in np.unique(band))


def _ahead(cut: np.ndarray, below: np.ndarray, band: np.ndarray) -> np.ndarray:
    """For each row of sides the greatest distance by which the cut's distribution function is above the kept's."""
    by_distance = np.argsort(below, kind="stable")
    cut, band = cut[:, by_distance], band[by_distance]
    ends = np.append(np.diff(below[by_distance]) > 0, True)
    gap = np.zeros(cut.shape)
    for one in np.unique(band):
        own = band == one
        share = own.mean()
        gap += share * (_function(cut & own) - _function(~cut & own))
    return np.maximum(gap[:, ends].max(axis=1), 0.0)


def _function(members: np.ndarray) -> np.ndarray:
    total = np.maximum(members.sum(axis=1, keepdims=True), 1)
    rising: np.ndarray = np.cumsum(members, axis=1) / total
    return rising


def _share_at_least(statistics: np.ndarray) -> float:
    """How often a permuted statistic is at least as large as the first, which is the observed one."""
    return float((statistics >= statistics[0] - 1e-12).mean())
