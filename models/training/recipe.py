"""How a network is trained, as numbers."""

import math
from dataclasses import dataclass
from enum import StrEnum

from models.errors import ImpossibleNetwork


class Optimizer(StrEnum):
    """The optimisers a search may choose from."""

    SGD = "sgd"
    SGD_MOMENTUM = "sgd-momentum"
    ADAMW = "adamw"


class Precision(StrEnum):
    """The arithmetic of the forward and backward pass; weights and updates are always fp32."""

    FP32 = "fp32"
    BF16 = "bf16"


@dataclass(frozen=True)
class Recipe:
    """A training's settings.

    Attributes:
        epochs: passes over the training records; the last one's network is scored.
        batch_size: records per step.
        lr: peak learning rate, reached after a linear warm-up and followed by a cosine decay to zero.
        optimizer: which update rule.
        weight_decay: decoupled for adamw, L2 otherwise.
        clip: largest gradient norm.
        precision: arithmetic of the passes.
        seed: of the weights and of the order of records.
    """

    epochs: int = 20
    batch_size: int = 32
    lr: float = 3e-3
    optimizer: Optimizer = Optimizer.ADAMW
    weight_decay: float = 1e-2
    clip: float = 1.0
    precision: Precision = Precision.FP32
    seed: int = 0

    def __post_init__(self) -> None:
        if self.epochs < 1 or self.batch_size < 2 or not self.lr > 0:
            raise ImpossibleNetwork(
                "a training needs epochs >= 1, batch_size >= 2 and lr > 0, but got "
                f"epochs={self.epochs}, batch_size={self.batch_size}, lr={self.lr}"
            )

    def learning_rate(self, step: int, steps: int) -> float:
        """Learning rate of `step` (from 0) of `steps`: a tenth of warm-up, then a cosine."""
        warm_up = max(1, steps // 10)
        if step < warm_up:
            return self.lr * (step + 1) / warm_up
        return self.lr * 0.5 * (1 + math.cos(math.pi * (step - warm_up) / max(1, steps - warm_up)))
