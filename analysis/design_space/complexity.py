"""Comparing design spaces at equal complexity.

A space of larger networks may look better only because they are larger. Radosavovic et al. (ICCV 2019, section 3.3)
weight the trials so that log complexity is equally distributed among the same bins in every space.
"""

from dataclasses import dataclass

import numpy as np

from analysis.errors import AnalysisError

BINS = 10
_OUTSIDE = -1


@dataclass(frozen=True)
class ComplexityBins:
    """The bins of complexity within which spaces are compared.

    Attributes:
        edges: bounds of the bins in log10 FLOPs, ascending; of all bins, also of those left out.
        used, left_out: how many bins all spaces fill, and how many they do not.
        trials_left_out: trials outside the range that all spaces share, or in a bin left out.
    """

    edges: tuple[float, ...]
    used: int
    left_out: int
    trials_left_out: int


def complexity_strata(flops: np.ndarray, space: np.ndarray, *, bins: int = BINS) -> tuple[np.ndarray, ComplexityBins]:
    """Equally wide bins of log10 FLOPs over the range that all spaces share.

    Args:
        flops: n numbers above 0; trials with NaN or less are left out.
        space: n ints from 0: to which space a trial belongs. With one space alone the range is its own.
        bins: how many.

    Returns:
        The bin of each trial, n ints from 0, -1 for a trial left out; and the bins.

    Raises:
        AnalysisError: fewer than one bin.
    """
    if bins < 1:
        raise AnalysisError(f"complexity needs at least 1 bin, but got {bins}; {BINS} are usual")
    flops, space = np.asarray(flops, dtype=float), np.asarray(space, dtype=int)
    usable = np.isfinite(flops) & (flops > 0)
    log = np.log10(np.where(usable, flops, np.nan))
    logs = [log[usable & (space == one)] for one in range(space.max(initial=-1) + 1)]
    if not all(map(len, logs)) or not logs:
        return _nothing_shared(len(flops), bins)
    low, high = max(one.min() for one in logs), min(one.max() for one in logs)
    if low > high:
        return _nothing_shared(len(flops), bins)
    inside = usable & (log >= low) & (log <= high)
    width = (high - low) / bins or 1.0
    stratum = np.full(len(log), _OUTSIDE)
    stratum[inside] = np.minimum(((log[inside] - low) / width).astype(int), bins - 1)
    filled = np.asarray((_counted(stratum, space, np.ones(len(log))) > 0).all(axis=0))
    stratum[inside] = np.where(filled[stratum[inside]], stratum[inside], _OUTSIDE)
    used = int(filled.sum())
    edges = tuple(np.linspace(low, high, bins + 1).tolist())
    return stratum, ComplexityBins(edges, used, bins - used, int((stratum == _OUTSIDE).sum()))


def stratum_weights(stratum: np.ndarray, space: np.ndarray, counts: np.ndarray | None = None) -> np.ndarray:
    """Weight of each trial: 1 / (k * trials of its space in its bin), for k bins that every space fills.

    Args:
        stratum: n bins from 0, -1 for trials that do not count.
        space: n ints from 0.
        counts: how often each trial was drawn, in a bootstrap; once by default.

    Returns:
        n weights that add up to 1 in each space, or all 0 where no bin is filled by every space.
    """
    counts = np.ones(len(stratum)) if counts is None else np.asarray(counts, dtype=float)
    in_bin = _counted(stratum, space, counts)
    filled = (in_bin > 0).all(axis=0)
    shares = np.zeros((in_bin.shape[0], in_bin.shape[1] + 1))  # the last column is that of bin -1
    shares[:, :-1][:, filled] = 1 / (in_bin[:, filled] * filled.sum())
    weights: np.ndarray = counts * shares[space, stratum]
    return weights


def _counted(stratum: np.ndarray, space: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Trials per space (rows) and bin (columns)."""
    inside = stratum != _OUTSIDE
    bins, spaces = stratum.max(initial=0) + 1, space.max(initial=0) + 1
    cell = space[inside] * bins + stratum[inside]
    counted: np.ndarray = np.bincount(cell, weights=counts[inside], minlength=spaces * bins).reshape(spaces, bins)
    return counted


def _nothing_shared(n: int, bins: int) -> tuple[np.ndarray, ComplexityBins]:
    return np.full(n, _OUTSIDE), ComplexityBins((), 0, bins, n)
