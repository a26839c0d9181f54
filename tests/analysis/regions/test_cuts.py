import numpy as np
import pandas as pd

from analysis.regions import Region, SubRange, SubSet
from analysis.regions.cuts import difference, possible_cuts
from analysis.regions.networks import outside

_WIDE = Region({"width": SubRange(8, 64), "lr": SubRange(0.001, 0.01), "opt": SubSet(("a", "b", None))})


_WHOLE = Region()


def _all(tried, networks=None, region=_WHOLE):
    groups = possible_cuts(pd.DataFrame(tried), pd.DataFrame(networks or tried), _WIDE, region)
    return [cut for group in groups for cut in group]


def test_no_cut_goes_beyond_a_value_that_was_tried():
    networks = {"width": list(range(8, 72, 8)), "lr": np.linspace(0.001, 0.01, 8)}
    tried = {"width": [16, 40, 56], "lr": [0.002, 0.005, 0.009]}
    innermost = {
        (cut.param, np.array(networks[cut.param])[gone][-1 if cut.part.low > cut.removed.low else 0])
        for cut in _all(tried, networks)
        for gone in [outside(pd.DataFrame(networks), cut.param, cut.part)]
        if gone.any()
    }
    assert {value for name, value in innermost if name == "width"} <= set(tried["width"])


def test_a_range_ends_at_the_next_value_that_there_is():
    ends = {
        (cut.part.low, cut.part.high)
        for cut in _all({"width": [8, 40]}, {"width": [8, 16, 24, 32, 40]})
        if cut.param == "width"
    }
    assert ends == {(16, 64), (8, 32)}


def test_the_deepest_cut_of_an_end_comes_first():
    (low, high, *_) = possible_cuts(
        pd.DataFrame({"width": [8, 16, 24]}), pd.DataFrame({"width": [8, 16, 24]}), _WIDE, Region()
    )
    assert [cut.part.low for cut in low] == [24, 16]
    assert [cut.part.high for cut in high] == [8, 16]


def test_each_choice_may_go_but_the_last():
    parts = [cut.part for cut in _all({"opt": ["a", "b", None]}) if cut.param == "opt"]
    assert parts == [SubSet(("b", None)), SubSet(("a", None)), SubSet(("a", "b"))]
    assert not [cut for cut in _all({"opt": ["a"]}, region=Region({"opt": SubSet(("a",))})) if cut.param == "opt"]


def test_a_region_is_cut_further_from_where_it_ends():
    region = Region({"width": SubRange(16, 48)})
    cuts = [cut for cut in _all({"width": [16, 32, 48]}, region=region) if cut.param == "width"]
    assert all(cut.part.low >= 16 and cut.part.high <= 48 for cut in cuts)
    assert any(cut.part == SubRange(32, 48) for cut in cuts)


def test_what_a_part_holds_beyond_another():
    assert difference(SubSet(("a", "b", None)), SubSet(("b",))) == SubSet(("a", None))
    assert difference(SubRange(8, 64), SubRange(8, 32)) == SubRange(32, 64)
    assert difference(SubRange(8, 64), SubRange(32, 64)) == SubRange(8, 32)
    assert difference(SubRange(8, 64), SubRange(16, 32)) == SubRange(8, 64)
