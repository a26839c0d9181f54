"""The exponential moving average of a network's weights."""

import copy

import torch
from torch import nn


class WeightAverage:
    """A network whose weights and statistics follow another's.

    Attributes:
        network: the average, in evaluation what the recipe asks for.
    """

    def __init__(self, network: nn.Module, decay: float) -> None:
        self.network = copy.deepcopy(network).requires_grad_(False)
        self._decay = decay
        self._pairs = list(zip(_numbers(self.network), _numbers(network), strict=True))

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Move towards the network after `step` (from 0).

        The decay begins small, min(decay, (1 + step) / (10 + step)), so that a short training does not average its
        beginning (as TensorFlow's ExponentialMovingAverage has it).
        """
        averaged = [mine for mine, _ in self._pairs if mine.is_floating_point()]
        current = [theirs for mine, theirs in self._pairs if mine.is_floating_point()]
        torch._foreach_lerp_(averaged, current, 1 - min(self._decay, (1 + step) / (10 + step)))
        for mine, theirs in self._pairs:
            if not mine.is_floating_point():
                mine.copy_(theirs)


def _numbers(network: nn.Module) -> list[torch.Tensor]:
    return [*network.parameters(), *network.buffers()]
