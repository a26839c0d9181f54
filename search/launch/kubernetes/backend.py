"""Workers on Kubernetes: we write the manifest, kubectl applies it."""

import os
import shlex
from collections.abc import Sequence
from typing import NoReturn

import yaml

import ecgscale
from models.plugins import PLUGINS
from search.errors import ConfigError
from search.launch.backends import Standing
from search.launch.job import Job
from search.launch.kubernetes.manifest import image, job_name, manifest
from search.launch.kubernetes.pods import PodSettings, read_pod_settings, storage_in_pods, store_in_pods, wants_gpu
from search.launch.preflight import Check, look_from_afar, require
from search.launch.scene import Watcher
from search.places import ARTIFACTS
from storage.artifacts import is_bucket
from storage.progress import Progress
from storage.url import parse, shown

_NETWORKS = "networks"
_HERE = (None, "", "localhost", "127.0.0.1", "::1")


class Kubernetes:
    """Whoever may reach a cluster has kubectl for it, so that nothing here needs to."""

    def preflight(self, job: Job) -> list[Check]:
        settings = read_pod_settings(job)
        seen = [check for check in look_from_afar(job) if check.name != _NETWORKS]  # pods have no folder of ours
        return [*seen, _networks(job, settings), _reach(job, settings), _pods(job, settings)]

    def submission(self, job: Job) -> str:
        """The manifest, and how it is applied.

        Raises:
            ConfigError: a setting cannot be used, no pod could do with the job, or none would reach what it needs.
        """
        settings = read_pod_settings(job)
        require([_networks(job, settings), _reach(job, settings)])  # who pipes it on sees no other check
        written = yaml.safe_dump(manifest(job, settings), sort_keys=False, allow_unicode=True, width=1000)
        return f"{_instructions(job, settings)}{written}"

    def start(self, job: Job, watcher: Watcher) -> Progress | None:
        _left_to_kubectl("started", "the same command with --dry-run, and behind it | kubectl apply -f -")

    def status(self, job: Job) -> Sequence[Standing]:
        _left_to_kubectl("shown", _kubectl(job, "get pods"))

    def cancel(self, job: Job) -> int:
        _left_to_kubectl("ended", _kubectl(job, "delete jobs"))


def _left_to_kubectl(what: str, line: str) -> NoReturn:
    raise ConfigError(f"workers on Kubernetes are {what} by kubectl, which knows your cluster: {line}")


def _kubectl(job: Job, what: str) -> str:
    namespace = f" --namespace {shlex.quote(job.settings['namespace'])}" if "namespace" in job.settings else ""
    return f"kubectl{namespace} {what} --selector app.kubernetes.io/instance={job_name(job.study)}"


def _instructions(job: Job, settings: PodSettings) -> str:
    store = store_in_pods(job)
    return f"""\
# Workers of the study {job.study.name}: pipe this into `kubectl apply -f -`. They end with the study.
#   look   {_kubectl(job, "get pods")}
#   end    {_kubectl(job, "delete jobs")}
# More or fewer workers, or more for a study that had ended: end these, then the same again.
# It needs the Secret {settings.secret}, with the database's password under the key `password`, and the volume claim
# {settings.claim}, with the record store in its folder {store.name}.
"""


def _reach(job: Job, settings: PodSettings) -> Check:
    url = parse(storage_in_pods(job, settings))
    if url.host in _HERE:
        says = (
            f"{shown(url)} is this machine, which is another for every pod; name the database as pods reach it by "
            "--with storage=postgresql://USER@HOST:5432/NAME"
        )
        return Check("reach", False, says)
    return Check("reach", None, f"{shown(url)}, from within the pods")


def _networks(job: Job, settings: PodSettings) -> Check:
    """Where checkpoints lie is what decides whether a pod can go on with the trial of another."""
    place = os.environ.get(ARTIFACTS) or job.study.terms.artifacts
    if place and is_bucket(place):
        credentials = (
            f"of the Secret {settings.bucket}" if settings.bucket else "that pods have anyway, or bucket=SECRET"
        )
        return Check(_NETWORKS, None, f"checkpoints in {place}, with the credentials {credentials}")
    if place:
        says = (
            f"the study keeps its networks in the folder {place}, which pods do not have; create it with "
            "--artifacts s3://BUCKET/PREFIX, or without --artifacts and launch it with the setting home=CLAIM"
        )
        return Check(_NETWORKS, False, says)
    if settings.home:
        return Check(_NETWORKS, None, f"checkpoints and networks on the volume claim {settings.home}, for all pods")
    return Check(
        _NETWORKS,
        None,
        "checkpoints and networks in each pod, gone with it: trials of a pod that dies begin anew, and reports have no "
        "test scores; home=CLAIM keeps them, or a study with --artifacts s3://BUCKET/PREFIX",
    )


def _pods(job: Job, settings: PodSettings) -> Check:
    says = (
        f"{job.workers or 1} of {settings.cpu} cpu, {settings.memory}{', 1 GPU' if wants_gpu(job) else ''}, image "
        f"{image(job, settings)} with ecgscale {ecgscale.__version__}, claim {settings.claim}, Secret {settings.secret}"
    )
    plugins = job.environment.get(PLUGINS)
    return Check("pods", None, f"{says}, in the image also {plugins}" if plugins else says)
