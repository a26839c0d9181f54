"""Random changes of records, whole batches at once on the device, each equal in distribution to its definition.

The definitions, strengths and order are those of the second work we build on ("Data-driven scaling laws", EHJ Digital
Health 2026), which applies them record by record to crops of 1,024 samples at 500 Hz: crop, time warp, amplitude,
noise, baseline wander, time mask, lead mask. Signals are N x C x L in units of each lead's standard deviation.
"""

import math

import torch
from torch import Tensor

from models.training.randomness import Draws
from models.training.signals import Batch

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
        self._augment = augment
        self._rate = rate
        self._longest_mask = max(1, round(_TIME_MASK_S * rate))

    def __call__(self, batch: Batch, draws: Draws) -> Tensor:
        """N x C x length, float32."""
        records = len(batch)
        cut = batch.crops(draws.whole(0, batch.samples - self._length, records), self._length)
        if not self._augment:
            return cut
        changed = warp(cut, draw_durations(records, draws))
        changed *= draw_gains(records, draws)
        kept = draw_kept_leads(records, batch.leads, draws)
        add_noise(changed, kept, draws)
        changed += draw_wander(records, self._length, self._rate, draws)
        changed *= draw_time_mask(records, self._length, self._longest_mask, draws)
        changed *= draws.place(kept)[:, :, None]
        return changed


def draw_durations(records: int, draws: Draws) -> Tensor:
    """New durations (N) as shares of the old ones, uniform on .8..1.2."""
    return draws.uniform(1 - _WARP, 1 + _WARP, records)


def warp(signals: Tensor, durations: Tensor) -> Tensor:
    """Each record stretched or compressed in time, and cut or followed by zeros; N x C x L, float32.

    A record of L samples becomes one of n = int(duration * L) by linear interpolation, sample centres on sample
    centres, as `torch.nn.functional.interpolate` has it.
    """
    length = signals.shape[2]
    new_lengths = (durations * length).to(torch.int64)[:, None]
    samples = torch.arange(length, device=signals.device)
    positions = ((samples + 0.5) * (length / new_lengths) - 0.5).clamp_(0, length - 1)
    left = positions.to(torch.int64)
    weight = (positions - left)[:, None]
    index = left[:, None].expand(signals.shape)
    following = (left + 1).clamp_(max=length - 1)[:, None].expand(signals.shape)
    return signals.gather(2, index).lerp_(signals.gather(2, following), weight).mul_((samples < new_lengths)[:, None])


def draw_gains(records: int, draws: Draws) -> Tensor:
    """Factors of amplitude (N x 1 x 1), uniform on .8..1.2."""
    return draws.uniform(1 - _AMPLITUDE, 1 + _AMPLITUDE, records, 1, 1)


def add_noise(signals: Tensor, kept: Tensor, draws: Draws) -> None:
    """Add Gaussian noise of standard deviation .01 to the leads (N x C, on the host) that are not masked afterwards."""
    leads = kept.flatten().nonzero().flatten()
    noise = draws.normal(_NOISE, len(leads), signals.shape[2])
    signals.flatten(0, 1).index_add_(0, draws.place(leads), noise)


def draw_wander(records: int, length: int, rate: float, draws: Draws) -> Tensor:
    """A sine common to all leads (N x 1 x length): .25..1 Hz, amplitude 0..1, any phase, each uniform.

    The work fixes the amplitude at 1 and the phase at 0; a breathing patient does neither.
    """
    frequency = draws.uniform(*_WANDER_HZ, records, 1, 1)
    amplitude = draws.uniform(0, _WANDER, records, 1, 1)
    phase = draws.uniform(0, 2 * math.pi, records, 1, 1)
    seconds = torch.arange(length, device=frequency.device) / rate
    return amplitude * torch.sin(2 * math.pi * frequency * seconds + phase)


def draw_time_mask(records: int, length: int, longest: int, draws: Draws) -> Tensor:
    """Zeros over one stretch of each record, ones elsewhere (N x 1 x length); 1..longest samples, anywhere inside.

    The work's 50 samples at 500 Hz are a tenth of a second.
    """
    widths = draws.whole(1, min(longest, length), records)
    starts = (draws.uniform(0, 1, records) * (length - widths + 1)).to(torch.int64)
    samples = torch.arange(length, device=widths.device)
    masked = (samples >= starts[:, None]) & (samples < (starts + widths)[:, None])
    return (~masked)[:, None].float()


def draw_kept_leads(records: int, leads: int, draws: Draws) -> Tensor:
    """Which leads stay (N x C, on the host): each is masked with p = .5, but never all of a record's."""
    kept = torch.rand(records, leads, generator=draws.host) >= _LEAD_MASK
    spared = torch.randint(0, leads, (records,), generator=draws.host)
    kept[torch.arange(records), spared] |= ~kept.any(dim=1)
    return kept
