"""The update rules, each in torch's fused form."""

from typing import Any

import torch
from torch import nn

from models.training.recipe import Optimizer, Recipe

_MOMENTUM = 0.9


def make_optimizer(network: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    """The recipe's optimiser over all weights of the network; its learning rate is set step by step."""
    shared: dict[str, Any] = {"lr": recipe.lr, "weight_decay": recipe.weight_decay, "fused": True}
    match recipe.optimizer:
        case Optimizer.ADAMW:
            return torch.optim.AdamW(network.parameters(), **shared)
        case Optimizer.ADAM:
            return torch.optim.Adam(network.parameters(), **shared)
        case Optimizer.SGD_MOMENTUM:
            return torch.optim.SGD(network.parameters(), momentum=_MOMENTUM, **shared)
        case Optimizer.SGD:
            return torch.optim.SGD(network.parameters(), **shared)
