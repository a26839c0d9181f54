import pytest

from models.families.regnet import RegNet, fit_groups, merge_closest, stage_widths


def test_widths_follow_the_line_and_are_rounded_to_powers_and_eights():
    """By hand: u = 64, 104, 144, 184; s = round(log2(u / 64)) = 0, 1, 1, 2; at most log2(1024) - 3 = 7."""
    assert RegNet(depth=4, w_0=64, stem_width=32, w_a=40, w_m=2.0).widths(1024) == [64, 128, 128, 256]
    assert RegNet(depth=1, w_0=33, stem_width=32).widths(1024) == [32]
    assert max(RegNet(depth=20, w_0=32, w_a=1000, w_m=1.1).widths(1024)) == 8 * round(32 * 1.1**7 / 8)


def test_shorter_inputs_allow_fewer_powers():
    assert max(RegNet(depth=20, w_0=32, w_a=1000).widths(255)) == 32 * 2**4
    assert max(RegNet(depth=20, w_0=32, w_a=1000).widths(256)) == 32 * 2**5
    assert set(RegNet(depth=5, w_0=32, w_a=1000).widths(4)) == {32}


def test_the_first_width_is_raised_to_the_stem():
    assert RegNet(w_0=32, stem_width=64).widths(1024) == RegNet(w_0=64, stem_width=64).widths(1024)


def test_more_than_seven_widths_are_merged_pairwise_into_truncated_means():
    """8 and 17 are the closest of eight widths; their mean is 12."""
    widths = [8, 17, 40, 60, 80, 100, 120, 140, 140]
    assert merge_closest(widths) == [12, 12, 40, 60, 80, 100, 120, 140, 140]
    assert merge_closest(widths[1:]) == widths[1:]


def test_blocks_of_one_width_are_a_stage():
    assert stage_widths([64, 128, 128, 200]) == [(64, 1), (128, 2), (200, 1)]


@pytest.mark.parametrize(
    ("width", "multiplier", "group_width", "fitted"),
    [
        (64, 1, 16, (64, 64, 4)),
        (88, 2, 8, (88, 176, 22)),
        (336, 4, 32, (336, 1344, 42)),
        (40, 0.5, 16, (64, 32, 2)),  # 20 is raised to 32
        (8, 0.5, 32, (8, 4, 1)),  # a group is never wider than the middle
        (40, 1, 16, (48, 48, 3)),
    ],
)
def test_groups_are_fitted_by_raising_the_middle_width(width, multiplier, group_width, fitted):
    assert fit_groups(width, multiplier, group_width) == fitted
