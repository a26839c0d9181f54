import pytest

from models.errors import ImpossibleNetwork
from models.layers import (
    AveragePool,
    BatchNorm,
    Concatenation,
    Conv,
    Dropout,
    GlobalAveragePool,
    Linear,
    MaxPool,
    MultiKernelConv,
    Repeat,
    Residual,
    SelfAttention,
    Sequence,
    SqueezeExcitation,
    Tally,
)


def traced(*layers, channels, length):
    tally = Tally(channels, length)
    Sequence(layers).trace(tally)
    return tally


def field(tally):
    return tally.left + tally.right + 1


def test_a_convolution_by_hand():
    """12 -> 8 channels, kernel 5, stride 2 on 100 samples: 50 are left, 480 weights, 2 FLOPs per weight and sample."""
    end = traced(Conv(12, 8, 5, stride=2), channels=12, length=100)
    assert (end.channels, end.length, end.params, end.flops) == (8, 50, 480, 2 * 480 * 50)
    assert (field(end), end.stride) == (5, 2)
    assert (end.activations, end.kept) == (8 * 50, 12 * 100)


def test_receptive_field_grows_by_the_stride_before():
    end = traced(Conv(1, 1, 7, stride=2), MaxPool(3, 2), Conv(1, 1, 3), AveragePool(2), channels=1, length=64)
    assert field(end) == 7 + 2 * 2 + 2 * 4 + 1 * 4


def test_a_residual_counts_both_paths_once_and_sees_what_either_sees():
    block = Residual(Sequence((Conv(4, 4, 3), BatchNorm(4), Conv(4, 4, 3))), Sequence((Conv(4, 4, 1),)))
    end = traced(block, channels=4, length=10)
    assert end.params == 2 * 48 + 8 + 16
    assert end.flops == 2 * 10 * (2 * 48 + 16)
    assert field(end) == 5


def test_paths_that_look_different_ways_see_both():
    """{1, 2} looks one sample ahead, a kernel of 4 without padding three."""
    one = traced(MultiKernelConv(1, 1, (1, 2)), channels=1, length=10)
    assert (one.left, one.right) == (0, 1)
    both = traced(Residual(Conv(1, 2, 3), Sequence((MultiKernelConv(1, 1, (1, 2)),))), channels=1, length=10)
    assert (both.left, both.right) == (1, 1)


def test_repeating_a_block_counts_what_the_blocks_in_a_row_count():
    block = Sequence((Residual(Sequence((Conv(4, 4, 3), BatchNorm(4)))), Conv(4, 4, 5)))
    repeated = traced(Conv(2, 4, 3), Repeat(block, 5), channels=2, length=40)
    in_a_row = traced(Conv(2, 4, 3), *[block] * 5, channels=2, length=40)
    for name in ("params", "flops", "activations", "kept", "peak", "left", "right", "waiting"):
        assert getattr(repeated, name) == getattr(in_a_row, name), name


def test_a_concatenation_stacks_what_came_and_what_was_made():
    end = traced(Concatenation(Conv(4, 3, 3)), channels=4, length=10)
    assert (end.channels, end.params, field(end)) == (7, 36, 3)


def test_squeeze_excitation_is_the_identity_for_the_receptive_field():
    end = traced(SqueezeExcitation(8, 2), channels=8, length=10)
    assert (end.params, end.flops, field(end), end.everywhere) == (8 * 2 + 2 + 2 * 8 + 8, 2 * 2 * 16, 1, False)


def test_attention_by_hand():
    """Two products of L x L x C multiply-accumulates."""
    end = traced(SelfAttention(6, 2), channels=18, length=10)
    assert (end.channels, end.flops, end.everywhere) == (6, 2 * 2 * 10 * 10 * 6, True)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Conv(12, 8, 0), "at least 1"),
        (lambda: Conv(12, 8, 3, groups=5), "groups must divide the channels, but 5 groups were given for 12 -> 8"),
        (lambda: traced(Conv(3, 8, 3), channels=12, length=10), "takes 3 channels, but the signal has 12"),
        (lambda: traced(Conv(1, 1, 9, padding=0), channels=1, length=8), "kernel of 9 does not fit a signal of 8"),
        (
            lambda: traced(Residual(Conv(4, 8, 1)), channels=4, length=5),
            "branch gives 8 x 5 and the shortcut 4 x 5",
        ),
        (lambda: Conv(True, 8, 3), "must be whole and at least 1"),
        (lambda: Conv(4, 8, 3, padding=-1), "at least 0"),
        (lambda: MaxPool(3, 0), "at least 1"),
        (lambda: AveragePool(0), "at least 1"),
        (lambda: SelfAttention(4, 0), "at least 1"),
        (lambda: MultiKernelConv(4, 8, ()), "at least 1"),
        (lambda: Dropout(1.0), "at least 0 and below 1"),
        (lambda: Repeat(Conv(4, 4, 3), 0), "at least 1"),
        (lambda: traced(Repeat(Conv(4, 4, 3, stride=2), 3), channels=4, length=64), "must leave channels, length"),
        (lambda: traced(Concatenation(Conv(4, 4, 3, stride=2)), channels=4, length=8), "got 8 and 4 samples"),
        (lambda: traced(Linear(100, 2), channels=3, length=33), "takes 100 elements, but the signal has 3 x 33"),
    ],
)
def test_what_cannot_be_is_refused_with_rule_and_values(make, message):
    with pytest.raises(ImpossibleNetwork, match=message):
        make()


def test_the_head_counts_weights_and_bias():
    end = traced(GlobalAveragePool(), Linear(16, 26), channels=16, length=31)
    assert (end.params, end.flops) == (16 * 26 + 26, 2 * 16 * 26)
