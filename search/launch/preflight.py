"""What each worker needs, looked at before any is started: one line per check."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import ecgscale
from ecgscale import EcgscaleError
from search.config import StudyConfig
from search.errors import ConfigError
from search.places import check_artifacts, describe_place
from storage.database import server_version

if TYPE_CHECKING:
    from search.launch.job import Job


_WORDS = {True: "ok", False: "FAILED", None: "not seen"}


@dataclass(frozen=True)
class Check:
    """One thing that a worker needs.

    Attributes:
        name: of the thing.
        passed: None where it cannot be seen from here.
        says: what was found.
    """

    name: str
    passed: bool | None
    says: str

    def __str__(self) -> str:
        return f"{_WORDS[self.passed]:<9} {self.name:<9} {self.says}"

    @classmethod
    def parse(cls, line: str) -> "Check | None":
        """The check that was printed as this line, if it is one."""
        for passed, word in _WORDS.items():
            if line.startswith(f"{word:<9} "):
                name, _, says = line[10:].partition(" ")
                return cls(name, passed, says.strip())
        return None


def look_here(job: "Job") -> list[Check]:
    """Everything, on the machine that trains."""
    return [*_everywhere(job), _look("store", lambda: _store(job)), _look("device", lambda: _device(job))]


def look_from_afar(job: "Job") -> list[Check]:
    """What the machine that submits can see of it; the store and the devices may be elsewhere."""
    config = StudyConfig.load(job.study.config)
    place = job.store or Path(config.store.path)
    store = (
        _look("store", lambda: _store(job))
        if place.exists()
        else Check("store", None, f"{place} is not on this machine; workers look for it on theirs")
    )
    return [*_everywhere(job), store, Check("device", None, f"{job.device or 'a GPU, or the CPU'}, where workers run")]


def require(checks: Sequence[Check], say: Callable[[str], None] = lambda line: None) -> None:
    """See that all passed.

    Args:
        say: told a line of each, first.

    Raises:
        ConfigError: a check failed.
    """
    for check in checks:
        say(str(check))
    failed = [check for check in checks if check.passed is False]
    if failed:
        raise ConfigError("; ".join(check.says for check in failed))


def _everywhere(job: "Job") -> list[Check]:
    return [
        _look("database", lambda: _database(job)),
        _look("version", lambda: _version(job)),
        _look("networks", lambda: _networks(job)),
    ]


def _look(name: str, what: Callable[[], str]) -> Check:
    try:
        return Check(name, True, what())
    except EcgscaleError as error:
        return Check(name, False, str(error))


def _database(job: "Job") -> str:
    return f"{job.database.shown}, PostgreSQL {server_version(job.database)}"


def _version(job: "Job") -> str:
    config = StudyConfig.load(job.study.config)
    config.check_code()
    return f"ecgscale {ecgscale.__version__}, which made the study; the same networks of {', '.join(config.examples)}"


def _networks(job: "Job") -> str:
    check_artifacts(job.study)
    return describe_place(job.study)


def _store(job: "Job") -> str:
    config = StudyConfig.load(job.study.config)
    store = config.store.open(job.store)
    return f"{store.path}, {config.store.records} records, fingerprint {store.fingerprint[:12]}"


def _device(job: "Job") -> str:
    from models.training.machine import describe_hardware, known_device, list_gpus

    device = known_device(job.device)
    others = f"; in all {len(list_gpus())} GPUs" if len(list_gpus()) > 1 else ""
    return f"{device}, {describe_hardware(device)['device']}{others}"
