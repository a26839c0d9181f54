import numpy as np
import pytest

from analysis.analyze import analyze
from analysis.findings import answer
from analysis.question import Question
from analysis.trials import Direction, Objective


def _found(trials):
    return [line for part in answer(analyze(trials, Question(shap=False)), {}) for line in part.sentences]


def test_an_error_that_is_minimised_is_praised_for_being_small(make_trials):
    rng = np.random.default_rng(0)
    flops = 10 ** rng.uniform(6, 9, 80)
    error = 2 * flops**-0.2 * np.exp(0.05 * rng.normal(size=80))
    trials = make_trials(error, flops, params={"log_flops": np.log10(flops), "noise": rng.uniform(size=80)})
    trials = type(trials)(
        (Objective("balanced_accuracy", Direction.MINIMIZE), trials.objectives[1]),
        trials.state,
        trials.values,
        trials.params,
        trials.attrs,
    )
    best, *others = _found(trials)
    assert f"balanced accuracy {error.min():.3f}" in best
    assert any(line.startswith("What matters most is log_flops (R² falls by") for line in others)
    assert any("; more of it goes with a lower balanced accuracy" in line for line in others)
    law = next(line for line in others if line.startswith("Doubling the FLOPs cuts the best error by 13 %"))
    assert "to the power -0.2" in law


def test_what_noise_shows_is_not_told_as_a_finding(make_trials):
    rng = np.random.default_rng(1)
    trials = make_trials(
        rng.uniform(0.4, 0.6, 80),
        10 ** rng.uniform(6, 9, 80),
        params={"a": rng.uniform(size=80), "b": rng.uniform(size=80)},
    )
    told = " ".join(_found(trials))
    assert "The trials do not tell which parameters matter" in told
    assert "No scaling law shows here" in told
    assert "act together" not in told


@pytest.mark.parametrize("n", [1, 2, 10])
def test_few_trials_are_said_to_be_few(make_trials, n):
    told = _found(make_trials(np.linspace(0.4, 0.6, n), np.geomspace(1e6, 1e9, n), params={"a": np.arange(n)}))
    assert any("Too few complete trials for a scaling law" in line for line in told)
    assert any("a ranking needs at least 30" in line for line in told)
