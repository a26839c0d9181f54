"""Intervals by resampling records."""

from collections.abc import Callable, Mapping

import numpy as np

_LEVEL = 0.95


def bootstrap_intervals(
    figures: Callable[[np.ndarray], Mapping[str, float]],
    records: int,
    *,
    groups: np.ndarray | None = None,
    resamples: int = 1000,
    seed: int = 0,
) -> dict[str, tuple[float, float]]:
    """The 95 % percentile interval (low, high) of each figure (Efron and Tibshirani, 1993, chapter 13).

    A resample draws as many records as there are, with replacement. It is written as weights: how often each record
    was drawn. A resample in which a figure is NaN is left out of that figure's interval; an interval without any
    resample is NaN. The interval of a figure that noise pushes one way, such as the calibration error, leans that way.

    Args:
        figures: from N integer weights to named figures, such as `Evaluation.overall`.
        groups: N ids, such as patients; records of one group are drawn together, as many groups as there are.
        seed: same seed, same intervals.
    """
    rng = np.random.default_rng(seed)
    group_of = np.arange(records) if groups is None else np.unique(groups, return_inverse=True)[1]
    drawn = [figures(_draw(group_of, rng)) for _ in range(resamples)]
    return {name: _percentiles(np.array([row[name] for row in drawn])) for name in drawn[0]}


def _draw(group_of: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    groups = int(group_of.max()) + 1
    times = np.bincount(rng.integers(groups, size=groups), minlength=groups)
    return times[group_of]


def _percentiles(values: np.ndarray) -> tuple[float, float]:
    known = values[~np.isnan(values)]
    if not len(known):
        return float("nan"), float("nan")
    low, high = np.quantile(known, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return float(low), float(high)
