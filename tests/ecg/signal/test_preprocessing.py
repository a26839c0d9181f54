from fractions import Fraction

import numpy as np
import pytest
from scipy.signal import butter, resample_poly, sosfiltfilt

from ecg.errors import RecordRejected
from ecg.signal import Preprocessing, windows


def _tone(frequency, rate=500.0, seconds=10.0):
    time = np.arange(int(rate * seconds)) / rate
    return np.tile(np.sin(2 * np.pi * frequency * time), (12, 1))


def test_a_tone_inside_the_band_keeps_its_phase_and_becomes_unit_variance():
    made = windows(_tone(10.0), 500.0, Preprocessing(rate=100.0))
    assert made.cut.shape == (1, 12, 1000)
    assert made.starts == (0.0,)
    expected = np.sin(2 * np.pi * 10.0 * np.arange(1000) / 100.0) * np.sqrt(2)
    np.testing.assert_allclose(made.cut[0, 3, 200:800], expected[200:800], atol=0.02)
    np.testing.assert_allclose(made.scales, np.sqrt(0.5), atol=0.01)


@pytest.mark.parametrize("frequency", [0.1, 60.0])
def test_what_lies_outside_the_band_is_removed(frequency):
    mixed = _tone(10.0) + _tone(frequency)
    alone = windows(_tone(10.0), 500.0, Preprocessing()).cut
    both = windows(mixed, 500.0, Preprocessing()).cut
    assert np.abs(both - alone)[..., 200:800].max() < 0.1


@pytest.mark.parametrize("rate", [100.0, 128.0, 257.0, 500.0, 1000.0])
def test_every_rate_ends_at_the_stores_length(rate):
    assert windows(_tone(5.0, rate), rate, Preprocessing(rate=100.0)).cut.shape == (1, 12, 1000)


def _plainly(signal, rate, target):
    """The straightforward way, with SciPy alone."""
    sections = butter(3, (1, 47), btype="bandpass", fs=rate, output="sos")
    filtered = sosfiltfilt(sections, signal, axis=1)
    ratio = Fraction(target / rate).limit_denominator(1000)
    resampled = filtered if ratio == 1 else resample_poly(filtered, ratio.numerator, ratio.denominator, axis=1)
    return (resampled - resampled.mean(axis=1, keepdims=True)) / resampled.std(axis=1, keepdims=True)


@pytest.mark.parametrize("rate", [100, 128, 257, 400, 500, 1000])
@pytest.mark.parametrize("target", [100.0, 250.0])
def test_windows_are_what_scipy_makes_of_them(rate, target):
    rng = np.random.default_rng(rate)
    signal = np.cumsum(rng.normal(0, 0.05, (12, 10 * rate)), axis=1)
    made = windows(signal, float(rate), Preprocessing(target)).cut[0]
    plain = _plainly(signal, rate, target)[:, : made.shape[1]]
    np.testing.assert_allclose(made, plain, atol=1e-3)
    assert (np.abs(made.astype(np.float16) - plain) <= np.spacing(np.abs(plain).astype(np.float16))).all()


def test_long_recordings_become_windows_and_short_ones_are_padded():
    long = windows(_tone(5.0, seconds=35.0), 500.0, Preprocessing())
    assert long.cut.shape[0] == 3
    assert long.starts == (0.0, 10.0, 20.0)
    short = windows(_tone(5.0, seconds=6.0), 500.0, Preprocessing())
    assert "padded:400" in short.flags
    assert short.cut.shape == (1, 12, 1000)
    assert not short.cut[..., 600:].any()
    np.testing.assert_allclose(short.cut[..., :600].std(axis=2), 1, atol=1e-3)


def test_half_an_hour_at_257_hz_becomes_180_windows():
    assert windows(_tone(5.0, 257.0, 1800.0), 257.0, Preprocessing()).cut.shape == (180, 12, 1000)


def test_a_rate_that_no_small_ratio_meets_is_as_good_to_the_end_of_a_long_recording():
    rate = 333.371
    signal = np.random.default_rng(0).normal(0, 0.2, (12, int(rate * 3000)))
    assert len(windows(signal, rate, Preprocessing(seconds=1.0)).cut) == 3000


def test_flat_leads_stay_flat_and_are_flagged():
    signal = _tone(5.0)
    signal[7] = 0.25
    made = windows(signal, 500.0, Preprocessing())
    assert "flat_leads:1" in made.flags
    assert not made.cut[:, 7].any()
    assert made.scales[0, 7] == 0


def test_a_window_in_which_nothing_was_recorded_is_left_out():
    signal = _tone(5.0, seconds=40.0)
    signal[:, 10_000:15_000] = 0.4
    signal[3, 15_000:] = 0.1
    made = windows(signal, 500.0, Preprocessing())
    assert made.starts == (0.0, 10.0, 30.0)
    assert "empty_windows:1" in made.flags
    assert not made.cut[2, 3].any()
    assert made.cut[2].any(axis=1).sum() == 11


def test_short_gaps_are_interpolated_and_long_ones_refused():
    signal = _tone(5.0)
    signal[2, 100:103] = np.nan
    made = windows(signal, 500.0, Preprocessing())
    assert "interpolated:3" in made.flags
    assert np.isfinite(made.cut).all()
    whole = windows(_tone(5.0), 500.0, Preprocessing())
    np.testing.assert_allclose(made.cut, whole.cut, atol=0.01)
    signal[2, :2000] = np.nan
    with pytest.raises(RecordRejected, match="40% of a lead's samples are missing"):
        windows(signal, 500.0, Preprocessing())


@pytest.mark.parametrize(
    ("signal", "rate", "message"),
    [
        (_tone(5.0)[:, :200], 500.0, "200 samples at 500 Hz are shorter than 1 s"),
        (_tone(5.0, rate=80.0), 80.0, "80 Hz is too low"),
        (np.ones((12, 5000)), 500.0, "all twelve leads are flat"),
        (_tone(5.0) * 1e6, 500.0, r"spans 2e\+06 mV, which no ECG does"),
        (_tone(5.0)[:, :1000], 900_000.0, "shorter than 1 s"),
    ],
)
def test_what_is_no_ecg_is_refused_with_the_values(signal, rate, message):
    with pytest.raises(RecordRejected, match=message):
        windows(signal, rate, Preprocessing())


def test_a_rate_out_of_proportion_is_refused():
    with pytest.raises(RecordRejected, match="a sampling rate of 200000 Hz cannot be brought to 100 Hz"):
        windows(np.tile(_tone(5.0), (1, 50)), 200_000.0, Preprocessing())
