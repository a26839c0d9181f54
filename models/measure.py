"""Counting a network that nobody described: it is built without weights, on torch's meta device."""

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from models.complexity import Complexity, fingerprint, refuse_too_large
from models.errors import ImpossibleNetwork
from models.registry import UndescribedFamily


def measure(made: UndescribedFamily, *, leads: int, length: int, classes: int) -> Complexity:
    """Parameters, FLOPs and the elements that leaf modules put out.

    Raises:
        ImpossibleNetwork: it puts out something else than logits, or is too large. Whatever its own code raises.
    """
    sizes: list[int] = []

    def remember(_module: nn.Module, _inputs: object, output: object) -> None:
        sizes.append(output.numel() if isinstance(output, torch.Tensor) else 0)

    with torch.device("meta"):
        network = made.build(leads, length, classes).eval()
    for module in network.modules():
        if not list(module.children()):
            module.register_forward_hook(remember)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        logits = network(torch.empty(1, leads, length, device="meta"))
    if not isinstance(logits, torch.Tensor) or tuple(logits.shape) != (1, classes):
        shape = tuple(logits.shape) if isinstance(logits, torch.Tensor) else type(logits).__name__
        raise ImpossibleNetwork(f"{made} must put out 1 x {classes} logits, but put out {shape}")
    params = sum(parameter.numel() for parameter in network.parameters())
    refuse_too_large(params)
    return Complexity(
        params=params,
        flops=counter.get_total_flops(),
        activations=sum(sizes),
        peak_activations=None,
        kept_activations=None,
        receptive_field=None,
        stride=None,
        stages=getattr(made, "stages", None),
        width=None,
        architecture=fingerprint((repr(made), repr(network))),  # what only forward does, the numbers tell
    )
