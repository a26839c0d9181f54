"""Pooling: over a few samples, or over all of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.layers.layer import Layer, require_whole, sliding_length
from models.layers.tally import Tally

if TYPE_CHECKING:
    from torch import nn

_INDEX = 2  # a maximum's index takes 8 bytes


@dataclass(frozen=True, slots=True)
class MaxPool(Layer):
    """Maximum over `kernel` samples every `stride`, padded by kernel // 2."""

    kernel: int
    stride: int

    def __post_init__(self) -> None:
        require_whole(self, self.kernel, self.stride)

    def trace(self, tally: Tally) -> None:
        pad = self.kernel // 2
        length = sliding_length(tally.length, self.kernel, self.stride, 2 * pad)
        tally.keep()
        tally.reach(pad, self.kernel - 1 - pad, self.stride)
        indices = _INDEX * tally.channels * length
        tally.kept += indices
        tally.emit(tally.channels, length, beside=indices)
        tally.path.append(("maxpool", self.kernel, self.stride))

    def build(self) -> "nn.Module":
        from torch import nn

        return nn.MaxPool2d((1, self.kernel), stride=(1, self.stride), padding=(0, self.kernel // 2))


@dataclass(frozen=True, slots=True)
class AveragePool(Layer):
    """Mean over `kernel` samples every `kernel`; an incomplete last window is left out."""

    kernel: int

    def __post_init__(self) -> None:
        require_whole(self, self.kernel)

    def trace(self, tally: Tally) -> None:
        length = sliding_length(tally.length, self.kernel, self.kernel, 0)
        tally.keep()
        tally.reach(0, self.kernel - 1, self.kernel)
        tally.emit(tally.channels, length)
        tally.path.append(("averagepool", self.kernel))

    def build(self) -> "nn.Module":
        from torch import nn

        return nn.AvgPool2d((1, self.kernel), stride=(1, self.kernel))


@dataclass(frozen=True, slots=True)
class GlobalAveragePool(Layer):
    """Mean over all samples; one remains."""

    def trace(self, tally: Tally) -> None:
        tally.everywhere = True
        tally.emit(tally.channels, 1)
        tally.path.append("globalaverage")

    def build(self) -> "nn.Module":
        from models.modules import GlobalMean

        return GlobalMean()


@dataclass(frozen=True, slots=True)
class GlobalMaxPool(Layer):
    """Maximum over all samples; one remains."""

    def trace(self, tally: Tally) -> None:
        tally.everywhere = True
        tally.keep()
        indices = _INDEX * tally.channels
        tally.kept += indices
        tally.emit(tally.channels, 1, beside=indices)
        tally.path.append("globalmax")

    def build(self) -> "nn.Module":
        from torch import nn

        return nn.AdaptiveMaxPool2d(1)


@dataclass(frozen=True, slots=True)
class AttentionPool(Layer):
    """Weighted mean over all samples; a learnable vector scores each, and the softmax of the scores weighs it."""

    channels: int

    def trace(self, tally: Tally) -> None:
        tally.expect(self.channels, "attention pooling")
        length, whole = tally.length, tally.tensor
        tally.keep()
        ours = tally.hold()
        tally.emit(1, length)
        tally.emit(1, length, kept=True)
        tally.emit(self.channels, 1)
        if ours:
            tally.release(whole)
        tally.everywhere = True
        tally.params += self.channels + 1
        tally.flops += 4 * self.channels * length
        tally.path.append(("attentionpool", self.channels))

    def build(self) -> "nn.Module":
        from models.modules import SoftmaxPool

        return SoftmaxPool(self.channels)
