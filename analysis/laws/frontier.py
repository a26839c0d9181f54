"""How the best error falls with compute: a power law through the best trials.

By default through the best error within each of several bins that hold equally many trials: the best of many is better
than the best of few, so that bins of unequal filling would bend the law. Such a frontier need not fall. The envelope
of all trials that none dominates falls by construction, so that a power law is always found; one through it is
believed only where the envelope of shuffled errors falls less.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from analysis.bootstrap import Interval, percentile_interval, resamples
from analysis.laws.band import Band, power_band
from analysis.laws.holdout import SHARE, Baseline, HeldOut, doubt
from analysis.laws.order_statistics import best_of_resamples, smoothed_minimum
from analysis.laws.status import Status

MIN_POINTS = 4
TRIALS_PER_POINT = 4
_MAX_BINS = 10
_LARGEST = 700.0  # of which the exponential is a finite number


class Through(StrEnum):
    """Which trials are the frontier."""

    BINS = "the best of each of equally filled bins"
    ENVELOPE = "all that none dominates"


@dataclass(frozen=True)
class FrontierLaw:
    """y = A * x^-alpha through a frontier.

    Attributes:
        status, reason: whether to believe it, and why.
        n: points of the frontier.
        x, y: the frontier, in order of x.
        params, ci95: `A` and `alpha` with bootstrap intervals over trials; empty with too few points.
        holdout: its points of the largest x, predicted from the others.
        predicted: y of those points as the others predict it, in order of x; empty without `holdout`.
        band: the law with its pointwise interval; None with too few points.
    """

    through: Through
    status: Status
    reason: str
    n: int
    x: tuple[float, ...]
    y: tuple[float, ...]
    params: Mapping[str, float]
    ci95: Mapping[str, Interval]
    holdout: HeldOut | None
    predicted: tuple[float, ...] = ()
    band: Band | None = None


def compute_frontier(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The point with the smallest y in each of the equally filled bins of x.

    Rows are left out where x or y is NaN, infinite or not above 0.
    """
    best = np.array([members[0] for members in _bins(x, y)], dtype=int)
    return x[best], y[best]


def envelope(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All points that no other has both a smaller x and a smaller y than, each place once, in order of x.

    Rows are left out where x or y is NaN, infinite or not above 0.
    """
    rows = _valid(x, y)
    rows = rows[np.lexsort((y[rows], x[rows]))]
    rows = rows[_falling(y[rows])]
    return x[rows], y[rows]


def fit_frontier(
    x: np.ndarray, y: np.ndarray, *, through: Through = Through.BINS, draws: int = 1000, seed: int = 0
) -> FrontierLaw:
    """Fit y = A x^-alpha to the frontier of all trials by least squares on logarithms.

    The bootstrap resamples trials, those of a bin among themselves so that bins stay equally filled, and finds the
    frontier anew; minima are smoothed. The status is too few points, no law here (the interval of the exponent reaches
    zero, through the bins also where the envelope is fitted), or converged.

    Args:
        x: compute of each trial (FLOPs).
        y: its error, above 0; rows that have no logarithm are left out.
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    front_x, front_y = envelope(x, y) if through is Through.ENVELOPE else compute_frontier(x, y)
    points = tuple(front_x.tolist()), tuple(front_y.tolist())
    n = len(front_x)
    if (found := len(np.unique(front_x))) < MIN_POINTS:
        return FrontierLaw(through, Status.TOO_FEW_POINTS, _scarcity(through, found), n, *points, {}, {}, None)
    amplitude, alpha = _fit(np.log(front_x), np.log(front_y))
    drawn = (_envelope_draws if through is Through.ENVELOPE else _bin_draws)(x, y, draws, seed)
    ci95 = {"A": percentile_interval(drawn[:, 0]), "alpha": percentile_interval(drawn[:, 1])}
    holdout, predicted = _hold_out(front_x, front_y)
    status, reason = _judge(x, y, ci95["alpha"], through, seed)
    return FrontierLaw(
        through,
        status,
        reason + (doubt(holdout) if status is Status.CONVERGED else ""),
        n,
        *points,
        params={"A": float(amplitude), "alpha": float(alpha)},
        ci95=ci95,
        holdout=holdout,
        predicted=predicted,
        band=power_band(front_x, float(amplitude), float(alpha), np.column_stack([np.zeros(len(drawn)), drawn])),
    )


def _scarcity(through: Through, found: int) -> str:
    groups = f"groups of {TRIALS_PER_POINT} or more trials that differ in cost"
    what = groups if through is Through.BINS else "trials of different cost that none dominates"
    return f"{MIN_POINTS} {what} are needed, and there {'is' if found == 1 else 'are'} {found}"


def _valid(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.flatnonzero(np.isfinite(x) & np.isfinite(y) & (x > 0) & (y > 0))


def _bins(x: np.ndarray, y: np.ndarray) -> list[np.ndarray]:
    """Rows in equally filled bins of x, within each in order of y."""
    rows = _valid(x, y)
    rows = rows[np.argsort(x[rows], kind="stable")]
    bins = min(len(rows) // TRIALS_PER_POINT, _MAX_BINS)
    if bins < 1:
        return []
    return [members[np.argsort(y[members], kind="stable")] for members in np.array_split(rows, bins)]


def _falling(y: np.ndarray) -> np.ndarray:
    """Places of y smaller than all before them."""
    lowest = np.minimum.accumulate(y)
    return np.flatnonzero(np.r_[True, y[1:] < lowest[:-1]][: len(y)])


def _fit(log_x: np.ndarray, log_y: np.ndarray) -> np.ndarray:
    """A and alpha by least squares along the last axis; NaN where all x are the same."""
    centred = log_x - log_x.mean(axis=-1, keepdims=True)
    spread = (centred**2).sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        alpha = -np.where(spread > 0, (centred * log_y).sum(axis=-1) / spread, np.nan)
    amplitude = np.exp(np.minimum(log_y.mean(axis=-1) + alpha * log_x.mean(axis=-1), _LARGEST))
    return np.stack([amplitude, alpha], axis=-1)


def _bin_draws(x: np.ndarray, y: np.ndarray, draws: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    drawn_x, drawn_y = [], []
    for members in _bins(x, y):
        places = best_of_resamples(len(members), 1, draws, rng)[:, 0]
        drawn_x.append(np.log(x[members])[places.astype(int)])
        drawn_y.append(smoothed_minimum(np.log(y[members]), places))
    return _fit(np.stack(drawn_x, axis=1), np.stack(drawn_y, axis=1))


def _envelope_draws(x: np.ndarray, y: np.ndarray, draws: int, seed: int) -> np.ndarray:
    rows = _valid(x, y)
    rows = rows[np.lexsort((y[rows], x[rows]))]
    log_x, log_y = np.log(x[rows]), np.log(y[rows])
    fits = []
    for drawn in resamples(len(rows), draws, seed):
        present = np.flatnonzero(np.bincount(drawn, minlength=len(rows)))
        kept = present[_falling(log_y[present])]
        fits.append(_fit(log_x[kept], log_y[kept]))
    return np.array(fits)


def _judge(x: np.ndarray, y: np.ndarray, alpha: Interval, through: Through, seed: int) -> tuple[Status, str]:
    if not alpha[0] > 0:
        return Status.NO_LAW, f"the interval of alpha, {alpha[0]:.3g} to {alpha[1]:.3g}, does not lie above zero"
    if through is Through.ENVELOPE and (bins := fit_frontier(x, y, seed=seed)).status is not Status.CONVERGED:
        return (
            bins.status,
            f"an envelope falls by construction, and through the best of equally filled bins {bins.reason}",
        )
    return Status.CONVERGED, "the interval of alpha lies above zero"


def _hold_out(x: np.ndarray, y: np.ndarray) -> tuple[HeldOut | None, tuple[float, ...]]:
    """How well the points of smaller x predict those of larger x, and what they predict there."""
    kept = len(x) - max(1, int(len(x) * SHARE))
    if kept < 3:
        return None, ()
    amplitude, alpha = _fit(np.log(x[:kept]), np.log(y[:kept]))
    observed = np.log(y[kept:])
    predicted = np.log(amplitude) - alpha * np.log(x[kept:])
    found = HeldOut(
        x_over=float(x[kept - 1]),
        n=len(observed),
        error=float(np.abs(predicted - observed).mean()),
        baseline_error=float(np.abs(np.log(y[:kept].min()) - observed).mean()),
        baseline=Baseline.BEST_SO_FAR,
    )
    return found, tuple(np.exp(predicted).tolist())
