"""How a launch stands: the study and each of its workers, for whoever shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from storage.progress import Progress, Running


class State(StrEnum):
    """What a worker's process is at."""

    STARTING = "starting"  # it has had no trial yet
    TRAINING = "training"
    IDLE = "no trial"  # it looks for one, or waits for one to become free
    PAUSING = "starts again"  # it died, and does so after a pause
    ENDED = "ended"
    FAILED = "failed"  # it ended by itself, with its reason
    GIVEN_UP = "given up"  # it died too often


@dataclass(frozen=True)
class WorkerScene:
    """One worker.

    Attributes:
        number: from 1.
        device: where it trains.
        state: what its process is at.
        running: its trial, if it has one.
        finished: trials that it has finished since the launch.
        restarts: how often it was started again.
        says: why it is no longer running.
    """

    number: int
    device: str
    state: State
    running: Running | None
    finished: int
    restarts: int
    says: str


@dataclass(frozen=True)
class Scene:
    """A launch at one moment."""

    progress: Progress
    workers: Sequence[WorkerScene]


class Watcher(Protocol):
    """Who looks on."""

    def show(self, scene: Scene) -> None:
        """Told twice a second how all stand."""
        ...

    def say(self, line: str) -> None:
        """Told once of what happened."""
        ...
