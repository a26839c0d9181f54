from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import optuna
import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from sqlalchemy import func, select

from storage import claims, schema
from storage.claims import Claim, Draw, Idle, NewTrial, claim, fail, finish, hand_back, look_for_work, renew
from storage.errors import LeaseLost, StudyError
from storage.studies import end_study, progress
from storage.trials import read_trials

EPOCH = {"epoch": 1, "loss": 0.5, "balanced_accuracy": 0.6, "macro_auroc": 0.7, "seconds": 1.0}


def draft(signature, **dropped):
    return NewTrial(
        params={
            "family": ("resnet", CategoricalDistribution(["convnext", "resnet"])),
            "resnet.width": (16, IntDistribution(8, 64, step=8)),
            "train.lr": (0.003, FloatDistribution(0.001, 0.01, log=True)),
        },
        attrs={"flops": 1000, "architecture": "abc"},
        signature=signature,
        dropped=dropped,
    )


def test_a_finished_trial_reads_back_through_optuna(database, study):
    got = claim(database, study, "w", draft("a", over_budget=2))
    renew(database, got, EPOCH)
    finish(database, got, (0.8, 1000.0), {"macro_auroc": 0.9}, [{"label": "AF", "n_positive": 3, "threshold": 0.5}])
    loaded = optuna.load_study(study_name=study.name, storage=database.optuna_storage())
    trial = loaded.trials[0]
    assert trial.state == optuna.trial.TrialState.COMPLETE
    assert trial.values == [0.8, 1000.0]
    assert trial.params == {"family": "resnet", "resnet.width": 16, "train.lr": 0.003}
    assert trial.user_attrs == {"flops": 1000, "architecture": "abc", "macro_auroc": 0.9}
    assert trial.distributions["train.lr"] == FloatDistribution(0.001, 0.01, log=True)
    assert trial.datetime_start <= trial.datetime_complete
    assert loaded.metric_names == ["balanced_accuracy", "flops"]
    assert [direction.name for direction in loaded.directions] == ["MAXIMIZE", "MINIMIZE"]
    assert loaded.best_trials == [trial]


def test_read_trials_agrees_with_optuna(database, study):
    finish(database, claim(database, study, "w", draft("a")), (0.8, 1000.0), {"note": "x"}, [])
    claim(database, study, "w", draft("b"))
    loaded = optuna.load_study(study_name=study.name, storage=database.optuna_storage())
    ours = read_trials(database, study)
    assert [(r.number, r.state, r.values, r.params, r.attrs) for r in ours] == [
        (t.number, t.state.name.lower(), t.values, t.params, t.user_attrs) for t in loaded.trials
    ]


def test_the_same_signature_is_claimed_once(database, study):
    assert isinstance(claim(database, study, "w", draft("a")), Claim)
    assert claim(database, study, "w", draft("a")) is Idle.REPEATED
    assert len(read_trials(database, study)) == 1


def test_slots_are_never_oversold(database, make_study):
    """Sixteen workers at once ask for five slots."""
    study = make_study(trials=5)
    with ThreadPoolExecutor(16) as pool:
        got = list(pool.map(lambda i: claim(database, study, f"w{i}", draft(str(i))), range(16)))
    numbers = sorted(one.number for one in got if isinstance(one, Claim))
    assert numbers == [0, 1, 2, 3, 4]
    assert got.count(Idle.WAIT) == 11


def test_a_failed_trial_gives_its_slot_back_and_a_finished_one_does_not(database, make_study):
    study = make_study(trials=1)
    first = claim(database, study, "w", draft("a"))
    assert look_for_work(database, study, "w") is Idle.WAIT
    fail(database, first, "loss became nan")
    assert isinstance(look_for_work(database, study, "w"), Draw)
    finish(database, claim(database, study, "w", draft("b")), (0.5, 1.0), {}, [])
    assert look_for_work(database, study, "w") is Idle.DONE
    assert read_trials(database, study)[0].attrs["fail_reason"] == "loss became nan"


def test_a_dead_workers_trial_goes_on_under_the_same_number(database, study, monkeypatch):
    monkeypatch.setattr(claims, "LEASE", timedelta(seconds=-1))  # over as soon as it is given
    dead = claim(database, study, "dead", draft("a"))
    monkeypatch.undo()
    assert progress(database, study).states == {"waiting": 1}
    taken = look_for_work(database, study, "alive")
    assert (taken.trial_id, taken.number, taken.token) == (dead.trial_id, dead.number, dead.token + 1)
    assert taken.params == dead.params
    for late in (lambda: renew(database, dead, EPOCH), lambda: finish(database, dead, (0.1, 1.0), {}, [])):
        with pytest.raises(LeaseLost, match="taken over"):
            late()
    finish(database, taken, (0.9, 1.0), {}, [])
    assert read_trials(database, study)[0].values == [0.9, 1.0]
    assert progress(database, study).finished_by == {"alive": 1}


def test_a_trial_that_ends_its_workers_ends_as_failed(database, make_study, monkeypatch):
    study = make_study(trials=1)
    monkeypatch.setattr(claims, "LEASE", timedelta(seconds=-1))
    claim(database, study, "w0", draft("a"))
    for number in range(1, claims.MAX_DEATHS):
        assert look_for_work(database, study, f"w{number}").token == number + 1
    look_for_work(database, study, "the last")
    assert isinstance(look_for_work(database, study, "the last"), Draw)
    (row,) = read_trials(database, study)
    assert (row.state, row.attrs["fail_reason"]) == ("fail", "3 workers died while training it")


def test_a_trial_may_be_handed_back_as_often_as_one_likes(database, make_study):
    study = make_study(trials=1)
    owner = claim(database, study, "w", draft("a"))
    for _ in range(10):
        hand_back(database, owner)
        owner = look_for_work(database, study, "w")
    finish(database, owner, (0.5, 1.0), {}, [])
    assert progress(database, study).states == {"complete": 1}


def test_workers_of_a_deleted_study_are_told(database, study):
    optuna.delete_study(study_name=study.name, storage=database.optuna_storage())
    with pytest.raises(StudyError, match="was deleted"):
        look_for_work(database, study, "w")


def test_an_owner_that_is_just_finishing_keeps_its_trial(database, study, monkeypatch):
    """Its transaction holds the lease; whoever looks meanwhile passes the trial by."""
    monkeypatch.setattr(claims, "LEASE", timedelta(seconds=-1))
    owner = claim(database, study, "slow", draft("a"))
    monkeypatch.undo()
    with database.transaction() as session:
        claims._hold(session, owner, expires_at=None)
        assert isinstance(look_for_work(database, study, "other"), Draw)
        claims._end_trial(session, owner.trial_id, optuna.trial.TrialState.COMPLETE)
    assert read_trials(database, study)[0].state == "complete"


def test_an_expired_but_unclaimed_trial_still_belongs_to_its_owner(database, study, monkeypatch):
    monkeypatch.setattr(claims, "LEASE", timedelta(seconds=-1))
    owner = claim(database, study, "slow", draft("a"))
    monkeypatch.undo()
    renew(database, owner, EPOCH)
    assert isinstance(look_for_work(database, study, "other"), Draw)
    finish(database, owner, (0.7, 1.0), {}, [])


def test_a_trial_handed_back_is_taken_at_once(database, study):
    hand_back(database, claim(database, study, "w1", draft("a")))
    assert progress(database, study).states == {"waiting": 1}
    assert look_for_work(database, study, "w2").token == 2
    assert progress(database, study).states == {"running": 1}
    assert progress(database, study).active == {"w2": 1}


def test_a_trial_that_waits_keeps_its_slot(database, make_study):
    study = make_study(trials=1)
    hand_back(database, claim(database, study, "w1", draft("a")))
    assert claim(database, study, "w2", draft("b")) is Idle.WAIT


def test_a_finished_trial_is_finished_for_good(database, study):
    got = claim(database, study, "w", draft("a"))
    finish(database, got, (0.7, 1.0), {}, [])
    with pytest.raises(LeaseLost):
        fail(database, got, "too late")


def test_an_epoch_trained_twice_has_one_row(database, study):
    got = claim(database, study, "w", draft("a"))
    renew(database, got, EPOCH)
    renew(database, got, EPOCH | {"loss": 0.4})
    with database.transaction() as session:
        rows = session.execute(select(schema.epochs).where(schema.epochs.c.trial_id == got.trial_id)).all()
    assert [(row.epoch, row.loss) for row in rows] == [(1, 0.4)]


def test_dropped_drafts_add_up(database, study):
    claim(database, study, "w", draft("a", over_budget=3, repeated=1))
    claim(database, study, "w", draft("b", over_budget=4))
    assert progress(database, study).drafts == {"over_budget": 7, "repeated": 1}


def test_draws_are_numbered(database, study):
    assert [look_for_work(database, study, "w").index for _ in range(3)] == [1, 2, 3]


def test_an_ended_study_hands_out_nothing_but_waits_for_what_runs(database, study):
    running = claim(database, study, "w", draft("a"))
    end_study(database, study, "nothing left")
    assert look_for_work(database, study, "w2") is Idle.WAIT
    finish(database, running, (0.7, 1.0), {}, [])
    assert look_for_work(database, study, "w2") is Idle.DONE
    assert progress(database, study).ended == "nothing left"


def test_deleting_a_study_in_the_dashboard_takes_our_rows_with_it(database, study):
    got = claim(database, study, "w", draft("a"))
    renew(database, got, EPOCH)
    optuna.delete_study(study_name=study.name, storage=database.optuna_storage())
    with database.transaction() as session:
        left = session.scalar(select(func.count()).where(schema.leases.c.study_id == study.id))
    assert left == 0
