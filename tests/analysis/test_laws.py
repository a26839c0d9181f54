import numpy as np
import pytest

from analysis.laws import Status, compute_frontier, fit_power_law


def _runs(n=200, alpha=0.2, noise=0.02, seed=0):
    """Runs that lose a random, non-negative amount to the law 3 x^-alpha."""
    rng = np.random.default_rng(seed)
    x = 10 ** rng.uniform(6, 9, n)
    return x, 3 * x**-alpha * np.exp(np.abs(rng.normal(0, noise, n)))


def test_a_known_exponent_is_recovered_within_its_interval():
    law = fit_power_law(*_runs())
    low, high = law.ci95["alpha"]
    assert law.status is Status.CONVERGED
    assert law.params["alpha"] == pytest.approx(0.2, abs=0.01)
    assert low < 0.2 < high
    assert law.params["A"] * 1e8 ** -law.params["alpha"] == pytest.approx(3 * 1e8**-0.2, rel=0.05)


def test_an_error_that_grows_with_compute_is_no_law():
    x, y = _runs()
    assert fit_power_law(1e15 / x, y).status is Status.NO_LAW


def test_the_largest_compute_is_held_out_and_predicted_better_than_by_standing_still():
    held_out = fit_power_law(*_runs()).holdout
    assert held_out.error < 0.5 * held_out.baseline_error


def test_where_compute_does_not_help_no_law_is_claimed():
    rng = np.random.default_rng(3)
    found = [
        fit_power_law(10 ** rng.uniform(6, 9, 60), np.exp(rng.normal(-1, 0.3, 60)), seed=i).status for i in range(20)
    ]
    assert found.count(Status.NO_LAW) >= 16


def test_too_few_points_are_said_not_fitted():
    law = fit_power_law(*_runs(12))
    assert (law.status, law.params, law.n) == (Status.TOO_FEW_POINTS, {}, 3)
    assert fit_power_law(np.array([]), np.array([])).status is Status.TOO_FEW_POINTS


def test_the_frontier_is_the_best_of_equally_filled_bins():
    x = np.array([1, 2, 3, 4, 10, 20, 30, 40.0])
    y = np.array([0.9, 0.5, 0.8, 0.7, 0.6, 0.7, 0.4, np.nan])
    best_x, best_y = compute_frontier(x, np.where(np.isnan(y), 0.9, y))
    assert (best_x.tolist(), best_y.tolist()) == ([2, 30], [0.5, 0.4])
    assert compute_frontier(x, y)[1].tolist() == [0.4]
