"""Random changes of records, whole batches at once on the device, each equal in distribution to its definition.

The definitions, strengths and order are those of the second work we build on ("Data-driven scaling laws", EHJ Digital
Health 2026), which applies them record by record to crops of 1,024 samples at 500 Hz: crop, time warp, amplitude,
noise, baseline wander, time mask, lead mask. Signals are N x C x L in units of each lead's standard deviation.
"""

import math

import torch
from torch import Tensor

_WARP = 0.2
_AMPLITUDE = 0.2
_NOISE = 0.01
_WANDER = 1.0
_WANDER_HZ = (0.25, 1.0)
_TIME_MASK_S = 0.1
_LEAD_MASK = 0.5


class Augmenter:
    """Cuts a batch to the network's length and, if wanted, changes each of its records at random."""

    def __init__(self, *, length: int, rate: float, augment: bool) -> None:
        """
        Args:
            length: samples that the network sees.
            rate: samples per second.
            augment: whether to change records, or only to cut them.
        """
        self._length = length
        self._rate = rate
        self._augment = augment

    def __call__(self, signals: Tensor, random: torch.Generator) -> Tensor:
        """N x C x length, float32; `signals` is N x C x L with L >= length, of any float type, left as it is."""
        starts = draw_starts(len(signals), signals.shape[2] - self._length, random)
        if not self._augment:
            return crop(signals, starts, self._length).float()
        positions, inside = warp(draw_durations(len(signals), random), self._length)
        changed = resample(signals, starts, positions) * inside[:, None]
        changed *= draw_gains(len(signals), random)
        changed += draw_noise(changed.shape, random)
        changed += draw_wander(len(signals), self._length, self._rate, random)
        changed *= draw_time_mask(len(signals), self._length, max(1, round(_TIME_MASK_S * self._rate)), random)
        changed *= draw_lead_mask(len(signals), signals.shape[1], random)
        return changed


def draw_starts(records: int, last: int, random: torch.Generator) -> Tensor:
    """First samples of crops (N), uniform on 0..last."""
    return torch.randint(0, last + 1, (records,), generator=random, device=random.device)


def crop(signals: Tensor, starts: Tensor, length: int) -> Tensor:
    """`length` samples of each record (N x C x length) from its first sample (N) on."""
    if length == signals.shape[2]:
        return signals
    samples = starts[:, None] + torch.arange(length, device=signals.device)
    return signals.gather(2, samples[:, None].expand(-1, signals.shape[1], -1))


def draw_durations(records: int, random: torch.Generator) -> Tensor:
    """New durations (N) as shares of the old ones, uniform on .8..1.2."""
    return _uniform(1 - _WARP, 1 + _WARP, (records,), random)


def warp(durations: Tensor, length: int) -> tuple[Tensor, Tensor]:
    """Where each sample of a warped crop comes from (N x length, in samples), and whether it is inside (0 or 1).

    A record of `length` samples becomes one of n = int(duration * length) by linear interpolation (sample centres on
    sample centres, as `torch.nn.functional.interpolate` has it); it is then cut at `length`, or zeros follow it.
    """
    new_lengths = (durations * length).to(torch.int64)[:, None]
    samples = torch.arange(length, device=durations.device)
    positions = (samples + 0.5) * (length / new_lengths) - 0.5
    return positions.clamp(0, length - 1), samples < new_lengths


def resample(signals: Tensor, starts: Tensor, positions: Tensor) -> Tensor:
    """The signals at real positions (N x M) after their starts (N), interpolated linearly; N x C x M, float32."""
    signals = signals.float()
    left = positions.floor()
    index = (starts[:, None] + left.to(torch.int64))[:, None].expand(-1, signals.shape[1], -1)
    following = (index + 1).clamp(max=signals.shape[2] - 1)
    return signals.gather(2, index).lerp_(signals.gather(2, following), (positions - left)[:, None])


def draw_gains(records: int, random: torch.Generator) -> Tensor:
    """Factors of amplitude (N x 1 x 1), uniform on .8..1.2."""
    return _uniform(1 - _AMPLITUDE, 1 + _AMPLITUDE, (records, 1, 1), random)


def draw_noise(shape: torch.Size, random: torch.Generator) -> Tensor:
    """Gaussian noise of standard deviation .01."""
    return torch.empty(shape, device=random.device).normal_(0, _NOISE, generator=random)


def draw_wander(records: int, length: int, rate: float, random: torch.Generator) -> Tensor:
    """A sine common to all leads (N x 1 x length): .25..1 Hz, amplitude 0..1, any phase, each uniform.

    The work fixes the amplitude at 1 and the phase at 0; a breathing patient does neither.
    """
    frequency = _uniform(*_WANDER_HZ, (records, 1, 1), random)
    amplitude = _uniform(0, _WANDER, (records, 1, 1), random)
    phase = _uniform(0, 2 * math.pi, (records, 1, 1), random)
    seconds = torch.arange(length, device=random.device) / rate
    return amplitude * torch.sin(2 * math.pi * frequency * seconds + phase)


def draw_time_mask(records: int, length: int, longest: int, random: torch.Generator) -> Tensor:
    """Zeros over one stretch of each record, ones elsewhere (N x 1 x length); 1..longest samples, anywhere inside.

    The work's 50 samples at 500 Hz are a tenth of a second.
    """
    widths = torch.randint(1, min(longest, length) + 1, (records,), generator=random, device=random.device)
    room = length - widths + 1
    starts = (torch.rand(records, generator=random, device=random.device) * room).to(torch.int64)
    samples = torch.arange(length, device=random.device)
    masked = (samples >= starts[:, None]) & (samples < (starts + widths)[:, None])
    return (~masked)[:, None].float()


def draw_lead_mask(records: int, leads: int, random: torch.Generator) -> Tensor:
    """Zeros for masked leads, ones for the others (N x C x 1): each is masked with p = .5, but never all of them."""
    draws = torch.rand(records, leads, generator=random, device=random.device)
    kept = draws >= _LEAD_MASK
    spared = torch.randint(0, leads, (records,), generator=random, device=random.device)
    kept[torch.arange(records, device=random.device), spared] |= ~kept.any(dim=1)
    return kept[:, :, None].float()


def _uniform(low: float, high: float, shape: tuple[int, ...], random: torch.Generator) -> Tensor:
    return torch.empty(shape, device=random.device).uniform_(low, high, generator=random)
