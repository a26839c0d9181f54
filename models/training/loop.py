"""The training loop."""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import nn

from ecg.metrics import Scores
from ecg.store import RecordStore
from models.build import build
from models.errors import TrainingFailed
from models.training.checkpoint import TrainingFolder
from models.training.data import Split, labels_of, shuffled_batches, signals_of
from models.training.evaluation import score_rows, thresholds_for
from models.training.precision import autocast, best_device
from models.training.recipe import Optimizer, Recipe

OnEpoch = Callable[["Epoch"], None]


@dataclass(frozen=True)
class Epoch:
    """One row of a learning curve; the scores are fold 9's."""

    epoch: int
    loss: float
    balanced_accuracy: float
    macro_auroc: float
    seconds: float


@dataclass(frozen=True)
class Trained:
    """A finished training.

    Attributes:
        scores: of fold 9, from the last epoch, never the best one.
        thresholds: per class, chosen on the held-back tenth.
        curve: one row per epoch.
        records_seen: training records times epochs, as trained on.
        seconds: time spent, resumed parts included.
        resumed: how often the training went on from a checkpoint.
    """

    scores: Scores
    thresholds: np.ndarray
    curve: list[Epoch]
    records_seen: int
    seconds: float
    resumed: int


@dataclass(frozen=True)
class _Progress:
    """What a checkpoint keeps beside tensors."""

    curve: tuple[Epoch, ...] = ()
    records_seen: int = 0
    resumed: int = 0


def train(
    family: str,
    numbers: Mapping[str, Any],
    store: RecordStore,
    recipe: Recipe,
    folder: TrainingFolder,
    *,
    on_epoch: OnEpoch = lambda epoch: None,
) -> Trained:
    """Train one network, going on from `folder`'s checkpoint if there is one.

    On a CPU the same arguments and number of threads give the same result, interrupted or not: weights and every
    epoch's order depend on the seed and the epoch alone.

    Args:
        on_epoch: called after each epoch's checkpoint is safe; what it raises ends the training there.

    Raises:
        TrainingFailed: the loss is no longer finite.
        ImpossibleNetwork: the numbers describe no network.
    """
    device = best_device()
    split = Split.of(store)
    classes = len(store.vocabulary.labels)
    network = build(family, numbers, leads=store.leads, length=store.length, classes=classes, seed=recipe.seed).to(
        device
    )
    optimizer = _optimizer(network, recipe)
    progress = _restore(folder, network, optimizer)
    for number in range(len(progress.curve) + 1, recipe.epochs + 1):
        started = time.monotonic()
        loss, seen = _train_epoch(network, optimizer, store, split, recipe, number)
        thresholds = thresholds_for(network, store, split, recipe.precision)
        scores = score_rows(network, store, split.score, thresholds, recipe.precision)
        row = Epoch(
            epoch=number,
            loss=loss,
            balanced_accuracy=scores.overall["balanced_accuracy"],
            macro_auroc=scores.overall["macro_auroc"],
            seconds=time.monotonic() - started,
        )
        progress = replace(progress, curve=(*progress.curve, row), records_seen=progress.records_seen + seen)
        _checkpoint(folder, network, optimizer, progress)
        on_epoch(row)
    thresholds = thresholds_for(network, store, split, recipe.precision)
    folder.save_network({"network": network.state_dict(), "thresholds": thresholds.tolist()})
    return Trained(
        scores=score_rows(network, store, split.score, thresholds, recipe.precision),
        thresholds=thresholds,
        curve=list(progress.curve),
        records_seen=progress.records_seen,
        seconds=sum(row.seconds for row in progress.curve),
        resumed=progress.resumed,
    )


def _train_epoch(
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    store: RecordStore,
    split: Split,
    recipe: Recipe,
    number: int,
) -> tuple[float, int]:
    """One pass; the mean loss and the number of records seen."""
    device = next(network.parameters()).device
    batches = shuffled_batches(split.train, recipe.batch_size, seed=recipe.seed, epoch=number)
    loss_of = nn.BCEWithLogitsLoss()
    network.train()
    total = torch.zeros((), device=device)
    for index, rows in enumerate(batches):
        step = (number - 1) * len(batches) + index
        for group in optimizer.param_groups:
            group["lr"] = recipe.learning_rate(step, recipe.epochs * len(batches))
        signals, labels = signals_of(store, rows).to(device), labels_of(store, rows).to(device)
        optimizer.zero_grad(set_to_none=True)
        with autocast(device, recipe.precision):
            logits = network(signals)
        loss = loss_of(logits.float(), labels)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), recipe.clip)
        optimizer.step()
        total += loss.detach()
    mean = float(total) / len(batches)
    if not np.isfinite(mean):
        raise TrainingFailed(f"the loss became {mean} in epoch {number} at a learning rate of {recipe.lr:g}")
    return mean, sum(map(len, batches))


def _optimizer(network: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    if recipe.optimizer is Optimizer.ADAMW:
        return torch.optim.AdamW(network.parameters(), lr=recipe.lr, weight_decay=recipe.weight_decay, fused=True)
    momentum = 0.9 if recipe.optimizer is Optimizer.SGD_MOMENTUM else 0.0
    return torch.optim.SGD(
        network.parameters(), lr=recipe.lr, momentum=momentum, weight_decay=recipe.weight_decay, fused=True
    )


def _checkpoint(
    folder: TrainingFolder, network: nn.Module, optimizer: torch.optim.Optimizer, progress: _Progress
) -> None:
    folder.save_checkpoint(
        {
            "network": network.state_dict(),
            "optimizer": optimizer.state_dict(),
            "curve": [asdict(row) for row in progress.curve],
            "records_seen": progress.records_seen,
            "resumed": progress.resumed,
        }
    )


def _restore(folder: TrainingFolder, network: nn.Module, optimizer: torch.optim.Optimizer) -> _Progress:
    state = folder.load_checkpoint()
    if state is None:
        return _Progress()
    network.load_state_dict(state["network"])
    optimizer.load_state_dict(state["optimizer"])
    return _Progress(
        curve=tuple(Epoch(**row) for row in state["curve"]),
        records_seen=state["records_seen"],
        resumed=state["resumed"] + 1,
    )
