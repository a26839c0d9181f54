"""The best size for each compute: parabolas through runs of equal FLOPs, and a power law through their lowest points.

The second of the three ways of Hoffmann et al. 2022 (arXiv 2203.15556, section 3.2).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analysis.bootstrap import Interval, percentile_interval, resamples
from analysis.errors import AnalysisError
from analysis.laws.status import Status

MIN_RUNS = 5
MIN_SIZES = 4
MIN_OPTIMA = 3
_SAME_BUDGET = np.log(1.1)
_WIDEST_BIN = np.log(2.0)


@dataclass(frozen=True)
class Optimum:
    """The lowest point of a parabola of ln loss over ln size.

    Attributes:
        compute: geometric mean of the bin's FLOPs.
        size: the best; NaN where the parabola has no lowest point among the bin's sizes.
        loss: the parabola's there; NaN likewise.
        at_edge: the loss falls or rises across all of the bin's sizes, or bends the wrong way: the best lies elsewhere.
        n: runs in the bin.
    """

    compute: float
    size: float
    loss: float
    at_edge: bool
    n: int


@dataclass(frozen=True)
class IsoflopLaw:
    """N_opt = G * C^a.

    Attributes:
        n: optima it was fitted to, those not at an edge.
        optima: of every bin with enough runs, in order of compute.
        params, ci95: `G` and `a` with bootstrap intervals over the runs of each bin; empty with too few optima.
        left_out: runs that are in no such bin.
    """

    status: Status
    reason: str
    n: int
    optima: tuple[Optimum, ...]
    params: Mapping[str, float]
    ci95: Mapping[str, Interval]
    left_out: int


@dataclass(frozen=True)
class _Bin:
    """Logarithms of the runs of about one compute."""

    size: np.ndarray
    compute: np.ndarray
    loss: np.ndarray


def fit_isoflop(
    size: np.ndarray, compute: np.ndarray, loss: np.ndarray, *, draws: int = 1000, seed: int = 0
) -> IsoflopLaw:
    """The optima of bins of compute, and the power law through those that lie among their bin's sizes.

    Runs whose compute differs by less than a tenth share a bin; where computes run on without a gap, bins span a factor
    of two at most, and the loss's fall within a bin is fitted along. Bins need 5 runs of 4 sizes. The status is too few
    points (fewer than 3 optima), no law here (the interval of a contains zero), or converged.

    Args:
        size: parameters of each run's network.
        compute: its training FLOPs.
        loss: its loss or error. Rows with a NaN are left out.

    Raises:
        AnalysisError: a value is not above 0 or not finite.
    """
    columns = [np.asarray(column, dtype=float) for column in (size, compute, loss)]
    known = ~np.isnan(columns).any(axis=0)
    logs = [_log(column[known]) for column in columns]
    bins = [_Bin(*(column[rows] for column in logs)) for rows in _bins(logs[1])]
    bins = [each for each in bins if len(each.size) >= MIN_RUNS and len(np.unique(each.size)) >= MIN_SIZES]
    left_out = known.size - sum(len(each.size) for each in bins)
    optima = tuple(_optimum(each) for each in bins)
    inside = [each for each, optimum in zip(bins, optima, strict=True) if not optimum.at_edge]
    if len(inside) < MIN_OPTIMA:
        reason = (
            f"a law of the best size needs {MIN_OPTIMA} optima that lie among their runs, but there are {len(inside)}"
        )
        return IsoflopLaw(Status.TOO_FEW_POINTS, reason, len(inside), optima, {}, {}, left_out)
    centres = np.array([each.compute.mean() for each in inside])
    best = np.array([_lowest(each, np.ones((1, len(each.size))))[0, 0] for each in inside])
    params = _power(centres, best[None])[0]
    drawn = _power(centres, np.stack([_resampled(each, draws, seed + i) for i, each in enumerate(inside)], axis=1))
    ci95 = {"G": percentile_interval(drawn[:, 0]), "a": percentile_interval(drawn[:, 1])}
    return IsoflopLaw(
        *_judge(ci95["a"]), len(inside), optima, {"G": float(params[0]), "a": float(params[1])}, ci95, left_out
    )


def _log(values: np.ndarray) -> np.ndarray:
    bad = values[~((values > 0) & np.isfinite(values))]
    if len(bad):
        raise AnalysisError(
            f"sizes, FLOPs and losses must be finite numbers above 0, but got {bad[0]:g}; leave that run out"
        )
    return np.log(values)


def _bins(log_compute: np.ndarray) -> list[np.ndarray]:
    """Rows in bins of about one compute: split at gaps, and wide stretches without gaps into equal parts."""
    order = np.argsort(log_compute, kind="stable")
    gaps = np.flatnonzero(np.diff(log_compute[order]) > _SAME_BUDGET) + 1
    return [part for stretch in np.split(order, gaps) if len(stretch) for part in _parts(stretch, log_compute)]


def _parts(stretch: np.ndarray, log_compute: np.ndarray) -> list[np.ndarray]:
    values = log_compute[stretch]
    parts = max(1, int(np.ceil(np.ptp(values) / _WIDEST_BIN)))
    edges = np.linspace(values[0], values[-1], parts + 1)[1:-1]
    return np.split(stretch, np.searchsorted(values, edges))


def _lowest(runs: _Bin, weights: np.ndarray) -> np.ndarray:
    """ln size and ln loss of each weighted parabola's lowest point: R x 2; NaN where it has none among the sizes.

    Args:
        weights: R x n.
    """
    centre, spread = runs.size.mean(), runs.size.std()
    u = (runs.size - centre) / spread
    excess = runs.compute - runs.compute.mean()
    design = np.stack([np.ones_like(u), u, u**2, *([excess] if np.ptp(excess) > 1e-9 else [])], axis=1)
    gram = np.einsum("rn,np,nq->rpq", weights, design, design, optimize=True)
    right = np.einsum("rn,np->rp", weights, design * runs.loss[:, None])
    level, slope, bend = (np.linalg.pinv(gram, hermitian=True) @ right[:, :, None])[:, :3, 0].T
    with np.errstate(divide="ignore", invalid="ignore"):
        lowest = -slope / (2 * bend)
    found = (bend > 0) & (lowest > u.min()) & (lowest < u.max())
    points = np.stack([centre + spread * lowest, level + slope * lowest / 2], axis=1)
    return np.where(found[:, None], points, np.nan)


def _optimum(runs: _Bin) -> Optimum:
    size, loss = np.exp(_lowest(runs, np.ones((1, len(runs.size))))[0])
    compute = float(np.exp(runs.compute.mean()))
    return Optimum(compute, float(size), float(loss), bool(np.isnan(size)), len(runs.size))


def _resampled(runs: _Bin, draws: int, seed: int) -> np.ndarray:
    """ln size of the lowest point in each resample of a bin's runs."""
    n = len(runs.size)
    weights = np.array([np.bincount(rows, minlength=n) for rows in resamples(n, draws, seed)], dtype=float)
    lowest = _lowest(runs, weights)[:, 0]
    sizes = np.array([len(np.unique(runs.size[row > 0])) for row in weights])
    return np.where(sizes >= 3, lowest, np.nan)


def _power(log_compute: np.ndarray, log_size: np.ndarray) -> np.ndarray:
    """G and a by least squares through each row of `log_size`, over its numbers; NaN with fewer than two of them."""
    told = ~np.isnan(log_size)
    count = told.sum(axis=1, keepdims=True)
    x, y = np.where(told, log_compute, 0), np.where(told, log_size, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        middle_x, middle_y = x.sum(axis=1, keepdims=True) / count, y.sum(axis=1, keepdims=True) / count
        dx = np.where(told, x - middle_x, 0)
        exponent = (dx * y).sum(axis=1) / np.where(count[:, 0] >= 2, (dx**2).sum(axis=1), np.nan)
        return np.stack([np.exp(middle_y[:, 0] - exponent * middle_x[:, 0]), exponent], axis=1)


def _judge(a: Interval) -> tuple[Status, str]:
    low, high = a
    if low > 0 or high < 0:
        return Status.CONVERGED, "the interval of a does not contain zero"
    return Status.NO_LAW, f"the interval of a, {low:.3g} to {high:.3g}, contains zero"
