"""How much memory a training step takes, before it is tried."""

from models.complexity import Complexity
from models.training.recipe import Optimizer, Precision

_BYTES = {Precision.FP32: 4, Precision.BF16: 2}
_STATES = {Optimizer.SGD: 0, Optimizer.SGD_MOMENTUM: 1, Optimizer.ADAM: 2, Optimizer.ADAMW: 2}


def training_memory(
    counted: Complexity,
    *,
    batch_size: int,
    precision: Precision = Precision.FP32,
    optimizer: Optimizer = Optimizer.ADAMW,
) -> int | None:
    """Bytes that a training step needs at its peak, on top of the process itself; None where activations are unknown.

    Weights, gradients and the optimizer's states are fp32; what the backward pass needs is kept for each record, and
    the layer that works holds its input and output besides.
    """
    if counted.kept_activations is None or counted.peak_activations is None:
        return None
    lasting = 4 * counted.params * (2 + _STATES[optimizer])
    passing = counted.kept_activations + counted.peak_activations
    return lasting + batch_size * passing * _BYTES[precision]
