"""RegNet: widths on a quantised line.

Radosavovic et al., "Designing Network Design Spaces", CVPR 2020; in one dimension, with its width rule, as in
NabJa/scaling-ecg-models (EHJ Digital Health 2026).
"""

import math
from dataclasses import dataclass

from models.families.blocks import bottleneck_block, conv_norm
from models.families.staged import MAX_DEPTH
from models.initialisation import Initialisation
from models.layers import GlobalAveragePool, Layer, Linear, ReLU, Sequence, repeated
from models.numbers import between, between_or_null, odd, refuse, whole
from models.plan import Plan
from models.registry import register_family

_QUANTUM = 8
_MAX_WIDTHS = 7
_KERNEL = 3


@register_family("regnet")
@dataclass(frozen=True)
class RegNet:
    """A RegNet; the widths of its blocks follow w_0 + j * w_a, rounded to powers of w_m.

    Attributes:
        depth: blocks in all.
        stem_width: channels of the stem.
        w_0: width of the first block, raised to stem_width where smaller.
        w_a: slope of the width.
        w_m: factor between the widths of two stages.
        group_width: channels per group of the middle convolution.
        bottleneck_multiplier: width of the middle convolution as a part of the block's.
        se_ratio: width of the squeeze-excitation as a part of the block's input, or None for none.
        stem_kernel: samples of the first convolution; odd.
    """

    depth: int = 8
    stem_width: int = 32
    w_0: int = 64
    w_a: float = 32
    w_m: float = 2.0
    group_width: int = 8
    bottleneck_multiplier: float = 1.0
    se_ratio: float | None = None
    stem_kernel: int = 3

    def __post_init__(self) -> None:
        refuse(
            whole(most=MAX_DEPTH, depth=self.depth),
            whole(stem_width=self.stem_width, w_0=self.w_0, group_width=self.group_width, stem_kernel=self.stem_kernel),
            odd(stem_kernel=self.stem_kernel),
            between(0, 1000, w_a=self.w_a),
            between(1.01, 100, w_m=self.w_m),
            between(0.01, 100, bottleneck_multiplier=self.bottleneck_multiplier),
            between_or_null(0.001, 10, se_ratio=self.se_ratio),
        )

    def plan(self, leads: int, length: int, classes: int) -> Plan:
        layers: list[Layer] = [*conv_norm(leads, self.stem_width, self.stem_kernel, stride=2), ReLU()]
        channels = self.stem_width
        stages = stage_widths(self.widths(length))
        outputs = []
        for nominal, depth in stages:
            width, inner, groups = fit_groups(nominal, self.bottleneck_multiplier, self.group_width)
            layers += self._block(channels, inner, width, stride=2, groups=groups)
            layers += repeated(self._block(width, inner, width, stride=1, groups=groups), depth - 1)
            channels = width
            outputs.append(width)
        return Plan(
            Sequence(tuple(layers)),
            Sequence((GlobalAveragePool(), Linear(channels, classes))),
            stages=len(stages),
            initialisation=Initialisation.HE_OUT,
            details={"depths": [depth for _, depth in stages], "widths": outputs},
        )

    def widths(self, length: int) -> list[int]:
        """Nominal width of each block for inputs of `length` samples, before groups are fitted."""
        start = max(self.w_0, self.stem_width)
        most = max(0, length.bit_length() - 4)  # log2(length) - 3, rounded down
        exact = [
            start * self.w_m ** min(round(math.log((start + block * self.w_a) / start, self.w_m)), most)
            for block in range(self.depth)
        ]
        return merge_closest([_QUANTUM * round(width / _QUANTUM) for width in exact])

    def _block(self, inputs: int, inner: int, outputs: int, *, stride: int, groups: int) -> tuple[Layer, ...]:
        squeezed = None if self.se_ratio is None else max(1, int(inputs * self.se_ratio))
        return bottleneck_block(inputs, inner, outputs, _KERNEL, stride=stride, groups=groups, squeezed=squeezed)


def merge_closest(widths: list[int]) -> list[int]:
    """At most seven different widths: the closest two become their mean until there are no more than that."""
    levels = sorted(set(widths))
    while len(levels) > _MAX_WIDTHS:
        near = min(range(len(levels) - 1), key=lambda i: levels[i + 1] - levels[i])
        levels[near : near + 2] = [(levels[near] + levels[near + 1]) // 2]
    return [min(levels, key=lambda level: abs(level - width)) for width in widths]


def stage_widths(widths: list[int]) -> list[tuple[int, int]]:
    """Stages as (width, blocks): blocks of one width in a row."""
    stages: list[tuple[int, int]] = []
    for width in widths:
        if stages and stages[-1][0] == width:
            stages[-1] = (width, stages[-1][1] + 1)
        else:
            stages.append((width, 1))
    return stages


def fit_groups(width: int, multiplier: float, group_width: int) -> tuple[int, int, int]:
    """(width, middle width, groups) near the nominal `width`, such that groups divide the middle convolution."""
    inner = max(1, int(width * multiplier))
    group = min(group_width, inner)
    multiple = math.lcm(group, int(multiplier)) if multiplier > 1 else group
    inner = -(-inner // multiple) * multiple
    return int(inner / multiplier), inner, inner // group
