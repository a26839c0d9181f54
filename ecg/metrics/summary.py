"""All scores of one fold at once."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from ecg.labels import CHALLENGE, Vocabulary
from ecg.metrics.calibration import CalibrationGaps
from ecg.metrics.challenge import Rewards
from ecg.metrics.decisions import Outcomes
from ecg.metrics.ranking import Ranking, areas_per_class, rank_classes


@dataclass(frozen=True)
class Scores:
    """Scores of one fold, pooled over its records.

    Attributes:
        overall: macro figures over the classes that have the figure (see `left_out`; `macro_f1` also counts a class
            without a positive that was decided, as the official evaluator does); `accuracy`, the share of records
            decided right in every class; `challenge_score` where the vocabulary has it.
        per_label: for each class its name, counts and scores; NaN became None.
        left_out: names of the classes without a positive or without a negative.
    """

    overall: dict[str, float]
    per_label: list[dict[str, object]]
    left_out: list[str]


@dataclass(frozen=True)
class Evaluation:
    """A fold with all worked out that does not depend on how often each record counts."""

    vocabulary: Vocabulary
    outcomes: Outcomes
    rankings: tuple[Ranking, ...]
    calibration: CalibrationGaps
    rewards: Rewards | None

    @classmethod
    def of(cls, labels: np.ndarray, probabilities: np.ndarray, decisions: np.ndarray, vocabulary: Vocabulary) -> Self:
        """Prepare a fold of N >= 1 records; the arrays are N x classes, the probabilities without NaN."""
        return cls(
            vocabulary=vocabulary,
            outcomes=Outcomes.of(labels, decisions),
            rankings=rank_classes(labels, probabilities),
            calibration=CalibrationGaps.of(labels, probabilities),
            rewards=Rewards.of(labels, decisions) if vocabulary is CHALLENGE else None,
        )

    def per_class(self, weights: np.ndarray) -> dict[str, np.ndarray]:
        """Each score of a class, NaN where the class does not have it; record `i` counts `weights[i]` times."""
        classes = self.outcomes.class_scores(weights)
        auroc, auprc = areas_per_class(self.rankings, weights)
        return {
            "sensitivity": classes.sensitivity,
            "specificity": classes.specificity,
            "balanced_accuracy": classes.balanced_accuracy,
            "auroc": auroc,
            "auprc": auprc,
            "f1": classes.f1,
        }

    def overall(self, weights: np.ndarray) -> dict[str, float]:
        """The overall figures of `Scores` when record `i` counts `weights[i]` times (N integers).

        A macro figure is NaN when no class has it.
        """
        classes = self.per_class(weights)
        figures = {
            "balanced_accuracy": _mean(classes["balanced_accuracy"]),
            "macro_auroc": _mean(classes["auroc"]),
            "macro_auprc": _mean(classes["auprc"]),
            "macro_f1": _mean(classes["f1"]),
            "accuracy": self.outcomes.accuracy(weights),
            "ece": self.calibration.error(weights),
        }
        return figures | ({"challenge_score": self.rewards.score(weights)} if self.rewards else {})

    def main_figures(self, weights: np.ndarray) -> dict[str, float]:
        """Balanced accuracy and, where the vocabulary has it, the challenge score, else macro AUROC."""
        accuracy = {"balanced_accuracy": _mean(self.outcomes.class_scores(weights).balanced_accuracy)}
        if self.rewards:
            return accuracy | {"challenge_score": self.rewards.score(weights)}
        return accuracy | {"macro_auroc": _mean(areas_per_class(self.rankings, weights)[0])}

    def scores(self) -> Scores:
        """The scores of the fold as it is, every record counting once."""
        once = np.ones(len(self.outcomes.positive), dtype=int)
        classes, names = self.per_class(once), self.vocabulary.names
        n_positive = self.outcomes.positive.sum(axis=0)
        return Scores(
            overall=self.overall(once),
            per_label=[
                {"label": name, "n_positive": int(n_positive[i])}
                | {key: None if np.isnan(column[i]) else float(column[i]) for key, column in classes.items()}
                for i, name in enumerate(names)
            ],
            left_out=[names[i] for i in np.flatnonzero(np.isnan(classes["balanced_accuracy"]))],
        )


def score(labels: np.ndarray, probabilities: np.ndarray, thresholds: np.ndarray, vocabulary: Vocabulary) -> Scores:
    """Score a fold; a class is decided where its probability reaches its threshold, which `per_label` then holds.

    Balanced accuracy is NaN when no class has both positives and negatives.
    """
    made = Evaluation.of(labels, probabilities, probabilities >= thresholds, vocabulary).scores()
    rows = [row | {"threshold": float(limit)} for row, limit in zip(made.per_label, thresholds, strict=True)]
    return replace(made, per_label=rows)


def _mean(values: np.ndarray) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")
