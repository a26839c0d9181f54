import os
import shutil

import numpy as np
import pytest
import torch

from ecg.store import RecordStore
from models.errors import SignalsLost
from models.training import signals as loading
from models.training.signals import ResidentSignals, SignalFile, StreamedSignals, open_signals

CPU = torch.device("cpu")
PLAN = [np.array([3, 4, 5, 40]), np.array([0, 119]), np.array([7])]


@pytest.fixture
def copied(store, tmp_path):
    """A store that a test may damage."""
    shutil.copytree(store.path, tmp_path / "store")
    return RecordStore.open(tmp_path / "store")


@pytest.mark.parametrize("kind", ["resident", "streamed"])
def test_batches_are_the_stores_signals(store, kind):
    rows = np.unique(np.concatenate(PLAN))
    file = SignalFile(store)
    made = ResidentSignals(file, rows, CPU) if kind == "resident" else StreamedSignals(file, CPU)
    batches = list(made.batches(PLAN))
    assert len(batches) == len(PLAN)
    for asked, batch in zip(PLAN, batches, strict=True):
        whole = batch.crops(torch.zeros(len(asked), dtype=int), batch.samples)
        np.testing.assert_array_equal(whole.numpy(), store.signals[asked].astype(np.float32))


def test_a_store_that_fits_is_held_and_one_that_does_not_is_streamed(store, monkeypatch):
    rows = np.arange(120)
    assert isinstance(open_signals(store, rows, CPU), ResidentSignals)
    size = 120 * 12 * 1000 * 2
    monkeypatch.setattr(loading, "free_memory", lambda device: 8 * size - 1)
    assert isinstance(open_signals(store, rows, CPU), StreamedSignals)


def test_a_store_that_is_cut_short_is_an_error_and_no_signal_of_the_system(copied):
    """A memory-mapped file would end the process here."""
    streamed = StreamedSignals(SignalFile(copied), CPU)
    os.truncate(copied.signals_path, 100_000)
    batches = streamed.batches([np.array([0]), np.array([100])])
    assert len(next(batches)) == 1
    with pytest.raises(SignalsLost, match="cut short"):
        next(batches)


def test_a_store_that_is_gone_is_an_error_with_its_path(copied):
    copied.signals  # noqa: B018 - opened before it goes
    copied.signals_path.unlink()
    with pytest.raises(SignalsLost, match=r"signals\.npy: No such file"):
        open_signals(copied, np.arange(3), CPU)


def test_a_reader_that_is_left_early_stops(store):
    batches = StreamedSignals(SignalFile(store), CPU).batches(PLAN * 10)
    next(batches)
    batches.close()
