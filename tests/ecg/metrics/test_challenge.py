import csv
import json

import numpy as np
import pytest

from ecg.labels import CHALLENGE
from ecg.metrics import Evaluation, challenge_score
from ecg.metrics.challenge import challenge_weights

OVERALL = {
    "challenge_score": "challenge_metric",
    "macro_auroc": "auroc",
    "macro_auprc": "auprc",
    "accuracy": "accuracy",
    "macro_f1": "f_measure",
}
PER_CLASS = {"auroc": "auroc_classes", "auprc": "auprc_classes", "f1": "f_classes"}


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


def test_every_figure_agrees_with_the_official_evaluator(official):
    assert len(official) == 60
    for labels, scores, decisions, expected in official:
        evaluation, once = Evaluation.of(labels, scores, decisions, CHALLENGE), np.ones(len(labels), dtype=int)
        overall, classes = evaluation.overall(once), evaluation.per_class(once)
        for ours, theirs in OVERALL.items():
            assert overall[ours] == pytest.approx(expected[theirs], abs=1e-9, nan_ok=True)
        for ours, theirs in PER_CLASS.items():
            np.testing.assert_allclose(classes[ours], expected[theirs], rtol=0, atol=1e-9)


def test_always_normal_scores_zero_and_perfect_one():
    rng = np.random.default_rng(0)
    labels = rng.random((50, 26)) < 0.2
    normal = np.zeros_like(labels)
    normal[:, CHALLENGE.names.index("NSR")] = True
    assert challenge_score(labels, normal) == 0
    assert challenge_score(labels, labels) == 1


def test_where_nothing_can_be_earned_the_score_is_zero():
    labels = np.zeros((5, 26), dtype=bool)
    labels[:, CHALLENGE.names.index("NSR")] = True
    assert challenge_score(labels, labels) == 0


def test_a_record_that_counts_twice_is_a_record_that_is_there_twice():
    rng = np.random.default_rng(1)
    labels, decisions = rng.random((2, 30, 26)) < 0.2
    scores, times = rng.random((30, 26)), rng.integers(0, 4, 30)
    weighted = Evaluation.of(labels, scores, decisions, CHALLENGE).overall(times)
    copied = (np.repeat(array, times, axis=0) for array in (labels, scores, decisions))
    plain = Evaluation.of(*copied, CHALLENGE).overall(np.ones(times.sum(), dtype=int))
    assert weighted == pytest.approx(plain, abs=1e-12)
