"""The batch scripts of a launch on Slurm: one that looks at a compute node, and one that every worker's task runs."""

import re
import shlex
from collections.abc import Mapping
from pathlib import Path

from search.errors import ConfigError
from search.launch.job import Job
from search.launch.slurm.time_limit import lead, seconds_of_limit
from storage.home import log_folder
from storage.studies import Study

_OURS = (
    *("array", "job-name", "output", "error", "open-mode", "requeue", "no-requeue", "signal", "dependency"),
    *("nodes", "ntasks", "ntasks-per-node", "wrap", "export", "export-file", "parsable", "test-only", "wait", "input"),
    *("kill-on-invalid-dep", "clusters"),
)
_LONGEST_CHECK_S = 600
_BACK = "ecgscale: the task comes back"
_FAILED = "ecgscale: the task has failed"
_MOST_FAILURES = 3
_SOON_S = 15

_THREADS = """\
export OMP_NUM_THREADS="${SLURM_CPUS_ON_NODE:-1}" MKL_NUM_THREADS="${SLURM_CPUS_ON_NODE:-1}"
"""
_SRUN = 'srun --ntasks=1 --cpus-per-task="$OMP_NUM_THREADS"'  # since 22.05 it does not take the job's by itself
_WORK = """\

# A worker that is told to stop hands its trial back and ends with 130. Before a time limit or a preemption it is told
# alone, and its task is to come back. Whoever ends the whole task has decided, unless its time was over.
trap : TERM
{srun} {worker}
code=$?
task="${{SLURM_ARRAY_JOB_ID}}_$SLURM_ARRAY_TASK_ID"
now=$(squeue --noheader --jobs="$task" --format='%T %r')

come_back() {{
    printf '\\n%s\\n' {back}" ($1)"
    scontrol requeue "$task"
}}
come_back_if_not_too_often() {{
    printf '\\n%s\\n' {failed}" ($1)"
    if [ "$(grep -c {failed_line} {log})" -le {most} ]; then come_back "$1"; fi
}}
case "$code $now" in
*" TimeLimit") come_back "its time was over" ;;
"130 RUNNING "*)
    if [ "$SECONDS" -ge {soon} ]; then come_back "the worker was told to stop"
    else come_back_if_not_too_often "the worker was told to stop as soon as it began"; fi ;;
*" RUNNING "*)
    if [ "$code" -gt 128 ]; then come_back_if_not_too_often "the worker was killed, exit code $code"; fi ;;
esac
exit "$code"
"""


def job_name(study: Study) -> str:
    """By which the jobs of a study are found again, on any machine of the cluster."""
    return f"ecgscale-{study.key}"


def check_name(study: Study) -> str:
    """The same of the check that goes before them."""
    return f"{job_name(study)}-check"


def worker_script(job: Job) -> str:
    """What each task of the arrays runs.

    Raises:
        ConfigError: a setting that sbatch has not, or that is ours.
    """
    check_settings(job.settings)
    limit = seconds_of_limit(job.settings["time"]) if "time" in job.settings else None
    options = {**_shared(job), "output": _pattern(job, "slurm-%A_%a.log"), "signal": f"TERM@{lead(limit)}"}
    log = shlex.quote(f"{log_folder(job.study.key)}/slurm-") + '"$task".log'
    work = _WORK.format(
        srun=_SRUN,
        worker=shlex.join(job.command()),
        back=shlex.quote(_BACK),
        failed=shlex.quote(_FAILED),
        failed_line=shlex.quote(f"^{_FAILED}"),
        log=log,
        most=_MOST_FAILURES,
        soon=_SOON_S,
    )
    return _head(options) + _environment(job) + work


def check_script(job: Job) -> str:
    """What looks, on a node such as the workers get, whether a worker finds all it needs there.

    Raises:
        ConfigError: a setting that sbatch has not, or that is ours.
    """
    check_settings(job.settings)
    limit = seconds_of_limit(job.settings["time"]) if "time" in job.settings else None
    short = {"time": f"0:{min(limit or _LONGEST_CHECK_S, _LONGEST_CHECK_S)}"}
    longer = {name: value for name, value in _shared(job).items() if name != "time-min"}
    options = {**longer, "job-name": check_name(job.study), "output": _pattern(job, "check-%j.log"), **short}
    return _head(options) + _environment(job) + f"\nexec {_SRUN} {shlex.join(job.command('--check'))}\n"


def check_settings(settings: Mapping[str, str]) -> None:
    """
    Raises:
        ConfigError: one that is not an option of sbatch, or that a launch sets itself.
    """
    ours = [name for name in settings if name in _OURS]
    if ours:
        raise ConfigError(f"a launch sets sbatch's {', '.join(ours)} itself; leave it out of --slurm")
    for name, value in settings.items():
        if not re.fullmatch(r"[a-z][a-z0-9-]+", name) or (value and not value.isprintable()):
            raise ConfigError(
                f"settings of slurm are sbatch's long options, as exclusive,partition=gpu,gres=gpu:1, "
                f"but got {name!r} with the value {value!r}"
            )


def _shared(job: Job) -> dict[str, str]:
    """The user's first: where sbatch takes an abbreviation for an option of ours, ours is the last word."""
    ours = {"job-name": job_name(job.study), "nodes": "1", "ntasks": "1", "open-mode": "append", "requeue": ""}
    return {**job.settings, **ours}


def _head(options: Mapping[str, str]) -> str:
    lines = (f"#SBATCH --{name}{f'={shlex.quote(value)}' if value else ''}\n" for name, value in options.items())
    return f"#!/bin/bash\n{''.join(lines)}\n"


def _pattern(job: Job, name: str) -> str:
    """A log's path as sbatch reads it."""
    folder = str(log_folder(job.study.key)).replace("%", "%%")
    return str(Path(folder) / name)


def _environment(job: Job) -> str:
    notes = (f"# {name} holds a password: it is not written here; set it where you run this.\n" for name in job.secrets)
    told = (f"export {name}={shlex.quote(value)}\n" for name, value in job.environment.items())
    return "".join([*notes, *told, _THREADS])
