"""Normalisation, and learnable factors per channel."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.layers.layer import Layer
from models.layers.tally import Tally

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True, slots=True)
class BatchNorm(Layer):
    """Batch normalisation with a learnable scale and shift per channel."""

    channels: int

    def trace(self, tally: Tally) -> None:
        tally.expect(self.channels, "batch norm")
        tally.keep()
        tally.params += 2 * self.channels
        tally.emit(self.channels, tally.length)
        tally.path.append("batchnorm")

    def build(self) -> "nn.Module":
        from torch import nn

        return nn.BatchNorm2d(self.channels)


@dataclass(frozen=True, slots=True)
class LayerNorm(Layer):
    """Layer normalisation over the channels of each sample."""

    channels: int

    def trace(self, tally: Tally) -> None:
        tally.expect(self.channels, "layer norm")
        tally.keep()
        tally.params += 2 * self.channels
        statistics = 2 * tally.length  # each sample's mean and standard deviation
        tally.kept += statistics
        tally.emit(self.channels, tally.length, beside=statistics)
        tally.path.append("layernorm")

    def build(self) -> "nn.Module":
        from models.modules import ChannelLayerNorm

        return ChannelLayerNorm(self.channels, eps=1e-6)


@dataclass(frozen=True, slots=True)
class LayerScale(Layer):
    """A learnable factor per channel (Touvron et al., "Going deeper with Image Transformers", 2021)."""

    channels: int
    initial: float = 1e-6

    def trace(self, tally: Tally) -> None:
        tally.expect(self.channels, "layer scale")
        tally.keep()
        tally.params += self.channels
        tally.emit(self.channels, tally.length)
        tally.path.append(("layerscale", float(self.initial)))

    def build(self) -> "nn.Module":
        from models.modules import ChannelScale

        return ChannelScale(self.channels, self.initial)
