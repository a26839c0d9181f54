import pytest

from search.halving import rungs, verdict
from storage.curves import Curve

EPOCHS, RUNG = 10, 3


def curve(number, early, final=None, *, flops=100.0, **more):
    scores = {RUNG: early} if final is None else {RUNG: early, EPOCHS: final}
    return Curve(number, flops, scores, complete=final is not None, **more)


def known(count=10, **more):
    """Complete trials that all gained 0.2; the best is at 0.59 at the rung and at 0.79 in the end."""
    return [curve(number, 0.5 + number / 100, 0.7 + number / 100, **more) for number in range(count)]


def judge(own, others):
    return verdict([*others, own], own.number, RUNG, EPOCHS)


@pytest.mark.parametrize(
    ("epochs", "expected"), [(1, ()), (2, ()), (3, (1,)), (9, (1, 3)), (10, (1, 3)), (12, (1, 4)), (20, (2, 6))]
)
def test_rungs_are_early_epochs_and_none_where_little_is_to_be_gained(epochs, expected):
    assert rungs(epochs) == expected


def test_a_trial_far_below_its_likes_is_stopped_and_told_why():
    told = judge(curve(99, 0.3), known())
    assert told.bound == pytest.approx(0.5)
    assert str(told) == "balanced accuracy 0.300, and even +0.200 would leave it below the front, 0.790"


@pytest.mark.parametrize(("score", "stopped"), [(0.565, False), (0.555, True)])
def test_the_best_third_of_a_band_goes_on(score, stopped):
    """Of 11 it is the fourth, or the fifth; neither could reach 0.79."""
    assert (judge(curve(99, score), known()) is not None) is stopped


def test_a_candidate_for_the_front_is_never_stopped():
    late = curve(50, 0.3, 0.78)  # has gained 0.48: others may
    assert judge(curve(99, 0.5), known()) is not None
    assert judge(curve(99, 0.5), [*known(), late]) is None


def test_the_cheapest_trial_is_a_candidate_whatever_it_scores():
    assert judge(curve(99, 0.1, flops=99.0), known()) is None


def test_only_trials_of_similar_cost_are_its_rivals():
    """The front is far above it and it cannot reach it, but nobody of its size has been seen."""
    assert judge(curve(99, 0.3, flops=201.0), known()) is None
    assert judge(curve(99, 0.3, flops=199.0), known()) is not None


def test_trials_stopped_before_are_rivals_too():
    stopped = [curve(number, 0.2) for number in range(20, 40)]
    assert judge(curve(99, 0.3), known()) is not None
    assert judge(curve(99, 0.3), [*known(), *stopped]) is None  # one of the best third by now


@pytest.mark.parametrize("exempt", [{"sampler": "uniform"}, {"continues": 7}])
def test_probes_and_continued_trials_are_never_stopped(exempt):
    assert judge(curve(99, 0.3, **exempt), known()) is None
    assert judge(curve(99, 0.3, sampler="tpe"), known()) is not None


def test_thin_evidence_stops_nobody():
    assert judge(curve(99, 0.0), known(9)) is None
    assert judge(curve(99, 0.0), []) is None


def test_a_trial_of_which_nothing_is_known_goes_on():
    assert verdict(known(), 99, RUNG, EPOCHS) is None
    assert verdict([], 99, RUNG, EPOCHS) is None
