"""Scores of binary decisions: per class, and the share of records decided right in every class."""

from dataclasses import dataclass
from typing import Self

import numpy as np


@dataclass(frozen=True)
class ClassScores:
    """Per class (arrays of length classes); NaN where a score's denominator is 0.

    Sensitivity is NaN without a positive, specificity without a negative, F1 without either a positive or a decision.
    """

    sensitivity: np.ndarray
    specificity: np.ndarray
    f1: np.ndarray

    @property
    def balanced_accuracy(self) -> np.ndarray:
        """(sensitivity + specificity) / 2; NaN for a class without a positive or without a negative."""
        return (self.sensitivity + self.specificity) / 2


@dataclass(frozen=True)
class Outcomes:
    """What came of each record: N x classes indicators, as floats because they are summed by matrix products."""

    positive: np.ndarray
    decided: np.ndarray
    hit: np.ndarray

    @classmethod
    def of(cls, labels: np.ndarray, decisions: np.ndarray) -> Self:
        positive, decided = labels.astype(bool), decisions.astype(bool)
        return cls(positive.astype(float), decided.astype(float), (positive & decided).astype(float))

    def class_scores(self, weights: np.ndarray) -> ClassScores:
        """Sensitivity, specificity and F1 of each class when record `i` counts `weights[i]` times."""
        n_positive, n_decided, tp = weights @ self.positive, weights @ self.decided, weights @ self.hit
        n_negative = weights.sum() - n_positive
        tn = n_negative - (n_decided - tp)
        return ClassScores(
            sensitivity=_ratio(tp, n_positive),
            specificity=_ratio(tn, n_negative),
            f1=_ratio(2 * tp, n_positive + n_decided),
        )

    def accuracy(self, weights: np.ndarray) -> float:
        """Share of the records whose every class is decided right."""
        right = (self.positive == self.decided).all(axis=1)
        return float(weights @ right / weights.sum())


def class_scores(labels: np.ndarray, decisions: np.ndarray) -> ClassScores:
    """Sensitivity, specificity and F1 of each class."""
    return Outcomes.of(labels, decisions).class_scores(np.ones(len(labels)))


def accuracy(labels: np.ndarray, decisions: np.ndarray) -> float:
    """Share of the records whose every class is decided right, as the official evaluator of the challenge has it."""
    return Outcomes.of(labels, decisions).accuracy(np.ones(len(labels)))


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
