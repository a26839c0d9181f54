import numpy as np
import pytest

from analysis.report.page.networks import budget_rows, front_rows, settings_of, shared_settings
from analysis.same_network import trainings_of


def _member(complete, number):
    values = complete.values.loc[number].to_dict()
    return {"number": number, "values": values, "params": complete.drawn(number), "test": {"balanced_accuracy": 0.1}}


@pytest.fixture
def complete(make_trials):
    """Trials 0 to 2 train one network, of which 0 and 1 are equally good; 3 is another."""
    params = {"net.width": [8, 8, 8, 16], "net.se": [None, None, None, 0.25], "train.lr": [0.1, 0.2, 0.3, 0.1]}
    return make_trials([0.7, 0.7, 0.6, 0.8], [1e6, 1e6, 1e6, 2e6], params=params)


def test_trainings_of_one_network_that_are_equally_good_share_a_row(complete):
    rows = front_rows({"pareto": [_member(complete, number) for number in (0, 1, 3)]}, complete)
    assert [[member["number"] for member in row.members] for row in rows] == [[0, 1], [3]]
    assert [(row.others, row.scores) for row in rows] == [(1, (0.6, 0.6)), (0, None)]


def test_without_training_parameters_no_two_rows_are_one_network(make_trials):
    twins = make_trials([0.7, 0.7], [1e6, 1e6], params={"width": [8, 8]})
    assert list(trainings_of(twins, {"width": 8})) == []
    assert len(front_rows({"pareto": [_member(twins, number) for number in (0, 1)]}, twins)) == 2


def test_a_network_lacks_the_parameters_of_other_families(make_trials):
    params = {"a.width": [8.0, np.nan], "b.width": [np.nan, 8.0], "train.lr": [0.1, 0.1]}
    trials = make_trials([0.7, 0.7], [1e6, 1e6], params=params)
    assert list(trainings_of(trials, {"a.width": 8, "train.lr": 0.5})) == [0]


def test_budgets_of_one_best_network_share_a_row(complete):
    known = {"net.width": 16, "net.se": 0.25, "train.lr": 0.5}
    rows = [
        {"number": None, "budget": {"flops": 1e5}},
        {"number": 0, "budget": {"flops": 1e6}, "try_candidate": True, "candidate": {"params": known}},
        {"number": 3, "budget": {"flops": 3e6}, "try_candidate": False},
        {"number": 3, "budget": {"flops": 1e7}, "try_candidate": False},
    ]
    found = budget_rows({"pareto": [_member(complete, 0)], "recommended": rows}, complete, candidates=True)
    assert [(row.best["number"], row.limits) for row in found] == [(0, (1e6,)), (3, (3e6, 1e7))]
    assert [row.test for row in found] == [{"balanced_accuracy": 0.1}, None]
    assert [row.trained for row in found] == [1, 0]


def test_settings_name_the_crop_in_seconds():
    study = {"epochs": 5, "batch_size": 32, "precision": "fp32", "crop": 250}
    shared = shared_settings({"study": study, "store": {"rate": 100.0}})
    assert shared == {"epochs": 5, "batch": 32, "precision": "fp32", "crop": "2.5 s"}
    assert settings_of({"net.width": 8, "train.lr": 0.1}, shared) == {"lr": 0.1, **shared}
    assert shared_settings({"study": None, "store": None}) == {}
