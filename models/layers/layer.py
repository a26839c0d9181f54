"""What every layer can do: count, and become a module."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from models.errors import ImpossibleNetwork
from models.layers.tally import Tally

if TYPE_CHECKING:
    from torch import nn


class Layer(ABC):
    """A layer's description: a frozen dataclass of its numbers."""

    __slots__ = ()

    @abstractmethod
    def trace(self, tally: Tally) -> None:
        """Take the signal through this layer.

        Raises:
            ImpossibleNetwork: the layer cannot take such a signal.
        """

    @abstractmethod
    def build(self) -> "nn.Module":
        """The torch module, with torch's own initial weights; N x C x 1 x L in and out."""

    def modules(self) -> "list[nn.Module]":
        """What stands for this layer in a sequence of modules."""
        return [self.build()]


def require_whole(layer: Layer, *numbers: object, least: int = 1) -> None:
    """
    Raises:
        ImpossibleNetwork: one of the layer's `numbers` is not whole or less than `least`.
    """
    for number in numbers:
        if type(number) is not int or number < least:
            raise ImpossibleNetwork(f"the numbers of a layer must be whole and at least {least}, but got {layer}")


def require_rate(layer: Layer, rate: float) -> None:
    """
    Raises:
        ImpossibleNetwork: `rate` is no probability below 1.
    """
    if not 0 <= rate < 1:
        raise ImpossibleNetwork(f"a rate must be at least 0 and below 1, but got {layer}")


def sliding_length(length: int, kernel: int, stride: int, padding: int) -> int:
    """Samples left by a kernel that slides by `stride` over `length` samples and `padding` zeros.

    Raises:
        ImpossibleNetwork: the kernel does not fit.
    """
    if length + padding < kernel:
        raise ImpossibleNetwork(
            f"a kernel of {kernel} does not fit a signal of {length} samples and {padding} of padding; "
            "use fewer stages or a longer input"
        )
    return (length + padding - kernel) // stride + 1
