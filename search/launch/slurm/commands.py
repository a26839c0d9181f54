"""Slurm's own commands: what they print, or one sentence of why they do not."""

import os
import subprocess
from collections.abc import Mapping

from search.errors import ConfigError, WorkerError

_PATIENCE_S = 120.0
_WHICH_CLUSTER = ("SLURM_CONF", "SLURM_CLUSTERS")


def ask(*command: str) -> str:
    """What one of Slurm's commands prints; raises as `run`."""
    return run(*command).stdout


def run(
    *command: str, script: str = "", environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """One of Slurm's commands, done.

    Args:
        script: for it to read.
        environment: besides this process's own.

    Raises:
        ConfigError: this machine has no such command.
        WorkerError: it refuses, or does not answer.
    """
    try:
        done = subprocess.run(
            command,
            input=script,
            env=_outside_a_job() | dict(environment or {}),
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE_S,
        )
    except FileNotFoundError as error:
        raise ConfigError(
            f"this machine has no {command[0]}; launch on Slurm from a machine that submits jobs to it"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise WorkerError(
            f"{command[0]} does not answer within {_PATIENCE_S:g} s; look by --status what it took before trying again"
        ) from error
    if done.returncode != 0:
        raise WorkerError(f"{command[0]} refuses: {_words(done.stderr) or 'no reason given'}")
    return done


def _outside_a_job() -> dict[str, str]:
    """This process's environment; if it runs inside a job, that one's numbers are not for those that it submits."""
    return {
        name: value for name, value in os.environ.items() if not name.startswith("SLURM_") or name in _WHICH_CLUSTER
    }


def _words(text: str) -> str:
    """What a command says, on one line, without its own name before each."""
    lines = [line.split("error: ", 1)[-1].strip() for line in text.splitlines() if line.strip()]
    return "; ".join(dict.fromkeys(lines))
