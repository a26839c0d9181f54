import numpy as np
import pandas as pd
import pytest

from analysis.regions import Change, Kind, Region, Review, SubRange, SubSet
from analysis.regions.contradiction import contradicted
from analysis.regions.finished import Finished

_WIDE = Region({"opt": SubSet(("a", "b", "c")), "width": SubRange(8, 64)})
_AT = 39  # the newest trial when the cuts were made


def _cut(region, *params, newest=_AT):
    changes = tuple(Change(Kind.CUT, name, SubSet(()), region.parts[name]) for name in params)
    return Review(newest + 1, "search", region, changes, newest)


_NO_C = Region({"opt": SubSet(("a", "b"))})
_ONLY_A = Region({"opt": SubSet(("a",))})
_HISTORY = [_cut(_NO_C, "opt", newest=19), _cut(_ONLY_A, "opt")]


@pytest.fixture
def finished():
    """40 trials of `a` at the front before the cut, then the probes of the test: (number, opt, score, log cost)."""

    def make(*probes, width=32):
        rows = [(number, "a", 0.7, 6 + number / 100) for number in range(40)] + list(probes)
        numbers, opt, score, log_cost = (np.array(column) for column in zip(*rows, strict=True))
        yes = np.ones(len(rows), dtype=bool)
        params = pd.DataFrame({"opt": opt.astype(object), "width": width})
        return Finished(numbers, params, score, log_cost, yes, yes, numbers > _AT, 0.7 - score)

    return make


def test_a_probe_above_the_front_gives_the_newest_cut_back(finished):
    (change,) = contradicted(finished((50, "b", 0.75, 6.3)), _WIDE, _HISTORY)
    assert change.kind is Kind.REOPENED
    assert (change.removed, change.part) == (SubSet(("b",)), SubSet(("a", "b")))
    assert "trial 50" in change.evidence.why


def test_a_probe_gives_back_an_older_cut_and_no_younger_one(finished):
    (change,) = contradicted(finished((50, "c", 0.75, 6.3)), _WIDE, _HISTORY)
    assert (change.removed, change.part) == (SubSet(("c",)), SubSet(("a", "c")))


@pytest.mark.parametrize(
    ("width", "removed", "part"),
    [
        (40, SubRange(32, 48), SubRange(16, 48)),
        (64, SubRange(32, 64), SubRange(16, 64)),
        (8, SubRange(8, 16), SubRange(8, 32)),
    ],
)
def test_a_range_is_given_back_at_the_end_that_was_contradicted(finished, width, removed, part):
    parts = [SubRange(8, 48), SubRange(16, 48), SubRange(16, 32)]
    history = [_cut(Region({"width": cut}), "width", newest=10 + i) for i, cut in enumerate(parts)]
    trials = finished((50, "a", 0.75, 6.3), width=24)
    trials.params.loc[40, "width"] = width
    (change,) = contradicted(trials, _WIDE, history)
    assert (change.removed, change.part) == (removed, part)


def test_what_one_cut_gets_back_does_not_restart_the_evidence_against_another(finished):
    """c was cut first and given back, b was cut in between: its probes count from then on."""
    given_back = Change(Kind.REOPENED, "opt", SubSet(("c",)), SubSet(("a", "c")))
    reopened = Review(60, "search", Region({"opt": SubSet(("a", "c"))}), (given_back,), newest=59)
    (change,) = contradicted(finished((50, "b", 0.75, 6.3)), _WIDE, [*_HISTORY, reopened])
    assert change.removed == SubSet(("b",))


@pytest.mark.parametrize(
    "probe",
    [
        pytest.param((50, "b", 0.69, 6.3), id="below the front"),
        pytest.param((50, "b", 0.75, 6.05), id="cheaper than all but a few"),
        pytest.param((30, "b", 0.75, 6.3), id="known at the cut"),
        pytest.param((50, "a", 0.75, 6.3), id="from within the region"),
    ],
)
def test_other_trials_do_not(finished, probe):
    assert contradicted(finished(probe), _WIDE, _HISTORY) == []


def test_probes_that_are_no_worse_than_those_of_the_region_do(finished):
    probes = [(50 + i, "ab"[i % 2], 0.6 + 0.001 * (i // 2), 6.2) for i in range(16)]
    (change,) = contradicted(finished(*probes), _WIDE, _HISTORY)
    assert change.evidence.check.superiority == pytest.approx(0.5)


def test_probes_that_are_worse_do_not(finished):
    probes = [(50 + i, "ab"[i % 2], 0.6 - 0.1 * (i % 2), 6.2) for i in range(16)]
    assert contradicted(finished(*probes), _WIDE, _HISTORY) == []


def test_a_probe_from_beyond_two_cuts_gives_both_back(finished):
    both = Region({"opt": SubSet(("a",)), "width": SubRange(8, 32)})
    history = [_cut(both, "opt", "width")]
    trials = finished((50, "b", 0.75, 6.3))
    trials.params.loc[40, "width"] = 64
    assert {change.param: change.part for change in contradicted(trials, _WIDE, history)} == {
        "opt": None,
        "width": None,
    }


def test_without_a_cut_nothing_is_contradicted(finished):
    assert contradicted(finished((50, "b", 0.75, 6.3)), _WIDE, []) == []
