"""Every layer, described once: what it does to a signal (arithmetic) and the module it becomes (torch).

A network is a tree of these frozen descriptions. `trace` follows a `Signal` through it and adds up lengths,
parameters, FLOPs and the receptive field without building anything; `build` makes the torch module. Since both read
the same description they cannot drift apart, and two networks are the same architecture exactly when their
descriptions are equal.

Inside, tensors are N x C x 1 x L and kernels 1 x K, so that channels-last memory works.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from models.errors import ImpossibleNetwork

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal on its way through a network, with the cost so far.

    Attributes:
        channels, length: its shape; the length is in samples of the current stride.
        params: learnable parameters so far.
        flops: 2 x multiply-accumulates of convolutions and linear layers so far, for one record.
        receptive_field: input samples that one sample depends on.
        stride: input samples between two neighbouring samples.
    """

    channels: int
    length: int
    params: int = 0
    flops: int = 0
    receptive_field: int = 1
    stride: int = 1


class Layer(ABC):
    """A layer's description."""

    __slots__ = ()

    @abstractmethod
    def trace(self, signal: Signal) -> Signal:
        """The signal after this layer.

        Raises:
            ImpossibleNetwork: the layer cannot take such a signal.
        """

    @abstractmethod
    def build(self) -> "nn.Module":
        """The torch module, with freshly initialised weights."""


@dataclass(frozen=True, slots=True)
class Conv(Layer):
    """1 x kernel convolution; padding None keeps the length at stride 1 (kernel // 2)."""

    inputs: int
    outputs: int
    kernel: int
    stride: int = 1
    padding: int | None = None
    groups: int = 1
    bias: bool = False

    def __post_init__(self) -> None:
        if min(self.inputs, self.outputs, self.kernel, self.stride, self.groups) < 1:
            raise ImpossibleNetwork(f"channels, kernel, stride and groups must be at least 1, but got {self}")
        if self.inputs % self.groups or self.outputs % self.groups:
            raise ImpossibleNetwork(
                f"groups must divide the channels, but {self.groups} groups were given "
                f"for {self.inputs} -> {self.outputs} channels"
            )

    @property
    def pad(self) -> int:
        return self.kernel // 2 if self.padding is None else self.padding

    def trace(self, signal: Signal) -> Signal:
        _expect_channels(signal, self.inputs, "convolution")
        length = _sliding_length(signal.length, self.kernel, self.stride, self.pad)
        weights = self.outputs * (self.inputs // self.groups) * self.kernel
        return Signal(
            channels=self.outputs,
            length=length,
            params=signal.params + weights + (self.outputs if self.bias else 0),
            flops=signal.flops + 2 * weights * length,
            receptive_field=signal.receptive_field + (self.kernel - 1) * signal.stride,
            stride=signal.stride * self.stride,
        )

    def build(self) -> "nn.Module":
        from torch import nn

        from models.modules import FullPrecisionConv, PointwiseConv

        if self.kernel == 1 and self.stride > 1:
            return PointwiseConv(self.inputs, self.outputs, self.stride, groups=self.groups, bias=self.bias)
        depthwise = self.groups == self.inputs > 1
        return (FullPrecisionConv if depthwise else nn.Conv2d)(
            self.inputs,
            self.outputs,
            (1, self.kernel),
            stride=(1, self.stride),
            padding=(0, self.pad),
            groups=self.groups,
            bias=self.bias,
        )


@dataclass(frozen=True, slots=True)
class MaxPool(Layer):
    """Maximum over `kernel` samples every `stride`, padded by kernel // 2."""

    kernel: int
    stride: int

    def trace(self, signal: Signal) -> Signal:
        return replace(
            signal,
            length=_sliding_length(signal.length, self.kernel, self.stride, self.kernel // 2),
            receptive_field=signal.receptive_field + (self.kernel - 1) * signal.stride,
            stride=signal.stride * self.stride,
        )

    def build(self) -> "nn.Module":
        from torch import nn

        return nn.MaxPool2d((1, self.kernel), stride=(1, self.stride), padding=(0, self.kernel // 2))


@dataclass(frozen=True, slots=True)
class BatchNorm(Layer):
    """Batch normalisation with a learnable scale and shift per channel."""

    channels: int

    def trace(self, signal: Signal) -> Signal:
        _expect_channels(signal, self.channels, "batch norm")
        return replace(signal, params=signal.params + 2 * self.channels)

    def build(self) -> "nn.Module":
        from torch import nn

        return nn.BatchNorm2d(self.channels)


@dataclass(frozen=True, slots=True)
class LayerNorm(Layer):
    """Layer normalisation over the channels of each sample."""

    channels: int

    def trace(self, signal: Signal) -> Signal:
        _expect_channels(signal, self.channels, "layer norm")
        return replace(signal, params=signal.params + 2 * self.channels)

    def build(self) -> "nn.Module":
        from models.modules import ChannelLayerNorm

        return ChannelLayerNorm(self.channels, eps=1e-6)


@dataclass(frozen=True, slots=True)
class ReLU(Layer):
    """max(x, 0)."""

    def trace(self, signal: Signal) -> Signal:
        return signal

    def build(self) -> "nn.Module":
        from torch import nn

        return nn.ReLU()


@dataclass(frozen=True, slots=True)
class GELU(Layer):
    """Gaussian error linear unit."""

    def trace(self, signal: Signal) -> Signal:
        return signal

    def build(self) -> "nn.Module":
        from torch import nn

        return nn.GELU()


@dataclass(frozen=True, slots=True)
class LayerScale(Layer):
    """A learnable factor per channel (Touvron et al., "Going deeper with Image Transformers", 2021)."""

    channels: int
    initial: float = 1e-6

    def trace(self, signal: Signal) -> Signal:
        _expect_channels(signal, self.channels, "layer scale")
        return replace(signal, params=signal.params + self.channels)

    def build(self) -> "nn.Module":
        from models.modules import ChannelScale

        return ChannelScale(self.channels, self.initial)


@dataclass(frozen=True, slots=True)
class GlobalAveragePool(Layer):
    """Mean over all samples; one remains."""

    def trace(self, signal: Signal) -> Signal:
        return replace(signal, length=1)

    def build(self) -> "nn.Module":
        from torch import nn

        return nn.AdaptiveAvgPool2d(1)


@dataclass(frozen=True, slots=True)
class Linear(Layer):
    """The head: N x inputs x 1 x 1 in, N x outputs logits out."""

    inputs: int
    outputs: int

    def trace(self, signal: Signal) -> Signal:
        if signal.length != 1:
            raise ImpossibleNetwork(f"the head needs one sample per channel, but got {signal.length}; pool first")
        _expect_channels(signal, self.inputs, "head")
        return replace(
            signal,
            channels=self.outputs,
            params=signal.params + self.inputs * self.outputs + self.outputs,
            flops=signal.flops + 2 * self.inputs * self.outputs,
        )

    def build(self) -> "nn.Module":
        from torch import nn

        return nn.Sequential(nn.Flatten(), nn.Linear(self.inputs, self.outputs))


@dataclass(frozen=True, slots=True)
class Sequence(Layer):
    """Layers one after the other."""

    layers: tuple[Layer, ...] = field(default=())

    def trace(self, signal: Signal) -> Signal:
        for layer in self.layers:
            signal = layer.trace(signal)
        return signal

    def build(self) -> "nn.Module":
        from torch import nn

        return nn.Sequential(*(layer.build() for layer in self.layers))


@dataclass(frozen=True, slots=True)
class Residual(Layer):
    """branch(x) + shortcut(x); an empty shortcut is the identity."""

    branch: Layer
    shortcut: Sequence = field(default_factory=Sequence)

    def trace(self, signal: Signal) -> Signal:
        one, other = self.branch.trace(signal), self.shortcut.trace(signal)
        if (one.channels, one.length) != (other.channels, other.length):
            raise ImpossibleNetwork(
                f"both paths of a residual block must agree, but the branch gives {one.channels} x {one.length} "
                f"and the shortcut {other.channels} x {other.length}"
            )
        return Signal(
            channels=one.channels,
            length=one.length,
            params=one.params + other.params - signal.params,
            flops=one.flops + other.flops - signal.flops,
            receptive_field=max(one.receptive_field, other.receptive_field),
            stride=one.stride,
        )

    def build(self) -> "nn.Module":
        from models.modules import ResidualSum

        return ResidualSum(self.branch.build(), self.shortcut.build())


def _expect_channels(signal: Signal, channels: int, layer: str) -> None:
    if signal.channels != channels:
        raise ImpossibleNetwork(f"the {layer} takes {channels} channels, but the signal has {signal.channels}")


def _sliding_length(length: int, kernel: int, stride: int, pad: int) -> int:
    if length + 2 * pad < kernel:
        raise ImpossibleNetwork(
            f"a kernel of {kernel} does not fit a signal of {length} samples padded by {pad}; "
            "use fewer stages or a longer input"
        )
    return (length + 2 * pad - kernel) // stride + 1
