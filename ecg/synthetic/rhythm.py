"""When the heart beats, and where each beat comes from."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from ecg.synthetic.heart import Heart

# Neighbouring rhythms overlap by a few beats per minute, as readers' estimates of the rate do.
_RATE_PER_MINUTE = {"NSR": (57, 103), "AF": (50, 140), "SB": (40, 63), "STach": (97, 150)}
_COUPLING = (0.50, 0.72)  # of a premature beat to the one before it, relative to the interval expected
_REFRACTORY = 0.30  # s
_LONGEST_PR = 0.5  # s; a beat this long after the end still shows its P wave
_FURTHER_PREMATURE_BEATS_PER_SECOND = 0.16


class Origin(IntEnum):
    """Where a beat starts: as the rhythm has it, early in the atria, or early in a ventricle."""

    RHYTHM = 0
    ATRIUM = 1
    VENTRICLE = 2


_PREMATURE = {"PVC": Origin.VENTRICLE, "PAC": Origin.ATRIUM}


@dataclass(frozen=True)
class Beats:
    """The beats of a recording.

    Attributes:
        times: R peaks in s, ascending, from before the recording to after it.
        origins: an `Origin` for each.
        intervals: RR interval in s before each.
    """

    times: np.ndarray
    origins: np.ndarray
    intervals: np.ndarray

    def premature(self) -> frozenset[str]:
        """PVC and PAC, as far as such beats occur."""
        return frozenset(name for name, origin in _PREMATURE.items() if origin in self.origins)


def draw_beats(heart: Heart, seconds: float, rng: np.random.Generator) -> Beats:
    """The beats of `heart` during `seconds`, premature ones among them where it has them.

    A premature ventricular beat leaves the sinus node alone, so that the pause after it is compensatory; a premature
    atrial beat resets the sinus node, so that all later beats come earlier.
    """
    times = _regular_times(heart.rhythm, seconds, rng)
    origins = np.full(len(times), Origin.RHYTHM)
    for beat, origin in _draw_premature(heart, times, seconds, rng):
        expected = times[beat] - times[beat - 1]
        early = expected - min(expected, max(_REFRACTORY, expected * rng.uniform(*_COUPLING)))
        origins[beat] = origin
        times[beat if origin is Origin.VENTRICLE else slice(beat, None)] -= early
    intervals = np.diff(times, prepend=2 * times[0] - times[1])
    needed = times < seconds + _LONGEST_PR
    return Beats(times[needed], origins[needed], intervals[needed])


def _regular_times(rhythm: str, seconds: float, rng: np.random.Generator) -> np.ndarray:
    """R peaks of the rhythm itself in s; more than enough of them."""
    mean = 60.0 / rng.uniform(*_RATE_PER_MINUTE[rhythm])
    count = int(seconds / (0.4 * mean)) + 8
    if rhythm == "AF":
        intervals = mean * np.clip(_around_one(rng, rng.uniform(0.10, 0.25), count), 0.5, 2.0)
    else:
        breathing = np.sin(2 * np.pi * rng.uniform(0.15, 0.35) * np.arange(count) * mean + rng.uniform(0, 6.28))
        intervals = mean * (1 + rng.uniform(0.01, 0.10) * breathing + rng.normal(0, 0.015, count))
    return np.cumsum(intervals) - mean * (1 + rng.uniform())


def _around_one(rng: np.random.Generator, spread: float, count: int) -> np.ndarray:
    """Gamma variates with mean 1 and standard deviation `spread`."""
    shape = 1 / spread**2
    return rng.gamma(shape, 1 / shape, count)


def _draw_premature(
    heart: Heart, times: np.ndarray, seconds: float, rng: np.random.Generator
) -> list[tuple[int, Origin]]:
    """Which beats come early, in ascending order: at least one of each kind the heart has, never two in a row."""
    kinds = [origin for name, origin in _PREMATURE.items() if name in heart.diseases]
    if not kinds:
        return []
    inside = np.flatnonzero((times[1:] > 0.6) & (times[1:] < seconds - 1.0)) + 1
    places = rng.permutation(inside[rng.integers(2) :: 2])
    further = rng.poisson(_FURTHER_PREMATURE_BEATS_PER_SECOND * seconds)
    origins = [*kinds, *(kinds[i] for i in rng.integers(len(kinds), size=further))]
    return sorted((int(place), origin) for place, origin in zip(places, origins, strict=False))
