"""What a network costs, from its numbers alone: no weight exists and no torch is imported."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.errors import ImpossibleNetwork
from models.layers import Signal
from models.registry import family

MAX_PARAMS = 10**10


@dataclass(frozen=True)
class Complexity:
    """The exact size of an architecture at an input length.

    Attributes:
        params: learnable parameters.
        flops: 2 x multiply-accumulates of one forward pass on one record.
        receptive_field: input samples that one sample of the last feature map depends on.
        stride: input samples between two neighbouring samples of the last feature map.
        stages: stages of the network.
        architecture: a hash that networks share exactly when they are the same.
    """

    params: int
    flops: int
    receptive_field: int
    stride: int
    stages: int
    architecture: str


def complexity(name: str, numbers: Mapping[str, Any], *, leads: int, length: int, classes: int) -> Complexity:
    """The complexity of family `name` with `numbers` on leads x length inputs.

    Raises:
        ImpossibleNetwork: the numbers describe no network, or it does not fit the input, or no machine could hold it.
    """
    made = family(name, numbers)
    plan = made.plan(leads, classes)
    end = plan.trace(Signal(channels=leads, length=length))
    if end.params > MAX_PARAMS:
        raise ImpossibleNetwork(
            f"a network of {end.params:.1e} parameters cannot be trained here; the limit is {MAX_PARAMS:.0e}"
        )
    return Complexity(
        params=end.params,
        flops=end.flops,
        receptive_field=end.receptive_field,
        stride=end.stride,
        stages=made.stages,
        architecture=_hash(repr(plan)),
    )


def _hash(description: str) -> str:
    return hashlib.sha256(description.encode()).hexdigest()[:16]
