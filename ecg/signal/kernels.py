"""Compiled inner loops of pre-processing: filter all leads at once, resample only where samples are kept.

They compute what SciPy's `sosfiltfilt` and `resample_poly` compute, with the same extension and initial state, for a
recording laid out frame by frame: `frames` is samples x LANES float64, of which the first 12 columns are leads. Sixteen
lanes fill whole vector registers; the compiler leaves twelve unvectorised (0.25 against 0.12 ms per 5,000 samples).
"""

import numpy as np

from ecg.leads import LEADS
from ecg.signal.compiled import compiled

LANES = 16
_N_LEADS = len(LEADS)


@compiled
def extremes(frames: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The lowest and the highest value in each lane."""
    low, high = frames[0].copy(), frames[0].copy()
    for t in range(1, frames.shape[0]):
        for lane in range(LANES):
            x = frames[t, lane]
            low[lane] = x if x < low[lane] else low[lane]
            high[lane] = x if x > high[lane] else high[lane]
    return low, high


def span(frames: np.ndarray) -> np.ndarray:
    """Distance between the lowest and the highest value of each of the twelve leads."""
    low, high = extremes(frames)
    return (high - low)[:_N_LEADS]


@compiled
def extend(frames: np.ndarray, pad: int) -> np.ndarray:
    """`frames` with `pad` samples before and after it, mirrored through its end points ("odd" extension)."""
    n = frames.shape[0]
    extended = np.empty((n + 2 * pad, LANES))
    extended[pad : pad + n] = frames
    for i in range(pad):
        for lane in range(LANES):
            extended[i, lane] = 2 * frames[0, lane] - frames[pad - i, lane]
            extended[n + pad + i, lane] = 2 * frames[n - 1, lane] - frames[n - 2 - i, lane]
    return extended


@compiled
def filter_in_place(frames: np.ndarray, sos: np.ndarray, steady: np.ndarray, backward: bool) -> None:
    """Run second-order sections over `frames` in one direction, from the steady state of the first sample met.

    Args:
        sos: sections x 6, as SciPy writes them.
        steady: sections x 2, SciPy's `sosfilt_zi(sos)`.
    """
    n, sections = frames.shape[0], sos.shape[0]
    state = np.empty((sections, 2, LANES))
    first = n - 1 if backward else 0
    for s in range(sections):
        for lane in range(LANES):
            state[s, 0, lane] = steady[s, 0] * frames[first, lane]
            state[s, 1, lane] = steady[s, 1] * frames[first, lane]
    for i in range(n):
        t = n - 1 - i if backward else i
        for s in range(sections):
            b0, b1, b2, a1, a2 = sos[s, 0], sos[s, 1], sos[s, 2], sos[s, 4], sos[s, 5]
            for lane in range(LANES):
                x = frames[t, lane]
                y = b0 * x + state[s, 0, lane]
                state[s, 0, lane] = b1 * x - a1 * y + state[s, 1, lane]
                state[s, 1, lane] = b2 * x - a2 * y
                frames[t, lane] = y


@compiled
def resample(frames: np.ndarray, taps: np.ndarray, up: int, down: int) -> np.ndarray:
    """Polyphase resampling by `up`/`down`; beyond its ends the signal is zero.

    A lead is first dealt out to `down` phases, so that each tap adds a contiguous run of samples.

    Args:
        frames: samples x LANES.
        taps: low-pass of odd length at `up` times the sampling rate, centred.

    Returns:
        12 x ceil(samples * up / down), float32.
    """
    n = frames.shape[0]
    half = (taps.shape[0] - 1) // 2
    length = (n * up + down - 1) // down
    reach = half // up + 1  # input samples that a tap may reach beyond either end
    margin = reach // down + 2
    phases = np.empty((down, 2 * margin + n // down + 2), dtype=np.float32)
    out = np.zeros((_N_LEADS, length), dtype=np.float32)
    run = np.empty((length + up - 1) // up, dtype=np.float32)
    for lead in range(_N_LEADS):
        phases[:] = 0
        for phase in range(down):
            for q in range((n - phase + down - 1) // down):
                phases[phase, margin + q] = frames[q * down + phase, lead]
        for r in range(min(up, length)):
            top = (r * down + half) // up
            first = (r * down + half) % up
            count = (length - r + up - 1) // up
            run[:count] = 0
            for k in range((taps.shape[0] - first + up - 1) // up):
                weight = np.float32(taps[first + k * up])
                start = (top - k) // down + margin
                source = phases[(top - k) % down, start : start + count]
                for q in range(count):
                    run[q] += weight * source[q]
            for q in range(count):
                out[lead, r + q * up] = run[q]
    return out


@compiled
def z_score(windows: np.ndarray, flat: np.ndarray) -> np.ndarray:
    """Bring each lead of each window (windows x 12 x samples, float32) to mean 0 and variance 1.

    Args:
        flat: windows x 12; such leads become 0.

    Returns:
        The standard deviations (windows x 12) that were divided by; 0 for flat leads.
    """
    scales = np.zeros((windows.shape[0], windows.shape[1]), dtype=np.float32)
    for w in range(windows.shape[0]):
        for lead in range(windows.shape[1]):
            row = windows[w, lead]
            mean = row.astype(np.float64).mean()
            scale = np.sqrt(((row - mean) ** 2).mean())
            if flat[w, lead] or not scale > 0:
                row[:] = 0
            else:
                scales[w, lead] = scale
                for t in range(row.shape[0]):
                    row[t] = (row[t] - mean) / scale
    return scales
