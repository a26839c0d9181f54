"""ConvNeXt in one dimension.

Liu et al., "A ConvNet for the 2020s", CVPR 2022; in one dimension as in NabJa/scaling-ecg-models (stem of kernel 4,
stride 4, padding 4). Weights start as torch draws them: on 1,000 synthetic records (15 epochs, two seeds) the paper's
normal of 0.02 scores .74, .76 and .81 at widths 24, 48 and 96, torch's .80, .84 and .85.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise
from typing import ClassVar

from models.families.blocks import BLOCKS_REMEMBERED
from models.families.staged import Widths
from models.initialisation import Initialisation
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
    StochasticDepth,
    repeated,
)
from models.numbers import between, between_or_null, odd, refuse, whole
from models.plan import Plan
from models.registry import register_family

_PRESETS = {
    "convnext_pico": {"depths": (2, 2, 2, 2), "width": 48},
    "convnext_mini": {"depths": (2, 2, 2, 2), "width": 96},
    "convnext_tiny": {"depths": (3, 3, 9, 3), "width": 96},
    "convnext_small": {"depths": (3, 3, 27, 3), "width": 96},
    "convnext_base": {"depths": (3, 3, 27, 3), "width": 128},
    "convnext_large": {"depths": (3, 3, 27, 3), "width": 192},
}


@register_family("convnext", presets=_PRESETS)
@dataclass(frozen=True)
class ConvNeXt(Widths):
    """A ConvNeXt; without numbers it is convnext_pico.

    Attributes:
        kernel: samples of the depthwise convolution; odd.
        stem_kernel, stem_stride, stem_padding: of the first convolution, which cuts the signal into patches.
        expansion: inner width of a block as a multiple of the stage's.
        layer_scale: initial factor of every residual branch, or None for no such factors.
        stochastic_depth: probability that the last block's branch is left out in training; it grows linearly from 0
            at the first block.
    """

    kernel: int = 7
    stem_kernel: int = 4
    stem_stride: int = 4
    stem_padding: int = 4
    expansion: int = 4
    layer_scale: float | None = 1e-6
    stochastic_depth: float = 0.0

    default_width: ClassVar[int] = 48

    def __post_init__(self) -> None:
        refuse(
            self.faults_of_stages(),
            whole(kernel=self.kernel, stem_kernel=self.stem_kernel, stem_stride=self.stem_stride),
            whole(least=0, stem_padding=self.stem_padding),
            whole(expansion=self.expansion),
            odd(kernel=self.kernel),
            between_or_null(0, 1, layer_scale=self.layer_scale),
            between(0, 0.99, stochastic_depth=self.stochastic_depth),
        )

    def plan(self, leads: int, length: int, classes: int) -> Plan:
        stages = [
            (*before, *self._blocks(width, rates))
            for before, width, rates in zip(self._before_stages(leads), self.channels, self._rates(), strict=True)
        ]
        last = self.channels[-1]
        return Plan(
            Sequence(tuple(layer for stage in stages for layer in stage)),
            Sequence((GlobalAveragePool(), LayerNorm(last), Linear(last, classes))),
            stages=len(stages),
            initialisation=Initialisation.TORCH,
            details={"depths": list(self.blocks), "widths": list(self.channels)},
        )

    def _before_stages(self, leads: int) -> Iterator[tuple[Layer, ...]]:
        """The stem, then what halves the length between stages."""
        first = self.channels[0]
        yield (
            Conv(leads, first, self.stem_kernel, self.stem_stride, self.stem_padding, bias=True),
            LayerNorm(first),
        )
        for width, wider in pairwise(self.channels):
            yield LayerNorm(width), Conv(width, wider, 2, stride=2, padding=0, bias=True)

    def _rates(self) -> Iterator[list[float]]:
        """Stochastic depth of each block, by stage."""
        total, done = sum(self.blocks), 0
        for depth in self.blocks:
            yield [self.stochastic_depth * block / max(1, total - 1) for block in range(done, done + depth)]
            done += depth

    def _blocks(self, width: int, rates: list[float]) -> tuple[Layer, ...]:
        return tuple(
            layer
            for rate, same in groupby(rates)
            for layer in repeated(
                (_block(width, self.kernel, self.expansion, self.layer_scale, rate),), len(list(same))
            )
        )


@lru_cache(maxsize=BLOCKS_REMEMBERED)
def _block(width: int, kernel: int, expansion: int, layer_scale: float | None, rate: float) -> Layer:
    branch = [
        Conv(width, width, kernel, groups=width, bias=True),
        LayerNorm(width),
        Conv(width, width * expansion, 1, bias=True),
        GELU(),
        Conv(width * expansion, width, 1, bias=True),
    ]
    scale = [] if layer_scale is None else [LayerScale(width, layer_scale)]
    drop = [StochasticDepth(rate)] if rate else []
    return Residual(Sequence((*branch, *scale, *drop)))
