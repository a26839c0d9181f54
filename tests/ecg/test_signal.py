import numpy as np
import pytest

from ecg.errors import RecordRejected
from ecg.signal import Preprocessing, windows


def _tone(frequency, rate=500.0, seconds=10.0):
    time = np.arange(int(rate * seconds)) / rate
    return np.tile(np.sin(2 * np.pi * frequency * time), (12, 1))


def test_a_tone_inside_the_band_keeps_its_phase_and_becomes_unit_variance():
    cut, flags = windows(_tone(10.0), 500.0, Preprocessing(rate=100.0))
    assert cut.shape == (1, 12, 1000)
    assert flags == []
    expected = np.sin(2 * np.pi * 10.0 * np.arange(1000) / 100.0) * np.sqrt(2)
    np.testing.assert_allclose(cut[0, 3, 200:800], expected[200:800], atol=0.02)


@pytest.mark.parametrize("frequency", [0.1, 60.0])
def test_what_lies_outside_the_band_is_removed(frequency):
    mixed = _tone(10.0) + _tone(frequency)
    alone, _ = windows(_tone(10.0), 500.0, Preprocessing())
    both, _ = windows(mixed, 500.0, Preprocessing())
    assert np.abs(both - alone)[..., 200:800].max() < 0.1


@pytest.mark.parametrize("rate", [100.0, 128.0, 257.0, 500.0, 1000.0])
def test_every_rate_ends_at_the_stores_length(rate):
    assert windows(_tone(5.0, rate), rate, Preprocessing(rate=100.0))[0].shape == (1, 12, 1000)


def test_long_recordings_become_windows_and_short_ones_are_padded():
    assert windows(_tone(5.0, seconds=35.0), 500.0, Preprocessing())[0].shape[0] == 3
    cut, flags = windows(_tone(5.0, seconds=6.0), 500.0, Preprocessing())
    assert flags == ["padded:400"]
    assert cut.shape == (1, 12, 1000)
    assert not cut[..., 600:].any()
    np.testing.assert_allclose(cut[..., :600].std(axis=2), 1, atol=1e-3)


def test_flat_leads_stay_flat_and_are_flagged():
    signal = _tone(5.0)
    signal[7] = 0.25
    cut, flags = windows(signal, 500.0, Preprocessing())
    assert flags == ["flat_leads:1"]
    assert not cut[:, 7].any()


def test_short_gaps_are_interpolated_and_long_ones_refused():
    signal = _tone(5.0)
    signal[2, 100:103] = np.nan
    cut, flags = windows(signal, 500.0, Preprocessing())
    assert flags == ["interpolated"]
    assert np.isfinite(cut).all()
    signal[2, :2000] = np.nan
    with pytest.raises(RecordRejected, match="40% of a lead's samples are missing"):
        windows(signal, 500.0, Preprocessing())


def test_too_short_and_too_slow_are_refused_with_the_values():
    with pytest.raises(RecordRejected, match="200 samples at 500 Hz are shorter than 1 s"):
        windows(_tone(5.0)[:, :200], 500.0, Preprocessing())
    with pytest.raises(RecordRejected, match="80 Hz is too low"):
        windows(_tone(5.0, rate=80.0), 80.0, Preprocessing())
