"""What a training reads: the record store's rows, split as the product's fold rule says, and their signals.

Weights are trained on folds 1-8 less a tenth of their patients, thresholds are chosen on that tenth, fold 9 gives the
score, and fold 10 is read by the report alone.
"""

import copy
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import torch
from torch import Tensor

from ecg.folds import SCORE_FOLD, TEST_FOLD, TRAINING_FOLDS
from ecg.store import RecordStore
from models.training.machine import best_device
from models.training.randomness import shuffled
from models.training.signals import Batch, Signals, open_signals, places_of

_SUBSET_SEED = 0
_FEWEST_RECORDS = 2  # batch norm needs them


@dataclass(frozen=True)
class Split:
    """Row numbers of a store, by what they are for."""

    train: np.ndarray
    thresholds: np.ndarray
    score: np.ndarray

    @classmethod
    def of(
        cls,
        store: RecordStore,
        *,
        train_folds: Sequence[int] = TRAINING_FOLDS,
        score_folds: Sequence[int] = (SCORE_FOLD,),
    ) -> "Split":
        """The split of the fold rule, or with other folds."""
        train, thresholds = store.split_training(train_folds)
        return cls(train, thresholds, store.rows(score_folds))

    @classmethod
    def to_test(cls, store: RecordStore) -> "Split":
        """Fold 10 to score on, nothing to train on."""
        nothing = np.array([], dtype=int)
        return cls(nothing, nothing, store.rows([TEST_FOLD]))

    @cached_property
    def rows(self) -> np.ndarray:
        """All of them, in the order of the store."""
        return np.unique(np.concatenate([self.train, self.thresholds, self.score]))


class TrainingData:
    """A split of a store on a device; trainings one after the other share it.

    Attributes:
        store: where records come from.
        split: which rows are for what.
        device: where networks are trained.
        signals: the split's signals.
    """

    def __init__(self, store: RecordStore, split: Split, device: torch.device | None = None) -> None:
        """
        Args:
            device: by default the first GPU, or the CPU.

        Raises:
            SignalsLost: the signals cannot be read.
        """
        self.store = store
        self.split = split
        self.device = device or best_device()
        self.signals: Signals = open_signals(store, split.rows, self.device)

    def with_labels(self, names: Sequence[str]) -> Self:
        """The same split and signals with only these labels.

        Raises:
            StoreError: the store does not have them.
        """
        narrowed = copy.copy(self)
        narrowed.store = self.store.with_labels(names)
        narrowed.__dict__.pop("_labels", None)
        return narrowed

    @cached_property
    def _labels(self) -> Tensor:
        return torch.from_numpy(self.store.labels[self.split.rows]).to(self.device)

    def labels(self, rows: np.ndarray) -> Tensor:
        """Labels of `rows`, N x classes, float32, on the device."""
        (places,) = places_of([rows], self.split.rows, self.device)
        return self._labels[places].float()

    def batches(self, plan: Sequence[np.ndarray]) -> Iterator[tuple[Batch, Tensor]]:
        """Signals and labels of each batch of a plan."""
        places = places_of(plan, self.split.rows, self.device)
        for signals, rows in zip(self.signals.batches(plan), places, strict=True):
            yield signals, self._labels[rows].float()

    def training_rows(self, fraction: float) -> np.ndarray:
        """The first patients, in an order of the store's own, who have at least this share of the training records.

        Smaller shares are subsets of larger ones, whatever the seed.
        """
        rows = self.split.train
        if fraction == 1:
            return rows
        _, group = np.unique(self.store.groups(rows), return_inverse=True)
        order = np.random.default_rng(_SUBSET_SEED).permutation(group.max() + 1)
        records = np.cumsum(np.bincount(group)[order])
        taken = order[: np.searchsorted(records, max(_FEWEST_RECORDS, math.ceil(fraction * len(rows)))) + 1]
        return rows[np.isin(group, taken)]


def shuffled_batches(rows: np.ndarray, batch_size: int, *, seed: int, epoch: int) -> list[np.ndarray]:
    """The batches of one epoch in an order that depends on (seed, epoch) alone; an incomplete last one is left out.

    Rows are sorted within a batch, so that the file is read forwards.
    """
    size = min(batch_size, len(rows))
    seen = records_per_epoch(len(rows), batch_size)
    return [np.sort(batch) for batch in shuffled(rows, seed, epoch)[:seen].reshape(-1, size)]


def records_per_epoch(rows: int, batch_size: int) -> int:
    """How many of so many records whole batches hold."""
    return rows - rows % min(batch_size, rows)
