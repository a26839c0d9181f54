from dataclasses import replace

import pytest

from analysis.regions import Change, Check, Evidence, Kind, Region, SubRange, SubSet
from analysis.regions.words import evidence_told, region_told, told

TOP, REST = SubRange(40, 64), SubRange(8, 32)
LONG = SubSet((15, 31))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (Change(Kind.CUT, "kernel", LONG, SubSet((3, 5))), "kernel 15 and 31 are cut"),
        (Change(Kind.CUT, "se", SubSet((None,)), SubSet((0.25,))), "se none is cut"),
        (Change(Kind.CUT, "width", TOP, REST), "width is narrowed to 8..32 (40..64 is cut)"),
        (Change(Kind.CUT, "depth", SubRange(4, 4), SubRange(1, 3)), "depth is narrowed to 1..3 (4 is cut)"),
        (Change(Kind.REOPENED, "kernel", LONG, None), "kernel 15 and 31 are given back"),
        (Change(Kind.REOPENED, "width", TOP, None), "width is whole again (40..64 is given back)"),
        (
            Change(Kind.REOPENED, "lr", SubRange(0.003, 0.006), SubRange(0.001, 0.006)),
            "lr is widened to 0.001..0.006 (0.003..0.006 is given back)",
        ),
        (
            Change(Kind.WITHDRAWN, "kernel", LONG, None),
            "kernel 15 and 31 stay: a cut was proposed, but held-out trials did not confirm it",
        ),
        (
            Change(Kind.WITHDRAWN, "width", TOP, None),
            "width 40..64 stays: a cut was proposed, but held-out trials did not confirm it",
        ),
        (Change(Kind.UNDONE, "width", TOP, None), "the cut of width 40..64 is undone"),
        (Change(Kind.UNDONE, "width", SubRange(40, 48), SubRange(8, 48)), "the cut of width 40..48 is undone"),
        (Change(Kind.UNDONE, "width", TOP, REST), "width 40..64 is cut again"),
        (Change(Kind.UNDONE, "kernel", LONG, SubSet((3, 5))), "kernel 15 and 31 are cut again"),
    ],
)
def test_a_change_is_one_sentence(change, sentence):
    assert told(change) == sentence


def test_a_region_is_told_by_what_is_searched():
    assert region_told(Region()) == "the whole space"
    assert (
        region_told(Region({"width": REST, "kernel": SubSet((3, 5))}))
        == "width 8..32; kernel 3 and 5; all of the others"
    )


def test_all_evidence_is_told(region_history):
    (evidence,) = {change.evidence for change in region_history.changes(Kind.CUT)}
    basis, best, bound, check, loss = evidence_told(evidence)
    assert basis == "24 trials in that part, 96 outside it, compared in 4 bands of similar FLOPs"
    assert best.endswith("lies in it is 1.2 %, with a 95 % limit of 4 %")
    assert "no network of that part nearer than 0.036 below the best that it expects of the others" in bound
    assert "12 blindly drawn trials in it against 40 outside it" in check
    assert "nearer the front in 93 % of the pairs of similar cost (88 to 97 %, p = 0.001)" in check
    assert check.endswith("p = 0.62")
    assert loss == "had it been cut from the start, the front would have lost nothing"


def test_evidence_that_is_missing_is_not_told():
    assert evidence_told(Evidence(1, 2)) == ["1 trial in that part, 2 outside it"]
    assert evidence_told(Evidence(1, 2, why="a probe says so"))[1:] == ["a probe says so"]


def test_a_proposal_that_could_not_be_checked_says_so():
    *_, last = evidence_told(Evidence(9, 30, strata=2, best_share=0.0, best_share_limit=0.01))
    assert last.startswith("too few blindly drawn trials")


def test_what_the_front_would_have_lost_is_a_share(region_history):
    lost = replace(
        region_history.changes(Kind.CUT)[0].evidence, front_loss=0.004, check=Check(1, 1, 1.0, (0.5, 1.0), 0.5, 0.5)
    )
    *_, check, loss = evidence_told(lost)
    assert loss.endswith("the front would have lost 0.4 % of its hypervolume")
    assert "100 % of the pairs of similar cost (50 to 100 %" in check
