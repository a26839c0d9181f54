import numpy as np
import pytest

from analysis.design_space.best_of_draws import best_probability, expected_best


def test_three_trials_drawn_twice_by_hand():
    """Of 9 ordered pairs the best is the smallest in 5, the middle one in 3, the largest in 1."""
    assert best_probability(np.array([0.2, 0.1, 0.3]), 2) == pytest.approx([3 / 9, 5 / 9, 1 / 9])
    assert expected_best(np.array([0.2, 0.1, 0.3]), 2) == pytest.approx((3 * 0.2 + 5 * 0.1 + 0.3) / 9)


def test_equal_errors_share_their_probability():
    assert best_probability(np.array([0.1, 0.3, 0.1]), 2) == pytest.approx([4 / 9, 1 / 9, 4 / 9])


def test_the_closed_form_is_what_simulation_approaches():
    rng = np.random.default_rng(0)
    errors = np.round(rng.normal(size=30), 1)
    weights = rng.random(30)
    weights /= weights.sum()
    drawn = rng.choice(30, size=(200_000, 6), p=weights)
    simulated = errors[drawn].min(axis=1)
    closed = best_probability(errors, 6, weights)
    for level in np.unique(errors):
        assert closed[errors == level].sum() == pytest.approx((simulated == level).mean(), abs=0.004)
    assert expected_best(errors, 6, weights) == pytest.approx(simulated.mean(), abs=0.005)


def test_a_trial_of_weight_nothing_is_never_the_best():
    found = best_probability(np.array([0.1, 0.2, 0.3]), 4, np.array([0.0, 0.5, 0.5]))
    assert found == pytest.approx([0, 15 / 16, 1 / 16])


def test_the_best_of_one_draw_is_the_mean_and_of_many_the_best():
    errors = np.random.default_rng(1).normal(size=10_000)
    assert expected_best(errors, 1) == pytest.approx(errors.mean())
    assert expected_best(errors, 10**6) == pytest.approx(errors.min())
