"""What is to be started on a Ray cluster: how many actors, of which size, and what each runs."""

from collections.abc import Mapping
from dataclasses import dataclass

from search.errors import ConfigError
from search.launch.job import Job, threads
from search.launch.ray.actor import NAMESPACE, Task
from search.launch.settings import check_names
from storage.home import log_folder
from storage.url import PASSWORD_FILE

_SETTINGS = ("address", "num_cpus", "num_gpus")


@dataclass(frozen=True)
class Plan:
    """The actors of a launch.

    Attributes:
        workers: how many.
        num_cpus, num_gpus: what each takes of its node.
    """

    job: Job
    workers: int
    num_cpus: float
    num_gpus: float

    def arguments(self, *more: str) -> list[str]:
        """Of each node's own Python: its place may differ from node to node.

        Args:
            more: further options of `ecgscale worker`.
        """
        return self.job.command(*more, device=self.job.device or ("cuda" if self.num_gpus else "cpu"))[1:]

    @property
    def environment(self) -> Mapping[str, str]:
        """Of each worker, beside its node's."""
        return {**self.job.environment, **threads(max(1, int(self.num_cpus)))}

    @property
    def size(self) -> dict[str, float]:
        """What one takes, by Ray's names."""
        return {"CPU": self.num_cpus, "GPU": self.num_gpus}

    @property
    def options(self) -> dict[str, object]:
        """How Ray is to keep an actor: beyond the launcher's life, and on another node when its own is lost."""
        return {
            "namespace": NAMESPACE,
            "lifetime": "detached",
            "max_restarts": -1,
            "scheduling_strategy": "SPREAD",  # a lost node then costs few workers
            "num_cpus": self.num_cpus,
            "num_gpus": self.num_gpus,
        }

    def task(self, number: int) -> Task:
        """What the actor with that number is told."""
        name = f"{prefix(self.job)}{number}"
        log = log_folder(self.job.study.key) / f"ray-{number}.log"
        return Task(name, self.arguments(), self.environment, str(log))


def prefix(job: Job) -> str:
    """With what the names of a study's actors begin."""
    return f"{job.study.key}-"


def check_settings(job: Job) -> None:
    """
    Raises:
        ConfigError: a setting that Ray does not know.
    """
    check_names(job.settings, _SETTINGS, "ray")


def check_job(job: Job) -> None:
    """See that workers elsewhere can do with what they would be told.

    Raises:
        ConfigError: a setting or a device that is not for Ray, a study that only this machine reaches, or a password
            that would have to be handed to Ray.
    """
    check_settings(job)
    job.require_remote_database()
    if job.secrets:
        raise ConfigError(
            "the storage URL holds a password, and all that Ray is given can be read in its dashboard; put it into a "
            f"file that every node has, and name that file by {PASSWORD_FILE}"
        )
    if job.device not in (None, "cpu", "cuda"):
        raise ConfigError(f"Ray gives each worker its GPU, so its device is cpu or cuda, but got {job.device}")


def make_plan(job: Job, gpus: float) -> Plan:
    """What to start for `job` on a cluster with that many GPUs.

    Raises:
        ConfigError: as `check_job`, or an amount that is none.
    """
    check_job(job)
    num_cpus = _amount(job.settings, "num_cpus", 1.0)
    share = 1 / (job.per_device or 1) if job.device == "cuda" or (job.device is None and gpus) else 0.0
    num_gpus = _amount(job.settings, "num_gpus", share)
    if num_gpus > 1:
        raise ConfigError(f"a worker trains on one GPU, so num_gpus is from 0 to 1, but got {num_gpus:g}")
    workers = job.workers or max(1, int(gpus / num_gpus + 1e-9) if num_gpus else 1)
    return Plan(job, workers, num_cpus, num_gpus)


def _amount(settings: Mapping[str, str], name: str, otherwise: float) -> float:
    text = settings.get(name)
    if text is None:
        return otherwise
    try:
        amount = float(text)
    except ValueError:
        amount = -1.0
    if not 0 <= amount < 1e4 or (amount > 1 and amount != int(amount)):
        raise ConfigError(f"{name} is a whole number, or a fraction below 1, but got {text!r}")
    return amount
