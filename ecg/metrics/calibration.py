"""How far probabilities are from frequencies."""

import numpy as np


def expected_calibration_error(labels: np.ndarray, probabilities: np.ndarray, *, bins: int = 15) -> float:
    """Mean gap between probability and frequency over equal-width bins, weighted by their counts.

    All record-class pairs are pooled (Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, eq. 3,
    read for the positive class of each label).
    """
    truth, scores = labels.ravel().astype(float), probabilities.ravel().astype(float)
    bin_of = np.minimum((scores * bins).astype(int), bins - 1)
    gap = np.bincount(bin_of, scores - truth, minlength=bins)
    return float(np.abs(gap).sum() / len(scores))
