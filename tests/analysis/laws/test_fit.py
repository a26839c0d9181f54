import numpy as np
import pytest

from analysis.laws.fit import fit_curve
from analysis.laws.loss import Loss

LOSS = Loss(1e-3)


def _points(law, n=60, noise=0.0, seed=0):
    rng = np.random.default_rng(seed)
    x = 10 ** rng.uniform(6, 9, n)
    return x[:, None], law(x) * np.exp(rng.normal(0, noise, n))


def test_a_curve_without_noise_is_found_to_the_last_digits():
    x, y = _points(lambda x: 0.1 + 20 * x**-0.3)
    fit = fit_curve(x, y, LOSS, offset=True)
    assert fit.unscaled == pytest.approx([0.1, 20, 0.3], rel=1e-6)
    assert fit.objective < 1e-20


def test_with_a_small_delta_the_fit_is_one_of_medians_and_an_outlier_is_no_matter():
    x, y = _points(lambda x: 3 * x**-0.2)
    y[7] *= 1000
    assert fit_curve(x, y, LOSS, offset=False).unscaled == pytest.approx([3, 0.2], rel=1e-3)


def test_with_a_large_delta_a_line_is_that_of_least_squares():
    x, y = _points(lambda x: 3 * x**-0.2, noise=0.3)
    slope, level = np.polyfit(np.log(x[:, 0]), np.log(y), 1)
    fit = fit_curve(x, y, Loss(100.0), offset=False)
    assert fit.unscaled == pytest.approx([np.exp(level), -slope], rel=1e-6)


def test_the_absolute_loss_has_the_minimum_that_linear_programming_finds():
    from sklearn.linear_model import QuantileRegressor

    x, y = _points(lambda x: 3 * x**-0.2, n=201, noise=0.3)
    for quantile in (0.5, 0.1):
        exact = QuantileRegressor(quantile=quantile, alpha=0, solver="highs").fit(np.log(x), np.log(y))
        fit = fit_curve(x, y, Loss(1e-6, quantile), offset=False)
        assert fit.unscaled == pytest.approx([np.exp(exact.intercept_), -exact.coef_[0]], rel=1e-4)


@pytest.mark.parametrize("scale", [1e-12, 1e12])
def test_units_of_x_and_y_do_not_change_the_exponents(scale):
    x, y = _points(lambda x: 0.1 + 20 * x**-0.3, noise=0.02)
    fit = fit_curve(x, y, LOSS, offset=True)
    assert fit_curve(x * scale, y, LOSS, offset=True).unscaled[[0, 2]] == pytest.approx(fit.unscaled[[0, 2]], rel=1e-8)
    other = fit_curve(x, y * scale, LOSS, offset=True).unscaled
    assert other == pytest.approx(fit.unscaled * [scale, scale, 1], rel=1e-8)


def test_no_other_place_nearby_costs_less():
    """The gradient at the optimum, by finite differences of the objective."""
    x, y = _points(lambda x: 0.1 + 20 * x**-0.3, noise=0.05)
    fit = fit_curve(x, y, LOSS, offset=True)
    rng = np.random.default_rng(1)
    places = fit.parameters + rng.normal(0, 1e-4, (500, 3))
    residuals = fit.problem.curve.slopes(places).values - fit.problem.z
    assert (LOSS.values(residuals).sum(axis=1) >= fit.objective).all()


def test_refits_to_weights_are_fits_to_repeated_rows():
    x, y = _points(lambda x: 0.1 + 20 * x**-0.3, n=40, noise=0.02)
    fit = fit_curve(x, y, LOSS, offset=True)
    rows = [np.random.default_rng(seed).integers(40, size=40) for seed in range(5)]
    refitted = fit.refit(np.array([np.bincount(drawn, minlength=40) for drawn in rows], dtype=float))
    for drawn, found in zip(rows, refitted, strict=True):
        assert found == pytest.approx(fit_curve(x[drawn], y[drawn], LOSS, offset=True).unscaled, rel=1e-4)


def test_an_offset_that_vanishes_is_stopped_at_its_bound():
    x, y = _points(lambda x: 3 * x**-0.2)
    fit = fit_curve(x, y, LOSS, offset=True)
    assert fit.at_bound.tolist() == [True, False, False]
    assert fit.unscaled[0] == pytest.approx(y.min() / 1000)


def test_predictions_are_the_curve():
    x, y = _points(lambda x: 0.1 + 20 * x**-0.3)
    fit = fit_curve(x, y, LOSS, offset=True)
    unseen = np.array([[1e5], [1e12]])
    assert np.exp(fit.log_predictions(unseen)) == pytest.approx(0.1 + 20 * unseen[:, 0] ** -0.3, rel=1e-6)
