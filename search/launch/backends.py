"""Where workers can be started: back ends behind one small interface, found by name."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Protocol

from search.errors import ConfigError
from search.launch.job import Job
from search.launch.preflight import Check
from search.launch.scene import Watcher
from storage.progress import Progress

GROUP = "ecgscale.launchers"
LOCAL = "local"
_OURS = {
    LOCAL: "search.launch.local.backend:Local",
    "slurm": "search.launch.slurm.backend:Slurm",
    "ray": "search.launch.ray.backend:Ray",
    "kubernetes": "search.launch.kubernetes.backend:Kubernetes",
}


@dataclass(frozen=True)
class Standing:
    """A worker that was started elsewhere, as its scheduler knows it.

    Attributes:
        worker: the scheduler's name for it.
        state: the scheduler's word.
        where: the machine; empty before it has one.
        says: how long it runs, or why it does not.
    """

    worker: str
    state: str
    where: str
    says: str


class Backend(Protocol):
    """Starts workers of a study somewhere.

    The workers pull their trials by themselves and hold leases on them, so a back end may die, and start too many or
    too few, without harm. Made without arguments, once per command.
    """

    def preflight(self, job: Job) -> list[Check]:
        """What can be seen from here of what each worker will need. Raises ConfigError for settings it cannot use."""
        ...

    def submission(self, job: Job) -> str:
        """Exactly what `start` would start, for people to read and to pipe on; secrets by reference only."""
        ...

    def start(self, job: Job, watcher: Watcher) -> Progress | None:
        """Start the workers; how the study stands at their end, or None where they run on without us."""
        ...

    def status(self, job: Job) -> Sequence[Standing]:
        """The workers of the job's study that were started from anywhere and are not long gone."""
        ...

    def cancel(self, job: Job) -> int:
        """End them, their trials handed back; how many."""
        ...


def backend(name: str) -> Backend:
    """The back end of that name, ours or one that an installed package brings under the entry point GROUP.

    Raises:
        ConfigError: there is none, or it cannot be loaded.
    """
    makers = _makers()
    if name not in makers:
        raise ConfigError(f"workers cannot be launched on {name!r}; known are {', '.join(sorted(makers))}")
    return makers[name]()


def list_backends() -> list[str]:
    """Names of all back ends."""
    return sorted(_makers())


def _makers() -> Mapping[str, Callable[[], Backend]]:
    theirs = {point.name: partial(_make_theirs, point) for point in entry_points(group=GROUP)}
    return {**theirs, **{name: partial(_make, where) for name, where in _OURS.items()}}


def _make(where: str) -> Backend:
    module, _, name = where.partition(":")
    made: Backend = getattr(import_module(module), name)()
    return made


def _make_theirs(point: EntryPoint) -> Backend:
    try:
        made: Backend = point.load()()
    except Exception as error:  # it is somebody else's code, and may raise anything
        raise ConfigError(
            f"the back end {point.name} of {point.value} cannot be loaded: {error}; mend or remove its package"
        ) from error
    return made
