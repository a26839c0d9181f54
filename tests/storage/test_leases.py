from concurrent.futures import ThreadPoolExecutor

import optuna
import pytest
from optuna.distributions import FloatDistribution
from sqlalchemy import event, func, select

from storage import leases, schema
from storage.causes import Cause
from storage.claims import Claim, Draw, Idle, Result
from storage.errors import LeaseLost, StudyError
from storage.exclusion import exclude_trial
from storage.leases import claim, finish, give_up, look_for_work, reap, record_overtaken, renew, stop_early
from storage.progress import progress
from storage.studies import end_study, set_paused
from storage.trials import read_trials

EPOCH = {"epoch": 1, "loss": 0.5, "balanced_accuracy": 0.6, "macro_auroc": 0.7, "seconds": 1.0}
LABEL = {"label": "AF", "n_positive": 3, "threshold": 0.5}


def test_a_finished_trial_reads_back_through_optuna(database, study, draft):
    got = claim(database, study, "w", draft("a", over_budget=2))
    renew(database, got, [EPOCH])
    finish(database, got, Result((0.8, 1000.0), {"macro_auroc": 0.9}, [EPOCH], [LABEL]))
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


def test_the_same_signature_is_claimed_once(database, study, draft):
    assert isinstance(claim(database, study, "w1", draft("a")), Claim)
    assert claim(database, study, "w2", draft("a")) is Idle.REPEATED
    assert len(read_trials(database, study)) == 1


def test_slots_are_never_oversold(database, make_study, draft):
    """Sixteen workers at once ask for five slots."""
    study = make_study(trials=5)
    with ThreadPoolExecutor(16) as pool:
        got = list(pool.map(lambda i: claim(database, study, f"w{i}", draft(str(i))), range(16)))
    numbers = sorted(one.number for one in got if isinstance(one, Claim))
    assert numbers == [0, 1, 2, 3, 4]
    assert got.count(Idle.WAIT) == 11


def test_a_trial_that_fails_for_good_gives_its_slot_back_and_a_finished_one_does_not(database, make_study, draft):
    study = make_study(trials=1)
    first = claim(database, study, "w1", draft("a"))
    assert look_for_work(database, study, "w2") is Idle.WAIT
    assert not give_up(database, first, Cause.DIVERGED, "loss became nan")
    assert isinstance(look_for_work(database, study, "w2"), Draw)
    finish(database, claim(database, study, "w2", draft("b")), Result((0.5, 1.0), {}))
    assert look_for_work(database, study, "w2") is Idle.DONE
    failed = read_trials(database, study)[0]
    assert failed.user_attrs["fail_reason"] == "loss became nan"
    assert failed.user_attrs["fail_cause"] == "diverged"


@pytest.mark.parametrize(
    ("cause", "attempts"),
    [
        (Cause.DIVERGED, 1),
        (Cause.USER_ERROR, 1),
        (Cause.OUT_OF_MEMORY, 2),
        (Cause.INTERRUPTED, 3),
        (Cause.PREEMPTED, None),
    ],
)
def test_each_cause_has_its_number_of_attempts(database, make_study, draft, cause, attempts):
    study = make_study(trials=1)
    owner = claim(database, study, "w0", draft("a"))
    made = 1
    while give_up(database, owner, cause, "why") and made < 10:
        owner = look_for_work(database, study, f"w{made}")
        assert (owner.number, owner.token) == (0, made + 1)
        made += 1
    assert made == (attempts or 10)
    assert read_trials(database, study)[0].state.name == ("FAIL" if attempts else "WAITING")


def test_a_dead_workers_trial_goes_on_under_the_same_number(database, hasty, draft):
    dead = claim(database, hasty, "dead", draft("a"))
    taken = look_for_work(database, hasty, "alive")
    assert (taken.trial_id, taken.number, taken.token) == (dead.trial_id, dead.number, dead.token + 1)
    assert taken.params == dead.params
    for late in (
        lambda: renew(database, dead, [EPOCH]),
        lambda: finish(database, dead, Result((0.1, 1.0), {})),
        lambda: give_up(database, dead, Cause.PREEMPTED, "late"),
    ):
        with pytest.raises(LeaseLost, match="taken over"):
            late()
    finish(database, taken, Result((0.9, 1.0), {}))
    assert read_trials(database, hasty)[0].values == [0.9, 1.0]
    assert progress(database, hasty).finished_by == {"alive": 1}


def test_what_an_overtaken_owner_had_is_kept_beside_the_trial(database, hasty, draft):
    dead = claim(database, hasty, "dead", draft("a"))
    look_for_work(database, hasty, "alive")
    record_overtaken(database, dead, {"values": [0.4, float("nan")]})
    rows = _attempts(database, dead)
    assert [(row.token, row.worker, row.cause, row.kept) for row in rows] == [
        (1, "dead", "lost", '{"values": [0.4, NaN]}'),
        (2, "alive", None, None),
    ]


def test_whoever_looks_lets_the_trials_of_the_dead_wait(database, hasty, draft, long_lease):
    living = claim(database, long_lease(hasty), "alive", draft("a"))
    assert 990 < reap(database, hasty) <= 1000
    claim(database, hasty, "dead", draft("b"))
    assert 990 < reap(database, hasty) <= 1000
    assert progress(database, hasty).states == {"running": 1, "waiting": 1}
    finish(database, living, Result((0.5, 1.0), {}))
    assert reap(database, hasty) is None


def test_an_owner_that_was_only_silent_goes_on_if_nobody_has_taken_over(database, hasty, draft):
    owner = claim(database, hasty, "silent", draft("a"))
    reap(database, hasty)
    assert progress(database, hasty).states == {"waiting": 1}
    renew(database, owner, [EPOCH])
    assert progress(database, hasty).states == {"running": 1}
    assert [row.cause for row in _attempts(database, owner)] == [None]
    reap(database, hasty)
    finish(database, owner, Result((0.7, 1.0), {}))
    assert read_trials(database, hasty)[0].state.name == "COMPLETE"
    assert progress(database, hasty).wasted == {}


def test_reaping_by_many_at_once_counts_a_death_once(database, hasty, draft):
    dead = claim(database, hasty, "dead", draft("a"))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: reap(database, hasty), range(16)))
    with database.engine.connect() as connection:
        failures = connection.scalar(select(schema.leases.c.failures).where(schema.leases.c.trial_id == dead.trial_id))
    assert failures == 1


def test_a_trial_that_ends_its_workers_ends_as_failed(database, make_study, draft):
    study = make_study(trials=1, lease=0.001)
    claim(database, study, "w1", draft("a"))
    for number in (2, 3):
        assert look_for_work(database, study, f"w{number}").token == number
    look_for_work(database, study, "the last")
    assert isinstance(look_for_work(database, study, "the last"), Draw)
    (trial,) = read_trials(database, study)
    assert trial.state.name == "FAIL"
    assert trial.user_attrs["fail_reason"] == "3 attempts ended badly, the last with its worker dead"


def test_workers_of_a_deleted_study_are_told(database, study, draft):
    optuna.delete_study(study_name=study.name, storage=database.optuna_storage())
    for late in (look_for_work, lambda *args: claim(*args, draft("a"))):
        with pytest.raises(StudyError, match="was deleted"):
            late(database, study, "w")


def test_an_owner_that_is_just_finishing_keeps_its_trial(database, hasty, draft):
    """Its transaction holds the lease; whoever looks meanwhile passes the trial by."""
    owner = claim(database, hasty, "slow", draft("a"))

    def finish_slowly(session):
        finished = leases.finish.__wrapped__(session, owner, Result((0.7, 1.0), {}))
        assert isinstance(look_for_work(database, hasty, "other"), Draw)
        return finished

    database.run(finish_slowly)
    assert read_trials(database, hasty)[0].state.name == "COMPLETE"


@pytest.mark.parametrize("lease", [60.0, 0.001])
def test_one_that_failed_on_a_machine_is_left_to_others_for_a_while(database, make_study, draft, lease):
    study = make_study(lease=lease)
    mine = claim(database, study, "box-11-ab", draft("a"))
    give_up(database, mine, Cause.INTERRUPTED, "my disk is full")
    if lease > 1:
        assert isinstance(look_for_work(database, study, "box-12-cd"), Draw)
        assert look_for_work(database, study, "other-11-ab").number == mine.number
    else:
        assert look_for_work(database, study, "box-12-cd").number == mine.number


@pytest.mark.parametrize(("cause", "failures"), [(Cause.PREEMPTED, 0), (Cause.OUT_OF_MEMORY, 1)])
def test_an_owner_thought_dead_that_gives_up_has_failed_once_and_not_twice(database, hasty, draft, cause, failures):
    owner = claim(database, hasty, "silent", draft("a"))
    reap(database, hasty)
    assert give_up(database, owner, cause, "why")
    with database.engine.connect() as connection:
        query = select(schema.leases.c.failures).where(schema.leases.c.trial_id == owner.trial_id)
        assert connection.scalar(query) == failures


@pytest.mark.parametrize(("state", "counted"), [("COMPLETE", 1), ("FAIL", 0)])
def test_a_trial_that_somebody_else_ends_holds_nothing_up(database, make_study, draft, state, counted):
    """As a person does in the dashboard."""
    study = make_study(trials=1)
    owner = claim(database, study, "w", draft("a"))
    values = [0.5, 1.0] if state == "COMPLETE" else None
    told = optuna.load_study(study_name=study.name, storage=database.optuna_storage())
    told.tell(owner.number, values, state=optuna.trial.TrialState[state])
    with pytest.raises(LeaseLost, match="ended by somebody else"):
        finish(database, owner, Result((0.9, 1.0), {}))
    assert isinstance(look_for_work(database, study, "w"), Draw) is (not counted)
    assert progress(database, study).counted == counted


def test_a_reason_that_postgres_cannot_keep_is_made_readable(database, study, draft):
    owner = claim(database, study, "w", draft("a"))
    give_up(database, owner, Cause.USER_ERROR, "odd \0 and \ud800 " + "x" * 10_000)
    (failure,) = progress(database, study).failures
    assert failure.reason.startswith("odd  and ? xxx")
    assert len(failure.reason) == 2000


def test_thousands_of_epochs_are_written(database, study, draft):
    rows = [EPOCH | {"epoch": number} for number in range(1, 12_001)]
    got = claim(database, study, "w", draft("a"))
    renew(database, got, [*rows, rows[0]])
    assert len(_curve(database, got)) == 12_000


def test_a_trial_that_waits_keeps_its_slot(database, make_study, draft):
    study = make_study(trials=1)
    give_up(database, claim(database, study, "w1", draft("a")), Cause.PREEMPTED, "told to stop")
    assert claim(database, study, "w2", draft("b")) is Idle.WAIT


def test_steps_that_are_repeated_find_their_own_work_done(database, make_study, draft):
    """As after a connection that broke between a commit and its acknowledgement."""
    study = make_study(trials=2)
    first = claim(database, study, "w", draft("a", over_budget=2))
    assert claim(database, study, "w", draft("a", over_budget=2)) == first
    assert look_for_work(database, study, "w") == first
    assert progress(database, study).drafts == {"over_budget": 2}
    for _ in range(2):
        finish(database, first, Result((0.7, 1.0), {"a": 1}, [EPOCH], [LABEL]), [EPOCH])
    second = claim(database, study, "w", draft("b"))
    for _ in range(2):
        assert give_up(database, second, Cause.INTERRUPTED, "full")
    third = look_for_work(database, study, "other")
    for _ in range(2):
        assert not give_up(database, third, Cause.DIVERGED, "nan")
    for _ in range(2):
        end_study(database, study, "nothing left", {"repeated": 5})
    state = progress(database, study)
    assert (state.states, state.drafts) == ({"complete": 1, "fail": 1}, {"over_budget": 2, "repeated": 5})


def test_an_epoch_trained_twice_has_one_row(database, study, draft):
    got = claim(database, study, "w", draft("a"))
    renew(database, got, [EPOCH])
    renew(database, got, [EPOCH | {"loss": 0.4}, EPOCH | {"epoch": 2}])
    assert _curve(database, got) == [(1, 0.4), (2, 0.5)]
    (attempt,) = _attempts(database, got)
    assert (attempt.first_epoch, attempt.last_epoch) == (1, 2)


def test_epochs_that_a_dead_owner_could_not_report_come_with_the_result(database, hasty, draft):
    """Its checkpoint was safe, its row was not; whoever goes on from there knows the whole curve."""
    claim(database, hasty, "dead", draft("a"))
    owner = look_for_work(database, hasty, "alive")
    second = EPOCH | {"epoch": 2}
    finish(database, owner, Result((0.5, 1.0), {}, [EPOCH, second]), [second])
    assert _curve(database, owner) == [(1, 0.5), (2, 0.5)]
    assert [(row.first_epoch, row.last_epoch) for row in _attempts(database, owner)] == [(None, None), (2, 2)]


def test_dropped_drafts_add_up(database, study, draft):
    claim(database, study, "w1", draft("a", over_budget=3, repeated=1))
    claim(database, study, "w2", draft("b", over_budget=4))
    assert progress(database, study).drafts == {"over_budget": 7, "repeated": 1}


def test_draws_are_numbered(database, study):
    assert [look_for_work(database, study, "w").index for _ in range(3)] == [1, 2, 3]


def test_an_ended_study_hands_out_nothing_but_waits_for_what_runs(database, study, draft):
    running = claim(database, study, "w", draft("a"))
    end_study(database, study, "nothing left", {})
    assert look_for_work(database, study, "w2") is Idle.WAIT
    finish(database, running, Result((0.7, 1.0), {}))
    assert look_for_work(database, study, "w2") is Idle.DONE
    assert progress(database, study).ended == "nothing left"


def test_a_paused_study_hands_out_nothing_and_takes_results(database, study, draft):
    running = claim(database, study, "w", draft("a"))
    give_up(database, claim(database, study, "w1", draft("b")), Cause.PREEMPTED, "told to stop")
    set_paused(database, study, True)
    assert look_for_work(database, study, "w2") is Idle.WAIT
    assert claim(database, study, "w2", draft("c")) is Idle.WAIT
    finish(database, running, Result((0.7, 1.0), {}))
    set_paused(database, study, False)
    assert look_for_work(database, study, "w2").number == 1


def test_deleting_a_study_in_the_dashboard_takes_our_rows_with_it(database, study, draft):
    got = claim(database, study, "w", draft("a"))
    renew(database, got, [EPOCH])
    optuna.delete_study(study_name=study.name, storage=database.optuna_storage())
    with database.engine.connect() as connection:
        left = connection.scalar(select(func.count()).where(schema.leases.c.study_id == study.id))
    assert left == 0


def test_a_trial_takes_few_statements_and_commits(database, study, draft):
    """From draw to finish, the history read included; Optuna needs 57 to 141 and 19 to 31."""
    counts = {"statements": 0, "commits": 0}

    def count(what):
        return lambda *args: counts.update({what: counts[what] + 1})

    listeners = [("before_cursor_execute", count("statements")), ("commit", count("commits"))]
    for name, listener in listeners:
        event.listen(database.engine, name, listener)
    try:
        read_trials(database, study)
        look_for_work(database, study, "w")
        got = claim(database, study, "w", draft("a", over_budget=1, repeated=2))
        finish(database, got, Result((0.8, 1.0), dict.fromkeys("abcdefgh", 1), [EPOCH], [LABEL]), [EPOCH])
    finally:
        for name, listener in listeners:
            event.remove(database.engine, name, listener)
    assert counts["statements"] <= 12
    assert counts["commits"] <= 4


def _curve(database, claimed):
    query = select(schema.epochs).where(schema.epochs.c.trial_id == claimed.trial_id).order_by(schema.epochs.c.epoch)
    with database.engine.connect() as connection:
        return [(row.epoch, row.loss) for row in connection.execute(query)]


def _attempts(database, claimed):
    query = select(schema.attempts).where(schema.attempts.c.trial_id == claimed.trial_id)
    with database.engine.connect() as connection:
        return connection.execute(query.order_by(schema.attempts.c.token)).all()


STOPPED = {"stopped_epoch": 1, "stopped_score": 0.6, "stopped_reason": "far below", "train_flops": 12}


def test_a_trial_stopped_early_counts_without_values(database, make_study, draft):
    study = make_study(trials=1)
    owner = claim(database, study, "w", draft("a"))
    renew(database, owner, [EPOCH])
    for _ in range(2):  # as after a connection that broke
        stop_early(database, owner, STOPPED, [EPOCH | {"epoch": 2, "seconds": 2.5}])
    loaded = optuna.load_study(study_name=study.name, storage=database.optuna_storage())
    (trial,) = loaded.trials
    assert (trial.state.name, trial.values) == ("PRUNED", None)
    assert trial.user_attrs == {"flops": 1000, "architecture": "abc", **STOPPED, "train_seconds": 3.5}
    assert trial.datetime_start <= trial.datetime_complete
    assert loaded.best_trials == []
    assert look_for_work(database, study, "w") is Idle.DONE
    state = progress(database, study)
    assert (state.counted, state.states, state.wasted, state.best) == (1, {"pruned": 1}, {}, None)
    assert (state.finished_by, state.per_hour > 0) == ({"w": 1}, True)
    assert leases.final_tokens(database, study) == {0: 1}


def test_whoever_has_lost_a_trial_does_not_stop_it(database, hasty, draft):
    dead = claim(database, hasty, "dead", draft("a"))
    look_for_work(database, hasty, "alive")
    with pytest.raises(LeaseLost, match="taken over"):
        stop_early(database, dead, STOPPED)
    assert progress(database, hasty).states == {"running": 1}


def test_a_stopped_trial_can_be_excluded(database, make_study, draft):
    study = make_study(trials=1)
    stop_early(database, claim(database, study, "w", draft("a")), STOPPED)
    exclude_trial(database, study, 0, "odd")
    assert read_trials(database, study)[0].user_attrs["excluded_values"] == []
    assert isinstance(look_for_work(database, study, "w"), Draw)
