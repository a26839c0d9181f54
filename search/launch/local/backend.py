"""Workers as processes of this machine, supervised until the study has its trials."""

import shlex
import signal
from collections.abc import Sequence

from search.errors import ConfigError, WorkerError
from search.launch.backends import Standing
from search.launch.job import Job
from search.launch.local.crew import Crew, variables
from search.launch.local.lookout import Lookout
from search.launch.local.sharing import Share, share_out
from search.launch.preflight import Check, look_here
from search.launch.scene import Scene, Watcher
from search.launch.settings import check_names
from search.stopping import Stop
from storage.progress import Progress

_POLL_S = 0.5


class Local:
    """Runs workers here: one per GPU, or one on the CPU, unless told otherwise.

    A worker that dies is started again after a pause that grows, and given up when it dies too often; its trial goes
    on from its checkpoint when its lease is over. One that ends by itself has its reason. The first Ctrl-C lets
    workers finish their trials; the second, or SIGTERM, has them hand these back; one more kills.
    """

    def preflight(self, job: Job) -> list[Check]:
        check_names(job.settings, (), "local workers")
        return look_here(job)

    def submission(self, job: Job) -> str:
        lines = [f"# {name} comes from the environment, with its password" for name in job.secrets]
        for share in _shares(job):
            told = job.environment | variables(share)
            told_first = " ".join(f"{name}={shlex.quote(value)}" for name, value in told.items())
            lines.append(f"{told_first} {shlex.join(job.command(device=share.device))}")
        return "\n".join(lines)

    def start(self, job: Job, watcher: Watcher) -> Progress:
        """
        Raises:
            WorkerError: no worker is left and the study has not its trials; with the last lines of their logs.
            DatabaseLost: the database is away from the beginning, or at the end.
            KeyboardInterrupt: told to stop.
        """
        stop = Stop(drain=signal.SIGINT)
        look = Lookout(job.database, job.study, watcher)
        with stop.listening(), Crew(job, _shares(job)) as crew:
            _supervise(crew, look, stop, watcher)
        if stop:
            raise KeyboardInterrupt
        state = look.at_last()
        if state.counted >= state.trials or state.ended:
            return state
        if stop.draining:
            raise KeyboardInterrupt
        raise WorkerError(
            f"all workers stopped with {state.counted} of {state.trials} trials; the last said: {crew.last_words}"
        )

    def status(self, job: Job) -> Sequence[Standing]:
        raise ConfigError(
            "workers on this machine are shown where they were launched; all that train now: "
            f"ecgscale study status {shlex.quote(job.study.name)}"
        )

    def cancel(self, job: Job) -> int:
        raise ConfigError("workers on this machine are ended where they were launched, by Ctrl-C")


def _supervise(crew: Crew, look: Lookout, stop: Stop, watcher: Watcher) -> None:
    """Look after the workers until none is alive, or one is told to stop."""
    while True:
        state = look()
        scenes, happened = crew.look(state)
        for line in happened:
            watcher.say(line)
        watcher.show(Scene(state, scenes))
        if stop:
            watcher.say("stopping; running trials are handed back")
            return
        if not crew.alive:
            return
        if stop.draining and (line := crew.drain()):
            watcher.say(line)
        stop.wait(_POLL_S)


def _shares(job: Job) -> list[Share]:
    return share_out(_devices(job.device), job.workers, job.per_device)


def _devices(wanted: str | None) -> list[str]:
    """Those to share out: every GPU, unless one of them, or the CPU, was named."""
    from models.training.machine import list_gpus

    gpus = list_gpus() if wanted in (None, "cuda") else []
    return gpus or [wanted or "cpu"]
