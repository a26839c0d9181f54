import numpy as np
import pytest
from scipy.optimize import approx_fprime
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

from search.sampling.surrogate import Surrogate, _Kernel, _loss

GROUPS = np.array([0, 1, 2, 2])


def data(count, seed=0):
    """Scores that depend on the first two parameters, and barely on the third."""
    rng = np.random.default_rng(seed)
    x = rng.random((count, 4))
    return x, np.sin(4 * x[:, 0]) + 2 * x[:, 1] + 0.01 * rng.normal(size=count)


def fitted(x, y, groups=GROUPS):
    surrogate = Surrogate(groups)
    surrogate.fit(x, y)
    surrogate.condition(x, y)
    return surrogate


def test_the_gradient_is_that_of_the_loss():
    x, y = data(30)
    squared = np.array([((x[:, None, g == GROUPS] - x[None, :, g == GROUPS]) ** 2).sum(axis=2) for g in range(3)])
    theta = np.array([0.1, -0.3, 0.5, 0.2, -2.0])
    numeric = approx_fprime(theta, lambda at: _loss(at, squared, y)[0], 1e-6)
    assert _loss(theta, squared, y)[1] == pytest.approx(numeric, abs=1e-3)


def test_predictions_are_those_of_scikit_learn_with_the_same_kernel():
    x, y = data(40)
    surrogate = fitted(x, y)
    scale = surrogate._scale
    kernel = surrogate._fitted[1]
    theirs = GaussianProcessRegressor(
        ConstantKernel(kernel.signal) * Matern(kernel.lengths[GROUPS], nu=2.5) + WhiteKernel(kernel.noise),
        alpha=1e-6,
        optimizer=None,
    ).fit(x, scale(y))
    new, _ = data(20, seed=1)
    mean, deviation = theirs.predict(new, return_std=True)
    ours = surrogate.predict(new)
    assert ours[0] == pytest.approx(scale.back(mean), abs=1e-4)
    assert ours[1] == pytest.approx(deviation * scale.width, abs=1e-3)


def test_it_learns_the_scores_and_which_parameters_matter():
    x, y = data(80)
    surrogate = fitted(x, y)
    new, expected = data(200, seed=1)
    mean, deviation = surrogate.predict(new)
    assert np.corrcoef(mean, expected)[0, 1] > 0.99
    assert np.mean(np.abs(mean - expected) < 2 * deviation) > 0.85
    lengths = surrogate._fitted[1].lengths
    assert lengths[2] > 2 * max(lengths[:2])


def test_the_kernel_depends_on_the_data_alone():
    x, y = data(100)
    grown = Surrogate(GROUPS)
    for count in range(10, 101, 7):
        grown.fit(x[:count], y[:count])
    grown.fit(x, y)
    new = Surrogate(GROUPS)
    new.fit(x, y)
    assert np.array_equal(grown._fitted[1].lengths, new._fitted[1].lengths)


def test_the_kernel_is_not_found_anew_at_each_trial(monkeypatch):
    found = []
    monkeypatch.setattr(Surrogate, "_find_kernel", lambda self, x, y: found.append(len(y)) or _Kernel.of(self._start))
    x, y = data(100)
    surrogate = Surrogate(GROUPS)
    for count in range(10, 101):
        surrogate.fit(x[:count], y[:count])
    assert 10 <= len(found) <= 20


def test_a_training_that_failed_badly_and_a_repeated_one_spoil_nothing():
    x, y = data(60)
    x[1], y[7] = x[0], -1000.0
    new, expected = data(200, seed=1)
    mean, _ = fitted(x, y).predict(new)
    assert np.corrcoef(mean, expected)[0, 1] > 0.9


@pytest.mark.parametrize("scores", [np.full(12, 0.5), np.array([0.5])])
def test_scores_that_are_all_equal_are_no_fault(scores):
    x = np.random.default_rng(0).random((len(scores), 4))
    mean, deviation = fitted(x, scores).predict(x)
    assert mean == pytest.approx(scores, abs=1e-6)
    assert np.isfinite(deviation).all()
