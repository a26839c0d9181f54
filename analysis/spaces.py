"""What the trials say of their design space: how the parts of it compare, and which values are good."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.design_space import Comparison, Edf, GoodValues, compare, edf, good_values
from analysis.error_rate import ErrorRate
from analysis.trials import Trials

_MOST_GROUPS = 6
_MOST_DRAWN = 2_000_000  # errors in all draws of a comparison: of many trials, fewer draws tell as much
_DRAWS = (200, 1000)


@dataclass(frozen=True)
class Part:
    """The trials with one value of a column.

    Attributes:
        value: the value, as text.
        edf: the distribution of their error.
        against_the_rest: they and all other trials that have the column, at equal cost where there is one.
    """

    value: str
    edf: Edf
    against_the_rest: Comparison


@dataclass(frozen=True)
class Spaces:
    """Parts of the space by column, the largest first, and the good values of each parameter.

    Attributes:
        error: what the distributions are of.
        left_out: by column, how many smaller parts are not shown.
    """

    error: str
    parts: dict[str, tuple[Part, ...]]
    left_out: dict[str, int]
    good_values: tuple[GoodValues, ...]


def describe_spaces(complete: Trials, error: ErrorRate, groups: dict[str, pd.Series], *, seed: int = 0) -> Spaces:
    """Distribution functions of the largest groups of each column, each against the rest, and good values."""
    costs = None if complete.cost is None else complete.values[complete.cost.name].to_numpy(dtype=float)
    if costs is not None:
        costs = np.where(costs > 0, costs, np.nan)  # what costs nothing has no place on a log10 axis
    parts, left_out = {}, {}
    for name, column in groups.items():
        sizes = column.value_counts()
        parts[name] = tuple(
            _part(value, (column == value).to_numpy(), column.notna().to_numpy(), error.values, costs, seed)
            for value in sizes.index[:_MOST_GROUPS]
        )
        left_out[name] = max(0, len(sizes) - _MOST_GROUPS)
    return Spaces(error.name, parts, left_out, good_values(complete.params, error.values, flops=costs))


def _part(
    value: str, mine: np.ndarray, known: np.ndarray, errors: np.ndarray, costs: np.ndarray | None, seed: int
) -> Part:
    rest = known & ~mine
    flops = None if costs is None else (costs[mine], costs[rest])
    draws = int(np.clip(_MOST_DRAWN // max(known.sum(), 1), *_DRAWS))
    return Part(value, edf(errors[mine]), compare(errors[mine], errors[rest], flops=flops, draws=draws, seed=seed))
