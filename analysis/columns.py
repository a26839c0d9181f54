"""What a column of parameters holds: ordered numbers or categories.

Everywhere in the analysis NaN means that a trial does not have the parameter (another family was drawn); None is a
value of its own, for instance of a squeeze-excitation left out, and makes the column a category.
"""

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype


def is_numeric(column: pd.Series) -> bool:
    """Whether the values have an order: numbers alone, truth values not among them."""
    if is_numeric_dtype(column.dtype):
        return not is_bool_dtype(column.dtype)
    return all(
        isinstance(value, int | float | np.number) and not isinstance(value, bool | np.bool_)
        for value in column[is_present(column)]
    )


def group_text(column: pd.Series) -> pd.Series:
    """The values as the names of groups: None is `none`, 3.0 is 3; NaN where a trial has none."""
    return column.where(is_present(column)).map(_named).astype(object)


def _named(value: object) -> object:
    if isinstance(value, float | np.floating):
        return value if np.isnan(value) else f"{value:g}"
    return "none" if value is None else str(value)


def is_present(column: pd.Series) -> pd.Series:
    """True where a trial has the parameter; None counts as a value."""
    if column.dtype != object:
        return column.notna()
    return column.map(lambda value: not (isinstance(value, float | np.floating) and np.isnan(value)))
