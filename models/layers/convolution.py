"""Convolutions: one kernel, or several in parallel."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.errors import ImpossibleNetwork
from models.layers.layer import Layer, require_whole, sliding_length
from models.layers.tally import Tally

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True, slots=True)
class Conv(Layer):
    """1 x kernel convolution; padding None keeps the length of an odd kernel at stride 1 (kernel // 2)."""

    inputs: int
    outputs: int
    kernel: int
    stride: int = 1
    padding: int | None = None
    groups: int = 1
    bias: bool = False

    def __post_init__(self) -> None:
        require_whole(self, self.inputs, self.outputs, self.kernel, self.stride, self.groups)
        require_whole(self, self.pad, least=0)
        if self.inputs % self.groups or self.outputs % self.groups:
            raise ImpossibleNetwork(
                f"groups must divide the channels, but {self.groups} groups were given "
                f"for {self.inputs} -> {self.outputs} channels"
            )

    @property
    def pad(self) -> int:
        return self.kernel // 2 if self.padding is None else self.padding

    @property
    def picks(self) -> bool:
        """Whether it only looks at every stride-th sample, which are then picked first."""
        return self.kernel == 1 and self.stride > 1

    def trace(self, tally: Tally) -> None:
        tally.expect(self.inputs, "convolution")
        pad = self.pad
        length = sliding_length(tally.length, self.kernel, self.stride, 2 * pad)
        if self.picks:
            if pad:
                tally.emit(self.inputs, tally.length + 2 * pad)
            if length < tally.length:
                tally.emit(self.inputs, length)
        tally.keep()
        weights = self.outputs * (self.inputs // self.groups) * self.kernel
        tally.params += weights + self.outputs if self.bias else weights
        tally.flops += 2 * weights * length
        tally.reach(pad, self.kernel - 1 - pad, self.stride)
        tally.emit(self.outputs, length)
        tally.path.append(("conv", self.inputs, self.outputs, self.kernel, self.stride, pad, self.groups, self.bias))

    def build(self) -> "nn.Module":
        from torch import nn

        from models.modules import FullPrecisionConv, PointwiseConv, StridedConv

        if self.picks:
            return PointwiseConv(
                self.inputs, self.outputs, self.stride, padding=self.pad, groups=self.groups, bias=self.bias
            )
        depthwise = self.groups == self.inputs > 1
        strided = StridedConv if self.stride > 1 else nn.Conv2d
        return (FullPrecisionConv if depthwise else strided)(
            self.inputs,
            self.outputs,
            (1, self.kernel),
            stride=(1, self.stride),
            padding=(0, self.pad),
            groups=self.groups,
            bias=self.bias,
        )


@dataclass(frozen=True, slots=True)
class MultiKernelConv(Layer):
    """Convolutions of several kernels side by side, `outputs` channels each, with bias; their outputs are stacked.

    Each keeps the length; an even kernel looks one sample further ahead than back.
    """

    inputs: int
    outputs: int
    kernels: tuple[int, ...]

    def __post_init__(self) -> None:
        require_whole(self, self.inputs, self.outputs, len(self.kernels), *self.kernels)

    def trace(self, tally: Tally) -> None:
        tally.expect(self.inputs, "multi-kernel convolution")
        length, whole, waiting = tally.length, tally.tensor, tally.waiting
        tally.keep()
        ours = tally.hold()
        for kernel in self.kernels:
            tally.tensor = whole
            if kernel % 2 == 0:  # torch takes no uneven padding, so the signal is padded first
                tally.emit(self.inputs, length + 1, kept=True)
            tally.emit(self.outputs, length)
            tally.hold()
        tally.emit(self.outputs * len(self.kernels), length)
        if ours:
            tally.release(whole)
        tally.waiting = waiting
        weights = self.inputs * self.outputs * sum(self.kernels)
        tally.params += weights + tally.channels
        tally.flops += 2 * weights * length
        widest = max(self.kernels)
        tally.reach((widest - 1) // 2, widest // 2, 1)
        tally.path.append(("kernels", self.inputs, self.outputs, self.kernels))

    def build(self) -> "nn.Module":
        from models.modules import ParallelConvs

        return ParallelConvs(self.inputs, self.outputs, self.kernels)
