import gzip

import pytest

from storage.causes import Cause
from storage.claims import Draw, Idle, Result
from storage.continuation import continue_trials
from storage.curves import read_curves
from storage.errors import StudyError
from storage.exclusion import exclude_trial
from storage.leases import claim, finish, give_up, look_for_work, stop_early
from storage.progress import progress
from storage.studies import end_study, find_study
from storage.transfer import export_study, import_study
from storage.trials import read_trials

WHY = {"stopped_epoch": 1, "stopped_score": 0.5, "stopped_reason": "far below", "train_flops": 9}
EPOCH = {"epoch": 1, "loss": 0.5, "balanced_accuracy": 0.5, "macro_auroc": 0.7, "seconds": 1.5}


@pytest.fixture
def full(database, make_study, draft):
    """A study of one trial, which was stopped by its second owner."""
    study = make_study(trials=1)
    give_up(database, claim(database, study, "w", draft("a")), Cause.PREEMPTED, "told to")
    stop_early(database, look_for_work(database, study, "w"), WHY, [EPOCH])
    assert look_for_work(database, study, "w") is Idle.DONE
    return study


def test_a_stopped_trial_goes_on_as_a_new_one_by_whoever_comes(database, full):
    assert continue_trials(database, full, [0]) == {0: 1}
    assert find_study(database, full.name).trials == 2
    taken = look_for_work(database, full, "another")  # a worker that knows the old N
    assert (taken.number, taken.token, taken.continues) == (1, 1, (0, 2))
    old, new = read_trials(database, full)
    assert taken.params == old.params == new.params
    assert new.distributions == old.distributions
    assert new.user_attrs == {"flops": 1000, "architecture": "abc", "continues": 0}
    assert old.user_attrs == {"flops": 1000, "architecture": "abc", **WHY, "train_seconds": 1.5}
    assert look_for_work(database, full, "another") == taken
    finish(database, taken, Result((0.9, 1000.0), {}))
    state = progress(database, full)
    assert (state.states, state.counted, state.trials) == ({"pruned": 1, "complete": 1}, 2, 2)
    assert look_for_work(database, full, "w") is Idle.DONE


def test_the_new_trial_stands_for_the_old_one(database, make_study, full, draft):
    """Its training is not drawn again, and its curve is not seen twice."""
    continue_trials(database, full, [0])
    assert [curve.number for curve in read_curves(database, full)] == [1]
    assert read_curves(database, full)[0].continues == 0
    exclude_trial(database, full, 0, "makes room")
    assert claim(database, full, "w", draft("a")) is Idle.REPEATED


def test_a_study_that_had_ended_finishes_it_and_draws_no_other(database, make_study, draft):
    study = make_study(trials=5)
    stop_early(database, claim(database, study, "w", draft("a")), WHY)
    end_study(database, study, "the space has nothing left", {})
    continue_trials(database, study, [0])
    taken = look_for_work(database, study, "w")
    assert taken.number == 1
    finish(database, taken, Result((0.9, 1.0), {}))
    assert look_for_work(database, study, "w") is Idle.DONE


def test_one_that_fails_for_good_gives_its_place_back(database, full):
    continue_trials(database, full, [0])
    give_up(database, look_for_work(database, full, "w"), Cause.DIVERGED, "nan")
    assert isinstance(look_for_work(database, full, "w"), Draw)


def test_only_stopped_trials_go_on_and_each_once(database, make_study, draft):
    study = make_study(trials=9)
    with pytest.raises(StudyError, match="has no trial 0; it has none yet"):
        continue_trials(database, study, [0])
    stop_early(database, claim(database, study, "w", draft("a")), WHY)
    give_up(database, claim(database, study, "w", draft("b")), Cause.DIVERGED, "nan")
    finish(database, claim(database, study, "w", draft("c")), Result((0.9, 1.0), {}))
    for number, message in [
        (7, "has no trial 7; its trials are numbered 0 to 2"),
        (1, "trial 1 of .* is failed, and only one that was stopped early can go on"),
        (2, "trial 2 of .* is complete, and only one that was stopped early can go on"),
    ]:
        with pytest.raises(StudyError, match=message):
            continue_trials(database, study, [0, number])  # all or none
    assert continue_trials(database, study, [0]) == {0: 3}
    with pytest.raises(StudyError, match=r"trial 0 of .* goes on already, as trial 3"):
        continue_trials(database, study, [0])


def test_a_study_moves_with_its_stopped_and_its_waiting_trials(database, full, tmp_path):
    continue_trials(database, full, [0])
    export_study(database, full, tmp_path / "study.gz")
    elsewhere = tmp_path / "elsewhere.gz"
    text = gzip.decompress((tmp_path / "study.gz").read_bytes()).decode()
    elsewhere.write_bytes(gzip.compress(text.replace(full.key, full.key[::-1]).encode()))
    moved = import_study(database, elsewhere, f"{full.name} moved")
    assert moved.trials == 2
    assert progress(database, moved).states == {"pruned": 1, "waiting": 1}
    assert look_for_work(database, moved, "w").continues == (0, 2)
