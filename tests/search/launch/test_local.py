import os
import signal
import socket
import threading

import pytest

from search.errors import ConfigError, WorkerError
from search.launch.job import Job
from search.launch.local.backend import Local
from search.launch.scene import State
from storage.progress import progress
from storage.trials import read_trials


def test_two_processes_share_one_study_exactly(database, make_study, make_job, watched):
    study = make_study(trials=12)
    watcher = watched()
    state = Local().start(make_job(study, 2), watcher)
    rows = read_trials(database, study)
    assert sorted(row.number for row in rows) == list(range(12))
    assert {row.state.name for row in rows} == {"COMPLETE"}
    assert sum(state.finished_by.values()) == 12
    last = watcher.scenes[-1].workers
    assert {worker.state for worker in last} == {State.ENDED}
    assert sum(worker.finished for worker in last) == 12
    trained = [worker for scene in watcher.scenes for worker in scene.workers if worker.state is State.TRAINING]
    assert all(worker.running is not None for worker in trained)
    assert watcher.said == []
    assert watched.workers_of(study) == []


def test_four_workers_one_killed_and_one_that_crashes_at_its_start(
    database, make_study, make_job, watched, tmp_path, monkeypatch
):
    """What the view tells: the killed one starts again, the crashing one is given up with its last lines."""
    crash = tmp_path / "crash.py"
    crash.write_text(
        "import ctypes, os\n"
        "if os.readlink('/proc/self/fd/1').endswith('worker-3.log'):\n"
        "    print('about to crash', flush=True)\n"
        "    ctypes.string_at(0)\n"
    )
    monkeypatch.setenv("ECGSCALE_PLUGIN", str(crash))
    study = make_study(trials=30, lease=2.0)
    killed = []

    def kill_one(scene):
        training = [worker for worker in scene.workers if worker.state is State.TRAINING]
        if training and not killed:
            victim = next(p for p in watched.workers_of(study) if f"-{p.pid}-" in training[0].running.worker)
            os.kill(victim.pid, signal.SIGKILL)
            killed.append(training[0].number)

    watcher = watched(kill_one)
    state = Local().start(make_job(study, 4), watcher)
    assert state.states == {"complete": 30}
    assert state.wasted.keys() == {"lost"}
    assert f"worker {killed[0]} died by SIGKILL; it starts again in 1 s" in watcher.said
    crashes = [line for line in watcher.said if line.startswith("worker 3 ")]
    assert [line.partition(";")[0] for line in crashes[:3]] == ["worker 3 died by SIGSEGV"] * 3
    assert "died 4 times in a row, now by SIGSEGV, and is given up; its last lines in" in crashes[3]
    assert "  | Fatal Python error: Segmentation fault" in crashes[3]
    assert "crash.py" in crashes[3]
    ends = {worker.number: worker.state for worker in watcher.scenes[-1].workers}
    assert ends.pop(3) is State.GIVEN_UP
    assert set(ends.values()) == {State.ENDED}


def _send_when_trained(*signals):
    waiting = list(signals)

    def act(scene):
        if scene.progress.counted >= 2 and any(worker.running for worker in scene.workers):
            for number in waiting:
                os.kill(os.getpid(), number)
            waiting.clear()

    return act


def test_the_first_ctrl_c_finishes_the_trials_that_run(database, make_study, make_job, watched):
    study = make_study(trials=500)
    watcher = watched(_send_when_trained(signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        Local().start(make_job(study, 2), watcher)
    state = progress(database, study)
    assert 2 <= state.counted < 500
    assert state.running == []
    assert state.wasted == {}
    assert state.states.keys() == {"complete"}  # nothing waits to be gone on with
    assert len(watcher.said) == 1
    assert watcher.said[0].startswith("finishing the trials that run (")
    assert watched.workers_of(study) == []


@pytest.mark.parametrize("signals", [[signal.SIGINT, signal.SIGINT], [signal.SIGTERM]], ids=str)
def test_the_second_ctrl_c_and_sigterm_hand_them_back(database, make_study, make_job, watched, signals):
    study = make_study(trials=500)
    watcher = watched(_send_when_trained(*signals))
    with pytest.raises(KeyboardInterrupt):
        Local().start(make_job(study, 1), watcher)
    assert watcher.said[-1] == "stopping; running trials are handed back"
    assert watched.workers_of(study) == []
    state = progress(database, study)
    assert state.running == []
    assert 2 <= state.counted < 500


def test_a_worker_that_cannot_be_started_leaves_none_behind(make_study, make_job, watched, ecgscale_home):
    study = make_study(trials=500)
    (ecgscale_home / "logs" / study.key / f"{socket.gethostname()}-{os.getpid()}-worker-2.log").mkdir(parents=True)
    with pytest.raises(IsADirectoryError):
        Local().start(make_job(study, 2), watched())
    assert watched.workers_of(study) == []


def test_whatever_ends_the_launch_no_worker_outlives_it(database, make_study, make_job, watched):
    study = make_study(trials=500)

    def fail(scene):
        if scene.progress.counted >= 2:
            raise RuntimeError("the terminal is gone")

    with pytest.raises(RuntimeError, match="the terminal is gone"):
        Local().start(make_job(study, 1), watched(fail))
    assert watched.workers_of(study) == []
    assert progress(database, study).running == []


def test_workers_that_cannot_start_end_the_launch_with_their_last_words(study, make_job, watched, tmp_path):
    watcher = watched()
    with pytest.raises(
        WorkerError, match=r"all workers stopped with 0 of 3 trials; the last said: the study.s record store is not at"
    ):
        Local().start(make_job(study, 1, store=tmp_path / "nowhere"), watcher)
    assert {worker.state for worker in watcher.scenes[-1].workers} == {State.FAILED}
    assert [line.partition(" at ")[0] for line in watcher.said] == ["worker 1 ended: the study's record store is not"]


@pytest.mark.server
def test_a_database_that_is_away_ends_no_launch(make_study, watched, remote, postgres15):
    """Its workers train on and wait for it; so does whoever looks after them."""
    study = make_study(trials=12, on=remote)
    away = []

    def take_away(scene):
        if scene.progress.counted >= 2 and not away:
            postgres15.stop(at_once=True)
            away.append(threading.Timer(3.0, postgres15.start))
            away[0].start()

    watcher = watched(take_away)
    state = Local().start(Job(remote, study, 2), watcher)
    away[0].join()
    assert state.states == {"complete": 12}
    assert "; workers train on, and wait for it" in watcher.said[0]
    assert watcher.said[1:] == ["the database is back"]


@pytest.mark.server
def test_the_storages_password_is_on_no_command_line_and_in_no_dry_run(
    make_study, remote, postgres15, watched, monkeypatch, ecgscale_home
):
    study = make_study(trials=200, on=remote)
    monkeypatch.delenv("ECGSCALE_STORAGE_PASSWORD_FILE")  # so that it is in the URL alone
    job = Job(remote, study, 1)
    seen = []

    def look(scene):
        seen.extend(argument for process in watched.workers_of(study) for argument in process.info["cmdline"])
        if scene.progress.counted:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Local().start(job, watched(look))
    assert seen
    assert not any("postgresql" in argument for argument in seen)
    shown = Local().submission(job)
    assert shown.startswith("# ECGSCALE_STORAGE comes from the environment, with its password\n")
    logs = [log.read_text() for log in (ecgscale_home / "logs" / study.key).iterdir()]
    assert logs
    assert not any(postgres15.password in text for text in [shown, *logs])


def test_a_dry_run_is_what_would_be_typed(study, make_job, monkeypatch):
    monkeypatch.setattr("search.launch.local.sharing._cores", lambda: 8)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr("models.training.machine.list_gpus", lambda: ["cuda:0", "cuda:1"])
    lines = Local().submission(make_job(study, per_device=2)).splitlines()
    assert [line.split("--device ")[1].split()[0] for line in lines] == ["cuda:0", "cuda:1"] * 2
    assert all("OMP_NUM_THREADS=2 " in line and line.endswith(f"-- {study.name}") for line in lines)


def test_devices_and_cores_are_shared_out(monkeypatch):
    from search.launch.local.sharing import Share, share_out

    monkeypatch.setattr("search.launch.local.sharing._cores", lambda: 8)
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert share_out(["cpu"], 2, None) == [Share("cpu", 3)] * 2
    monkeypatch.delenv("OMP_NUM_THREADS")
    assert share_out(["cpu"], None, None) == [Share("cpu", 8)]
    assert share_out(["cpu"], 3, None) == [Share("cpu", 2)] * 3
    assert share_out(["cpu"], 16, None) == [Share("cpu", 1)] * 16
    assert share_out(["cuda:0", "cuda:1"], None, None) == [Share("cuda:0", 4), Share("cuda:1", 4)]
    assert [share.device for share in share_out(["cuda:0", "cuda:1"], 3, None)] == ["cuda:0", "cuda:1", "cuda:0"]


def test_the_number_of_workers_is_said_in_one_way(study, make_job):
    with pytest.raises(ConfigError, match="either in all or on each device, but got 2 in all and 1 per device"):
        make_job(study, 2, per_device=1)


def test_it_takes_no_settings_and_has_no_scheduler_to_ask(study, make_job):
    with pytest.raises(ConfigError, match="partition is no setting of local workers, which has none; name another"):
        Local().preflight(make_job(study, settings={"partition": "gpu"}))
    for ask in (Local().status, Local().cancel):
        with pytest.raises(ConfigError, match="where they were launched"):
            ask(make_job(study))
