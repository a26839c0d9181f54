"""What is launched: workers of one study, what each is told, and the environment it needs."""

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from models.plugins import PLUGINS
from search.errors import ConfigError
from search.launch.ourselves import command
from search.places import ARTIFACTS
from storage.artifacts import is_bucket
from storage.database import Database
from storage.home import HOME
from storage.studies import Study
from storage.url import PASSWORD_FILE, STORAGE, as_typed, password_is_in_file, without_password

_PASSED_ON = (PASSWORD_FILE, HOME, ARTIFACTS, PLUGINS)  # each the name of a place, none a secret
_PATHS = (PASSWORD_FILE, HOME, ARTIFACTS)


@dataclass(frozen=True)
class Job:
    """Workers to start for a study.

    Attributes:
        database: where the study is, as this machine reaches it.
        workers: how many in all; None for one per device that the back end finds.
        per_device: how many share a device, in the place of a number in all.
        device: where each trains: cpu, cuda, cuda:1; None for the first GPU, or the CPU.
        store: where the study's record store lies on the machines of the workers, if not where it was made.
        compiled: whether torch.compile makes the kernels.
        settings: of the back end, by name.
    """

    database: Database
    study: Study
    workers: int | None = None
    per_device: int | None = None
    device: str | None = None
    store: Path | None = None
    compiled: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """
        Raises:
            ConfigError: the number of workers is given in two ways.
        """
        if self.workers is not None and self.per_device is not None:
            raise ConfigError(
                f"say how many workers run either in all or on each device, but got {self.workers} in all and "
                f"{self.per_device} per device"
            )

    def command(self, *more: str, device: str | None = None) -> list[str]:
        """The command line of one worker, with no secret in it; everybody can read it.

        Args:
            more: further options of `ecgscale worker`.
            device: this worker's own, in the place of the job's.
        """
        return command(*self.arguments(*more, device=device))

    def arguments(self, *more: str, device: str | None = None) -> list[str]:
        """The same, as typed after `ecgscale`."""
        device = device or self.device
        options = [
            *(["--store", str(self.store.absolute())] if self.store else []),
            *(["--device", device] if device else []),
            *(["--compile"] if self.compiled else []),
        ]
        return ["worker", *options, *more, "--", self.study.name]

    def require_remote_database(self) -> None:
        """See that other machines can reach the database.

        Raises:
            ConfigError: it is this machine's own.
        """
        if self.database.embedded:
            name = shlex.quote(self.study.name)
            raise ConfigError(
                f"the study is in the embedded Postgres, which only this machine reaches; move it to one that all "
                f"reach: `ecgscale study export {name} --out study.gz`, then, with {STORAGE} naming that one, "
                "`ecgscale study import study.gz`"
            )

    @property
    def environment(self) -> dict[str, str]:
        """What workers elsewhere need to be told, and everybody may see.

        A password is not in it, only the file that holds it; without such a file the database is among the secrets.
        """
        passed_on = {name: _from_anywhere(name, os.environ[name]) for name in _PASSED_ON if os.environ.get(name)}
        if self.database.embedded or self.secrets:
            return passed_on
        return {STORAGE: without_password(self.database.url), **passed_on}

    @property
    def secrets(self) -> dict[str, str]:
        """What cannot be said without a password: for the environment of what we start ourselves, never shown."""
        url = self.database.url
        return {} if self.database.embedded or password_is_in_file(url) else {STORAGE: as_typed(url)}


def threads(count: int) -> dict[str, str]:
    """What a worker's environment says of how many threads it computes with."""
    return dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS"), str(count))


def _from_anywhere(name: str, value: str) -> str:
    """A place as it is called in other folders too."""
    return str(Path(value).expanduser().absolute()) if name in _PATHS and not is_bucket(value) else value
