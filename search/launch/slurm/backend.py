"""Workers as tasks of Slurm's job arrays, which come back after a preemption, a time limit or a lost node."""

import re
import shlex
from collections.abc import Sequence

from search.errors import ConfigError, WorkerError
from search.launch.backends import Standing
from search.launch.job import Job
from search.launch.preflight import Check, look_from_afar
from search.launch.scene import Watcher
from search.launch.slurm.commands import ask, run
from search.launch.slurm.script import check_name, check_script, job_name, worker_script
from storage.home import log_folder
from storage.progress import Progress

_SBATCH = ("sbatch", "--parsable", "--export=ALL")
_AFTER = ("--kill-on-invalid-dep=yes",)  # a check that fails takes with it what waits for it
_CHECK = " (check)"
_FIELDS = "%i|%j|%T|%N|%M|%r"


class Slurm:
    """A check of one compute node, and arrays of workers that wait until it has passed."""

    def preflight(self, job: Job) -> list[Check]:
        """
        Raises:
            ConfigError: settings that it cannot use, or an embedded Postgres.
        """
        script = _worker_script(job)
        return [*look_from_afar(job), _would_take(script)]

    def submission(self, job: Job) -> str:
        """A shell script that does what `start` does.

        Raises:
            ConfigError: as `preflight`.
            WorkerError: Slurm does not say how large an array may be.
        """
        script = _worker_script(job)
        arrays = " ".join(_arrays(job.workers or 1))
        return (
            f"mkdir -p {shlex.quote(str(log_folder(job.study.key)))}\n"
            f"check=$({shlex.join(_SBATCH)} <<'END_OF_CHECK'\n{check_script(job)}END_OF_CHECK\n)\n"
            f"for array in {arrays}; do\n"
            f'{shlex.join([*_SBATCH, *_AFTER])} --array="$array" --dependency=afterok:"${{check%%;*}}"'
            f" <<'END_OF_WORKER'\n{script}END_OF_WORKER\ndone\n"
        )

    def start(self, job: Job, watcher: Watcher) -> Progress | None:
        """Submit them, and leave them to Slurm.

        Raises:
            ConfigError: as `preflight`.
            WorkerError: Slurm refuses; with what it has taken before.
        """
        script = _worker_script(job)
        arrays = _arrays(job.workers or 1)
        logs = log_folder(job.study.key)
        logs.mkdir(parents=True, exist_ok=True)
        check = _submit(job, check_script(job))
        submitted = [f"the check {check}"]
        for array in arrays:
            try:
                number = _submit(job, script, *_AFTER, f"--array={array}", f"--dependency=afterok:{check}")
            except WorkerError as error:
                raise WorkerError(f"submitted are {', '.join(submitted)}, and they go on; then {error}") from error
            submitted.append(f"{number}_[{array}]")
        watcher.say(f"submitted to Slurm: {', '.join(submitted)}; workers start when the check has passed")
        watcher.say(f"logs are in {logs}")
        launch = f"ecgscale launch {shlex.quote(job.study.name)} --on slurm"
        watcher.say(f"look at them with: {launch} --status; end them with: {launch} --cancel")
        return None

    def status(self, job: Job) -> Sequence[Standing]:
        """
        Raises:
            ConfigError, WorkerError: Slurm cannot be asked.
        """
        return [_standing(line) for line in _queue(job, "--states=all")]

    def cancel(self, job: Job) -> int:
        """
        Raises:
            ConfigError, WorkerError: Slurm cannot be asked.
        """
        tasks = [found for found in map(_standing, _queue(job, "--me")) if _CHECK not in found.worker]
        for name in (check_name(job.study), job_name(job.study)):
            ask("scancel", "--me", f"--name={name}")
        return sum(task.state != "COMPLETING" for task in tasks)


def _worker_script(job: Job) -> str:
    """
    Raises:
        ConfigError: workers on Slurm cannot be what the job asks for.
    """
    job.require_remote_database()
    if job.per_device not in (None, 1):
        raise ConfigError(
            f"on Slurm each worker is a task of its own, but {job.per_device} were to share a device; ask Slurm for a "
            "part of one instead, as --slurm gres=shard:1"
        )
    return worker_script(job)


def _arrays(workers: int) -> list[str]:
    """Their numbers from 1, in as many arrays as the cluster's limit makes necessary.

    Raises:
        WorkerError: the cluster has no arrays, or does not say.
    """
    found = re.search(r"^MaxArraySize\s*=\s*(\d+)", ask("scontrol", "show", "config"), re.MULTILINE)
    most = int(found[1]) - 1 if found else 0  # the limit is the first number that is too large
    if most < 1:
        raise WorkerError("this Slurm allows no job arrays (MaxArraySize); ask its administrators for them")
    full, rest = divmod(workers, most)
    return [f"1-{size}" for size in (*[most] * full, rest) if size]


def _submit(job: Job, script: str, *options: str) -> str:
    """The number that sbatch gives it."""
    return run(*_SBATCH, *options, script=script, environment=job.secrets).stdout.strip().partition(";")[0]


def _would_take(script: str) -> Check:
    """Whether Slurm would take a worker, and what it says of when."""
    try:
        said = run("sbatch", "--test-only", script=script).stderr
    except (ConfigError, WorkerError) as error:
        return Check("slurm", False, str(error))
    return Check("slurm", True, said.strip().removeprefix("sbatch: "))


def _queue(job: Job, *options: str) -> list[str]:
    found = ask(
        "squeue",
        "--array",
        "--noheader",
        f"--name={check_name(job.study)},{job_name(job.study)}",
        f"--format={_FIELDS}",
        "--sort=i",
        *options,
    )
    return [line for line in found.splitlines() if "|" in line]  # of several clusters each is named on a line


def _standing(line: str) -> Standing:
    number, name, state, node, runs, reason = line.split("|", 5)
    worker = f"{number}{_CHECK}" if name.endswith("-check") else number
    return Standing(worker, state, node, reason if state == "PENDING" else runs)
