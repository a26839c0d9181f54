"""What training minimises."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from models.training.recipe import Loss

_MOST_POSITIVE_WEIGHT = 100.0
_FOCUS_POSITIVE, _FOCUS_NEGATIVE = 1, 4
_SHIFT = 0.05
_LEAST = 1e-8


@dataclass(frozen=True)
class Criterion:
    """A loss with what it took from the training labels.

    Attributes:
        positive_weight: what a positive of each class counts (classes), 1 unless weighted.
    """

    loss: Loss
    positive_weight: Tensor

    @classmethod
    def of(cls, loss: Loss, labels: Tensor) -> "Criterion":
        """The loss for training on `labels` (N x classes, 0/1).

        weighted-bce: a positive counts as often as there are negatives to it in its class, at most 100 times.
        """
        weight = torch.ones(labels.shape[1], device=labels.device)
        if loss is Loss.WEIGHTED_BCE:
            positives = labels.float().sum(dim=0)
            weight = ((len(labels) - positives) / positives.clamp(min=1)).clamp(1 / _MOST_POSITIVE_WEIGHT)
            weight = torch.where(positives > 0, weight.clamp(max=_MOST_POSITIVE_WEIGHT), 1.0)
        return cls(loss, weight)

    def per_record(self, logits: Tensor, labels: Tensor) -> Tensor:
        """The loss of each record (N): the mean over classes of cross entropies, the sum of asymmetric losses."""
        if self.loss is Loss.ASYMMETRIC:
            return asymmetric(logits, labels).sum(dim=1)
        return binary_cross_entropy_with_logits(logits, labels, pos_weight=self.positive_weight, reduction="none").mean(
            dim=1
        )

    def divisor(self, records: int) -> int:
        """What a step divides the sum over its `records` by: the mean of cross entropies, the sum of asymmetric."""
        return 1 if self.loss is Loss.ASYMMETRIC else records


def asymmetric(logits: Tensor, labels: Tensor) -> Tensor:
    """Asymmetric loss of each record and class, N x classes (Ridnik et al., ICCV 2021, eq. 7).

    Focusing 4 for negatives and 1 for positives; probabilities of negatives are shifted down by .05.
    """
    probability = torch.sigmoid(logits)
    shifted = (probability - _SHIFT).clamp(min=0)
    positive = (1 - probability) ** _FOCUS_POSITIVE * probability.clamp(min=_LEAST).log()
    negative = shifted**_FOCUS_NEGATIVE * (1 - shifted).clamp(min=_LEAST).log()
    return -(labels * positive + (1 - labels) * negative)
