"""A history of regions as a study might have it."""

import pytest

from analysis.regions import Bound, Change, Check, Evidence, Kind, Region, Review, SubRange, SubSet
from analysis.regions.timeline import RegionHistory

WIDE = Region(
    {
        "family": SubSet(("resnet", "convnext")),
        "resnet.width": SubRange(8, 64),
        "resnet.kernel": SubSet((3, 5, 15, 31)),
        "train.lr": SubRange(0.001, 0.01),
    }
)
EVIDENCE = Evidence(
    n_cut=24,
    n_kept=96,
    strata=4,
    best_share=0.012,
    best_share_limit=0.04,
    bound=Bound(0.712, 0.745),
    check=Check(12, 40, 0.93, (0.88, 0.97), 0.001, 0.62),
    front_loss=0.0,
)
_NARROW, _SHORT = SubRange(8, 32), SubSet((3, 5))
_CUT = {
    "width": Change(Kind.CUT, "resnet.width", SubRange(40, 64), _NARROW, EVIDENCE),
    "kernel": Change(Kind.CUT, "resnet.kernel", SubSet((15, 31)), _SHORT, EVIDENCE),
    "lr": Change(Kind.CUT, "train.lr", SubRange(0.00316228, 0.01), SubRange(0.001, 0.00316228), EVIDENCE),
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
            Change(Kind.WITHDRAWN, "family", SubSet(("convnext",)), None, EVIDENCE),
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
    return RegionHistory("first", tuple(enumerate(_REVIEWS, start=1)), WIDE, frozenset({"train.lr"}), 120)
