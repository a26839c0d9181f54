"""`ecgscale study` on studies that run: pause, resume, exclude a trial, export, import."""

from pathlib import Path
from typing import Annotated

import typer

from search.cli.bars import stages
from search.cli.options import Storage, StudyName, quoted


def pause(name: StudyName, storage: Storage = None) -> None:
    """Let a study's workers finish their trials and take no others.

    They wait until it is resumed.

    Example: ecgscale study pause first
    """
    from storage.database import open_database
    from storage.progress import progress
    from storage.studies import find_study, set_paused

    database = open_database(storage)
    study = find_study(database, name)
    set_paused(database, study, True)
    running = len(progress(database, study).running)
    print(f"{study.name} is paused{f'; trials still running: {running}' if running else ''}")
    print(f"go on with: ecgscale study resume {quoted(study.name)}")


def resume(
    name: StudyName,
    continued: Annotated[
        list[int] | None,
        typer.Option(
            "--continue",
            min=0,
            help="Go on with this stopped trial, as a new one; repeat it for several.",
            metavar="TRIAL",
            show_default=False,
        ),
    ] = None,
    storage: Storage = None,
) -> None:
    """Let a paused study go on; workers that wait take trials again.

    A trial that was stopped early goes on from its checkpoint with --continue, beyond the study's number of trials.

    Example: ecgscale study resume first --continue 7
    """
    from storage.continuation import continue_trials
    from storage.database import open_database
    from storage.studies import find_study, set_paused

    database = open_database(storage)
    study = find_study(database, name)
    if continued:
        for old, new in continue_trials(database, study, continued).items():
            print(f"trial {old} of {study.name} goes on as trial {new}")
    set_paused(database, study, False)
    print(f"{study.name} goes on; without workers start some with: ecgscale launch {quoted(study.name)}")


def exclude(
    name: StudyName,
    trial: Annotated[int, typer.Argument(min=0, help="Number of the trial.", metavar="TRIAL")],
    why: Annotated[str, typer.Option(help="The reason, kept with the trial.")],
    storage: Storage = None,
) -> None:
    """Leave a finished trial out of the study's front, its analysis and its count.

    Its values stay stored; workers train another trial in its place, and may try its architecture again.

    Example: ecgscale study exclude first 3 --why "trained while the GPU overheated"
    """
    from search.errors import ConfigError
    from storage.database import open_database
    from storage.exclusion import exclude_trial
    from storage.studies import find_study

    if not why.strip():
        raise ConfigError("an exclusion needs a reason; say it with --why")
    database = open_database(storage)
    study = find_study(database, name)
    exclude_trial(database, study, trial, why.strip())
    print(f"trial {trial} of {study.name} is excluded: {why.strip()}")


def export(
    name: StudyName,
    out: Annotated[Path, typer.Option(help="File to write, for instance first.study.gz.")],
    storage: Storage = None,
) -> None:
    """Write a study, with its trials, curves and leases, into one file, for another server.

    Networks and checkpoints stay where they are.

    Example: ecgscale study export first --out first.study.gz
    """
    from storage.database import open_database
    from storage.progress import progress
    from storage.studies import find_study
    from storage.transfer import export_study

    database = open_database(storage)
    study = find_study(database, name)
    running = len(progress(database, study).running)
    with stages() as say:
        say(f"writing {out}")
        rows = export_study(database, study, out)
    print(f"{out}: {study.name} with {rows['trials']} trials")
    if running:
        print(f"trials that are running: {running}; their workers do not follow, in the copy they wait for new ones")


def import_(
    file: Annotated[Path, typer.Argument(help="What `study export` wrote.", metavar="FILE")],
    name: Annotated[str | None, typer.Option(help="Another name than it had.", show_default=False)] = None,
    storage: Storage = None,
) -> None:
    """Read a study that `study export` wrote on another server.

    Example: ecgscale study import first.study.gz
    """
    from search.creation import check_name
    from storage.database import open_database
    from storage.transfer import import_study

    if name is not None:
        check_name(name)
    database = open_database(storage)
    with stages() as say:
        say(f"reading {file}")
        study = import_study(database, file, name)
    print(f"study {study.name} in {database.shown}: {study.trials} trials asked for")
    print(f"go on with: ecgscale launch {quoted(study.name)}")
