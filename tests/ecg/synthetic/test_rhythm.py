import numpy as np
import pytest


def _beats_per_minute(ecgs, name):
    return np.array([60 / np.median(ecg.intervals) for ecg in ecgs if name in ecg.labels])


def test_rates_are_those_of_the_rhythms(quiet_ecgs):
    slow, normal, fast = (_beats_per_minute(quiet_ecgs, name) for name in ("SB", "NSR", "STach"))
    assert np.median(slow) < 60 < np.median(normal) < 100 < np.median(fast)
    assert np.mean(slow < 65) > 0.95
    assert np.mean(fast > 95) > 0.95


def test_atrial_fibrillation_is_irregular(quiet_ecgs):
    def spread(name):
        ecgs = [ecg for ecg in quiet_ecgs if name in ecg.labels and not ecg.labels & {"PVC", "PAC"}]
        return np.median([np.std(ecg.intervals) / np.mean(ecg.intervals) for ecg in ecgs])

    assert spread("AF") > 1.5 * spread("SB")


@pytest.fixture(scope="module")
def sinus(quiet_ecgs):
    return [ecg for ecg in quiet_ecgs if "AF" not in ecg.labels]


def _only(ecgs, name):
    return [ecg for ecg in ecgs if ecg.labels & {"PVC", "PAC"} == {name}]


@pytest.mark.parametrize("name", ["PVC", "PAC"])
def test_premature_beats_come_early_once_to_a_few_times(sinus, name):
    early = np.array([len(ecg.early()) for ecg in _only(sinus, name)])
    assert len(early) > 25
    assert np.mean(early >= 1) > 0.9
    assert early.max() <= 6
    assert 1 <= np.median(early) <= 3


def test_beats_of_other_sinus_rhythms_come_on_time(sinus):
    assert np.mean([len(ecg.early()) == 0 for ecg in sinus if not ecg.labels & {"PVC", "PAC"}]) > 0.9


def _intervals_around(ecgs):
    """RR before plus RR after each early beat, in median RR intervals."""
    sums = [(ecg.intervals[i - 1] + ecg.intervals[i]) / np.median(ecg.intervals) for ecg in ecgs for i in ecg.early()]
    return np.median(sums)


def test_the_pause_after_a_ventricular_beat_is_compensatory_and_after_an_atrial_one_is_not(sinus):
    assert _intervals_around(_only(sinus, "PVC")) == pytest.approx(2.0, abs=0.1)
    assert 1.5 < _intervals_around(_only(sinus, "PAC")) < 1.85
