"""What a beat looks like: the waves of each kind of beat, and the dipole that they add up to.

The vectors are tuned so that the corpus' median peak-to-peak amplitude in each lead is PTB-XL's (Wagner et al.,
Scientific Data 7:154, 2020); `tests/ecg/synthetic/test_amplitudes.py` holds the figures.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ecg.synthetic.heart import Heart
from ecg.synthetic.rhythm import Beats, Origin

_Vector = tuple[float, float, float]


class Wave(NamedTuple):
    """A Gaussian: its centre after the R peak and its standard deviation in s, its vector in mV along X, Y, Z."""

    delay: float
    width: float
    vector: _Vector


@dataclass(frozen=True)
class Morphology:
    """The waves of one kind of beat: atrial activation, ventricular activation, recovery."""

    p: tuple[Wave, ...]
    qrs: tuple[Wave, ...]
    t: tuple[Wave, ...]

    def qrs_area(self) -> np.ndarray:
        """Net area of the QRS complex along X, Y, Z in mV s."""
        return np.sum([np.sqrt(2 * np.pi) * wave.width * np.array(wave.vector) for wave in self.qrs], axis=0)


def draw_morphologies(heart: Heart, rng: np.random.Generator) -> dict[Origin, Morphology]:
    """The beats this heart can make."""
    qrs, t = _conducted_qrs(heart), _conducted_t(heart)
    return {
        Origin.RHYTHM: Morphology(() if heart.rhythm == "AF" else _sinus_p(heart, rng), qrs, t),
        Origin.ATRIUM: Morphology(_ectopic_p(heart, rng), qrs, t),
        Origin.VENTRICLE: _ventricular(rng),
    }


def dipole(
    heart: Heart, morphologies: dict[Origin, Morphology], beats: Beats, time: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """The heart's vector at the equidistant times `time` (s): 3 x samples, mV."""
    vector = np.zeros((3, len(time)))
    for origin, morphology in morphologies.items():
        chosen = beats.origins == origin
        if not chosen.any():
            continue
        centres = beats.times[chosen]
        # Bazett: recovery shortens with the RR interval.
        stretch = np.sqrt(np.clip(beats.intervals[chosen], 0.35, 1.6))
        unstretched = np.ones_like(stretch)
        for waves, scale in ((morphology.p + morphology.qrs, unstretched), (morphology.t, stretch)):
            for wave in waves:
                amplitude = heart.size * rng.normal(1.0, 0.04, len(centres))
                pulses = sum_of_gaussians(centres + wave.delay * scale, wave.width * scale, amplitude, time)
                vector += np.multiply.outer(np.array(wave.vector), pulses)
    if heart.rhythm == "AF":
        vector += _fibrillation(time, rng)
    return heart.rotation @ vector


def sum_of_gaussians(centre: np.ndarray, width: np.ndarray, amplitude: np.ndarray, time: np.ndarray) -> np.ndarray:
    """Sum of Gaussians at `centre` (s) over `time` (s, equidistant from 0), each within four widths of its centre."""
    rate = 1 / (time[1] - time[0])
    half = int(np.ceil(4 * width.max() * rate))
    index = np.rint(centre * rate).astype(int)[:, None] + np.arange(-half, half + 1)
    value = amplitude[:, None] * np.exp(-0.5 * ((index / rate - centre[:, None]) / width[:, None]) ** 2)
    inside = (index >= 0) & (index < len(time))
    return np.bincount(index[inside], value[inside], minlength=len(time))


def _sinus_p(heart: Heart, rng: np.random.Generator) -> tuple[Wave, ...]:
    return (Wave(-heart.pr, 0.022 * heart.widths[0], _scaled((0.06, 0.11, -0.02), rng.uniform(0.6, 1.5))),)


def _ectopic_p(heart: Heart, rng: np.random.Generator) -> tuple[Wave, ...]:
    """From a focus low in the atria: upwards, and sooner at the AV node."""
    delay = -heart.pr * rng.uniform(0.75, 1.0)
    return (Wave(delay, 0.018 * heart.widths[0], _scaled((0.05, -0.10, -0.05), rng.uniform(0.6, 1.5))),)


def _conducted_qrs(heart: Heart) -> tuple[Wave, ...]:
    w, late = heart.widths, heart.right_delay
    if heart.left_delay:
        return _left_block_qrs(heart)
    return (
        Wave(-0.026, 0.009 * w[1], (-0.10, 0.05, -0.37)),  # septum: to the right and forward
        Wave(0.000, 0.012 * w[2], (1.36, 0.46, 0.00)),  # free wall: to the left and down
        Wave(0.026, 0.011 * w[3], (-0.20, -0.08, 0.93)),  # base: up and back
        Wave(0.066, 0.018 * w[4], _scaled((-0.28, 0.00, -0.75), late)),  # the right ventricle, delayed
    )


def _left_block_qrs(heart: Heart) -> tuple[Wave, ...]:
    """The septum activated from the right, so no q; then the left ventricle, slowly, in two humps."""
    w, slow = heart.widths, heart.left_delay
    return (
        Wave(-0.005, 0.018 * slow * w[1], (0.85, 0.45, 0.45)),
        Wave(-0.005 + 0.058 * slow, 0.024 * slow * w[2], (1.05, 0.45, 0.82)),
    )


def _conducted_t(heart: Heart) -> tuple[Wave, ...]:
    """An asymmetric T wave of two kernels; behind a left block it points away from QRS."""
    w = heart.widths
    if heart.left_delay:
        vector = _scaled((-0.28, -0.10, -0.34), 0.5 + 0.5 * abs(heart.recovery))
    else:
        vector = _scaled((0.26, 0.19, -0.20), heart.recovery)
    return Wave(0.25, 0.055 * w[5], _scaled(vector, 0.6)), Wave(0.30, 0.035 * w[6], vector)


def _ventricular(rng: np.random.Generator) -> Morphology:
    """From a focus in the right ventricle to the left and back, or from one in the left to the right and forward."""
    away = (1.0, 0.5, 1.0) if rng.random() < 0.6 else (-0.9, 0.6, -1.0)
    x, y, z = np.array(away) * rng.lognormal(0.2, 0.15) + rng.normal(0, [0.2, 0.6, 0.2])
    width = rng.uniform(0.022, 0.030)
    return Morphology(
        p=(),
        qrs=(Wave(-0.010, width, (x, y, z)), Wave(-0.010 + 2 * width, width, (0.7 * x, 0.4 * y, 0.8 * z))),
        t=(Wave(0.36, 0.075, _scaled((x, y, z), -rng.uniform(0.3, 0.5))),),
    )


def _scaled(vector: _Vector, factor: float) -> _Vector:
    x, y, z = vector
    return x * factor, y * factor, z * factor


def _fibrillation(time: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """f waves: 4-9 Hz with a drifting frequency, mostly along Z."""
    frequency = rng.uniform(4.0, 9.0)
    drift = 0.6 * np.sin(2 * np.pi * rng.uniform(0.1, 0.4) * time + rng.uniform(0, 6.28))
    wave = np.sin(2 * np.pi * frequency * time + drift + rng.uniform(0, 6.28))
    return np.multiply.outer(np.array([0.02, 0.04, -0.06]), wave) * rng.uniform(0.0, 0.8)
