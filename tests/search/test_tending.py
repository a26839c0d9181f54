import time

import pytest

from search import tending
from search.tending import Tending
from storage.errors import DatabaseLost, LeaseLost
from storage.leases import claim, look_for_work
from storage.progress import progress

EPOCH = {"epoch": 1, "loss": 0.5, "balanced_accuracy": 0.6, "macro_auroc": 0.7, "seconds": 1.0}


def until(condition, seconds=10.0):
    """Whether it came true in time."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


def test_a_lease_outlives_its_length_while_it_is_tended(database, make_study, draft):
    study = make_study(lease=1.0)
    with Tending(database, study, claim(database, study, "w", draft("a"))):
        time.sleep(1.6)
        assert progress(database, study).running[0].renewed_ago < 1.0


def test_a_dead_workers_trial_is_set_free_by_one_that_is_busy(database, make_study, draft, long_lease):
    study = make_study(lease=1.0)
    claim(database, study, "dead", draft("a"))
    died = time.monotonic()
    with Tending(database, study, claim(database, long_lease(study), "busy", draft("b"))):
        assert until(lambda: progress(database, study).states == {"running": 1, "waiting": 1})
    assert time.monotonic() - died < study.lease + 1.0


def test_who_has_been_overtaken_is_told_with_the_next_epoch(database, hasty, draft, monkeypatch):
    monkeypatch.setattr(tending, "_BETWEEN_EPOCHS_S", 0.0)
    dead = claim(database, hasty, "slow", draft("a"))
    look_for_work(database, hasty, "quick")
    with Tending(database, hasty, dead) as mine:
        mine.add(EPOCH)

        def told():
            try:
                mine.add(EPOCH)
            except LeaseLost:
                return True
            return False

        assert until(told)


def test_a_database_that_is_away_holds_nothing_up_and_epochs_wait_for_it(database, study, draft, monkeypatch):
    real, calls = tending.renew, []

    def away_twice(*args):
        calls.append(1)
        if len(calls) <= 2:
            raise DatabaseLost("restarting")
        real(*args)

    monkeypatch.setattr(tending, "renew", away_twice)
    monkeypatch.setattr(tending, "_BETWEEN_EPOCHS_S", 0.0)
    with Tending(database, study, claim(database, study, "w", draft("a"))) as mine:
        mine.add(EPOCH)
        assert until(lambda: not mine.epochs)
    assert progress(database, study).running[0].epoch == 1


def test_epochs_that_could_not_be_written_go_with_the_result(database, study, draft, monkeypatch):
    monkeypatch.setattr(tending, "renew", lambda *args: pytest.fail("not so soon"))
    with Tending(database, study, claim(database, study, "w", draft("a"))) as mine:
        mine.add(EPOCH)
    assert mine.epochs == [EPOCH]
    assert mine.seen == 1
