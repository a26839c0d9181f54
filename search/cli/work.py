"""`ecgscale worker` and `ecgscale launch`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from search.cli.bars import Bar
from search.cli.options import Compiled, MovedStore, Plugin, Storage, StudyName, quoted

if TYPE_CHECKING:
    from storage.database import Database
    from storage.studies import Progress, Study


def worker(
    name: StudyName,
    store: MovedStore = None,
    compiled: Compiled = False,
    storage: Storage = None,
    plugin: Plugin = None,
) -> None:
    """Train trials of a study until it has them all; run as many of these as you like, anywhere.

    Ctrl-C or SIGTERM hands the running trial back; another worker goes on from its last epoch.

    Example: ecgscale worker first
    """
    from search.worker import Worker
    from storage.database import open_database
    from storage.studies import find_study

    database = open_database(storage)
    found = find_study(database, name)
    done = Worker(database, found, store=store, compiled=compiled, say=_say).run()
    print(f"{found.name}: nothing left to do; trials trained by this worker: {done}")


def _say(line: str) -> None:
    print(line, flush=True)


def launch(
    name: StudyName,
    workers: Annotated[int, typer.Option(min=1, help="How many workers; the cores are shared out.")] = 1,
    store: MovedStore = None,
    compiled: Compiled = False,
    storage: Storage = None,
    plugin: Plugin = None,
) -> None:
    """Run several workers on this machine and watch them until the study has its trials.

    Example: ecgscale launch first --workers 2
    """
    from search.config import StudyConfig
    from storage.database import open_database
    from storage.studies import find_study

    database = open_database(storage)
    found = find_study(database, name)
    config = StudyConfig.load(found.config)  # before every worker finds out for itself
    config.check_families()
    config.store.open(store)
    try:
        with Bar("Trials") as bar:
            state = run_workers(database, found, workers, bar, store=store, compiled=compiled)
    except KeyboardInterrupt:
        print(f"stopped; running trials were handed back; go on with: ecgscale launch {quoted(found.name)}")
        raise
    print(f"{found.name}: {state.counted} of {found.trials} trials", end="")
    print(f"; {state.ended}" if state.ended else "")
    print(f"report it with: ecgscale report {quoted(found.name)} --out report")


def run_workers(
    database: "Database",
    study: "Study",
    workers: int,
    bar: Bar,
    *,
    store: Path | None = None,
    compiled: bool = False,
) -> "Progress":
    """Launch local workers under a progress bar."""
    from search.launch.local import launch as launch_local

    def show(state: "Progress") -> None:
        best = "" if state.best is None else f"best {state.best:.3f}"
        bar.update(state.counted, study.trials, f"{len(state.active)} running  {best}")

    return launch_local(database, study, workers, store=store, compiled=compiled, on_progress=show)
