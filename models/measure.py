"""Counting a network that nobody described: it is built without weights, on torch's meta device."""

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from models.complexity import Complexity, fingerprint
from models.errors import ImpossibleNetwork
from models.registry import UndescribedFamily


def measure(made: UndescribedFamily, *, leads: int, length: int, classes: int) -> Complexity:
    """Parameters, FLOPs and the elements that leaf modules put out.

    Raises:
        ImpossibleNetwork: torch refuses to build it or to run it on such an input.
    """
    sizes: list[int] = []

    def remember(_module: nn.Module, _inputs: object, output: object) -> None:
        sizes.append(output.numel() if isinstance(output, torch.Tensor) else 0)

    try:
        with torch.device("meta"):
            network = made.build(leads, length, classes).eval()
        for module in network.modules():
            if not list(module.children()):
                module.register_forward_hook(remember)
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            logits = network(torch.empty(1, leads, length, device="meta"))
    except (RuntimeError, ValueError, TypeError) as error:
        reason = " ".join(str(error).split())
        raise ImpossibleNetwork(f"{made} cannot be run on {leads} x {length} inputs: {reason}") from error
    if tuple(logits.shape) != (1, classes):
        raise ImpossibleNetwork(f"{made} must put out 1 x {classes} logits, but put out {tuple(logits.shape)}")
    return Complexity(
        params=sum(parameter.numel() for parameter in network.parameters()),
        flops=counter.get_total_flops(),
        activations=sum(sizes),
        peak_activations=None,
        kept_activations=None,
        receptive_field=None,
        stride=None,
        stages=getattr(made, "stages", None),
        width=None,
        architecture=fingerprint((repr(network), [(name, tuple(p.shape)) for name, p in network.named_parameters()])),
    )
