import numpy as np
import pytest

from analysis.laws.order_statistics import best_of_resamples, smoothed_minimum


@pytest.mark.parametrize(("n", "best"), [(4, 1), (10, 3), (50, 5)])
def test_drawn_ranks_are_distributed_as_those_of_resamples(n, best):
    rng = np.random.default_rng(0)
    drawn = best_of_resamples(n, best, 20_000, rng).astype(int)
    resampled = np.sort(rng.integers(n, size=(20_000, n)), axis=1)[:, :best]
    assert drawn.shape == resampled.shape
    for place in range(best):
        ours, theirs = (np.bincount(ranks[:, place], minlength=n) / 20_000 for ranks in (drawn, resampled))
        assert np.abs(ours - theirs).max() < 0.02


def test_a_smoothed_minimum_runs_through_the_values_and_falls_below_the_first():
    values = np.array([1.0, 3.0, 4.0])
    found = smoothed_minimum(values, np.array([0.0, 0.25, 0.5, 1.0, 1.5, 2.5, 3.0]))
    assert found[2:].tolist() == [1, 2, 3, 4, 4]
    assert found[0] < found[1] < 1
