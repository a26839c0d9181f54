import csv
import json

import numpy as np
import pytest

from ecg.labels import CHALLENGE
from ecg.metrics import auprc_per_class, auroc_per_class, challenge_score, class_scores
from ecg.metrics.challenge import challenge_weights


@pytest.fixture(scope="module")
def official(shared):
    """The 60 cases with the figures of the official evaluator."""
    arrays = np.load(shared / "reference/challenge/cases.npz")
    expected = json.loads((shared / "reference/challenge/expected.json").read_text())
    return [(arrays[f"y{i}"], arrays[f"s{i}"], arrays[f"b{i}"], case) for i, case in enumerate(expected)]


def test_weights_and_class_order_are_the_published_ones(shared):
    with (shared / "reference/challenge/weights.csv").open() as file:
        header, *rows = csv.reader(file)
    published = np.array([[float(cell) for cell in row[1:]] for row in rows])
    assert [set(codes.split("|")) for codes in header[1:]] == [set(label.codes) for label in CHALLENGE.labels]
    np.testing.assert_allclose(challenge_weights(), published, atol=1e-12)


def test_challenge_score_agrees_with_the_official_evaluator(official):
    assert len(official) == 60
    for labels, _, decisions, expected in official:
        assert challenge_score(labels, decisions) == pytest.approx(expected["challenge_metric"], abs=1e-9)


def test_ranking_scores_agree_with_the_official_evaluator(official):
    for labels, scores, _, expected in official:
        np.testing.assert_allclose(auroc_per_class(labels, scores), expected["auroc_classes"], atol=1e-9)
        np.testing.assert_allclose(auprc_per_class(labels, scores), expected["auprc_classes"], atol=1e-9)


def test_f1_agrees_with_the_official_evaluator(official):
    for labels, _, decisions, expected in official:
        np.testing.assert_allclose(class_scores(labels, decisions).f1, expected["f_classes"], atol=1e-9)


def test_always_normal_scores_zero_and_perfect_one():
    rng = np.random.default_rng(0)
    labels = rng.random((50, 26)) < 0.2
    normal = np.zeros_like(labels)
    normal[:, CHALLENGE.names.index("NSR")] = True
    assert challenge_score(labels, normal) == 0
    assert challenge_score(labels, labels) == 1
