import threading
from dataclasses import replace

import pytest
from sqlalchemy import create_engine

from search import rung_watch
from search.halving import Hopeless
from search.rung_watch import RungWatch, StoppedEarly
from storage.leases import claim, renew


def row(epoch, score=0.25):
    return {"epoch": epoch, "loss": 0.5, "balanced_accuracy": score, "macro_auroc": 0.7, "seconds": 1.5}


@pytest.fixture
def long(config):
    """The settings of a study whose trials have nine epochs and two rungs, after the first and the third."""
    return config.model_copy(update={"training": config.training.model_copy(update={"epochs": 9})})


@pytest.fixture
def asked(monkeypatch):
    """What the rule is asked; it stops whatever it sees."""
    questions = []

    def stop_all(curves, number, rung, epochs):
        questions.append((curves, number, rung, epochs))
        return Hopeless(0.25, 0.1, 0.9) if curves else None

    monkeypatch.setattr(rung_watch, "verdict", stop_all)
    return questions


def test_the_rule_is_asked_at_rungs_with_our_newest_epoch(database, study, long, draft, asked):
    own = claim(database, study, "w", draft("a"))
    renew(database, own, [row(1, 0.5)])
    watch = RungWatch(database, study, long, own)
    watch.look_at(row(2))
    assert asked == []
    with pytest.raises(StoppedEarly, match="balanced accuracy") as stopped:
        watch.look_at(row(3))  # not written yet
    assert (stopped.value.epoch, stopped.value.why.score) == (3, 0.25)
    (((curve,), *told),) = asked
    assert (curve.scores, told) == ({1: 0.5, 3: 0.25}, [own.number, 3, 9])


def test_a_study_without_early_stopping_asks_nothing(database, study, long, draft, asked):
    own = claim(database, study, "w", draft("a"))
    RungWatch(database, study, long.model_copy(update={"early_stopping": False}), own).look_at(row(3))
    assert asked == []


def test_a_database_that_is_away_stops_nobody(database, study, long, draft, asked):
    own = claim(database, study, "w", draft("a"))
    away = replace(database, engine=create_engine(database.url.set(host="127.0.0.1", port=1, query={})))
    RungWatch(away, study, long, own).look_at(row(3))
    assert asked == [([], own.number, 3, 9)]


def test_a_database_that_does_not_answer_holds_up_no_training(database, study, long, draft, asked, monkeypatch):
    own = claim(database, study, "w", draft("a"))
    answered = threading.Event()
    monkeypatch.setattr(rung_watch, "_LONGEST_WAIT_S", 0.05)

    def read_slowly(*_):
        answered.wait(30)
        return []

    monkeypatch.setattr(rung_watch, "read_curves", read_slowly)
    RungWatch(database, study, long, own).look_at(row(3))
    answered.set()
    assert asked == [([], own.number, 3, 9)]
