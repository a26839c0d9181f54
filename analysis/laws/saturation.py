"""Where more compute stops to pay."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analysis.bootstrap import LEVEL, Interval

GAIN = 0.01


@dataclass(frozen=True)
class Saturation:
    """The x beyond which doubling it lowers y by less than `gain`, a share of y.

    Attributes:
        x: 0 where that holds everywhere.
        ci95: its bootstrap interval; infinite where the offset of a resample vanishes.
        reached: whether points lie beyond it.
    """

    x: float
    ci95: Interval
    gain: float
    reached: bool


def saturation(
    params: Mapping[str, float], draws: Mapping[str, np.ndarray], largest: float, gain: float = GAIN
) -> Saturation:
    """Saturation of y = E + A x^-alpha.

    Args:
        params: E, A, alpha.
        draws: the same, refitted to each resample.
        largest: the largest x that was measured.
    """
    point = float(saturation_point(params["E"], params["A"], params["alpha"], gain))
    points = saturation_point(draws["E"], draws["A"], draws["alpha"], gain)
    ends = np.nanquantile(points, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], method="inverted_cdf")  # infinity has no middle
    return Saturation(point, (float(ends[0]), float(ends[1])), gain, largest > point)


def saturation_point(
    offset: np.ndarray | float, amplitude: np.ndarray | float, alpha: np.ndarray | float, gain: float
) -> np.ndarray:
    """The x at which y = E + A x^-alpha loses the share `gain` when x doubles.

    There A x^-alpha (1 - 2^-alpha) = gain (E + A x^-alpha). 0 where not even the power law alone loses that much.
    """
    surplus = np.asarray(1 - 2.0 ** -np.asarray(alpha) - gain)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        found = (np.asarray(amplitude) * surplus / (gain * np.asarray(offset))) ** (1 / np.asarray(alpha))
    return np.where(surplus > 0, found, 0.0)
