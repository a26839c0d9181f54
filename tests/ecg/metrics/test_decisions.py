import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, recall_score

from ecg.metrics import accuracy, class_scores
from ecg.metrics.decisions import Outcomes


@pytest.fixture
def fold():
    rng = np.random.default_rng(3)
    labels = rng.random((200, 3)) < 0.4
    return labels, labels ^ (rng.random((200, 3)) < 0.2), rng.integers(0, 4, 200)


def test_class_scores_agree_with_scikit_learn(fold):
    labels, decisions, weights = fold
    scores = Outcomes.of(labels, decisions).class_scores(weights)
    given = {"average": None, "sample_weight": weights}
    np.testing.assert_allclose(scores.sensitivity, recall_score(labels, decisions, **given))
    np.testing.assert_allclose(scores.specificity, recall_score(~labels, ~decisions, **given))
    np.testing.assert_allclose(scores.f1, f1_score(labels, decisions, **given))


def test_a_record_is_accurate_when_every_class_is_right(fold):
    labels, decisions, _ = fold
    assert accuracy(labels, decisions) == pytest.approx(accuracy_score(labels, decisions))
    assert accuracy(np.array([[1, 0], [1, 0]]), np.array([[1, 0], [1, 1]])) == 0.5


def test_a_class_that_is_absent_has_no_f1_until_it_is_decided():
    labels, decisions = np.zeros((2, 2)), np.array([[0, 1], [0, 0]])
    np.testing.assert_array_equal(class_scores(labels, decisions).f1, [np.nan, 0.0])
