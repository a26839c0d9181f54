import json
from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest

from analysis.design_space import good_values
from analysis.errors import AnalysisError
from analysis.status import Status


def _trials(n=400, seed=0):
    """Errors are least at depth 8 and with `adamw`; width does nothing."""
    rng = np.random.default_rng(seed)
    params = pd.DataFrame(
        {
            "depth": rng.integers(1, 21, n),
            "width": rng.integers(1, 21, n) * 8.0,
            "optimizer": rng.choice(["adamw", "sgd"], n, p=[0.3, 0.7]),
        }
    )
    errors = 0.2 + 0.002 * (params["depth"] - 8) ** 2 + 0.1 * (params["optimizer"] == "sgd")
    return params, errors.to_numpy() + 0.0005 * rng.normal(size=n)


def test_good_ranges_hold_the_best_value_and_are_narrow_only_where_it_matters():
    depth, width, optimizer = good_values(*_trials())
    assert depth.median == 8
    assert 6 <= depth.range95[0] < depth.range95[1] <= 10
    assert depth.tried == (1, 20)
    assert width.range95[1] - width.range95[0] > 60
    assert (depth.n, depth.sampled) == (400, 100)
    assert [choice.value for choice in optimizer.choices] == ["adamw", "sgd"]
    assert optimizer.choices[0].probability > 0.99
    assert optimizer.choices[0].tried == pytest.approx(0.3, abs=0.06)
    assert (optimizer.median, optimizer.range95) == (None, None)


def test_ranges_are_those_of_the_bootstrap_of_the_paper():
    params, errors = _trials(60)
    rng = np.random.default_rng(1)
    best = [rows[np.argmin(errors[rows])] for rows in rng.integers(60, size=(10_000, 15))]
    simulated = params["width"].to_numpy()[best]
    width = good_values(params, errors)[1]
    assert width.sampled == 15
    assert (*width.range95, width.median) == pytest.approx(
        np.quantile(simulated, [0.025, 0.975, 0.5], method="inverted_cdf")
    )


def test_a_conditional_parameter_is_judged_among_the_trials_that_have_it():
    params, errors = _trials()
    has_it = np.arange(400) % 2 == 0
    params["convnext.kernel"] = np.where(has_it, 3.0 + 2 * (np.arange(400) % 6), np.nan)
    errors = np.where(has_it, errors + 0.02 * params["convnext.kernel"], errors)
    kernel = good_values(params, errors)[-1]
    assert (kernel.n, kernel.sampled) == (200, 50)
    assert kernel.median == 3.0


def test_none_is_a_value_and_nan_is_not():
    _, errors = _trials()
    se = pd.Series([0.25, None, np.nan, None] * 100, dtype=object)
    found = good_values(pd.DataFrame({"se": se}), errors + 0.5 * np.array([v is None for v in se]))[0]
    assert found.n == 300
    assert [choice.value for choice in found.choices] == [0.25, None]
    assert found.choices[1].tried == pytest.approx(2 / 3)


def test_within_bins_of_flops_the_values_of_large_networks_are_not_the_only_ones():
    """Small networks do best with kernel 3, the many and better large ones with kernel 15."""
    rng = np.random.default_rng(2)
    large = rng.random(500) < 0.8
    kernel = rng.choice([3, 5, 7, 9, 15], 500)
    errors = np.where(large, 0.2 + 0.01 * (15 - kernel), 0.5 + 0.01 * (kernel - 3)) + 0.001 * rng.normal(size=500)
    params = pd.DataFrame({"kernel": kernel})
    overall = good_values(params, errors)[0]
    assert overall.range95 == (15, 15)
    within = good_values(params, errors, flops=np.where(large, 1e9, 1e7), bins=2)[0]
    assert within.range95 == (3, 15)
    assert within.sampled == round(0.25 * (~large).sum()) + round(0.25 * large.sum())


def test_what_cannot_be_said_is_said_so():
    params, errors = _trials(30)
    params["constant"] = 3
    params["rare"] = [1.0] * 5 + [np.nan] * 25
    constant, rare = good_values(params, errors)[-2:]
    assert (constant.status, constant.why) == (Status.CONSTANT, "constant is 3 in all 30 trials")
    assert (rare.status, rare.why) == (Status.TOO_FEW, "5 trials have rare; at least 12 are needed")
    assert json.loads(json.dumps([asdict(row) for row in good_values(params, errors)]))[0]["param"] == "depth"


def test_trials_without_an_error_are_left_out():
    params, errors = _trials(100)
    errors[:40] = np.nan
    assert good_values(params, errors)[0].n == 60


def test_impossible_requests_are_refused():
    params, errors = _trials(20)
    with pytest.raises(AnalysisError, match=r"got 25;"):
        good_values(params, errors, share=25)
    with pytest.raises(AnalysisError, match="20 trials, 19 errors"):
        good_values(params, errors[:-1])
