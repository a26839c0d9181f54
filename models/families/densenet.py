"""DenseNet in one dimension: every layer sees the outputs of all layers before it.

Huang et al., "Densely Connected Convolutional Networks", CVPR 2017; on ECGs in Avetisyan et al., arXiv 2305.18592.
"""

from dataclasses import dataclass
from functools import lru_cache

from models.families.blocks import BLOCKS_REMEMBERED, conv_norm
from models.families.staged import Depths
from models.initialisation import Initialisation
from models.layers import (
    AveragePool,
    BatchNorm,
    Concatenation,
    Conv,
    GlobalAveragePool,
    Layer,
    Linear,
    MaxPool,
    ReLU,
    Sequence,
)
from models.numbers import between, odd, refuse, whole
from models.plan import Plan
from models.registry import register_family

_PRESETS = {"densenet121": {"depths": (6, 12, 24, 16)}}


@register_family("densenet", presets=_PRESETS)
@dataclass(frozen=True)
class DenseNet(Depths):
    """A DenseNet-BC; a stage is a dense block.

    Attributes:
        growth: channels that each layer adds; the stem has twice as many.
        kernel: samples of each layer's convolution; odd.
        bottleneck: channels of the pointwise convolution before it, as a multiple of growth.
        compression: part of the channels that is left after a dense block.
        stem_kernel: samples of the first convolution; odd.
    """

    growth: int = 32
    kernel: int = 3
    bottleneck: int = 4
    compression: float = 0.5
    stem_kernel: int = 7

    def __post_init__(self) -> None:
        refuse(
            self.faults_of_depths(),
            whole(growth=self.growth, kernel=self.kernel, bottleneck=self.bottleneck, stem_kernel=self.stem_kernel),
            odd(kernel=self.kernel, stem_kernel=self.stem_kernel),
            between(0.01, 1, compression=self.compression),
        )

    def plan(self, leads: int, length: int, classes: int) -> Plan:
        channels = 2 * self.growth
        layers: list[Layer] = [*conv_norm(leads, channels, self.stem_kernel, stride=2), ReLU(), MaxPool(3, 2)]
        widths = []
        for stage, depth in enumerate(self.blocks):
            if stage:
                outputs = max(1, int(channels * self.compression))
                layers += [BatchNorm(channels), ReLU(), Conv(channels, outputs, 1), AveragePool(2)]
                channels = outputs
            for _ in range(depth):
                layers.append(_dense_layer(channels, self.growth, self.bottleneck, self.kernel))
                channels += self.growth
            widths.append(channels)
        return Plan(
            Sequence((*layers, BatchNorm(channels), ReLU())),
            Sequence((GlobalAveragePool(), Linear(channels, classes))),
            stages=len(self.blocks),
            initialisation=Initialisation.HE_IN,
            details={"depths": list(self.blocks), "widths": widths},
        )


@lru_cache(maxsize=BLOCKS_REMEMBERED)
def _dense_layer(inputs: int, growth: int, bottleneck: int, kernel: int) -> Layer:
    inner = bottleneck * growth
    branch = (BatchNorm(inputs), ReLU(), *conv_norm(inputs, inner, 1), ReLU(), Conv(inner, growth, kernel))
    return Concatenation(Sequence(branch))
