"""What a training reads: the record store's rows, split as the product's fold rule says.

Weights are trained on folds 1-8 less a tenth of their patients, thresholds are chosen on that tenth, fold 9 gives the
score, and fold 10 is read by the report alone.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ecg.folds import SCORE_FOLD, TEST_FOLD, TRAINING_FOLDS
from ecg.store import RecordStore


@dataclass(frozen=True)
class Split:
    """Row numbers of a store, by what they are for."""

    train: np.ndarray
    thresholds: np.ndarray
    score: np.ndarray
    test: np.ndarray

    @classmethod
    def of(cls, store: RecordStore) -> "Split":
        train, thresholds = store.split_training(TRAINING_FOLDS)
        return cls(train, thresholds, store.rows([SCORE_FOLD]), store.rows([TEST_FOLD]))


def signals_of(store: RecordStore, rows: np.ndarray) -> Tensor:
    """Signals of `rows`, N x C x L, float32; read from the memory-mapped file."""
    return torch.from_numpy(store.signals[rows]).float()


def labels_of(store: RecordStore, rows: np.ndarray) -> Tensor:
    """Labels of `rows`, N x classes, float32."""
    return torch.from_numpy(store.labels[rows]).float()


def shuffled_batches(rows: np.ndarray, batch_size: int, *, seed: int, epoch: int) -> list[np.ndarray]:
    """The batches of one epoch in an order that depends on (seed, epoch) alone; an incomplete last one is left out.

    Rows are sorted within a batch, so that the file is read forwards.
    """
    order = np.random.default_rng([seed, epoch]).permutation(rows)
    size = min(batch_size, len(rows))
    count = len(rows) // size
    return [np.sort(batch) for batch in order[: count * size].reshape(count, size)]
