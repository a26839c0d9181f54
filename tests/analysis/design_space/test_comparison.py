import json
from dataclasses import asdict

import numpy as np
import pytest
from scipy.stats import ks_2samp

from analysis.design_space import compare
from analysis.design_space.comparison import MIN_TRIALS
from analysis.errors import AnalysisError
from analysis.status import Status


def _errors(n, seed, shift=0.0):
    return 0.4 + shift + 0.05 * np.random.default_rng(seed).normal(size=n)


def test_distance_and_p_value_are_those_of_the_two_sample_test():
    first, second = np.round(_errors(60, 1), 2), np.round(_errors(40, 2, 0.02), 2)  # rounded: with ties
    found = compare(first, second, draws=2000).ks
    published = ks_2samp(first, second, method="asymp")
    assert found.distance == pytest.approx(published.statistic)
    assert abs(found.first - found.second) == pytest.approx(found.distance)
    assert found.at == pytest.approx(published.statistic_location)
    untied = compare(_errors(60, 1), _errors(40, 2, 0.02), draws=2000).ks
    assert untied.p_value == pytest.approx(ks_2samp(_errors(60, 1), _errors(40, 2, 0.02)).pvalue, abs=0.03)


def test_the_better_space_is_the_one_with_negative_differences_and_the_larger_share():
    found = compare(_errors(100, 1), _errors(150, 2, 0.05))
    assert found.status is Status.ANSWERED
    assert found.ks.p_value == pytest.approx(1 / 1001)
    assert found.ks.first > found.ks.second
    assert found.mean.ci95[0] < -0.05 < found.mean.ci95[1] < 0
    assert found.best.ci95[1] < 0
    turned = compare(_errors(150, 2, 0.05), _errors(100, 1))
    assert turned.ks.distance == pytest.approx(found.ks.distance)
    assert turned.mean.difference > 0


def test_the_best_of_more_trials_is_not_taken_for_a_better_space():
    """The best of 1000 is .05 below the best of 50 of the same space; compared at equal n it is not."""
    gaps = []
    for seed in range(20):
        few, many = _errors(50, seed), _errors(1000, seed + 100)
        assert few.min() - many.min() > 0
        found = compare(few, many, draws=200, seed=seed)
        assert found.best_of == 5
        gaps.append(found.best.difference)
    assert abs(np.mean(gaps)) < 0.006


def _confounded(n, seed):
    """Equal errors at equal FLOPs, but the second space has the larger networks."""
    rng = np.random.default_rng(seed)
    flops = 10 ** rng.uniform(6, 9, n[0]), 10 ** rng.uniform(7, 10, n[1])
    errors = [0.6 - 0.04 * (np.log10(own) - 6) + 0.03 * rng.normal(size=len(own)) for own in flops]
    return *errors, flops


def test_larger_networks_do_not_make_a_better_space_at_equal_complexity():
    first, second, flops = _confounded((150, 120), 0)
    assert compare(first, second).ks.p_value < 0.01
    assert compare(first, second).mean.ci95[0] > 0
    equal = compare(first, second, flops=flops)
    assert equal.ks.p_value > 0.05
    assert equal.mean.ci95[0] < 0 < equal.mean.ci95[1]
    assert equal.complexity.used == 10
    assert equal.left_out == equal.complexity.trials_left_out > 0
    assert sum(equal.n) + equal.left_out == 270


def test_weighted_means_are_means_over_bins():
    first = np.repeat([0.1, 0.5], [30, 10])
    second = np.repeat([0.2, 0.5], [10, 30])
    flops = np.repeat([1e6, 1e8], [30, 10]), np.repeat([1e6, 1e8], [10, 30])
    found = compare(first, second, flops=flops, bins=2, draws=50)
    assert (found.mean.first, found.mean.second) == pytest.approx((0.3, 0.35))
    assert found.ks.distance == pytest.approx(0.5)
    assert (found.ks.at, found.ks.first, found.ks.second) == pytest.approx((0.1, 0.5, 0.0))


@pytest.mark.parametrize("normalised", [False, True])
def test_nineteen_in_twenty_equal_spaces_are_not_told_apart(normalised):
    """Of 60 repeats (200, run once with 1000 draws, are within 90 to 99 %)."""
    told, mean, best = [], [], []
    for seed in range(60):
        first, second, flops = _confounded((100, 80), seed)
        if not normalised:
            first, second, flops = _errors(100, seed), _errors(80, seed + 500), None
        found = compare(first, second, flops=flops, draws=100, seed=seed)
        told.append(found.ks.p_value <= 0.05)
        mean.append(found.mean.ci95[0] <= 0 <= found.mean.ci95[1])
        best.append(found.best.ci95[0] <= 0 <= found.best.ci95[1])
    assert np.mean(told) <= 0.14
    assert np.mean(mean) >= 0.83
    assert np.mean(best) >= 0.83


def test_too_few_trials_are_counted_and_nothing_is_claimed():
    found = compare(np.append(_errors(MIN_TRIALS - 1, 0), np.nan), _errors(50, 1))
    assert (found.status, found.n, found.left_out) == (Status.TOO_FEW, (19, 50), 1)
    assert found.why == "19 and 50 trials; at least 20 of each space are needed"
    assert (found.ks, found.mean, found.best) == (None, None, None)
    apart = compare(_errors(50, 1), _errors(50, 2), flops=(np.full(50, 1e6), np.full(50, 1e9)))
    assert (apart.status, apart.n, apart.left_out) == (Status.TOO_FEW, (0, 0), 100)


def test_the_same_seed_gives_the_same_answer_ready_for_json():
    first, second, flops = _confounded((60, 60), 3)
    found = compare(first, second, flops=flops, draws=50, seed=7)
    assert found == compare(first, second, flops=flops, draws=50, seed=7)
    assert json.loads(json.dumps(asdict(found)))["complexity"]["used"] == found.complexity.used


def test_errors_without_their_flops_are_refused():
    with pytest.raises(AnalysisError, match="50 and 40 errors with 50 and 39 FLOPs"):
        compare(np.ones(50), np.ones(40), flops=(np.ones(50), np.ones(39)))
    with pytest.raises(AnalysisError, match="got 0"):
        compare(np.ones(50), np.ones(40), draws=0)
