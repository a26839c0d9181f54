"""One worker as a process of this machine: started, started again when it dies, and given up when it dies too often."""

import signal
import socket
import subprocess
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from search.launch.local.sharing import Share
from search.launch.restarts import last_lines, pause_after
from search.launch.scene import State, WorkerScene
from search.stopping import DRAIN
from storage.progress import Progress, Running


class WorkerProcess:
    """Keeps one worker running.

    Attributes:
        number: from 1.
        log: what it and those before it wrote.
        state: what it is at; once it no longer runs, for good.
    """

    def __init__(self, number: int, share: Share, line: Sequence[str], environment: Mapping[str, str], log: Path):
        """
        Args:
            line: the worker's command.
            environment: all of it, the share's threads included.
        """
        self.number = number
        self.log = log
        self.state = State.STARTING
        self._share = share
        self._line = list(line)
        self._environment = dict(environment)
        self._names: list[str] = []  # how those begin that it and those before it give themselves
        self._before: Collection[str] | None = None  # workers that had finished trials when the launch began
        self._deaths = 0  # in a row
        self._finished_before = 0
        self._restarts = 0
        self._again_at = 0.0
        self._draining = False
        self._says = ""
        self._start()

    @property
    def alive(self) -> bool:
        """Whether it runs, or will again."""
        return self.state not in (State.ENDED, State.FAILED, State.GIVEN_UP)

    def look(self, progress: Progress) -> tuple[WorkerScene, str]:
        """How it stands, and what has happened to it since one last looked; what has died is started again."""
        finished = self._finished(progress)
        happened = self._tend(finished) if self.alive else ""
        running = next((one for one in progress.running if one.worker.startswith(self._names[-1])), None)
        if running and self.state in (State.STARTING, State.IDLE):
            self.state = State.TRAINING
        elif self.state is State.TRAINING and not running:
            self.state = State.IDLE
        return self._scene(running, finished), happened

    def drain(self) -> None:
        """Have it finish its trial and take no other."""
        self._draining = True
        self._send(DRAIN)

    def stop(self) -> None:
        """Have it hand its trial back."""
        self._draining = True
        self._send(signal.SIGTERM)

    def wait(self, seconds: float) -> None:
        """
        Raises:
            TimeoutExpired: it still runs.
        """
        self._process.wait(seconds)

    def kill(self) -> None:
        """End it for good, if it still runs."""
        self._process.kill()
        self._process.wait()

    @property
    def last_words(self) -> list[str]:
        """What the process that ran last wrote at its end."""
        return last_lines(self.log.read_bytes()[self._begins :])

    def _finished(self, progress: Progress) -> int:
        """Trials that it and those before it have finished since the launch; a machine may give out ids again."""
        if self._before is None:
            self._before = set(progress.finished_by)
        own = tuple(self._names)
        return sum(n for name, n in progress.finished_by.items() if name.startswith(own) and name not in self._before)

    def _start(self) -> None:
        self._begins = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(
                self._line,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a Ctrl-C reaches the launcher, which passes on what it means
            )
        self._names.append(f"{socket.gethostname()}-{self._process.pid}-")
        self.state = State.STARTING

    def _tend(self, finished: int) -> str:
        """Look after a process that may have ended; what to say of it."""
        if self.state is State.PAUSING:
            return self._start_again()
        code = self._process.poll()
        if code is None:
            return ""
        if code < 0 and not self._draining:
            return self._died(signal.Signals(-code), finished)
        return self._ended(code)

    def _start_again(self) -> str:
        if self._draining:
            return self._ended(0)
        if time.monotonic() >= self._again_at:
            self._restarts += 1
            self._start()
        return ""

    def _died(self, by: signal.Signals, finished: int) -> str:
        if finished > self._finished_before:
            self._deaths = 0
        self._finished_before = finished
        self._deaths += 1
        pause = pause_after(self._deaths)
        if pause is None:
            self.state = State.GIVEN_UP
            self._says = f"died {self._deaths} times, by {by.name}"
            return (
                f"worker {self.number} died {self._deaths} times in a row, now by {by.name}, and is given up; its last "
                f"lines in {self.log}:\n{self._quoted()}"
            )
        self._again_at = time.monotonic() + pause
        self.state = State.PAUSING
        return f"worker {self.number} died by {by.name}; it starts again in {pause:g} s"

    def _ended(self, code: int) -> str:
        failed = code > 0 and not self._draining
        self.state = State.FAILED if failed else State.ENDED
        nothing = f"without a word; see whether {self.log} can be written to"
        self._says = (self.last_words or [nothing])[-1] if failed else ""
        return f"worker {self.number} ended: {self._says}" if failed else ""

    def _quoted(self) -> str:
        return "\n".join(f"  | {line}" for line in self.last_words) or "  | (none)"

    def _send(self, number: signal.Signals) -> None:
        if self._process.poll() is None:
            self._process.send_signal(number)

    def _scene(self, running: Running | None, finished: int) -> WorkerScene:
        return WorkerScene(
            number=self.number,
            device=self._share.device,
            state=self.state,
            running=running if self.state is State.TRAINING else None,
            finished=finished,
            restarts=self._restarts,
            says=self._says,
        )
