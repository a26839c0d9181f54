from dataclasses import replace

import pytest

from analysis.analyze import analyze
from analysis.findings.next_steps import worth_trying
from analysis.question import Question
from analysis.recommend import Budget, Prediction, Recommendation, Recommendations, Tried, Untried


@pytest.fixture
def analysis(make_trials):
    params = {"family": ["net", "net"], "net.width": [8, 16], "train.lr": [0.1, 0.1]}
    return analyze(make_trials([0.7, 0.8], [1e6, 2e6], params=params), Question(shap=False))


def _told(analysis, params, *, worth=True):
    tried = Tried(1, 0.8, Prediction(0.75, (0.7, 0.8)))
    untried = Untried(params, {}, Prediction(0.85, (0.81, 0.89)))
    row = Recommendation(Budget("flops", 3e6), 2, 50, tried, untried, worth)
    return list(worth_trying(replace(analysis, recommendations=Recommendations((row,), None))))


def test_a_new_network_is_worth_a_try_with_what_is_expected_of_it(analysis):
    (told,) = _told(analysis, {"family": "net", "net.width": 32, "train.lr": 0.1})
    assert told == (
        "Worth a try for at most 3 MFLOPs: net (width 32), untrained yet, is expected to reach 0.850 (0.810 to 0.890); "
        "of the best trial, 0.750 was expected and 0.800 reached."
    )


def test_a_network_that_was_trained_otherwise_is_said_to_be_so(analysis):
    (told,) = _told(analysis, {"family": "net", "net.width": 16, "train.lr": 0.2})
    assert "another training (lr 0.2) of net (width 16), which 1 trial trained otherwise" in told


def test_where_nothing_is_worth_a_try_that_is_said(analysis):
    (told,) = _told(analysis, {"family": "net", "net.width": 32, "train.lr": 0.1}, worth=False)
    assert told.startswith("Of 50 untrained networks of the space none is expected to beat the best")


def test_without_predictions_their_absence_is_explained(analysis):
    (told,) = worth_trying(analysis)
    assert told == (
        "Nothing can be predicted of networks that were not trained: 2 complete trials; predictions need at least 50."
    )
