"""Workers as processes of this machine, supervised until the study has its trials."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from search.errors import WorkerError
from search.launch.ourselves import command
from storage.database import Database
from storage.home import log_folder
from storage.leases import reap
from storage.progress import Progress, progress
from storage.studies import Study
from storage.url import STORAGE

_POLL_S = 0.5
_GRACE_S = 30.0  # for a step, a checkpoint and the last words
_MAX_RESTARTS = 3
_LOG_LINES = 3

OnProgress = Callable[[Progress], None]


@dataclass
class _Process:
    """One worker's process, its log and where this launch's part of it begins, and how often it was started again."""

    running: subprocess.Popen[bytes]
    log: Path
    begins: int
    restarts: int = 0


def launch(
    database: Database,
    study: Study,
    workers: int,
    *,
    options: Sequence[str] = (),
    on_progress: OnProgress = lambda state: None,
) -> Progress:
    """Run `workers` processes on `study` until none has work left; how far the study then is.

    Cores are shared out evenly. A worker that is killed is started again, three times and once more for every trial
    that has finished since; its trial goes on from its checkpoint when its lease is over. One that ends by itself has
    its reason. An interrupt is passed on to the workers, which hand their trials back.

    Args:
        database: with as much patience as the launch is to have when it is away.
        options: further options of `ecgscale worker`.

    Raises:
        WorkerError: every worker gave up before the study had its trials; with the last lines of a log.
    """
    logs = log_folder(study.key)
    logs.mkdir(parents=True, exist_ok=True)
    line = command("worker", *options, "--", study.name)
    environment = _environment(database, workers)
    with _stopped_at_the_end() as processes:
        for number in range(1, workers + 1):
            log = logs / f"worker-{number}.log"
            begins = log.stat().st_size if log.exists() else 0
            processes.append(_Process(_start(line, environment, log), log, begins))
        state = _look(database, study)
        before = state.counted
        while _any_runs(processes, line, environment, _MAX_RESTARTS + state.counted - before):
            on_progress(state)
            time.sleep(_POLL_S)
            state = _look(database, study)
        on_progress(state)
    if state.counted < state.trials and not state.ended:
        raise WorkerError(
            f"all workers stopped with {state.counted} of {state.trials} trials; "
            f"the last said: {_last_words(processes)}"
        )
    return state


def _look(database: Database, study: Study) -> Progress:
    reap(database, study)
    return progress(database, study)


def _environment(database: Database, workers: int) -> dict[str, str]:
    """The storage travels in the environment: a command line is everybody's to read."""
    threads = str(max(1, _cores() // workers))
    environment = os.environ | {"OMP_NUM_THREADS": threads, "MKL_NUM_THREADS": threads}
    if not database.embedded:
        environment[STORAGE] = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    return environment


def _cores() -> int:
    """Cores this process may use, which on a cluster are fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _start(line: list[str], environment: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as out:
        return subprocess.Popen(
            line,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a Ctrl-C reaches the launcher, which passes it on once
        )


def _any_runs(processes: list[_Process], line: list[str], environment: dict[str, str], max_restarts: int) -> bool:
    """Whether a worker runs, once those that were killed are started again."""
    for process in processes:
        if (process.running.poll() or 0) < 0 and process.restarts < max_restarts:
            process.running = _start(line, environment, process.log)
            process.restarts += 1
    return any(process.running.poll() is None for process in processes)


@contextmanager
def _stopped_at_the_end() -> Iterator[list[_Process]]:
    """A list of processes; however the block ends, none of them outlives it."""
    processes: list[_Process] = []
    try:
        yield processes
    finally:
        for process in processes:
            if process.running.poll() is None:
                process.running.send_signal(signal.SIGTERM)
        until = time.monotonic() + _GRACE_S
        try:
            for process in processes:
                with suppress(subprocess.TimeoutExpired):
                    process.running.wait(max(0.0, until - time.monotonic()))
        finally:  # also when a second Ctrl-C ends the waiting
            for process in processes:
                process.running.kill()
                process.running.wait()


def _last_words(processes: list[_Process]) -> str:
    """The last lines that the workers of this launch wrote, each said once."""
    lines = [
        line.removeprefix("ecgscale: ")
        for process in processes
        for line in process.log.read_bytes()[process.begins :].decode(errors="replace").splitlines()[-_LOG_LINES:]
        if line.strip()
    ]
    return " | ".join(dict.fromkeys(lines)) or "nothing"
