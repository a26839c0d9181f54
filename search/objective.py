"""One trial: from its parameters to its two objectives and what else it carries."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from models.training.checkpoint import TrainingFolder
from models.training.data import TrainingData
from models.training.loop import Epoch, train
from search.config import StudyConfig
from search.draft import Draft

_TRAINING_FLOPS_PER_FORWARD = 3  # forward, and twice that backward


@dataclass(frozen=True)
class Outcome:
    """What a finished trial writes: (balanced accuracy, FLOPs), user attributes, scores per label."""

    values: tuple[float, float]
    attrs: dict[str, Any]
    label_scores: list[dict[str, Any]]


def evaluate(
    draft: Draft,
    config: StudyConfig,
    data: TrainingData,
    folder: TrainingFolder,
    on_epoch: Callable[[Epoch], None],
    *,
    compiled: bool = False,
) -> Outcome:
    """Train the draft's network and score it on fold 9.

    Raises:
        TrainingFailed: the training ended without a usable network.
    """
    trained = train(draft.family, draft.numbers, data, draft.recipe, folder, on_epoch=on_epoch, compiled=compiled)
    overall = trained.scores.overall
    flops = draft.complexity.flops
    return Outcome(
        values=(overall["balanced_accuracy"], float(flops)),
        attrs={
            **{name: value for name, value in overall.items() if name != "balanced_accuracy"},
            "train_flops": _TRAINING_FLOPS_PER_FORWARD * flops * trained.records_seen,
            "train_seconds": round(trained.seconds, 3),
            "epochs": config.training.epochs,
            "resumed": trained.resumed,
            "batch_parts": trained.parts,
            **{f"{name}_ci95": list(interval) for name, interval in trained.intervals.items()},
            "labels_left_out": trained.scores.left_out,
        },
        label_scores=trained.scores.per_label,
    )
