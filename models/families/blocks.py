"""Blocks that several families share."""

from functools import lru_cache

from models.layers import BatchNorm, Conv, Layer, ReLU, Residual, Sequence, SqueezeExcitation

BLOCKS_REMEMBERED = 4096  # a search draws the same blocks again and again


def conv_norm(inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1) -> tuple[Layer, ...]:
    """A convolution without bias and batch norm."""
    return Conv(inputs, outputs, kernel, stride, groups=groups), BatchNorm(outputs)


@lru_cache(maxsize=BLOCKS_REMEMBERED)
def basic_block(inputs: int, outputs: int, kernel: int, stride: int, groups: int) -> tuple[Layer, ...]:
    """Two convolutions, the first with the stride (He et al., CVPR 2016)."""
    branch = (
        *conv_norm(inputs, outputs, kernel, stride, groups),
        ReLU(),
        *conv_norm(outputs, outputs, kernel, groups=groups),
    )
    return Residual(Sequence(branch), _shortcut(inputs, outputs, stride)), ReLU()


@lru_cache(maxsize=BLOCKS_REMEMBERED)
def bottleneck_block(
    inputs: int, inner: int, outputs: int, kernel: int, *, stride: int, groups: int, squeezed: int | None = None
) -> tuple[Layer, ...]:
    """Pointwise, convolution with the stride, squeeze-excitation where `squeezed` is its width, pointwise."""
    branch = (
        *conv_norm(inputs, inner, 1),
        ReLU(),
        *conv_norm(inner, inner, kernel, stride, groups),
        ReLU(),
        *(() if squeezed is None else (SqueezeExcitation(inner, squeezed),)),
        *conv_norm(inner, outputs, 1),
    )
    return Residual(Sequence(branch), _shortcut(inputs, outputs, stride)), ReLU()


def _shortcut(inputs: int, outputs: int, stride: int) -> Sequence:
    return Sequence() if stride == 1 and inputs == outputs else Sequence(conv_norm(inputs, outputs, 1, stride))
