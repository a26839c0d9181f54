"""`ecgscale launch`."""

import sys
from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from search.cli import completion
from search.cli.live import live_view
from search.cli.options import AsJson, Compiled, Device, MovedStore, Plugin, Storage, StudyName, quoted
from search.cli.standing import is_over, stopped

if TYPE_CHECKING:
    from search.launch.backends import Backend
    from search.launch.job import Job
    from storage.progress import Progress


def launch(
    name: StudyName,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="How many workers in all; default: one per GPU, or one.", show_default=False),
    ] = None,
    per_device: Annotated[
        int | None, typer.Option(min=1, help="Instead: how many workers share each device.", show_default=False)
    ] = None,
    on: Annotated[
        str,
        typer.Option(
            help="Where: local, slurm, ray, kubernetes, or what an installed package adds.",
            autocompletion=completion.places,
        ),
    ] = "local",
    slurm: Annotated[
        list[str] | None,
        typer.Option(
            help="Options of sbatch, as partition=gpu,gres=gpu:1,time=12:00:00; may be repeated.",
            metavar="NAME=VALUE,...",
            show_default=False,
        ),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            help="What another place is to know, as num_gpus=1 for Ray; may be repeated.",
            metavar="NAME=VALUE,...",
            show_default=False,
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only print exactly what would be started.")] = False,
    status: Annotated[bool, typer.Option("--status", help="Only show the workers that were launched there.")] = False,
    cancel: Annotated[bool, typer.Option("--cancel", help="End the workers that were launched there.")] = False,
    device: Device = None,
    store: MovedStore = None,
    compiled: Compiled = False,
    storage: Storage = None,
    as_json: AsJson = False,
    plugin: Plugin = None,
) -> None:
    """Start workers for a study: here, watched until it has its trials, or on a cluster, where they run on alone.

    What each worker needs is looked at first. Here, the first Ctrl-C finishes the trials that run, the second hands
    them back at once.

    Example: ecgscale launch first --workers 2
    """
    from search.errors import ConfigError
    from search.launch.backends import backend
    from search.launch.job import Job
    from search.launch.settings import read_settings
    from storage.database import open_database
    from storage.studies import find_study

    if dry_run + status + cancel > 1:
        raise ConfigError("--dry-run, --status and --cancel exclude each other; give one of them")
    if as_json and not status:
        raise ConfigError("--json shows the workers that were launched; give --status with it")
    if slurm and on != "slurm":
        raise ConfigError(f"--slurm is for --on slurm, but got --on {on}; give --on slurm")
    where = backend(on)
    database = open_database(storage)
    job = Job(
        database,
        find_study(database, name),
        workers=workers,
        per_device=per_device,
        device=device,
        store=store,
        compiled=compiled,
        settings=read_settings([*(slurm or []), *(settings or [])]),
    )
    if dry_run:
        print(where.submission(job))
    elif status:
        _show_status(where, job, on, as_json)
    elif cancel:
        count = where.cancel(job)
        told = f"told {count} workers of {name} on {on} to end; they hand back the trials that they run"
        print(told if count else f"no workers of {name} on {on}")
    elif _has_work(job):
        _preflight(where, job)
        _run(where, job)


def _run(where: "Backend", job: "Job") -> None:
    """Start what is looked at already, and tell how it ended."""
    name = quoted(job.study.name)
    try:
        with live_view("Trials", job.study.config["training"]["epochs"]) as view:
            state = where.start(job, view)
    except KeyboardInterrupt as interrupt:
        raise KeyboardInterrupt(f"go on with: ecgscale launch {name}") from interrupt
    if state is not None:
        _tell(state, job.study.name)


def _has_work(job: "Job") -> bool:
    """Whether the study needs workers; what there is to say of it."""
    from storage.progress import progress

    state = progress(job.database, job.study)
    if is_over(state):
        _tell(state, job.study.name)
        return False
    if state.paused:
        resume = f"ecgscale study resume {quoted(job.study.name)}"
        print(f"{job.study.name} is paused; workers wait until: {resume}", file=sys.stderr)
    return True


def _preflight(where: "Backend", job: "Job") -> None:
    from search.launch.preflight import require

    require(where.preflight(job), lambda line: print(line, file=sys.stderr, flush=True))


def _show_status(where: "Backend", job: "Job", on: str, as_json: bool) -> None:
    import json
    from dataclasses import asdict

    standings = where.status(job)
    if as_json:
        print(json.dumps([asdict(standing) for standing in standings]))
        return
    for one in standings:
        print(f"{one.worker:<16}  {one.state:<12}  {one.where:<12}  {one.says}".rstrip())
    if not standings:
        print(f"no workers of {job.study.name} on {on}")
    print(f"its trials: ecgscale study status {quoted(job.study.name)}")


def _tell(state: "Progress", name: str) -> None:
    early = f", {stopped(state)} of them stopped early" if stopped(state) else ""
    print(f"{name}: {state.counted} of {state.trials} trials{early}{f'; {state.ended}' if state.ended else ''}")
    if state.states.get("fail"):
        causes = Counter(failure.cause for failure in state.failures).most_common()
        told = ", ".join(f"{cause} {count}" for cause, count in causes)
        print(
            f"{state.states['fail']} more failed for good (the last: {told}); see: ecgscale study status {quoted(name)}"
        )
    print(f"report it with: ecgscale report {quoted(name)} --out report")
