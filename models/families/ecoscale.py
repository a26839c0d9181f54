"""EcoScale-Net: a residual backbone with one multi-kernel block per stage, its kernels no larger than still needed.

Kang, Nam, Lee, "EcoScale-Net", arXiv 2510.24748; multi-kernel layers as in OS-CNN (Tang et al., ICLR 2022).
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from models.families.blocks import BLOCKS_REMEMBERED, conv_norm
from models.families.primes import LAST, MAX_CAP, kernels_up_to
from models.families.staged import Widths
from models.initialisation import Initialisation
from models.layers import (
    BatchNorm,
    Conv,
    Dropout,
    GlobalAveragePool,
    Layer,
    Linear,
    MaxPool,
    MultiKernelConv,
    ReLU,
    Residual,
    Sequence,
)
from models.numbers import Faults, between, refuse, shown, whole_list_or_null, whole_or_null
from models.plan import Plan
from models.registry import register_family

_STEM_KERNEL = 7
_FIRST_STRIDE = 8  # of the first stage: stem, pool and its first block halve the length each
_KERNEL = 3


@register_family("ecoscale")
@dataclass(frozen=True)
class EcoScale(Widths):
    """An EcoScale-Net; `depth` counts the residual blocks of a stage, before its multi-kernel block.

    Attributes:
        scale: longest pattern that kernels must still cover, in samples of the input; by default a quarter of it. The
            largest kernel of a stage is what is left of it after the stage's stride.
        kernel_caps: largest kernel of each stage, in its place.
        dropout: probability that an element is zero between a residual block's convolutions, in training.
    """

    scale: int | None = None
    kernel_caps: tuple[int, ...] | None = None
    dropout: float = 0.2

    rivals: ClassVar[dict[str, tuple[str, ...]]] = {**Widths.rivals, "kernel_caps": ("scale",)}

    def __post_init__(self) -> None:
        refuse(
            self.faults_of_stages(),
            whole_or_null(most=MAX_CAP * _FIRST_STRIDE, scale=self.scale),
            whole_list_or_null(most=MAX_CAP, kernel_caps=self.kernel_caps),
            between(0, 0.99, dropout=self.dropout),
        )
        refuse(self._faults_of_widths(), self._faults_of_caps())

    def _faults_of_widths(self) -> Faults:
        uneven = [width for width in self.channels if width % 2]
        return [f"widths must be even, since multi-kernel blocks halve them, but got {uneven[0]}"] if uneven else []

    def _faults_of_caps(self) -> Faults:
        stages = len(self.blocks)
        if self.kernel_caps is None or len(self.kernel_caps) == stages:
            return []
        return [f"kernel_caps must name a cap for each of {stages} stages, but got {shown(self.kernel_caps)}"]

    def plan(self, leads: int, length: int, classes: int) -> Plan:
        channels = self.channels[0]
        layers: list[Layer] = [*conv_norm(leads, channels, _STEM_KERNEL, stride=2), ReLU(), MaxPool(3, 2)]
        kernels = [kernels_up_to(cap) for cap in self._caps(length)]
        for width, depth, kernel_list in zip(self.channels, self.blocks, kernels, strict=True):
            for block in range(depth):
                layers += _residual_block(channels, width, 1 if block else 2, self.dropout)
                channels = width
            layers += _multi_kernel_block(width, kernel_list)
        return Plan(
            Sequence(tuple(layers)),
            Sequence((GlobalAveragePool(), Linear(channels, classes))),
            stages=len(self.blocks),
            initialisation=Initialisation.HE_IN,
            details={
                "depths": list(self.blocks),
                "widths": list(self.channels),
                "kernels": [list(kernel_list) for kernel_list in kernels],
            },
        )

    def _caps(self, length: int) -> tuple[int, ...]:
        """Largest kernel of each stage: what the scale still spans after the stage's stride."""
        if self.kernel_caps is not None:
            return self.kernel_caps
        scale = self.scale or min(length // 4, MAX_CAP * _FIRST_STRIDE)
        strides = (_FIRST_STRIDE * 2**stage for stage in range(len(self.blocks)))
        return tuple(max(1, scale // stride) for stride in strides)


@lru_cache(maxsize=BLOCKS_REMEMBERED)
def _residual_block(inputs: int, outputs: int, stride: int, dropout: float) -> tuple[Layer, ...]:
    branch = (
        *conv_norm(inputs, outputs, _KERNEL, stride),
        ReLU(),
        *((Dropout(dropout),) if dropout else ()),
        *conv_norm(outputs, outputs, _KERNEL),
    )
    shortcut = () if stride == 1 else (MaxPool(3, stride), *conv_norm(inputs, outputs, 1))
    return Residual(Sequence(branch), Sequence(shortcut)), ReLU()


@lru_cache(maxsize=BLOCKS_REMEMBERED)
def _multi_kernel_block(width: int, kernels: tuple[int, ...]) -> tuple[Layer, ...]:
    """Three multi-kernel layers, each after a pointwise convolution that halves the channels, and a shortcut."""
    each = width // 2
    branch: list[Layer] = []
    inputs = width
    for parallel in (kernels, kernels, LAST):
        halved = inputs // 2
        outputs = each * len(parallel)
        branch += [Conv(inputs, halved, 1), MultiKernelConv(halved, each, parallel), BatchNorm(outputs), ReLU()]
        inputs = outputs
    branch += conv_norm(inputs, width, 1)
    return Residual(Sequence(tuple(branch)), Sequence(conv_norm(width, width, 1))), ReLU()
