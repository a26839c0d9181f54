"""Each batched change against its definition, written record by record, and against its distribution."""

import numpy as np
import pytest
import torch
from scipy import stats

from models.training import augmentation as a
from models.training.randomness import Draws
from models.training.signals import Batch

RECORDS, LEADS, LENGTH, CROP, RATE = 64, 12, 600, 512, 500
MANY = 4000
CPU = torch.device("cpu")


@pytest.fixture
def draws():
    return Draws.of(seed=0, epoch=1, device=CPU)


@pytest.fixture(scope="module")
def batch():
    """Every other record of a larger tensor."""
    signals = torch.randn(2 * RECORDS, LEADS, LENGTH, generator=torch.Generator().manual_seed(1)).half()
    return Batch(signals, torch.arange(0, 2 * RECORDS, 2))


def is_uniform(values, low, high):
    """Kolmogorov-Smirnov on draws of a fixed seed: not a flaky test."""
    return stats.kstest(np.asarray(values).ravel(), stats.uniform(low, high - low).cdf).pvalue > 0.01


def test_a_crop_is_a_slice_of_its_record(batch, draws):
    starts = draws.whole(0, LENGTH - CROP, RECORDS)
    cropped = batch.crops(starts, CROP)
    for record, (place, start) in enumerate(zip(batch.places.tolist(), starts.tolist(), strict=True)):
        assert torch.equal(cropped[record], batch.signals[place, :, start : start + CROP].float())
    assert torch.equal(batch.crops(torch.zeros_like(starts), LENGTH), batch.signals[batch.places].float())


def test_whole_numbers_are_uniform_with_both_ends(draws):
    counts = np.bincount(draws.whole(0, 9, MANY).numpy())
    assert len(counts) == 10
    assert stats.chisquare(counts).pvalue > 0.01


def warped_alone(record, duration):
    """The definition for one record: interpolate to int(length * duration) samples, then cut or pad with zeros."""
    length = record.shape[1]
    new_length = int(length * duration)
    stretched = torch.nn.functional.interpolate(record[None].double(), size=new_length, mode="linear")[0]
    whole = torch.zeros(record.shape, dtype=torch.float64)
    whole[:, : min(length, new_length)] = stretched[:, :length]
    return whole


def test_a_warped_batch_is_each_record_warped(batch, draws):
    durations = a.draw_durations(RECORDS, draws)
    signals = batch.crops(torch.zeros_like(batch.places), CROP)
    warped = a.warp(signals, durations)
    for record in range(RECORDS):
        expected = warped_alone(signals[record], durations[record].item())
        np.testing.assert_allclose(warped[record].numpy(), expected.numpy(), atol=2e-3)
    assert is_uniform(a.draw_durations(MANY, draws), 0.8, 1.2)


def test_gains_have_their_distribution(draws):
    assert is_uniform(a.draw_gains(MANY, draws), 0.8, 1.2)


def test_noise_is_gaussian_and_spares_leads_that_are_masked_anyway(draws):
    signals = torch.zeros(50, 4, 200)
    kept = a.draw_kept_leads(50, 4, draws)
    a.add_noise(signals, kept, draws)
    assert not signals[~kept].any()
    assert stats.kstest(signals[kept].numpy().ravel(), stats.norm(0, 0.01).cdf).pvalue > 0.01


def test_wander_is_a_slow_sine_that_all_leads_share(draws):
    wander = a.draw_wander(MANY, 5000, RATE, draws).numpy()[:, 0]
    assert wander.shape == (MANY, 5000)
    spectrum = np.abs(np.fft.rfft(wander[:, :] * np.hanning(5000)))
    peak_hz = np.fft.rfftfreq(5000, 1 / RATE)[spectrum.argmax(axis=1)]
    assert peak_hz.min() >= 0.1
    assert peak_hz.max() <= 1.1
    largest = np.abs(wander).max(axis=1)  # ten seconds hold two periods at least
    assert is_uniform(largest, 0, 1)


def test_a_time_mask_is_one_stretch_anywhere(draws):
    kept = a.draw_time_mask(MANY, 200, 50, draws)[:, 0].numpy()
    widths = (kept == 0).sum(axis=1)
    assert (widths.min(), widths.max()) == (1, 50)
    assert stats.chisquare(np.bincount(widths)[1:]).pvalue > 0.01
    edges = np.abs(np.diff(np.pad(kept, ((0, 0), (1, 1)), constant_values=1), axis=1)).sum(axis=1)
    assert (edges == 2).all()
    assert (kept[:, 0] == 0).any()
    assert (kept[:, -1] == 0).any()


def test_half_of_the_leads_are_masked_but_never_all(draws):
    kept = a.draw_kept_leads(MANY, LEADS, draws).numpy()
    assert kept.any(axis=1).all()
    assert kept.mean() == pytest.approx(0.5, abs=0.01)
    assert a.draw_kept_leads(MANY, 1, draws).all()


def test_all_changes_together_keep_shape_type_and_their_input(batch, draws):
    before = batch.signals.clone()
    changed = a.Augmenter(length=CROP, rate=RATE, augment=True)(batch, draws)
    assert changed.shape == (RECORDS, LEADS, CROP)
    assert changed.dtype == torch.float32
    assert torch.equal(batch.signals, before)
    assert (changed == 0).all(dim=2).float().mean().item() == pytest.approx(0.5, abs=0.05)  # the leads masked


def test_the_same_seed_and_epoch_change_in_the_same_way(batch):
    augment = a.Augmenter(length=CROP, rate=RATE, augment=True)
    one, again, other, later = (
        augment(batch, Draws.of(seed, epoch, CPU)) for seed, epoch in ((3, 1), (3, 1), (4, 1), (3, 2))
    )
    assert torch.equal(one, again)
    assert not torch.equal(one, other)
    assert not torch.equal(one, later)


def test_without_augmentation_a_whole_record_is_left_as_it_is(batch, draws):
    whole = a.Augmenter(length=LENGTH, rate=RATE, augment=False)(batch, draws)
    assert torch.equal(whole, batch.signals[batch.places].float())
