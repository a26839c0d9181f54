import numpy as np
import pytest
from scipy.stats import mannwhitneyu
from sklearn.metrics import roc_auc_score

from analysis.regions.held_out import check, superiority_interval


def _one_band(n):
    return np.zeros(n, dtype=int)


def test_superiority_and_its_p_value_are_those_of_mann_and_whitney():
    rng = np.random.default_rng(0)
    cut = np.arange(24) % 2 == 0
    below = rng.normal(size=24) + 0.8 * cut
    found = check(below, cut, _one_band(24))
    exact = mannwhitneyu(below[cut], below[~cut], alternative="greater", method="exact")
    assert found.superiority == pytest.approx(roc_auc_score(cut, below))
    assert found.p_value == pytest.approx(exact.pvalue, abs=0.02)


def test_trials_are_compared_within_their_band_alone():
    """Cut networks are cheap, and cheap ones are nearer to the front; at equal cost they are worse."""
    band = np.repeat([0, 1], 20)
    cut = np.concatenate([np.arange(20) < 15, np.arange(20) < 5])
    below = 1.0 * band + 0.1 * cut + np.linspace(0, 0.01, 40)
    found = check(below, cut, band)
    assert found.superiority == 1.0
    assert found.p_value < 0.01


def test_a_side_of_few_trials_answers_nothing():
    assert check(np.arange(20.0), np.arange(20) < 4, _one_band(20)) is None
    assert check(np.arange(20.0), np.arange(20) < 10, np.repeat([0, 1], 10)) is None


def test_distributions_that_cross_do_not_dominate():
    """What would be cut is mostly bad, yet holds the best."""
    rng = np.random.default_rng(0)
    cut = np.arange(120) < 60
    below = np.where(cut, 1.0, 0.5) + 0.01 * rng.random(120)
    below[:20] = 0.01 * rng.random(20)
    found = check(below, cut, _one_band(120))
    assert found.p_value < 0.05
    assert found.reverse_p_value < 0.05


def test_equal_sides_are_told_apart_by_chance_alone():
    rng = np.random.default_rng(0)
    found = [check(rng.random(30), np.arange(30) % 2 == 0, _one_band(30), seed=i).p_value for i in range(100)]
    assert np.mean(np.array(found) <= 0.1) < 0.2


@pytest.mark.parametrize("truth", [0.5, 0.8, 0.95])
def test_the_interval_of_superiority_covers_the_truth(truth):
    from scipy.stats import norm

    rng, shift = np.random.default_rng(0), np.sqrt(2) * norm.ppf(truth)
    covered = [_interval_covers(truth, rng.normal(size=12), rng.normal(size=15) + shift) for _ in range(300)]
    assert np.mean(covered) > 0.9


def _interval_covers(truth, kept, cut):
    low, high = superiority_interval(float((kept[:, None] < cut).mean()), len(cut), len(kept))
    return low <= truth <= high


def test_where_all_pairs_agree_the_interval_does_not_vanish():
    low, high = superiority_interval(1.0, 6, 6)
    assert 0.5 < low < 0.9
    assert high == 1.0
