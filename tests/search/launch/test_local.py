import os
import signal

import psutil
import pytest

from search.errors import WorkerError
from search.launch.local import launch
from storage.progress import progress
from storage.trials import read_trials


def workers_of(study):
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if study.name in (process.info["cmdline"] or []) and process.status() != psutil.STATUS_ZOMBIE
    ]


def test_two_processes_share_one_study_exactly(database, make_study):
    study = make_study(trials=12)
    state = launch(database, study, 2)
    rows = read_trials(database, study)
    assert sorted(row.number for row in rows) == list(range(12))
    assert {row.state.name for row in rows} == {"COMPLETE"}
    assert len(state.finished_by) == 2
    assert sum(state.finished_by.values()) == 12
    assert workers_of(study) == []


def test_a_killed_worker_is_started_again_and_its_trial_is_not_lost(database, make_study):
    study = make_study(trials=8, lease=2.0)
    killed = []

    def kill_one(state):
        if not killed and state.running:
            victim = next(process for process in workers_of(study) if f"-{process.pid}-" in state.running[0].worker)
            os.kill(victim.pid, signal.SIGKILL)
            killed.append(victim.pid)

    state = launch(database, study, 2, on_progress=kill_one)
    assert killed
    assert state.states == {"complete": 8}
    assert state.wasted.keys() == {"lost"}


def test_an_interrupt_stops_the_workers_and_keeps_the_study(database, make_study):
    study = make_study(trials=500)

    def interrupt(state):
        if state.counted >= 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        launch(database, study, 2, on_progress=interrupt)
    assert workers_of(study) == []
    state = progress(database, study)
    assert state.running == []
    assert 2 <= state.counted < 500


def test_workers_that_cannot_start_end_the_launch_with_their_last_words(database, study, tmp_path):
    with pytest.raises(
        WorkerError, match=r"all workers stopped with 0 of 3 trials; the last said: the study.s record store is not at"
    ):
        launch(database, study, 2, options=["--store", str(tmp_path / "nowhere")])


def test_the_storages_password_is_on_no_command_line(database, make_study):
    from search.launch.local import _environment

    remote = type(database)(database.engine, database.url.set(password="pl4nted"), embedded=False)
    assert "pl4nted" in _environment(remote, 1)["ECGSCALE_STORAGE"]
    study = make_study(trials=200)
    seen = []

    def look(state):
        seen.extend(argument for process in workers_of(study) for argument in process.info["cmdline"])
        if state.counted:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        launch(database, study, 1, on_progress=look)
    assert seen
    assert not any("postgresql" in argument for argument in seen)
