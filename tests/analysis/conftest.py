"""Trials made up for tests."""

import numpy as np
import pandas as pd
import pytest

from analysis.regions import Bound, Change, Check, Evidence, Kind, Region, Review, SubRange, SubSet
from analysis.regions.timeline import RegionHistory
from analysis.trials import STUDY_OBJECTIVES, Trials


def _trials(score, flops, *, params=None, attrs=None, objectives=STUDY_OBJECTIVES):
    index = pd.RangeIndex(len(score), name="number")
    return Trials(
        objectives=objectives,
        state=pd.Series("complete", index, dtype=object),
        values=pd.DataFrame({"balanced_accuracy": np.array(score, float), "flops": np.array(flops, float)}, index),
        params=pd.DataFrame(params or {}, index),
        attrs=pd.DataFrame(attrs or {}, index),
    )


@pytest.fixture(scope="session")
def make_trials():
    """Complete trials of the two objectives of a study."""
    return _trials


_WIDE = Region(
    {
        "family": SubSet(("resnet", "convnext")),
        "resnet.width": SubRange(8, 64),
        "resnet.kernel": SubSet((3, 5, 15, 31)),
        "train.lr": SubRange(0.001, 0.01),
    }
)
_EVIDENCE = Evidence(
    n_cut=24,
    n_kept=96,
    strata=4,
    best_share=0.012,
    best_share_limit=0.04,
    bound=Bound(-0.034, 0.002),
    check=Check(12, 40, 0.93, (0.88, 0.97), 0.001, 0.62),
    front_loss=0.0,
)
_NARROW, _SHORT = SubRange(8, 32), SubSet((3, 5))
_CUT = {
    "width": Change(Kind.CUT, "resnet.width", SubRange(40, 64), _NARROW, _EVIDENCE),
    "kernel": Change(Kind.CUT, "resnet.kernel", SubSet((15, 31)), _SHORT, _EVIDENCE),
    "lr": Change(Kind.CUT, "train.lr", SubRange(0.00316228, 0.01), SubRange(0.001, 0.00316228), _EVIDENCE),
}
_ONE_CUT = Region({"resnet.width": _NARROW})
_ALL_CUT = Region({"resnet.width": _NARROW, "resnet.kernel": _SHORT, "train.lr": SubRange(0.001, 0.00316228)})
_REVIEWS = (
    Review(25, "search", Region()),
    Review(50, "search", _ONE_CUT, (_CUT["width"],)),
    Review(75, "search", _ALL_CUT, (_CUT["kernel"], _CUT["lr"])),
    Review(
        100,
        "search",
        _ALL_CUT.but("resnet.width", None),
        (
            Change(
                Kind.REOPENED, "resnet.width", SubRange(40, 64), None, Evidence(9, 11, why="a probe is on the front")
            ),
            Change(Kind.WITHDRAWN, "family", SubSet(("convnext",)), None, _EVIDENCE),
        ),
    ),
    Review(
        110,
        "person",
        _ALL_CUT.but("resnet.width", None).but("train.lr", None),
        (Change(Kind.UNDONE, "train.lr", SubRange(0.00316228, 0.01), None),),
    ),
)


@pytest.fixture
def region_history():
    """Five looks: nothing; a cut; two cuts; the first reopened and one withdrawn; one undone by a person."""
    return RegionHistory("first", tuple(enumerate(_REVIEWS, start=1)), _WIDE, frozenset({"train.lr"}), 120)
