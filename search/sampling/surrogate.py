"""A surrogate of the score: a Gaussian process over sets of parameters."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve, solve_triangular
from scipy.optimize import minimize

_FITTED_ON = 150  # trials that decide on the kernel; the time grows with their cube
_GROWTH = 1.15  # of the number of trials before the kernel is fitted anew
_OUTLIERS = 2.5  # times the distance from the median to the lower quartile
_LENGTH, _NOISE = (0.0, 1.0), (np.log(0.05), 1.0)  # normal priors of the logarithms: mean, deviation
_SIGNAL = (0.0, 0.5)
_JITTER = 1e-6


@dataclass(frozen=True)
class _Kernel:
    """Matern 5/2 with a length per group of columns; variances are in units of the scores' own."""

    lengths: np.ndarray
    signal: float
    noise: float

    @classmethod
    def of(cls, theta: np.ndarray) -> "_Kernel":
        """Of logarithms: lengths, signal, noise."""
        return cls(np.exp(theta[:-2]), float(np.exp(theta[-2])), float(np.exp(theta[-1])))

    def __call__(self, a: np.ndarray, b: np.ndarray, groups: np.ndarray) -> np.ndarray:
        a, b = a / self.lengths[groups], b / self.lengths[groups]
        squared = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T
        return self.signal * _matern(np.sqrt(np.maximum(5 * squared, 0)))


def _matern(r: np.ndarray) -> np.ndarray:
    return (1 + r + r**2 / 3) * np.exp(-r)


class Surrogate:
    """Predicts scores with their uncertainty.

    The kernel has one length per parameter, which the maximum a posteriori finds (Rasmussen & Williams 2006, 5.4).
    """

    def __init__(self, groups: np.ndarray) -> None:
        """
        Args:
            groups: for each column of the inputs, the parameter that it belongs to, from 0 on.
        """
        self._groups = groups
        start = [_LENGTH[0]] * (groups.max(initial=-1) + 1)
        self._theta = np.array([*start, _SIGNAL[0], _NOISE[0]])
        self._fitted_on = 0

    def fit(self, x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> None:
        """
        Args:
            x: n x columns, about 0 to 1.
            y: n scores. One that is far below the rest, of a training that failed, counts as a little below it.
        """
        middle = np.median(y)
        y = np.maximum(y, middle - _OUTLIERS * (middle - np.quantile(y, 0.25)))
        self._mean, self._scale = float(y.mean()), float(y.std()) or 1.0
        y = (y - self._mean) / self._scale
        if len(y) >= _GROWTH * self._fitted_on:
            self._fit_kernel(x, y, rng)
        kernel = self._kernel = _Kernel.of(self._theta)
        self._x = x
        self._factor = cho_factor(kernel(x, x, self._groups) + (kernel.noise + _JITTER) * np.eye(len(y)), lower=True)
        self._weights = cho_solve(self._factor, y)

    def predict(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation of the scores of n sets, their noise among it."""
        across = self._kernel(x, self._x, self._groups)
        explained = (solve_triangular(self._factor[0], across.T, lower=True) ** 2).sum(axis=0)
        variance = np.maximum(self._kernel.signal + self._kernel.noise - explained, _JITTER)
        return across @ self._weights * self._scale + self._mean, np.sqrt(variance) * self._scale

    def _fit_kernel(self, x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> None:
        self._fitted_on = len(y)
        some = rng.choice(len(y), min(len(y), _FITTED_ON), replace=False)
        squared = np.array(
            [
                ((x[some][:, None, self._groups == group] - x[some][None, :, self._groups == group]) ** 2).sum(axis=2)
                for group in range(len(self._theta) - 2)
            ]
        )
        found = minimize(_loss, self._theta, (squared, y[some]), jac=True, method="L-BFGS-B", options={"maxiter": 50})
        self._theta = found.x


def _loss(theta: np.ndarray, squared: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """Minus the log posterior of a kernel, and its gradient.

    Args:
        theta: logarithms of the lengths, the signal and the noise.
        squared: squared distances of n trials by parameter, parameters x n x n.
        y: n.
    """
    kernel = _Kernel.of(theta)
    scaled = squared / kernel.lengths[:, None, None] ** 2
    r = np.sqrt(5 * scaled.sum(axis=0))
    signal = kernel.signal * _matern(r)
    factor = cho_factor(signal + (kernel.noise + _JITTER) * np.eye(len(y)), lower=True)
    weights = cho_solve(factor, y)
    inner = np.outer(weights, weights) - cho_solve(factor, np.eye(len(y)))
    by_length = kernel.signal * 5 / 3 * (1 + r) * np.exp(-r)
    gradient = -0.5 * np.array(
        [
            *((inner * by_length * one).sum() for one in scaled),
            (inner * signal).sum(),
            kernel.noise * np.trace(inner),
        ]
    )
    means, deviations = np.array([_LENGTH] * len(squared) + [_SIGNAL, _NOISE]).T
    prior = (theta - means) / deviations
    loss = 0.5 * y @ weights + np.log(np.diag(factor[0])).sum() + 0.5 * prior @ prior
    return float(loss), gradient + prior / deviations
