"""`ecgscale worker`."""

from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from search.cli.options import Compiled, Device, MovedStore, Plugin, Storage, StudyName

if TYPE_CHECKING:
    from search.launch.job import Job
    from search.stopping import Stop

_PATIENCE_S = 600.0  # with a database that was there and is away
_PATIENCE_AT_START_S = 30.0
_INTERRUPTED = 130


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
    there. A second one ends at once. SIGUSR1 finishes the trial first. A database that is away is waited for, ten
    minutes long.

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
    print(f"{found.name}: {_ending(stop, done == trials)}; trials trained by this worker: {done}")
    if stop.by_signal:
        raise typer.Exit(_INTERRUPTED)


def _ending(stop: "Stop", done: bool) -> str:
    if stop:
        return stop.why
    return "has done its share" if done else "told to take no more" if stop.draining else "nothing left to do"


def _check(job: "Job") -> None:
    from search.launch.preflight import look_here, require

    require(look_here(job), _say)


def _say(line: str) -> None:
    with suppress(OSError):  # a log that takes no more is no reason to stop training
        print(line, flush=True)
