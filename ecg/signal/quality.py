"""What looks wrong in a recording: flat and saturated leads, spikes, amplitudes no heart has, Einthoven's law broken.

Nothing here rejects or repairs; a flag travels with the record so that its reader can decide.
"""

from dataclasses import dataclass

import numpy as np

from ecg.leads import LEADS
from ecg.signal.compiled import compiled
from ecg.signal.kernels import LANES, extremes

FLAT_MV = 1e-3
STEEPEST_MV_PER_MS = 1.0  # the steepest QRS in 670 real records: 0.72
LARGEST_JUMP_MV = 6.0  # what slow sampling makes of it: 4.3 between two samples at 100 Hz
SATURATED_MS = 60.0  # a T wave's top stays within 5 uV for 50 ms
LARGEST_SPAN_MV = 40.0
SMALLEST_SPAN_MV = 0.05
EINTHOVEN_MV = 0.1

_ONE, _TWO, _THREE = (LEADS.index(name) for name in ("I", "II", "III"))


@dataclass(frozen=True)
class Quality:
    """Measures of one recording.

    Attributes:
        flat: per lead, whether it carries no signal.
        widest_mv: the largest distance between a lead's lowest and highest value.
        einthoven_mv: the largest |III - (II - I)|.
        flags: what looks wrong, as `name` or `name:detail`.
    """

    flat: np.ndarray
    widest_mv: float
    einthoven_mv: float
    flags: tuple[str, ...]


def assess(frames: np.ndarray, rate: float) -> Quality:
    """Look at a recording before it is filtered.

    Args:
        frames: samples x LANES in mV without gaps, the leads in the first twelve columns.
        rate: Hz.
    """
    span, jump, einthoven, at_extreme = _measure(frames)
    flat = span < FLAT_MV
    steepest = min(STEEPEST_MV_PER_MS * 1000 / rate, LARGEST_JUMP_MV)
    suspects = np.flatnonzero(~flat & (at_extreme * 1000 > SATURATED_MS * rate))
    saturated = [lead for lead in suspects if _stays_at_an_extreme(frames[:, lead]) * 1000 > SATURATED_MS * rate]
    flags = []
    if flat.any():
        flags.append(f"flat_leads:{flat.sum()}")
    if (jump > steepest).any():
        flags.append(f"spikes:{_names(jump > steepest)}")
    if saturated:
        flags.append(f"saturated:{','.join(LEADS[lead] for lead in saturated)}")
    if span.max() > LARGEST_SPAN_MV:
        flags.append(f"large_amplitude:{span.max():.3g}mV")
    if FLAT_MV <= span.max() < SMALLEST_SPAN_MV:
        flags.append(f"small_amplitude:{span.max():.2g}mV")
    if einthoven > EINTHOVEN_MV:
        flags.append(f"einthoven:{einthoven:.2g}mV")
    return Quality(flat, float(span.max()), float(einthoven), tuple(flags))


def _names(chosen: np.ndarray) -> str:
    return ",".join(lead for lead, so in zip(LEADS, chosen, strict=True) if so)


def _stays_at_an_extreme(lead: np.ndarray) -> int:
    """The longest run of samples at the highest or at the lowest value."""
    longest = 0
    for extreme in (lead.max(), lead.min()):
        edges = np.flatnonzero(np.diff(lead == extreme, prepend=False, append=False))
        longest = max(longest, int((edges[1::2] - edges[::2]).max()))
    return longest


@compiled
def _measure(frames: np.ndarray) -> tuple[np.ndarray, np.ndarray, float, np.ndarray]:
    """Per lead: span, largest jump, samples at the more frequent extreme; and the largest breach of Einthoven's law."""
    n, leads = frames.shape[0], len(LEADS)
    low, high = extremes(frames)
    jump, einthoven = np.zeros(LANES), 0.0
    for t in range(1, n):
        for lane in range(LANES):
            jump[lane] = max(jump[lane], abs(frames[t, lane] - frames[t - 1, lane]))
    for t in range(n):
        einthoven = max(einthoven, abs(frames[t, _THREE] - (frames[t, _TWO] - frames[t, _ONE])))
    lowest, highest = np.zeros(LANES), np.zeros(LANES)
    for t in range(n):
        for lane in range(LANES):
            lowest[lane] += frames[t, lane] == low[lane]
            highest[lane] += frames[t, lane] == high[lane]
    return (high - low)[:leads], jump[:leads], einthoven, np.maximum(lowest, highest)[:leads]
