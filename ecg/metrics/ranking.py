"""Scores of a ranking, per class: area under the ROC curve and under the precision-recall curve."""

import numpy as np
from scipy.stats import rankdata


def auroc_per_class(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Probability that a positive ranks above a negative, ties counting half; NaN without both."""
    positive = labels.astype(bool)
    n_positive = positive.sum(axis=0)
    n_negative = len(labels) - n_positive
    rank_sum = np.where(positive, rankdata(probabilities, axis=0), 0.0).sum(axis=0)
    pairs = n_positive * n_negative
    wins = rank_sum - n_positive * (n_positive + 1) / 2
    return np.divide(wins, pairs, out=np.full(labels.shape[1], np.nan), where=pairs > 0)


def auprc_per_class(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Average precision (the step-wise area); NaN for a class without a positive."""
    from sklearn.metrics import average_precision_score

    return np.array(
        [
            average_precision_score(truth, scores) if truth.any() else np.nan
            for truth, scores in zip(labels.T, probabilities.T, strict=True)
        ]
    )
