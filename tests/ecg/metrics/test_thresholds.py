import numpy as np
import pytest

from ecg.metrics import choose_thresholds, class_scores


def test_threshold_separates_separable_scores_in_the_middle():
    labels, scores = np.array([[0], [0], [1], [1]]), np.array([[0.1], [0.2], [0.6], [0.9]])
    assert choose_thresholds(labels, scores, np.array([0.5])) == pytest.approx([0.4])


def test_no_other_threshold_has_a_better_balanced_accuracy():
    rng = np.random.default_rng(0)
    labels = (rng.random((60, 3)) < 0.3).astype(int)
    scores = np.round(np.clip(labels * 0.2 + rng.random((60, 3)) * 0.8, 0, 1), 2)  # rounded: with ties
    chosen = choose_thresholds(labels, scores, np.full(3, 0.3))
    best = class_scores(labels, scores >= chosen).balanced_accuracy
    for threshold in np.linspace(0, 1, 201):
        assert (class_scores(labels, scores >= threshold).balanced_accuracy <= best + 1e-12).all()


def test_class_without_both_outcomes_falls_back_to_its_prevalence():
    labels, scores = np.array([[0, 1], [0, 1]]), np.array([[0.3, 0.3], [0.6, 0.6]])
    assert choose_thresholds(labels, scores, np.array([0.07, 0.9])).tolist() == [0.07, 0.9]
