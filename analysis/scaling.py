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
from analysis.trials import COMPLEXITY, Trials

_SIZE, _COMPUTE = "params", "train_flops"
_DATA = "train.data_fraction"
_MOST_LEFT_OUT = 0.01  # of the trials
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
        best_size: parameters of the best networks of each training compute, where the data varied too: else a size has
            its compute, and there is nothing to choose.
        rules: how the parameters of the best networks move with cost.
        left_out: trials without an error or a cost above 0, which have no logarithm.
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
    left_out: int


def describe_scaling(complete: Trials, error: ErrorRate, *, seed: int = 0) -> Scaling | None:
    """All laws of complete trials; None without a cost, or where more than one in a hundred has no logarithm.

    Those with an error of 0 are the best: a law without them would be another.
    """
    if complete.cost is None:
        return None
    x = complete.values[complete.cost.name].to_numpy(dtype=float)
    y = error.values
    left_out = int((~((x > 0) & (y > 0))).sum())
    if left_out > _MOST_LEFT_OUT * len(x):
        return None
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
        best_size=_best_size(complete, y, seed),
        rules=scaling_rules(_shape(complete), pd.Series(x, complete.state.index), _goodness(complete, y), seed=seed),
        left_out=left_out,
    )


def _numbers(complete: Trials, name: str) -> np.ndarray | None:
    for table in (complete.attrs, complete.params):
        if name in table and is_numeric(table[name]):
            numbers: np.ndarray = table[name].to_numpy(dtype=float)
            return numbers
    return None


def _varied_data(complete: Trials) -> np.ndarray | None:
    """The share of the data that each trial saw; None where it was not searched."""
    data = _numbers(complete, _DATA)
    return None if data is None or len(np.unique(data)) < Form.CHINCHILLA.min_values else data


def _size_and_data(complete: Trials, y: np.ndarray, seed: int) -> Law | None:
    size, data = _numbers(complete, _SIZE), _varied_data(complete)
    if size is None or data is None:
        return None
    x = np.column_stack([size, data])
    rows = np.flatnonzero(((x > 0) & np.isfinite(x)).all(axis=1) & (y > 0))
    rows = np.sort(np.random.default_rng(seed).permutation(rows)[:_MOST_ROWS])
    return fit_law(Form.CHINCHILLA, x[rows], y[rows], FitSettings(draws=_DRAWS, seed=seed))


def _best_size(complete: Trials, y: np.ndarray, seed: int) -> IsoflopLaw | None:
    size, compute = _numbers(complete, _SIZE), _numbers(complete, _COMPUTE)
    if size is None or compute is None or _varied_data(complete) is None:
        return None
    positive = (size > 0) & (compute > 0) & (y > 0)
    return fit_isoflop(size[positive], compute[positive], y[positive], draws=_DRAWS, seed=seed)


def following(complete: Trials) -> list[str]:
    """Attributes that follow from the parameters, as the number of weights does; none of them is an objective."""
    costs = {objective.name for objective in complete.objectives}
    return [n for n in COMPLEXITY if n in complete.attrs and n not in complete.params and n not in costs]


def _shape(complete: Trials) -> pd.DataFrame:
    """What may move with cost: numeric parameters, and what follows from them."""
    table = complete.params.join(complete.attrs[following(complete)])
    return table[[name for name in table if is_numeric(table[name])]]


def _goodness(complete: Trials, y: np.ndarray) -> pd.Series:
    return pd.Series(-y, complete.state.index)
