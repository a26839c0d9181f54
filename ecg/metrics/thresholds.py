"""Decision thresholds, chosen on records that neither train nor score."""

import numpy as np


def choose_thresholds(labels: np.ndarray, probabilities: np.ndarray, prevalence: np.ndarray) -> np.ndarray:
    """Per class, the threshold with the best balanced accuracy; a record is positive where p >= threshold.

    The threshold lies midway between the two neighbouring probabilities. A class without a positive or without a
    negative here gets its training prevalence, which is optimal for calibrated probabilities.

    Args:
        prevalence: share of positives of each class among the training records.
    """
    return np.array(
        [
            _best(truth.astype(bool), scores.astype(float)) if 0 < truth.sum() < len(truth) else fallback
            for truth, scores, fallback in zip(labels.T, probabilities.T, prevalence, strict=True)
        ]
    )


def _best(positive: np.ndarray, scores: np.ndarray) -> float:
    order = np.argsort(-scores, kind="stable")
    ranked, truth = scores[order], positive[order]
    sensitivity = np.cumsum(truth) / truth.sum()
    false_alarms = np.cumsum(~truth) / (~truth).sum()
    between = np.append(ranked[:-1] > ranked[1:], True)  # a cut between equal probabilities is no cut
    gain = np.where(between, sensitivity - false_alarms, -np.inf)
    cut = int(np.argmax(gain))
    following = ranked[cut + 1] if cut + 1 < len(ranked) else ranked[cut]
    return float((ranked[cut] + following) / 2)
