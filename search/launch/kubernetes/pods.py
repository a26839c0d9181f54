"""What each pod of a study's workers is to have: the settings of Kubernetes, with their defaults."""

import re
from dataclasses import dataclass, fields
from pathlib import PurePosixPath

from search.config import StudyConfig
from search.errors import ConfigError
from search.launch.job import Job
from search.launch.settings import check_names
from storage.errors import DatabaseError
from storage.url import holds_password, parse, without_password

_NAME = r"[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?"
_FORMS = {
    "image": (r"[^\s]+", "the name of an image"),
    "namespace": (r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", "a name of Kubernetes: lower-case letters, digits and dashes"),
    "claim": (_NAME, "a name of Kubernetes: lower-case letters, digits and dashes"),
    "home": (_NAME, "a name of Kubernetes: lower-case letters, digits and dashes"),
    "secret": (_NAME, "a name of Kubernetes: lower-case letters, digits and dashes"),
    "bucket": (_NAME, "a name of Kubernetes: lower-case letters, digits and dashes"),
    "cpu": (r"[0-9]+m|[0-9]+(\.[0-9]+)?", "a number of cores, as 2 or 500m"),
    "memory": (r"[0-9]+(\.[0-9]+)?([kMGTP]|[KMGTP]i)?", "a size, as 8Gi"),
}


_TAKEN = ("/tmp", "/state", "/run/secrets", "/usr", "/home", "/opt/ecgscale", "/etc", "/bin", "/lib", "/dev", "/proc")


@dataclass(frozen=True)
class PodSettings:
    """As one types them; None where nothing is wanted.

    Attributes:
        image: with ecgscale in it; None for what the Dockerfile's targets are called here.
        namespace: of everything; None for the one that kubectl uses.
        claim: volume claim with the folder of the record store in it.
        home: volume claim for checkpoints and networks, which several pods must be able to mount; None for a folder
            of each pod that is gone with it.
        secret: Secret whose key `password` is the database's.
        bucket: Secret whose keys become environment variables: the credentials of the study's bucket.
        storage: URL of the database as pods reach it, without password; None for the one used here.
        cpu, memory: of each pod.
    """

    image: str | None = None
    namespace: str | None = None
    claim: str = "ecgscale-data"
    home: str | None = None
    secret: str = "ecgscale-database"
    bucket: str | None = None
    storage: str | None = None
    cpu: str = "2"
    memory: str = "8Gi"

    @property
    def threads(self) -> int:
        """Cores to compute with."""
        cores = float(self.cpu[:-1]) / 1000 if self.cpu.endswith("m") else float(self.cpu)
        return max(1, int(cores))


def read_pod_settings(job: Job) -> PodSettings:
    """
    Raises:
        ConfigError: a setting is unknown or of another form, or no pod could do with the job.
    """
    job.require_remote_database()
    check_names(job.settings, [field.name for field in fields(PodSettings)], "Kubernetes")
    for name, value in job.settings.items():
        form, words = _FORMS.get(name, (".*", ""))
        if not re.fullmatch(form, value):
            raise ConfigError(f"{name} must be {words}, but got {value!r}")
    if "storage" in job.settings:
        _check_url(job.settings["storage"])
    return PodSettings(**job.settings)


def storage_in_pods(job: Job, settings: PodSettings) -> str:
    """The URL by which pods reach the database, without password."""
    return without_password(parse(settings.storage) if settings.storage else job.database.url)


def store_in_pods(job: Job) -> PurePosixPath:
    """Where pods see the record store: the volume of the claim is mounted at the folder above.

    Raises:
        ConfigError: nothing can be mounted there.
    """
    place = PurePosixPath(job.store or StudyConfig.load(job.study.config).store.path)
    taken = any(PurePosixPath(used).is_relative_to(place.parent) for used in _TAKEN)
    if not place.is_absolute() or ".." in place.parts or taken:
        raise ConfigError(
            f"the volume with the record store is mounted at the folder above it, which must be one of its own, but "
            f"got --store {place}; name the store as pods are to see it, such as --store /data/store"
        )
    return place


def wants_gpu(job: Job) -> bool:
    """
    Raises:
        ConfigError: no pod can have such a device.
    """
    if job.per_device not in (None, 1) or job.device not in (None, "cpu", "cuda", "cuda:0"):
        asked = f"{job.per_device} workers on each GPU" if job.per_device else f"device {job.device}"
        raise ConfigError(f"a pod has one worker, on the CPU or on a GPU of its own (--device cuda), but got {asked}")
    return job.device in ("cuda", "cuda:0")


def _check_url(text: str) -> None:
    try:
        url = parse(text)
    except DatabaseError as error:
        raise ConfigError(f"storage is the database as pods reach it: {error}") from error
    if holds_password(url):
        raise ConfigError("storage must hold no password: pods read it from the Secret that secret=NAME names")
