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


@dataclass(frozen=True)
class _Scale:
    """Scores as the process sees them; one far below the rest, of a training that failed, as a little below it."""

    lowest: float
    middle: float
    width: float

    @classmethod
    def of(cls, y: np.ndarray) -> "_Scale":
        median = float(np.median(y))
        lowest = median - _OUTLIERS * (median - float(np.quantile(y, 0.25)))
        kept = np.maximum(y, lowest)
        return cls(lowest, float(kept.mean()), float(kept.std()) or 1.0)

    def __call__(self, y: np.ndarray) -> np.ndarray:
        return (np.maximum(y, self.lowest) - self.middle) / self.width

    def back(self, seen: np.ndarray) -> np.ndarray:
        return seen * self.width + self.middle


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
        self._fitted = b"", _Kernel.of(self._start)

    @property
    def _start(self) -> np.ndarray:
        return np.array([*[_LENGTH[0]] * (self._groups.max(initial=-1) + 1), _SIGNAL[0], _NOISE[0]])

    def fit(self, x: np.ndarray, y: np.ndarray) -> None:
        """Find the kernel, from the data alone: whoever has the same data finds the same.

        Of n trials the first serve whose number is a power of 1.15, so that the kernel is not found anew at each.

        Args:
            x: n x columns, about 0 to 1.
            y: n scores.
        """
        first = min(len(y), int(_GROWTH ** int(np.log(max(len(y), 1)) / np.log(_GROWTH) + 1e-9)))
        some = np.unique(np.linspace(0, first - 1, min(first, _FITTED_ON)).astype(int))
        data = x[some].tobytes() + y[some].tobytes()
        if data != self._fitted[0]:
            self._fitted = data, self._find_kernel(x[some], _Scale.of(y[some])(y[some]))

    def condition(self, x: np.ndarray, y: np.ndarray) -> None:
        """Learn the scores y (n) of the inputs x (n x columns), with the kernel as it is."""
        kernel = self._fitted[1]
        self._scale = _Scale.of(y)
        self._x = x
        self._factor = cho_factor(kernel(x, x, self._groups) + (kernel.noise + _JITTER) * np.eye(len(y)), lower=True)
        self._weights = cho_solve(self._factor, self._scale(y))

    def predict(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation of the scores of n sets, their noise among it."""
        kernel = self._fitted[1]
        across = kernel(x, self._x, self._groups)
        explained = (solve_triangular(self._factor[0], across.T, lower=True) ** 2).sum(axis=0)
        variance = np.maximum(kernel.signal + kernel.noise - explained, _JITTER)
        return self._scale.back(across @ self._weights), np.sqrt(variance) * self._scale.width

    def _find_kernel(self, x: np.ndarray, y: np.ndarray) -> _Kernel:
        columns = [x[:, self._groups == group] for group in range(len(self._start) - 2)]
        squared = np.array([((one[:, None] - one[None]) ** 2).sum(axis=2) for one in columns])
        found = minimize(_loss, self._start, (squared, y), jac=True, method="L-BFGS-B", options={"maxiter": 50})
        return _Kernel.of(found.x)


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
