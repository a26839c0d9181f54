import numpy as np
import pytest

from analysis.laws.band import band, power_band


def test_a_band_holds_the_middle_95_percent_of_the_drawn_curves_at_each_place():
    drawn = np.arange(101.0)[:, None] + np.array([0.0, 1000.0])
    found = band(np.array([1.0, 2.0]), np.array([50.0, 1050.0]), drawn)
    assert found.low == pytest.approx((2.5, 1002.5))
    assert found.high == pytest.approx((97.5, 1097.5))


def test_draws_that_tell_nothing_are_left_out():
    drawn = np.array([[1.0, 2.0], [np.nan, 2.0]])
    assert band(np.ones(2), np.ones(2), drawn).low == (1.0, 2.0)
    assert np.isnan(band(np.ones(2), np.ones(2), drawn[1:]).low).all()


def test_parameters_are_drawn_together_so_that_the_band_is_narrow_where_the_points_are():
    alpha = np.linspace(0.1, 0.3, 101)
    drawn = np.column_stack([np.zeros(101), 100**alpha, alpha])  # all pass through (100, 1)
    found = power_band(np.array([1.0, 10_000.0]), 100**0.2, 0.2, drawn)
    middle = int(np.argmin(np.abs(np.log(np.array(found.x) / 100))))
    width = np.array(found.high) / np.array(found.low)
    assert width[middle] < 1.1
    assert width[0] > 2
    assert (found.x[0], found.x[-1]) == pytest.approx((1, 10_000))
