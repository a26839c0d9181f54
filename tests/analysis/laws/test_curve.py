import numpy as np
import pytest

from analysis.laws.curve import line, offset_sum
from analysis.laws.loss import Loss

V = np.random.default_rng(0).normal(size=(7, 2))


def test_a_sum_of_power_laws_is_what_it_says():
    e, c, d, a, b = parameters = np.array([0.1, 0.5, -0.3, 0.7, 1.1])
    expected = np.log(np.exp(e) + np.exp(c - a * V[:, 0]) + np.exp(d - b * V[:, 1]))
    assert offset_sum(V).slopes(parameters[None]).values[0] == pytest.approx(expected)
    assert line(V).slopes(parameters[None, :3]).values[0] == pytest.approx(e - 0.5 * V[:, 0] + 0.3 * V[:, 1])


@pytest.mark.parametrize(("curve", "size"), [(line(V), 3), (offset_sum(V), 5)])
@pytest.mark.parametrize("quantile", [0.5, 0.1])
def test_derivatives_are_those_of_finite_differences(curve, size, quantile):
    loss, z = Loss(0.3, quantile), np.linspace(-1, 2, 7)
    place = np.random.default_rng(1).normal(size=(1, size))

    def gradient(parameters):
        slopes = curve.slopes(parameters)
        return curve.gradient(slopes, loss.pull(slopes.values - z))[0]

    def objective(parameters):
        return loss.values(curve.slopes(parameters).values - z).sum()

    steps = 1e-6 * np.eye(size)[:, None]
    slopes = curve.slopes(place)
    residuals = slopes.values - z
    assert gradient(place) == pytest.approx(
        [(objective(place + step) - objective(place - step)) / 2e-6 for step in steps], abs=1e-7
    )
    hessian = curve.hessian(slopes, loss.pull(residuals), loss.stiffness(residuals))[0]
    assert hessian == pytest.approx(
        np.array([(gradient(place + step) - gradient(place - step)) / 2e-6 for step in steps]), abs=1e-6
    )
