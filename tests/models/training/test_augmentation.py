"""Each batched change against its definition, written record by record, and against its distribution."""

import numpy as np
import pytest
import torch
from scipy import stats

from models.training import augmentation as a

RECORDS, LEADS, LENGTH, CROP, RATE = 64, 12, 600, 512, 500
MANY = 4000


@pytest.fixture
def random():
    return torch.Generator().manual_seed(0)


@pytest.fixture(scope="module")
def signals():
    return torch.randn(RECORDS, LEADS, LENGTH, generator=torch.Generator().manual_seed(1)).half()


def is_uniform(values, low, high):
    """Kolmogorov-Smirnov on draws of a fixed seed: not a flaky test."""
    return stats.kstest(np.asarray(values).ravel(), stats.uniform(low, high - low).cdf).pvalue > 0.01


def test_a_crop_is_a_slice_of_its_record(signals, random):
    starts = a.draw_starts(RECORDS, LENGTH - CROP, random)
    cropped = a.crop(signals, starts, CROP)
    for record, start in enumerate(starts.tolist()):
        assert torch.equal(cropped[record], signals[record, :, start : start + CROP])
    assert set(a.draw_starts(MANY, 3, random).tolist()) == {0, 1, 2, 3}
    counts = np.bincount(a.draw_starts(MANY, 9, random).numpy())
    assert stats.chisquare(counts).pvalue > 0.01


def warped_alone(record, duration):
    """The definition for one record: interpolate to int(length * duration) samples, then cut or pad with zeros."""
    length = record.shape[1]
    new_length = int(length * duration)
    stretched = torch.nn.functional.interpolate(record[None].double(), size=new_length, mode="linear")[0]
    whole = torch.zeros(record.shape, dtype=torch.float64)
    whole[:, : min(length, new_length)] = stretched[:, :length]
    return whole


def test_a_warped_batch_is_each_record_warped(signals, random):
    durations = a.draw_durations(RECORDS, random)
    starts = a.draw_starts(RECORDS, LENGTH - CROP, random)
    positions, inside = a.warp(durations, CROP)
    batch = a.resample(signals, starts, positions) * inside[:, None]
    for record in range(RECORDS):
        start = int(starts[record])
        expected = warped_alone(signals[record, :, start : start + CROP], durations[record].item())
        np.testing.assert_allclose(batch[record].numpy(), expected.numpy(), atol=2e-3)
    assert is_uniform(a.draw_durations(MANY, random), 0.8, 1.2)


def test_gains_and_noise_have_their_distributions(random):
    assert is_uniform(a.draw_gains(MANY, random), 0.8, 1.2)
    noise = a.draw_noise(torch.Size([100, 2, 50]), random).numpy().ravel()
    assert stats.kstest(noise, stats.norm(0, 0.01).cdf).pvalue > 0.01


def test_wander_is_a_slow_sine_that_all_leads_share(random):
    wander = a.draw_wander(MANY, 5000, RATE, random).numpy()[:, 0]
    assert wander.shape == (MANY, 5000)
    spectrum = np.abs(np.fft.rfft(wander[:, :] * np.hanning(5000)))
    peak_hz = np.fft.rfftfreq(5000, 1 / RATE)[spectrum.argmax(axis=1)]
    assert peak_hz.min() >= 0.1
    assert peak_hz.max() <= 1.1
    largest = np.abs(wander).max(axis=1)  # ten seconds hold two periods at least
    assert is_uniform(largest, 0, 1)


def test_a_time_mask_is_one_stretch_anywhere(random):
    kept = a.draw_time_mask(MANY, 200, 50, random)[:, 0].numpy()
    widths = (kept == 0).sum(axis=1)
    assert (widths.min(), widths.max()) == (1, 50)
    assert stats.chisquare(np.bincount(widths)[1:]).pvalue > 0.01
    edges = np.abs(np.diff(np.pad(kept, ((0, 0), (1, 1)), constant_values=1), axis=1)).sum(axis=1)
    assert (edges == 2).all()
    assert (kept[:, 0] == 0).any()
    assert (kept[:, -1] == 0).any()


def test_half_of_the_leads_are_masked_but_never_all(random):
    kept = a.draw_lead_mask(MANY, LEADS, random)[:, :, 0].numpy()
    assert set(np.unique(kept)) == {0.0, 1.0}
    assert kept.any(axis=1).all()
    assert kept.mean() == pytest.approx(0.5, abs=0.01)
    one_lead = a.draw_lead_mask(MANY, 1, random)
    assert one_lead.all()


def test_all_changes_together_keep_shape_type_and_their_input(signals, random):
    before = signals.clone()
    changed = a.Augmenter(length=CROP, rate=RATE, augment=True)(signals, random)
    assert changed.shape == (RECORDS, LEADS, CROP)
    assert changed.dtype == torch.float32
    assert torch.equal(signals, before)
    assert (changed == 0).all(dim=2).float().mean().item() == pytest.approx(0.5, abs=0.05)  # the leads masked


def test_the_same_seed_changes_in_the_same_way(signals):
    augment = a.Augmenter(length=CROP, rate=RATE, augment=True)
    one, again, other = (augment(signals, torch.Generator().manual_seed(seed)) for seed in (3, 3, 4))
    assert torch.equal(one, again)
    assert not torch.equal(one, other)


def test_without_augmentation_a_whole_record_is_left_as_it_is(signals, random):
    whole = a.Augmenter(length=LENGTH, rate=RATE, augment=False)(signals, random)
    assert torch.equal(whole, signals.float())
