"""From numbers to a torch network."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from models.modules import EcgNetwork
from models.registry import family


def build(name: str, numbers: Mapping[str, Any], *, leads: int, classes: int, seed: int = 0) -> nn.Module:
    """The network of family `name` with `numbers`, its weights drawn from `seed`; global randomness is untouched.

    Raises:
        ImpossibleNetwork: the numbers describe no network.
    """
    plan = family(name, numbers).plan(leads, classes)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = EcgNetwork(plan.build())
        _initialise(network)
    made: nn.Module = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch forgot it
    return made


def _initialise(network: nn.Module) -> None:
    """He initialisation where a ReLU follows (He et al., ICCV 2015); networks with layer norm keep torch's own.

    ConvNeXt's paper draws with a standard deviation of 0.02, which fits widths from 96 on. At the widths of a small
    budget it starves the signal: 0.70 against 0.82 balanced accuracy on the synthetic corpus at width 24.
    """
    if any(isinstance(module, nn.LayerNorm) for module in network.modules()):
        return
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
