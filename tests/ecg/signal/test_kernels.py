import numpy as np
import pytest
from scipy import signal as dsp

from ecg.signal import kernels

PAD = 21


@pytest.fixture
def frames():
    rng = np.random.default_rng(0)
    walk = np.zeros((3000, kernels.LANES))
    walk[:, :12] = np.cumsum(rng.normal(size=(3000, 12)), axis=0)
    return walk


def test_spans_are_those_of_the_leads(frames):
    np.testing.assert_array_equal(kernels.span(frames), np.ptp(frames[:, :12], axis=0))


def test_filtering_both_ways_is_sosfiltfilt(frames):
    sections = dsp.butter(3, (1, 47), btype="bandpass", fs=500, output="sos")
    steady = dsp.sosfilt_zi(sections)
    extended = kernels.extend(frames, PAD)
    kernels.filter_in_place(extended, sections, steady, False)
    kernels.filter_in_place(extended, sections, steady, True)
    expected = dsp.sosfiltfilt(sections, frames[:, :12], axis=0, padlen=PAD)
    np.testing.assert_allclose(extended[PAD:-PAD, :12], expected, atol=1e-9)


@pytest.mark.parametrize(("up", "down"), [(1, 2), (1, 5), (2, 1), (5, 8), (100, 257), (1, 10), (3, 2)])
@pytest.mark.parametrize("samples", [1, 7, 1000, 2999])
def test_resampling_is_resample_poly(frames, up, down, samples):
    half = 10 * max(up, down)
    taps = up * dsp.firwin(2 * half + 1, 1 / max(up, down), window=("kaiser", 5.0))
    expected = dsp.resample_poly(frames[:samples, :12], up, down, axis=0).T
    made = kernels.resample(frames[:samples], taps, up, down)
    assert made.shape == expected.shape
    np.testing.assert_allclose(made, expected, atol=1e-5 * (1 + np.abs(expected).max()))


def test_z_scores_have_mean_0_and_variance_1_and_tell_what_they_were_divided_by():
    rng = np.random.default_rng(0)
    windows = rng.normal(3, 2, (2, 12, 500)).astype(np.float32)
    flat = np.zeros((2, 12), bool)
    flat[1, 4] = True
    before = windows.copy()
    scales = kernels.z_score(windows, flat)
    np.testing.assert_allclose(scales, np.where(flat, 0, before.std(axis=2)), atol=1e-5)
    assert not windows[1, 4].any()
    live = np.delete(windows.reshape(24, -1), 16, axis=0)
    np.testing.assert_allclose(live.mean(axis=1), 0, atol=1e-6)
    np.testing.assert_allclose(live.std(axis=1), 1, atol=1e-5)
