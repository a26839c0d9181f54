"""All scores of one fold at once."""

from dataclasses import dataclass

import numpy as np

from ecg.labels import CHALLENGE, Vocabulary
from ecg.metrics.calibration import expected_calibration_error
from ecg.metrics.challenge import challenge_score
from ecg.metrics.decisions import class_scores
from ecg.metrics.ranking import auprc_per_class, auroc_per_class


@dataclass(frozen=True)
class Scores:
    """Scores of one fold, pooled over its records.

    Attributes:
        overall: macro figures over the classes that have both positives and negatives in the fold
            (`macro_auprc` and `macro_f1`: those with a positive); `challenge_score` where the vocabulary has it.
        per_label: for each class its name, counts and scores; NaN became None.
        left_out: names of the classes without a positive or without a negative.
    """

    overall: dict[str, float]
    per_label: list[dict[str, object]]
    left_out: list[str]


def score(labels: np.ndarray, probabilities: np.ndarray, thresholds: np.ndarray, vocabulary: Vocabulary) -> Scores:
    """Score a fold; a class is decided where its probability reaches its threshold.

    Balanced accuracy is NaN when no class has both positives and negatives.
    """
    decisions = probabilities >= thresholds
    classes = class_scores(labels, decisions)
    auroc, auprc = auroc_per_class(labels, probabilities), auprc_per_class(labels, probabilities)
    present = ~np.isnan(classes.balanced_accuracy)
    with_positive = labels.any(axis=0)
    overall = {
        "balanced_accuracy": _mean(classes.balanced_accuracy[present]),
        "macro_auroc": _mean(auroc[present]),
        "macro_auprc": _mean(auprc[with_positive]),
        "macro_f1": _mean(classes.f1[with_positive]),
        "ece": expected_calibration_error(labels, probabilities),
    }
    if vocabulary is CHALLENGE:
        overall["challenge_score"] = challenge_score(labels, decisions)
    columns = {
        "sensitivity": classes.sensitivity,
        "specificity": classes.specificity,
        "balanced_accuracy": classes.balanced_accuracy,
        "auroc": auroc,
        "auprc": auprc,
        "f1": classes.f1,
    }
    return Scores(
        overall=overall,
        per_label=[
            {"label": name, "n_positive": int(labels[:, i].sum()), "threshold": float(thresholds[i])}
            | {key: None if np.isnan(column[i]) else float(column[i]) for key, column in columns.items()}
            for i, name in enumerate(vocabulary.names)
        ],
        left_out=[name for name, both in zip(vocabulary.names, present, strict=True) if not both],
    )


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float("nan")
