"""From numbers to a torch network."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from models.complexity import count
from models.initialisation import initialise
from models.modules import EcgNetwork
from models.registry import Family, family, refusals_of


def build(name: str, numbers: Mapping[str, Any], *, leads: int, length: int, classes: int, seed: int = 0) -> nn.Module:
    """The network of a family or preset with `numbers`: N x leads x length signals in, N x classes logits out.

    Its weights are drawn from `seed`; global randomness is untouched.

    Raises:
        ImpossibleNetwork: the numbers describe no network for such inputs.
    """
    made = family(name, numbers)
    with torch.random.fork_rng(devices=[]), refusals_of(type(made)):
        torch.manual_seed(seed)
        if isinstance(made, Family):
            plan = made.plan(leads, length, classes)
            count(plan, leads, length, classes)  # what cannot run is refused before memory is taken
            network: nn.Module = EcgNetwork(plan.features.build(), plan.head.build())
            initialise(network, plan.initialisation)
        else:
            network = made.build(leads, length, classes)
    laid_out: nn.Module = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch forgot it
    return laid_out
