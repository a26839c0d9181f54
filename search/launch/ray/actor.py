"""What runs on the nodes of a Ray cluster: an actor that keeps one worker going, and a look before there is one.

It travels to the nodes by value: a node that lacks ecgscale can then say so. Hence nothing of ours is imported here
that does not travel along, and Ray only where it is used.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from search.launch.restarts import last_lines, pause_after

NAMESPACE = "ecgscale"
SUBMITTED, RUNNING, PAUSING, ENDED, FAILED = "submitted", "running", "restarts soon", "ended", "failed"
OVER = (ENDED, FAILED)
_LIVED_S = 600.0  # who lived for so long did not die of its start
_CHECK_S = 110.0

# Linux tells the worker when the actor is gone, also by a kill -9, and the worker hands its trial back; elsewhere Ray
# kills it. The new process asks for that itself: code between fork and exec may hang where there are many threads.
_BOUND = (
    "import ctypes, os, sys\n"
    "if sys.platform == 'linux': ctypes.CDLL(None).prctl(1, 15)\n"
    "if os.getppid() == int(sys.argv[1]): os.execv(sys.argv[2], sys.argv[2:])\n"
)


@dataclass(frozen=True)
class Task:
    """What an actor is told; everybody who can reach the cluster can read it.

    Attributes:
        name: the actor's.
        arguments: of the node's own Python.
        environment: of the worker, beside the node's own.
        log: where the worker's output goes, on its node.
    """

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    log: str


Note = Callable[[str, str], None]


class Keeper:
    """Runs one worker as a process, and starts it again when it was killed."""

    def __init__(self, task: Task, note: Note) -> None:
        """
        Args:
            note: told a state and what there is to say of it.
        """
        self._task = task
        self._note = note
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None

    def stop(self) -> None:
        """Let the worker hand its trial back and end."""
        self._stopping.set()
        if self._process is not None:
            self._process.terminate()

    def run(self) -> tuple[str, str]:
        """Run the worker until it ends by itself or has died too often; how it ended, and its last words."""
        deaths = 0
        while not self._stopping.is_set():
            began = time.monotonic()
            code, words = self._run_once()
            if code >= 0:
                return ENDED if code == 0 or self._stopping.is_set() else FAILED, words
            deaths = 1 if time.monotonic() - began > _LIVED_S else deaths + 1
            died = f"killed by {signal.Signals(-code).name}; {words}"
            pause = pause_after(deaths)
            if pause is None:
                return FAILED, f"died {deaths} times in a row, the last time {died}"
            self._note(PAUSING, died)
            with Path(self._task.log).open("a") as log:
                log.write(f"\necgscale: the worker was {died}; it starts again in {pause:g} s\n")
            self._stopping.wait(pause)
        return ENDED, "stopped"

    def _run_once(self) -> tuple[int, str]:
        """One process of the worker: its exit code and its last words."""
        log = Path(self._task.log)
        log.parent.mkdir(parents=True, exist_ok=True)
        begins = log.stat().st_size if log.exists() else 0
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-c", _BOUND, str(os.getpid()), sys.executable, *self._task.arguments],
                env={**os.environ, **self._task.environment},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                # Ray sends an actor's process group a SIGTERM and, moments later, a SIGKILL: too soon to hand back
                start_new_session=sys.platform == "linux",
            )
        self._note(RUNNING, f"log {log}")
        if self._stopping.is_set():  # it was asked while there was no process to tell
            self._process.terminate()
        code = self._process.wait()
        return code, last_words(log.read_bytes()[begins:])


class Supervisor:
    """The actor: works from its birth, without being called, and ends with its worker.

    So one that Ray has started again on another node goes on by itself, with no launcher alive.
    """

    def __init__(self, task: Task) -> None:
        self._name = task.name
        self._keeper = Keeper(task, self._note)
        threading.Thread(target=self._live, daemon=True).start()

    def stop(self) -> None:
        """Let the worker hand its trial back and end."""
        self._keeper.stop()

    def _live(self) -> None:
        import ray

        try:
            ending = self._keeper.run()
        except Exception as error:  # nobody else would hear of it
            ending = FAILED, str(error)
        self._note(*ending)
        with suppress(Exception):
            ray.kill(ray.get_actor(self._name, NAMESPACE))
        os._exit(1)  # the head is away: Ray starts the actor again, and its worker sees that nothing is left to do

    def _note(self, state: str, says: str) -> None:
        """Leave word with the cluster; a head that is away is none of the worker's business."""
        with suppress(Exception):
            leave_word(self._name, state, says)


def leave_word(name: str, state: str, says: str, *, host: str | None = None, overwrite: bool = True) -> None:
    """Write down with the cluster how an actor stands, so that it is known when the actor is gone.

    Args:
        host: where it is, if not here.
    """
    import ray
    from ray.experimental.internal_kv import _internal_kv_put

    node = ray.get_runtime_context().get_node_id()
    note = {
        "state": state,
        "says": says,
        "host": socket.gethostname() if host is None else host,
        "node": node,
        "at": time.time(),
    }
    _internal_kv_put(name, json.dumps(note), overwrite, namespace=NAMESPACE)


def look(arguments: Sequence[str], environment: Mapping[str, str]) -> tuple[str, int, str]:
    """Run `ecgscale` with these arguments on this node: the node's host, the exit code, what was printed."""
    with suppress(subprocess.TimeoutExpired):
        done = subprocess.run(
            [sys.executable, *arguments],
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_CHECK_S,
            check=False,
        )
        return socket.gethostname(), done.returncode, done.stdout
    return socket.gethostname(), -1, f"no answer within {_CHECK_S:g} s"


def last_words(said: bytes) -> str:
    """The last line of what a program said, or the first of its crash, and what to do about it where we know."""
    lines = last_lines(said)
    last = (lines[0] if lines[0].startswith("Fatal") else lines[-1]) if lines else "it said nothing"
    missing = "No module named" in last and "search" in last
    return f"{last}; install ecgscale on every node, for the Python that Ray runs with there" if missing else last
