"""Scores of binary decisions, per class."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class ClassScores:
    """Per class (arrays of length classes); NaN where the class has no positive, or no negative, in the fold."""

    sensitivity: np.ndarray
    specificity: np.ndarray
    f1: np.ndarray

    @property
    def balanced_accuracy(self) -> np.ndarray:
        """(sensitivity + specificity) / 2; NaN for a class without a positive or without a negative."""
        return (self.sensitivity + self.specificity) / 2


def class_scores(labels: np.ndarray, decisions: np.ndarray) -> ClassScores:
    """Sensitivity, specificity and F1 of each class."""
    positive, decided = labels.astype(bool), decisions.astype(bool)
    tp = (positive & decided).sum(axis=0)
    tn = (~positive & ~decided).sum(axis=0)
    fp = (~positive & decided).sum(axis=0)
    fn = (positive & ~decided).sum(axis=0)
    return ClassScores(
        sensitivity=_ratio(tp, tp + fn), specificity=_ratio(tn, tn + fp), f1=_ratio(2 * tp, 2 * tp + fp + fn)
    )


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
