"""Pareto fronts, their hypervolume, and how far a trial is from the front.

moocore (López-Ibáñez et al.) finds fronts and volumes of any number of objectives.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import moocore
import numpy as np

from analysis.trials import Direction

_CHUNK = 4_000_000  # comparisons at a time


def pareto_mask(values: np.ndarray, directions: Sequence[Direction]) -> np.ndarray:
    """True for the rows that no other row dominates.

    Args:
        values: n x m. A row with a NaN or an infinity is never a member; equal rows are all members or none.
    """
    costs = as_costs(values, directions)
    mask = np.isfinite(costs).all(axis=1)
    if mask.any():
        mask[mask] = moocore.is_nondominated(costs[mask], keep_weakly=True)
    return mask


@dataclass(frozen=True)
class Hypervolume:
    """The volume that a front dominates.

    Attributes:
        value: the volume between the front and the reference; an area for two objectives.
        reference: the corner, in the objectives' own units and order.
        log_axes: per objective, whether its axis is log10.
    """

    value: float
    reference: tuple[float, ...]
    log_axes: tuple[bool, ...]


def hypervolume(
    values: np.ndarray,
    directions: Sequence[Direction],
    reference: Sequence[float],
    *,
    log_axes: Sequence[bool] | None = None,
) -> Hypervolume:
    """The volume that n x m `values` dominate up to `reference`; points beyond the reference add nothing.

    A row with a NaN or an infinity adds nothing either, nor one that is not above 0 on a log10 axis.
    """
    logs = tuple(log_axes or (False,) * len(directions))
    corner = _axes(np.array([reference], dtype=float), directions, logs)[0]
    costs = _axes(values, directions, logs)
    costs = costs[(np.isfinite(costs) & (costs < corner)).all(axis=1)]
    volume = float(moocore.hypervolume(costs, ref=corner)) if len(costs) else 0.0
    return Hypervolume(volume, tuple(float(at) for at in reference), logs)


def default_reference(values: np.ndarray, directions: Sequence[Direction]) -> tuple[float, ...]:
    """Median of a maximised objective, maximum of a cost; rows with a NaN or an infinity are left out."""
    told = np.asarray(values, dtype=float)
    told = told[np.isfinite(told).all(axis=1)]
    return tuple(
        float(np.median(column) if direction is Direction.MAXIMIZE else column.max())
        for column, direction in zip(told.T, directions, strict=True)
    )


def shortfall(values: np.ndarray, directions: Sequence[Direction]) -> np.ndarray:
    """How much of the first objective each row lacks to the best row that is no worse in all others.

    0 for members of the front; NaN for a row with a NaN or an infinity.
    """
    costs = as_costs(values, directions)
    front = costs[pareto_mask(values, directions)]
    told = np.where(np.isfinite(costs).all(axis=1), 0.0, np.nan)
    rows = max(1, _CHUNK // max(len(front), 1))
    for start in range(0, len(costs) if len(front) else 0, rows):
        part = costs[start : start + rows]
        no_worse = (front[None, :, 1:] <= part[:, None, 1:]).all(axis=2)
        best = np.where(no_worse, front[None, :, 0], np.inf).min(axis=1)
        told[start : start + rows] += np.maximum(0.0, part[:, 0] - np.minimum(best, part[:, 0]))
    return told


def as_costs(values: np.ndarray, directions: Sequence[Direction]) -> np.ndarray:
    """The same values, all to be minimised."""
    sign = np.array([-1.0 if direction is Direction.MAXIMIZE else 1.0 for direction in directions])
    costs: np.ndarray = np.asarray(values, dtype=float) * sign
    return costs


def _axes(values: np.ndarray, directions: Sequence[Direction], log_axes: Sequence[bool]) -> np.ndarray:
    columns = np.asarray(values, dtype=float).T
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = [np.log10(column) if log else column for column, log in zip(columns, log_axes, strict=True)]
    return as_costs(np.column_stack(scaled), directions)
