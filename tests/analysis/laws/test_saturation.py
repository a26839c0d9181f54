import numpy as np
import pytest

from analysis.laws.form import Form
from analysis.laws.law import FitSettings, fit_law
from analysis.laws.saturation import saturation, saturation_point


def test_there_doubling_x_lowers_y_by_the_gain():
    offset, amplitude, alpha = 0.1, 20.0, 0.3
    x = saturation_point(offset, amplitude, alpha, 0.01)
    before, after = (offset + amplitude * each**-alpha for each in (x, 2 * x))
    assert (before - after) / before == pytest.approx(0.01)


def test_without_an_offset_it_never_comes_and_with_a_small_exponent_it_is_always_there():
    assert saturation_point(0.0, 20.0, 0.3, 0.01) == np.inf
    assert saturation_point(0.1, 20.0, 0.01, 0.01) == 0


def test_resamples_without_an_offset_leave_the_interval_open():
    draws = {"E": np.array([0.1] * 5 + [0.0] * 5), "A": np.full(10, 20.0), "alpha": np.full(10, 0.3)}
    found = saturation({"E": 0.1, "A": 20.0, "alpha": 0.3}, draws, largest=1e9)
    assert found.ci95 == (pytest.approx(found.x), np.inf)
    assert found.reached is False


@pytest.mark.parametrize(("largest", "reached"), [(9, False), (13, True)])
def test_a_law_says_where_and_whether_points_lie_beyond(largest, reached):
    """Doubling x lowers 0.1 + 20 x^-0.3 by less than 1 % from 7e11 on; of 20 tables, 14 or fewer were chance."""
    laws = [fit_law(Form.POWER_OFFSET, *_runs(largest, seed), FitSettings(draws=100)).saturation for seed in range(20)]
    truth = saturation_point(0.1, 20.0, 0.3, 0.01)
    assert sum(found.ci95[0] < truth < found.ci95[1] for found in laws) > 14
    assert all(found.ci95[0] <= found.x <= found.ci95[1] for found in laws)
    assert all(found.reached is reached for found in laws)


def _runs(largest, seed):
    x = np.geomspace(1e6, 10**largest, 60)
    return x, (0.1 + 20 * x**-0.3) * np.exp(np.random.default_rng(seed).normal(0, 0.01, 60))


def test_points_without_an_offset_show_no_saturation():
    x = np.geomspace(1e6, 1e9, 30)
    assert fit_law(Form.POWER_OFFSET, x, 3 * x**-0.2, FitSettings(draws=20)).saturation is None
