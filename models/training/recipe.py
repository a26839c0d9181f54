"""How a network is trained, as numbers and words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Self

from models.errors import ImpossibleRecipe
from models.numbers import above, between, one_of, refuse, true_or_false, whole, whole_or_null


class Optimizer(StrEnum):
    """The update rules."""

    SGD = "sgd"
    SGD_MOMENTUM = "sgd-momentum"
    ADAM = "adam"
    ADAMW = "adamw"


class Precision(StrEnum):
    """The arithmetic of the forward and backward pass; weights and updates are always fp32."""

    FP32 = "fp32"
    BF16 = "bf16"


class Loss(StrEnum):
    """What training minimises; see `models.training.losses`."""

    BCE = "bce"
    WEIGHTED_BCE = "weighted-bce"
    ASYMMETRIC = "asymmetric"


class Schedule(StrEnum):
    """The course of the learning rate; see `models.training.schedules`."""

    EXPONENTIAL = "exponential"
    COSINE = "cosine"
    ONE_CYCLE = "one-cycle"


class Scoring(StrEnum):
    """Which crops of a record give its probabilities, where networks see less than a record."""

    WHOLE = "whole"  # the mean over evenly spaced crops that cover the record
    CENTRE = "centre"  # the crop in its middle


@dataclass(frozen=True)
class Recipe:
    """A training's settings.

    Attributes:
        epochs: passes over the training records; the last one's network is scored.
        batch_size: records per step.
        precision: arithmetic of the passes.
        crop: samples that the network sees of each record, drawn anew in each epoch; by default all.
        scoring: which crops give a record's probabilities.
        lr: peak learning rate.
        optimizer: which update rule.
        weight_decay: decoupled for adamw, L2 otherwise.
        clip: largest gradient norm; longer ones are shortened to it.
        loss: what is minimised.
        schedule: how the learning rate falls after its peak.
        warm_up: share of all steps in which the learning rate rises to its peak.
        ema: decay per step of the moving average of weights that is scored in place of the last weights; 0 for none.
        data_fraction: share of the training records; a smaller share is a subset of a larger one.
        augment: whether records are changed at random, as `models.training.augmentation` says.
        seed: of the weights, the order of records, dropout and augmentation.

    Raises:
        ImpossibleRecipe: naming every setting that is out of its range.
    """

    epochs: int = 20
    batch_size: int = 32
    precision: Precision = Precision.FP32
    crop: int | None = None
    scoring: Scoring = Scoring.WHOLE
    lr: float = 3e-3
    optimizer: Optimizer = Optimizer.ADAMW
    weight_decay: float = 1e-2
    clip: float = 1.0
    loss: Loss = Loss.BCE
    schedule: Schedule = Schedule.COSINE
    warm_up: float = 0.1
    ema: float = 0.0
    data_fraction: float = 1.0
    augment: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        refuse(
            whole(epochs=self.epochs),
            whole(least=2, batch_size=self.batch_size),
            whole_or_null(least=2, crop=self.crop),
            whole(least=0, seed=self.seed),
            above(0, lr=self.lr, clip=self.clip),
            between(0, 1, weight_decay=self.weight_decay, warm_up=self.warm_up),
            between(0, 0.99999, ema=self.ema),
            between(1e-6, 1, data_fraction=self.data_fraction),
            true_or_false(augment=self.augment),
            *(one_of(kind, **{name: getattr(self, name)}) for name, kind in _WORDS.items()),
            error=ImpossibleRecipe,
        )
        for name, kind in _WORDS.items():
            object.__setattr__(self, name, kind(getattr(self, name)))

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        """The recipe of plain settings.

        Raises:
            ImpossibleRecipe: a setting is unknown or out of its range.
        """
        _refuse_unknown(settings, [field.name for field in fields(cls)])
        return cls(**settings)


_WORDS: dict[str, type[StrEnum]] = {
    "precision": Precision,
    "scoring": Scoring,
    "optimizer": Optimizer,
    "loss": Loss,
    "schedule": Schedule,
}
STUDY_WIDE = ("epochs", "batch_size", "precision", "crop", "scoring")
SEARCHABLE = tuple(field.name for field in fields(Recipe) if field.name not in STUDY_WIDE)


def refuse_unsearchable(settings: Iterable[str]) -> None:
    """
    Raises:
        ImpossibleRecipe: a setting is not one that differs from trial to trial.
    """
    names = list(settings)
    for name in names:
        if name in STUDY_WIDE:
            raise ImpossibleRecipe(f"{name} is the same for all trainings of a study: --{name.replace('_', '-')}")
    _refuse_unknown(names, SEARCHABLE)


def _refuse_unknown(settings: Iterable[str], known: Iterable[str]) -> None:
    allowed = list(known)
    unknown = [name for name in settings if name not in allowed]
    if unknown:
        raise ImpossibleRecipe(f"a training has no setting {', '.join(unknown)}; known: {', '.join(allowed)}")
