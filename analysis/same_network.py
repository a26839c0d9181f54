"""Which trials trained the same network, though in other ways."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.trials import Trials, is_missing

_TRAINING = "train."


def training_settings(params: Mapping[str, Any]) -> dict[str, Any]:
    """What was drawn for the training, by its name without `train.`; nothing of a table from elsewhere."""
    return {name.removeprefix(_TRAINING): value for name, value in params.items() if name.startswith(_TRAINING)}


def trainings_of(complete: Trials, params: Mapping[str, Any]) -> pd.Index:
    """Numbers of the complete trials that trained the network of `params`; none where no parameter is of a training."""
    names = [str(name) for name in complete.params]
    architecture = [name for name in names if not name.startswith(_TRAINING)]
    if len(architecture) == len(names):
        return pd.Index([], dtype=complete.state.index.dtype)
    same = pd.Series(True, complete.state.index)
    for name in architecture:
        same &= _equal(complete.params[name], params.get(name, float("nan")))
    return complete.state.index[same]


def _equal(column: pd.Series, value: object) -> pd.Series:
    """Where a column holds the value; None equals None, and a parameter that is not there only its like."""
    if is_missing(value):
        return column.map(is_missing) if column.dtype == object else column.isna()
    if value is None:
        return column.map(lambda held: held is None)
    return column == value
