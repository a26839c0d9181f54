"""Scoring a network: deterministic, over whole records, pooled over the fold."""

import numpy as np
import torch
from torch import nn

from ecg.metrics import Scores, choose_thresholds, score
from ecg.store import RecordStore
from models.training.data import Split, signals_of
from models.training.precision import autocast
from models.training.recipe import Precision

_BATCH = 128


def probabilities(network: nn.Module, store: RecordStore, rows: np.ndarray, precision: Precision) -> np.ndarray:
    """Class probabilities (len(rows) x classes, float32) of each window."""
    device = next(network.parameters()).device
    network.eval()
    parts = []
    with torch.inference_mode(), autocast(device, precision):
        for start in range(0, len(rows), _BATCH):
            signals = signals_of(store, rows[start : start + _BATCH]).to(device)
            parts.append(torch.sigmoid(network(signals).float()).cpu().numpy())
    return np.concatenate(parts)


def thresholds_for(network: nn.Module, store: RecordStore, split: Split, precision: Precision) -> np.ndarray:
    """Decision thresholds, one per class, chosen on the held-back tenth."""
    held_back = _per_record(store, split.thresholds, probabilities(network, store, split.thresholds, precision))
    return choose_thresholds(*held_back, prevalence=store.labels[split.train].mean(axis=0))


def score_rows(
    network: nn.Module, store: RecordStore, rows: np.ndarray, thresholds: np.ndarray, precision: Precision
) -> Scores:
    """All scores of the records of `rows`."""
    labels, pooled = _per_record(store, rows, probabilities(network, store, rows, precision))
    return score(labels, pooled, thresholds, store.vocabulary)


def _per_record(store: RecordStore, rows: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Labels and probabilities per record: windows of one record are averaged."""
    table = store.records.iloc[rows]
    _, first, record = np.unique(
        (table["source"] + "/" + table["record"]).to_numpy(dtype=str), return_index=True, return_inverse=True
    )
    total = np.zeros((len(first), scores.shape[1]))
    np.add.at(total, record, scores)
    return store.labels[rows[first]], total / np.bincount(record)[:, None]
