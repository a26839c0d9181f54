import numpy as np
import pytest

from ecg.leads import LEADS
from ecg.signal.kernels import LANES
from ecg.signal.quality import assess
from ecg.sources.wfdb_file import read_wfdb
from ecg.synthetic import synthesize

RATE = 500.0


@pytest.fixture
def ecg():
    """A clean ECG, samples x LANES in mV."""
    frames = np.zeros((5000, LANES))
    frames[:, :12] = synthesize(0).adc.T / 1000
    return frames


def test_a_clean_ecg_has_no_flags(ecg):
    quality = assess(ecg, RATE)
    assert quality.flags == ()
    assert not quality.flat.any()
    assert quality.einthoven_mv < 1e-9


def test_flat_leads_are_counted(ecg):
    ecg[:, [3, 8]] = 0.7
    quality = assess(ecg, RATE)
    assert "flat_leads:2" in quality.flags
    np.testing.assert_array_equal(np.flatnonzero(quality.flat), [3, 8])


def test_spikes_are_named_with_their_lead(ecg):
    ecg[2500, 6] += 3.0
    assert assess(ecg, RATE).flags == ("spikes:V1",)


def test_a_steep_qrs_sampled_slowly_is_no_spike(ecg):
    slow = ecg[::5].copy()
    slow[500, 6] += 4.0  # 0.4 mV/ms
    assert assess(slow, 100.0).flags == ()
    slow[500, 6] += 4.0
    assert assess(slow, 100.0).flags == ("spikes:V1",)


@pytest.mark.parametrize("level", [-0.3, 0.3])
def test_a_clipped_lead_is_saturated_and_a_peak_is_not(ecg, level):
    slow_wave = np.sin(2 * np.pi * 0.5 * np.arange(5000) / RATE)
    ecg[:, 9] = np.minimum(slow_wave, level) if level > 0 else np.maximum(slow_wave, level)
    assert assess(ecg, RATE).flags == ("saturated:V4",)
    ecg[:, 9] = np.sin(2 * np.pi * 5 * np.arange(5000) / RATE)
    assert assess(ecg, RATE).flags == ()


def test_amplitudes_no_heart_has_are_flagged(ecg):
    assert [flag.split(":")[0] for flag in assess(ecg / 100, RATE).flags] == ["small_amplitude"]
    assert "large_amplitude" in {flag.split(":")[0] for flag in assess(ecg * 100, RATE).flags}


def test_a_lead_that_breaks_einthovens_law_is_flagged(ecg):
    ecg[:, LEADS.index("III")] *= -1
    quality = assess(ecg, RATE)
    assert quality.flags[-1].startswith("einthoven:")
    expected = np.abs(ecg[:, 2] - (ecg[:, 1] - ecg[:, 0])).max()
    assert quality.einthoven_mv == pytest.approx(expected)


def test_einthovens_law_holds_in_real_records(shared):
    for path in sorted((shared / "data/challenge2021").rglob("*.hea")):
        frames = np.zeros((5000, LANES))
        frames[:, :12] = read_wfdb(path).signal.T
        assert assess(frames, RATE).einthoven_mv < 0.0011


def test_few_real_records_are_flagged_and_the_known_ones_are(shared):
    flags = {}
    for path in sorted((shared / "data").rglob("*00/00000/*.hea")) + sorted(
        (shared / "data/challenge2021").rglob("*.hea")
    ):
        read = read_wfdb(path)
        frames = np.zeros((read.signal.shape[1], LANES))
        frames[:, :12] = read.signal.T
        flags[path.stem] = assess(frames, read.rate).flags
    assert "flat_leads:3" in flags["JS20004"]
    assert "flat_leads:3" in flags["JS20008"]
    assert sum(bool(said) for said in flags.values()) < 0.02 * len(flags)
