"""Optuna's own conformance suite, and what is ours about reading."""

import optuna
import pytest
from optuna.testing.pytest_storages import StorageTestCase
from sqlalchemy import event, text

from storage.claims import Result
from storage.database import open_database
from storage.exclusion import exclude_trial
from storage.leases import claim, finish
from storage.trials import read_trials

_NAME = "conformance"


@pytest.fixture(scope="module")
def empty_database(database):
    """A database of its own beside the others."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {_NAME}"))
    return open_database(database.url.set(database=_NAME, drivername="postgresql").render_as_string(False))


@pytest.fixture(scope="module")
def shared_storage(empty_database):
    return empty_database.holding_on().optuna_storage()


@pytest.fixture(scope="module")
def kept_open(empty_database):
    return empty_database.holding_on().optuna_storage()


class TestConformance(StorageTestCase):
    @pytest.fixture
    def storage(self, kept_open):
        for study in kept_open.get_all_studies():
            kept_open.delete_study(study._study_id)
        return kept_open


def test_reading_takes_one_statement_and_finished_trials_are_kept(database, make_study, draft):
    study = make_study(trials=4)
    storage = database.optuna_storage()
    for name in "abc":
        finish(database, claim(database, study, "w", draft(name)), Result((0.5, 1.0), {"note": float("nan")}))
    statements = []
    event.listen(storage.engine, "before_cursor_execute", lambda *args: statements.append(args[3]))
    first = storage.get_all_trials(study.id, deepcopy=False)
    claim(database, study, "w2", draft("d"))
    again = storage.get_all_trials(study.id, deepcopy=False)
    assert len(statements) == 2
    assert [trial.number for trial in again] == [0, 1, 2, 3]
    assert all(old is new for old, new in zip(first, again, strict=False))


def test_it_reads_what_optunas_own_storage_reads(database, study, draft):
    finish(database, claim(database, study, "w", draft("a")), Result((0.5, float("inf")), {"note": "x"}))
    theirs = database.optuna_storage().theirs
    trial = claim(database, study, "w", draft("b"))
    theirs.set_trial_system_attr(trial.trial_id, "grid", [1, None])
    theirs.set_trial_intermediate_value(trial.trial_id, 1, float("nan"))
    theirs.set_trial_intermediate_value(trial.trial_id, 3, 0.25)
    assert [_told(read) for read in read_trials(database, study)] == [_told(t) for t in theirs.get_all_trials(study.id)]


def _told(trial):
    """All that a trial holds, NaN being equal to itself; Optuna leaves the order of attributes to the server."""
    trial.user_attrs = dict(sorted(trial.user_attrs.items()))
    return str(trial)


def test_an_exclusion_reaches_those_who_have_read_before(database, study, draft):
    finish(database, claim(database, study, "w", draft("a")), Result((0.5, 1.0), {}))
    loaded = optuna.load_study(study_name=study.name, storage=database.optuna_storage())
    assert len(loaded.best_trials) == 1
    exclude_trial(database, study, 0, "a lead had come off")
    assert loaded.best_trials == []
    assert loaded.trials[0].user_attrs["excluded"] == "a lead had come off"
