import numpy as np
import pytest

from analysis.errors import AnalysisError
from analysis.laws.isoflop import fit_isoflop
from analysis.laws.status import Status

E, A, B, ALPHA, BETA = 1.8, 480.0, 2100.0, 0.35, 0.37
EXPONENT = BETA / (ALPHA + BETA)


def _best(compute):
    """The best size of the Chinchilla law (Hoffmann et al. 2022, equation 4)."""
    return (ALPHA * A / (BETA * B)) ** (1 / (ALPHA + BETA)) * (compute / 6) ** EXPONENT


def _loss(size, compute):
    return E + A / size**ALPHA + B / (compute / 6 / size) ** BETA


def _runs(noise=0.003, seed=0, compute=None, shift=0.0):
    """Runs at nine budgets, with sizes around the best or all to one side of it."""
    rng = np.random.default_rng(seed)
    compute = np.repeat(np.geomspace(1e18, 1e21, 9), 12) if compute is None else compute
    size = _best(compute) * 10 ** (shift + rng.uniform(-0.7, 0.7, len(compute)))
    return size, compute, _loss(size, compute) * np.exp(rng.normal(0, noise, len(compute)))


def test_without_noise_the_exponent_and_the_best_sizes_are_those_of_the_law():
    law = fit_isoflop(*_runs(noise=0))
    assert law.status is Status.CONVERGED
    assert law.params["a"] == pytest.approx(EXPONENT, abs=0.01)
    assert len(law.optima) == law.n == 9
    for optimum in law.optima:
        assert optimum.n == 12
        assert optimum.size == pytest.approx(_best(optimum.compute), rel=0.15)
        assert optimum.loss == pytest.approx(_loss(_best(optimum.compute), optimum.compute), rel=0.003)
    predicted = law.params["G"] * 1e19 ** law.params["a"]
    assert predicted == pytest.approx(_best(1e19), rel=0.1)


def test_its_interval_covers_the_truth_nineteen_times_in_twenty():
    """With 60 repeats, 49 or fewer covered would be chance once in 10,000."""
    laws = [fit_isoflop(*_runs(seed=seed), draws=100, seed=seed) for seed in range(60)]
    assert sum(law.ci95["a"][0] < EXPONENT < law.ci95["a"][1] for law in laws) > 49
    assert np.median([np.diff(law.ci95["a"]) for law in laws]) < 0.1


def test_compute_without_gaps_is_cut_into_bins_of_a_factor_of_two_at_most():
    compute = 10 ** np.random.default_rng(1).uniform(18, 21, 300)
    law = fit_isoflop(*_runs(compute=compute))
    assert law.params["a"] == pytest.approx(EXPONENT, abs=0.05)
    assert len(law.optima) >= 10
    assert law.left_out + sum(optimum.n for optimum in law.optima) == 300


def test_a_best_size_beyond_those_tried_is_said_to_be_at_the_edge():
    law = fit_isoflop(*_runs(noise=0, shift=1.0))
    assert all(optimum.at_edge and np.isnan(optimum.size) for optimum in law.optima)
    assert (law.status, law.n, law.params) == (Status.TOO_FEW_POINTS, 0, {})


def test_a_best_size_that_does_not_move_is_no_law():
    rng = np.random.default_rng(0)
    compute = np.repeat(np.geomspace(1e18, 1e21, 6), 12)
    size = 10 ** rng.uniform(7, 9, 72)
    loss = (2 + 0.1 * np.log10(size / 1e8) ** 2) * np.exp(rng.normal(0, 0.01, 72))
    assert fit_isoflop(size, compute, loss).status is Status.NO_LAW


def test_runs_in_bins_too_small_and_with_nan_are_left_out_and_counted():
    size, compute, loss = _runs()
    more = fit_isoflop(np.r_[size, 1e8, np.nan], np.r_[compute, 1e24, 1e18], np.r_[loss, 2, 2])
    assert more.left_out == 2
    assert more.params == fit_isoflop(size, compute, loss).params


def test_no_runs_are_too_few_and_impossible_ones_are_refused():
    assert fit_isoflop(np.array([]), np.array([]), np.array([])).status is Status.TOO_FEW_POINTS
    size, compute, loss = _runs()
    with pytest.raises(AnalysisError, match="above 0, but got -1"):
        fit_isoflop(np.r_[size, -1], np.r_[compute, 1e18], np.r_[loss, 2])
