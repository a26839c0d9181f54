"""Reading ECGs as a cardiologist does, without a look at how they were made."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from unittest import mock

import numpy as np
import pytest
from scipy.signal import find_peaks

from ecg.labels import CHALLENGE
from ecg.leads import LEADS
from ecg.synthetic import Device, SyntheticRecord, reader, synthesize

RATE = 500
QUIET = Device("quiet", "Q", RATE, 1000, noise=0.0, wander=0.0, mains=(50.0, 0.0), low_pass=150.0)
NAME = {label.codes[0]: label.name for label in CHALLENGE.labels}
ACTIVE = 0.12  # of a complex' steepest slope: activation is faster, recovery slower
STILL = round(0.04 * RATE)
BEFORE, AFTER = round(0.45 * RATE), round(0.55 * RATE)


@dataclass(frozen=True)
class QuietEcg:
    """A recording without noise at 500 Hz; positions and lengths are in samples, signals in mV."""

    record: SyntheticRecord

    @cached_property
    def labels(self) -> frozenset[str]:
        return frozenset(NAME[code] for code in self.record.codes)

    @cached_property
    def signal(self) -> np.ndarray:
        return self.record.adc / self.record.device.gain

    def lead(self, name: str) -> np.ndarray:
        return self.signal[LEADS.index(name)]

    @cached_property
    def slope(self) -> np.ndarray:
        return np.sqrt(np.mean(np.gradient(self.signal, axis=1) ** 2, axis=0)) * RATE

    @cached_property
    def peaks(self) -> np.ndarray:
        """One position within each QRS complex."""
        energy = np.convolve(self.slope**2, np.ones(40) / 40, mode="same")
        return find_peaks(energy, height=0.12 * np.percentile(energy, 98), distance=round(0.26 * RATE))[0]

    @property
    def intervals(self) -> np.ndarray:
        """RR intervals in s."""
        return np.diff(self.peaks) / RATE

    def qrs(self, peak: int) -> tuple[int, int]:
        """Onset and end of the complex at `peak`: beyond them the slope stays small for 40 ms."""
        steepest = self.slope[max(0, peak - STILL) : peak + STILL].max()
        quiet = (
            np.convolve(self.slope > ACTIVE * steepest, np.ones(STILL), mode="valid") == 0
        )  # [i]: from i to i + STILL
        before, after = np.flatnonzero(quiet[: peak - STILL]), np.flatnonzero(quiet[peak:])
        onset = before[-1] + STILL if len(before) else 0
        return int(onset), int(peak + after[0] if len(after) else len(self.slope))

    def qrs_seconds(self, peak: int) -> float:
        onset, end = self.qrs(peak)
        return (end - onset) / RATE

    def regular_peaks(self) -> np.ndarray:
        """Complexes neither early nor after a pause, whole within the record."""
        before, after = self.intervals[:-1], self.intervals[1:]
        ordinary = (np.abs(before / np.median(self.intervals) - 1) < 0.15) & (np.abs(after / before - 1) < 0.2)
        peaks = self.peaks[1:-1][ordinary]
        return peaks[(peaks > BEFORE) & (peaks < self.signal.shape[1] - AFTER)]

    def early(self) -> np.ndarray:
        """Indices into `peaks` of complexes that come early and are followed by no early one."""
        median = np.median(self.intervals)
        before, after = self.intervals[:-1], self.intervals[1:]
        return 1 + np.flatnonzero((before < 0.82 * median) & (after > 0.9 * median))

    def net_qrs_area(self, peak: int) -> np.ndarray:
        """Of each lead, in mV s, above the level at onset."""
        onset, end = self.qrs(peak)
        complexes = self.signal[:, onset:end]
        return (complexes - complexes[:, :1]).sum(axis=1) / RATE

    def axis(self) -> float:
        """Frontal QRS axis in degrees, from the net areas of I and aVF (which is augmented by 2/sqrt(3))."""
        areas = [self.net_qrs_area(peak) for peak in self.regular_peaks()]
        one, foot = np.median(areas, axis=0)[[LEADS.index("I"), LEADS.index("aVF")]]
        return float(np.degrees(np.arctan2(2 / np.sqrt(3) * foot, one)))


def _quiet(indices: Iterable[int], seconds: float) -> list[QuietEcg]:
    """ECGs of the corpus as a device without noise records and an infallible reader labels them."""
    with mock.patch.multiple(reader, _MISSED=0.0, _OVERCALLED=0.0, _AXIS_ERROR=0.0):
        return [QuietEcg(synthesize(index, seconds=seconds, devices=(QUIET,))) for index in indices]


@pytest.fixture(scope="session")
def quiet_ecgs() -> list[QuietEcg]:
    """600 ECGs of 10 s."""
    return _quiet(range(600), 10.0)


@pytest.fixture(scope="session")
def quiet_minutes(quiet_ecgs: list[QuietEcg]) -> list[QuietEcg]:
    """The slow hearts among them that beat early, for a minute."""
    slow = [i for i, ecg in enumerate(quiet_ecgs) if np.median(ecg.intervals) > 0.9 and ecg.labels & {"PVC", "PAC"}]
    return _quiet(slow, 60.0)
