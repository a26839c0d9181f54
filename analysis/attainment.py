"""What a repeated search attains: the empirical attainment function over its runs.

A point is attained by a run whose front dominates it or holds it. The 50 % surface is the front that at least half of
the runs reach everywhere: the typical result of one run (Grunert da Fonseca, Fonseca and Hall, EMO 2001), which a front
over all runs together overstates.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import moocore
import numpy as np

from analysis.pareto import as_costs, hypervolume, pareto_mask
from analysis.trials import Direction

MIN_RUNS = 3
_SHARES = (25, 50, 75)
_MOST_OBJECTIVES = 3


@dataclass(frozen=True)
class Surface:
    """What at least `percent` of the runs attain: rows of `points` are corners, ordered by the last objective."""

    percent: int
    points: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Attainment:
    """The surfaces of several runs.

    Attributes:
        runs: their names.
        surfaces: at 25, 50 and 75 % of the runs.
        hypervolumes: of each run's own front, in the order of `runs`, all with one reference.
    """

    runs: tuple[str, ...]
    surfaces: tuple[Surface, ...]
    hypervolumes: tuple[float, ...]


def attainment(
    values: np.ndarray,
    directions: Sequence[Direction],
    runs: Sequence[str],
    reference: Sequence[float],
    *,
    log_axes: Sequence[bool] | None = None,
) -> Attainment | None:
    """The attainment surfaces of `runs`; None for fewer than MIN_RUNS runs or more than three objectives.

    Args:
        values: n x m, two or three objectives; rows with a NaN or an infinity are left out.
        runs: for each row the run (study, seed) it belongs to.
        reference: the corner for the hypervolumes.
    """
    owner = np.asarray(runs, dtype=object)
    kept = np.isfinite(np.asarray(values, dtype=float)).all(axis=1)
    names = sorted(set(owner[kept]))
    if len(names) < MIN_RUNS or not 2 <= len(directions) <= _MOST_OBJECTIVES:
        return None
    fronts = {name: _front(values[kept & (owner == name)], directions) for name in names}
    points = np.vstack([as_costs(front, directions) for front in fronts.values()])
    sets = np.repeat(np.arange(len(names)), [len(front) for front in fronts.values()])
    found = moocore.eaf(points, sets, percentiles=list(_SHARES))
    return Attainment(
        runs=tuple(names),
        surfaces=tuple(
            Surface(percent, _corners(found[found[:, -1] == percent, :-1], directions)) for percent in _SHARES
        ),
        hypervolumes=tuple(
            hypervolume(front, directions, reference, log_axes=log_axes).value for front in fronts.values()
        ),
    )


def _front(values: np.ndarray, directions: Sequence[Direction]) -> np.ndarray:
    return values[pareto_mask(values, directions)]


def _corners(costs: np.ndarray, directions: Sequence[Direction]) -> tuple[tuple[float, ...], ...]:
    points = as_costs(costs, directions)
    return tuple(tuple(float(x) for x in row) for row in points[np.argsort(points[:, -1], kind="stable")])
