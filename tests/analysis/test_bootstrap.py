import numpy as np

from analysis.bootstrap import percentile_interval, resamples


def test_the_interval_of_a_mean_covers_it_nineteen_times_in_twenty():
    rng = np.random.default_rng(0)
    covered = []
    for seed in range(200):
        sample = rng.normal(size=40)
        low, high = percentile_interval(np.array([sample[rows].mean() for rows in resamples(40, 200, seed)]))
        covered.append(low < 0 < high)
    assert 0.90 <= np.mean(covered) <= 0.99


def test_resamples_that_tell_nothing_are_left_out():
    assert percentile_interval(np.array([np.nan, 1.0, 1.0])) == (1.0, 1.0)
    assert np.isnan(percentile_interval(np.array([np.nan]))).all()
