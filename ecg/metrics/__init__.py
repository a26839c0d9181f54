"""Scores of multi-label classification as numpy functions; training, `score` and the report call the same ones.

Everywhere: `labels` is N x classes (0/1), `probabilities` N x classes in [0, 1], `decisions` N x classes (bool).
All are pooled over the records given, never averaged over batches. Behind each score lies an object with all that does
not depend on the records' weights (how often each counts); weights of one give the plain score, those of a bootstrap
resample its score.
"""

from ecg.metrics.bootstrap import bootstrap_intervals
from ecg.metrics.calibration import expected_calibration_error
from ecg.metrics.challenge import challenge_score
from ecg.metrics.decisions import ClassScores, accuracy, class_scores
from ecg.metrics.ranking import auprc_per_class, auroc_per_class
from ecg.metrics.summary import Evaluation, Scores, score
from ecg.metrics.thresholds import choose_thresholds

__all__ = [
    "ClassScores",
    "Evaluation",
    "Scores",
    "accuracy",
    "auprc_per_class",
    "auroc_per_class",
    "bootstrap_intervals",
    "challenge_score",
    "choose_thresholds",
    "class_scores",
    "expected_calibration_error",
    "score",
]
