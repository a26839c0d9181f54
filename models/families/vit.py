"""Vision transformer in one dimension: patches of the signal are its tokens.

Dosovitskiy et al., "An Image is Worth 16x16 Words", ICLR 2021; the mean over tokens in the place of a class token as in
Zhai et al., "Scaling Vision Transformers", CVPR 2022.
"""

from dataclasses import dataclass
from functools import lru_cache

from models.errors import ImpossibleNetwork
from models.families.blocks import BLOCKS_REMEMBERED
from models.families.staged import MAX_DEPTH
from models.initialisation import Initialisation
from models.layers import (
    GELU,
    Conv,
    GlobalAveragePool,
    Layer,
    LayerNorm,
    Linear,
    PadEnd,
    PositionEmbedding,
    Residual,
    SelfAttention,
    Sequence,
    repeated,
)
from models.numbers import between, refuse, whole
from models.plan import Plan
from models.registry import register_family

_PRESETS = {
    "vit_tiny": {"width": 192, "heads": 3},
    "vit_small": {"width": 384, "heads": 6},
    "vit_base": {"width": 768, "heads": 12},
}


@register_family("vit", presets=_PRESETS)
@dataclass(frozen=True)
class ViT:
    """A vision transformer; without numbers it is vit_tiny.

    Attributes:
        patch: samples of a token; the signal's end is padded with zeros to whole tokens.
        width: channels of a token.
        depth: blocks.
        heads: of each attention; they divide the width.
        mlp_ratio: inner width of the perceptrons as a multiple of the width.
    """

    patch: int = 20
    width: int = 192
    depth: int = 12
    heads: int = 3
    mlp_ratio: float = 4.0

    def __post_init__(self) -> None:
        refuse(
            whole(patch=self.patch, width=self.width, heads=self.heads),
            whole(most=MAX_DEPTH, depth=self.depth),
            between(0.01, 100, mlp_ratio=self.mlp_ratio),
        )

    def plan(self, leads: int, length: int, classes: int) -> Plan:
        if self.patch > length:
            raise ImpossibleNetwork(f"a patch must fit the signal, but got patch={self.patch} for {length} samples")
        tokens = -(-length // self.patch)
        inner = max(1, int(self.width * self.mlp_ratio))
        stem: tuple[Layer, ...] = (
            *(() if length % self.patch == 0 else (PadEnd(self.patch),)),
            Conv(leads, self.width, self.patch, stride=self.patch, padding=0, bias=True),
            PositionEmbedding(self.width, tokens),
        )
        blocks = repeated(_block(self.width, self.heads, inner), self.depth)
        return Plan(
            Sequence((*stem, *blocks, LayerNorm(self.width))),
            Sequence((GlobalAveragePool(), Linear(self.width, classes))),
            stages=1,
            initialisation=Initialisation.GLOROT,
            details={"depths": [self.depth], "widths": [self.width]},
        )


@lru_cache(maxsize=BLOCKS_REMEMBERED)
def _block(width: int, heads: int, inner: int) -> tuple[Layer, ...]:
    attention = (
        LayerNorm(width),
        Conv(width, 3 * width, 1, bias=True),
        SelfAttention(width, heads),
        Conv(width, width, 1, bias=True),
    )
    perceptron = (LayerNorm(width), Conv(width, inner, 1, bias=True), GELU(), Conv(inner, width, 1, bias=True))
    return Residual(Sequence(attention)), Residual(Sequence(perceptron))
