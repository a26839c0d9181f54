"""Ray's own cluster on this machine: a head and two nodes, each a raylet with processes of its own."""

import shutil
import signal
import tempfile
import time
import uuid
from contextlib import suppress
from dataclasses import replace
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path

import psutil
import pytest

from models.training.recipe import Precision
from search.creation import create_study
from search.errors import ConfigError
from search.launch.job import Job
from search.launch.ray.backend import Ray
from search.launch.ray.plan import make_plan
from search.settings import SearchSettings, WantedTraining
from search.space import make_space
from storage.database import open_database
from storage.home import log_folder
from storage.progress import progress
from storage.studies import Terms, set_paused
from storage.trials import read_trials
from storage.url import PASSWORD_FILE, STORAGE

needs_ray = pytest.mark.skipif(find_spec("ray") is None, reason="ray is not installed: pip install 'ecgscale[ray]'")
SPACE = {
    "families": {"resnet": {"stages": 2, "depth": 1, "width": [4, 8], "kernel": [3, 5, 7]}},
    "train": {"lr": {"low": 0.001, "high": 0.01, "log": True}},
}
SMALL = {"object_store_memory": 80 * 2**20, "include_dashboard": False, "node_ip_address": "127.0.0.1"}
QUIET = {
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # it then takes 127.0.0.1 at its word, and listens there alone
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_prestart_worker_first_driver": "0",
}


@pytest.fixture(scope="module")
def cluster():
    """A head that has no room for workers, and two nodes with room for two each."""
    folder = Path(tempfile.mkdtemp(prefix="ray-"))  # a socket's path must be short
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**QUIET, "RAY_TMPDIR": str(folder)}.items():
            patch.setenv(name, value)
        from ray.cluster_utils import Cluster

        made = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, **SMALL})
        try:
            for _ in range(2):
                made.add_node(num_cpus=2, **SMALL)
            yield made
        finally:
            made.shutdown()
            shutil.rmtree(folder)


@pytest.fixture
def remote(postgres15, monkeypatch):
    """A database with a password that a file holds, as the environment names it."""
    monkeypatch.setenv(STORAGE, postgres15.url)
    monkeypatch.setenv(PASSWORD_FILE, str(postgres15.password_file))
    return open_database()


@pytest.fixture
def make_job(remote, store):
    def make(trials, *, workers=2, **settings):
        study = create_study(
            remote,
            f"test-{uuid.uuid4().hex[:8]}",
            store=store.path,
            space=make_space(SPACE, source="the test's space"),
            terms=Terms(trials, lease=3.0),
            training=WantedTraining(epochs=5, batch_size=32, precision=Precision.FP32),
            search=SearchSettings(),
        )
        return Job(remote, study, workers=workers, device="cpu", settings=settings)

    return make


def until(true, seconds=120.0):
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end
        time.sleep(0.2)
    return found


def processes():
    """All that this test has started, with their command lines."""
    found = {}
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            found[process] = process.cmdline()
    return found


def workers_of(job):
    return [one for one, line in processes().items() if job.study.name in line and one.status() != "zombie"]


def listens_on():
    found = set()
    for process in processes():
        with suppress(psutil.Error):
            listening = [one for one in process.net_connections() if one.status == psutil.CONN_LISTEN]
            found |= {ip_address(one.laddr.ip.removeprefix("::ffff:")) for one in listening}
    return found


def node_of(worker, cluster):
    """The raylet of the node on which a worker is."""
    raylets = {node.all_processes["raylet"][0].process.pid for node in cluster.worker_nodes}
    return next(parent for parent in worker.parents() if parent.pid in raylets)


def kill(*victims):
    for process in victims:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGKILL)


def states(job):
    return [one.state for one in Ray().status(job)]


@needs_ray
@pytest.mark.ray
def test_a_study_ends_although_a_node_is_lost_and_shows_no_password(cluster, make_job, postgres15, watched):
    job = make_job(12, address=cluster.address)
    told = watched()
    written = [Ray().submission(job)]
    assert Ray().start(job, told) is None  # and from here on nobody is connected to Ray
    until(lambda: len(progress(job.database, job.study).running) == 2)
    written += [word for line in processes().values() for word in line]
    assert all(address.is_loopback for address in listens_on())

    victim, survivor = workers_of(job)
    node = node_of(victim, cluster)
    doomed = [node, *node.children(recursive=True)]
    until(lambda: any(f"-{victim.pid}-" in one.worker for one in progress(job.database, job.study).running))
    kill(*doomed)
    set_paused(job.database, job.study, True)
    [comer] = until(lambda: [one for one in workers_of(job) if one not in (victim, survivor)])
    survivor.terminate()
    set_paused(job.database, job.study, False)
    until(lambda: not comer.is_running())

    state = progress(job.database, job.study)
    assert state.states == {"complete": 12}
    assert sorted(row.number for row in read_trials(job.database, job.study)) == list(range(12))
    assert "lost" in state.wasted
    assert any(f"-{comer.pid}-" in worker for worker in state.finished_by)
    until(lambda: sorted(states(job)) == ["ended", "failed"])
    assert any("stopped by SIGTERM" in one.says for one in Ray().status(job))
    logs = [*Path(cluster.head_node.get_session_dir_path()).rglob("*.*"), *log_folder(job.study.key).iterdir()]
    written += [path.read_bytes().decode(errors="replace") for path in logs if path.is_file()]
    written += [str(Ray().status(job)), *told.said]
    assert any("trials trained by this worker" in text for text in written)
    assert not any("pl4nted" in text for text in written)


@needs_ray
@pytest.mark.ray
def test_cancelled_workers_hand_their_trials_back(cluster, make_job, watched):
    job = make_job(500, workers=1, address=cluster.address, num_cpus="2")
    Ray().start(job, watched())
    Ray().start(replace(job, workers=2), watched())
    until(lambda: progress(job.database, job.study).running)
    standings = {one.worker.rpartition("-")[2]: one for one in Ray().status(job)}
    assert standings.keys() == {"1", "2", "3"}
    assert standings["3"].state == "pending"

    worker = workers_of(job)[0]
    kill(worker.parent())
    until(lambda: not worker.is_running())
    assert Ray().cancel(job) == 3
    assert workers_of(job) == []
    assert states(job) == ["ended"] * 3
    state = progress(job.database, job.study)
    assert state.running == []
    assert state.wasted.keys() <= {"preempted"}
    assert Ray().cancel(job) == 0


@needs_ray
@pytest.mark.ray
def test_a_worker_that_cannot_work_tells_why(cluster, make_job, watched):
    job = replace(make_job(3, workers=1, address=cluster.address), store=Path("/nowhere"))
    checks = Ray().preflight(job)
    failed = [check for check in checks if check.passed is False]
    assert ["record store is not at /nowhere" in check.says for check in failed] == [True]
    assert [check.name for check in checks if check.passed].count("database") == 2  # seen from here, and from a node
    assert "pl4nted" not in str(checks)
    Ray().start(job, watched())
    until((log_folder(job.study.key) / "ray-1.log").exists)
    until(lambda: not workers_of(job))
    until(lambda: states(job) == ["failed"])
    assert "record store is not at /nowhere" in Ray().status(job)[0].says


@needs_ray
def test_no_cluster_is_started_where_none_answers(make_job):
    with pytest.raises(ConfigError, match=r"no Ray cluster answers at 127.0.0.1:1 \(.*refused.*`ray start --head`"):
        Ray().status(make_job(3, address="127.0.0.1:1"))


def test_the_statement_of_a_plan_is_exact(make_job):
    plan = make_plan(replace(make_job(3), device=None, workers=None, per_device=2), gpus=4)
    assert (plan.workers, plan.num_gpus, plan.num_cpus) == (8, 0.5, 1)
    assert plan.arguments("--check")[-5:] == ["--device", "cuda", "--check", "--", plan.job.study.name]
    assert make_plan(replace(plan.job, settings={"num_gpus": "1"}), gpus=4).workers == 4
    assert make_plan(plan.job, gpus=0).arguments()[-4:-2] == ["--device", "cpu"]
    assert "pl4nted" not in str(plan.task(1))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"cpus": "2"}, "cpus is no setting of ray, which has address, num_cpus, num_gpus"),
        ({"num_cpus": "many"}, "num_cpus is a whole number, or a fraction below 1, but got 'many'"),
        ({"num_gpus": "2"}, "a worker trains on one GPU, so num_gpus is from 0 to 1, but got 2"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(make_job, settings, message):
    with pytest.raises(ConfigError, match=message):
        make_plan(make_job(3, **settings), gpus=0)


def test_what_workers_elsewhere_cannot_do_with_is_refused(make_job, monkeypatch):
    job = make_job(3)
    with pytest.raises(ConfigError, match="its device is cpu or cuda, but got cuda:1"):
        make_plan(replace(job, device="cuda:1"), gpus=2)
    with pytest.raises(ConfigError, match=r"embedded Postgres.*study export.*study import"):
        make_plan(replace(job, database=replace(job.database, embedded=True)), gpus=0)
    monkeypatch.delenv(PASSWORD_FILE)
    with pytest.raises(
        ConfigError, match=f"put it into a file that every node has, and name that file by {PASSWORD_FILE}"
    ):
        make_plan(job, gpus=0)
