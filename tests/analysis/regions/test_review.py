import json

from analysis.regions import Bound, Change, Check, Evidence, Kind, Region, Review, SubRange, SubSet, current

_EVIDENCE = Evidence(
    n_cut=12,
    n_kept=13,
    strata=2,
    best_share=0.01,
    best_share_limit=0.08,
    bound=Bound(-0.05, -0.01),
    check=Check(11, 14, 0.95, (0.8, 0.99), 0.001, 1.0),
    front_loss=0.0,
)
_CUT = Change(Kind.CUT, "net.width", SubRange(40, 64), SubRange(8, 32), _EVIDENCE)
_GIVEN_BACK = Change(Kind.REOPENED, "net.kernel", SubSet((15, 31)), None, Evidence(3, 40, why="a probe says so"))
_UNDONE = Change(Kind.UNDONE, "net.kernel", SubSet((15,)), None)


def test_a_review_comes_back_from_json_as_it_was():
    review = Review(
        50,
        "search",
        Region({"net.width": SubRange(8, 32)}),
        (_CUT, _GIVEN_BACK, _UNDONE),
        newest=57,
        nearest="net.depth 1: it lacks something",
    )
    assert Review.load(json.loads(json.dumps(review.dump()))) == review


def test_only_a_review_that_changes_the_region_moves_it():
    withdrawn = Change(Kind.WITHDRAWN, "net.width", SubRange(40, 64), SubRange(8, 32), _EVIDENCE)
    assert Review(50, "search", Region(), (_CUT,)).moved
    assert not Review(50, "search", Region(), (withdrawn,)).moved
    assert not Review(50, "search", Region()).moved


def test_the_newest_review_has_the_region_in_force():
    region = Region({"net.width": SubRange(8, 32)})
    assert current([Review(25, "search", Region()), Review(50, "search", region)]) == region
    assert current([]).is_whole
