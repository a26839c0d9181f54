"""What an electrocardiograph does to the signal."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Device:
    """An electrocardiograph.

    Attributes:
        source: folder name of its records.
        prefix: first letters of their ids.
        rate: Hz.
        gain: ADC units per mV.
        noise: standard deviation of white noise in mV.
        wander: amplitude of baseline wander in mV.
        mains: frequency (Hz) and amplitude (mV) of power-line interference.
        low_pass: corner of the device's own filter in Hz.
    """

    source: str
    prefix: str
    rate: int
    gain: int
    noise: float
    wander: float
    mains: tuple[float, float]
    low_pass: float

    def times(self, seconds: float) -> np.ndarray:
        """Times of the samples in s."""
        return np.arange(round(seconds * self.rate)) / self.rate

    def record(self, leads: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Its view of `leads` (leads x samples, mV), in whole ADC units."""
        channels, samples = leads.shape
        time = np.arange(samples) / self.rate
        breath = 2 * np.pi * rng.uniform(0.12, 0.4) * time
        wander = self.wander * rng.normal(size=(channels, 1)) * np.sin(breath + rng.uniform(0, 6.28, (channels, 1)))
        frequency, amplitude = self.mains
        hum = amplitude * rng.uniform(0, 1, (channels, 1)) * np.sin(2 * np.pi * frequency * time)
        noise = rng.standard_normal(leads.shape) * self.noise * rng.lognormal(0.2, 0.6)
        return np.rint((self._smooth(leads + noise + hum) + wander) * self.gain)

    def _smooth(self, leads: np.ndarray) -> np.ndarray:
        """The low-pass: a Gaussian of the device's corner, applied in the frequency domain."""
        frequency = np.fft.rfftfreq(leads.shape[1], 1 / self.rate)
        response = np.exp(-0.5 * np.log(2) * (frequency / self.low_pass) ** 2)
        return np.fft.irfft(np.fft.rfft(leads) * response, n=leads.shape[1])


DEVICES = (
    Device("north", "NO", 500, 1000, 0.020, 0.08, (50.0, 0.010), 150.0),
    Device("south", "SO", 257, 306, 0.035, 0.12, (60.0, 0.015), 40.0),
)
