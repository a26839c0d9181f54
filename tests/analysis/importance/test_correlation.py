import numpy as np
import pytest
from scipy.stats import spearmanr

from analysis.importance.correlation import rank_correlation


def _normal(n, r, rng):
    x = rng.normal(size=n)
    return x, r * x + np.sqrt(1 - r**2) * rng.normal(size=n)


@pytest.mark.parametrize("levels", [3, 1000])
def test_rho_is_scipy_s_with_ties_and_without(levels):
    rng = np.random.default_rng(0)
    x = rng.integers(levels, size=80)
    y = np.round(x / levels + rng.normal(size=80), 1)
    assert rank_correlation(x, y).rho == pytest.approx(spearmanr(x, y).statistic)


def test_the_interval_is_that_of_a_bootstrap_which_ranks_every_resample_anew():
    rng = np.random.default_rng(0)
    x = rng.integers(6, size=60)
    y = x + 2 * rng.normal(size=60)
    resampled = [spearmanr(x[rows], y[rows]).statistic for rows in rng.integers(60, size=(800, 60))]
    z, error = np.arctanh(spearmanr(x, y).statistic), np.std(np.arctanh(resampled))
    assert rank_correlation(x, y).ci95 == pytest.approx(np.tanh([z - 2 * error, z + 2 * error]), abs=0.03)


@pytest.mark.parametrize("n", [30, 5000])
@pytest.mark.parametrize("r", [0, 0.9])
def test_the_interval_covers_the_rho_of_a_normal_distribution(n, r):
    """6 / pi asin(r / 2); over 200 repeats it covers in 0.92 to 0.98, here in 60."""
    rng = np.random.default_rng(n)
    rho = 6 / np.pi * np.arcsin(r / 2)
    found = [rank_correlation(*_normal(n, r, rng), seed=i).ci95 for i in range(60)]
    assert 0.87 <= np.mean([low <= rho <= high for low, high in found]) <= 1
    assert 0.2 < np.mean([low <= rho - 2 / np.sqrt(n) <= high for low, high in found]) < 0.9 or r > 0


def test_the_interval_covers_where_the_spread_changes_with_x():
    """Where a formula for normal data covers in 0.87: over 200 repeats this does in 0.95, here in 60."""
    rng = np.random.default_rng(0)
    covered = []
    for seed in range(60):
        x = rng.uniform(size=100)
        low, high = rank_correlation(x, x**2 * rng.normal(size=100), seed=seed).ci95
        covered.append(low <= 0 <= high)
    assert np.mean(covered) >= 0.87


def test_the_interval_of_very_many_trials_has_the_known_width():
    """Without a relation the standard error of rho is 1 / sqrt(n - 1)."""
    low, high = rank_correlation(*_normal(40_000, 0, np.random.default_rng(0))).ci95
    assert high - low == pytest.approx(2 * 1.96 / 200, rel=0.15)


def test_too_few_or_constant_values_have_no_correlation():
    x = np.arange(20.0)
    assert rank_correlation(x[:11], x[:11]) is None
    assert rank_correlation(x, np.ones(20)) is None
    assert rank_correlation(np.ones(20), x) is None
    assert rank_correlation(x, x).rho == pytest.approx(1)
