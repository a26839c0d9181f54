import warnings

import numpy as np
import pytest

from analysis.importance.forest import Size, cross_validate, gini, grow, predict


def _data(n=300, seed=0):
    rng = np.random.default_rng(seed)
    matrix = rng.uniform(size=(n, 3)).astype(np.float32)
    return matrix, 3 * matrix[:, 0] + (matrix[:, 1] > 0.5) + 0.1 * rng.normal(size=n)


def test_each_trial_is_held_out_once_and_predicted_well():
    folds = cross_validate(*_data())
    assert sorted(np.concatenate([fold.held_out for fold in folds])) == list(range(300))
    assert all(fold.pearson > 0.95 for fold in folds)


def test_a_forest_cannot_predict_beyond_the_noise():
    """Half of the score's variance is noise: no predictor has more than r = sqrt(1/2)."""
    rng = np.random.default_rng(1)
    matrix = rng.uniform(size=(2000, 3)).astype(np.float32)
    score = matrix[:, 0] + np.sqrt(1 / 12) * rng.normal(size=2000)
    assert np.mean([fold.pearson for fold in cross_validate(matrix, score)]) == pytest.approx(0.707, abs=0.1)


def test_equal_calls_agree_to_the_last_bit_also_on_many_rows():
    matrix, score = _data()
    many = np.tile(matrix, (100, 1))
    size = Size(trees=20)
    predictions = [predict(grow(matrix, score, size=size, seed=3), many) for _ in range(3)]
    assert (predictions[0] == predictions[1]).all()
    assert (predictions[0] == predictions[2]).all()
    assert (predictions[0][:300] == predictions[0][-300:]).all()
    assert (predict(grow(matrix, score, size=size, seed=4), matrix) != predictions[0][:300]).any()


def test_a_constant_score_has_no_correlation_and_no_shares():
    matrix, _ = _data(30)
    folds = cross_validate(matrix, np.ones(30))
    assert [fold.pearson for fold in folds] == [0, 0, 0]
    assert gini(folds, np.arange(3)).tolist() == [0, 0, 0]


def test_shares_of_a_parameters_columns_add_up():
    """The variances are 9 / 12, 1 / 4 and 0: three quarters, one quarter and nothing."""
    folds = cross_validate(*_data(2000))
    shares = gini(folds, np.arange(3))
    assert shares == pytest.approx([0.75, 0.25, 0], abs=0.03)
    assert gini(folds, np.array([0, 0, 1])) == pytest.approx([shares[0] + shares[1], shares[2]])


def test_the_filters_of_warnings_are_left_alone():
    before = list(warnings.filters)
    predict(cross_validate(*_data(60))[0].forest, np.zeros((20_000, 3), dtype=np.float32))
    assert warnings.filters == before
