import subprocess
from dataclasses import replace

import psutil
import pytest
from slurm_cluster import can_run, slurm_cluster, wait_for

from models.training.recipe import Precision
from search.creation import create_study
from search.errors import ConfigError, WorkerError
from search.launch.job import Job
from search.launch.preflight import require
from search.launch.slurm import backend
from search.launch.slurm.backend import Slurm
from search.launch.slurm.commands import ask
from search.launch.slurm.script import worker_script
from search.launch.slurm.time_limit import lead, seconds_of_limit
from search.settings import SearchSettings, WantedTraining
from search.space import make_space
from storage.database import Database, open_database
from storage.home import log_folder
from storage.leases import reap
from storage.progress import progress
from storage.studies import Terms
from storage.trials import read_trials
from storage.url import parse

SPACE = {
    "families": {"resnet": {"stages": 2, "depth": 1, "width": [4, 8], "kernel": [3, 5, 7]}},
    "train": {"lr": {"low": 0.001, "high": 0.01, "log": True}},
}


def on_daemons(test):
    """Marks a test that needs a cluster."""
    reason = "needs Slurm's daemons (Debian: slurm-wlm), and root to start jobs"
    return pytest.mark.slurm(pytest.mark.skipif(not can_run(), reason=reason)(test))


@pytest.fixture
def remote(database):
    """A database that is reached by a password in its URL; nothing connects to it."""
    return Database(database.engine, parse("postgresql://me:pl4nted@db.example.org:5432/ecg"), embedded=False)


@pytest.fixture
def job(remote, study):
    return Job(remote, study, workers=5, settings={"partition": "gpu", "gres": "gpu:1", "time": "12:00:00"})


@pytest.fixture
def arrays_of_three(monkeypatch):
    monkeypatch.setattr(backend, "ask", lambda *command: "MaxArraySize            = 4\n")


@pytest.mark.parametrize(
    ("limit", "seconds"),
    [
        ("90", 5400),
        ("2:30", 150),
        ("12:00:00", 43_200),
        ("1-0", 86_400),
        ("1-12:30", 131_400),
        ("0-00:01:05", 65),
        ("0", None),
        ("UNLIMITED", None),
    ],
)
def test_time_limits_are_read_as_slurm_writes_them(limit, seconds):
    assert seconds_of_limit(limit) == seconds


@pytest.mark.parametrize("limit", ["", "12h", "1:2:3:4", "1-", "-5", "12:00:00 "])
def test_what_is_no_time_limit_is_refused(limit):
    with pytest.raises(ConfigError, match="a time limit is written like 90"):
        seconds_of_limit(limit)


def test_a_worker_is_told_two_minutes_before_its_limit_or_a_tenth_of_a_short_one():
    assert [lead(limit) for limit in (None, 43_200, 600, 60, 5)] == [120, 120, 60, 6, 1]


def test_the_submission_is_a_shell_script_without_the_password(job, arrays_of_three, monkeypatch):
    monkeypatch.setenv("ECGSCALE_ARTIFACTS", "/shared/it's")
    text = Slurm().submission(job)
    assert "pl4nted" not in text
    assert "# ECGSCALE_STORAGE holds a password" in text
    assert "export ECGSCALE_STORAGE" not in text
    assert """export ECGSCALE_ARTIFACTS='/shared/it'"'"'s'""" in text
    assert "for array in 1-3 1-2; do" in text
    for line in ("partition=gpu", "gres=gpu:1", "signal=TERM@120", "time=12:00:00", "time=0:600", "requeue"):
        assert f"#SBATCH --{line}\n" in text
    subprocess.run(["bash", "-n"], input=text, text=True, check=True)


def test_a_password_in_a_file_leaves_the_url_in_the_script(job, remote, arrays_of_three, monkeypatch, tmp_path):
    (tmp_path / "password").write_text("pl4nted")
    monkeypatch.setenv("ECGSCALE_STORAGE_PASSWORD_FILE", str(tmp_path / "password"))
    text = Slurm().submission(job)
    assert "pl4nted" not in text
    assert "export ECGSCALE_STORAGE=postgresql://me@db.example.org:5432/ecg\n" in text
    assert f"export ECGSCALE_STORAGE_PASSWORD_FILE={tmp_path / 'password'}\n" in text


@pytest.fixture
def ended_task(job, tmp_path):
    """Runs the workers' script once more on a stand-in of Slurm; what it said, and what it asked of Slurm."""
    log = tmp_path / "slurm-7_1.log"
    script = worker_script(job).replace(f"{log_folder(job.study.key)}/slurm-", f"{tmp_path}/slurm-")

    def end(code, now, said="", seconds=100):
        slurm = f"srun() {{ printf %s {said!r}; SECONDS={seconds}; return {code}; }}; squeue() {{ echo {now!r}; }}\n"
        slurm += "scontrol() { echo asked: $*; }; SLURM_ARRAY_JOB_ID=7 SLURM_ARRAY_TASK_ID=1\n"
        with log.open("a") as out:
            ended = subprocess.run(["bash", "-c", slurm + script], stdout=out, check=False).returncode
        return ended, "asked: requeue 7_1" in log.read_text().splitlines()[-1]

    return end


@pytest.mark.parametrize(
    ("code", "now", "back"),
    [
        (0, "RUNNING None", False),
        (1, "RUNNING None", False),
        (2, "RUNNING None", False),
        (130, "RUNNING None", True),  # told alone
        (130, "COMPLETING None", False),  # cancelled, or Slurm takes it back by itself
        (130, "COMPLETING TimeLimit", True),
        (137, "RUNNING None", True),
        (137, "COMPLETING None", False),
    ],
)
def test_a_task_comes_back_where_nobody_decided_otherwise(ended_task, code, now, back):
    assert ended_task(code, now, said="trained\n") == (code, back)


@pytest.mark.parametrize(("code", "seconds"), [(139, 100), (130, 1)])
def test_a_task_that_fails_again_and_again_stays_away(ended_task, code, seconds):
    """Also where a worker dies in the middle of a line, and where it is told to stop as soon as it begins."""
    ends = [ended_task(code, "RUNNING None", said="half a line", seconds=seconds) for _ in range(5)]
    assert ends == [(code, True)] * 3 + [(code, False)] * 2


def test_our_options_stand_behind_the_users_so_that_no_abbreviation_outdoes_them(job, arrays_of_three):
    lines = Slurm().submission(replace(job, settings={"sig": "KILL@1", "exclusive": ""})).splitlines()
    assert lines.index("#SBATCH --exclusive") < lines.index("#SBATCH --requeue")
    assert lines.index("#SBATCH --sig=KILL@1") < lines.index("#SBATCH --signal=TERM@120")


@pytest.mark.parametrize("name", ["array", "job-name", "output", "requeue", "signal", "wrap", "export", "parsable"])
def test_settings_that_a_launch_makes_are_refused(job, name):
    with pytest.raises(ConfigError, match=f"a launch sets sbatch's {name} itself; leave it out of --slurm"):
        Slurm().preflight(replace(job, settings={name: "1"}))


@pytest.mark.parametrize("settings", [{"p": "gpu"}, {"--partition": "gpu"}, {"comment": "a\n#SBATCH --array=1-9"}])
def test_what_is_no_option_of_sbatch_is_refused(job, settings):
    with pytest.raises(ConfigError, match="settings of slurm are sbatch's long options"):
        Slurm().preflight(replace(job, settings=settings))


def test_an_embedded_study_is_to_be_moved_first(database, study, watched):
    with pytest.raises(ConfigError, match=r"embedded Postgres.*study export.*study import"):
        Slurm().start(Job(database, study), watched())


def test_workers_that_would_share_a_device_are_refused(job):
    with pytest.raises(ConfigError, match="2 were to share a device; ask Slurm for a part of one instead"):
        Slurm().submission(replace(job, workers=None, per_device=2))


def test_a_machine_without_slurm_says_so(job, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ConfigError, match="this machine has no squeue; launch on Slurm from a machine that submits"):
        Slurm().status(job)


def test_an_array_that_is_refused_tells_what_was_taken_before(job, arrays_of_three, monkeypatch, watched):
    taken = []

    def sbatch(*command, **more):
        if len(taken) == 2:
            raise WorkerError("sbatch refuses: too many jobs")
        taken.append(command)
        return subprocess.CompletedProcess(command, 0, f"{6 + len(taken)};cluster\n", "")

    monkeypatch.setattr(backend, "run", sbatch)
    with pytest.raises(
        WorkerError,
        match=r"submitted are the check 7, 8_\[1-3\], and they go on; then sbatch refuses: too many jobs",
    ):
        Slurm().start(job, watched())


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    settings = (
        "MaxArraySize=4",
        "PreemptType=preempt/partition_prio",
        "PreemptMode=REQUEUE",
        "PartitionName=low Nodes=ALL Default=YES PriorityTier=1",
        "PartitionName=high Nodes=ALL PriorityTier=10",
    )
    with slurm_cluster(tmp_path_factory.mktemp("slurm") / "c", *settings, grace_s=20) as running:
        yield running


@pytest.fixture
def daemons(cluster, postgres15, monkeypatch):
    """The cluster, and a Postgres that its nodes reach by a password in the environment."""
    for name in ("SLURM_CONF", "PATH"):
        monkeypatch.setenv(name, cluster.environment[name])
    url = parse(postgres15.url).set(drivername="postgresql", password=postgres15.password)
    monkeypatch.setenv("ECGSCALE_STORAGE", url.render_as_string(hide_password=False))
    yield cluster
    cluster.ask("scontrol", "update", f"nodename={','.join(cluster.nodes)}", "state=resume")


@pytest.fixture
def make_job(daemons, store):
    """Makes jobs over studies in that Postgres, and cancels what is left of them."""
    made = []

    def make(name, *, trials, workers, epochs=1, **settings):
        database = open_database()
        training = WantedTraining(epochs=epochs, batch_size=32, precision=Precision.FP32)
        space = make_space(SPACE, source="the test's space")
        study = create_study(
            database,
            name,
            store=store.path,
            space=space,
            terms=Terms(trials, lease=10.0),
            training=training,
            search=SearchSettings(early_stopping=False),
        )
        made.append(Job(database, study, workers, device="cpu", settings=settings))
        return made[-1]

    yield make
    for job in made:
        Slurm().cancel(job)
        wait_for(lambda job=job: not queued(job), 60, "all tasks end")


def queued(job):
    """The tasks that are in the queue, by name."""
    ended = ("COMPLETED", "CANCELLED", "FAILED", "TIMEOUT")
    return {found.worker: found for found in Slurm().status(job) if found.state not in ended}


def tasks(job):
    return {name: found for name, found in queued(job).items() if "_" in name}


def state_of(job):
    reap(job.database, job.study)
    return progress(job.database, job.study)


def logs(job):
    return {path.name: path.read_text() for path in log_folder(job.study.key).iterdir()}


def command_lines():
    return " ".join(" ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"]))


def times_back(task):
    return int(ask("scontrol", "show", "job", task).partition("Restarts=")[2].split()[0])


def number_of_check(heard):
    return heard.said[0].partition("the check ")[2].partition(",")[0]


@on_daemons
def test_more_workers_than_an_array_may_have_are_several_arrays(make_job, watched):
    job, heard = make_job("many", trials=5, workers=5, hold=""), watched()
    require(Slurm().preflight(job))
    assert Slurm().start(job, heard) is None
    assert "_[1-3], " in heard.said[0]
    assert "_[1-2]; " in heard.said[0]
    standing = Slurm().status(job)
    assert len(standing) == 6
    assert [found.worker for found in standing if "(check)" in found.worker] == [f"{number_of_check(heard)} (check)"]
    assert {found.state for found in standing} == {"PENDING"}
    assert Slurm().cancel(job) == 5
    wait_for(lambda: not queued(job), 30, "a cancelled queue is empty")
    subprocess.run(["bash", "-e"], input=Slurm().submission(job), text=True, check=True, capture_output=True)
    assert Slurm().cancel(job) == 5


@on_daemons
def test_slurms_own_words_are_passed_on(make_job, watched):
    job = make_job("refused", trials=5, workers=1, partition="nowhere")
    with pytest.raises(ConfigError, match="sbatch refuses: invalid partition specified: nowhere"):
        require(Slurm().preflight(job))
    with pytest.raises(WorkerError, match="sbatch refuses: invalid partition specified: nowhere"):
        Slurm().start(job, watched())


@on_daemons
def test_a_check_that_fails_takes_the_workers_with_it(make_job, tmp_path, watched):
    job = replace(make_job("unchecked", trials=5, workers=2), store=tmp_path / "nowhere")
    Slurm().start(job, watched())
    wait_for(lambda: not queued(job), 60, "workers whose check failed leave the queue")
    assert len(logs(job)) == 1
    assert "FAILED    store" in next(iter(logs(job).values()))


@on_daemons
def test_a_signal_a_requeue_and_a_lost_node_lose_nothing(make_job, daemons, postgres15, watched):
    job, heard = make_job("array", trials=30, workers=3, epochs=6), watched()
    Slurm().start(job, heard)
    wait_for(lambda: len(state_of(job).running) == 3, 120, "three workers train")
    read = [command_lines(), Slurm().submission(job), *heard.said]
    told, requeued, lost = tasks(job).values()
    read += [ask("scontrol", "show", "job", "--details", found.worker) for found in (told, requeued, lost)]
    before = {running.worker for running in state_of(job).running}
    ask("scancel", "--signal=TERM", told.worker)
    ask("scontrol", "requeue", requeued.worker)
    ask("scontrol", "update", f"nodename={lost.where}", "state=down", "reason=tried")
    wait_for(lambda: all(times_back(found.worker) for found in (told, requeued, lost)), 60, "each task comes back")
    assert state_of(job).counted < 30
    ask("scontrol", "update", f"nodename={lost.where}", "state=resume")
    wait_for(lambda: state_of(job).counted == 30, 150, "the study has its trials")
    wait_for(lambda: not queued(job), 60, "tasks end when nothing is left to do")
    state = state_of(job)
    assert state.states == {"complete": 30}
    assert sorted(row.number for row in read_trials(job.database, job.study)) == list(range(30))
    assert state.wasted.keys() <= {"preempted"}
    assert set(state.finished_by) - before
    read += logs(job).values()
    assert "the task comes back" in "".join(read)
    assert "nothing left to do" in "".join(read)
    assert postgres15.password not in "".join(read)


@on_daemons
def test_a_preempted_worker_hands_its_trial_back_and_its_task_comes_back(make_job, daemons, watched):
    job = make_job("preempted", trials=5000, workers=1, epochs=12)
    Slurm().start(job, watched())
    wait_for(lambda: state_of(job).running, 60, "a worker trains")
    (task,) = tasks(job)
    ask("sbatch", "--partition=high", f"--nodelist={','.join(daemons.nodes)}", "--output=/dev/null", "--wrap=true")
    wait_for(lambda: tasks(job)[task].state == "PENDING", 60, "the task is back in the queue")
    assert times_back(task) == 1
    state = state_of(job)
    assert state.running == []
    assert state.wasted.keys() <= {"preempted"}
    (log,) = (text for name, text in logs(job).items() if name.startswith("slurm-"))
    assert log.count("stopped by SIGTERM") == 1


@on_daemons
def test_a_task_whose_time_is_over_comes_back_and_one_that_is_cancelled_does_not(make_job, daemons, watched):
    job = make_job("long", trials=5000, workers=1, epochs=4, time="1")
    Slurm().start(job, watched())
    wait_for(lambda: state_of(job).running, 60, "a worker trains")
    (task,) = tasks(job)
    wait_for(lambda: times_back(task) == 1, 80, "the task's time is over and it comes back")
    wait_for(lambda: state_of(job).running, 60, "a worker trains again")
    assert Slurm().cancel(job) == 1
    wait_for(lambda: not queued(job), 60, "the task is gone")
    state = state_of(job)
    assert state.running == []
    assert state.wasted.keys() <= {"preempted"}
    (log,) = (text for name, text in logs(job).items() if name.startswith("slurm-"))
    assert log.count("stopped by SIGTERM") == 2
    assert log.count("the task comes back") == 1
