"""Synthetic against real amplitudes: peak-to-peak within 10 s per lead, at 100 Hz, the median over records."""

import numpy as np
import pytest
import wfdb
from scipy.signal import resample

from ecg.leads import LEADS
from ecg.synthetic import generate

# mV; PTB-XL's records 1-500 in their 100-Hz version (Wagner et al., Scientific Data 7:154, 2020)
PTBXL = {
    "I": 1.02, "II": 1.16, "III": 0.94, "aVR": 1.01, "aVL": 0.77, "aVF": 0.91,
    "V1": 1.30, "V2": 2.15, "V3": 2.05, "V4": 2.09, "V5": 1.85, "V6": 1.46,
}  # fmt: skip


def _peak_to_peak_at_100_hz(record):
    samples = round(100 * record.adc.shape[1] / record.device.rate)
    return np.ptp(resample(record.adc / record.device.gain, samples, axis=1), axis=1)


def test_amplitudes_lie_within_a_fifth_of_ptbxls():
    synthetic = np.median([_peak_to_peak_at_100_hz(record) for record in generate(600)], axis=0)
    assert dict(zip(LEADS, synthetic, strict=True)) == pytest.approx(PTBXL, rel=0.20)


def test_the_figures_are_those_of_the_recordings(shared):
    headers = sorted((shared / "data/ptbxl/records100").rglob("*.hea"))
    signals = [wfdb.rdrecord(str(header.with_suffix(""))).p_signal for header in headers]
    assert len(signals) == 500
    measured = np.median([np.ptp(signal, axis=0) for signal in signals], axis=0)
    assert dict(zip(LEADS, measured, strict=True)) == pytest.approx(PTBXL, abs=0.01)
