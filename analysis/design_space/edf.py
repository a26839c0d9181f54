"""Empirical distribution functions: which share of the trials has at most a given error."""

from dataclasses import dataclass

import numpy as np

from analysis.errors import AnalysisError


@dataclass(frozen=True)
class Edf:
    """A right-continuous step function; all zeros before the first step.

    Attributes:
        x: where it steps, ascending and distinct.
        share: its value from that step on, ascending to 1.
        n: trials it was made from.
    """

    x: tuple[float, ...]
    share: tuple[float, ...]
    n: int

    def quantile(self, share: float) -> float:
        """The smallest x that at least `share` of the trials do not exceed; NaN without trials.

        Raises:
            AnalysisError: `share` is not within 0 to 1.
        """
        if not 0 <= share <= 1:
            raise AnalysisError(f"a share lies within 0 to 1, but got {share}; give a percentage as a fraction")
        if not self.n:
            return float("nan")
        tolerance = 1e-12  # a sum of weights may end just below the share that it stands for
        return self.x[min(int(np.searchsorted(self.share, share - tolerance)), len(self.x) - 1)]


def edf(values: np.ndarray, weights: np.ndarray | None = None) -> Edf:
    """The (weighted) empirical distribution function, eq. 1 and 3 of Radosavovic et al., ICCV 2019.

    Args:
        values: n errors, or any other numbers; NaN are left out.
        weights: n weights of at least 0, in any scale; equal ones by default. Trials of weight 0 or NaN are left out.

    Raises:
        AnalysisError: the weights do not fit the values, or one is negative.
    """
    values = np.asarray(values, dtype=float)
    weights = np.ones(len(values)) if weights is None else np.asarray(weights, dtype=float)
    if weights.shape != values.shape or (weights < 0).any():
        raise AnalysisError(
            f"each value needs a weight of at least 0, but got {len(values)} values and {len(weights)} weights, the "
            f"smallest {weights.min(initial=0)}"
        )
    kept = ~np.isnan(values) & (weights > 0)
    x, step = np.unique(values[kept], return_inverse=True)
    share = np.cumsum(np.bincount(step, weights=weights[kept], minlength=len(x)))
    share = share / share[-1] if len(share) else share
    return Edf(tuple(x.tolist()), tuple(share.tolist()), int(kept.sum()))
