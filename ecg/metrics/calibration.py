"""How far probabilities are from frequencies."""

from dataclasses import dataclass
from typing import Self

import numpy as np


@dataclass(frozen=True)
class CalibrationGaps:
    """What each record adds to the gap between probability and frequency in each bin.

    Attributes:
        gaps: N x bins, sums over the record's classes of probability minus label.
        classes: how many classes a record has.
    """

    gaps: np.ndarray
    classes: int

    @classmethod
    def of(cls, labels: np.ndarray, probabilities: np.ndarray, *, bins: int = 15) -> Self:
        records, classes = labels.shape
        scores = probabilities.astype(float)
        bin_of = np.minimum((scores * bins).astype(int), bins - 1)
        cell = np.arange(records)[:, None] * bins + bin_of
        gaps = np.bincount(cell.ravel(), (scores - labels).ravel(), minlength=records * bins)
        return cls(gaps.reshape(records, bins), classes)

    def error(self, weights: np.ndarray) -> float:
        """Expected calibration error when record `i` counts `weights[i]` times."""
        return float(np.abs(weights @ self.gaps).sum() / (weights.sum() * self.classes))


def expected_calibration_error(labels: np.ndarray, probabilities: np.ndarray, *, bins: int = 15) -> float:
    """Mean gap between probability and frequency over equal-width bins, weighted by their counts.

    All record-class pairs are pooled (Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, eq. 3,
    read for the positive class of each label).
    """
    return CalibrationGaps.of(labels, probabilities, bins=bins).error(np.ones(len(labels)))
