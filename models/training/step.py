"""One step of training: forward, backward, clip, update."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from models.training.losses import Criterion
from models.training.precision import autocast
from models.training.recipe import Precision


@dataclass(frozen=True)
class Step:
    """Moves a network's weights along the gradient of one batch.

    Attributes:
        clip: largest gradient norm.
        parts: how many parts of a batch go through the network one after the other, their gradients added up; more
            parts need less memory.
    """

    network: nn.Module
    optimizer: torch.optim.Optimizer
    criterion: Criterion
    precision: Precision
    clip: float
    parts: int

    def __call__(self, signals: Tensor, labels: Tensor, lr: float) -> Tensor:
        """Take the step; the batch's loss, summed over its records, before it.

        Args:
            signals: N x C x L, float32.
            labels: N x classes, float32.
            lr: learning rate of this step.
        """
        for group in self.optimizer.param_groups:
            group["lr"] = lr
        self.optimizer.zero_grad(set_to_none=True)
        total = torch.zeros((), device=signals.device)
        for part, truth in zip(signals.chunk(self.parts), labels.chunk(self.parts), strict=True):
            with autocast(signals.device, self.precision):
                logits = self.network(part)
            loss = self.criterion.per_record(logits.float(), truth).sum()
            torch.autograd.backward(loss / self.criterion.divisor(len(signals)))
            total += loss.detach()
        nn.utils.clip_grad_norm_(self.network.parameters(), self.clip)
        self.optimizer.step()
        return total
