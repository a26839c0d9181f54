"""Pre-processing of one record's signal: gaps, band-pass, resampling, windows, normalisation."""

import itertools
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np

from ecg.errors import RecordRejected
from ecg.leads import LEADS
from ecg.signal import kernels
from ecg.signal.quality import FLAT_MV, assess

BAND_HZ = (1.0, 47.0)
FILTER_ORDER = 3
MAX_MISSING_SHARE = 0.10
MIN_SECONDS = 1.0
IMPOSSIBLE_MV = 1e5
_MAX_RATIO = 1000
_ZEROS_PER_SIDE = 10  # of the resampling filter, in samples of the slower of the two rates


@dataclass(frozen=True)
class Preprocessing:
    """How signals become the windows of a store.

    The band ends at 47 Hz, so the default rate of 100 Hz keeps all of it.

    Attributes:
        rate: sampling rate of the store in Hz.
        seconds: length of a window.
    """

    rate: float = 100.0
    seconds: float = 10.0

    @property
    def samples(self) -> int:
        return round(self.rate * self.seconds)

    def describe(self) -> dict[str, object]:
        return {
            "filter": f"zero-phase Butterworth order {FILTER_ORDER}, {BAND_HZ[0]:g}-{BAND_HZ[1]:g} Hz",
            "normalisation": "z-score per lead and window",
        }


@dataclass(frozen=True)
class Windows:
    """What becomes of one recording.

    Attributes:
        cut: float32, n x 12 x samples, without overlap; windows without any signal are left out.
        scales: n x 12, the standard deviation of each lead in mV before normalisation.
        starts: where each begins, in s.
        einthoven_mv: the largest |III - (II - I)| of the recording.
        flags: what was done to the signal, or looks wrong in it.
    """

    cut: np.ndarray
    scales: np.ndarray
    starts: tuple[float, ...]
    einthoven_mv: float
    flags: tuple[str, ...]


def windows(signal: np.ndarray, rate: float, how: Preprocessing) -> Windows:
    """Filter, resample, cut and normalise one recording.

    Args:
        signal: 12 x samples in mV, NaN where not recorded.
        rate: its sampling rate in Hz.

    Raises:
        RecordRejected: too short, no signal on any lead, too many missing samples, or sampled too slowly for the band.
    """
    if signal.shape[1] < MIN_SECONDS * rate:
        raise RecordRejected(f"{signal.shape[1]} samples at {rate:g} Hz are shorter than {MIN_SECONDS:g} s")
    sections, steady, pad = _band_pass(rate)
    taps, up, down = _low_pass(rate, how.rate)
    filled, interpolated = _fill_gaps(signal)
    frames = np.zeros((signal.shape[1], kernels.LANES))
    frames[:, : len(LEADS)] = filled.T
    quality = assess(frames, rate)
    if not quality.widest_mv <= IMPOSSIBLE_MV:
        raise RecordRejected(f"a lead spans {quality.widest_mv:.3g} mV, which no ECG does; check gain and unit")
    if quality.flat.all():
        raise RecordRejected("all twelve leads are flat")
    extended = kernels.extend(frames, pad)
    kernels.filter_in_place(extended, sections, steady, False)
    kernels.filter_in_place(extended, sections, steady, True)
    cut, padded = _cut(kernels.resample(extended[pad:-pad], taps, up, down), how.samples)
    # What is flat before the filter is not after it: the filter rings on.
    flat = _flat_in_windows(frames, len(cut), how.samples * down / up)
    scales = kernels.z_score(cut, flat)
    kept = ~flat.all(axis=1)
    if not kept.any():
        raise RecordRejected("no window holds a signal")
    empty = () if kept.all() else (f"empty_windows:{(~kept).sum()}",)
    return Windows(
        cut=_padded(cut[kept], how.samples),
        scales=scales[kept],
        starts=tuple((np.flatnonzero(kept) * (how.samples / how.rate)).tolist()),
        einthoven_mv=quality.einthoven_mv,
        flags=(*interpolated, *quality.flags, *padded, *empty),
    )


def _flat_in_windows(frames: np.ndarray, count: int, samples: float) -> np.ndarray:
    """Windows x 12: whether a lead carries no signal there; a window is `samples` long before resampling."""
    edges = np.rint(np.arange(count + 1) * samples).astype(int)
    spans = [kernels.span(frames[first:last]) for first, last in itertools.pairwise(edges)]
    return np.stack(spans) < FLAT_MV


def _fill_gaps(signal: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    missing = ~np.isfinite(signal)
    if not missing.any():
        return signal, ()
    share = missing.mean(axis=1).max()
    if share > MAX_MISSING_SHARE:
        raise RecordRejected(
            f"{share:.0%} of a lead's samples are missing; at most {MAX_MISSING_SHARE:.0%} are interpolated"
        )
    filled = signal.copy()
    time = np.arange(signal.shape[1])
    for lead, gaps in zip(filled, missing, strict=True):
        lead[gaps] = np.interp(time[gaps], time[~gaps], lead[~gaps])
    return filled, (f"interpolated:{missing.sum()}",)


@lru_cache(maxsize=16)
def _band_pass(rate: float) -> tuple[np.ndarray, np.ndarray, int]:
    """Second-order sections of the band-pass, their steady state, and the extension that `sosfiltfilt` takes."""
    from scipy import signal as dsp

    if BAND_HZ[1] >= rate / 2:
        raise RecordRejected(
            f"a sampling rate of {rate:g} Hz is too low for the {BAND_HZ[0]:g}-{BAND_HZ[1]:g} Hz band; "
            f"it must be above {2 * BAND_HZ[1]:g} Hz"
        )
    sections = dsp.butter(FILTER_ORDER, BAND_HZ, btype="bandpass", fs=rate, output="sos")
    at_origin = min((sections[:, 2] == 0).sum(), (sections[:, 5] == 0).sum())
    return sections, dsp.sosfilt_zi(sections), int(3 * (2 * len(sections) + 1 - at_origin))


@lru_cache(maxsize=16)
def _low_pass(rate: float, target: float) -> tuple[np.ndarray, int, int]:
    """The filter that `resample_poly` takes, and the ratio up / down."""
    from scipy import signal as dsp

    ratio = Fraction(target / rate).limit_denominator(_MAX_RATIO)
    up, down = ratio.numerator, ratio.denominator
    if up == 0 or abs(float(ratio) * rate / target - 1) > 1e-3:
        raise RecordRejected(f"a sampling rate of {rate:g} Hz cannot be brought to {target:g} Hz")
    if up == down:
        return np.ones(1), up, down
    half = _ZEROS_PER_SIDE * max(up, down)
    return up * dsp.firwin(2 * half + 1, 1 / max(up, down), window=("kaiser", 5.0)), up, down


def _cut(signal: np.ndarray, samples: int) -> tuple[np.ndarray, tuple[str, ...]]:
    """Whole windows (n x 12 x samples), or one shorter one, and a flag for what it will be padded with."""
    leads, length = signal.shape
    count = max(1, length // samples)
    used = min(length, count * samples)
    cut = np.ascontiguousarray(signal[:, :used].reshape(leads, count, used // count).transpose(1, 0, 2))
    return cut, () if length >= samples else (f"padded:{samples - length}",)


def _padded(cut: np.ndarray, samples: int) -> np.ndarray:
    """A window shorter than `samples` gets zeros at its end, which is the mean of what is normalised."""
    missing = samples - cut.shape[2]
    return np.pad(cut, ((0, 0), (0, 0), (0, missing))) if missing else cut
