import numpy as np
import pytest

from analysis.labels.pooling_field import Verdict, pooling_field


def _answer(make_study, *, change, advantage=0.03, n=200, seed=0, poolings=("average", "max"), families=("resnet",)):
    """Average pooling is ahead by `advantage` at a field of 2^6 samples, and by `change` more per doubling."""
    study = make_study(n, {"a": (0, 0, 0)}, poolings=poolings, families=families, seed=seed)
    field = np.log2(study.attrs["receptive_field"].to_numpy(float))
    average = (study.params["resnet.pooling"] == "average").to_numpy()
    score = 0.7 + 0.005 * field + average * (advantage + change * (field - 6))
    score = score + 0.01 * np.random.default_rng(seed + 1).normal(size=n)
    return pooling_field(study.params, study.attrs, score[:, None], ("all labels",))[0]


def test_average_pooling_that_helps_local_networks_is_recognised(make_study):
    found = _answer(make_study, change=-0.01)
    assert found.verdict is Verdict.YES
    assert found.interaction.ci95[0] < -0.01 < found.interaction.ci95[1] < 0
    expected = 0.03 - 0.01 * (np.log2(found.local_field) - 6)
    assert found.local_advantage.ci95[0] < expected < found.local_advantage.ci95[1]
    assert found.wide_field > found.local_field
    assert found.wide_advantage.value < found.local_advantage.value
    assert found.sentence.startswith("Yes: average pooling's advantage is +0.0")


def test_the_opposite_is_a_no(make_study):
    growing = _answer(make_study, change=0.01)
    assert growing.verdict is Verdict.NO
    assert "grows with the field" in growing.sentence
    behind = _answer(make_study, change=-0.01, advantage=-0.06)
    assert behind.verdict is Verdict.NO
    assert "other poolings are better" in behind.sentence


def test_without_an_interaction_the_trials_do_not_tell_and_the_interval_holds_zero(make_study):
    """60 repeats; both wrong verdicts together are expected in one of twenty."""
    found = [_answer(make_study, change=0, n=100, seed=seed) for seed in range(60)]
    covered = np.mean([one.interaction.ci95[0] <= 0 <= one.interaction.ci95[1] for one in found])
    assert 0.87 <= covered <= 1
    assert np.mean([one.verdict is Verdict.UNTOLD for one in found]) >= 0.87


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"poolings": ("average",)}, "only average pooling was tried"),
        ({"poolings": ("max", "none")}, "average pooling was not tried, only max, none"),
        ({"families": ("convnext",)}, "no trial has pooling as a parameter"),
        ({"n": 12}, "12 trials have what it takes"),
    ],
)
def test_what_was_not_tried_cannot_be_told(make_study, options, reason):
    found = _answer(make_study, change=-0.01, **options)
    assert found.verdict is Verdict.UNTOLD
    assert reason in found.sentence
    assert found.interaction is None
