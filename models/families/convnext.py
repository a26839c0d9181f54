"""ConvNeXt in one dimension.

Liu et al., "A ConvNet for the 2020s", CVPR 2022; in one dimension as in NabJa/scaling-ecg-models (stem of kernel 4,
stride 4, padding 4).
"""

from dataclasses import dataclass

from models.layers import (
    GELU,
    Conv,
    GlobalAveragePool,
    Layer,
    LayerNorm,
    LayerScale,
    Linear,
    Residual,
    Sequence,
)
from models.numbers import require_odd, require_positive
from models.registry import register_family

_STEM = 4
_EXPANSION = 4


@register_family("convnext")
@dataclass(frozen=True)
class ConvNeXt:
    """A ConvNeXt; "pico" is stages=4, depth=2, width=48, kernel=7.

    Attributes:
        stages: groups of blocks; each after the first halves the length and doubles the width.
        depth: blocks per stage.
        width: channels of the stem and the first stage.
        kernel: samples of the depthwise convolution; odd.
    """

    stages: int = 4
    depth: int = 2
    width: int = 48
    kernel: int = 7

    def __post_init__(self) -> None:
        require_positive(stages=self.stages, depth=self.depth, width=self.width, kernel=self.kernel)
        require_odd(kernel=self.kernel)

    def plan(self, leads: int, classes: int) -> Sequence:
        layers: list[Layer] = [
            Conv(leads, self.width, _STEM, stride=_STEM, padding=_STEM, bias=True),
            LayerNorm(self.width),
        ]
        for stage in range(self.stages):
            width = self.width * 2**stage
            if stage:
                layers += [LayerNorm(width // 2), Conv(width // 2, width, 2, stride=2, padding=0, bias=True)]
            layers += [_block(width, self.kernel)] * self.depth
        return Sequence((*layers, GlobalAveragePool(), LayerNorm(width), Linear(width, classes)))


def _block(width: int, kernel: int) -> Layer:
    return Residual(
        Sequence(
            (
                Conv(width, width, kernel, groups=width, bias=True),
                LayerNorm(width),
                Conv(width, width * _EXPANSION, 1, bias=True),
                GELU(),
                Conv(width * _EXPANSION, width, 1, bias=True),
                LayerScale(width),
            )
        )
    )
