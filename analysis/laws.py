"""How the error falls with compute: a power law on the compute frontier, with its uncertainty and a held-out check.

The frontier is the best error within each of several bins that hold equally many trials. It is not the Pareto front:
a front falls by construction, so that a law fitted to it would always be found.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

MIN_POINTS = 4
TRIALS_PER_POINT = 4
_MAX_BINS = 10
_BOOTSTRAP = 1000
_HELD_OUT_SHARE = 1 / 3


class Status(StrEnum):
    """What a fit is worth."""

    CONVERGED = "converged"
    NO_LAW = "no law here"  # the interval of the exponent contains zero, or more compute goes with more error
    TOO_FEW_POINTS = "too few points"


@dataclass(frozen=True)
class HeldOut:
    """The largest-compute points, predicted from the others.

    Attributes:
        x_over: points with x above this were held out.
        error, baseline_error: mean |ln predicted - ln observed| of the law, and of "no better than the best so far".
    """

    x_over: float
    error: float
    baseline_error: float


@dataclass(frozen=True)
class PowerLaw:
    """y = A * x^-alpha.

    Attributes:
        params, ci95: `A` and `alpha` with bootstrap intervals over trials; empty with too few points.
        x, y: the frontier it was fitted to.
        n: its points.
    """

    status: Status
    n: int
    x: tuple[float, ...]
    y: tuple[float, ...]
    params: dict[str, float]
    ci95: dict[str, tuple[float, float]]
    holdout: HeldOut | None


def compute_frontier(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The point with the smallest y in each of the equally filled bins of x; rows with NaN are left out."""
    valid = np.isfinite(x) & np.isfinite(y) & (x > 0) & (y > 0)
    order = np.flatnonzero(valid)[np.argsort(x[valid], kind="stable")]
    bins = min(len(order) // TRIALS_PER_POINT, _MAX_BINS)
    if bins < 1:
        return np.empty(0), np.empty(0)
    best = [members[np.argmin(y[members])] for members in np.array_split(order, bins)]
    return x[best], y[best]


def fit_power_law(x: np.ndarray, y: np.ndarray, *, seed: int = 0) -> PowerLaw:
    """Fit y = A x^-alpha to the compute frontier of all trials by least squares on logarithms.

    Args:
        x: compute of each trial (FLOPs).
        y: its error, above 0.
        seed: of the bootstrap, which resamples trials and finds the frontier anew.
    """
    front_x, front_y = compute_frontier(x, y)
    shown = tuple(front_x.tolist()), tuple(front_y.tolist())
    if len(front_x) < MIN_POINTS or len(np.unique(front_x)) < MIN_POINTS:
        return PowerLaw(Status.TOO_FEW_POINTS, len(front_x), *shown, {}, {}, None)
    amplitude, alpha = _fit(front_x, front_y)
    rng = np.random.default_rng(seed)
    draws = (rng.integers(len(x), size=len(x)) for _ in range(_BOOTSTRAP))
    fits = np.array([_fit(*compute_frontier(x[rows], y[rows])) for rows in draws])
    low, high = np.nanquantile(fits, [0.025, 0.975], axis=0)
    return PowerLaw(
        status=Status.CONVERGED if low[1] > 0 else Status.NO_LAW,
        n=len(front_x),
        x=shown[0],
        y=shown[1],
        params={"A": amplitude, "alpha": alpha},
        ci95={"A": (float(low[0]), float(high[0])), "alpha": (float(low[1]), float(high[1]))},
        holdout=_hold_out(front_x, front_y),
    )


def _fit(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    if len(np.unique(x)) < 2:
        return float("nan"), float("nan")
    slope, intercept = np.polyfit(np.log(x), np.log(y), 1)
    return float(np.exp(intercept)), float(-slope)


def _hold_out(x: np.ndarray, y: np.ndarray) -> HeldOut | None:
    kept = len(x) - max(1, int(len(x) * _HELD_OUT_SHARE))
    if kept < 3:
        return None
    amplitude, alpha = _fit(x[:kept], y[:kept])
    observed = np.log(y[kept:])
    predicted = np.log(amplitude) - alpha * np.log(x[kept:])
    best_so_far = np.log(y[:kept].min())
    return HeldOut(
        x_over=float(x[kept - 1]),
        error=float(np.abs(predicted - observed).mean()),
        baseline_error=float(np.abs(best_so_far - observed).mean()),
    )
