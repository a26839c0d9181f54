"""What a transformer has beside convolutions of one sample."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.errors import ImpossibleNetwork
from models.layers.layer import Layer, require_whole
from models.layers.tally import Tally

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True, slots=True)
class PadEnd(Layer):
    """Zeros at the end, so that the length is a multiple of `multiple`."""

    multiple: int

    def __post_init__(self) -> None:
        require_whole(self, self.multiple)

    def trace(self, tally: Tally) -> None:
        missing = -tally.length % self.multiple
        if missing:
            tally.emit(tally.channels, tally.length + missing)
        tally.path.append(("padend", self.multiple))

    def build(self) -> "nn.Module":
        from models.modules import ZeroPadEnd

        return ZeroPadEnd(self.multiple)


@dataclass(frozen=True, slots=True)
class PositionEmbedding(Layer):
    """A learnable vector per position is added (Dosovitskiy et al., ICLR 2021)."""

    channels: int
    length: int

    def trace(self, tally: Tally) -> None:
        tally.expect(self.channels, "position embedding")
        if tally.length != self.length:
            raise ImpossibleNetwork(
                f"there are embeddings for {self.length} positions, but the signal has {tally.length}"
            )
        tally.params += self.channels * self.length
        tally.emit(self.channels, self.length)
        tally.path.append(("positions", self.channels, self.length))

    def build(self) -> "nn.Module":
        from models.modules import LearnedPositions

        return LearnedPositions(self.channels, self.length)


@dataclass(frozen=True, slots=True)
class SelfAttention(Layer):
    """softmax(q k' / sqrt(width of a head)) v for each head (Vaswani et al., NeurIPS 2017).

    Takes queries, keys and values stacked, 3 x channels, and puts out channels; the projections around it are
    convolutions of one sample.
    """

    channels: int
    heads: int

    def __post_init__(self) -> None:
        require_whole(self, self.channels, self.heads)
        if self.channels % self.heads:
            raise ImpossibleNetwork(
                f"heads must divide the width, but {self.heads} heads were given for a width of {self.channels}"
            )

    def trace(self, tally: Tally) -> None:
        tally.expect(3 * self.channels, "attention")
        tally.keep()
        tally.flops += 4 * self.channels * tally.length**2
        normalisers = self.heads * tally.length  # of each query, in the place of all scores: the product is fused
        tally.kept += normalisers
        tally.everywhere = True
        tally.emit(self.channels, tally.length, kept=True, beside=normalisers)
        tally.path.append(("attention", self.channels, self.heads))

    def build(self) -> "nn.Module":
        from models.modules import HeadsAttention

        return HeadsAttention(self.channels, self.heads)
