import numpy as np
import pytest
from sklearn.linear_model import QuantileRegressor

from analysis.errors import AnalysisError
from analysis.laws.quantile import fit_quantile
from analysis.laws.status import Status


def _trials(n=200, alpha=0.2, seed=0):
    rng = np.random.default_rng(seed)
    x = 10 ** rng.uniform(6, 9, n)
    return x, 3 * x**-alpha * np.exp(rng.normal(0, 0.3, n))


@pytest.mark.parametrize("quantile", [0.05, 0.1, 0.5])
def test_it_is_the_line_that_linear_programming_finds(quantile):
    x, y = _trials(501)
    exact = QuantileRegressor(quantile=quantile, alpha=0, solver="highs").fit(np.log(x)[:, None], np.log(y))
    law = fit_quantile(x, y, quantile=quantile, draws=20)
    assert law.params["alpha"] == pytest.approx(-exact.coef_[0], abs=2e-3)
    below = (y < law.params["A"] * x ** -law.params["alpha"]).mean()
    assert below == pytest.approx(quantile, abs=0.01)


def test_its_interval_covers_the_truth_nineteen_times_in_twenty():
    """With 40 repeats, 31 or fewer covered would be chance once in 10,000."""
    laws = [fit_quantile(*_trials(100, seed=seed), draws=100, seed=seed) for seed in range(40)]
    assert sum(law.ci95["alpha"][0] < 0.2 < law.ci95["alpha"][1] for law in laws) > 31
    assert np.median([np.diff(law.ci95["alpha"]) for law in laws]) < 0.25


def test_where_compute_does_not_help_no_law_is_claimed():
    found = [fit_quantile(*_trials(100, alpha=0, seed=seed), draws=100).status for seed in range(20)]
    assert found.count(Status.NO_LAW) >= 16


def test_too_few_trials_beyond_the_quantile_are_said():
    law = fit_quantile(*_trials(49))
    assert (law.status, law.params, law.n) == (Status.TOO_FEW_POINTS, {}, 49)
    assert "needs 50 trials" in law.reason
    assert fit_quantile(*_trials(50), draws=20).params


def test_rows_without_a_logarithm_are_left_out():
    x, y = _trials()
    assert fit_quantile(np.r_[x, 0, 1e7], np.r_[y, 0.5, np.nan], draws=20).n == 200


@pytest.mark.parametrize("quantile", [0, 1, 10, float("nan")])
def test_a_quantile_lies_between_0_and_1(quantile):
    with pytest.raises(AnalysisError, match="between 0 and 1"):
        fit_quantile(*_trials(), quantile=quantile)
