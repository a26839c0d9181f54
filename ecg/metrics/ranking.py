"""Scores of a ranking, per class: area under the ROC curve and under the precision-recall curve."""

from dataclasses import dataclass
from typing import Self

import numpy as np


@dataclass(frozen=True)
class Ranking:
    """One class's records from the highest probability to the lowest: sorted once, weighted at will.

    Attributes:
        order: N, the record at each place.
        positive: N, whether the record at that place is positive.
        first, last: places of the first and the last record of each tie that holds a positive; a record with a
            probability of its own is a tie of one.
    """

    order: np.ndarray
    positive: np.ndarray
    first: np.ndarray
    last: np.ndarray

    @classmethod
    def of(cls, truth: np.ndarray, probabilities: np.ndarray) -> Self:
        """Rank one class: `truth` and `probabilities` of length N >= 1, without NaN."""
        order = np.argsort(-probabilities)
        ranked, positive = probabilities[order], truth[order].astype(bool)
        last = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))
        first = np.append(0, last[:-1] + 1)
        relevant = np.logical_or.reduceat(positive, first)
        return cls(order, positive, first[relevant], last[relevant])

    def areas(self, weights: np.ndarray) -> tuple[float, float]:
        """AUROC and average precision when record `i` counts `weights[i]` times (N integers).

        AUROC is the share of pairs in which the positive ranks above the negative, ties counting half. Average
        precision is the mean over the positives of the precision at their probability, which is the area under the
        step-wise precision-recall curve. NaN without a positive; AUROC also without a negative.
        """
        ranked = weights[self.order]
        positives = ranked * self.positive
        negatives = ranked - positives
        hits, alarms = np.cumsum(positives)[self.last], np.cumsum(negatives)
        gained = np.diff(hits, prepend=0)
        above = alarms[self.first] - negatives[self.first]
        reached = alarms[self.last]
        n_positive, n_negative = positives.sum(), alarms[-1]
        pairs_won = gained @ (n_negative - (above + reached) / 2)
        precision = hits / np.where(hits > 0, hits + reached, 1)
        return (
            float(pairs_won / (n_positive * n_negative)) if n_positive and n_negative else float("nan"),
            float(gained @ precision / n_positive) if n_positive else float("nan"),
        )


def rank_classes(labels: np.ndarray, probabilities: np.ndarray) -> tuple[Ranking, ...]:
    """The ranking of each class; `labels` and `probabilities` are N x classes."""
    return tuple(Ranking.of(truth, scores) for truth, scores in zip(labels.T, probabilities.T, strict=True))


def areas_per_class(rankings: tuple[Ranking, ...], weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """AUROC and average precision of each class when record `i` counts `weights[i]` times (N integers)."""
    areas = np.array([ranking.areas(weights) for ranking in rankings])
    return areas[:, 0], areas[:, 1]


def auroc_per_class(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Probability that a positive ranks above a negative, ties counting half; NaN without both."""
    return areas_per_class(rank_classes(labels, probabilities), np.ones(len(labels), dtype=int))[0]


def auprc_per_class(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Average precision (the step-wise area); NaN for a class without a positive."""
    return areas_per_class(rank_classes(labels, probabilities), np.ones(len(labels), dtype=int))[1]
