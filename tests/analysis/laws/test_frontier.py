import time

import numpy as np
import pytest

from analysis.laws.frontier import Through, compute_frontier, envelope, fit_frontier
from analysis.laws.status import Status


def _runs(n=200, alpha=0.2, noise=0.02, seed=0):
    """Runs that lose a random, non-negative amount to the law 3 x^-alpha."""
    rng = np.random.default_rng(seed)
    x = 10 ** rng.uniform(6, 9, n)
    return x, 3 * x**-alpha * np.exp(np.abs(rng.normal(0, noise, n)))


def _noise(n, seed):
    rng = np.random.default_rng(seed)
    return 10 ** rng.uniform(6, 9, n), np.exp(rng.normal(-1, 0.3, n))


@pytest.mark.parametrize("through", Through)
def test_a_known_exponent_is_recovered(through):
    law = fit_frontier(*_runs(), through=through)
    assert law.status is Status.CONVERGED
    assert law.params["alpha"] == pytest.approx(0.2, abs=0.01)
    assert law.params["A"] * 1e8 ** -law.params["alpha"] == pytest.approx(3 * 1e8**-0.2, rel=0.05)
    assert law.n == len(law.x) == len(law.y)


@pytest.mark.parametrize("n", [40, 400])
def test_its_interval_covers_the_truth_nineteen_times_in_twenty(n):
    """In noise that falls off to both sides, in which a plain bootstrap of minima is too certain."""
    covered = []
    for seed in range(200):
        x, y = _noise(n, seed)
        low, high = fit_frontier(x, 3 * x**-0.2 * y, draws=300, seed=seed).ci95["alpha"]
        covered.append(low < 0.2 < high)
    assert 0.88 <= np.mean(covered) <= 0.99


def test_an_error_that_grows_with_compute_is_no_law():
    x, y = _runs()
    assert fit_frontier(1e15 / x, y).status is Status.NO_LAW


def test_the_largest_compute_is_held_out_and_predicted_better_than_by_standing_still():
    held_out = fit_frontier(*_runs()).holdout
    assert held_out.error < 0.5 * held_out.baseline_error
    assert held_out.baseline == "no better than the best so far"


@pytest.mark.parametrize("through", Through)
def test_where_compute_does_not_help_no_law_is_claimed(through):
    found = [fit_frontier(*_noise(60, seed), through=through, draws=200).status for seed in range(20)]
    assert found.count(Status.CONVERGED) <= 3


def test_too_few_points_are_said_not_fitted():
    law = fit_frontier(*_runs(12))
    assert (law.status, law.params, law.n) == (Status.TOO_FEW_POINTS, {}, 3)
    for through in Through:
        assert fit_frontier(np.array([]), np.array([]), through=through).status is Status.TOO_FEW_POINTS
    assert law.reason == "4 groups of 4 or more trials that differ in cost are needed, and there are 3"


def test_trials_of_one_size_are_too_few_points():
    assert fit_frontier(np.full(40, 1e6), np.linspace(0.1, 0.2, 40)).status is Status.TOO_FEW_POINTS


def test_the_frontier_is_the_best_of_equally_filled_bins():
    x = np.array([1, 2, 3, 4, 10, 20, 30, 40.0])
    y = np.array([0.9, 0.5, 0.8, 0.7, 0.6, 0.7, 0.4, np.nan])
    best_x, best_y = compute_frontier(x, np.where(np.isnan(y), 0.9, y))
    assert (best_x.tolist(), best_y.tolist()) == ([2, 30], [0.5, 0.4])
    assert compute_frontier(x, y)[1].tolist() == [0.4]


def test_the_envelope_is_all_that_none_dominates():
    x = np.array([3, 1, 2, 2, 4, 5, np.nan, 6.0])
    y = np.array([0.5, 0.9, 0.7, 0.8, 0.5, 0.4, 0.1, np.inf])
    best_x, best_y = envelope(x, y)
    assert (best_x.tolist(), best_y.tolist()) == ([1, 2, 3, 5], [0.9, 0.7, 0.5, 0.4])


def test_a_hundred_thousand_trials_take_moments():
    x, y = _runs(100_000)
    began = time.process_time()
    assert fit_frontier(x, y).status is Status.CONVERGED
    assert time.process_time() - began < 3


def test_the_same_seed_gives_the_same_law():
    assert fit_frontier(*_runs(), seed=3) == fit_frontier(*_runs(), seed=3)
    assert fit_frontier(*_runs(), seed=3) != fit_frontier(*_runs(), seed=4)
