import numpy as np
import pytest

from analysis.membership import front_probability, spread_of
from analysis.trials import Direction

UP, DOWN = Direction.MAXIMIZE, Direction.MINIMIZE


def test_the_probability_is_that_of_the_difference_of_two_normal_scores():
    """P(N(0.01, 0.01 sqrt 2) > 0) = 0.760 for the second row; nothing is as cheap as the others."""
    values = np.array([[0.90, 10.0], [0.91, 20.0], [0.5, 5.0], [0.6, 30.0]])
    found = front_probability(values, [UP, DOWN], np.full(4, 0.01))
    assert found.tolist() == [1.0, pytest.approx(0.760, abs=0.05), 1.0, 0.0]


def test_without_noise_the_front_is_certain():
    values = np.array([[0.9, 10.0], [0.8, 20.0], [np.nan, 1.0]])
    assert front_probability(values, [UP, DOWN], np.array([0.0, np.nan, 1.0])).tolist() == [1.0, 0.0, 0.0]


def test_a_row_that_cannot_win_does_not_change_the_others():
    values = np.array([[0.90, 10.0], [0.91, 20.0], [0.1, 50.0]])
    with_it = front_probability(values, [UP, DOWN], np.full(3, 0.01))
    without = front_probability(values[:2], [UP, DOWN], np.full(2, 0.01))
    assert with_it[:2].tolist() == without.tolist()


def test_the_spread_of_an_interval_is_that_of_a_normal_distribution():
    assert spread_of(np.array([-1.96]), np.array([1.96])) == pytest.approx(1.0)
