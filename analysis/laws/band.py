"""How far a fitted curve would move if other trials had been drawn, point by point."""

from dataclasses import dataclass

import numpy as np

from analysis.bootstrap import LEVEL

_PLACES = 40


@dataclass(frozen=True)
class Band:
    """A fitted curve with its pointwise interval, no further than the points that it was fitted to.

    Attributes:
        x: ascending, evenly spread over the decades.
        y: the curve.
        low, high: the middle 95 % of the curves of all bootstrap draws, each with its parameters together.
    """

    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


def places(x: np.ndarray) -> np.ndarray:
    """Where a band is told: from the smallest to the largest x."""
    return np.geomspace(x.min(), x.max(), _PLACES)


def band(x: np.ndarray, y: np.ndarray, drawn: np.ndarray) -> Band:
    """The band of a curve.

    Args:
        x: n places.
        y: the curve there.
        drawn: draws x n, the curve of each bootstrap draw; rows of NaN, from resamples that tell nothing, are left out.
            Without any other the interval is NaN.
    """
    told = drawn[~np.isnan(drawn).any(axis=1)]
    ends = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
    low, high = np.quantile(told, ends, axis=0) if len(told) else np.full((2, len(x)), np.nan)
    return Band(tuple(x.tolist()), tuple(y.tolist()), tuple(low.tolist()), tuple(high.tolist()))


def power_band(x: np.ndarray, amplitude: float, alpha: float, drawn: np.ndarray, *, offset: float = 0.0) -> Band:
    """The band of offset + A x^-alpha.

    Args:
        x: the points that it was fitted to.
        drawn: draws x 3; offset, A and alpha of each.
    """
    at = places(x)
    with np.errstate(over="ignore", invalid="ignore"):
        curves = drawn[:, :1] + drawn[:, 1:2] * at ** -drawn[:, 2:]
    return band(at, offset + amplitude * at**-alpha, curves)
