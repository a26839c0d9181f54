import numpy as np
import pytest

from analysis.design_space import complexity_strata, stratum_weights
from analysis.errors import AnalysisError

FLOPS = 10 ** np.array([6.0, 7.0, 7.4, 7.6, 8.0, 7.0, 7.1, 7.2, 7.9, 9.0])
SPACE = np.array([0] * 5 + [1] * 5)


def test_bins_span_what_both_spaces_have():
    """Both have 10^7 to 10^8; two bins, part at 7.5."""
    stratum, bins = complexity_strata(FLOPS, SPACE, bins=2)
    assert stratum.tolist() == [-1, 0, 0, 1, 1, 0, 0, 0, 1, -1]
    assert bins.edges == pytest.approx((7.0, 7.5, 8.0))
    assert (bins.used, bins.left_out, bins.trials_left_out) == (2, 0, 2)


def test_a_bin_that_one_space_leaves_empty_is_left_out_of_both():
    stratum, bins = complexity_strata(FLOPS, SPACE, bins=4)
    assert stratum.tolist() == [-1, 0, -1, -1, 3, 0, 0, 0, 3, -1]
    assert (bins.used, bins.left_out, bins.trials_left_out) == (2, 2, 4)


def test_weights_spread_complexity_equally_over_the_bins_of_each_space():
    stratum, _ = complexity_strata(FLOPS, SPACE, bins=2)
    weights = stratum_weights(stratum, SPACE)
    assert weights[SPACE == 0] == pytest.approx([0, 0.25, 0.25, 0.25, 0.25])
    assert weights[SPACE == 1] == pytest.approx([1 / 6, 1 / 6, 1 / 6, 0.5, 0])


def test_a_trial_drawn_twice_counts_twice_and_a_bin_not_drawn_drops_out():
    stratum, _ = complexity_strata(FLOPS, SPACE, bins=2)
    weights = stratum_weights(stratum, SPACE, np.array([1, 2, 1, 0, 0, 1, 0, 0, 1, 0]))
    assert weights.tolist() == pytest.approx([0, 2 / 3, 1 / 3, 0, 0, 1, 0, 0, 0, 0])


def test_spaces_without_a_common_size_share_nothing():
    stratum, bins = complexity_strata(np.array([1e6, 1e7, 1e8, 1e9]), np.array([0, 0, 1, 1]))
    assert (stratum == -1).all()
    assert (bins.used, bins.trials_left_out, bins.edges) == (0, 4, ())
    assert not stratum_weights(stratum, np.array([0, 0, 1, 1])).any()


def test_trials_without_flops_are_left_out_and_equal_flops_are_one_bin():
    stratum, bins = complexity_strata(np.array([1e7, np.nan, 0.0, 1e7]), np.array([0, 0, 1, 1]), bins=3)
    assert stratum.tolist() == [0, -1, -1, 0]
    assert (bins.used, bins.left_out) == (1, 2)


def test_no_bins_are_refused():
    with pytest.raises(AnalysisError, match="got 0"):
        complexity_strata(FLOPS, SPACE, bins=0)
