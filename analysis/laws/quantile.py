"""How a low quantile of the error falls with compute: what the best tenth of networks reaches, without any bins.

The exponent of a quantile has an honest interval, which that of a minimum has not quite: the smallest of a sample is
never smaller in a resample.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

import numpy as np

from analysis.bootstrap import Interval, percentile_interval, resamples
from analysis.errors import AnalysisError
from analysis.laws.fit import Fit, fit_curve
from analysis.laws.loss import Loss
from analysis.laws.status import Status

MIN_BEYOND = 5
_MIN_VALUES = 3
_DELTA = 1e-3
_DRAWN_AT_ONCE = 2_000_000


@dataclass(frozen=True)
class QuantileLaw:
    """A share `quantile` of the trials lies below y = A * x^-alpha.

    Attributes:
        n: trials.
        params, ci95: `A` and `alpha` with bootstrap intervals over trials; empty with too few points.
    """

    quantile: float
    status: Status
    reason: str
    n: int
    params: Mapping[str, float]
    ci95: Mapping[str, Interval]


def fit_quantile(
    x: np.ndarray, y: np.ndarray, *, quantile: float = 0.1, draws: int = 1000, seed: int = 0
) -> QuantileLaw:
    """Quantile regression of ln y on ln x (Koenker and Bassett 1978), with bootstrap intervals over trials.

    The status is too few points (fewer than 5 trials on a side of the quantile, or fewer than 3 different x), not
    converged, no law here (the interval of alpha reaches zero), or converged.

    Args:
        x: compute of each trial (FLOPs).
        y: its error; rows are left out where x or y is NaN, infinite or not above 0.
        quantile: share of trials below the law; the best tenth by default.

    Raises:
        AnalysisError: `quantile` does not lie between 0 and 1.
    """
    if not 0 < quantile < 1:
        raise AnalysisError(f"a quantile lies between 0 and 1, but got {quantile:g}; 0.1 is the best tenth")
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    valid = np.isfinite(x) & np.isfinite(y) & (x > 0) & (y > 0)
    x, y = x[valid][:, None], y[valid]
    beyond = len(y) * min(quantile, 1 - quantile)
    if beyond < MIN_BEYOND or len(np.unique(x)) < _MIN_VALUES:
        reason = (
            f"the quantile {quantile:g} needs {MIN_BEYOND / min(quantile, 1 - quantile):.0f} trials of {_MIN_VALUES} x"
        )
        return QuantileLaw(quantile, Status.TOO_FEW_POINTS, f"{reason} or more, but there are {len(y)}", len(y), {}, {})
    fit = fit_curve(x, y, Loss(_DELTA, quantile), offset=False)
    drawn = np.vstack([fit.refit(weights) for weights in _weights(len(y), draws, seed)])
    ci95 = dict(zip(("A", "alpha"), map(percentile_interval, drawn.T), strict=True))
    params = dict(zip(("A", "alpha"), fit.unscaled.tolist(), strict=True))
    return QuantileLaw(quantile, *_judge(fit, ci95["alpha"]), len(y), params, ci95)


def _weights(n: int, draws: int, seed: int) -> Iterator[np.ndarray]:
    """How often each row is in each resample, in portions."""
    drawn = resamples(n, draws, seed)
    portion = max(1, _DRAWN_AT_ONCE // n)
    while rows := list(islice(drawn, portion)):
        yield np.array([np.bincount(row, minlength=n) for row in rows], dtype=float)


def _judge(fit: Fit, alpha: Interval) -> tuple[Status, str]:
    if not fit.converged:
        return Status.NOT_CONVERGED, "the fit did not settle: its numbers are not an optimum"
    if not alpha[0] > 0:
        return Status.NO_LAW, f"the interval of alpha, {alpha[0]:.3g} to {alpha[1]:.3g}, does not lie above zero"
    return Status.CONVERGED, "the interval of alpha lies above zero"
