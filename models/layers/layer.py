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
