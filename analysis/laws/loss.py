"""What a residual costs: Huber's loss, also tilted so that a quantile is fitted instead of the median."""

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Loss:
    """Huber's loss on residuals (fitted less observed): r^2 / 2 up to `delta`, linear beyond (Huber 1964).

    Attributes:
        delta: where it turns linear; in units of ln y. Far below the noise, the fit is one of medians.
        quantile: points above the curve cost 2 * quantile, those below it 2 * (1 - quantile) times as much, so that
            this share of the points comes to lie below it (Koenker and Bassett 1978, with the kink rounded off).
    """

    delta: float
    quantile: float = 0.5

    def values(self, residuals: np.ndarray) -> np.ndarray:
        near = np.minimum(np.abs(residuals), self.delta)
        return self._tilt(residuals) * near * (np.abs(residuals) - near / 2)

    def pull(self, residuals: np.ndarray) -> np.ndarray:
        """The first derivative."""
        return self._tilt(residuals) * np.clip(residuals, -self.delta, self.delta)

    def stiffness(self, residuals: np.ndarray) -> np.ndarray:
        """The second derivative."""
        return self._tilt(residuals) * (np.abs(residuals) <= self.delta)

    def widened(self, delta: float) -> "Loss":
        """The same with its quadratic part up to `delta` at least."""
        return replace(self, delta=max(delta, self.delta))

    def _tilt(self, residuals: np.ndarray) -> np.ndarray | float:
        if self.quantile == 0.5:
            return 1.0
        return np.where(residuals < 0, 2 * self.quantile, 2 * (1 - self.quantile))
