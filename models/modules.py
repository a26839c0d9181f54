"""The torch modules that `models.layers` needs and torch does not have."""

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
        with torch.autocast("cpu", enabled=False):
            return super().forward(x.to(self.weight.dtype))


class PointwiseConv(nn.Conv2d):
    """A 1 x 1 convolution of every `stride`-th sample.

    Picking the samples first costs the same FLOPs; oneDNN (torch 2.13) corrupts memory in the backward pass of strided
    1 x 1 convolutions of 4, 8 or 12 channels where the threads do not divide the batch.
    """

    def __init__(self, inputs: int, outputs: int, stride: int, *, groups: int, bias: bool) -> None:
        super().__init__(inputs, outputs, 1, groups=groups, bias=bias)
        self._step = stride

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x[..., :: self._step].contiguous(memory_format=torch.channels_last))


class ChannelScale(nn.Module):
    """x * gamma, one gamma per channel."""

    def __init__(self, channels: int, initial: float) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.full((channels, 1, 1), initial))

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


class EcgNetwork(nn.Module):
    """A network with the door of the product: N x C x L in, N x classes logits out."""

    def __init__(self, body: nn.Module) -> None:
        super().__init__()
        self.body = body

    def forward(self, signals: Tensor) -> Tensor:
        x = signals.unsqueeze(2).contiguous(memory_format=torch.channels_last)
        out: Tensor = self.body(x)
        return out
