import numpy as np
import pandas as pd

from analysis.importance.encoding import encode, varies


def _encode(values, dtype=object):
    return encode(pd.DataFrame({"x": pd.Series(values, dtype=dtype)}))


def test_numbers_become_ranks_that_float32_does_not_merge():
    assert _encode([1e9 + 1, 1e9, 1e9 + 2, 1e9]).matrix.ravel().tolist() == [1, 0, 2, 0]
    assert _encode([-np.inf, 3, np.inf]).matrix.ravel().tolist() == [0, 1, 2]


def test_words_become_indicators_without_an_order():
    encoded = _encode(["a", "b", "c", "a"])
    assert set(np.unique(encoded.matrix)) == {0, 1}
    assert len(np.unique(encoded.matrix, axis=0)) == 3
    assert encoded.columns("x").tolist() == [0, 1]


def test_numbers_that_may_be_none_keep_their_order_beside_an_indicator_of_none():
    encoded = _encode([0.1, None, 0.3, 0.2, None])
    assert encoded.matrix[[0, 2, 3], 0].tolist() == [0, 2, 1]
    assert encoded.matrix[:, 1].tolist() == [0, 1, 0, 0, 1]
    assert _encode([0.25, None, 0.25]).matrix.shape == (3, 1)


def test_what_a_trial_does_not_have_is_borrowed_from_those_that_have_it():
    """Half the trials have the parameter: borrowed values are distributed as theirs, and are no value in between."""
    rng = np.random.default_rng(0)
    has = rng.random(4000) < 0.5
    encoded = _encode(np.where(has, rng.choice([16.0, 64.0, 128.0], 4000, p=[0.2, 0.3, 0.5]), np.nan), float)
    assert encoded.has("x").tolist() == has.tolist()
    own, borrowed = (np.bincount(encoded.matrix[mask, 0].astype(int)) / mask.sum() for mask in (has, ~has))
    assert len(borrowed) == 3
    assert np.abs(own - borrowed).max() < 0.05


def test_a_borrowed_choice_is_one_of_the_choices():
    encoded = _encode(["a", np.nan, "b", "c"] * 50)
    assert len(np.unique(encoded.matrix, axis=0)) == 3


def test_very_many_words_share_few_indicators():
    encoded = _encode([f"run {i}" for i in range(500)] + ["common"] * 10)
    assert encoded.matrix.shape[1] == 32
    assert encoded.matrix[-1].sum() == 1


def test_a_parameter_varies_only_among_the_trials_that_have_it():
    assert not varies(pd.Series([8, 8, np.nan], dtype=object))
    assert not varies(pd.Series([np.nan, np.nan]))
    assert varies(pd.Series([None, 0.25, np.nan], dtype=object))
