"""The torch modules that `models.layers` needs and torch does not have."""

from typing import Any

import torch
from torch import Tensor, nn


class ChannelLayerNorm(nn.LayerNorm):
    """Layer norm over the channels of N x C x 1 x L; in channels-last memory the permutations copy nothing."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class FullPrecisionConv(nn.Conv2d):
    """A convolution that the CPU computes in the precision of its weights, whatever autocast says.

    oneDNN (torch 2.13) never returns from bf16 depthwise convolutions of some widths, kernels, batches and numbers of
    threads, for instance 16 channels and a kernel of 15, or 40 channels, a kernel of 31 and 3 threads.
    """

    def forward(self, x: Tensor) -> Tensor:
        if not x.is_cpu:
            return super().forward(x)
        with torch.autocast("cpu", enabled=False):
            return super().forward(x.to(self.weight.dtype))


class StridedConv(nn.Conv2d):
    """A strided convolution; on a CPU a signal of one sample is convolved in the precision of the weights.

    oneDNN (torch 2.13) leaves parts of the bf16 weight gradient uninitialised there: other numbers in each run.
    """

    def forward(self, x: Tensor) -> Tensor:
        if not x.is_cpu or x.shape[-1] > 1:
            return super().forward(x)
        with torch.autocast("cpu", enabled=False):
            return super().forward(x.to(self.weight.dtype))


class _EverySample(torch.autograd.Function):
    """x[..., ::step] in channels-last memory, and its gradient too.

    Torch's own gradient of a slice is not: the layers before it then work on two layouts at once, 30 times slower.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, step: int) -> Tensor:
        ctx.shape, ctx.step = x.shape, step
        return x[..., ::step].contiguous(memory_format=torch.channels_last)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> tuple[Tensor, None]:
        (gradient,) = gradients
        spread = torch.empty(
            ctx.shape, dtype=gradient.dtype, device=gradient.device, memory_format=torch.channels_last
        ).zero_()
        spread[..., :: ctx.step] = gradient
        return spread, None


class _MeanOverSamples(torch.autograd.Function):
    """The mean over the samples of N x C x 1 x L; its gradient is laid out channels-last, which torch's own is not."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.shape = x.shape
        return x.mean(dim=(2, 3), keepdim=True)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Tensor:
        (gradient,) = gradients
        spread: Tensor = (gradient / ctx.shape[-1]).expand(ctx.shape).contiguous(memory_format=torch.channels_last)
        return spread


class GlobalMean(nn.AdaptiveAvgPool2d):
    """The mean over all samples."""

    def __init__(self) -> None:
        super().__init__(1)

    def forward(self, x: Tensor) -> Tensor:
        if not x.requires_grad:
            return super().forward(x)
        mean: Tensor = _MeanOverSamples.apply(x)  # type: ignore[no-untyped-call]
        return mean


class PointwiseConv(nn.Conv2d):
    """A 1 x 1 convolution of every `stride`-th sample.

    Picking the samples first costs the same FLOPs; oneDNN (torch 2.13) corrupts memory in the backward pass of strided
    1 x 1 convolutions of 4, 8 or 12 channels where the threads do not divide the batch.
    """

    def __init__(self, inputs: int, outputs: int, stride: int, *, padding: int, groups: int, bias: bool) -> None:
        super().__init__(inputs, outputs, 1, groups=groups, bias=bias)
        self._step = stride
        self._ends = (padding, padding)

    def forward(self, x: Tensor) -> Tensor:
        if self._ends[0]:
            x = nn.functional.pad(x, self._ends)
        if x.requires_grad:
            picked: Tensor = _EverySample.apply(x, self._step)  # type: ignore[no-untyped-call]
        else:
            picked = x[..., :: self._step].contiguous(memory_format=torch.channels_last)
        return super().forward(picked)


class ChannelScale(nn.Module):
    """x * gamma, one gamma per channel."""

    def __init__(self, channels: int, initial: float) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.full((channels, 1, 1), float(initial)))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.gamma


class ResidualSum(nn.Module):
    """branch(x) + shortcut(x)."""

    def __init__(self, branch: nn.Module, shortcut: nn.Module) -> None:
        super().__init__()
        self.branch = branch
        self.shortcut = shortcut

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.branch(x) + self.shortcut(x)
        return out


class Gate(nn.Module):
    """x * branch(x)."""

    def __init__(self, branch: nn.Module) -> None:
        super().__init__()
        self.branch = branch

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = x * self.branch(x)
        return out


class BranchConcatenation(nn.Module):
    """x and branch(x) stacked."""

    def __init__(self, branch: nn.Module) -> None:
        super().__init__()
        self.branch = branch

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat((x, self.branch(x)), dim=1)


class BranchDropout(nn.Module):
    """In training each record's x is zero with probability `rate`, and scaled up where it is not."""

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = rate

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return x
        keep = 1 - self.rate
        return x * x.new_empty((len(x), 1, 1, 1)).bernoulli_(keep).div_(keep)

    def extra_repr(self) -> str:
        return f"rate={self.rate}"


class ParallelConvs(nn.Module):
    """Convolutions of several kernels on the same signal, their outputs stacked; each keeps the length."""

    def __init__(self, inputs: int, outputs: int, kernels: tuple[int, ...]) -> None:
        super().__init__()
        self.convs = nn.ModuleList(
            nn.Conv2d(inputs, outputs, (1, kernel), padding=(0, (kernel - 1) // 2)) for kernel in kernels
        )
        self._uneven = [kernel % 2 == 0 for kernel in kernels]

    def forward(self, x: Tensor) -> Tensor:
        parts = [
            conv(nn.functional.pad(x, (0, 1)) if uneven else x)
            for conv, uneven in zip(self.convs, self._uneven, strict=True)
        ]
        return torch.cat(parts, dim=1)


class SoftmaxPool(nn.Module):
    """The mean over samples, weighted by the softmax of a score per sample."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.score = nn.Conv2d(channels, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        weights = self.score(x).flatten(1).softmax(dim=1)
        return torch.matmul(x.squeeze(2), weights.unsqueeze(2)).unsqueeze(2)


class ZeroPadEnd(nn.Module):
    """Zeros at the end, so that the length is a multiple of `multiple`."""

    def __init__(self, multiple: int) -> None:
        super().__init__()
        self.multiple = multiple

    def forward(self, x: Tensor) -> Tensor:
        missing = -x.shape[-1] % self.multiple
        return nn.functional.pad(x, (0, missing)) if missing else x


class LearnedPositions(nn.Module):
    """x + an embedding of each position."""

    def __init__(self, channels: int, length: int) -> None:
        super().__init__()
        self.embedding = nn.Parameter(torch.empty(1, channels, 1, length).normal_(std=0.02))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.embedding


class HeadsAttention(nn.Module):
    """Scaled dot-product attention over the samples of N x 3C x 1 x L, which stacks queries, keys and values."""

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        self.channels = channels
        self.heads = heads

    def forward(self, x: Tensor) -> Tensor:
        records, _, _, length = x.shape
        stacked = x.reshape(records, 3, self.heads, self.channels // self.heads, length)
        queries, keys, values = stacked.permute(1, 0, 2, 4, 3).unbind(0)
        mixed = nn.functional.scaled_dot_product_attention(queries, keys, values)
        return mixed.transpose(1, 2).flatten(2).transpose(1, 2).unsqueeze(2)

    def extra_repr(self) -> str:
        return f"channels={self.channels}, heads={self.heads}"


class EcgNetwork(nn.Module):
    """A network with the door of the product: N x C x L in, N x classes logits out."""

    def __init__(self, features: nn.Module, head: nn.Module) -> None:
        super().__init__()
        self.features = features
        self.head = head

    def forward(self, signals: Tensor) -> Tensor:
        x = signals.unsqueeze(2).contiguous(memory_format=torch.channels_last)
        logits: Tensor = self.head(self.features(x))
        return logits
