from dataclasses import replace

import pytest

from analysis.regions import Kind, Region, Review, SubRange, SubSet
from analysis.regions.timeline import RegionHistory, timelines


def _steps(line):
    return [(step.since, step.until, step.part) for step in line.steps]


def test_every_parameter_ever_cut_has_its_parts_in_force(region_history):
    width, kernel, lr = timelines(region_history)
    assert [line.param for line in (width, kernel, lr)] == ["resnet.width", "resnet.kernel", "train.lr"]
    assert _steps(width) == [(0, 50, SubRange(8, 64)), (50, 100, SubRange(8, 32)), (100, 120, SubRange(8, 64))]
    assert _steps(kernel) == [(0, 75, SubSet((3, 5, 15, 31))), (75, 120, SubSet((3, 5)))]
    assert [mark.change.kind for mark in width.marks] == [Kind.CUT, Kind.REOPENED]
    assert [(mark.trials, mark.change.kind) for mark in lr.marks] == [(75, Kind.CUT), (110, Kind.UNDONE)]


def test_shares_are_on_the_ranges_own_scale(region_history):
    width, _, lr = timelines(region_history)
    assert (width.share(8), width.share(36), width.share(64)) == (0, 0.5, 1)
    assert lr.share(0.00316228) == pytest.approx(0.5, abs=1e-4)


def test_what_was_proposed_and_never_cut_has_no_line(region_history):
    assert "family" in region_history.wide.parts
    assert "family" not in [line.param for line in timelines(region_history)]


def test_without_a_review_there_is_the_whole_space_and_no_line():
    empty = RegionHistory("first", (), Region({"width": SubRange(8, 64)}), frozenset(), 9)
    assert timelines(empty) == []
    assert empty.current.is_whole


def test_a_cut_at_the_newest_trial_is_there(region_history):
    now = replace(region_history, trials=50, reviews=region_history.reviews[:2])
    (width,) = timelines(now)
    assert _steps(width)[-1] == (50, 50, SubRange(8, 32))


def test_looks_that_change_nothing_make_no_step(region_history):
    looks = [*region_history.reviews, (6, Review(115, "search", region_history.current))]
    assert timelines(replace(region_history, reviews=looks)) == timelines(region_history)
