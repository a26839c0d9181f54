import numpy as np
import pytest

from analysis.claims import Verdict
from analysis.claims.arms import compare_arms

TRIALS, TRAINING, DRAWN, FLOPS = range(4)


@pytest.fixture(scope="module")
def arms(make_trials):
    """Claims of two arms drawn in turn in three runs, the narrowed one ahead by so much; its networks may cost more."""

    def made(n, ahead, *, runs=3, dearer=1.0, noise=0.02, seed=0, training=True):
        rng = np.random.default_rng(seed)
        arm = np.array(["wide", "narrowed"], dtype=object)[np.arange(n) % 2]
        narrowed = arm == "narrowed"
        flops = 10 ** rng.uniform(6, 8, n) * np.where(narrowed, dearer, 1)
        score = 0.7 + np.where(narrowed, ahead, 0) + noise * rng.uniform(size=n)
        attrs = {"arm": arm, "run": (np.arange(n) // 2) % runs}
        return compare_arms(
            make_trials(score, flops, attrs=attrs | ({"train_flops": 100 * flops} if training else {})), "somebody"
        )

    return made


@pytest.mark.parametrize(("ahead", "verdict"), [(0.05, Verdict.REPRODUCED), (-0.05, Verdict.CONTRADICTED)])
def test_the_arm_that_is_ahead_beats_the_other_by_every_measure(arms, ahead, verdict):
    found = arms(240, ahead)
    assert [claim.verdict for claim in found] == [verdict] * 4
    assert [claim.figure for claim in found] == [pytest.approx(ahead, abs=0.01)] * 4
    assert [claim.n for claim in found[:2]] == [3, 3]
    assert found[DRAWN].n == 240


def test_equal_arms_are_undecided(arms):
    assert {claim.verdict for claim in arms(240, 0.0, noise=0.1, seed=3)} == {Verdict.UNDECIDED}


def test_both_arms_are_given_as_many_trials(make_trials):
    """The narrowed arm's later trials, which the wide one has no counterpart of, do not count."""
    arm = ["wide", "narrowed"] * 6 + ["narrowed"] * 3
    run = [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 0, 1, 2]
    score = [0.6, 0.5, 0.6, 0.5, 0.6, 0.49, 0.6, 0.5, 0.6, 0.47, 0.6, 0.47, 0.9, 0.9, 0.9]
    found = compare_arms(make_trials(score, [1e6] * 15, attrs={"arm": arm, "run": run}), "somebody")
    assert found[TRIALS].figure == pytest.approx(-0.11)


def test_arms_that_differ_by_the_same_in_every_run_tell_nothing_of_other_runs(make_trials):
    attrs = {"arm": ["wide", "narrowed"] * 3, "run": [0, 0, 1, 1, 2, 2]}
    (claim, *_) = compare_arms(make_trials([0.6, 0.601] * 3, [1e6] * 6, attrs=attrs), "somebody")
    assert claim.verdict is Verdict.UNDECIDED
    assert claim.ci95 is None


def test_a_run_whose_training_is_not_known_does_not_count_for_equal_training(make_trials):
    attrs = {"arm": ["wide", "narrowed"] * 4, "run": [0, 0, 1, 1, 2, 2, 3, 3]}
    train_flops = [float("nan"), 1.0, *[1.0] * 6]
    score = [0.6, 0.9, 0.6, 0.61, 0.6, 0.62, 0.6, 0.63]
    found = compare_arms(make_trials(score, [1e6] * 8, attrs={**attrs, "train_flops": train_flops}), "somebody")
    assert found[TRAINING].n == 3
    assert found[TRAINING].figure == pytest.approx(0.02)


def test_both_arms_are_given_as_much_training(make_trials):
    """Of a run's three dear networks, one costs what the wide arm spent on all of its own."""
    arm, run = ["wide"] * 9 + ["narrowed"] * 9, [0, 0, 0, 1, 1, 1, 2, 2, 2] * 2
    score = [0.6] * 9 + [0.5, 0.9, 0.9, 0.51, 0.9, 0.9, 0.52, 0.9, 0.93]
    attrs = {"arm": arm, "run": run, "train_flops": [1.0] * 9 + [3.0] * 9}
    found = compare_arms(make_trials(score, [1e6] * 18, attrs=attrs), "somebody")
    assert found[TRIALS].figure == pytest.approx(0.31)
    assert found[TRAINING].figure == pytest.approx(-0.09)


def test_dearer_networks_are_compared_at_equal_flops(arms, make_trials):
    rng = np.random.default_rng(0)
    flops = 10 ** rng.uniform(6, 8, 400)
    narrowed = rng.random(400) < (np.log10(flops) - 6) / 2  # large networks are mostly the narrowed arm's
    score = 0.3 + 0.05 * np.log10(flops)
    trials = make_trials(score, flops, attrs={"arm": np.where(narrowed, "narrowed", "wide").astype(object)})
    found = compare_arms(trials, "somebody")
    assert abs(found[FLOPS].figure) < 0.01


def test_one_run_is_no_sample_of_runs(arms):
    found = arms(60, 0.05, runs=1)
    assert found[TRIALS].figure is None
    assert found[TRIALS].why == "runs in which both arms have what it takes: 1; at least 3 are needed"
    assert found[DRAWN].verdict is Verdict.REPRODUCED


def test_too_few_trials_are_undecided(arms):
    found = arms(12, 0.0)
    assert {claim.verdict for claim in found} == {Verdict.UNDECIDED}
    assert "at least 20 of each space are needed" in found[DRAWN].why


def test_without_what_training_cost_that_one_is_untold(arms):
    found = arms(120, 0.05, training=False)
    assert (found[TRAINING].figure, found[TRAINING].n) == (None, 0)
    assert found[TRIALS].verdict is Verdict.REPRODUCED


def test_trials_of_no_arm_say_so(make_trials):
    found = compare_arms(make_trials([0.5], [1e6]), "somebody")
    assert {claim.why for claim in found} == {"the trials are not of the arms wide and narrowed"}


def test_runs_of_several_studies_are_not_one(make_trials):
    n = 40
    attrs = {
        "arm": np.array(["wide", "narrowed"], dtype=object)[np.arange(n) % 2],
        "run": np.zeros(n, dtype=int),
        "study": np.repeat(np.array(["a", "b"], dtype=object), n // 2),
    }
    found = compare_arms(make_trials(0.5 + np.arange(n) % 2 * 0.1, np.full(n, 1e6), attrs=attrs), "somebody")
    assert found[TRIALS].n == 2
