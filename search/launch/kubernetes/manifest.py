"""The manifest of a study's workers: an Indexed Job of Kubernetes, as plain values."""

import re
from collections.abc import Mapping
from typing import Any

from search.launch.job import Job, threads
from search.launch.kubernetes.pods import PodSettings, storage_in_pods, store_in_pods, wants_gpu
from storage.home import HOME
from storage.studies import Study
from storage.url import PASSWORD_FILE, STORAGE

USER = 1000  # the image's; of a name Kubernetes could not tell that it is not root's
_HOME, _SECRETS = "/state", "/run/secrets/ecgscale"
_GRACE_S = 120  # for a step, a checkpoint and the last words
_KEPT_S = 24 * 3600  # for a look at the logs; then the name is free again
_TRIES = 3
_BAD_INPUT, _INTERRUPTED = 2, 130  # exit codes of ours

_Values = dict[str, Any]


def job_name(study: Study) -> str:
    """A name that Kubernetes takes, also with a pod's number after it, whatever the study is called."""
    words = re.sub(r"[^a-z0-9]+", "-", study.name.lower())[:30].strip("-")
    return "-".join(part for part in ("ecgscale", words, study.key[:8]) if part)


def image(job: Job, settings: PodSettings) -> str:
    """The image of the pods."""
    return settings.image or f"ecgscale:{'cuda' if wants_gpu(job) else 'cpu'}"


def manifest(job: Job, settings: PodSettings) -> _Values:
    """An Indexed Job with one index per worker.

    Raises:
        ConfigError: no pod could do with such a job.
    """
    name, workers = job_name(job.study), job.workers or 1
    labels = {"app.kubernetes.io/name": "ecgscale", "app.kubernetes.io/instance": name}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": name,
            **({"namespace": settings.namespace} if settings.namespace else {}),
            "labels": labels,
            "annotations": {"ecgscale/study": job.study.name},
        },
        "spec": {
            "completionMode": "Indexed",
            "completions": workers,
            "parallelism": workers,
            "backoffLimitPerIndex": _TRIES,
            "podFailurePolicy": {"rules": _failure_rules()},
            "podReplacementPolicy": "Failed",  # not before the old pod has handed its trial back
            "ttlSecondsAfterFinished": _KEPT_S,
            "template": {"metadata": {"labels": dict(labels)}, "spec": _pod(job, settings)},
        },
    }


def _failure_rules() -> list[_Values]:
    """What does not count as a try of an index, and what ends it; the rest counts: given up, killed, out of memory.

    Bad input ends the one index and not the Job: where it is the same for all, all end by themselves, and where it is
    one node's, the others go on.
    """
    return [
        {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]},
        {"action": "Ignore", "onExitCodes": _exit_code(_INTERRUPTED)},
        {"action": "FailIndex", "onExitCodes": _exit_code(_BAD_INPUT)},
    ]


def _exit_code(code: int) -> _Values:
    return {"containerName": "worker", "operator": "In", "values": [code]}


def _pod(job: Job, settings: PodSettings) -> _Values:
    return {
        "restartPolicy": "Never",
        "terminationGracePeriodSeconds": _GRACE_S,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER,
            "runAsGroup": USER,
            "fsGroup": USER,
            "fsGroupChangePolicy": "OnRootMismatch",
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [_container(job, settings)],
        "volumes": [
            {"name": "data", "persistentVolumeClaim": {"claimName": settings.claim, "readOnly": True}},
            {"name": "home", **_home(settings)},
            {"name": "tmp", "emptyDir": {}},
            {
                "name": "database",
                "secret": {"secretName": settings.secret, "items": [{"key": "password", "path": "password"}]},
            },
        ],
    }


def _home(settings: PodSettings) -> _Values:
    return {"persistentVolumeClaim": {"claimName": settings.home}} if settings.home else {"emptyDir": {}}


def _container(job: Job, settings: PodSettings) -> _Values:
    resources = {
        "cpu": settings.cpu,
        "memory": settings.memory,
        **({"nvidia.com/gpu": "1"} if wants_gpu(job) else {}),
    }
    return {
        "name": "worker",
        "image": image(job, settings),
        "args": [_literal(argument) for argument in job.arguments()],  # the image's entry is ecgscale
        "env": [
            {"name": name, "value": _literal(value)} for name, value in sorted(_environment(job, settings).items())
        ],
        **({"envFrom": [{"secretRef": {"name": settings.bucket}}]} if settings.bucket else {}),
        "resources": {"requests": resources, "limits": dict(resources)},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [
            {"name": "data", "mountPath": str(store_in_pods(job).parent), "readOnly": True},
            {"name": "home", "mountPath": _HOME},
            {"name": "tmp", "mountPath": "/tmp"},
            {"name": "database", "mountPath": _SECRETS, "readOnly": True},
        ],
    }


def _environment(job: Job, settings: PodSettings) -> Mapping[str, str]:
    return {
        **job.environment,
        STORAGE: storage_in_pods(job, settings),
        PASSWORD_FILE: f"{_SECRETS}/password",
        HOME: _HOME,
        "HOME": "/tmp",  # where libraries keep their caches; nothing else can be written
        **threads(settings.threads),
    }


def _literal(text: str) -> str:
    """Kubernetes replaces $(NAME) in arguments and values, and $$ by $."""
    return text.replace("$", "$$")
