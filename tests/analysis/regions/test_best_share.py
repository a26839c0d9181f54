import numpy as np
import pytest

from analysis.design_space.best_of_draws import best_probability
from analysis.regions.best_share import BestOfBands


def test_the_share_is_the_probability_that_the_best_of_half_of_a_band_has_it():
    rng = np.random.default_rng(0)
    below, cut = rng.random(20), rng.random(20) < 0.4
    found = BestOfBands(below, np.zeros(20, dtype=int), seed=0).share(cut)
    assert found.share == pytest.approx(best_probability(below, 10)[cut].sum())


def test_bands_count_the_same_and_one_without_it_does_not_count():
    below = np.array([0.0, 1.0, 1.0, 0.0, 0.0, 0.0])
    band = np.array([0, 0, 1, 1, 2, 2])
    cut = np.array([True, False, True, False, False, False])
    found = BestOfBands(below, band, seed=0).share(cut)
    assert found.share == pytest.approx((0.5 + 0.5) / 2)


def test_the_limit_covers_what_other_trials_would_have_shown():
    """Of 200 tables of equally good trials, the limit is above the true share in about 95 %."""
    rng = np.random.default_rng(1)
    limits = [_limit(rng) for _ in range(200)]
    assert np.mean([limit >= 0.5 for limit in limits]) > 0.8


def _limit(rng):
    return (
        BestOfBands(rng.random(40), np.repeat([0, 1], 20), seed=0).share(rng.permutation(np.arange(40) % 2 == 0)).limit
    )


def test_what_is_never_good_has_next_to_no_share():
    below = np.concatenate([np.linspace(0, 0.1, 30), np.linspace(1, 1.1, 30)])
    found = BestOfBands(below, np.zeros(60, dtype=int), seed=0).share(np.arange(60) >= 30)
    assert found.limit < 1e-3
