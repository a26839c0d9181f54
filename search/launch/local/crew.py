"""The processes of one launch; none of them outlives it."""

import os
import socket
import subprocess
import time
from contextlib import suppress
from types import TracebackType
from typing import Self

from search.launch.job import Job, threads
from search.launch.local.process import WorkerProcess
from search.launch.local.sharing import Share
from search.launch.scene import State, WorkerScene
from storage.home import log_folder
from storage.progress import Progress

_GRACE_S = 30.0  # for a step, a checkpoint and the last words


class Crew:
    """Started as a context; whatever ends the context, workers hand their trials back, and what is left is killed."""

    def __init__(self, job: Job, shares: list[Share]) -> None:
        self._job = job
        self._shares = shares
        self._processes: list[WorkerProcess] = []
        self._draining = False

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:  # those that have started already are not left behind
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        for process in self._processes:
            process.stop()
        until = time.monotonic() + _GRACE_S
        try:
            for process in self._processes:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(max(0.0, until - time.monotonic()))
        finally:  # also when one more Ctrl-C ends the waiting
            for process in self._processes:
                process.kill()

    @property
    def alive(self) -> bool:
        return any(process.alive for process in self._processes)

    def look(self, progress: Progress) -> tuple[list[WorkerScene], list[str]]:
        """How all stand, and what has happened since one last looked; those that died are started again."""
        looks = [process.look(progress) for process in self._processes]
        return [scene for scene, _ in looks], [happened for _, happened in looks if happened]

    def drain(self) -> str:
        """Have all finish their trials, once; what to say of it."""
        if self._draining:
            return ""
        self._draining = True
        for process in self._processes:
            process.drain()
        running = sum(process.state is State.TRAINING for process in self._processes)
        return f"finishing the trials that run ({running}); Ctrl-C again hands them back at once"

    def _start(self) -> None:
        logs = log_folder(self._job.study.key)
        logs.mkdir(parents=True, exist_ok=True)
        told = os.environ | self._job.environment | self._job.secrets
        for number, share in enumerate(self._shares, 1):
            line = self._job.command(device=share.device)
            log = logs / f"{socket.gethostname()}-{os.getpid()}-worker-{number}.log"
            self._processes.append(WorkerProcess(number, share, line, told | variables(share), log))

    @property
    def last_words(self) -> str:
        """The last lines that workers wrote, each said once."""
        lines = [line for process in self._processes for line in process.last_words]
        return " | ".join(dict.fromkeys(lines)) or "nothing"


def variables(share: Share) -> dict[str, str]:
    """What a worker's environment says of its share, and that a crash tells where it was."""
    return {**threads(share.threads), "PYTHONFAULTHANDLER": "1"}
