import pytest

from models.errors import ImpossibleNetwork
from models.layers import BatchNorm, Conv, GlobalAveragePool, Linear, MaxPool, Residual, Sequence, Signal


def test_a_convolution_by_hand():
    """12 -> 8 channels, kernel 5, stride 2 on 100 samples: 50 are left, 480 weights, 2 FLOPs per weight and sample."""
    end = Conv(12, 8, 5, stride=2).trace(Signal(12, 100))
    assert end == Signal(channels=8, length=50, params=480, flops=2 * 480 * 50, receptive_field=5, stride=2)


def test_receptive_field_grows_by_the_stride_before():
    plan = Sequence((Conv(1, 1, 7, stride=2), MaxPool(3, 2), Conv(1, 1, 3)))
    assert plan.trace(Signal(1, 64)).receptive_field == 7 + 2 * 2 + 2 * 4


def test_a_residual_counts_both_paths_once_and_takes_the_wider_field():
    block = Residual(Sequence((Conv(4, 4, 3), BatchNorm(4), Conv(4, 4, 3))), Sequence((Conv(4, 4, 1),)))
    end = block.trace(Signal(4, 10, params=1000, flops=5000))
    assert end.params == 1000 + 2 * 48 + 8 + 16
    assert end.flops == 5000 + 2 * 10 * (2 * 48 + 16)
    assert end.receptive_field == 5


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        (lambda: Conv(12, 8, 0), "at least 1"),
        (lambda: Conv(12, 8, 3, groups=5), "groups must divide the channels, but 5 groups were given for 12 -> 8"),
        (lambda: Conv(3, 8, 3).trace(Signal(12, 10)), "takes 3 channels, but the signal has 12"),
        (lambda: Conv(1, 1, 9, padding=0).trace(Signal(1, 8)), "kernel of 9 does not fit a signal of 8"),
        (lambda: Linear(4, 2).trace(Signal(4, 3)), "pool first"),
        (lambda: Residual(Conv(4, 8, 1)).trace(Signal(4, 5)), "branch gives 8 x 5 and the shortcut 4 x 5"),
    ],
)
def test_what_cannot_be_is_refused_with_rule_and_values(plan, message):
    with pytest.raises(ImpossibleNetwork, match=message):
        plan()


def test_the_head_counts_weights_and_bias():
    end = Sequence((GlobalAveragePool(), Linear(16, 26))).trace(Signal(16, 31))
    assert (end.params, end.flops) == (16 * 26 + 26, 2 * 16 * 26)
