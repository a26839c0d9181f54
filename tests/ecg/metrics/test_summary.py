import numpy as np
import pytest
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score, roc_auc_score

from ecg.labels import CHALLENGE, Label, Vocabulary
from ecg.metrics import expected_calibration_error, score

FIVE = Vocabulary("five", tuple(Label(name, (name,), name, "other") for name in ("NORM", "MI", "STTC", "CD", "HYP")))


@pytest.fixture
def fold():
    rng = np.random.default_rng(1)
    labels = (rng.random((200, 5)) < [0.5, 0.3, 0.2, 0.1, 0.4]).astype(int)
    probabilities = np.clip(labels * 0.3 + rng.random((200, 5)) * 0.7, 0, 1)
    return labels, probabilities


def test_macro_figures_agree_with_scikit_learn(fold):
    labels, probabilities = fold
    scores = score(labels, probabilities, np.full(5, 0.5), FIVE).overall
    decisions = probabilities >= 0.5
    per_class = [balanced_accuracy_score(labels[:, i], decisions[:, i]) for i in range(5)]
    assert scores["balanced_accuracy"] == pytest.approx(np.mean(per_class))
    assert scores["macro_auroc"] == pytest.approx(roc_auc_score(labels, probabilities, average="macro"))
    assert scores["macro_f1"] == pytest.approx(f1_score(labels, decisions, average="macro"))
    assert scores["accuracy"] == pytest.approx(accuracy_score(labels, decisions))
    assert "challenge_score" not in scores


def test_each_label_holds_its_count_its_threshold_and_its_scores(fold):
    labels, probabilities = fold
    row = score(labels, probabilities, np.linspace(0.4, 0.6, 5), FIVE).per_label[3]
    assert (row["label"], row["n_positive"], row["threshold"]) == ("CD", labels[:, 3].sum(), pytest.approx(0.55))
    assert row["f1"] == pytest.approx(f1_score(labels[:, 3], probabilities[:, 3] >= 0.55))
    assert row["auroc"] == pytest.approx(roc_auc_score(labels[:, 3], probabilities[:, 3]))


def test_classes_without_positive_or_negative_are_left_out_and_listed(fold):
    labels, probabilities = fold
    labels[:, 1], labels[:, 3] = 0, 1
    scores = score(labels, probabilities, np.full(5, 0.5), FIVE)
    kept = score(labels[:, [0, 2, 4]], probabilities[:, [0, 2, 4]], np.full(3, 0.5), _only([0, 2, 4]))
    assert scores.left_out == ["MI", "CD"]
    assert scores.overall["balanced_accuracy"] == pytest.approx(kept.overall["balanced_accuracy"])
    assert scores.per_label[1]["sensitivity"] is None


def test_scores_are_pooled_not_averaged_over_batches():
    """Eight batches that each rank perfectly, at levels that contradict each other when pooled."""
    labels = np.tile([[0], [1]], (8, 1))
    probabilities = np.array([[0.1 * batch + 0.05 * positive] for batch in range(8) for positive in (0, 1)])
    vocabulary = _only([0])
    pooled = score(labels, probabilities, np.array([0.4]), vocabulary).overall["macro_auroc"]
    batches = [
        score(labels[i : i + 2], probabilities[i : i + 2], np.array([0.4]), vocabulary).overall["macro_auroc"]
        for i in range(0, 16, 2)
    ]
    assert np.mean(batches) == 1.0
    assert pooled == pytest.approx(36 / 64)


def test_challenge_score_comes_with_its_vocabulary():
    rng = np.random.default_rng(2)
    labels = rng.random((20, 26)) < 0.3
    assert score(labels, labels * 1.0, np.full(26, 0.5), CHALLENGE).overall["challenge_score"] == 1


def test_calibration_error_of_known_gaps():
    labels = np.array([[1], [0], [1], [1]])
    assert expected_calibration_error(labels, np.array([[1.0], [0.0], [1.0], [1.0]])) == 0
    assert expected_calibration_error(labels, np.full((4, 1), 0.5)) == pytest.approx(0.25)


def _only(columns):
    return Vocabulary("some", tuple(FIVE.labels[i] for i in columns))
