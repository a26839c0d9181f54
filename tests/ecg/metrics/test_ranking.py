import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from ecg.metrics import auprc_per_class, auroc_per_class
from ecg.metrics.ranking import areas_per_class, rank_classes


@pytest.fixture(params=[3, 1], ids=["hardly any ties", "many ties"])
def fold(request):
    """Labels, probabilities and record weights, some of them 0."""
    rng = np.random.default_rng(2)
    labels = rng.random((300, 4)) < [0.02, 0.2, 0.5, 0.9]
    scores = np.round(np.clip(0.2 * labels + 0.8 * rng.random((300, 4)), 0, 1), request.param)
    return labels, scores, rng.integers(0, 4, 300)


def test_areas_agree_with_scikit_learn(fold):
    labels, scores, _ = fold
    np.testing.assert_allclose(auroc_per_class(labels, scores), roc_auc_score(labels, scores, average=None), atol=1e-12)
    expected = average_precision_score(labels, scores, average=None)
    np.testing.assert_allclose(auprc_per_class(labels, scores), expected, atol=1e-12)


def test_weighted_areas_agree_with_scikit_learn(fold):
    labels, scores, weights = fold
    auroc, auprc = areas_per_class(rank_classes(labels, scores), weights)
    for official, ours in ((roc_auc_score, auroc), (average_precision_score, auprc)):
        np.testing.assert_allclose(ours, official(labels, scores, average=None, sample_weight=weights), atol=1e-12)


def test_a_class_without_positives_has_neither_area_and_one_without_negatives_no_auroc():
    labels = np.array([[0, 1], [0, 1]])
    scores = np.array([[0.2, 0.3], [0.4, 0.5]])
    assert np.isnan(auroc_per_class(labels, scores)).tolist() == [True, True]
    np.testing.assert_array_equal(auprc_per_class(labels, scores), [np.nan, 1.0])


def test_positives_that_no_resample_drew_count_as_absent():
    labels, scores = np.array([[1], [0], [0]]), np.array([[0.9], [0.5], [0.1]])
    auroc, auprc = areas_per_class(rank_classes(labels, scores), np.array([0, 2, 1]))
    assert np.isnan([auroc, auprc]).all()
