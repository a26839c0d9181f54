"""ResNet for ECG: depth D, channels C and kernel size K scale it.

He et al., "Deep Residual Learning for Image Recognition", CVPR 2016, with the stride in the middle of a bottleneck as
in torchvision; Xie et al., "Aggregated Residual Transformations", CVPR 2017 (groups); scaled as in Lee, Jo, Kwon,
"Optimizing Neural Network Scale for ECG Classification", arXiv 2308.12492.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from models.families.blocks import basic_block, bottleneck_block, conv_norm
from models.families.staged import Widths
from models.initialisation import Initialisation
from models.layers import (
    AttentionPool,
    GlobalAveragePool,
    GlobalMaxPool,
    Layer,
    Linear,
    MaxPool,
    ReLU,
    Sequence,
    Tally,
    repeated,
)
from models.numbers import odd, one_of, refuse, whole, whole_or_null
from models.plan import Plan
from models.registry import register_family

_EXPANSION = 4
_PRESETS: dict[str, dict[str, Any]] = {
    "resnet18": {"depths": (2, 2, 2, 2)},
    "resnet34": {"depths": (3, 4, 6, 3)},
    "resnet50": {"depths": (3, 4, 6, 3), "block": "bottleneck"},
    "resnet101": {"depths": (3, 4, 23, 3), "block": "bottleneck"},
    "resnext18": {"depths": (2, 2, 2, 2), "block": "bottleneck", "groups": 32, "group_width": 4},
    "resnext50": {"depths": (3, 4, 6, 3), "block": "bottleneck", "groups": 32, "group_width": 4},
    "resnext101": {"depths": (3, 4, 23, 3), "block": "bottleneck", "groups": 32, "group_width": 8},
}


class Block(StrEnum):
    BASIC = "basic"
    BOTTLENECK = "bottleneck"


class Pooling(StrEnum):
    AVERAGE = "average"
    MAX = "max"
    ATTENTION = "attention"
    NONE = "none"


@register_family("resnet", presets=_PRESETS)
@dataclass(frozen=True)
class ResNet(Widths):
    """A ResNet; without numbers it is ResNet-18.

    Attributes:
        kernel: samples of every convolution in the blocks that is not pointwise; odd, so that lengths agree.
        block: "basic" (two convolutions) or "bottleneck" (pointwise, convolution, pointwise to 4 x the width).
        groups: groups of the blocks' convolutions.
        group_width: channels of each group in the first stage's bottleneck, growing with the width; by default the
            bottleneck has the stage's width.
        stem_kernel: samples of the first convolution; odd.
        pooling: "average", "max", "attention" or "none" (the head sees every sample of the last feature map).
    """

    kernel: int = 3
    block: str = Block.BASIC
    groups: int = 1
    group_width: int | None = None
    stem_kernel: int = 7
    pooling: str = Pooling.AVERAGE

    def __post_init__(self) -> None:
        refuse(
            self.faults_of_stages(),
            whole(kernel=self.kernel, groups=self.groups, stem_kernel=self.stem_kernel),
            whole_or_null(group_width=self.group_width),
            odd(kernel=self.kernel, stem_kernel=self.stem_kernel),
            one_of(Block, block=self.block),
            one_of(Pooling, pooling=self.pooling),
        )

    def plan(self, leads: int, length: int, classes: int) -> Plan:
        if self.group_width is not None and self.block == Block.BASIC:
            refuse([f"a basic block has no bottleneck, so group_width={self.group_width} needs block=bottleneck"])
        first = self.channels[0]
        layers: list[Layer] = [*conv_norm(leads, first, self.stem_kernel, stride=2), ReLU(), MaxPool(3, 2)]
        channels = first
        for stage, (depth, width) in enumerate(zip(self.blocks, self.channels, strict=True)):
            outputs = self._outputs(width)
            start = self._block(channels, width, stride=2 if stage else 1)
            layers += [*start, *repeated(self._block(outputs, width, stride=1), depth - 1)]
            channels = outputs
        features = Sequence(tuple(layers))
        return Plan(
            features,
            self._head(features, channels, leads, length, classes),
            stages=len(self.blocks),
            initialisation=Initialisation.HE_OUT,
            details={"depths": list(self.blocks), "widths": [self._outputs(width) for width in self.channels]},
        )

    def _head(self, features: Sequence, channels: int, leads: int, length: int, classes: int) -> Sequence:
        if self.pooling == Pooling.NONE:
            end = Tally(leads, length)
            features.trace(end)
            return Sequence((Linear(channels * end.length, classes),))
        pools: dict[str, Layer] = {
            Pooling.AVERAGE: GlobalAveragePool(),
            Pooling.MAX: GlobalMaxPool(),
            Pooling.ATTENTION: AttentionPool(channels),
        }
        return Sequence((pools[self.pooling], Linear(channels, classes)))

    def _outputs(self, width: int) -> int:
        return width if self.block == Block.BASIC else width * _EXPANSION

    def _block(self, inputs: int, width: int, stride: int) -> tuple[Layer, ...]:
        if self.block == Block.BASIC:
            return basic_block(inputs, width, self.kernel, stride, self.groups)
        inner = width if self.group_width is None else self.groups * (self.group_width * width // self.channels[0])
        return bottleneck_block(inputs, inner, width * _EXPANSION, self.kernel, stride=stride, groups=self.groups)
