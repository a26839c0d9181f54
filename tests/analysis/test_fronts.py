import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.fronts import find_fronts, front_members, reference_point


@pytest.fixture
def trials(make_trials):
    return make_trials(
        [0.9, 0.8, 0.8, 0.7, 0.6],
        [100, 10, 20, 5, 50],
        attrs={"seed": ["a", "a", "b", "b", "c"]},
    )


def test_members_are_told_the_cheapest_first(trials):
    assert front_members(trials) == (3, 1, 0)


def test_each_value_of_a_column_has_its_own_front(trials):
    family = pd.Series(["x", "x", "y", "y", np.nan], dtype=object)
    found = find_fronts(trials, {"balanced_accuracy": 0.5, "flops": 1000}, {"family": family})
    assert found.by["family"]["x"].members == (1, 0)
    assert found.by["family"]["y"].members == (3, 2)
    assert {name: (part.n, part.on_front) for name, part in found.by["family"].items()} == {"x": (2, 2), "y": (2, 1)}
    assert found.hypervolume.value > found.by["family"]["x"].hypervolume > 0
    assert found.shortfall.tolist() == pytest.approx([0, 0, 0, 0, 0.2])


def test_runs_are_the_studies_unless_a_column_is_named(trials):
    assert find_fronts(trials, {}, {}).attainment is None
    assert find_fronts(trials, {}, {}, runs=trials.attrs["seed"]).attainment.runs == ("a", "b", "c")


def test_scores_without_intervals_make_no_probabilities(trials, make_trials):
    assert find_fronts(trials, {}, {}).probability is None
    known = make_trials([0.9, 0.8], [10, 10], attrs={"balanced_accuracy_ci95": [[0.88, 0.92], [None, float("nan")]]})
    assert find_fronts(known, {}, {}).probability.tolist() == [1.0, 0.0]


def test_what_is_not_given_of_a_reference_is_its_default(trials, make_trials):
    assert reference_point(trials, {"flops": 1e9}) == (0.8, 1e9)
    assert reference_point(make_trials([], []), {}) is None


@pytest.mark.parametrize(
    ("given", "sentence"),
    [({"auc": 1.0}, "names 'auc', but the objectives are"), ({"flops": 0.0}, "flops=0 is not on the axis")],
)
def test_a_reference_that_is_on_no_axis_is_refused(trials, given, sentence):
    with pytest.raises(AnalysisError, match=sentence):
        reference_point(trials, given)
