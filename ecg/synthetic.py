"""Synthetic 12-lead ECG with a known truth, from a closed-form dipole.

Each beat is a sum of Gaussian kernels in time, one per wave, that move the heart's dipole along the Frank axes X
(left), Y (down) and Z (back) (Sameni et al., "Multichannel ECG and Noise Modeling", EURASIP JASP 2007). Dower's
matrix (Dower, Machado, Osborne, 1980) turns the dipole into I, II and V1-V6; the other limb leads follow from
Einthoven's law after quantisation, so that III = II - I holds exactly in the file.

Six of the challenge's scored classes are expressed as physiology: sinus rhythm, atrial fibrillation, sinus
bradycardia and tachycardia, right bundle branch block, T-wave inversion. As in real corpora the classes overlap
(weak inversions, incomplete blocks, faint P waves), several occur together, and readers sometimes err.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ecg.labels import CHALLENGE
from ecg.leads import LEADS

_DOWER = np.array(  # rows I, II, V1..V6; columns X, Y, Z
    [
        [0.632, -0.235, 0.059],
        [0.235, 1.066, -0.132],
        [-0.515, 0.157, -0.917],
        [0.044, 0.164, -1.387],
        [0.882, 0.098, -1.277],
        [1.213, 0.127, -0.601],
        [1.125, 0.127, -0.086],
        [0.831, 0.076, 0.230],
    ]
)
_CODE = {label.name: label.codes[0] for label in CHALLENGE.labels}
_RHYTHM_SHARES = {"NSR": 0.46, "AF": 0.18, "SB": 0.18, "STach": 0.18}
_BLOCK_SHARE, _INVERSION_SHARE = 0.22, 0.25
# Neighbouring rhythms overlap by a few beats per minute, as readers' estimates of the rate do.
_RATE_PER_MINUTE = {"NSR": (57, 103), "AF": (50, 140), "SB": (40, 63), "STach": (97, 150)}
_MISSED, _OVERCALLED = 0.04, 0.015  # how often a reader omits a finding, or reports one that is not there


@dataclass(frozen=True)
class Device:
    """What an electrocardiograph does to the signal.

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


DEVICES = (
    Device("north", "NO", 500, 1000, 0.020, 0.10, (50.0, 0.010), 150.0),
    Device("south", "SO", 257, 306, 0.045, 0.25, (60.0, 0.025), 40.0),
)


@dataclass(frozen=True)
class SyntheticRecord:
    """One generated ECG.

    Attributes:
        name, device: its id and the device that recorded it.
        adc: 12 x samples, int16, in ADC units; III = II - I exactly.
        codes: SNOMED CT codes of its labels.
        age, sex: made up, without bearing on the signal.
    """

    name: str
    device: Device
    adc: np.ndarray
    codes: tuple[str, ...]
    age: int
    sex: str


@dataclass(frozen=True)
class _Heart:
    """One person's heart during one recording: its rhythm, its diseases, its proportions."""

    rhythm: str
    block: bool
    inversion: bool
    size: float
    widths: np.ndarray
    rotation: np.ndarray

    def findings(self, rng: np.random.Generator) -> tuple[str, ...]:
        """SNOMED CT codes that a reader reports, rhythm always included."""
        seen = [
            name
            for name, present in (("RBBB", self.block), ("TInv", self.inversion))
            if rng.random() < (1 - _MISSED if present else _OVERCALLED)
        ]
        return tuple(_CODE[name] for name in (self.rhythm, *seen))


def generate(count: int, *, seconds: float = 10.0, seed: int = 0) -> Iterator[SyntheticRecord]:
    """Yield `count` records; record `i` depends on `seed` and `i` alone.

    Args:
        seconds: length of each record.
    """
    for index in range(count):
        yield synthesize(index, seconds=seconds, seed=seed)


def synthesize(index: int, *, seconds: float = 10.0, seed: int = 0) -> SyntheticRecord:
    """Record number `index` of the corpus `seed`."""
    rng = np.random.default_rng([seed, index])
    device = DEVICES[index % len(DEVICES)]
    heart = _draw_heart(rng)
    time = np.arange(round(seconds * device.rate)) / device.rate
    dipole = heart.rotation @ _dipole(heart, _beat_times(heart.rhythm, seconds, rng), time, device.rate, rng)
    signal = _record_with(device, _DOWER @ dipole, time, rng)
    return SyntheticRecord(
        name=f"{device.prefix}{index:05d}",
        device=device,
        adc=_twelve_leads(np.rint(signal * device.gain)),
        codes=heart.findings(rng),
        age=int(rng.integers(20, 90)),
        sex=str(rng.choice(["Male", "Female"])),
    )


def _draw_heart(rng: np.random.Generator) -> _Heart:
    rhythm = str(rng.choice(list(_RHYTHM_SHARES), p=list(_RHYTHM_SHARES.values())))
    return _Heart(
        rhythm=rhythm,
        block=bool(rng.random() < _BLOCK_SHARE),
        inversion=bool(rng.random() < _INVERSION_SHARE),
        size=float(rng.lognormal(0.0, 0.25)),
        widths=rng.lognormal(0.0, 0.12, size=7),
        rotation=_rotation(rng.normal(0.0, [0.15, 0.15, 0.30])),
    )


def _rotation(angles: np.ndarray) -> np.ndarray:
    """Rotation about X, then Y, then Z (radians): people's hearts do not all lie alike."""
    (cx, cy, cz), (sx, sy, sz) = np.cos(angles), np.sin(angles)
    about_x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_z = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    return about_z @ about_y @ about_x


def _beat_times(rhythm: str, seconds: float, rng: np.random.Generator) -> np.ndarray:
    """Times of the R peaks in s, from before the record to after it."""
    mean = 60.0 / rng.uniform(*_RATE_PER_MINUTE[rhythm])
    count = int(seconds / (0.4 * mean)) + 4
    if rhythm == "AF":
        intervals = mean * np.clip(_around_one(rng, rng.uniform(0.10, 0.25), count), 0.5, 2.0)
    else:
        breathing = np.sin(2 * np.pi * rng.uniform(0.15, 0.35) * np.arange(count) * mean + rng.uniform(0, 6.28))
        intervals = mean * (1 + rng.uniform(0.01, 0.12) * breathing + rng.normal(0, 0.015, count))
    beats = np.cumsum(intervals) - mean * (1 + rng.uniform())
    return beats[beats < seconds + mean]


def _around_one(rng: np.random.Generator, spread: float, count: int) -> np.ndarray:
    """Gamma variates with mean 1 and standard deviation `spread`."""
    shape = 1 / spread**2
    return rng.gamma(shape, 1 / shape, count)


def _dipole(heart: _Heart, beats: np.ndarray, time: np.ndarray, rate: int, rng: np.random.Generator) -> np.ndarray:
    """The heart's vector over time: 3 x samples, mV."""
    dipole = np.zeros((3, len(time)))
    interval = np.diff(beats, append=beats[-1] + np.median(np.diff(beats)))
    stretch = np.sqrt(np.clip(interval, 0.35, 1.6))  # Bazett: repolarisation shortens with the RR interval
    for delay, width, vector in _waves(heart, rng):
        follows_rate = delay > 0.15
        centre = beats + delay * (stretch if follows_rate else 1.0)
        spread = width * (stretch if follows_rate else np.ones_like(stretch))
        amplitude = heart.size * rng.normal(1.0, 0.04, len(beats))
        dipole += np.multiply.outer(np.asarray(vector), _kernels(centre, spread, amplitude, len(time), rate))
    if heart.rhythm == "AF":
        dipole += _fibrillation(time, rng)
    return dipole


def _waves(heart: _Heart, rng: np.random.Generator) -> list[tuple[float, float, tuple[float, float, float]]]:
    """(delay after R in s, width in s, vector in mV along X, Y, Z) of each wave of a beat."""
    w = heart.widths
    pq = rng.uniform(0.13, 0.19)
    waves: list[tuple[float, float, tuple[float, float, float]]] = [
        (-0.030, 0.010 * w[1], (-0.10, 0.05, -0.22)),  # septum: to the right and forward
        (0.000, 0.014 * w[2], (1.05, 0.85, 0.25)),  # free wall: to the left and down
        (0.032, 0.013 * w[3], (-0.05, -0.22, 0.50)),  # base: up and back
    ]
    if heart.rhythm != "AF":
        p = rng.uniform(0.3, 1.2)
        waves.append((-pq, 0.022 * w[0], (0.06 * p, 0.11 * p, -0.02 * p)))
    late = rng.uniform(0.2, 1.0) if heart.block else max(0.0, rng.uniform(-0.5, 0.3))
    waves.append((0.075, 0.022 * w[4], (-0.45 * late, -0.05 * late, -0.55 * late)))  # the right ventricle, delayed
    waves.extend(_repolarisation(heart, rng))
    return waves


def _repolarisation(heart: _Heart, rng: np.random.Generator) -> list[tuple[float, float, tuple[float, float, float]]]:
    """An asymmetric T wave of two kernels; its sign is what T-wave inversion changes."""
    sign = -rng.uniform(0.05, 0.8) if heart.inversion else rng.uniform(0.10, 1.1)
    x, y, z = 0.24 * sign, 0.20 * sign, -0.12 * sign
    w = heart.widths
    return [(0.25, 0.055 * w[5], (0.6 * x, 0.6 * y, 0.6 * z)), (0.30, 0.035 * w[6], (x, y, z))]


def _kernels(centre: np.ndarray, width: np.ndarray, amplitude: np.ndarray, samples: int, rate: int) -> np.ndarray:
    """Sum of Gaussians at `centre` (s), each evaluated within four widths of its centre."""
    half = int(np.ceil(4 * width.max() * rate))
    index = np.rint(centre * rate).astype(int)[:, None] + np.arange(-half, half + 1)
    value = amplitude[:, None] * np.exp(-0.5 * ((index / rate - centre[:, None]) / width[:, None]) ** 2)
    inside = (index >= 0) & (index < samples)
    return np.bincount(index[inside], value[inside], minlength=samples)


def _fibrillation(time: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """f waves: 4-9 Hz with a drifting frequency, mostly along Z."""
    frequency = rng.uniform(4.0, 9.0)
    drift = 0.6 * np.sin(2 * np.pi * rng.uniform(0.1, 0.4) * time + rng.uniform(0, 6.28))
    wave = np.sin(2 * np.pi * frequency * time + drift + rng.uniform(0, 6.28))
    return np.multiply.outer(np.array([0.02, 0.04, -0.06]), wave) * rng.uniform(0.0, 0.8)


def _record_with(device: Device, leads: np.ndarray, time: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The device's view of the eight independent leads (8 x samples, mV)."""
    channels = len(leads)
    breath = 2 * np.pi * rng.uniform(0.12, 0.4) * time
    wander = device.wander * rng.normal(size=(channels, 1)) * np.sin(breath + rng.uniform(0, 6.28, (channels, 1)))
    frequency, amplitude = device.mains
    hum = amplitude * rng.uniform(0, 1, (channels, 1)) * np.sin(2 * np.pi * frequency * time)
    noise = rng.standard_normal(leads.shape) * device.noise * rng.lognormal(0.2, 0.6)
    return _smooth(leads + noise + hum, device) + wander


def _smooth(leads: np.ndarray, device: Device) -> np.ndarray:
    """The device's low-pass: a Gaussian of the given corner, applied in the frequency domain."""
    frequency = np.fft.rfftfreq(leads.shape[1], 1 / device.rate)
    response = np.exp(-0.5 * np.log(2) * (frequency / device.low_pass) ** 2)
    return np.fft.irfft(np.fft.rfft(leads) * response, n=leads.shape[1])


def _twelve_leads(independent: np.ndarray) -> np.ndarray:
    """Twelve leads in ADC units from I, II, V1..V6 in whole ADC units."""
    one, two = independent[0], independent[1]
    limb = [one, two, two - one, -(one + two) / 2, one - two / 2, two - one / 2]
    adc = np.rint(np.vstack([*limb, independent[2:]]))
    assert adc.shape[0] == len(LEADS)
    limit = np.iinfo(np.int16)
    return np.clip(adc, limit.min, limit.max).astype(np.int16)
