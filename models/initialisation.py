"""How weights are drawn, by name."""

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn


class Initialisation(StrEnum):
    """Rules for the weights of convolutions and linear layers; normalisation starts as the identity everywhere.

    HE_OUT, HE_IN: normal with variance 2 / fan-out or 2 / fan-in, for ReLU networks (He et al., ICCV 2015); the head
        keeps torch's own.
    GLOROT: uniform with variance 2 / (fan-in + fan-out), biases zero, for transformers (Glorot, Bengio, AISTATS 2010);
        queries, keys and values as one matrix, like torch's MultiheadAttention.
    TORCH: torch's own, uniform with variance 1 / (3 fan-in).
    """

    HE_OUT = "he-out"
    HE_IN = "he-in"
    GLOROT = "glorot"
    TORCH = "torch"


def initialise(network: "nn.Module", rule: Initialisation) -> None:
    """Draw the weights of `network` anew, with torch's global random numbers."""
    from torch import nn

    layers = [module for module in network.modules() if isinstance(module, nn.Conv2d | nn.Linear)]
    if rule is Initialisation.GLOROT:
        for layer in layers:
            nn.init.xavier_uniform_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
    elif rule is not Initialisation.TORCH:
        for layer in layers:
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(
                    layer.weight,
                    mode="fan_out" if rule is Initialisation.HE_OUT else "fan_in",
                    nonlinearity="relu",
                )
