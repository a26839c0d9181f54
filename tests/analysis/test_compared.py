"""Two searches side by side."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.compared import Search, compare_searches, difference


def _search(make_trials, name, *, alpha=0.3, n=200, seed=0, records="r", worse=0.0):
    """Errors a little above 2 x^-alpha, over two decades of cost."""
    rng = np.random.default_rng(seed)
    flops = 10 ** rng.uniform(6, 8, n)
    errors = 20 * flops**-alpha * np.exp(np.abs(rng.normal(0, 0.05, n))) + worse
    return Search(name, make_trials(1 - errors, flops), records)


def test_the_intervals_of_a_difference_follow_from_the_two():
    found = difference(0.5, (0.4, 0.6), 0.2, (0.1, 0.3))
    assert found.value == pytest.approx(0.3)
    assert found.ci95 == pytest.approx((0.3 - np.sqrt(0.02), 0.3 + np.sqrt(0.02)))
    skewed = difference(0.5, (0.2, 0.6), 0.2, (0.2, 0.2))
    assert skewed.ci95 == pytest.approx((0.0, 0.4))


def test_a_search_beside_its_like_does_not_differ(make_trials):
    found = compare_searches(_search(make_trials, "a"), _search(make_trials, "b", seed=1))
    low, high = found.errors.mean.ci95
    assert low < 0 < high
    assert found.exponent.ci95[0] < 0 < found.exponent.ci95[1]
    assert found.errors.ks.p_value > 0.05


def test_a_worse_search_is_told_with_its_difference(make_trials):
    found = compare_searches(_search(make_trials, "a"), _search(make_trials, "b", seed=1, worse=0.05))
    low, high = found.errors.mean.ci95
    assert low < -0.05 < high < 0
    assert found.first.hypervolume > found.second.hypervolume


def test_exponents_that_differ_are_told_apart(make_trials):
    found = compare_searches(_search(make_trials, "a", alpha=0.4), _search(make_trials, "b", alpha=0.3))
    low, high = found.exponent.ci95
    assert 0 < low < 0.1 < high


def test_scores_on_different_records_are_not_compared_but_laws_are(make_trials):
    found = compare_searches(_search(make_trials, "a"), _search(make_trials, "b", records="other"))
    assert "different records" in found.apart
    assert found.errors is None
    assert found.first.hypervolume is None
    assert found.exponent is not None


def test_settings_that_differ_are_told_also_where_one_has_none(make_trials):
    first = replace(_search(make_trials, "a"), settings={"epochs": 4, "seed": 0, "crop": 100})
    second = replace(_search(make_trials, "b"), settings={"epochs": 8, "seed": 0})
    assert compare_searches(first, second).settings == {"epochs": (4, 8), "crop": (100, None)}


@pytest.mark.parametrize("n", [0, 1, 3])
def test_too_few_trials_are_no_error(make_trials, n):
    found = compare_searches(_search(make_trials, "a"), _search(make_trials, "b", n=n))
    assert found.exponent is None
    assert found.errors is None or found.errors.mean is None
