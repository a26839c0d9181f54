"""Pareto fronts and their hypervolume."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.trials import Direction


def pareto_mask(values: np.ndarray, directions: Sequence[Direction]) -> np.ndarray:
    """True for the rows that no other row dominates.

    Args:
        values: n x m. A row with a NaN is never a member; equal rows are all members or none.
    """
    costs = as_costs(values, directions)
    valid = np.flatnonzero(~np.isnan(costs).any(axis=1))
    mask = np.zeros(len(values), dtype=bool)
    mask[valid] = [
        not ((costs[valid] <= row).all(axis=1) & (costs[valid] < row).any(axis=1)).any() for row in costs[valid]
    ]
    return mask


@dataclass(frozen=True)
class Hypervolume:
    """The area that a front dominates.

    Attributes:
        value: the area between the front and the reference.
        reference: the corner, in the objectives' own units and order.
        log_axes: per objective, whether its axis is log10.
    """

    value: float
    reference: tuple[float, float]
    log_axes: tuple[bool, bool]


def hypervolume(
    values: np.ndarray,
    directions: Sequence[Direction],
    reference: tuple[float, float],
    *,
    log_axes: tuple[bool, bool] = (False, False),
) -> Hypervolume:
    """The area that n x 2 `values` dominate up to `reference`; points beyond the reference add nothing.

    A row with a NaN adds nothing either.
    """
    corner = _axes(np.array([reference], dtype=float), directions, log_axes)[0]
    costs = _axes(values, directions, log_axes)
    costs = costs[(costs < corner).all(axis=1)]  # NaN compares false
    area, height = 0.0, corner[1]
    for x, y in costs[np.lexsort((costs[:, 1], costs[:, 0]))]:
        if y < height:
            area += (corner[0] - x) * (height - y)
            height = y
    return Hypervolume(float(area), reference, log_axes)


def default_reference(values: np.ndarray, directions: Sequence[Direction]) -> tuple[float, float]:
    """Median of a maximised objective, maximum of a cost."""
    corner = [
        np.nanmedian(column) if direction is Direction.MAXIMIZE else np.nanmax(column)
        for column, direction in zip(values.T, directions, strict=True)
    ]
    return float(corner[0]), float(corner[1])


def as_costs(values: np.ndarray, directions: Sequence[Direction]) -> np.ndarray:
    """The same values, all to be minimised."""
    sign = np.array([-1.0 if direction is Direction.MAXIMIZE else 1.0 for direction in directions])
    costs: np.ndarray = np.asarray(values, dtype=float) * sign
    return costs


def _axes(values: np.ndarray, directions: Sequence[Direction], log_axes: Sequence[bool]) -> np.ndarray:
    columns = np.asarray(values, dtype=float).T
    scaled = [np.log10(column) if log else column for column, log in zip(columns, log_axes, strict=True)]
    return as_costs(np.column_stack(scaled), directions)
