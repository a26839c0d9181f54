import json

import pytest
from optuna.trial import TrialState, create_trial

from search.dashboard.kept_trials import KeptTrials
from search.dashboard.pieces import joined


def _trial(number, **attrs):
    trial = create_trial(state=TrialState.COMPLETE, value=1.0, user_attrs=attrs)
    trial.number = trial._trial_id = number
    return trial


class _Writer:
    """Remembers what it was given to write."""

    def __init__(self):
        self.given = []

    def __call__(self, trials):
        self.given.append([trial.number for trial in trials])
        return [json.dumps([trial.number, trial.user_attrs]).encode() for trial in trials]


@pytest.fixture
def trials():
    return [_trial(number) for number in range(600)]


def _numbers(kept, first):
    return [number for number, _ in json.loads(b"[" + joined(kept.from_row(first)) + b"]")]


@pytest.mark.parametrize("first", [0, 1, 2, 255, 256, 257, 258, 512, 513, 514, 599, 600, 700])
def test_the_trials_from_any_row_on_are_an_array(trials, first):
    kept = KeptTrials()
    kept.update(trials, _Writer())
    for _ in range(2):  # the second time from what was kept
        assert _numbers(kept, first) == list(range(first, 600))


def test_each_trial_is_written_once(trials):
    kept, writer = KeptTrials(), _Writer()
    assert kept.update(trials[:598], writer)
    assert kept.update(trials, writer)
    assert not kept.update(trials, writer)
    assert [len(given) for given in writer.given] == [598, 2]


def test_a_trial_that_has_changed_is_written_anew_in_its_block(trials):
    kept = KeptTrials()
    kept.update(trials, _Writer())
    _numbers(kept, 0)
    trials[300] = _trial(300, changed=True)
    assert kept.update(trials, _Writer())
    assert b'[300, {"changed": true}]' in joined(kept.from_row(0))


def test_one_that_was_read_anew_and_says_the_same_is_no_change(trials):
    kept = KeptTrials()
    kept.update(trials, _Writer())
    trials[300] = _trial(300)
    assert not kept.update(trials, _Writer())


def test_a_stale_one_is_written_anew(trials):
    kept, writer = KeptTrials(), _Writer()
    kept.update(trials, writer)
    kept.update(trials, writer, frozenset({7}))
    assert writer.given[-1] == [7]
