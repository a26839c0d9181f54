"""`ecgscale worker` and `ecgscale launch`."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from search.cli.bars import Bar
from search.cli.options import Compiled, Device, MovedStore, Plugin, Storage, StudyName, quoted

if TYPE_CHECKING:
    from search.launch.job import Job
    from storage.database import Database
    from storage.progress import Progress
    from storage.studies import Study

_PATIENCE_S = 600.0  # with a database that was there and is away
_PATIENCE_AT_START_S = 30.0


def worker(
    name: StudyName,
    trials: Annotated[
        int | None, typer.Option(min=1, help="End after so many trials of this worker.", show_default=False)
    ] = None,
    time: Annotated[
        str | None,
        typer.Option(
            help="End after so long (11h, 90m), the running trial handed back.", metavar="TIME", show_default=False
        ),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only see whether this machine has what a worker needs: a line per check.")
    ] = False,
    device: Device = None,
    store: MovedStore = None,
    compiled: Compiled = False,
    storage: Storage = None,
    plugin: Plugin = None,
) -> None:
    """Train trials of a study until it has them all; run as many of these as you like, anywhere.

    Ctrl-C or SIGTERM finishes the step, writes a checkpoint and hands the trial back: another worker goes on from
    there. A second one ends at once. A database that is away is waited for, ten minutes long.

    Example: ecgscale worker first --device cpu --time 11h
    """
    from search.stopping import Stop, seconds_of

    stop = Stop(None if time is None else seconds_of(time))
    with stop.listening():
        from search.joining import join_study
        from search.launch.job import Job
        from search.worker import Limits
        from storage.database import Patience, open_database
        from storage.studies import find_study

        at_start = open_database(storage, patience=Patience(_PATIENCE_AT_START_S, _say, stop))
        database = at_start.with_patience(Patience(_PATIENCE_S, _say, stop))
        found = find_study(database, name)
        if check:
            _check(Job(database, found, device=device, store=store))
            return
        limits = Limits(trials, stop)
        joined = join_study(database, found, store=store, device=device, compiled=compiled, limits=limits, say=_say)
        done = joined.run()
    ending = stop.why if stop else "nothing left to do" if done != trials else "has done its share"
    print(f"{found.name}: {ending}; trials trained by this worker: {done}")
    if stop.by_signal:
        raise KeyboardInterrupt


def _check(job: "Job") -> None:
    from search.launch.preflight import look_here, require

    checks = look_here(job)
    for check in checks:
        _say(str(check))
    require(checks)


def _say(line: str) -> None:
    print(line, flush=True)


def launch(
    name: StudyName,
    workers: Annotated[int, typer.Option(min=1, help="How many workers; the cores are shared out.")] = 1,
    device: Device = None,
    store: MovedStore = None,
    compiled: Compiled = False,
    storage: Storage = None,
    plugin: Plugin = None,
) -> None:
    """Run several workers on this machine and watch them until the study has its trials.

    Example: ecgscale launch first --workers 2
    """
    from search.config import StudyConfig
    from search.places import check_artifacts
    from storage.database import open_database
    from storage.studies import find_study

    database = open_database(storage)
    found = find_study(database, name)
    config = StudyConfig.load(found.config)  # before every worker finds out for itself
    config.check_code()
    config.store.open(store)
    check_artifacts(found)
    if device:
        from models.training.machine import find_device

        find_device(device)
    options = [
        *(["--store", str(store)] if store else []),
        *(["--device", device] if device else []),
        *(["--compile"] if compiled else []),
    ]
    try:
        with Bar("Trials") as bar:
            state = run_workers(database, found, workers, bar, options=options)
    except KeyboardInterrupt:
        print(f"stopped; running trials were handed back; go on with: ecgscale launch {quoted(found.name)}")
        raise
    stopped = f", {_stopped(state)} of them stopped early" if _stopped(state) else ""
    print(f"{found.name}: {state.counted} of {state.trials} trials{stopped}{f'; {state.ended}' if state.ended else ''}")
    if state.states.get("fail"):
        print(f"{_failed(state)}; see: ecgscale study status {quoted(found.name)}")
    print(f"report it with: ecgscale report {quoted(found.name)} --out report")


def _stopped(state: "Progress") -> int:
    return state.states.get("pruned", 0)


def _failed(state: "Progress") -> str:
    causes = ", ".join(f"{cause} {count}" for cause, count in Counter(f.cause for f in state.failures).most_common())
    return f"{state.states['fail']} more failed for good (the last: {causes})"


def run_workers(
    database: "Database", study: "Study", workers: int, bar: Bar, *, options: Sequence[str] = ()
) -> "Progress":
    """Launch local workers under a progress bar, with these further options of `ecgscale worker`."""
    from search.launch.local import launch as launch_local
    from storage.database import Patience

    def show(state: "Progress") -> None:
        best = "" if state.best is None else f"best {state.best:.3f}"
        stopped = f"{_stopped(state)} stopped  " if _stopped(state) else ""
        note = f"{len(state.running)} running  {stopped}{'paused' if state.paused else best}"
        bar.update(state.counted, state.trials, note)

    patient = database.with_patience(Patience(_PATIENCE_S, _say))
    return launch_local(patient, study, workers, options=options, on_progress=show)
