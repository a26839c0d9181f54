"""From the last feature map to logits."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.errors import ImpossibleNetwork
from models.layers.layer import Layer, require_whole
from models.layers.tally import Tally

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True, slots=True)
class Linear(Layer):
    """All elements of N x channels x 1 x length in, N x outputs logits out."""

    inputs: int
    outputs: int

    def __post_init__(self) -> None:
        require_whole(self, self.inputs, self.outputs)

    def trace(self, tally: Tally) -> None:
        if self.inputs != tally.channels * tally.length:
            raise ImpossibleNetwork(
                f"the head takes {self.inputs} elements, but the signal has {tally.channels} x {tally.length}"
            )
        if tally.length > 1:  # channels-last memory is put in the order of weights
            tally.emit(tally.channels, tally.length)
        tally.keep()
        tally.params += self.inputs * self.outputs + self.outputs
        tally.flops += 2 * self.inputs * self.outputs
        tally.everywhere = True
        tally.emit(self.outputs, 1)
        tally.path.append(("linear", self.inputs, self.outputs))

    def build(self) -> "nn.Module":
        from torch import nn

        return nn.Sequential(nn.Flatten(), nn.Linear(self.inputs, self.outputs))
