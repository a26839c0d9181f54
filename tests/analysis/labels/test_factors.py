import numpy as np
import pandas as pd

from analysis.labels.factors import architecture_factors, field_factors

PARAMS = pd.DataFrame(
    {
        "family": ["resnet", "convnext", "densenet", "regnet"],
        "resnet.depth": [2, np.nan, np.nan, np.nan],
        "convnext.depth": [np.nan, 4, np.nan, np.nan],
        "resnet.width": [64, np.nan, np.nan, np.nan],
        "densenet.growth": [np.nan, np.nan, 16, np.nan],
        "resnet.kernel": [3, np.nan, np.nan, np.nan],
        "regnet.stem_kernel": [np.nan, np.nan, np.nan, 9],
        "resnet.pooling": ["max", np.nan, np.nan, np.nan],
        "train.depth": [7, 7, 7, 7],
    },
    dtype=object,
)


def test_the_same_number_of_several_families_is_one_factor():
    factors = architecture_factors(PARAMS)
    by_name = dict(zip(factors.names, factors.columns.T, strict=True))
    np.testing.assert_array_equal(by_name["depth"], [1, 2, np.nan, np.nan])
    np.testing.assert_array_equal(by_name["width"], [6, np.nan, 4, np.nan])
    assert factors.family.tolist() == [0, 1, 2, 3]


def test_a_stems_kernel_is_not_the_kernel():
    factors = architecture_factors(PARAMS)
    np.testing.assert_allclose(factors.columns[:, factors.names.index("kernel")], [np.log2(3), np.nan, np.nan, np.nan])


def test_pooling_is_compared_with_average_where_it_is_a_parameter():
    pooling = pd.DataFrame({"a.pooling": ["average", "max", "none", np.nan]}, dtype=object)
    factors = architecture_factors(pooling)
    assert factors.names[-2:] == ("pooling=max", "pooling=none")
    np.testing.assert_array_equal(factors.columns[:, -2:].T, [[0, 1, 0, np.nan], [0, 0, 1, np.nan]])
    assert architecture_factors(PARAMS).names[-1] == "pooling"


def test_what_has_no_logarithm_is_missing():
    attrs = pd.DataFrame({"receptive_field": [8, 0, None, "wide"], "flops": [1e6, 2e6, 4e6, np.nan]}, dtype=object)
    columns = field_factors(PARAMS, attrs).columns
    np.testing.assert_array_equal(columns[:, 0], [3, np.nan, np.nan, np.nan])
    assert columns[2, 1] - columns[0, 1] == 2
