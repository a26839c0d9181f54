"""ResNet for ECG: depth D, channels C and kernel size K scale it.

He et al., "Deep Residual Learning for Image Recognition", CVPR 2016 (basic block), scaled as in Lee, Jo, Kwon,
"Optimizing Neural Network Scale for ECG Classification", arXiv 2308.12492.
"""

from dataclasses import dataclass

from models.layers import BatchNorm, Conv, GlobalAveragePool, Layer, Linear, MaxPool, ReLU, Residual, Sequence
from models.numbers import require_odd, require_positive
from models.registry import register_family

_STEM_KERNEL = 7


@register_family("resnet")
@dataclass(frozen=True)
class ResNet:
    """A ResNet of basic blocks; ResNet-18 is stages=4, depth=2, width=64, kernel=3.

    Attributes:
        stages: groups of blocks; each after the first halves the length and doubles the width.
        depth: blocks per stage.
        width: channels of the stem and the first stage.
        kernel: samples of every convolution in the blocks; odd, so that lengths agree.
    """

    stages: int = 4
    depth: int = 2
    width: int = 64
    kernel: int = 3

    def __post_init__(self) -> None:
        require_positive(stages=self.stages, depth=self.depth, width=self.width, kernel=self.kernel)
        require_odd(kernel=self.kernel)

    def plan(self, leads: int, classes: int) -> Sequence:
        layers: list[Layer] = [*_conv_norm(leads, self.width, _STEM_KERNEL, stride=2), ReLU(), MaxPool(3, 2)]
        channels = self.width
        for stage in range(self.stages):
            width = self.width * 2**stage
            for block in range(self.depth):
                layers += _basic_block(channels, width, self.kernel, stride=2 if stage and not block else 1)
                channels = width
        return Sequence((*layers, GlobalAveragePool(), Linear(channels, classes)))


def _basic_block(inputs: int, outputs: int, kernel: int, stride: int) -> list[Layer]:
    branch = Sequence(
        (
            *_conv_norm(inputs, outputs, kernel, stride),
            ReLU(),
            *_conv_norm(outputs, outputs, kernel, stride=1),
        )
    )
    same = stride == 1 and inputs == outputs
    shortcut = Sequence() if same else Sequence(tuple(_conv_norm(inputs, outputs, 1, stride)))
    return [Residual(branch, shortcut), ReLU()]


def _conv_norm(inputs: int, outputs: int, kernel: int, stride: int) -> list[Layer]:
    return [Conv(inputs, outputs, kernel, stride), BatchNorm(outputs)]
