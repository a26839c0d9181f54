"""What tests of launching share: a watcher that remembers, the job of a study, a database with a password."""

from collections.abc import Callable
from dataclasses import dataclass, field

import psutil
import pytest

from search.launch.job import Job
from search.launch.scene import Scene
from storage.database import open_database


@dataclass
class Watched:
    """Remembers what it was told, and may act on each scene."""

    act: Callable[[Scene], None] = lambda scene: None
    scenes: list[Scene] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def show(self, scene: Scene) -> None:
        self.scenes.append(scene)
        self.act(scene)

    def say(self, line: str) -> None:
        self.said.append(line)

    @staticmethod
    def workers_of(study):
        """Processes of the study's workers."""
        return [
            process
            for process in psutil.process_iter(["cmdline"])
            if study.name in (process.info["cmdline"] or []) and process.status() != psutil.STATUS_ZOMBIE
        ]


@pytest.fixture
def watched() -> type[Watched]:
    return Watched


@pytest.fixture
def make_job(database) -> Callable[..., Job]:
    return lambda study, workers=None, **options: Job(database, study, workers, **options)


@pytest.fixture
def remote(postgres15, monkeypatch):
    """The database of a server of its own, whose password is in a file."""
    monkeypatch.setenv("ECGSCALE_STORAGE_PASSWORD_FILE", str(postgres15.password_file))
    return open_database(postgres15.url)
