import numpy as np
import pandas as pd
import pytest

from analysis.columns import group_text, is_numeric, is_present


@pytest.mark.parametrize(
    ("values", "dtype", "numeric"),
    [
        ([1, 2, np.nan], float, True),
        ([1, 2.5, np.nan], object, True),
        ([0.25, None], object, False),
        (["a", "b"], object, False),
        ([True, False], bool, False),
        ([True, False, np.nan], object, False),
    ],
)
def test_only_numbers_have_an_order(values, dtype, numeric):
    assert is_numeric(pd.Series(values, dtype=dtype)) is numeric


def test_none_is_a_value_and_nan_is_not():
    assert is_present(pd.Series([0.25, None, np.nan], dtype=object)).tolist() == [True, True, False]
    assert is_present(pd.Series([1.0, np.nan])).tolist() == [True, False]


def test_groups_are_called_as_one_types_them():
    column = pd.Series([None, 3.0, 0.25, "adamw", True, np.nan], dtype=object)
    assert group_text(column).tolist()[:5] == ["none", "3", "0.25", "adamw", "True"]
    assert group_text(column).isna().tolist() == [False] * 5 + [True]
