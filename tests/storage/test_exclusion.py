import pytest

from storage.causes import Cause
from storage.claims import Claim, Draw, Idle, Result
from storage.errors import StudyError
from storage.exclusion import exclude_trial
from storage.leases import claim, finish, give_up, look_for_work
from storage.progress import progress
from storage.studies import end_study
from storage.trials import read_trials


def test_an_excluded_trial_gives_back_its_slot_and_its_architecture(database, make_study, draft):
    study = make_study(trials=1)
    finish(database, claim(database, study, "w", draft("a")), Result((0.9, 1.0), {}))
    assert look_for_work(database, study, "w") is Idle.DONE
    exclude_trial(database, study, 0, "the GPU's memory was faulty")
    assert isinstance(look_for_work(database, study, "w"), Draw)
    assert isinstance(claim(database, study, "w", draft("a")), Claim)
    with pytest.raises(StudyError, match=r"trial 0 .* is excluded already: the GPU's memory was faulty"):
        exclude_trial(database, study, 0, "again")
    state = progress(database, study)
    assert state.states == {"excluded": 1, "running": 1}
    assert state.best is None
    assert state.wasted.keys() == {"excluded"}
    trial = read_trials(database, study)[0]
    assert (trial.state.name, trial.values, trial.user_attrs["excluded_values"]) == ("FAIL", None, [0.9, 1.0])
    assert trial.user_attrs["excluded"] == "the GPU's memory was faulty"


def test_a_study_that_had_ended_goes_on(database, make_study, draft):
    study = make_study(trials=2)
    finish(database, claim(database, study, "w", draft("a")), Result((0.9, 1.0), {}))
    end_study(database, study, "the space has nothing left", {})
    assert look_for_work(database, study, "w") is Idle.DONE
    exclude_trial(database, study, 0, "a lead had come off")
    assert isinstance(look_for_work(database, study, "w"), Draw)


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (0, "trial 0 of .* is failed, and only complete or stopped"),
        (1, "trial 1 .* is running"),
        (7, "numbered 0 to 1"),
    ],
)
def test_only_finished_trials_can_be_excluded(database, study, draft, number, message):
    give_up(database, claim(database, study, "w", draft("a")), Cause.DIVERGED, "nan")
    claim(database, study, "w", draft("b"))
    with pytest.raises(StudyError, match=message):
        exclude_trial(database, study, number, "why")


def test_a_study_without_trials_has_none_to_exclude(database, study):
    with pytest.raises(StudyError, match="has no trial 0; it has none yet"):
        exclude_trial(database, study, 0, "why")
