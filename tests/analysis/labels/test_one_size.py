import numpy as np
import pytest

from analysis.labels import Gain
from analysis.labels.factors import architecture_factors
from analysis.labels.one_size import MIN_TRIALS, OneSizeVerdict, one_size, own_gains

ALIKE = {"a": (-0.02, 0.02, -0.01), "b": (-0.02, 0.02, -0.01)}
UNLIKE = {"a": (-0.03, 0.01, 0.0), "b": (0.03, 0.01, 0.0)}


def _gains(study, **options):
    values = study.scores["balanced_accuracy"].to_numpy().reshape(-1, 2)
    return own_gains(architecture_factors(study.params), values, values.mean(axis=1), ("a", "b"), **options)


def test_where_labels_want_the_same_architecture_one_size_fits_all(make_study):
    found = one_size(_gains(make_study(300, ALIKE), simultaneous=True))
    assert found.verdict is OneSizeVerdict.ONE_SIZE
    assert all(gain.ci95[1] < found.margin for gain in found.gains)


def test_where_labels_want_opposite_depths_they_gain_from_their_own(make_study):
    """Nothing is better on average at any depth; each label's own end is worth .03 x 1.5 doublings or so."""
    found = one_size(_gains(make_study(300, UNLIKE), simultaneous=True))
    assert found.verdict is OneSizeVerdict.OWN
    assert [gain.ci95[0] > 0.02 for gain in found.gains] == [True, True]
    assert "a 0.0" in found.sentence
    assert "b 0.0" in found.sentence


def test_the_highest_of_noisy_scores_is_not_taken_for_a_gain(make_study):
    """Both labels have the same noise-free scores; their best observed trials differ, by luck."""
    claimed, leads = [], []
    for seed in range(40):
        study = make_study(100, ALIKE, noise=0.03, seed=seed)
        values = study.scores["balanced_accuracy"].to_numpy().reshape(-1, 2)
        leads.append(values.max(axis=0) - values[values.mean(axis=1).argmax()])
        claimed += [gain.ci95[0] > 0 for gain in _gains(study, seed=seed)]
    assert np.mean(leads) > 0.01
    assert np.mean(claimed) <= 0.05


def test_noise_is_not_taken_for_one_size(make_study):
    none = {"a": (0, 0, 0), "b": (0, 0, 0)}
    found = one_size(_gains(make_study(300, none, families=("resnet",)), simultaneous=True))
    assert found.verdict is OneSizeVerdict.UNTOLD


def test_intervals_that_hold_at_once_are_wider(make_study):
    study = make_study(100, UNLIKE)
    alone, at_once = _gains(study)[0], _gains(study, simultaneous=True)[0]
    assert alone.gain == at_once.gain
    assert at_once.ci95[0] < alone.ci95[0]


def test_too_few_trials_have_no_gain(make_study):
    gains = _gains(make_study(MIN_TRIALS - 1, UNLIKE))
    assert gains == (None, None)
    assert f"a gain needs {MIN_TRIALS} scored trials" in one_size(gains).sentence


@pytest.mark.parametrize(
    ("interval", "pearson", "verdict"),
    [
        ((-0.01, 0.009), 0.9, OneSizeVerdict.ONE_SIZE),
        ((-0.01, 0.009), 0.2, OneSizeVerdict.UNTOLD),
        ((-0.01, 0.02), 0.9, OneSizeVerdict.UNTOLD),
        ((0.001, 0.02), 0.9, OneSizeVerdict.OWN),
        ((0.001, 0.009), 0.9, OneSizeVerdict.ONE_SIZE),
    ],
)
def test_the_verdict_follows_from_interval_margin_and_fit(interval, pearson, verdict):
    assert one_size((Gain("a", sum(interval) / 2, interval, pearson, 100),)).verdict is verdict
