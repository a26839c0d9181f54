"""Scoring a network: deterministic, over whole records, pooled over the fold."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from ecg.metrics import Evaluation, Scores, bootstrap_intervals, choose_thresholds, score
from models.training.data import TrainingData
from models.training.precision import autocast
from models.training.recipe import Recipe, Scoring

_LARGEST_BATCH = 128
_BATCHES_AT_ONCE = 4  # without gradients a record takes less memory


@dataclass(frozen=True)
class Answers:
    """What a network says of records, windows of one record averaged.

    Attributes:
        rows: of the store, the first of each record.
        labels, probabilities: records x classes.
    """

    rows: np.ndarray
    labels: np.ndarray
    probabilities: np.ndarray


def answers(network: nn.Module, data: TrainingData, rows: np.ndarray, recipe: Recipe, *, parts: int = 1) -> Answers:
    """What the network says of the records of `rows`.

    Args:
        parts: as a training cuts its batches when memory is short.
    """
    return _per_record(data, rows, probabilities(network, data, rows, recipe, parts=parts))


def probabilities(
    network: nn.Module, data: TrainingData, rows: np.ndarray, recipe: Recipe, *, parts: int = 1
) -> np.ndarray:
    """Class probabilities (len(rows) x classes, float32) of each window."""
    network.eval()
    size = max(1, min(_LARGEST_BATCH, _BATCHES_AT_ONCE * recipe.batch_size) // parts)
    plan = [rows[start : start + size] for start in range(0, len(rows), size)]
    found = []
    with torch.inference_mode(), autocast(data.device, recipe.precision):
        for batch in data.signals.batches(plan):
            length = recipe.crop or batch.samples
            views = [
                torch.sigmoid(network(batch.crops(torch.full_like(batch.places, start), length)).float())
                for start in view_starts(batch.samples, length, recipe.scoring)
            ]
            found.append(torch.stack(views).mean(dim=0))
    return torch.cat(found).cpu().numpy()


def view_starts(samples: int, length: int, scoring: Scoring) -> list[int]:
    """First samples of the crops of a record that give its probabilities: evenly spaced, covering it, or the centre."""
    if scoring is Scoring.CENTRE:
        return [(samples - length) // 2]
    views = -(-samples // length)
    return [round(start) for start in np.linspace(0, samples - length, views)]


def choose(tuned: Answers, data: TrainingData) -> np.ndarray:
    """Decision thresholds, one per class, chosen on the held-back tenth."""
    prevalence = data.store.labels[data.split.train].mean(axis=0)
    return choose_thresholds(tuned.labels, tuned.probabilities, prevalence=prevalence)


def score_answers(given: Answers, thresholds: np.ndarray, data: TrainingData) -> Scores:
    """All scores of the records."""
    return score(given.labels, given.probabilities, thresholds, data.store.vocabulary)


def score_intervals(given: Answers, thresholds: np.ndarray, data: TrainingData) -> dict[str, tuple[float, float]]:
    """95 % bootstrap intervals over patients of balanced accuracy and, where the labels have it, the challenge score;
    where they do not, of macro AUROC."""
    vocabulary = data.store.vocabulary
    fold = Evaluation.of(given.labels, given.probabilities, given.probabilities >= thresholds, vocabulary)
    return bootstrap_intervals(fold.main_figures, len(given.labels), groups=np.asarray(data.store.groups(given.rows)))


def _per_record(data: TrainingData, rows: np.ndarray, scores: np.ndarray) -> Answers:
    names = data.store.record_names(rows).to_numpy(dtype=str)
    _, first, record = np.unique(names, return_index=True, return_inverse=True)
    total = np.zeros((len(first), scores.shape[1]))
    np.add.at(total, record, scores)
    return Answers(
        rows=rows[first],
        labels=data.store.labels[rows[first]],
        probabilities=total / np.bincount(record)[:, None],
    )
