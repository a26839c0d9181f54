import numpy as np
import pytest

from analysis.design_space import edf
from analysis.errors import AnalysisError


def test_steps_by_hand():
    found = edf(np.array([0.3, 0.1, 0.3, np.nan, 0.2]))
    assert found.x == (0.1, 0.2, 0.3)
    assert found.share == (0.25, 0.5, 1.0)
    assert found.n == 4


def test_weights_count_as_that_many_trials():
    assert edf(np.array([1.0, 2.0]), np.array([1, 3])).share == edf(np.array([1.0, 2.0, 2.0, 2.0])).share
    assert edf(np.array([1.0, 2.0]), np.array([0, 3])).x == (2.0,)


def test_quantiles_are_those_of_numpys_inverted_distribution_function():
    values = np.random.default_rng(0).normal(size=37)
    found = edf(values)
    for share in (0.0, 0.025, 0.1, 0.5, 7 / 37, 0.975, 1.0):
        assert found.quantile(share) == pytest.approx(np.quantile(values, share, method="inverted_cdf"))


def test_without_trials_nothing_is_known():
    nothing = edf(np.array([np.nan]))
    assert (nothing.x, nothing.n) == ((), 0)
    assert np.isnan(nothing.quantile(0.5))


def test_a_percentage_and_a_negative_weight_are_refused():
    with pytest.raises(AnalysisError, match="got 95"):
        edf(np.array([1.0])).quantile(95)
    with pytest.raises(AnalysisError, match="smallest -1"):
        edf(np.array([1.0, 2.0]), np.array([-1.0, 2.0]))
    with pytest.raises(AnalysisError, match="2 values and 1 weights"):
        edf(np.array([1.0, 2.0]), np.array([1.0]))
