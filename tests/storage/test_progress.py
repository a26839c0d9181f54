import pytest

from storage.causes import Cause
from storage.claims import Result
from storage.leases import claim, finish, give_up, look_for_work, record_overtaken, renew
from storage.progress import Failure, progress

EPOCH = {"epoch": 3, "loss": 0.5, "balanced_accuracy": 0.6, "macro_auroc": 0.7, "seconds": 1.0}


def test_an_empty_study_has_nothing_to_tell(database, study):
    state = progress(database, study)
    assert (state.states, state.running, state.per_hour, state.best, state.wasted) == ({}, [], 0.0, None, {})


def test_who_trains_what_is_told(database, study, draft):
    renew(database, claim(database, study, "w1", draft("a")), [EPOCH])
    give_up(database, claim(database, study, "w2", draft("b")), Cause.PREEMPTED, "told to stop")
    look_for_work(database, study, "w3")
    first, second = progress(database, study).running
    assert (first.worker, first.trial, first.attempt, first.epoch) == ("w1", 0, 1, 3)
    assert (second.worker, second.trial, second.attempt, second.epoch) == ("w3", 1, 2, None)
    assert 0 <= first.renewed_ago < 5


def test_what_was_saved_of_a_trial_that_goes_on_is_not_spent_in_vain(database, study, draft):
    saved = claim(database, study, "w", draft("a"))
    give_up(database, saved, Cause.PREEMPTED, "told to stop", epochs=[EPOCH], saved=True)
    assert progress(database, study).wasted == {"preempted": 0.0}
    assert look_for_work(database, study, "w").number == 0
    assert progress(database, study).running[0].attempt == 2


def test_all_of_a_trial_that_failed_was_spent_in_vain(database, study, draft):
    got = claim(database, study, "w", draft("a"))
    _let_it_have_begun(database, got, seconds_ago=100)
    renew(database, got, [EPOCH])
    give_up(database, got, Cause.DIVERGED, "the loss became nan")
    state = progress(database, study)
    assert state.wasted == {"diverged": pytest.approx(100, abs=5)}
    assert state.failures == [Failure(0, "diverged", "the loss became nan")]


def test_all_that_an_overtaken_owner_did_was_spent_in_vain_once_it_came_back(database, hasty, draft):
    got = claim(database, hasty, "cut off", draft("a"))
    look_for_work(database, hasty, "alive")
    assert progress(database, hasty).wasted == {"lost": pytest.approx(0, abs=5)}
    _let_it_have_begun(database, got, seconds_ago=100)
    record_overtaken(database, got, {"epochs": 3})
    assert progress(database, hasty).wasted == {"lost": pytest.approx(100, abs=5)}


def test_the_speed_is_that_of_the_last_hour(database, make_study, draft):
    study = make_study(trials=9)
    for name in "abc":
        got = claim(database, study, "w", draft(name))
        _let_it_have_begun(database, got, seconds_ago=1800)
        finish(database, got, Result((0.5, 1.0), {}))
    assert progress(database, study).per_hour == pytest.approx(6, rel=0.05)


def _let_it_have_begun(database, claimed, *, seconds_ago):
    from sqlalchemy import func, text

    from storage import schema

    attempts = schema.attempts
    began = func.now() - text(f"interval '{seconds_ago} seconds'")
    change = attempts.update().where(attempts.c.trial_id == claimed.trial_id).values(started_at=began)
    database.run(lambda session: session.execute(change))
