"""Pre-processing of one record's signal: gaps, band-pass, resampling, windows, normalisation."""

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np
from scipy import signal as dsp

from ecg.errors import RecordRejected

BAND_HZ = (1.0, 47.0)
FILTER_ORDER = 3
MAX_MISSING_SHARE = 0.10
MIN_SECONDS = 1.0
FLAT_MV = 1e-3


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


def windows(signal: np.ndarray, rate: float, how: Preprocessing) -> tuple[np.ndarray, list[str]]:
    """Filter, resample, cut and normalise one recording.

    Args:
        signal: 12 x samples in mV, NaN where not recorded.
        rate: its sampling rate in Hz.

    Returns:
        float32 windows (n x 12 x how.samples, consecutive, without overlap) and flags worth knowing.

    Raises:
        RecordRejected: too short, too many missing samples, or sampled too slowly for the band.
    """
    flags: list[str] = []
    if signal.shape[1] < MIN_SECONDS * rate:
        raise RecordRejected(f"{signal.shape[1]} samples at {rate:g} Hz are shorter than {MIN_SECONDS:g} s")
    signal = _fill_gaps(signal, flags)
    flat = np.ptp(signal, axis=1) < FLAT_MV
    if flat.any():
        flags.append(f"flat_leads:{int(flat.sum())}")
    signal = _resample(_band_pass(signal, rate), rate, how.rate)
    return _cut(signal, how.samples, flat, flags), flags


def _fill_gaps(signal: np.ndarray, flags: list[str]) -> np.ndarray:
    missing = ~np.isfinite(signal)
    if not missing.any():
        return signal
    share = missing.mean(axis=1).max()
    if share > MAX_MISSING_SHARE:
        raise RecordRejected(
            f"{share:.0%} of a lead's samples are missing; at most {MAX_MISSING_SHARE:.0%} are interpolated"
        )
    flags.append("interpolated")
    filled = signal.copy()
    time = np.arange(signal.shape[1])
    for lead, gaps in zip(filled, missing, strict=True):
        lead[gaps] = np.interp(time[gaps], time[~gaps], lead[~gaps])
    return filled


@lru_cache(maxsize=16)
def _butterworth(rate: float) -> np.ndarray:
    if BAND_HZ[1] >= rate / 2:
        raise RecordRejected(
            f"a sampling rate of {rate:g} Hz is too low for the {BAND_HZ[0]:g}-{BAND_HZ[1]:g} Hz band; "
            f"it must be above {2 * BAND_HZ[1]:g} Hz"
        )
    return np.asarray(dsp.butter(FILTER_ORDER, BAND_HZ, btype="bandpass", fs=rate, output="sos"))


def _band_pass(signal: np.ndarray, rate: float) -> np.ndarray:
    return np.asarray(dsp.sosfiltfilt(_butterworth(rate), signal, axis=1))


def _resample(signal: np.ndarray, rate: float, target: float) -> np.ndarray:
    if rate == target:
        return signal
    ratio = Fraction(target / rate).limit_denominator(1000)
    return np.asarray(dsp.resample_poly(signal, ratio.numerator, ratio.denominator, axis=1))


def _cut(signal: np.ndarray, samples: int, flat: np.ndarray, flags: list[str]) -> np.ndarray:
    """Normalised whole windows; a recording shorter than one is padded with zeros at its end, once normalised."""
    leads, length = signal.shape
    if length < samples:
        flags.append(f"padded:{samples - length}")
        return np.pad(_z_score(signal[None], flat), ((0, 0), (0, 0), (0, samples - length)))
    count = length // samples
    return _z_score(signal[:, : count * samples].reshape(leads, count, samples).transpose(1, 0, 2), flat)


def _z_score(cut: np.ndarray, flat: np.ndarray) -> np.ndarray:
    scale = cut.std(axis=2, keepdims=True)
    normal = (cut - cut.mean(axis=2, keepdims=True)) / np.where(scale > 0, scale, 1.0)
    normal[:, flat] = 0.0
    return normal.astype(np.float32)
