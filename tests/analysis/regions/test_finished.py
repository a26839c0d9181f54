import numpy as np
import pandas as pd
import pytest

from analysis.regions import Region, SubRange
from analysis.regions.finished import distances, finished_trials
from analysis.trials import STUDY_OBJECTIVES, Trials


@pytest.fixture
def trials():
    """One trial of each state that there is."""
    rows = pd.DataFrame(
        [
            ("complete", 0.7, 1e6, "uniform", None, None, None),
            ("complete", 0.8, 1e7, "tpe", 1, None, None),
            ("pruned", np.nan, 1e6, "random", 1, 0.6, None),
            ("fail", np.nan, 1e6, "uniform", None, None, "diverged"),
            ("fail", np.nan, 1e6, "uniform", None, None, "interrupted"),
            ("excluded", np.nan, 1e6, "uniform", None, None, None),
            ("running", np.nan, 1e6, "uniform", None, None, None),
        ],
        columns=["state", "score", "flops", "sampler", "region", "stopped_bound", "fail_cause"],
    )
    attrs = rows[["flops", "sampler", "region", "stopped_bound", "fail_cause"]]
    values = pd.DataFrame(
        {"balanced_accuracy": rows["score"], "flops": rows["flops"].where(rows["state"] == "complete")}
    )
    params = pd.DataFrame({"width": np.arange(len(rows)) * 8})
    return Trials(STUDY_OBJECTIVES, rows["state"], values, params, attrs)


def test_what_was_trained_or_failed_of_itself_is_evidence(trials):
    found = finished_trials(trials)
    assert found.numbers.tolist() == [0, 1, 2, 3]
    assert found.complete.tolist() == [True, True, False, False]


def test_a_stopped_trial_counts_with_what_it_could_have_reached_and_a_failed_one_with_the_worst(trials):
    assert finished_trials(trials).score.tolist() == [0.7, 0.8, 0.6, 0.6]


def test_blind_draws_and_probes_are_told_from_what_a_sampler_chose(trials):
    found = finished_trials(trials)
    assert found.blind.tolist() == [True, False, True, True]
    assert found.probe.tolist() == [True, False, False, True]


def test_trials_of_a_region_are_picked(trials):
    assert finished_trials(trials).within(Region({"width": SubRange(8, 16)})).numbers.tolist() == [1, 2]


def test_distances_are_counted_from_the_front_at_the_same_cost():
    rng = np.random.default_rng(0)
    log_cost = rng.uniform(5, 8, 300)
    lacks = np.where(np.arange(300) % 2, 0.1, 0.0)
    score = 0.2 + 0.1 * log_cost - 0.004 * log_cost**2 - lacks
    found = distances(score, log_cost)
    assert found == pytest.approx(lacks, abs=1e-6)


def test_the_cheapest_trial_is_not_at_the_front_for_being_the_cheapest():
    log_cost = np.linspace(5, 8, 60)
    score = 0.1 * log_cost
    score[0] -= 0.2
    assert distances(score, log_cost)[0] > 0.1


def test_of_a_trial_that_goes_on_as_another_the_other_counts_and_is_no_blind_draw(trials):
    trials.attrs["continues"] = [None, 2, None, None, None, None, None]
    found = finished_trials(trials)
    assert found.numbers.tolist() == [0, 1, 3]
    assert found.blind.tolist() == [True, False, True]
