"""Which laws are asked of a study's trials: how the error falls with cost, size and data, and what moves with cost."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.columns import is_numeric
from analysis.error_rate import ErrorRate
from analysis.laws.form import Form
from analysis.laws.frontier import FrontierLaw, Through, fit_frontier
from analysis.laws.isoflop import IsoflopLaw, fit_isoflop
from analysis.laws.law import FitSettings, Law, fit_law
from analysis.laws.quantile import QuantileLaw, fit_quantile
from analysis.laws.scaling import ScalingRule, scaling_rules
from analysis.trials import Trials

_SIZE = "params"
_DATA = "train.data_fraction"
_SHAPE = ("params", "stages", "receptive_field")  # attributes that move with cost as parameters do
_MOST_ROWS = 2000  # of a law in two variables, whose bootstrap takes long
_DRAWS = 300


@dataclass(frozen=True)
class Scaling:
    """Laws of the error, each None where the trials have nothing to fit it to.

    Attributes:
        cost, error: what x and y are called.
        frontier: of the best error within equally filled bins of cost.
        envelope: of the trials that none dominates.
        best_tenth: of the error that a tenth of the trials stays below.
        offset: the frontier's points once more, with an error that remains at any cost.
        by_size: the frontier over parameters.
        size_and_data: over parameters and the share of the data, where that was searched.
        best_size: parameters of the best networks of each cost.
        rules: how the parameters of the best networks move with cost.
    """

    cost: str
    error: str
    frontier: FrontierLaw
    envelope: FrontierLaw
    best_tenth: QuantileLaw
    offset: Law
    by_size: FrontierLaw | None
    size_and_data: Law | None
    best_size: IsoflopLaw | None
    rules: tuple[ScalingRule, ...]


def describe_scaling(complete: Trials, error: ErrorRate, *, seed: int = 0) -> Scaling:
    """All laws of complete trials that have a cost; perfect trials, and those that cost nothing, have no logarithm."""
    assert complete.cost is not None
    x = complete.values[complete.cost.name].to_numpy(dtype=float)
    y = error.values
    frontier = fit_frontier(x, y, seed=seed)
    size = _numbers(complete, _SIZE)
    return Scaling(
        cost=complete.cost.name,
        error=error.name,
        frontier=frontier,
        envelope=fit_frontier(x, y, through=Through.ENVELOPE, draws=_DRAWS, seed=seed),
        best_tenth=fit_quantile(x, y, draws=_DRAWS, seed=seed),
        offset=fit_law(Form.POWER_OFFSET, np.array(frontier.x), np.array(frontier.y), FitSettings(seed=seed)),
        by_size=None if size is None else fit_frontier(size, y, seed=seed),
        size_and_data=_size_and_data(complete, y, seed),
        best_size=None if size is None else _best_size(size, x, y, seed),
        rules=scaling_rules(_shape(complete), pd.Series(x, complete.state.index), _goodness(complete, y), seed=seed),
    )


def _numbers(complete: Trials, name: str) -> np.ndarray | None:
    for table in (complete.attrs, complete.params):
        if name in table and is_numeric(table[name]):
            numbers: np.ndarray = table[name].to_numpy(dtype=float)
            return numbers
    return None


def _size_and_data(complete: Trials, y: np.ndarray, seed: int) -> Law | None:
    size, data = _numbers(complete, _SIZE), _numbers(complete, _DATA)
    if size is None or data is None or len(np.unique(data)) < Form.CHINCHILLA.min_values:
        return None
    x = np.column_stack([size, data])
    rows = np.flatnonzero(((x > 0) & np.isfinite(x)).all(axis=1) & (y > 0))
    rows = np.sort(np.random.default_rng(seed).permutation(rows)[:_MOST_ROWS])
    return fit_law(Form.CHINCHILLA, x[rows], y[rows], FitSettings(draws=_DRAWS, seed=seed))


def _best_size(size: np.ndarray, x: np.ndarray, y: np.ndarray, seed: int) -> IsoflopLaw:
    positive = (size > 0) & (x > 0) & (y > 0)
    return fit_isoflop(size[positive], x[positive], y[positive], draws=_DRAWS, seed=seed)


def _shape(complete: Trials) -> pd.DataFrame:
    attrs = complete.attrs[[name for name in _SHAPE if name in complete.attrs and name not in complete.params]]
    table = complete.params.join(attrs)
    return table[[name for name in table if is_numeric(table[name])]]


def _goodness(complete: Trials, y: np.ndarray) -> pd.Series:
    return pd.Series(-y, complete.state.index)
