"""Linear regression of many scores at once on factors that not every family has.

Each family has its own intercept; where only some trials of a family have a factor, both parts have. Columns and
scores are therefore centred within these cells (Frisch and Waugh, 1933), and a factor that a cell does not have is 0
there: the cell says nothing about its slope. Intervals are heteroscedasticity-consistent (HC3; MacKinnon and White,
1985), which needs no resampling and covers as stated also with few trials and uneven noise (Long and Ervin, 2000).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import t as student

from analysis.bootstrap import LEVEL, Interval
from analysis.status import Status

MIN_DEGREES = 10
MIN_DIFFERENT = 5
_INSEPARABLE = 1e-3
_SHARE_OF_INSEPARABLE = 1e-2


@dataclass(frozen=True)
class Estimate:
    """A value with its 95 % interval."""

    value: float
    ci95: Interval


@dataclass(frozen=True)
class Regression:
    """k slopes for each of L scores.

    Attributes:
        status: of each column, ANSWERED where it has slopes.
        together: of each column, the columns from which it cannot be separated.
        n: of each column, the trials that say something about it: those of cells in which it varies.
        slopes, errors: k x L, estimates and their standard errors; NaN for columns without.
        degrees: residual degrees of freedom.
    """

    status: tuple[Status, ...]
    together: tuple[tuple[int, ...], ...]
    n: tuple[int, ...]
    slopes: np.ndarray
    errors: np.ndarray
    degrees: int

    def estimate(self, column: int, score: int) -> Estimate:
        value, error = float(self.slopes[column, score]), float(self.errors[column, score])
        reach = float(student.ppf((1 + LEVEL) / 2, self.degrees)) * error
        return Estimate(value, (value - reach, value + reach))


def fit(columns: np.ndarray, family: np.ndarray, scores: np.ndarray) -> Regression:
    """Regress each score on all columns, adjusted for the family.

    Args:
        columns: n x k; NaN where a trial does not have the factor.
        family: n ints.
        scores: n x L, without NaN.
    """
    cells = _cells(columns, family)
    shared = np.isin(cells, np.flatnonzero(np.bincount(cells) > 1))  # a trial alone in its cell says nothing of a slope
    columns, scores, cells = columns[shared], scores[shared], cells[shared]
    centred = _centre(columns, cells)
    informative = [_informative(column, own, cells) for column, own in zip(columns.T, centred.T, strict=True)]
    status = np.empty(len(informative), dtype=object)
    status[:] = [_status(column[rows], len(cells)) for column, rows in zip(columns.T, informative, strict=True)]
    kept = np.flatnonzero(status == Status.ANSWERED)
    basis = _Basis.of(centred[:, kept])
    status[kept[basis.inseparable.any(axis=1)]] = Status.COLLINEAR
    degrees = len(cells) - len(np.unique(cells)) - basis.rank
    slopes, errors = np.full((2, len(status), scores.shape[1]), np.nan)
    if degrees >= MIN_DEGREES:
        slopes[kept], errors[kept] = basis.solve(_centre(scores, cells), 1 / np.bincount(cells)[cells])
    status[(status == Status.ANSWERED) & np.isnan(errors).any(axis=1)] = Status.TOO_FEW
    slopes[status != Status.ANSWERED] = errors[status != Status.ANSWERED] = np.nan
    return Regression(
        tuple(status),
        basis.partners(kept, len(status)),
        tuple(map(len, informative)),
        slopes,
        errors,
        degrees,
    )


def within_cells(columns: np.ndarray, family: np.ndarray) -> np.ndarray:
    """The n x k columns minus their means among the trials of one family that have the same factors; 0 for NaN."""
    return _centre(columns, _cells(columns, family))


def _cells(columns: np.ndarray, family: np.ndarray) -> np.ndarray:
    """Trials of one family that have the same factors share a number."""
    _, cells = np.unique(np.column_stack([family, np.isnan(columns)]), axis=0, return_inverse=True)
    return np.asarray(cells).ravel()


def _centre(values: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """Values minus their cell's mean; NaN, what a cell does not have, becomes 0."""
    table = pd.DataFrame(values)
    centred: np.ndarray = (table - table.groupby(cells).transform("mean")).fillna(0).to_numpy()
    return centred


def _informative(column: np.ndarray, centred: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """Row numbers of the cells in which a column varies."""
    varying = np.unique(cells[np.abs(centred) > 1e-9])
    return np.flatnonzero(np.isin(cells, varying) & ~np.isnan(column))


def _status(values: np.ndarray, n: int) -> Status:
    """What the informative values of a column allow, of n trials in all."""
    if not len(values):
        return Status.CONSTANT if n else Status.TOO_FEW
    most_common = np.unique(values, return_counts=True)[1].max()
    return Status.ANSWERED if len(values) - most_common >= MIN_DIFFERENT else Status.TOO_FEW


@dataclass(frozen=True)
class _Basis:
    """What k centred columns can tell apart.

    Attributes:
        columns: n x k.
        inverse: their pseudo-inverse, k x n, without the directions that hardly vary.
        inseparable: k x k; which columns share such a direction.
        rank: directions left.
    """

    columns: np.ndarray
    inverse: np.ndarray
    inseparable: np.ndarray
    rank: int

    def partners(self, places: np.ndarray, count: int) -> tuple[tuple[int, ...], ...]:
        """For each of `count` columns, of which these are those at `places`, the others it cannot be told from."""
        found: list[tuple[int, ...]] = [()] * count
        for place, alike in zip(places, self.inseparable, strict=True):
            found[place] = tuple(int(other) for other in places[alike] if other != place)
        return tuple(found)

    @classmethod
    def of(cls, columns: np.ndarray) -> "_Basis":
        norms = np.linalg.norm(columns, axis=0)
        scaled = columns / norms
        spread, directions = np.linalg.eigh(scaled.T @ scaled)
        told = spread > _INSEPARABLE
        lost = directions[:, ~told] @ directions[:, ~told].T
        inverse = (directions[:, told] / spread[told]) @ directions[:, told].T @ scaled.T / norms[:, None]
        return cls(columns, inverse, np.abs(lost) > _SHARE_OF_INSEPARABLE, int(told.sum()))

    def solve(self, scores: np.ndarray, cell_leverage: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Slopes and their HC3 standard errors, k x L.

        A trial that determines a slope alone has no residual to judge it by: the slope's error is NaN.
        """
        slopes = self.inverse @ scores
        leverage = cell_leverage + np.einsum("nk,kn->n", self.columns, self.inverse)
        alone = leverage > 1 - 1e-8
        left = np.where(alone, 1.0, 1 - leverage)
        residuals = (scores - self.columns @ slopes) / left[:, None]
        errors = np.sqrt(self.inverse**2 @ residuals**2)
        errors[(np.abs(self.inverse[:, alone]) > 1e-9).any(axis=1)] = np.nan
        return slopes, errors
