"""The scaling rule: how the parameters of the best networks move with their FLOPs.

Best are a tenth of the trials in each of several bins of FLOPs, so that a distribution tells and not one lucky trial.
What the budget itself forces is part of the rule: larger networks are wider or deeper, whatever is best.
"""

import math
from collections.abc import Hashable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from analysis.bootstrap import Interval, percentile_interval
from analysis.columns import is_numeric, is_present
from analysis.laws.band import Band, band, places
from analysis.laws.order_statistics import best_of_resamples

MIN_BINS = 4
MIN_DECADES = 0.25  # of FLOPs: a rule for ten times as many would be made of nothing
TRIALS_PER_BIN = 8
_MAX_BINS = 10
_LARGEST_COUNT = 10
_DOUBLING = math.log10(2)  # decades


class Movement(StrEnum):
    """Where a parameter of the best networks goes as FLOPs grow."""

    UP = "moves up"
    DOWN = "moves down"
    STILL = "does not move"  # the interval of its exponent contains zero
    TOO_FEW = "too few points"


class Scale(StrEnum):
    """How a parameter is said to move."""

    FACTOR = "factor"  # a power law: ten times the FLOPs multiply it
    STEP = "step"  # ten times the FLOPs add to it; for counts where that fits better, and values of 0 or less


@dataclass(frozen=True)
class ScalingRule:
    """How one parameter of the best networks moves.

    Attributes:
        per_decade: what ten times the FLOPs multiply it by, or add to it; NaN with too few points.
        ci95: its bootstrap interval over trials.
        exponent: of FLOPs; None on the step scale.
        n: trials that have the parameter.
        flops, values: per bin, geometric means over its best trials (arithmetic ones of values on the step scale).
        band: the fitted line through them with its pointwise interval; None with too few points.
    """

    param: str
    movement: Movement
    scale: Scale
    per_decade: float
    ci95: Interval
    exponent: float | None
    n: int
    flops: tuple[float, ...]
    values: tuple[float, ...]
    band: Band | None = None

    @property
    def sentence(self) -> str:
        """What to do with it for twice the FLOPs: few studies span the ten times that `per_decade` is of."""
        change, low, high = (self._per_doubling(value) for value in (self.per_decade, *self.ci95))
        match self.movement, self.scale:
            case ((Movement.UP | Movement.DOWN), Scale.FACTOR):
                return f"multiply {self.param} by {change:.2f} ({low:.2f} to {high:.2f})"
            case ((Movement.UP | Movement.DOWN), Scale.STEP):
                return f"add {change:.2g} ({low:.2g} to {high:.2g}) to {self.param}"
            case Movement.STILL, _:
                return f"{self.param} does not move"
        return f"too few trials have {self.param}"

    def _per_doubling(self, per_decade: float) -> float:
        return float(per_decade**_DOUBLING if self.scale is Scale.FACTOR else per_decade * _DOUBLING)


def scaling_rules(
    params: pd.DataFrame,
    flops: pd.Series,
    score: pd.Series,
    *,
    top: float = 0.1,
    draws: int = 1000,
    seed: int = 0,
) -> tuple[ScalingRule, ...]:
    """A rule for each numeric parameter that varies, in the order of the columns.

    Trials that have the parameter are put into up to 10 equally filled bins of FLOPs with at least 8 trials each; fewer
    than 4 such bins are too few points. A line through the means of the bins' best trials is fitted in logarithms by
    least squares. The bootstrap resamples the trials of each bin among themselves and finds the best anew.

    Args:
        params: trials x parameters; NaN where a trial does not have one, and columns of categories are passed over.
        flops: of each trial, above 0.
        score: higher is better. Trials with a NaN in either, or FLOPs that have no logarithm, are left out.
        top: share of each bin's trials that are its best.
    """
    usable = (np.isfinite(flops) & np.isfinite(score) & (flops > 0)).to_numpy()
    names = [name for name in params if is_numeric(params[name])]
    found = [_rule(name, params[name][usable], flops[usable], score[usable], (top, draws, seed)) for name in names]
    return tuple(rule for rule in found if rule is not None)


def _rule(
    name: Hashable, column: pd.Series, flops: pd.Series, score: pd.Series, how: tuple[float, int, int]
) -> ScalingRule | None:
    present = is_present(column).to_numpy()
    values = column[present].to_numpy(dtype=float)
    if len(np.unique(values)) < 2:
        return None
    decades = np.log10(flops[present].to_numpy(dtype=float))
    bins = _bins(decades, score[present].to_numpy(dtype=float))
    if len(bins) < MIN_BINS or np.ptp(decades) < MIN_DECADES:
        nothing = float("nan")
        return ScalingRule(
            str(name), Movement.TOO_FEW, Scale.FACTOR, nothing, (nothing, nothing), None, len(values), (), ()
        )
    return _fitted(str(name), values, decades, bins, how)


def _fitted(
    name: str, values: np.ndarray, decades: np.ndarray, bins: list[np.ndarray], how: tuple[float, int, int]
) -> ScalingRule:
    top, draws, seed = how
    best = [rows[: _share(len(rows), top)] for rows in bins]
    where = np.array([decades[rows].mean() for rows in best])
    scale, means = _scale(values, best, where)
    on_scale = np.log10(values) if scale is Scale.FACTOR else values
    rng = np.random.default_rng(seed)
    drawn = [rows[best_of_resamples(len(rows), _share(len(rows), top), draws, rng).astype(int)] for rows in bins]
    drawn_where = np.stack([decades[rows].mean(axis=1) for rows in drawn], axis=1)
    drawn_means = np.stack([on_scale[rows].mean(axis=1) for rows in drawn], axis=1)
    slopes = _slope(drawn_where, drawn_means)
    low, high = percentile_interval(slopes)
    slope = float(_slope(where, means))
    return ScalingRule(
        param=name,
        movement=_movement(low, high),
        scale=scale,
        per_decade=_told(slope, scale),
        ci95=(_told(low, scale), _told(high, scale)),
        exponent=slope if scale is Scale.FACTOR else None,
        n=len(values),
        flops=tuple((10**where).tolist()),
        values=tuple((10**means if scale is Scale.FACTOR else means).tolist()),
        band=_band((where, means), (drawn_where, drawn_means), scale),
    )


def _band(fitted: tuple[np.ndarray, np.ndarray], drawn: tuple[np.ndarray, np.ndarray], scale: Scale) -> Band:
    """The line through the bins' means, with those through the means of each draw around it.

    Args:
        fitted, drawn: log10 FLOPs and values on `scale`, per bin, and draws x bins.
    """
    at = places(10 ** fitted[0])
    lines = [_line(x, y, np.log10(at)) for x, y in (fitted, drawn)]
    line, around = (10**line for line in lines) if scale is Scale.FACTOR else lines
    return band(at, line, around)


def _line(x: np.ndarray, y: np.ndarray, at: np.ndarray) -> np.ndarray:
    """The least-squares line along the last axis, at other places."""
    line: np.ndarray = y.mean(axis=-1, keepdims=True) + _slope(x, y)[..., None] * (at - x.mean(axis=-1, keepdims=True))
    return line


def _told(slope: float, scale: Scale) -> float:
    return float(10**slope) if scale is Scale.FACTOR else slope


def _bins(decades: np.ndarray, score: np.ndarray) -> list[np.ndarray]:
    """Rows in equally filled bins of FLOPs, within each the best first."""
    rows = np.argsort(decades, kind="stable")
    bins = min(len(rows) // TRIALS_PER_BIN, _MAX_BINS)
    if bins < 1:
        return []
    return [members[np.argsort(-score[members], kind="stable")] for members in np.array_split(rows, bins)]


def _share(n: int, top: float) -> int:
    return max(1, round(n * top))


def _scale(values: np.ndarray, best: list[np.ndarray], where: np.ndarray) -> tuple[Scale, np.ndarray]:
    """The scale, and the means of the bins on it."""
    steps = np.array([values[rows].mean() for rows in best])
    if (values <= 0).any():
        return Scale.STEP, steps
    factors = np.array([np.log10(values[rows]).mean() for rows in best])
    counts = (values == np.round(values)).all() and values.max() <= _LARGEST_COUNT
    if counts and _explained(where, steps) > _explained(where, factors):
        return Scale.STEP, steps
    return Scale.FACTOR, factors


def _explained(x: np.ndarray, y: np.ndarray) -> float:
    """The share of y's variance that a line explains."""
    return float(np.corrcoef(x, y)[0, 1] ** 2) if np.ptp(x) > 0 and np.ptp(y) > 0 else 0.0


def _slope(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Of the least-squares line along the last axis."""
    centred = x - x.mean(axis=-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope: np.ndarray = (centred * y).sum(axis=-1) / (centred**2).sum(axis=-1)
    return slope


def _movement(low: float, high: float) -> Movement:
    if low > 0:
        return Movement.UP
    return Movement.DOWN if high < 0 else Movement.STILL
