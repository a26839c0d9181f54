"""An architecture's numbers as columns of a regression, the same number of several families as one factor.

A factor that a family does not have stays NaN in its trials: no value is invented.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from analysis.columns import is_present

RECEPTIVE_FIELD = "receptive_field"
FLOPS = "flops"
POOLING = "pooling"
AVERAGE = "average"

# What the families call it. A DenseNet's growth is its width: all its channels are multiples of it. Kernels of a stem
# or of one branch among many (stem_kernel, cap, scale, patch) are not the kernel of the blocks.
_NAMES = {"depth": ("depth",), "width": ("width", "growth"), "kernel": ("kernel",), "stages": ("stages",)}


class Unit(StrEnum):
    """What an effect is the change of balanced accuracy for."""

    PER_DOUBLING = "per doubling"
    AGAINST_AVERAGE = "against average"


@dataclass(frozen=True)
class Factors:
    """Columns of a regression.

    Attributes:
        names, units: of the k columns.
        columns: n x k; NaN where a trial does not have the factor.
        family: n ints, the family of each trial.
    """

    names: tuple[str, ...]
    units: tuple[Unit, ...]
    columns: np.ndarray
    family: np.ndarray


def architecture_factors(params: pd.DataFrame) -> Factors:
    """log2 of depth, width, kernel and stages; and one indicator for each pooling that is not average."""
    numbers = {name: doublings(merged(params, endings)) for name, endings in _NAMES.items()}
    pooling = pooling_of(params)
    tried = sorted({str(value) for value in pooling if isinstance(value, str)})
    against = {
        f"{POOLING}={choice}": np.where([isinstance(value, str) for value in pooling], pooling == choice, np.nan)
        for choice in tried
        if choice != AVERAGE and AVERAGE in tried
    } or {POOLING: np.full(len(params), np.nan)}
    return Factors(
        (*numbers, *against),
        (Unit.PER_DOUBLING,) * len(numbers) + (Unit.AGAINST_AVERAGE,) * len(against),
        np.column_stack([*numbers.values(), *against.values()]).astype(float),
        families(params),
    )


def field_factors(params: pd.DataFrame, attrs: pd.DataFrame) -> Factors:
    """log2 of the receptive field, which depth and kernel determine, and of the FLOPs that it costs."""
    names = (RECEPTIVE_FIELD, FLOPS)
    columns = [doublings(merged(attrs, (name,))) for name in names]
    return Factors(names, (Unit.PER_DOUBLING,) * 2, np.column_stack(columns), families(params))


def families(params: pd.DataFrame) -> np.ndarray:
    """The family of each trial as an int; all 0 where there is no such column."""
    if "family" not in params:
        return np.zeros(len(params), dtype=int)
    return np.asarray(pd.factorize(params["family"], use_na_sentinel=False)[0])


def pooling_of(params: pd.DataFrame) -> np.ndarray:
    """How each trial pools; NaN where it is not a parameter."""
    return merged(params, (POOLING,)).to_numpy(dtype=object)


def merged(table: pd.DataFrame, endings: Iterable[str]) -> pd.Series:
    """One column of all whose name is `ending` or `family.ending`; each trial has its own family's."""
    found = pd.Series(np.nan, index=table.index, dtype=object)
    for name in table:
        prefix, _, ending = str(name).rpartition(".")
        if ending in endings and prefix != "train":
            found = found.where(is_present(found), table[name].astype(object))
    return found


def doublings(values: pd.Series) -> np.ndarray:
    """log2; NaN for what is not a number above 0."""
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float)
    logarithms: np.ndarray = np.log2(np.where(numbers > 0, numbers, np.nan))
    return logarithms
